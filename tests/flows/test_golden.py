"""Every step type does what its golden runs say, saved between turns or not."""

import pytest

from baton.flows import steps
from tests.flows.golden_cases import Case, read_cases, step_types

CASES = [
    pytest.param(case, id=f"{step_type}: {case.name}")
    for step_type in step_types()
    for case in read_cases(step_type)
]


def test_every_registered_step_type_has_golden_runs() -> None:
    assert set(step_types()) == set(steps.TYPES)
    for step_type in step_types():
        for case in read_cases(step_type):
            kinds = [step["type"] for step in case.steps.values() if isinstance(step, dict)]
            assert step_type in kinds, f"{step_type}.json: {case.name!r} has no such step"


@pytest.mark.req("C25", "E25", "X2", "FQ3", "FQ15")
@pytest.mark.parametrize("case", CASES)
def test_a_run_is_as_it_was(case: Case) -> None:
    assert case.run(saves=False) == case.expected, "run: python -m tests.flows.golden_cases"


@pytest.mark.req("C25")
@pytest.mark.parametrize("case", CASES)
def test_a_run_that_is_saved_and_read_back_goes_on_the_same(case: Case) -> None:
    assert case.run(saves=True) == case.run(saves=False)
