"""Double opt-in where it matters: what is sent meanwhile, and which words confirm it."""

import pytest
from django.test import Client

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.json import Json
from baton.services.desk import contact_desk
from baton.services.people import consents, opting_in, preferences
from baton.store.models import Consent, Contact, Message
from baton.store.queries.contacts import Permits, Wish, list_page
from tests.services.test_events import publish

STORY = Story.model_validate(
    {
        "story": "double",
        "title": "Promotions by SMS are confirmed first",
        "pack": "fitness",
        "policy": {"double_opt_in": "sms:promotional"},
        "people": {"ana": {"contact": "sms", "name": "Ana"}, "sam": {"user": "agent"}},
        "steps": [{"passes": "1s"}],
    }
)
STEPS: dict[str, Json] = {
    "say": {"type": "send", "text": "20% off.", "then": "over"},
    "over": {"type": "end"},
}


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    made = founding.make(STORY)
    trigger: Json = {"on": "event", "event": "sale"}
    publish(made, "sale", trigger, STEPS, purpose="promotional", channels=["sms"])
    return made


def told(world: World, purpose: str = "promotional") -> None:
    facts: dict[str, Json] = {"purpose": purpose, "source": "a form", "evidence": "form-7"}
    world.report("ana", consents.GIVEN, facts)


def fates() -> list[tuple[str, str]]:
    rows = Message.objects.exclude(author="contact").order_by("id")
    return list(rows.values_list("delivery", "delivery_reason"))


@pytest.mark.req("P17", "P1")
def test_what_is_pending_is_no_consent_until_the_contact_says_so(world: World) -> None:
    told(world)
    world.report("ana", "sale", {})
    assert fates() == [("sent", ""), ("refused", "no_consent")]
    agreed = Wish(workspace_id=world.workspace_id, permits=Permits.PROMOTIONS)
    assert not list_page(agreed)
    world.say(Says(who="ana", text=("yes",)))
    confirmed = Consent.objects.get(source=opting_in.BY_ANSWER)
    question = Message.objects.exclude(author="contact").order_by("id").first()
    assert question
    assert len(list_page(agreed)) == 1
    assert (confirmed.is_pending, confirmed.evidence) == (False, f"message:{question.id}")
    world.report("ana", "sale", {})
    assert fates()[-1] == ("sent", "")


@pytest.mark.req("C24", "P18", "C18")
def test_stop_ends_the_question_and_other_words_are_no_answer_to_it(world: World) -> None:
    told(world)
    world.say(Says(who="ana", text=("what time do you open?",)))
    world.say(Says(who="ana", text=("yes",)))  # to what was said since
    assert not Consent.objects.filter(source=opting_in.BY_ANSWER).exists()
    world.say(Says(who="ana", text=("STOP",)))
    contact = Contact.objects.get()
    assert not opting_in.list_open(contact.id, world.policy, world.now)
    sent = len(fates())
    told(world)
    assert fates()[sent:] == [("refused", "opted_out")]  # the question, too


def test_all_purposes_at_once_are_split_into_what_counts_and_what_waits(world: World) -> None:
    told(world, "all")
    kept = Consent.objects.values_list("purpose", "is_pending").order_by("id")
    assert sorted(kept) == [("promotional", True), ("service", False), ("transactional", False)]


@pytest.mark.req("P17")
def test_the_desk_passes_it_on_and_the_contacts_own_page_confirms_it(world: World) -> None:
    told(world, "service")
    contact = Contact.objects.get()
    facts: dict[str, Json] = {"channel": "sms", "purpose": "promotional", "source": "front desk"}
    contact_desk.record_consent(
        world.house, world.users["sam"], contact.id, is_granted=True, told=facts
    )
    world.run_idle()
    waiting = Consent.objects.get(is_pending=True)
    assert (waiting.source, bool(waiting.request_id)) == ("front desk", True)
    link = preferences.link_of(world.house, contact.id, world.now)
    path = link.removeprefix(world.house.base_url)
    assert "Yes, send me these" in Client().get(path).text
    assert "that is confirmed" in Client().post(path, {"confirm": "yes"}).text
    assert "Yes, send me these" not in Client().get(path).text
    assert Consent.objects.get(source="preference page").purpose == "promotional"


@pytest.mark.req("P17", "P1")
def test_an_old_yes_asks_nobody_who_has_said_no_since(world: World) -> None:
    world.say(Says(who="ana", text=("hello",)))
    world.report("ana", consents.WITHDRAWN, {"purpose": "promotional"})
    sent = len(fates())
    stale: dict[str, Json] = {
        "purpose": "promotional", "source": "a form", "at": "2020-01-01T10:00:00+00:00",
    }  # fmt: skip
    world.report("ana", consents.GIVEN, stale)
    assert fates()[sent:] == []
    assert not Consent.objects.filter(is_pending=True).exists()
    world.report("ana", "sale", {})
    assert fates()[sent:] == [("refused", "no_consent")]
    told(world)  # they have thought better of it
    assert fates()[-1] == ("sent", "")
    assert Consent.objects.filter(is_pending=True).exists()
