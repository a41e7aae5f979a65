"""What a week's report names, by its rule, on weeks made by hand."""

import pytest

from baton.reports.changes import Change, changes_of
from baton.reports.verdicts import Verdict
from baton.reports.weekly import FlowWeek, is_worse, name, sureness
from tests.reports.test_changes import a_week
from tests.reports.test_verdicts import share


def a_flow(title: str, verdict: Verdict, matters: int) -> FlowWeek:
    return FlowWeek(name=title, title=title, verdict=verdict, reasons=("why",), matters=matters)


def a_change(kpi: str, now: int, before: int) -> dict[str, Change]:
    """Return the change of a share of a thousand."""
    return changes_of({kpi: share(kpi, now, 1_000)}, {kpi: share(kpi, before, 1_000)})


@pytest.mark.req("RP2")
def test_three_trends_the_surest_first() -> None:
    changed = {
        **a_change("containment", 610, 600),
        **a_change("escalation_rate", 300, 400),
        **a_change("recontact_72h", 150, 60),
        **a_change("dropped_context", 50, 52),
    }
    found = name(changed, ())
    assert [one.now.kpi.name for one in found.trends] == [
        "recontact_72h", "escalation_rate", "containment",
    ]  # fmt: skip
    assert [one.is_clear for one in found.trends] == [True, True, False]
    assert sureness(found.trends[0]) > sureness(found.trends[1]) > 1 > sureness(found.trends[2])


@pytest.mark.req("RP2")
def test_what_did_not_change_is_no_sure_trend() -> None:
    few = {"handoff_first_touch": share("handoff_first_touch", 4, 4)}
    changed = changes_of({"handoff_first_touch": share("handoff_first_touch", 21, 21)}, few)
    assert sureness(changed["handoff_first_touch"]) == 0
    moved = a_change("containment", 610, 600)
    assert next(one.now.kpi.name for one in name({**changed, **moved}, ()).trends) == "containment"


@pytest.mark.req("RP2", "X9")
def test_fewer_who_came_back_is_no_trend_while_others_still_may() -> None:
    def told(now: int) -> list[str]:
        fresh = share("recontact_72h", now, 1_000, young=700)
        changed = changes_of(
            {"recontact_72h": fresh}, {"recontact_72h": share("recontact_72h", 90, 1_000)}
        )
        return [one.now.kpi.name for one in name(changed, ()).trends]

    assert told(30) == []
    assert told(150) == ["recontact_72h"]  # it gets no better by waiting


@pytest.mark.req("RP2", "G3")
def test_two_flows_to_tune_the_worst_and_busiest_first() -> None:
    flows = [
        a_flow("fine", Verdict.WORKING, 9_000),
        a_flow("rare", Verdict.TOO_FEW, 3),
        a_flow("unclear", Verdict.UNCLEAR, 500),
        a_flow("missing", Verdict.MISSING, 40),
        a_flow("harming", Verdict.HARMING, 30),
        a_flow("worse", Verdict.HARMING, 60),
    ]
    found = name({}, flows)
    assert [one.title for one in found.to_tune] == ["worse", "harming"]
    assert found.urgent == found.to_tune[0]
    assert [one.title for one in name({}, flows[:4]).to_tune] == ["missing", "unclear"]
    assert name({}, flows[:4]).urgent is None  # nobody is harmed


@pytest.mark.req("RP2")
def test_without_a_harmful_flow_what_got_clearly_worse_is_urgent() -> None:
    changed = {**a_change("escalation_rate", 300, 400), **a_change("recontact_72h", 90, 60)}
    found = name(changed, [a_flow("missing", Verdict.MISSING, 40)])
    assert found.urgent is changed["recontact_72h"]  # the other one got better
    assert name(a_change("recontact_72h", 61, 60), ()).urgent is None  # worse, though not clearly


@pytest.mark.parametrize(
    ("kpi", "now", "before", "worse"),
    [
        ("containment", 500, 600, True),
        ("containment", 600, 500, False),
        ("recontact_72h", 60, 50, True),
        ("recontact_72h", 50, 60, False),
        ("containment", 500, 500, False),
    ],
)
def test_which_way_is_worse(kpi: str, now: int, before: int, *, worse: bool) -> None:
    assert is_worse(a_change(kpi, now, before)[kpi]) is worse


def test_more_matters_with_people_are_worse() -> None:
    rose = changes_of({"people_contacts": a_week(30)}, {"people_contacts": a_week(20)})
    assert is_worse(rose["people_contacts"])
    fell = changes_of({"people_contacts": a_week(20)}, {"people_contacts": a_week(30)})
    assert not is_worse(fell["people_contacts"])
