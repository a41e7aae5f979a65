"""What people may do with a conversation, in which state, and what is kept of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core import roles
from baton.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from baton.core.roles import Action, Role
from baton.services.desk import agents, passing_on
from baton.services.house import House
from baton.services.workspace import workspaces
from baton.store.models import (
    Assignment,
    AuditEntry,
    Conversation,
    Handoff,
    Message,
    Notice,
    Run,
    SlaClock,
    User,
)

STORY = Story.model_validate(
    {
        "story": "desk",
        "title": "A desk with two agents and an auditor",
        "pack": "fitness",
        "people": {
            "mia": {"contact": "webchat", "name": "Mia"},
            "sam": {"user": "agent", "skills": ["billing"]},
            "kim": {"user": "senior", "skills": ["billing"]},
            "alex": {"user": "auditor"},
        },
        "steps": [{"passes": "1s"}],
    }
)


@pytest.fixture
def desk(db: None) -> World:  # noqa: ARG001 - asks for the database
    world = founding.make(STORY)
    world.say(Says(who="mia", text=("I want my money back, this is a scam",)))
    return world


def the_conversation() -> Conversation:
    return Conversation.objects.get()


def another_world() -> World:
    """A second workspace; an hour later, since a world's ids follow from its time."""
    later = STORY.starts + timedelta(hours=1)
    return founding.make(STORY.model_copy(update={"starts": later}))


def deeds(action: str) -> int:
    return AuditEntry.objects.filter(action=action).count()


def test_of_two_agents_the_second_is_told_who_has_it(desk: World) -> None:
    agents.accept(desk.house, desk.users["sam"], the_conversation().id)
    with pytest.raises(Conflict, match=r"[Ss]am"):
        agents.accept(desk.house, desk.users["kim"], the_conversation().id)
    assert the_conversation().assignee_id == desk.users["sam"].id
    assert deeds("accepted") == 1


def test_taking_twice_is_taking_once(desk: World) -> None:
    agents.accept(desk.house, desk.users["sam"], the_conversation().id)
    agents.accept(desk.house, desk.users["sam"], the_conversation().id)
    assert deeds("accepted") == 1


ACTS: list[Callable[[House, User, str], None]] = [
    lambda house, user, id_: agents.reply(house, user, id_, "Hello"),
    lambda house, user, id_: agents.resolve(house, user, id_, "answered"),
    agents.release,
    lambda house, user, id_: agents.snooze(
        house, user, id_, house.clock.now() + timedelta(hours=1)
    ),
]


@pytest.mark.parametrize("act", ACTS)
def test_only_ones_own_conversation_can_be_worked_on(
    act: Callable[[House, User, str], None], desk: World
) -> None:
    before = AuditEntry.objects.count()
    with pytest.raises(Conflict):
        act(desk.house, desk.users["sam"], the_conversation().id)
    assert AuditEntry.objects.count() == before
    assert not Message.objects.filter(author="agent").exists()


@pytest.mark.parametrize("act", [*ACTS, agents.accept, agents.return_to_bot])
def test_an_auditor_may_not_act(act: Callable[[House, User, str], None], desk: World) -> None:
    with pytest.raises(Forbidden):
        act(desk.house, desk.users["alex"], the_conversation().id)


def test_an_auditor_may_not_open_a_transcript(desk: World) -> None:
    with pytest.raises(Forbidden):
        agents.open_transcript(desk.house, desk.users["alex"], the_conversation().id)
    assert deeds("transcript_opened") == 0


def test_another_workspaces_conversation_is_not_found(desk: World) -> None:
    wanted = the_conversation().id
    other = workspaces.create(desk.house, name="Other", pack_name="fitness", place=founding.PLACE)
    stranger = workspaces.create_user(
        desk.house, other.id, email="s@other.example", name="S", role=Role.MANAGER, password="x"
    )
    with pytest.raises(NotFound):
        agents.accept(desk.house, stranger, wanted)
    assert agents.open_card(desk.house, stranger, wanted) is None


@pytest.mark.req("R3")
def test_a_reply_meets_the_promise_and_stops_its_clock(desk: World) -> None:
    agents.accept(desk.house, desk.users["sam"], the_conversation().id)
    agents.reply(desk.house, desk.users["sam"], the_conversation().id, "I am on it")
    desk.pass_time(timedelta(days=3))
    clock = SlaClock.objects.get(kind="first_response")
    assert clock.met_at is not None
    assert clock.breached_at is None
    assert the_conversation().waiting_since is None


@pytest.mark.parametrize("words", ["", "   \n ", "x" * 4001, "\n".join("x" * 300)])
def test_words_that_cannot_be_sent_are_refused(words: str, desk: World) -> None:
    agents.accept(desk.house, desk.users["sam"], the_conversation().id)
    with pytest.raises(InvalidInput):
        agents.reply(desk.house, desk.users["sam"], the_conversation().id, words)
    assert not Message.objects.filter(author="agent").exists()


def test_a_note_is_never_sent(desk: World) -> None:
    agents.note(desk.house, desk.users["kim"], the_conversation().id, "Was here last week too")
    desk.run_idle()
    note = Message.objects.get(is_note=True)
    assert note.delivery == "none"


@pytest.mark.django_db
def test_stepping_in_mid_flow_stops_the_run() -> None:
    world = another_world()
    world.say(Says(who="mia", text=("what time do you open?",)))
    conversation = the_conversation()
    agents.accept(world.house, world.users["sam"], conversation.id)
    world.pass_time(timedelta(hours=1))
    conversation.refresh_from_db()
    assert conversation.status == "open"
    assert conversation.handled_by == "agent"
    assert {run.status for run in Run.objects.filter(conversation_id=conversation.id)} == {
        "stopped"
    }


def test_after_an_explicit_return_the_bot_answers_again(desk: World) -> None:
    agents.accept(desk.house, desk.users["sam"], the_conversation().id)
    agents.return_to_bot(desk.house, desk.users["sam"], the_conversation().id)
    before = Message.objects.filter(author="bot").count()
    desk.say(Says(who="mia", text=("where can I park?",)))
    assert Message.objects.filter(author="bot").count() == before + 1
    assert Handoff.objects.get().outcome == "returned"


def test_a_snoozed_conversation_comes_back(desk: World) -> None:
    agents.accept(desk.house, desk.users["sam"], the_conversation().id)
    until = desk.now + timedelta(hours=2)
    agents.snooze(desk.house, desk.users["sam"], the_conversation().id, until)
    desk.pass_time(timedelta(hours=1))
    assert the_conversation().status == "snoozed"
    desk.pass_time(timedelta(hours=1, minutes=1))
    assert the_conversation().status == "open"


def test_a_failed_act_leaves_nothing_behind(desk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    agents.accept(desk.house, desk.users["sam"], the_conversation().id)
    entries, messages = AuditEntry.objects.count(), Message.objects.count()

    class BrokenError(Exception):
        pass

    def fail(*_arguments: object) -> None:
        raise BrokenError

    monkeypatch.setattr(desk.house.engine.outbox, "put", fail)
    with pytest.raises(BrokenError):
        agents.reply(desk.house, desk.users["sam"], the_conversation().id, "Hello")
    assert (AuditEntry.objects.count(), Message.objects.count()) == (entries, messages)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_gets_a_clear_answer(role: Role, desk: World) -> None:
    user = desk.users["kim"]
    user.role = role.value
    if roles.may(role, Action.ANSWER):
        agents.accept(desk.house, user, the_conversation().id)
        assert the_conversation().assignee_id == user.id
    else:
        with pytest.raises(Forbidden, match=role.value):
            agents.accept(desk.house, user, the_conversation().id)


def touches() -> list[tuple[str, str]]:
    """Return who had the conversation, in order, and how it ended for each."""
    names = dict(User.objects.values_list("id", "email"))
    rows = Assignment.objects.order_by("id").values_list("user_id", "ended_by")
    return [(names[user].partition("@")[0], how) for user, how in rows]


@pytest.mark.req("H13", "H20")
def test_a_colleague_gets_it_with_its_note_and_clock(desk: World) -> None:
    sam, kim, id_ = desk.users["sam"], desk.users["kim"], the_conversation().id
    agents.accept(desk.house, sam, id_)
    passing_on.transfer(desk.house, sam, id_, kim.id, "She waits for her money")
    now = the_conversation()
    assert (now.handled_by, now.assignee_id) == ("agent", kim.id)
    assert touches() == [("sam", "transferred"), ("kim", "")]
    assert Handoff.objects.get().accepted_by_id == kim.id
    assert Message.objects.filter(is_note=True, user_id=sam.id).count() == 1
    assert Notice.objects.get(kind="transferred").user_id == kim.id
    assert SlaClock.objects.filter(kind="first_response", met_at=None, stopped_at=None).exists()
    assert deeds("transferred") == 1
    agents.release(desk.house, kim, id_)
    kim.role = "manager"  # who leads may give away what waits
    passing_on.transfer(desk.house, kim, id_, sam.id)
    assert Handoff.objects.get().accepted_at == desk.now  # what pace and waits are counted from
    agents.resolve(desk.house, sam, id_, "refunded")
    assert touches()[-1] == ("sam", "resolved")


def test_what_cannot_be_passed_on_stays_where_it_is(desk: World) -> None:
    sam, kim, id_ = desk.users["sam"], desk.users["kim"], the_conversation().id
    with pytest.raises(Conflict):  # it is nobody's yet
        passing_on.transfer(desk.house, sam, id_, kim.id)
    agents.accept(desk.house, sam, id_)
    agents.set_availability(desk.house, kim, is_available=False)
    for to in (kim.id, desk.users["alex"].id, "0" * 32):
        with pytest.raises(InvalidInput):
            passing_on.transfer(desk.house, sam, id_, to)
    with pytest.raises(Conflict):
        passing_on.transfer(desk.house, sam, id_, sam.id)
    with pytest.raises(InvalidInput):
        passing_on.move_to_queue(desk.house, sam, id_, "moon")
    assert touches() == [("sam", "")]


@pytest.mark.req("H20")
def test_another_queue_takes_it_on_its_own_clock(desk: World) -> None:
    sam, id_ = desk.users["sam"], the_conversation().id
    agents.accept(desk.house, sam, id_)
    passing_on.move_to_queue(desk.house, sam, id_, "retention", "Wants to leave, really")
    now = the_conversation()
    assert (now.handled_by, now.queue, now.assignee_id is None) == ("queue", "retention", True)
    assert Handoff.objects.get().queue == "retention"
    running = SlaClock.objects.filter(met_at=None, stopped_at=None).exclude(kind="resolution")
    assert [one.queue for one in running] == ["retention"]
    assert touches() == [("sam", "released")]


@pytest.mark.req("H13", "H19", "K32")
def test_a_handoff_remembers_the_card_and_what_had_to_be_said_again(desk: World) -> None:
    sam, id_ = desk.users["sam"], the_conversation().id
    agents.accept(desk.house, sam, id_)
    agents.open_card(desk.house, sam, id_)
    agents.reply(desk.house, sam, id_, "What is it about?")
    desk.say(Says(who="mia", text=("As I said: I want my money back, this is a scam!",)))
    agents.reply(desk.house, sam, id_, "I see")
    agents.resolve(desk.house, sam, id_, "refunded")
    handoff = Handoff.objects.get()
    assert (handoff.is_card_seen, handoff.is_restated) == (True, True)
