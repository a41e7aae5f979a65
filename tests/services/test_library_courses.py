"""The library's flows, run: what their rows promise happens, event by event."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from baton.core.confidence import ConfidencePolicy, base_of
from baton.core.json import Json
from baton.core.policy import Policy
from baton.flows import interpreter, outreach
from baton.flows.document import Library
from baton.flows.effects import CallAction, CreateTask, KeepWords, MakeOffer, OfferHandoff, SendText
from baton.flows.interpreter import Advance
from baton.flows.scene import ActionEnded, Happened, Input, Said, Scene, TimeUp
from baton.flows.trigger import TriggerKind
from baton.services.workspace import library
from baton.services.workspace.library import load_template
from baton.services.workspace.packs import load_pack

Made = TypeVar("Made")
NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
TEMPLATES = library.list_templates()
FLOWS = Library(
    flows={(one.name, 1): one.flow for one in TEMPLATES}, live={one.name: 1 for one in TEMPLATES}
)
SARA: dict[str, Json] = {"name": "Sara", "tags": [], "offers": [], "consents": []}
WORLD: dict[str, object] = {
    "business": {"name": "FitLocal"},
    "location": {"name": "FitLocal Harbour", "phone": "555-0123"},
}
URL = "https://fl.example/b/7741"


class Course:
    """A run of a template, told event by event on a clock of its own."""

    def __init__(self, name: str, facts: Mapping[str, Json], **contact: Json) -> None:
        self.flow = load_template(name).flow
        self.now = NOW
        self.contact = {**SARA, **contact}
        given = Happened(event=self.flow.trigger.event, facts=facts)
        if self.flow.trigger.on is TriggerKind.EVENT:
            advance = outreach.begin(self.flow, 1, self.scene(), given, FLOWS)
        else:
            advance = interpreter.start(self.flow, 1, self.scene(), None, FLOWS)
        self.taken: list[object] = []
        self._keep(advance)

    def scene(self) -> Scene:
        return Scene(
            pack=load_pack("fitness"),
            policy=Policy(),
            bands=ConfidencePolicy(base=base_of(Policy())).in_flow(self.flow.name),
            facts={**WORLD, "contact": self.contact},
            now=self.now,
            day=self.now.date(),
            draw="contact-1",
            channel="sms",
        )

    def takes(self, what: Input | str, *, after: str = "0h") -> "Course":
        assert self.state is not None, "the run is over"
        self.now += timedelta(hours=int(after[:-1]))
        given = Said(text=what, readings=()) if isinstance(what, str) else what
        advance = outreach.go_on(self.state, self.scene(), given, FLOWS)
        assert advance is not None, f"{self.state.step} does not take {what}"
        self._keep(advance)
        return self

    def _keep(self, advance: Advance) -> None:
        self.state, self.steps, self.last = advance.state, advance.steps, advance.effects
        self.taken += advance.effects

    @property
    def texts(self) -> str:
        return "\n".join(effect.text for effect in self.last if isinstance(effect, SendText))

    def of(self, kind: type[Made]) -> list[Made]:
        return [effect for effect in self.last if isinstance(effect, kind)]


BOOKING: dict[str, Json] = {
    "booking": "BK7741",
    "class_name": "Yoga",
    "starts_at": "2026-05-07T18:00:00+00:00",
    "move_url": f"{URL}/move",
    "calendar_url": f"{URL}/calendar",
    "rebook_url": f"{URL}/again",
}


@pytest.mark.req("AP2", "AP3", "AP9", "M7", "M8", "M9", "M11")
def test_a_booking_is_confirmed_and_reminded_of_twice() -> None:
    course = Course("appointment_reminders", BOOKING)
    assert "Reply 1 to confirm" in course.texts
    assert f"{URL}/move" in course.texts
    course.takes("1")
    assert [call.action for call in course.of(CallAction)] == ["confirm_booking"]
    course.takes(ActionEnded(number=1))
    assert f"{URL}/calendar" in course.texts
    course.takes(TimeUp(), after="57h")
    assert "Tomorrow 6:00 PM: Yoga" in course.texts
    course.takes(TimeUp(), after="22h")
    assert "Reply HELP for changes or call 555-0123" in course.texts
    course.takes("help")
    assert course.of(OfferHandoff)


@pytest.mark.req("AP5", "AP6", "M10", "G30", "X25")
@pytest.mark.parametrize(("consents", "is_offered"), [([], False), (["promotional"], True)])
def test_a_no_show_gets_a_link_and_a_discount_only_with_consent(
    consents: list[Json],
    is_offered: bool,  # noqa: FBT001 - a row of the table
) -> None:
    course = Course("appointment_reminders", BOOKING, consents=consents)
    course.takes(TimeUp(), after="57h").takes(TimeUp(), after="22h").takes(TimeUp(), after="2h")
    course.takes(Happened(event="booking_no_show", facts={"booking": "BK7741"}))
    assert not course.texts
    course.takes(TimeUp(), after="1h")
    assert bool(course.of(MakeOffer)) is is_offered
    assert ("20%" in course.texts) is is_offered
    assert "reply HELP" in course.texts
    assert f"{URL}/again" in course.texts
    assert course.takes("help").of(OfferHandoff)


@pytest.mark.req("AP11", "AP14", "AP29", "G31", "G32")
def test_moving_and_cancelling_follow_the_rules_of_the_house() -> None:
    assert f"{URL}/move" in Course("appointment_reminders", BOOKING).takes("move").texts
    paid = Course("appointment_reminders", BOOKING | {"deposit": 2500}).takes("2")
    assert paid.of(OfferHandoff)[0].trigger == "reschedule_with_payment"
    early = Course("appointment_reminders", BOOKING).takes("3")
    assert early.of(CallAction)[0].action == "cancel_booking"
    soon = BOOKING | {"starts_at": "2026-05-04T18:00:00+00:00"}
    late = Course("appointment_reminders", soon).takes("cancel")
    assert late.of(OfferHandoff)[0].trigger == "late_cancellation"


def test_a_moved_booking_is_confirmed_anew_at_its_new_time() -> None:
    course = Course("appointment_reminders", BOOKING)
    facts: dict[str, Json] = {"booking": "BK7741", "starts_at": "2026-05-09T07:30:00+00:00"}
    course.takes(Happened(event="booking_moved", facts=facts))
    assert "May 9 7:30" in course.texts


@pytest.mark.req("ON6", "ON8", "G33", "G34", "R14", "ON16")
def test_the_first_week_ends_with_a_click_or_with_a_concierge() -> None:
    joined: dict[str, Json] = {
        "membership": "Gold",
        "joined_at": NOW.isoformat(),
        "slots_url": URL,
        "guide_url": URL,
        "first_class": "Yoga",
        "second_class": "Spin",
    }
    for missing in ("membership", "slots_url"):
        half = Course("onboarding", {**joined, missing: ""})
        assert not half.texts, missing  # a person completes the record before anything is said
        assert [task.queue for task in half.of(CreateTask)] == ["concierge"]
    clicked = Course("onboarding", joined).takes(TimeUp(), after="24h")
    clicked.takes(Happened(event="booking_clicked"), after="24h")
    assert clicked.state is None
    booked = Course("onboarding", joined).takes(Happened(event="booking_created"))
    assert booked.state is None
    idle = Course("onboarding", joined)
    for after in ("24h", "48h", "48h", "48h"):
        idle.takes(TimeUp(), after=after)
    assert [task.queue for task in idle.of(CreateTask)] == ["concierge"]
    active = Course("onboarding", joined).takes(Happened(event="app_opened"), after="12h")
    for after in ("12h", "48h", "48h", "48h"):
        active.takes(TimeUp(), after=after)
    assert not active.of(CreateTask)
    assert "one-on-one" in active.texts


@pytest.mark.req("ON2", "ON4", "ON5", "M12", "M14", "M15")
def test_the_first_week_says_what_is_true_of_this_member() -> None:
    joined: dict[str, Json] = {
        "membership": "Gold", "joined_at": NOW.isoformat(), "slots_url": URL, "guide_url": URL,
    }  # fmt: skip
    known: dict[str, Json] = {
        "first_class": "Yoga", "second_class": "Spin", "time_of_day": "evening",
    }  # fmt: skip
    for classes, said in (
        (known, "To begin with, at your hour: Yoga, Spin."),
        ({**known, "time_of_day": ""}, "To begin with: Yoga, Spin."),
        (known | {"second_class": "", "time_of_day": ""}, "To begin with: Yoga."),
        ({"first_class": "Yoga", "second_class": "Spin"}, "To begin with: Yoga, Spin."),
        (dict.fromkeys(known, ""), "Choose your first class:"),
    ):
        week = Course("onboarding", {**joined, **classes})
        assert URL in week.texts  # day 0: the times are one tap away
        week.takes(TimeUp(), after="24h")
        assert "three steps" in week.texts
        week.takes(TimeUp(), after="48h")
        assert said in week.texts
        week.takes(TimeUp(), after="48h")
        assert "towel" in week.texts
    # A week of messages to a record that is half empty does harm: a person completes it.
    bare = Course("onboarding", joined | {"membership": ""})
    assert bare.of(CreateTask)
    assert not bare.texts


@pytest.mark.req("ON20", "M22", "X20")
def test_the_lite_week_has_three_messages_on_their_own_channels() -> None:
    joined: dict[str, Json] = {"joined_at": NOW.isoformat(), "slots_url": URL}
    week, told = Course("onboarding_lite", joined), []
    for after in ("24h", "48h", "96h"):
        week.takes(TimeUp(), after=after)
        [sent] = week.of(SendText)
        told.append((sent.channels, sent.text.split(" ")[0], URL in week.texts))
    assert told == [
        (("email",), "Welcome", True), (("whatsapp",), "A", True), (("email",), "Your", True),
    ]  # fmt: skip
    assert week.state is None
    clicked = Course("onboarding_lite", joined).takes(Happened(event="booking_clicked"))
    assert clicked.state is None


@pytest.mark.req("RT2", "RT3", "RT4", "RT9", "G13", "G38", "G39", "X3")
@pytest.mark.parametrize(
    ("result", "ends"),
    [
        ({"eligible": True, "risk": "low", "amount": 4500}, "label"),
        ({"eligible": True, "risk": "high", "amount": 15000}, "return_needs_specialist"),
        ({"eligible": True, "risk": "flagged", "amount": 900}, "return_needs_specialist"),
        ({"eligible": False, "risk": "low", "amount": 900, "refusal": "too late"}, "refused"),
    ],
)
def test_a_return_is_decided_by_the_rules(result: dict[str, Json], ends: str) -> None:
    requested: dict[str, Json] = {
        "order": "10442", "bought_on": "2026-05-01", "topic": "wrong size",
    }  # fmt: skip
    course = Course("returns_form", requested)
    course.takes("[photo abc123]")
    course.takes(ActionEnded(number=1, result=result))
    if ends == "label":
        assert course.of(CallAction)[0].action == "issue_return_label"
        course.takes(ActionEnded(number=2, result={"label_url": URL}))
        assert URL in course.texts
        asked = course.of(CallAction)[0]  # a person confirms it (G51)
        assert (asked.action, asked.given["amount"]) == ("refund", 4500)
    elif ends == "refused":
        assert "too late" in course.texts
        handed = course.takes("1").of(OfferHandoff)[0]
        assert handed.trigger == "return_not_eligible"
        assert "A photo is in the thread" in handed.context
    else:
        handed = course.of(OfferHandoff)[0]
        assert handed.trigger == ends
        assert "10442" in handed.context


@pytest.mark.req("NP6", "NP7", "NP10", "NP13", "M24", "M26", "X18", "G41", "G42", "G43")
def test_a_detractor_is_called_within_a_day_and_a_coupon_needs_a_no() -> None:
    visited: dict[str, Json] = {"visit_number": 2, "review_url": URL}
    course = Course("nps_recovery", visited).takes(TimeUp(), after="72h").takes("3")
    task = course.of(CreateTask)[0]
    assert (task.queue, task.due_after) == ("retention", timedelta(hours=24))
    assert "sorry" in course.texts
    assert not course.of(MakeOffer)
    course.takes("it was dirty")
    assert course.of(KeepWords)[0].text == "it was dirty"
    course.takes(ActionEnded(number=1, result={"can_call": True}))
    assert "YES for a callback or NO" in course.texts
    assert course.takes("NO").of(MakeOffer)
    promoter = Course("nps_recovery", visited).takes(TimeUp(), after="72h").takes("10")
    assert URL in promoter.texts
    again = Course("nps_recovery", visited, tags=["passive"]).takes(TimeUp(), after="72h")
    assert again.takes("7").of(CreateTask)[0].due_after == timedelta(hours=48)


@pytest.mark.req("OR9", "OR12", "G35")
def test_a_carriers_single_report_reaches_nobody_and_a_second_failure_a_person() -> None:
    failed: dict[str, Json] = {"order": "10442", "attempt": 1, "track_url": URL,
                               "redeliver_url": URL}  # fmt: skip
    quiet = Course("failed_delivery", failed).takes(TimeUp())
    assert not quiet.texts
    told = Course("failed_delivery", failed).takes(Happened(event="delivery_failed", facts=failed))
    assert "could not be delivered" in told.texts
    second = told.takes(Happened(event="delivery_failed", facts=failed | {"attempt": 2}))
    assert second.of(OfferHandoff)


@pytest.mark.req("G5", "RN3")
def test_a_renewal_reaches_a_person_only_with_a_reason() -> None:
    ending: dict[str, Json] = {
        "membership": "Gold", "ends_at": "2026-06-04T09:00:00+00:00", "renew_url": URL,
    }  # fmt: skip

    def ended(**more: Json) -> Course:
        course = Course("renewal", ending, **more)
        course.takes(TimeUp(), after="500h")
        return course.takes(TimeUp(), after="72h")

    assert not ended().of(OfferHandoff)
    assert ended(tags=["at_risk"]).of(OfferHandoff)[0].trigger == "renewal_at_risk"


@pytest.mark.req("AP13", "AP15", "G1")
def test_a_held_place_is_released_by_silence_and_booked_by_a_word() -> None:
    held: dict[str, Json] = {
        "hold": "H1", "class_name": "Yoga", "starts_at": BOOKING["starts_at"], "price": 1500,
        "held_until": "2026-05-04T09:30:00+00:00",
    }  # fmt: skip
    released = Course("spot_hold", held).takes(TimeUp()).takes(TimeUp()).of(CallAction)
    assert released[0].action == "release_slot"
    booked = Course("spot_hold", held).takes("1").of(CallAction)
    assert booked[0].action == "book_slot"
    assert (
        "deposit"
        in Course("spot_hold", held | {"price": 12000, "deposit_due": 3000, "deposit_url": URL})
        .takes("1")
        .texts
    )


@pytest.mark.req("AP31", "G46")
def test_a_member_who_is_not_found_twice_gets_a_person_by_one_tap() -> None:
    course = Course("membership_pause", {}).takes("Mikey").takes(ActionEnded(number=1, problem="0"))
    course.takes("M-77").takes(ActionEnded(number=2, problem="0"))
    assert "Reply 1 and a colleague" in course.texts
    assert course.takes("1").of(OfferHandoff)


@pytest.mark.req("AP28", "G14")
def test_a_party_is_never_closed_without_its_three_facts() -> None:
    course = Course("party_booking", {}).takes("1").takes("BK7741")
    course.takes(TimeUp(), after="24h")
    handed = course.of(OfferHandoff)[0]
    assert handed.trigger == "party_facts_missing"
    assert "BK7741" in handed.context


@pytest.mark.req("AP17", "AP18", "G4")
def test_who_cancelled_is_not_written_to() -> None:
    flow = load_template("late_registrants").flow
    late = Happened(event="registered", facts={"kind": "late", "registration": "R1"})
    scene = Course("visit_feedback", {}).scene()
    gone = Scene(
        pack=scene.pack, policy=scene.policy, bands=scene.bands,
        facts={"contact": {"tags": ["cancelled"]}},
    )  # fmt: skip
    assert [one.name for one, _ in outreach.starting(FLOWS, TriggerKind.EVENT, late, scene)] == [
        flow.name
    ]
    assert not list(outreach.starting(FLOWS, TriggerKind.EVENT, late, gone))
