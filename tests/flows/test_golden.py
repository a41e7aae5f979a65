"""Every step type does what its golden runs say, saved between turns or not."""

from collections.abc import Iterator

import pytest

from baton.core.json import Json
from baton.flows import steps
from baton.flows.fields import Declared, Kind, declared_by
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
            kinds = {step.type for step in case.flow.steps.values()}
            assert step_type in kinds, f"{step_type}.json: {case.name!r} has no such step"


@pytest.mark.parametrize("step_type", step_types())
def test_golden_runs_walk_every_way_of_a_step(step_type: str) -> None:
    there = set(_fields_naming_steps(declared_by(steps.TYPES[step_type].parse)))
    walked = set()
    for case in read_cases(step_type):
        taken = set(case.transitions())
        for name, step in case.flow.steps.items():
            if step.type == step_type:
                for way in step.ways:
                    fields = set(_fields_leading_to(way.to, case.steps[name]))
                    walked |= fields if (name, way.to) in taken else set()
    assert there <= walked, f"no golden run goes by {sorted(there - walked)}"


def _fields_naming_steps(declared: tuple[Declared, ...], path: str = "") -> Iterator[str]:
    """Yield the fields of a step type by which another is named, as "choices.then"."""
    for one in declared:
        if one.kind is Kind.STEP:
            yield f"{path}{one.name}"
        yield from _fields_naming_steps(one.inside, f"{path}{one.name}.")


def _fields_leading_to(target: str, body: Json, path: str = "") -> Iterator[str]:
    """Yield the fields of a step that name another, as "choices.then"; lists count once."""
    if body == target and path not in ("text", "thanks"):
        yield path
    inside = body.items() if isinstance(body, dict) else ()
    for name, value in inside:
        yield from _fields_leading_to(target, value, f"{path}.{name}".strip("."))
    for value in body if isinstance(body, list) else ():
        yield from _fields_leading_to(target, value, path)


@pytest.mark.req("C25", "E25", "X2", "FQ3", "FQ15")
@pytest.mark.parametrize("case", CASES)
def test_a_run_is_as_it_was(case: Case) -> None:
    assert case.run(saves=False) == case.expected, "run: python -m tests.flows.golden_cases"


@pytest.mark.req("C25")
@pytest.mark.parametrize("case", CASES)
def test_a_run_that_is_saved_and_read_back_goes_on_the_same(case: Case) -> None:
    assert case.run(saves=True) == case.run(saves=False)
