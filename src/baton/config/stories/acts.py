"""What members of the staff do in a story, each through the service that the console calls."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeAlias

from baton.config.stories.parts import Act, Does
from baton.config.stories.world import World
from baton.core import undoing
from baton.core.approvals import Kind
from baton.core.retention import Outcome, Wish
from baton.services.conversation.proposals import Proposal
from baton.services.desk import agents, approvals, offers, passing_on, retaining
from baton.services.desk import undoing as remembering
from baton.services.desk.retaining import Told
from baton.services.house import House
from baton.services.reading import verdicts
from baton.services.workspace import supervision
from baton.store.models import Approval, Review, User


def act(world: World, does: Does) -> None:
    """Let a member of the staff act; raises BatonError when they are refused."""
    user = User.objects.get(id=world.users[does.who].id)
    _ACTS[does.act](world, user, world.conversation_of(does.on) if does.on else "", does)
    world.run_idle()


def _undoable(act: undoing.Act, deed: "_Deed") -> "_Deed":
    """Return a deed that is remembered with how all stood, as the console does it."""

    def act_on(world: World, user: User, conversation_id: str, does: Does) -> object:
        with remembering.remembering(world.house, user, conversation_id, act):
            return deed(world, user, conversation_id, does)

    return act_on


def _review(world: World, user: User, conversation_id: str, verdict: str) -> None:
    """Give every open review of a conversation the same verdict."""
    waiting = Review.objects.filter(conversation_id=conversation_id, verdict="")
    for review_id in list(waiting.values_list("id", flat=True)):
        verdicts.judge(world.house, user, review_id, verdicts.Said(verdict=verdict))


def _end_supervision(world: World, user: User, reason: str) -> None:
    for phase in supervision.list_running(world.house, user):
        supervision.end(world.house, user, phase.id, reason)


def _propose(world: World, user: User, conversation_id: str, does: Does) -> None:
    proposal = Proposal(
        kind=does.kind or Kind.EXCEPTION,
        amount_minor=does.amount or 0,
        reason=does.code or "",
        subject=does.text or "",
    )
    approvals.propose(world.house, user, conversation_id, proposal)


def _answered(deed: Callable[[House, User, str], object]) -> "_Deed":
    """Return what somebody does with the newest approval of a conversation."""

    def act(world: World, user: User, conversation_id: str, _does: Does) -> object:
        return deed(world.house, user, _newest_approval(conversation_id))

    return act


def _newest_approval(conversation_id: str) -> str:
    found = Approval.objects.filter(conversation_id=conversation_id).order_by("-id")
    return found.values_list("id", flat=True).first() or ""


_Deed: TypeAlias = Callable[[World, User, str, Does], object]
_ACTS: dict[Act, _Deed] = {
    Act.ACCEPT: lambda world, user, on, _: agents.accept(world.house, user, on),
    Act.RELEASE: _undoable(
        undoing.Act.RELEASE, lambda world, user, on, _: agents.release(world.house, user, on)
    ),
    Act.TRANSFER: _undoable(
        undoing.Act.TRANSFER,
        lambda world, user, on, does: passing_on.transfer(
            world.house, user, on, world.users[does.code or ""].id, does.text or ""
        ),
    ),
    Act.PASS: lambda world, user, on, _: offers.decline(world.house, user, on),
    Act.UNDO: lambda world, user, on, _: remembering.undo(world.house, user, on),
    Act.REPLY: lambda world, user, on, does: agents.reply(world.house, user, on, does.text or ""),
    Act.NOTE: lambda world, user, on, does: agents.note(world.house, user, on, does.text or ""),
    Act.RESOLVE: _undoable(
        undoing.Act.RESOLVE,
        lambda world, user, on, does: agents.resolve(world.house, user, on, does.code or ""),
    ),
    Act.RETURN_TO_BOT: lambda world, user, on, _: agents.return_to_bot(world.house, user, on),
    Act.SNOOZE: _undoable(
        undoing.Act.SNOOZE,
        lambda world, user, on, does: agents.snooze(
            world.house, user, on, world.now + (does.span or timedelta(0))
        ),
    ),
    Act.OPEN_CARD: lambda world, user, on, _: agents.open_card(world.house, user, on),
    Act.OPEN_TRANSCRIPT: lambda world, user, on, _: agents.open_transcript(world.house, user, on),
    Act.REVIEW: lambda world, user, on, does: _review(world, user, on, does.code or ""),
    Act.END_SUPERVISION: lambda world, user, _on, does: _end_supervision(
        world, user, does.text or ""
    ),
    Act.PROPOSE: _propose,
    Act.APPROVE: _answered(approvals.approve),
    Act.WITHDRAW: _answered(approvals.withdraw),
    Act.RECONSIDER: _answered(approvals.reconsider),
    Act.DECLINE: lambda world, user, on, does: approvals.decline(
        world.house, user, _newest_approval(on), does.text or ""
    ),
    Act.CARRY_OUT: lambda world, user, on, does: approvals.carry_out(
        world.house, user, _newest_approval(on), does.text or ""
    ),
    Act.TELL_RETENTION: lambda world, user, on, does: retaining.write_down(
        world.house,
        user,
        on,
        Told(
            wish=does.wish or Wish.CANCEL,
            churn_reason=does.code or "",
            offer=does.offer or "",
            outcome=does.outcome or Outcome.UNDECIDED,
        ),
    ),
    Act.GO_OFF_DUTY: lambda world, user, _on, _: agents.set_availability(
        world.house, user, is_available=False
    ),
    Act.COME_ON_DUTY: lambda world, user, _on, _: agents.set_availability(
        world.house, user, is_available=True
    ),
}
