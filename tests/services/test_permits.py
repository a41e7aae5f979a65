"""Before every send: consent by purpose, quiet hours by the contact's clock, caps, the stop switch.

Through the real services, on the virtual clock; every refusal and delay is a row with its reason.
"""

from datetime import UTC, datetime, timedelta

import pytest

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.json import Json
from baton.services.doors import chat
from baton.services.doors.chat import Visit
from baton.services.facts import EventReported
from baton.store.models import (
    AuditEntry,
    Consent,
    Contact,
    DigestLine,
    Message,
    SurveyResponse,
    Workspace,
)
from baton.store.models.runtime import RuntimeEffect
from tests.services.test_events import publish

STORY = Story.model_validate(
    {
        "story": "permits",
        "title": "Who may be written to, and when",
        "pack": "fitness",
        "people": {
            "mia": {"contact": "webchat", "name": "Mia"},
            "sam": {"user": "operations", "name": "Sam"},
        },
        "steps": [{"passes": "1s"}],
    }
)
ON_ORDER: Json = {"on": "event", "event": "order_shipped"}
EVENING = timedelta(hours=12)  # a story begins at 10:00, so it is 22:00 then
MORNING = datetime(2026, 3, 3, 8, tzinfo=UTC)


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    return founding.make(STORY)


def tell_of_orders(world: World, text: str = "It is on its way.", **head: Json) -> None:
    """Let the business tell its contacts of each order, in one message."""
    steps: dict[str, Json] = {
        "say": {"type": "send", "text": text, "then": "over"},
        "over": {"type": "end"},
    }
    publish(world, "orders", ON_ORDER, steps, **{"purpose": "transactional", **head})


def fates(world: World) -> list[tuple[str, str]]:
    """Return what became of the bot's messages, oldest first."""
    contact = world.find_contact("mia")
    rows = Message.objects.filter(contact_id=contact.id if contact else "", author="bot")
    return list(rows.order_by("id").values_list("delivery", "delivery_reason"))


def change_policy(world: World, **limits: Json) -> None:
    workspace = Workspace.objects.get(id=world.workspace_id)
    workspace.policy = {**workspace.policy, **limits}
    workspace.revision += 1000
    workspace.save()


def ship(world: World, times: int = 1) -> None:
    for _ in range(times):
        world.report("mia", "order_shipped", {})


def agree(world: World, purpose: str = "promotional", **facts: Json) -> None:
    world.report("mia", "consent_given", {"purpose": purpose, "source": "front desk", **facts})


# -- consent -------------------------------------------------------------------------------


@pytest.mark.req("P1", "P15", "G21", "X25")
def test_a_promotion_goes_to_nobody_who_did_not_agree_to_it(world: World) -> None:
    tell_of_orders(world, purpose="promotional")
    ship(world)
    agree(world)
    ship(world)
    world.report("mia", "consent_withdrawn", {"purpose": "promotional", "source": "a call"})
    ship(world)
    assert fates(world) == [("refused", "no_consent"), ("sent", ""), ("refused", "no_consent")]
    assert not RuntimeEffect.objects.exclude(state="done").exists()
    kept = Consent.objects.filter(purpose="promotional").order_by("id")
    assert list(kept.values_list("channel", "is_granted", "source")) == [
        ("webchat", True, "front desk"),
        ("webchat", False, "a call"),
    ]


@pytest.mark.req("P2", "P17")
def test_where_consent_is_asked_for_a_reminder_needs_it_too(world: World) -> None:
    change_policy(world, consent_free_channels="")
    tell_of_orders(world)
    ship(world)
    agree(world, "transactional")
    ship(world)
    assert fates(world) == [("refused", "no_consent"), ("sent", "")]


@pytest.mark.req("P1", "P15")
def test_a_consent_is_kept_with_its_provenance(world: World) -> None:
    agree(
        world, wording="Yes, tell me about offers", evidence="form 12",
        at="2026-02-01T09:00:00+00:00",
    )  # fmt: skip
    kept = Consent.objects.get()
    assert (kept.wording, kept.evidence, kept.source) == (
        "Yes, tell me about offers", "form 12", "front desk",
    )  # fmt: skip
    assert kept.at == datetime(2026, 2, 1, 9, tzinfo=UTC)
    assert kept.recorded_at == world.now


@pytest.mark.parametrize(
    "facts",
    [
        {"purpose": "everything"},
        {"purpose": "promotional", "source": ""},
        {"purpose": "promotional", "at": "yesterday"},
        {"purpose": "promotional", "at": "2026-02-01T09:00:00"},
        {"purpose": "promotional", "wording": "x" * 401},
    ],
)
def test_what_proves_no_consent_is_none(world: World, facts: dict[str, Json]) -> None:
    world.report("mia", "consent_given", {"source": "front desk", **facts})
    assert not Consent.objects.exists()
    assert AuditEntry.objects.filter(action="event_refused").count() == 1


def test_a_consent_of_the_same_batch_counts(world: World) -> None:
    tell_of_orders(world, purpose="promotional")
    for event, facts in (
        ("consent_given", {"purpose": "promotional", "source": "form"}),
        ("order_shipped", {}),
    ):
        fact = EventReported(
            event=event, facts=dict(facts), channel="webchat", inbox_id=world.inbox_id,
            address="visitor-mia",
        )  # fmt: skip
        world._append(world._arrival("mia", fact, f"event:{event}", timedelta(0)))
    world.run_idle()
    assert fates(world) == [("sent", "")]


@pytest.mark.req("C24", "P18")
def test_nobody_but_the_contact_takes_stop_back(world: World) -> None:
    tell_of_orders(world, purpose="promotional")
    agree(world)
    world.say(Says(who="mia", text=("STOP",)))
    world.pass_time(timedelta(minutes=1))
    agree(world)
    ship(world)
    world.say(Says(who="mia", text=("START",)))
    ship(world)  # what was agreed to after STOP counts again; what came before it would not
    assert fates(world) == [
        ("sent", ""), ("refused", "opted_out"), ("sent", ""), ("sent", ""),
    ]  # fmt: skip


@pytest.mark.req("C24")
def test_start_brings_no_promotions_back(world: World) -> None:
    tell_of_orders(world, purpose="promotional")
    agree(world)
    for word in ("STOP", "START"):
        world.say(Says(who="mia", text=(word,)))
    ship(world)
    assert fates(world)[-1] == ("refused", "no_consent")


def test_what_other_systems_say_of_stop_holds_like_the_contacts_own(world: World) -> None:
    tell_of_orders(world)
    world.report("mia", "consent_withdrawn", {"purpose": "all", "source": "a letter"})
    ship(world)
    assert fates(world) == [("refused", "opted_out")]


@pytest.mark.req("P16", "X25")
def test_a_receipt_that_sells_goes_to_those_alone_who_agreed_to_that(world: World) -> None:
    tell_of_orders(world, text="It is on its way. 20% off the next one!")
    ship(world)
    agree(world)
    ship(world)
    assert fates(world) == [("refused", "promotional_words"), ("sent", "")]


# -- quiet hours ---------------------------------------------------------------------------


def test_at_night_news_waits_until_morning_and_goes_once(world: World) -> None:
    tell_of_orders(world)
    world.pass_time(EVENING)
    ship(world)
    held = Message.objects.get(author="bot")
    assert (held.delivery, held.delivery_reason, held.held_until) == (
        "held", "quiet_hours", MORNING,
    )  # fmt: skip
    world.pass_time(MORNING - world.now - timedelta(seconds=1))
    assert fates(world) == [("held", "quiet_hours")]
    world.pass_time(timedelta(seconds=1))
    sent = Message.objects.get(author="bot")
    assert (sent.delivery, sent.held_until) == ("sent", MORNING)
    assert AuditEntry.objects.filter(action="send_held").count() == 1


def test_who_writes_at_night_is_answered_at_once_past_what_is_held(world: World) -> None:
    tell_of_orders(world)
    world.pass_time(EVENING)
    ship(world)
    world.say(Says(who="mia", text=("What time do you open?",)))
    assert fates(world) == [("held", "quiet_hours"), ("sent", "")]


def test_who_has_just_written_is_awake(world: World) -> None:
    tell_of_orders(world)
    world.pass_time(EVENING)
    world.say(Says(who="mia", text=("What time do you open?",)))
    ship(world)
    assert fates(world) == [("sent", ""), ("sent", "")]


@pytest.mark.req("AP3")
def test_a_reminder_of_an_early_class_is_not_sent_after_it(world: World) -> None:
    tell_of_orders(world, facts={"starts_at": "time"})
    world.pass_time(EVENING)
    for starts_at in ("2026-03-03T06:30:00+00:00", "2026-03-03T18:00:00+00:00"):
        world.report("mia", "order_shipped", {"starts_at": starts_at})
    assert fates(world) == [("refused", "too_late"), ("held", "quiet_hours")]


def test_night_is_where_the_contact_is(world: World) -> None:
    tell_of_orders(world)
    ship(world)
    world.pass_time(EVENING)
    Contact.objects.update(timezone="America/New_York")
    ship(world)  # 17:00 there
    Contact.objects.update(timezone="Asia/Tokyo")
    world.pass_time(timedelta(hours=9))
    ship(world)  # 07:00 in London, and 16:00 there
    assert fates(world) == [("sent", ""), ("sent", ""), ("sent", "")]


@pytest.mark.req("C24")
def test_stop_at_night_ends_what_is_held(world: World) -> None:
    tell_of_orders(world)
    world.pass_time(EVENING)
    ship(world)
    world.say(Says(who="mia", text=("STOP",)))
    world.pass_time(timedelta(days=1))
    assert fates(world) == [("refused", "opted_out"), ("sent", "")]


def test_a_visitor_who_comes_back_sees_what_was_held_once_it_went(world: World) -> None:
    tell_of_orders(world)
    world.pass_time(EVENING)
    ship(world)
    world.say(Says(who="mia", text=("What time do you open?",)))
    visit = Visit(
        workspace_id=world.workspace_id, inbox_id=world.inbox_id, visitor="visitor-mia",
        lane=world._lane("mia"),
    )  # fmt: skip
    first = chat.read_feed(world.house, visit, after="", limit=50)
    assert len(first.messages) == 2  # the question and its answer
    world.pass_time(timedelta(days=1))
    later = chat.read_feed(world.house, visit, after=first.cursor, limit=50)
    assert "It is on its way." in [one.text for one in later.messages]


# -- how often, and the stop switch ----------------------------------------------------------


@pytest.mark.req("C20")
def test_no_more_than_the_limit_of_a_day_and_of_a_week(world: World) -> None:
    change_policy(world, transactional_per_day=2, transactional_per_week=3)
    tell_of_orders(world)
    ship(world, 3)
    world.pass_time(timedelta(days=1))
    ship(world, 2)
    world.pass_time(timedelta(days=7))
    ship(world)
    capped = ("refused", "frequency_cap")
    assert fates(world) == [("sent", ""), ("sent", ""), capped, ("sent", ""), capped, ("sent", "")]


@pytest.mark.req("C20")
def test_what_is_held_counts_for_the_day_and_each_is_asked_about_again(world: World) -> None:
    change_policy(world, transactional_per_day=1)
    tell_of_orders(world)
    world.pass_time(EVENING)
    ship(world, 2)
    world.pass_time(timedelta(days=1))
    assert fates(world) == [("sent", ""), ("refused", "frequency_cap")]


def test_what_answers_does_not_count(world: World) -> None:
    change_policy(world, transactional_per_day=1, service_per_day=0)
    tell_of_orders(world)
    world.say(Says(who="mia", text=("What time do you open?",)))
    world.say(Says(who="mia", text=("Where are you?",)))
    ship(world)
    assert {fate for fate, _reason in fates(world)} == {"sent"}


def test_a_survey_that_may_not_be_asked_was_not_asked(world: World) -> None:
    change_policy(world, service_per_day=0)
    world.say(Says(who="mia", text=("Where can I park?",)))
    world.pass_time(timedelta(minutes=30))
    assert fates(world)[-1] == ("refused", "frequency_cap")
    assert not SurveyResponse.objects.exists()


@pytest.mark.req("C20")
def test_a_promotion_keeps_no_news_out_of_a_digest(world: World) -> None:
    for name, purpose in (("news", "transactional"), ("offers", "promotional")):
        steps: dict[str, Json] = {
            "keep": {"type": "digest", "digest": "daily", "opening": "Today:", "text": name,
                     "at": "18:00", "then": "over"},
            "over": {"type": "end"},
        }  # fmt: skip
        publish(world, name, ON_ORDER, steps, purpose=purpose)
    ship(world)
    assert DigestLine.objects.count() == 2
    world.pass_time(EVENING)
    rows = Message.objects.filter(author="bot").order_by("id")
    assert list(rows.values_list("purpose", "delivery")) == [
        ("transactional", "sent"),
        ("promotional", "refused"),
    ]
