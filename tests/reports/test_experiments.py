"""What came of contacts, one value each; and what is said of an arm, in words."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from baton.config.cli.experiment import experiment
from baton.core import experiments as core
from baton.core.experiments import Arm, Design, Tries, problems_of
from baton.core.kpi_catalogue import CATALOGUE
from baton.core.kpis import limits_of
from baton.core.policy import Policy
from baton.reports import experiments, observed
from baton.reports.experiments import Counted, Ruling, compare
from baton.reports.intervals import Sums
from baton.store.models import (
    Booking,
    Conversation,
    Episode,
    Exposure,
    Order,
    Payment,
    SurveyResponse,
)

NOW = datetime(2026, 3, 30, 12, tzinfo=UTC)
BEGAN = NOW - timedelta(days=50)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LIMITS = limits_of(Policy(), NOW)
WORKSPACE = "w1"
DESIGN = Design(
    name="soon",
    flow="reminders",
    split="timing",
    arms=(Arm(name="early", share=50), Arm(name="late", share=50)),
    control="early",
    tries=Tries.TIMING,
    metric="containment",
    guards=("recontact_72h",),
    baseline=0.6,
    spread=0.49,
    effect=0.05,
    contacts=4_000,
)


def a_design(**changed: Any) -> Design:
    known = {name: getattr(DESIGN, name) for name in DESIGN.__slots__}
    return Design(**{**known, **changed})


def test_a_design_that_cannot_tell_is_refused_field_by_field() -> None:
    assert problems_of(DESIGN) == {}
    for changed, field in (
        ({"arms": DESIGN.arms[:1]}, "arms"),
        ({"arms": (Arm(name="early", share=70), Arm(name="late", share=40))}, "arms"),
        ({"arms": (Arm(name="a", share=50), Arm(name="a", share=50)), "control": "a"}, "arms"),
        ({"control": "never"}, "control"),
        ({"metric": "handle_time"}, "metric"),  # a median: no such intervals
        ({"guards": ()}, "guards"),
        ({"guards": ("containment",)}, "guards"),
        ({"effect": 0.0}, "effect"),
        ({"effect": 1.0}, "effect"),
        ({"baseline": 1.2}, "baseline"),
        ({"least_days": 0}, "least_days"),
    ):
        assert list(problems_of(a_design(**changed))) == [field], changed


def test_a_metric_is_guarded_by_what_it_is_read_with() -> None:
    assert core.guards_of(CATALOGUE["containment"]) == ("csat", "recontact_72h")
    # Who hands over sooner contains less: that is what is tried, and no harm.
    assert core.guards_of(CATALOGUE["recontact_72h"]) == ("csat",)


def dealt(number: int, arm: str, at: datetime, **known: Any) -> str:
    contact = f"p{number}"
    Exposure.objects.create(
        **{
            "id": f"x{number}", "workspace_id": WORKSPACE, "contact_id": contact,
            "flow": "reminders", "version": 1, "split": "timing", "variant": arm, "at": at,
            **known,
        }
    )  # fmt: skip
    return contact


def a_matter(key: str, contact: str, began: datetime, *, took: float | None, handoffs: int) -> None:
    Conversation.objects.get_or_create(
        id=f"c{contact}",
        defaults={
            "workspace_id": WORKSPACE, "inbox_id": "i", "contact_id": contact, "lane": contact,
            "address_lane": contact, "channel": "webchat", "handled_by": "bot", "status": "open",
            "first_message_at": began, "last_message_at": began,
        },
    )  # fmt: skip
    Episode.objects.create(
        id=key,
        workspace_id=WORKSPACE,
        conversation_id=f"c{contact}",
        number=0,
        began_at=began,
        channel="webchat",
        inbox_id="i",
        opened_by="contact",
        handoffs=handoffs,
        ended_at=None if took is None else began + took * HOUR,
    )


@pytest.mark.django_db
@pytest.mark.req("AB4")
def test_each_contact_counts_once_by_the_first_matter_that_ended_after() -> None:
    at = BEGAN + DAY
    one = dealt(1, "late", at)
    a_matter("old", one, at - 5 * DAY, took=1, handoffs=1)  # ended before: no part
    a_matter("first", one, at - HOUR, took=2, handoffs=0)  # went on when the arm was dealt
    a_matter("second", one, at + DAY, took=1, handoffs=1)
    two = dealt(2, "early", at)
    a_matter("handed", two, at + DAY, took=1, handoffs=1)
    three = dealt(3, "early", at)
    a_matter("young", three, NOW - 2 * HOUR, took=1, handoffs=0)  # may still come back
    dealt(4, "early", BEGAN - DAY)  # saw an arm before it began
    dealt(5, "early", at, flow="another")
    found = observed.list_dealt(WORKSPACE, DESIGN, since=BEGAN, until=NOW)
    assert [(one.contact_id, one.arm) for one in found] == [
        ("p1", "late"), ("p2", "early"), ("p3", "early"),
    ]  # fmt: skip

    def values(kpi: str) -> dict[str, tuple[str, float]]:
        seen = observed.observe(WORKSPACE, CATALOGUE[kpi], found, LIMITS)
        return {one.dealt.contact_id: (one.row_id, one.value) for one in seen}

    assert values("containment") == {
        "p1": ("first", 1.0), "p2": ("handed", 0.0), "p3": ("young", 1.0),
    }  # fmt: skip
    assert values("recontact_72h") == {"p1": ("first", 0.0), "p2": ("handed", 0.0)}
    sums = observed.sums_by_arm(DESIGN, observed.observe(
        WORKSPACE, CATALOGUE["containment"], found, LIMITS
    ))  # fmt: skip
    assert (sums["early"], sums["late"]) == (
        Sums(count=2, total=1, squares=1), Sums(count=1, total=1, squares=1),
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.req("AB3", "G60")
def test_what_contacts_paid_within_thirty_days_is_told_by_arm() -> None:
    at = BEGAN + DAY
    for number, arm in ((1, "late"), (2, "early"), (3, "late")):
        dealt(number, arm, NOW - DAY if number == 3 else at)
    for number, contact, when, state, amount in (
        (1, "p1", at + DAY, "succeeded", 50_00),
        (2, "p1", at + 31 * DAY, "succeeded", 70_00),  # too late
        (3, "p1", at - DAY, "succeeded", 30_00),  # before
        (4, "p2", at + DAY, "failed", 90_00),
        (5, "p3", NOW, "succeeded", 10_00),  # whose days are not over
    ):
        Payment.objects.create(
            id=f"y{number}", workspace_id=WORKSPACE, invoice_id="v", contact_id=contact,
            paid_by="card", state=state, amount_minor=amount, currency="USD",
            reference=f"r{number}", noted_by="system:s", at=when,
        )  # fmt: skip
    for number, state in ((1, "placed"), (2, "cancelled")):
        Order.objects.create(
            id=f"o{number}", workspace_id=WORKSPACE, contact_id="p1", number=f"{number}",
            reference=f"{number}", plain_number=f"{number}", said=state, state=state,
            currency="USD", total_minor=20_00, placed_at=at + DAY, made_by="system:s",
            changed_at=at,
        )  # fmt: skip
    found = observed.list_dealt(WORKSPACE, DESIGN, since=BEGAN, until=NOW)
    paid = observed.observe_money(WORKSPACE, found, "USD", now=NOW)
    assert {one.dealt.contact_id: one.value for one in paid} == {"p1": 70_00.0, "p2": 0.0}


@pytest.mark.django_db
def test_of_bookings_the_first_after_counts() -> None:
    at = BEGAN + DAY
    contact = dealt(1, "late", at)
    for number, (starts, state) in enumerate(
        ((at - DAY, "no_show"), (at + DAY, "attended"), (at + 2 * DAY, "no_show"))
    ):
        Booking.objects.create(
            id=f"b{number}", workspace_id=WORKSPACE, contact_id=contact, activity_id="a",
            reference=f"b{number}", starts_at=starts, ends_at=starts + HOUR, state=state,
            made_by="contact:p1", made_at=at, changed_at=at,
        )  # fmt: skip
    found = observed.list_dealt(WORKSPACE, DESIGN, since=BEGAN, until=NOW)
    [one] = observed.observe(WORKSPACE, CATALOGUE["no_show_rate"], found, LIMITS)
    assert (one.row_id, one.value) == ("b1", 0.0)


def an_answer(number: int, contact: str, at: datetime, rating: int, **named: Any) -> None:
    SurveyResponse.objects.create(
        id=f"s{number}", workspace_id=WORKSPACE, conversation_id=f"c{number}", kind="nps",
        contact_id=contact, asked_at=at - HOUR, answered_at=at, rating=rating, **named,
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.req("NP18", "AB4")
def test_what_wins_more_unhappy_people_back_is_told_by_what_they_were_offered() -> None:
    answered = BEGAN + DAY
    for number, (arm, again) in enumerate(
        (("late", 9), ("late", 4), ("early", None), ("early", 7), ("late", None)), start=1
    ):
        when = NOW - 5 * DAY if number == 5 else answered
        contact = dealt(number, arm, when + 3 * DAY)  # after the score was given
        an_answer(number, contact, when, 3)
        if again is not None:
            an_answer(number + 10, contact, when + 24 * DAY, again, follows_id=f"s{number}")
    found = observed.list_dealt(WORKSPACE, DESIGN, since=BEGAN, until=NOW)
    seen = observed.observe(WORKSPACE, CATALOGUE["won_back_rate"], found, LIMITS)
    # The fifth may still be won back: their thirty days are not over.
    assert {one.dealt.contact_id: one.value for one in seen} == {
        "p1": 1.0, "p2": 0.0, "p3": 0.0, "p4": 1.0,
    }  # fmt: skip


@pytest.mark.django_db
def test_whatever_may_decide_an_experiment_can_be_counted() -> None:
    dealt(1, "late", BEGAN + DAY)
    found = observed.list_dealt(WORKSPACE, DESIGN, since=BEGAN, until=NOW)
    for kpi in core.measurable():
        assert observed.observe(WORKSPACE, kpi, found, LIMITS) == ()


def ones(count: int, hits: int) -> Sums:
    return Sums(count=count, total=float(hits), squares=float(hits))


NOTHING = Sums(count=0, total=0.0, squares=0.0)
EVEN = {"early": 1_000, "late": 1_000}


@pytest.mark.req("AB2", "AB9", "AB10", "X28", "G57")
@pytest.mark.parametrize(
    ("contained", "returned", "dealt_to", "days", "ruling"),
    [
        ((600, 900), (50, 50), EVEN, 60, Ruling.BETTER),
        ((600, 900), (50, 50), EVEN, 5, Ruling.EARLY),  # clear, but no cycle is over
        ((600, 300), (50, 50), EVEN, 60, Ruling.WORSE),
        ((600, 900), (50, 200), EVEN, 60, Ruling.HARMING),  # more contained, and more come back
        ((600, 610), (50, 50), EVEN, 60, Ruling.OPEN),
        ((600, 900), (50, 50), {"early": 1_400, "late": 600}, 60, Ruling.UNEVEN),
    ],
)
def test_an_arm_is_judged_by_the_metric_and_the_guards(
    contained: tuple[int, int],
    returned: tuple[int, int],
    dealt_to: dict[str, int],
    days: int,
    ruling: Ruling,
) -> None:
    [found] = compare(
        DESIGN,
        Counted(
            dealt=dealt_to,
            sums={
                "containment": {n: ones(1_000, h) for n, h in zip(EVEN, contained, strict=True)},
                "recontact_72h": {n: ones(1_000, h) for n, h in zip(EVEN, returned, strict=True)},
            },
            money={"early": NOTHING, "late": NOTHING},
            days=days,
        ),
    )
    assert found.ruling is ruling
    assert found.sees is not None
    assert found.sees > DESIGN.effect  # 2,000 contacts cannot show what takes more


@pytest.mark.req("AB9", "G57")
def test_fifty_interactions_of_five_days_are_too_few() -> None:
    few = {"early": ones(25, 15), "late": ones(25, 24)}
    [found] = compare(
        DESIGN,
        Counted(
            dealt={"early": 25, "late": 25},
            sums={"containment": few, "recontact_72h": few},
            money={"early": NOTHING, "late": NOTHING},
            days=5,
        ),
    )
    assert (found.ruling, found.metric.interval) == (Ruling.FEW, None)


@pytest.mark.parametrize(
    ("design", "ruling"),
    [
        (a_design(effect=0.2), Ruling.SAME),  # so much is ruled out
        (a_design(contacts=2_000), Ruling.SPENT),
        (a_design(metric="csat", guards=("containment",), spread=25.0, effect=5.0), Ruling.FEW),
    ],
)
def test_no_difference_is_said_only_where_it_is_known(design: Design, ruling: Ruling) -> None:
    same = {"early": ones(1_000, 600), "late": ones(1_000, 605)}
    marks = {name: Sums(count=150, total=12_000, squares=1_000_000) for name in EVEN}
    [found] = compare(
        design,
        Counted(
            dealt=EVEN,
            sums={"containment": same, "recontact_72h": same, "csat": marks},
            money={"early": NOTHING, "late": NOTHING},
            days=60,
        ),
    )
    assert found.ruling is ruling


@pytest.mark.req("AB2", "X28")
def test_the_command_line_tells_what_it_takes() -> None:
    asked = ["--metric", "containment", "--baseline", "80", "--effect", "5", "--json"]
    told = CliRunner().invoke(experiment, ["plan", *asked])
    found = json.loads(told.output)
    assert found["contacts"] > 1.8 * found["contacts_once"]
    assert found["least_effect_of_200_an_arm"] > 10  # not five points
    refused = CliRunner().invoke(experiment, ["plan", *asked, "--arms", "70,40"])
    assert (refused.exit_code, "100 together" in refused.output) == (2, True)


def test_the_size_tells_what_two_hundred_an_arm_would_show() -> None:
    size = experiments.size_of(DESIGN)
    assert size.contacts > 1.8 * size.contacts_once
    assert size.sees > 3 * DESIGN.effect
