"""Notices by place: of what somebody may not see they are not told (P10)."""

import pytest

from baton.core.roles import Role
from baton.services import notices
from baton.services.ledger import Ledger
from baton.services.notices import Kind
from baton.store.models import Contact, Conversation, Notice, User
from tests.web.conftest import Gym, gym, northside, template, untouched

__all__ = ["gym", "northside", "template", "untouched"]


@pytest.fixture
def talk(gym: Gym) -> str:
    """A conversation of a contact of the quayside."""
    made = gym.hear("mia", "When do you open?")
    Contact.objects.update(location_id="quayside")
    return made


def staff(gym: Gym) -> dict[str, User]:
    people = {
        "sees_all": gym.hire("Sam", Role.SENIOR),
        "there": gym.hire("Kim", Role.SENIOR),
        "elsewhere": gym.hire("Lee", Role.SENIOR),
        "leads_there": gym.hire("Max", Role.MANAGER),
        "leads_elsewhere": gym.hire("Noa", Role.MANAGER),
    }
    for name, where in (("there", "quayside"), ("elsewhere", "hill")):
        User.objects.filter(id=people[name].id).update(locations=[where])
        User.objects.filter(id=people[f"leads_{name}"].id).update(locations=[where])
    return people


@pytest.mark.req("P10", "T14")
@pytest.mark.parametrize(
    ("kind", "asked", "told"),
    [
        (Kind.CLOCK_WARNED, ("sees_all", "there", "elsewhere"), {"sees_all", "there"}),
        (Kind.LOW_RATING, ("elsewhere",), {"leads_there"}),  # nobody on duty may see it
        (Kind.MENTIONED, ("elsewhere", "there"), {"there"}),
        (Kind.MENTIONED, ("elsewhere",), set()),
        (Kind.FAILURE_GIVEN, ("elsewhere",), set()),
        (Kind.TRANSFERRED, ("elsewhere",), {"elsewhere"}),  # it was given to them
        (Kind.DAILY_CHECK, ("sees_all", "there"), {"sees_all"}),  # figures of all places
        (Kind.HARM_FOUND, ("there", "elsewhere"), {"there", "elsewhere"}),  # nobody sees all
        (Kind.FLOW_PAUSED, ("there", "sees_all"), {"there", "sees_all"}),
    ],
)
def test_nobody_is_told_of_what_they_may_not_see(
    gym: Gym, talk: str, kind: Kind, asked: tuple[str, ...], told: set[str]
) -> None:
    people = staff(gym)
    of_one = kind not in {Kind.DAILY_CHECK, Kind.HARM_FOUND, Kind.FLOW_PAUSED}
    _tell(gym, kind, [people[name] for name in asked], talk if of_one else None)
    names = {user.id: name for name, user in people.items()}
    found = Notice.objects.filter(kind=kind.value).values_list("user_id", flat=True)
    assert {names[one] for one in found} == told


@pytest.mark.req("T14")
def test_of_a_closed_queue_those_are_told_who_may_open_it(gym: Gym, talk: str) -> None:
    people = staff(gym)
    gym.workspace.policy = {**gym.workspace.policy, "closed_queues": "clinical"}
    gym.workspace.save()
    Conversation.objects.update(queue="clinical")
    User.objects.filter(id=people["there"].id).update(skills=["clinical"])
    _tell(gym, Kind.CLOCK_BREACHED, list(people.values()), talk)
    found = set(Notice.objects.values_list("user_id", flat=True))
    assert found == {people["there"].id, people["leads_there"].id}
    # Whoever has it was given it, and may.
    Conversation.objects.update(assignee_id=people["elsewhere"].id)
    _tell(gym, Kind.CLOCK_WARNED, [people["elsewhere"]], talk)
    assert Notice.objects.filter(user_id=people["elsewhere"].id).exists()


@pytest.mark.req("P10")
def test_of_a_contact_met_this_very_moment_likewise(gym: Gym) -> None:
    people = staff(gym)
    gym.hear("mia", "When do you open?")
    contact = Contact.objects.get()
    Contact.objects.update(location_id="quayside")
    with gym.house.engine.transaction():
        ledger = Ledger(gym.house, gym.clock.now())
        asked = [people[name].id for name in ("there", "elsewhere")]
        unwritten = notices.tell(
            ledger,
            gym.workspace.id,
            asked,
            Kind.APPROVAL_ASKED,
            details="a refund",
            conversation_id="0" * 32,
            contact_id=contact.id,
        )
    assert list(unwritten) == [people["there"].id]


def _tell(gym: Gym, kind: Kind, people: list[User], conversation_id: str | None) -> None:
    with gym.house.engine.transaction():
        ledger = Ledger(gym.house, gym.clock.now())
        notices.tell(
            ledger,
            gym.workspace.id,
            [one.id for one in people],
            kind,
            details="",
            conversation_id=conversation_id,
        )
        ledger.flush()
