"""What a business does for its contacts beside talking: places, orders, money, and erasing them."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from typing_extensions import override

from baton.config.faults.place import Place
from baton.core.approvals import Kind
from baton.core.bookings import State
from baton.core.orders import ScanState
from baton.services.bookings import places
from baton.services.bookings.places import Wish
from baton.services.conversation.proposals import Proposal
from baton.services.desk import agents, approvals
from baton.services.house import House
from baton.services.orders import by_hand
from baton.services.orders.by_hand import Draft
from baton.services.privacy import erasing
from baton.services.privacy.manifest import Line, Manifest
from baton.store.models import Approval, Booking, Conversation, Order, User

Deed = Callable[[House, User, str], object]
_SMALL, _LARGE = 2_000, 9_000  # minor units: within an agent's own authority, and beyond it


class _Unkept(Manifest):
    """Who was erased is noted beside the database, which is a matter of backups."""

    @override
    def add(self, line: Line) -> None:
        """Note nothing."""


_MANIFEST: Final = _Unkept(path=Path("/nowhere"))


def deeds_of(place: Place) -> list[tuple[str, Deed]]:
    """Return what may be done, in words, and how: about the contact of a conversation."""
    first, second = place.slots
    return [
        ("book", lambda house, user, on: _book(house, user, on, first)),
        ("book", lambda house, user, on: _book(house, user, on, first)),
        ("book the other time", lambda house, user, on: _book(house, user, on, second)),
        ("move the booking", lambda house, user, on: places.move(
            house, user.workspace_id, _booking(on), second, actor=_actor(user)
        )),
        ("cancel the booking", lambda house, user, on: places.cancel(
            house, user.workspace_id, _booking(on), actor=_actor(user)
        )),
        ("note a no-show", lambda house, user, on: places.mark(
            house, user.workspace_id, _booking(on), State.NO_SHOW, actor=_actor(user)
        )),
        ("write an order", _order),
        ("send the order", lambda house, user, on: by_hand.send(
            house, user.workspace_id, _bought(on), "UPS", "1Z12345", actor=_actor(user)
        )),
        ("see the order delivered", lambda house, user, on: by_hand.see(
            house, user.workspace_id, _bought(on), ScanState.DELIVERED, actor=_actor(user)
        )),
        ("propose a refund", lambda house, user, on: _propose(house, user, on, _SMALL)),
        ("propose a large refund", lambda house, user, on: _propose(house, user, on, _LARGE)),
        ("approve", lambda house, user, _on: approvals.approve(house, user, _approval())),
        ("decline", lambda house, user, _on: approvals.decline(house, user, _approval(), "No.")),
        ("carry out", lambda house, user, _on: approvals.carry_out(
            house, user, _approval(), "re_1"
        )),
        ("carry out", lambda house, user, _on: approvals.carry_out(
            house, user, _approval(), "re_2"
        )),
        ("erase", lambda house, user, on: erasing.erase_now(
            house, _MANIFEST, user.workspace_id, _contact(on), "They asked for it."
        )),
    ]  # fmt: skip


def _book(house: House, user: User, conversation_id: str, slot_id: str) -> Booking:
    wish = Wish(contact_id=_contact(conversation_id), slot_id=slot_id, or_waits=True)
    return places.book(house, user.workspace_id, wish, actor=_actor(user))


def _order(house: House, user: User, conversation_id: str) -> Order:
    number = str(1_000 + Order.objects.count())
    draft = Draft(contact_id=_contact(conversation_id), number=number, currency="USD")
    return by_hand.write(house, user.workspace_id, draft, actor=_actor(user))


def _propose(house: House, user: User, conversation_id: str, amount: int) -> str:
    """Propose to pay back, for the newest conversation of their own, or one that they take."""
    own = Conversation.objects.filter(assignee_id=user.id).order_by("-id")
    newest = own.values_list("id", flat=True).first()
    if newest is None:
        agents.accept(house, user, conversation_id)
    conversation_id = newest or conversation_id
    proposal = Proposal(kind=Kind.REFUND, amount_minor=amount, reason="goodwill", subject="1001")
    return approvals.propose(house, user, conversation_id, proposal)


def _actor(user: User) -> str:
    return f"user:{user.id}"


def _contact(conversation_id: str) -> str:
    found = Conversation.objects.values_list("contact_id", flat=True)
    return str(found.get(id=conversation_id))


def _booking(conversation_id: str) -> str:
    found = Booking.objects.filter(contact_id=_contact(conversation_id)).order_by("-id")
    return found.values_list("id", flat=True).first() or ""


def _bought(conversation_id: str) -> str:
    found = Order.objects.filter(contact_id=_contact(conversation_id)).order_by("-id")
    return found.values_list("id", flat=True).first() or ""


def _approval() -> str:
    """Return the newest, whoever it is about: few are under way at a time."""
    found = Approval.objects.order_by("-id")
    return found.values_list("id", flat=True).first() or ""
