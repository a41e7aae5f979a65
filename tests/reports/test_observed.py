"""What came of contacts of an experiment whose metric is of members, answers or winning back."""

import pytest

from baton.channels.sandbox.settings import SANDBOX
from baton.core import experiments as core
from baton.core.experiments import Arm, Design, Tries
from baton.core.kpi_catalogue import CATALOGUE
from baton.core.kpis import Grain
from baton.reports import observed
from baton.reports.experiments import Counted, Ruling, compare
from baton.reports.intervals import Sums
from baton.store.models import Conversation, Exposure, Inbox, SurveyResponse
from tests.reports.world import (
    DAY,
    LIMITS,
    NOW,
    WORKSPACE,
    a_member,
    a_message,
    a_round,
    a_talk,
    a_visit,
    an_answer,
)

ONBOARDING = Design(
    name="first_touch",
    flow="onboarding",
    split="onboarding_first_touch",
    arms=(Arm(name="incentive_first", share=50), Arm(name="content_first", share=50)),
    control="content_first",
    tries=Tries.OFFER,
    metric="first_value_7d",
    guards=("retention_30d",),
    baseline=0.4,
    spread=0.49,
    effect=0.05,
    contacts=4_000,
)


def dealt(contact: str, flow: str, split: str, arm: str, *, ago: float) -> None:
    Exposure.objects.create(
        id=f"{split[:20]}{contact}", workspace_id=WORKSPACE, contact_id=contact, flow=flow,
        version=1, split=split, variant=arm, at=NOW - ago * DAY,
    )  # fmt: skip


def values(kpi: str, split: tuple[str, str], arms: tuple[str, str]) -> dict[str, float]:
    flow, name = split
    design = Design(**{
        **{field: getattr(ONBOARDING, field) for field in ONBOARDING.__slots__},
        "flow": flow, "split": name, "arms": tuple(Arm(name=arm, share=50) for arm in arms),
        "control": arms[0],
    })  # fmt: skip
    found = observed.list_dealt(WORKSPACE, design, since=NOW - 80 * DAY, until=NOW)
    seen = observed.observe(WORKSPACE, CATALOGUE[kpi], found, LIMITS)
    return {one.dealt.contact_id: one.value for one in seen}


@pytest.mark.django_db
@pytest.mark.req("AB7", "ON18")
def test_who_came_after_an_incentive_or_content_is_told_by_contact() -> None:
    split = ("onboarding", "onboarding_first_touch")
    arms = ("content_first", "incentive_first")
    for number, (arm, came) in enumerate(zip(arms * 2, (3, 12, None, 2), strict=True)):
        member = a_member(number, joined=40)
        dealt(member, *split, arm, ago=40)
        if came is not None:
            a_visit(member, ago=40 - came)
    dealt(a_member(9, joined=20), *split, arms[0], ago=20)  # 30 days are not over
    assert values("first_value_7d", split, arms) == {"m0": 1, "m1": 0, "m2": 0, "m3": 1}
    assert values("activation_rate", split, arms) == {"m0": 1, "m1": 1, "m2": 0, "m3": 1}
    assert values("retention_30d", split, arms) == dict.fromkeys(("m0", "m1", "m2", "m3"), 1)


@pytest.mark.req("ON17", "ON18", "AB7")
def test_an_incentive_that_wins_and_whose_members_leave_does_harm() -> None:
    assert "retention_30d" in core.guards_of(CATALOGUE["first_value_7d"])
    assert "retention_30d" in core.guards_of(CATALOGUE["activation_rate"])

    def told(many: int, few: int) -> dict[str, Sums]:
        return {
            arm: Sums(count=1_000, total=float(hits), squares=float(hits))
            for arm, hits in (("incentive_first", many), ("content_first", few))
        }

    nothing = Sums(count=0, total=0.0, squares=0.0)
    counted = Counted(
        dealt={"incentive_first": 1_000, "content_first": 1_000},
        sums={"first_value_7d": told(600, 400), "retention_30d": told(600, 900)},
        money={"incentive_first": nothing, "content_first": nothing},
        days=60,
    )
    [one] = compare(ONBOARDING, counted)
    assert one.metric.is_helped
    assert one.ruling is Ruling.HARMING
    assert one.reasons == ("Members after 30 days got clearly worse",)


@pytest.mark.django_db
@pytest.mark.req("AB8", "NP18")
def test_a_call_and_a_voucher_are_held_against_each_other_by_who_is_content_again() -> None:
    split, arms = ("nps_recovery", "recovery_offer"), ("voucher", "call")
    for number, (arm, again) in enumerate(zip(arms * 2, (9, 8, 3, None), strict=True)):
        contact = an_answer(number, 4)
        dealt(contact, *split, arm, ago=39.9)
        if again is not None:
            an_answer(50 + number, again, ago=20, follows_id=f"q{number}", contact_id=contact)
    contact = an_answer(9, 4, ago=20)  # may still be won back
    dealt(contact, *split, arms[0], ago=19.9)
    assert SurveyResponse.objects.count() == 8
    assert values("won_back_rate", split, arms) == {"s0": 1, "s1": 1, "s2": 0, "s3": 0}


@pytest.mark.django_db
@pytest.mark.req("AB12", "CH16")
def test_two_tiers_of_an_incentive_are_held_against_each_other_by_who_comes_back() -> None:
    split, arms = ("winback", "winback_tier"), ("one_session", "two_sessions")
    for number, arm in enumerate(arms * 2):
        contact = a_round(number, "morning", sent=39)
        dealt(contact, *split, arm, ago=36)
        if number != 1:
            a_visit(contact, ago=30)
    assert values("winback_rate", split, arms) == {"w0": 1, "w1": 0, "w2": 1, "w3": 1}
    a_message(9, "w1", ago=1)
    assert len(values("winback_72h", split, arms)) == 4


@pytest.mark.django_db
@pytest.mark.req("AB11")
def test_whom_the_team_plays_takes_no_part() -> None:
    split, arms = ("onboarding", "onboarding_first_touch"), ("content_first", "incentive_first")
    for number, inbox in enumerate(("lab", "site")):
        Inbox.objects.create(
            id=inbox, workspace_id=WORKSPACE, name=inbox, channel="sms", token=inbox,
            provider=SANDBOX if inbox == "lab" else "gateway",
        )  # fmt: skip
        member = a_member(number, joined=40)
        a_talk(member, with_person=False)
        Conversation.objects.filter(contact_id=member).update(inbox_id=inbox)
        dealt(member, *split, arms[number], ago=40)
    assert values("activation_rate", split, arms) == {"m1": 0}


@pytest.mark.django_db
def test_whatever_can_be_chosen_as_a_metric_can_be_observed() -> None:
    a_round(1, "morning", sent=39)
    dealt("w1", "winback", "winback_tier", "one_session", ago=36)
    for kpi in core.measurable():
        assert kpi.grain is not Grain.SLOT  # nobody's alone
        values(kpi.name, ("winback", "winback_tier"), ("one_session", "two_sessions"))
