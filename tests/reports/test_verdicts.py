"""Verdicts in words, on numbers made by hand: never from efficiency alone, never from too few."""

from collections.abc import Mapping

import pytest

from baton.core.kpi_catalogue import CATALOGUE
from baton.core.triage import TriageScore
from baton.flows.charter import Charter, Gate, Stance
from baton.reports import changes, intervals, verdicts
from baton.reports.intervals import Sums
from baton.reports.kpis import KpiReading
from baton.reports.verdicts import Verdict, hold, judge


def share(name: str, count: int, among: int, *, young: int = 0) -> KpiReading:
    return KpiReading(
        kpi=CATALOGUE[name], value=count / among if among else None, count=count, among=among,
        interval=intervals.wilson(count, among) if among else None, young=young,
    )  # fmt: skip


def marks(name: str, mean: float, count: int, *, spread: float = 25) -> KpiReading:
    """Return a reading of marks with such a mean; their standard deviation is `spread`."""
    squares = count * mean**2 + spread**2 * (count - 1)
    sums = Sums(count=count, total=mean * count, squares=squares)
    return KpiReading(
        kpi=CATALOGUE[name], value=mean if count else None, count=count, among=count, young=0,
        interval=intervals.student(sums) if count else None, sums=sums if count else None,
    )  # fmt: skip


def a_flow(**changed: KpiReading) -> Mapping[str, KpiReading]:
    """Return the readings of a flow that does well: 61 of 100 contained, four came back."""
    well = {
        "containment": share("containment", 61, 100),
        "automated_resolution": share("automated_resolution", 55, 100),
        "escalation_rate": share("escalation_rate", 39, 100),
        "recontact_72h": share("recontact_72h", 4, 100),
        "csat": marks("csat", 80, 300),
        "csat_after_handoff": marks("csat_after_handoff", 75, 200),
    }
    return {**well, **changed}


def test_a_flow_that_does_well_is_working() -> None:
    found = judge(a_flow(), a_flow())
    assert found.verdict is Verdict.WORKING
    assert found.reasons == (
        "contained 61% (51% to 70%)", "came back 4% (2% to 10%)", "CSAT +0.0 ± 4.0",
    )  # fmt: skip


@pytest.mark.req("K8", "G3")
def test_containment_with_poor_service_after_the_handoff_is_a_failure() -> None:
    poor = marks("csat_after_handoff", 30, 60)
    found = judge(a_flow(csat_after_handoff=poor), a_flow())
    assert found.verdict is Verdict.HARMING
    assert "badly served" in found.reasons[0]


@pytest.mark.req("K10")
def test_more_contained_and_more_back_at_once_closes_too_early() -> None:
    now = a_flow(
        containment=share("containment", 800, 1000), recontact_72h=share("recontact_72h", 75, 1000)
    )
    before = a_flow(
        containment=share("containment", 600, 1000), recontact_72h=share("recontact_72h", 30, 1000)
    )
    found = judge(now, before)
    assert found.verdict is Verdict.HARMING
    assert "closes too early" in found.reasons[0]
    only_contained = a_flow(containment=share("containment", 800, 1000))
    assert judge(only_contained, before).verdict is Verdict.WORKING


@pytest.mark.req("K11", "X9")
@pytest.mark.parametrize(
    ("back", "among", "verdict"),
    [
        (30, 150, Verdict.HARMING),  # 20 %, clearly more than 8
        (12, 120, Verdict.UNCLEAR),  # 10 %, which may be 6
        (2, 20, Verdict.UNCLEAR),  # too few closes to tell
        (3, 120, Verdict.WORKING),
    ],
)
def test_who_comes_back(back: int, among: int, verdict: Verdict) -> None:
    found = judge(a_flow(recontact_72h=share("recontact_72h", back, among)), a_flow())
    assert found.verdict is verdict


@pytest.mark.req("K11", "X8", "T7")
def test_what_is_simple_is_held_to_a_quarter_and_nobody_to_worse_marks_after_a_handoff() -> None:
    def charter(complexity: int, *gates: Gate) -> Charter:
        axes = TriageScore(complexity=complexity, emotion=0, frequency=50, value=1)
        return Charter(owner="CX lead", gates=gates, triage=axes)

    def verdict(of: Charter, resolved: int, after: float, before: float) -> Verdict:
        then = a_flow(csat_after_handoff=marks("csat_after_handoff", before, 4_000))
        now = a_flow(
            automated_resolution=share("automated_resolution", resolved, 300),
            csat_after_handoff=marks("csat_after_handoff", after, 4_000),
        )
        changed = changes.changes_of(now, then)
        gates = tuple(hold(gate, now, changed) for gate in verdicts.held_to(of))
        return judge(now, then, gates).verdict

    assert verdict(charter(2), 120, 75, 75) is Verdict.WORKING
    assert verdict(charter(2), 45, 75, 75) is Verdict.MISSING  # 15 % settled by the bot
    assert verdict(charter(3), 45, 75, 75) is Verdict.WORKING  # it is for harder things
    own = Gate(kpi="automated_resolution", stance=Stance.AT_LEAST, limit=0.10)
    assert verdict(charter(1, own), 45, 75, 75) is Verdict.WORKING  # its own limit comes first
    assert verdict(charter(3), 120, 72, 75) is Verdict.MISSING  # three points of 100, clearly
    assert verdict(charter(3), 120, 74.5, 75) is Verdict.WORKING
    assert verdict(charter(3), 120, 79, 75) is Verdict.WORKING


def test_no_good_word_before_anybody_could_have_come_back() -> None:
    fresh = a_flow(recontact_72h=share("recontact_72h", 0, 100, young=80))
    found = judge(fresh, a_flow())
    assert found.verdict is Verdict.UNCLEAR
    assert found.reasons[0].startswith("only 20 matters")


@pytest.mark.req("X8", "K34", "X28")
@pytest.mark.parametrize(
    ("mean", "count", "verdict"),
    [
        (72, 2_000, Verdict.HARMING),  # eight points, clearly
        (78.5, 2_000, Verdict.WORKING),  # within two points
        (74, 40, Verdict.WORKING),  # six points, of forty marks: nobody can say
    ],
)
def test_a_fall_of_marks_counts_once_it_is_clear(mean: float, count: int, verdict: Verdict) -> None:
    found = judge(a_flow(csat=marks("csat", mean, count)), a_flow(csat=marks("csat", 80, 2_000)))
    assert found.verdict is verdict


@pytest.mark.req("G57")
def test_too_few_are_never_judged() -> None:
    terrible = a_flow(
        containment=share("containment", 1, 29), recontact_72h=share("recontact_72h", 29, 29)
    )
    found = judge(terrible, a_flow())
    assert found.verdict is Verdict.TOO_FEW
    assert found.reasons == ("29 of the 30 matters that a verdict takes",)


@pytest.mark.parametrize(
    ("kpi", "stance", "limit", "holds"),
    [
        ("escalation_rate", Stance.AT_MOST, 0.20, False),
        ("escalation_rate", Stance.AT_MOST, 0.60, True),
        ("escalation_rate", Stance.AT_MOST, 0.40, None),  # within the interval
        ("containment", Stance.AT_LEAST, 0.30, True),
        ("containment", Stance.AT_LEAST, 0.90, False),
        ("deflection_of_some_kind", Stance.AT_LEAST, 0.1, None),  # nobody measures it
        ("csat_after_handoff", Stance.AT_LEAST, 90, False),
    ],
)
@pytest.mark.req("PL11", "X7")
def test_a_gate_holds_or_is_missed_once_that_is_clear(
    kpi: str, stance: Stance, limit: float, holds: object
) -> None:
    read = hold(Gate(kpi=kpi, stance=stance, limit=limit), a_flow(), {})
    assert read.holds is holds


@pytest.mark.parametrize(
    ("kpi", "stance", "limit", "read", "holds"),
    [
        # 40 of an hour ago, and nobody can have come back yet
        ("recontact_72h", Stance.AT_MOST, 0.10, (0, 40, 40), None),
        ("recontact_72h", Stance.AT_MOST, 0.10, (2, 200, 180), None),  # 2 of 20, as far as is known
        ("recontact_72h", Stance.AT_MOST, 0.10, (2, 200, 50), True),
        ("recontact_72h", Stance.AT_MOST, 0.10, (40, 200, 180), False),  # it only gets worse
        ("automated_resolution", Stance.AT_LEAST, 0.25, (60, 100, 50), None),
        ("automated_resolution", Stance.AT_LEAST, 0.25, (60, 100, 10), True),
    ],
)
@pytest.mark.req("K11", "K12", "PL11")
def test_a_gate_is_kept_once_what_is_young_cannot_undo_it(
    kpi: str, stance: Stance, limit: float, read: tuple[int, int, int], holds: object
) -> None:
    count, among, young = read
    found = {kpi: share(kpi, count, among, young=young)}
    assert hold(Gate(kpi=kpi, stance=stance, limit=limit), found, {}).holds is holds


@pytest.mark.req("X7")
def test_a_missed_gate_is_said_before_a_good_word_and_after_harm() -> None:
    gate = hold(Gate(kpi="escalation_rate", stance=Stance.AT_MOST, limit=0.2), a_flow(), {})
    found = judge(a_flow(), a_flow(), (gate,))
    assert found.verdict is Verdict.MISSING
    assert found.reasons[0] == "handed over was to be at most 20%"
    harmed = a_flow(recontact_72h=share("recontact_72h", 50, 100))
    assert judge(harmed, a_flow(), (gate,)).verdict is Verdict.HARMING


def test_marks_that_cannot_be_compared_are_told_alone() -> None:
    nothing = marks("csat", 0, 0)
    found = judge(a_flow(), a_flow(csat=nothing))
    assert "CSAT 80 of 300 marks" in found.reasons
    assert verdicts.csat_change(a_flow(csat=nothing), a_flow()) is None
