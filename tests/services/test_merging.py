"""Contacts found to be one person, and parted again: nothing is lost, doubled or forgotten."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from django.apps import apps
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core import card
from baton.core.card import ContextCard
from baton.core.errors import BatonError, Conflict, Forbidden, InvalidInput, NotFound
from baton.core.json import Json
from baton.core.roles import Role
from baton.services import arrivals
from baton.services.desk import agents, merging, pairs, parting, resending
from baton.services.doors import chat
from baton.services.doors.chat import Visit
from baton.services.facts import MessageReceived
from baton.services.people import contacts
from baton.store.models import (
    Address,
    AuditEntry,
    Consent,
    Contact,
    Conversation,
    DigestLine,
    Handoff,
    Merge,
    Message,
    Run,
    User,
)
from tests.services.test_any_order import taken_back
from tests.services.test_events import publish

WHO = ("mia", "may", "ava")
STORY = Story.model_validate(
    {
        "story": "merging",
        "title": "One person, several addresses",
        "pack": "fitness",
        "people": {
            **{name: {"contact": "webchat"} for name in WHO},
            "sue": {"contact": "sms"},
            "sam": {"user": "agent", "name": "Sam"},
            "alex": {"user": "auditor", "name": "Alex"},
        },
        "steps": [{"passes": "1s"}],
    }
)
NEWS: dict[str, Json] = {
    "say": {"type": "send", "text": "news {{ run.number }}", "then": "over"},
    "over": {"type": "end"},
}


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    return founding.make(STORY)


def say(world: World, who: str, *words: str) -> None:
    world.say(Says(who=who, text=words))


def merge(world: World, kept: str, other: str) -> str:
    return merging.merge(
        world.house, world.users["sam"], one(world, kept).id, one(world, other).id, "a call"
    )


def one(world: World, who: str) -> Contact:
    """Return the contact that somebody was when they first wrote."""
    contact = world.find_contact(who)
    assert contact is not None
    return contact


def texts_to(world: World, who: str) -> list[str]:
    """Return what somebody's own window shows, oldest first."""
    visit = Visit(
        workspace_id=world.workspace_id, inbox_id=world.inbox_id, visitor=f"visitor-{who}",
        lane=world._lane(who),
    )  # fmt: skip
    return [
        shown.text for shown in chat.read_feed(world.house, visit, after="", limit=100).messages
    ]


def wait_for_news(world: World) -> None:
    """Let a run wait an hour in each contact's name before it tells them something."""
    steps: dict[str, Json] = {"rest": {"type": "wait", "for": "1h", "then": "say"}, **NEWS}
    trigger: Json = {"on": "event", "event": "news_due"}
    publish(
        world, "news", trigger, steps, purpose="transactional", facts={"number": "text"},
        subject="number",
    )  # fmt: skip


@pytest.mark.req("DI4")
def test_two_become_one_and_each_is_answered_where_they_write(world: World) -> None:
    say(world, "mia", "What time do you open?")
    say(world, "may", "Where can I park?")
    before = texts_to(world, "may")
    merge(world, "mia", "may")
    say(world, "may", "Is there a sauna?")
    say(world, "mia", "Where are you?")
    mia = one(world, "mia")
    assert set(Conversation.objects.values_list("contact_id", flat=True)) == {mia.id}
    assert set(Conversation.objects.values_list("lane", flat=True)) == {mia.lane}
    assert set(Message.objects.values_list("contact_id", flat=True)) == {mia.id}
    assert Conversation.objects.count() == 2  # one an address: nobody sees the other's words
    assert texts_to(world, "may")[:2] == before
    assert texts_to(world, "may")[2] == "Is there a sauna?"
    assert len(texts_to(world, "may")) == len(texts_to(world, "mia")) == 4
    assert world.faults() == ()
    deeds = AuditEntry.objects.filter(action="merged").values_list("subject", flat=True)
    assert set(deeds) == {f"contact:{mia.id}", f"contact:{one(world, 'may').id}"}


@pytest.mark.req("H23")
def test_a_handoff_brings_what_was_said_on_another_channel(world: World) -> None:
    say(world, "sue", "My locker at the pool is jammed since Monday")
    say(world, "mia", "Hello")
    merge(world, "mia", "sue")
    say(world, "mia", "Can I talk to a human?")
    told = card_of(world)
    assert told.last_messages == (
        "On sms: My locker at the pool is jammed since Monday", "Hello", "Can I talk to a human?",
    )  # fmt: skip
    assert told.last_actions[0].startswith("on sms: ")


@pytest.mark.req("H23")
def test_what_was_said_elsewhere_days_ago_is_left_there(world: World) -> None:
    say(world, "sue", "My locker at the pool is jammed since Monday")
    say(world, "mia", "Hello")
    merge(world, "mia", "sue")
    world.pass_time(timedelta(days=4))
    say(world, "mia", "Can I talk to a human?")
    assert not any("locker" in one for one in card_of(world).last_messages)


@pytest.mark.django_db
@pytest.mark.req("H23", "H16")
def test_what_was_said_to_a_guarded_queue_stays_there() -> None:
    world = founding.make(STORY.model_copy(update={"policy": {"guarded_queues": "clinical"}}))
    say(world, "sue", "I have chest pain and cannot breathe")
    assert Conversation.objects.get().queue == "clinical"
    say(world, "mia", "Hello")
    merge(world, "mia", "sue")
    say(world, "mia", "Can I talk to a human?")
    assert not any("chest" in one for one in card_of(world).last_messages)


def card_of(world: World) -> ContextCard:
    """Return the card of the newest handoff."""
    newest = Handoff.objects.order_by("id").last()
    assert newest is not None
    return card.parse_json(world.house.keyset.unseal(newest.card_sealed, f"card:{newest.id}"))


def test_words_of_two_addresses_in_one_burst_are_two_turns(world: World) -> None:
    say(world, "mia", "Hello")
    say(world, "sue", "Hello")
    merge(world, "mia", "sue")
    for who in ("mia", "sue", "mia"):
        world._hear(Says(who=who, text=("x",)), f"What time do you open, {who}?")
    world.pass_time(timedelta(minutes=1))
    by_channel = {
        channel: Message.objects.filter(
            conversation_id__in=Conversation.objects.filter(channel=channel).values("id")
        )
        for channel in ("webchat", "sms")
    }
    assert by_channel["sms"].filter(author="contact").count() == 2
    assert by_channel["webchat"].filter(author="contact").count() == 3
    assert by_channel["sms"].filter(author="bot").count() == 2


@pytest.mark.req("C16")
def test_where_they_write_most_is_learned_and_a_tie_tells_nothing(world: World) -> None:
    for who in ("mia", "sue"):
        say(world, who, "What time do you open?")
    merge(world, "sue", "mia")
    sue = one(world, "sue")
    assert contacts.learned_channel(sue.id, world.now) == ""
    say(world, "mia", "Where can I park?")
    assert contacts.learned_channel(sue.id, world.now) == "webchat"
    assert contacts.learned_channel(sue.id, world.now + timedelta(days=91)) == ""


def test_what_was_under_way_goes_on_for_who_they_are_now(world: World) -> None:
    wait_for_news(world)
    say(world, "may", "What time do you open?")
    say(world, "mia", "What time do you open?")
    world.report("may", "news_due", {"number": "1"})
    # What has come and is not decided yet, and what will come for the address alone.
    fact = MessageReceived(
        channel="webchat", inbox_id=world.inbox_id, address="visitor-may", text="Where can I park?"
    )
    world._append(world._arrival("may", fact, "chat:visitor-may:77", timedelta(seconds=1)))
    merge(world, "mia", "may")
    world.report("may", "news_due", {"number": "2"})
    world.pass_time(timedelta(hours=2))
    told = [text for text in texts_to(world, "may") if text.startswith("news")]
    assert told == ["news 1", "news 2"]
    assert "Where can I park?" in texts_to(world, "may")
    assert Message.objects.get(client_id="77").contact_id == one(world, "mia").id
    assert not [text for text in texts_to(world, "mia") if text.startswith("news")]
    assert world.faults() == ()


def test_parted_again_each_has_what_was_theirs_and_what_was_said_to_them(world: World) -> None:
    wait_for_news(world)
    for who in ("mia", "may"):
        say(world, who, "What time do you open?")
        world.report(who, "news_due", {"number": who})
    record = merge(world, "mia", "may")
    say(world, "may", "Where can I park?")
    world.report("may", "news_due", {"number": "since"})
    parting.unmerge(world.house, world.users["sam"], record)
    mia, may = one(world, "mia"), one(world, "may")
    assert Message.objects.filter(contact_id=may.id, author="contact").count() == 2
    assert Message.objects.filter(contact_id=mia.id, author="contact").count() == 1
    assert Run.objects.filter(contact_id=may.id, status="waiting", flow="news").count() == 2
    world.pass_time(timedelta(hours=2))
    assert [text for text in texts_to(world, "may") if text.startswith("news")] == [
        "news may", "news since",
    ]  # fmt: skip
    assert [text for text in texts_to(world, "mia") if text.startswith("news")] == ["news mia"]
    assert {row.lane for row in Conversation.objects.filter(contact_id=may.id)} == {may.lane}
    assert (one(world, "may").conversation_id, one(world, "mia").conversation_id) == tuple(
        Conversation.objects.filter(contact_id=who.id).order_by("-id").first().id  # type: ignore[union-attr]
        for who in (may, mia)
    )
    assert world.faults() == ()


@pytest.mark.req("C24", "P18")
def test_an_opt_out_of_either_holds_for_both_and_outlives_the_merge(world: World) -> None:
    for who in ("mia", "may", "sue"):
        say(world, who, "What time do you open?")
    say(world, "may", "STOP")
    record = merge(world, "mia", "may")
    assert one(world, "mia").opted_out == "webchat"
    parting.unmerge(world.house, world.users["sam"], record)
    assert (one(world, "mia").opted_out, one(world, "may").opted_out) == ("", "webchat")
    record = merge(world, "mia", "sue")
    say(world, "mia", "STOP")
    say(world, "sue", "STOP")
    parting.unmerge(world.house, world.users["sam"], record)
    assert "webchat" in one(world, "mia").opted_out
    assert "sms" in one(world, "sue").opted_out
    assert Consent.objects.filter(
        contact_id=one(world, "sue").id, channel="sms", is_granted=False
    ).exists()


@pytest.mark.req("C24", "P18")
def test_a_start_of_the_other_does_not_outlive_the_merge(world: World) -> None:
    for who in ("mia", "may"):
        say(world, who, "What time do you open?")
    say(world, "mia", "STOP")
    record = merge(world, "mia", "may")
    say(world, "may", "START")
    assert one(world, "mia").opted_out == ""  # one person, as far as is known by now
    parting.unmerge(world.house, world.users["sam"], record)
    assert (one(world, "mia").opted_out, one(world, "may").opted_out) == ("webchat", "")


@pytest.mark.req("C24", "P18")
def test_a_stop_in_the_very_moment_of_a_merge_is_not_forgotten(world: World) -> None:
    for who in ("mia", "may"):
        say(world, who, "What time do you open?")
    record = merge(world, "mia", "may")
    fact = MessageReceived(
        channel="webchat", inbox_id=world.inbox_id, address="visitor-may", text="STOP"
    )
    world._append(world._arrival("may", fact, "chat:visitor-may:1", timedelta(0)))
    world.run_idle()
    assert Merge.objects.get().at == world.now
    parting.unmerge(world.house, world.users["sam"], record)
    assert (one(world, "mia").opted_out, one(world, "may").opted_out) == ("webchat", "webchat")


def test_what_is_sent_again_goes_to_the_address_that_it_was_for(world: World) -> None:
    for who in ("mia", "may"):
        say(world, who, "I want a person")
    sam, mia = world.users["sam"], one(world, "mia")
    assert mia.conversation_id
    agents.accept(world.house, sam, mia.conversation_id)
    agents.reply(world.house, sam, mia.conversation_id, "Hello Mia")
    merge(world, "mia", "may")  # whose address is the newer one
    said = Message.objects.filter(author="agent")
    said.update(delivery="failed", delivery_reason="rejected")
    resending.send_again(world.house, sam, mia.conversation_id, said.get().id)
    assert set(said.values_list("address_lane", flat=True)) == {mia.lane}


def test_what_one_did_not_have_is_lent_and_given_back(world: World) -> None:
    for who in ("mia", "may"):
        say(world, who, "What time do you open?")
    asked = ["2026-03-01T09:00:00+00:00"]  # a rating: the two are one person, and not asked anew
    marks = {"tags": ["vip"], "scores": {"heat": 2.0}, "offers": {}, "asked": asked}
    Contact.objects.filter(id=one(world, "may").id).update(
        membership="gold", timezone="Asia/Tokyo", marks=marks
    )
    record = merge(world, "mia", "may")
    mia = one(world, "mia")
    assert (mia.membership, mia.timezone, mia.marks["tags"]) == ("gold", "Asia/Tokyo", ["vip"])
    assert mia.marks["asked"] == asked
    parting.unmerge(world.house, world.users["sam"], record)
    mia = one(world, "mia")
    assert (mia.membership, mia.timezone, mia.marks) == ("", "", {})


def test_lines_of_a_digest_go_with_their_contact_and_still_go_out(world: World) -> None:
    steps: dict[str, Json] = {
        "keep": {"type": "digest", "digest": "daily", "opening": "Today:",
                 "text": "{{ run.number }}", "at": "18:00", "then": "over"},
        "over": {"type": "end"},
    }  # fmt: skip
    trigger: Json = {"on": "event", "event": "news_due"}
    publish(world, "news", trigger, steps, purpose="transactional", facts={"number": "text"})
    for who in ("mia", "may"):
        say(world, who, "What time do you open?")
    world.report("may", "news_due", {"number": "early"})
    record = merge(world, "mia", "may")
    assert DigestLine.objects.get().contact_id == one(world, "mia").id
    parting.unmerge(world.house, world.users["sam"], record)
    world.pass_time(timedelta(hours=12))
    assert texts_to(world, "may")[-1] == "Today:\nearly"
    assert not DigestLine.objects.exists()


def test_who_may_and_what_cannot_be_merged(world: World) -> None:
    for who in WHO:
        say(world, who, "What time do you open?")
    mia, may = one(world, "mia").id, one(world, "may").id
    sam, alex = world.users["sam"], world.users["alex"]
    stranger = User(id="x", workspace_id="another", role=Role.AGENT.value)
    refused: list[tuple[type[BatonError], Callable[[], object]]] = [
        (Forbidden, lambda: merging.merge(world.house, alex, mia, may, "a call")),
        (InvalidInput, lambda: merging.merge(world.house, sam, mia, may, " ")),
        (InvalidInput, lambda: merging.merge(world.house, sam, mia, mia, "a call")),
        (NotFound, lambda: merging.merge(world.house, sam, mia, "nobody", "a call")),
        (NotFound, lambda: merging.merge(world.house, stranger, mia, may, "a call")),
        (NotFound, lambda: parting.unmerge(world.house, sam, "nothing")),
    ]
    for error, deed in refused:
        with pytest.raises(error):
            deed()
    record = merge(world, "mia", "may")
    with pytest.raises(Conflict):
        merge(world, "ava", "may")
    with pytest.raises(NotFound):
        parting.unmerge(world.house, stranger, record)
    parting.unmerge(world.house, sam, record)
    with pytest.raises(Conflict):
        parting.unmerge(world.house, sam, record)
    assert not Contact.objects.exclude(merged_into_id=None).exists()


def test_every_table_that_names_a_contact_has_its_place_in_a_merge() -> None:
    """Whoever adds a table of a contact's says here what a merge does with it."""
    told = (*pairs.BY_NAME.values(), *pairs.WITH_CONVERSATION, pairs.WITH_MESSAGE)
    moved = {rows.model for rows in told}
    # the record itself; what was drawn for the one who saw it; what names the whole when it is due
    stay = {"Merge", "Exposure", "Erasure"}
    named = {
        model for model in apps.get_app_config("store").get_models()
        if any(field.name == "contact_id" for field in model._meta.get_fields())
    }  # fmt: skip
    assert {model.__name__ for model in named - moved - {Run}} == stay


# -- in any order ----------------------------------------------------------------------


class People:
    """A model of its own of who may be written to, and of all that was said and told."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.stopped: set[str] = set()
        self.said = 0
        self.due: list[tuple[str, str]] = []
        self.merges: list[str] = []
        self.lifted: set[str] = set()
        """Who was one with somebody who said START since: one person's newest word holds."""

    def say(self, who: str, words: str) -> None:
        self.said += 1
        say(self.world, who, words)
        if words == "STOP":
            self.stopped.add(who)
            self.lifted -= self._same_as(who)
        elif words == "START":
            self.stopped.discard(who)
            self.lifted |= self._same_as(who)

    def _same_as(self, who: str) -> set[str]:
        """Return all who are the same contact as somebody right now."""
        contact = _now(self.world, who).id
        return {one for one in WHO if _now(self.world, one).id == contact}

    def queue(self, who: str) -> None:
        """Let a message come in, and leave it undecided for now."""
        self.said += 1
        fact = MessageReceived(
            channel="webchat", inbox_id=self.world.inbox_id, address=f"visitor-{who}", text="Hm"
        )
        key = f"chat:visitor-{who}:q{self.said}"
        self.world._append(self.world._arrival(who, fact, key, timedelta(minutes=5)))

    def happen(self, who: str) -> None:
        number = str(len(self.due))
        self.due.append((who, number))
        self.world.report(who, "news_due", {"number": number})

    def merge(self, kept: str, other: str) -> None:
        with suppress(Conflict, InvalidInput):  # they are one already
            self.merges.append(merge(self.world, kept, other))

    def unmerge(self, place: int) -> None:
        if self.merges:
            record = self.merges.pop(place % len(self.merges))
            self.lifted.clear()  # each one's own word stands again
            parting.unmerge(self.world.house, self.world.users["sam"], record)

    def wait(self, minutes: int) -> None:
        self.world.pass_time(timedelta(minutes=minutes))


_WHO = st.sampled_from(WHO)
_DEEDS = st.one_of(
    st.tuples(st.just("merge"), _WHO, _WHO),
    st.tuples(st.just("merge"), _WHO, _WHO),
    st.tuples(st.just("unmerge"), st.integers(0, 2)),
    st.tuples(st.just("say"), _WHO, st.sampled_from(["STOP", "START", "What time do you open?"])),
    st.tuples(st.just("queue"), _WHO),
    st.tuples(st.just("happen"), _WHO),
    st.tuples(st.just("wait"), st.sampled_from([1, 6, 61])),
)


@pytest.mark.django_db
@pytest.mark.req("DI4", "C24", "P18")
@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(deeds=st.lists(_DEEDS, min_size=3, max_size=10))
@example(deeds=[("happen", "may"), ("queue", "may"), ("merge", "mia", "may"), ("wait", 1),
                ("merge", "ava", "mia"), ("unmerge", 0), ("wait", 61)])  # fmt: skip
@example(deeds=[("merge", "mia", "may"), ("queue", "may"), ("happen", "may"), ("unmerge", 0),
                ("merge", "ava", "may"), ("say", "may", "STOP"), ("unmerge", 0)])  # fmt: skip
@example(deeds=[("merge", "may", "mia"), ("say", "mia", "STOP"), ("queue", "mia"),
                ("merge", "may", "ava"), ("say", "may", "START")])  # fmt: skip
@example(deeds=[("merge", "may", "mia"), ("say", "mia", "STOP"), ("say", "may", "START"),
                ("unmerge", 0)])  # fmt: skip
def test_in_any_order_nothing_is_lost_doubled_or_forgotten(
    deeds: list[tuple[object, ...]],
) -> None:
    with taken_back():
        people = People(founding.make(STORY))
        world = people.world
        wait_for_news(world)
        for who in WHO:
            people.say(who, "What time do you open?")
        for name, *given_ in deeds:
            getattr(people, str(name))(*given_)
        people.wait(3 * 60)
        assert world.faults() == ()
        assert Message.objects.filter(author="contact").count() == people.said
        told = {who: [t for t in texts_to(world, who) if t.startswith("news")] for who in WHO}
        for who in WHO:
            wanted = [f"news {number}" for whom, number in people.due if whom == who]
            assert len(told[who]) == len(set(told[who]))
            assert set(told[who]) <= set(wanted)
        news = Message.objects.filter(is_unprompted=True, purpose="transactional")
        fates = news.values_list("delivery", flat=True)
        assert len(fates) == len(people.due)  # each was told, or says why not
        assert set(fates) <= {"sent", "refused"}
        _expect_each_whole(world)
        for who in people.stopped - people.lifted:
            assert "webchat" in _now(world, who).opted_out


def _now(world: World, who: str) -> Contact:
    """Return the contact who has somebody's address now."""
    lane = arrivals.lane_of(world.house.keyset, world.workspace_id, "webchat", f"visitor-{who}")
    return Contact.objects.get(id=Address.objects.get(lane=lane).contact_id)


def _expect_each_whole(world: World) -> None:
    """What is somebody's is theirs throughout: their lane, their conversations, their words."""
    for who in WHO:
        contact = _now(world, who)
        assert not contact.merged_into_id
        home = one(world, who).lane
        rows = Conversation.objects.filter(address_lane=home)
        assert {(row.contact_id, row.lane) for row in rows} == {(contact.id, contact.lane)}
        words = Message.objects.filter(conversation_id__in=rows.values("id"))
        assert set(words.values_list("contact_id", flat=True)) == {contact.id}
    assert (
        Merge.objects.filter(undone_at=None).count()
        == Contact.objects.exclude(merged_into_id=None).count()
    )
