"""What of the past is worth automating: axes from evidence, the backlog's order, worst cases."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import assessment
from baton.core.assessment import Evidence, Judged, Template
from baton.core.money import Rates
from baton.core.pack import RequestType
from baton.core.policy import Policy
from baton.core.triage import Outcome, TriageScore

POLICY = Policy()
FREE = Rates(wage_hour=0, worst_touches=1.0, month=0)
HOURS = RequestType(
    name="hours", title="Hours", complexity=0, emotion=0, frequency_per_week=1, value=1
)
FAQ = Template(
    name="faq_triage", title="Answers", connects=0, days=(2, 4), metric="deflection_rate"
)
HEAVY = Template(
    name="returns",
    title="Returns",
    connects=4,
    days=(3, 8),
    metric="returns_without_agent",
    axes=TriageScore(complexity=2, emotion=0, frequency=40, value=2),
)
SEEN = Evidence(
    name="hours",
    title="Hours",
    count=800,
    share=0.4,
    per_week=40.0,
    handled=360.0,
    kind=HOURS,
    read=100,
)


def _judged(seen: Evidence, template: Template | None = FAQ) -> Judged:
    return assessment.judge(seen, template, POLICY)


@pytest.mark.req("T7", "T1")
def test_simple_calm_and_frequent_is_automated() -> None:
    assert _judged(SEEN).outcome is Outcome.AUTOMATE
    assert _judged(replace(SEEN, per_week=9.0)).outcome is Outcome.HYBRID


@pytest.mark.parametrize(
    ("changed", "outcome", "why"),
    [
        ({"stops_at_least": {"billing_dispute": 0.31}, "stops": {"billing_dispute": 40}},
         Outcome.HUMAN, "40% of those read speak of billing dispute"),
        ({"stops_at_least": {"medical": 0.11}, "stops": {"medical": 20}},
         Outcome.HUMAN, "20% of those read speak of medical"),
        ({"stops_at_least": {"medical": 0.09}, "stops": {"medical": 20}},
         Outcome.AUTOMATE, "simple, calm"),
        ({"upset_at_least": 0.3, "upset": 40}, Outcome.HUMAN, "40% of those read are upset"),
        ({"upset_at_least": 0.1, "upset": 20}, Outcome.HYBRID, "20% of those read are upset"),
        ({"answers": 4.5}, Outcome.HUMAN, "it takes people 4.5 answers"),
        ({"answers": 2.5}, Outcome.HYBRID, "it takes people 2.5 answers"),
        ({"handled": 1500.0, "timed": 50}, Outcome.HUMAN, "it takes people 25 minutes"),
        ({"handled": 1500.0, "timed": 0}, Outcome.AUTOMATE, "simple, calm"),
        ({"kind": None, "alike": 0.6}, Outcome.AUTOMATE, "simple, calm"),
        ({"kind": None, "alike": None}, Outcome.HYBRID, "nobody has written an answer"),
    ],
)  # fmt: skip
@pytest.mark.req("T2", "T3", "T4", "T5", "T8")
def test_evidence_raises_the_axes_and_says_why(
    changed: dict[str, object], outcome: Outcome, why: str
) -> None:
    judged = _judged(replace(SEEN, **changed))  # type: ignore[arg-type] # a table of fields
    assert judged.outcome is outcome
    assert any(why in reason for reason in judged.reasons)


@given(
    stops=st.floats(0, 1), upset=st.floats(0, 1), answers=st.floats(0, 9), handled=st.floats(1, 9e3)
)
def test_evidence_never_lowers_what_a_pack_assumes(
    stops: float, upset: float, answers: float, handled: float
) -> None:
    kind = replace(HOURS, complexity=3, emotion=1)
    seen = replace(
        SEEN,
        kind=kind,
        stops={"legal": 1},
        stops_at_least={"legal": stops},
        upset_at_least=upset,
        answers=answers,
        handled=handled,
        timed=9,
    )
    axes = _judged(seen).axes
    assert 3 <= axes.complexity <= 5
    assert 1 <= axes.emotion <= 3


@pytest.mark.req("T21")
def test_the_best_of_little_work_comes_first() -> None:
    faq, returns = _judged(SEEN), _judged(replace(SEEN, name="r", per_week=90.0, kind=None), HEAVY)
    ranked = assessment.backlog_of([returns, faq], POLICY, FREE)
    assert [case.template.name for case in ranked] == ["faq_triage", "returns"]
    assert ranked[1].points > ranked[0].points
    # Where it brings next to nothing, the most useful one comes first in spite of its work.
    little = _judged(replace(SEEN, per_week=11.0))
    assert assessment.backlog_of([returns, little], POLICY, FREE)[0].template.name == "returns"


def test_what_is_for_people_is_in_no_backlog() -> None:
    judged = _judged(replace(SEEN, answers=5.0))
    assert judged.outcome is Outcome.HUMAN
    assert assessment.backlog_of([judged], POLICY, FREE) == ()


@pytest.mark.req("T22", "PL3")
def test_the_map_holds_the_six_that_weigh_most() -> None:
    types = [_judged(replace(SEEN, name=str(n), per_week=float(n))) for n in range(10)]
    assert [one.evidence.name for one in assessment.map_of(types)] == ["9", "8", "7", "6", "5", "4"]
    dear = _judged(replace(SEEN, name="dear", per_week=8.0, kind=replace(HOURS, value=3)))
    assert assessment.map_of([*types, dear])[0].evidence.name == "dear"


@given(
    per_week=st.floats(11, 5_000),
    handled=st.floats(10, 500),
    answers=st.floats(1, 1.9),
    touches=st.floats(0, 5),
)
def test_the_worst_case_is_never_better(
    per_week: float, handled: float, answers: float, touches: float
) -> None:
    seen = replace(SEEN, per_week=per_week, handled=handled, answers=answers)
    policy, rates = (
        replace(POLICY, worst_touches=touches),
        Rates(wage_hour=28_00, worst_touches=touches, month=10_000),
    )
    cases = assessment.backlog_of([assessment.judge(seen, FAQ, policy)], policy, rates)
    total = assessment.total_of(cases, rates)
    assert total.hours_at_worst < total.hours
    assert total.settled_at_worst < total.settled <= total.taken
    assert total.money is not None
    assert total.money_at_worst is not None
    assert total.money_at_worst < total.money


def test_the_forecast_is_reckoned_as_it_says() -> None:
    seen = replace(SEEN, per_week=100 / assessment.WEEKS_A_MONTH, stopped=10, answers=1.0)
    rates = Rates(wage_hour=30_00, worst_touches=1.0, month=50_00)
    [case] = assessment.backlog_of([_judged(seen)], POLICY, rates)
    assert case.forecast.taken == pytest.approx(90)  # a tenth has a hard stop in it
    assert case.forecast.hours == pytest.approx(90 * 0.3 * 0.1)  # six minutes each
    assert case.forecast.hours_at_worst == pytest.approx(9 * (0.15 * 0.9 - 0.2 - 0.015))
    assert assessment.total_of([case], rates).money == pytest.approx(2.7 * 30_00 - 50_00)
