"""Lays down what was counted before in a story, as `services.evidence` would have folded it.

Nothing of it was said or sent: these are the rows that reports, gates and experiments count.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from baton.config.stories.counted_parts import Counted, Tries
from baton.config.stories.world import World
from baton.core.billing import PaymentState
from baton.core.kpis import Grain
from baton.services.desk import experiment_desk
from baton.services.desk.experiment_desk import Wish
from baton.services.evidence import days
from baton.store import sql
from baton.store.models import Conversation, Exposure, Payment, User
from baton.store.rows import EpisodeRow

_TOOK = timedelta(minutes=5)
_MARKED_AFTER = 3_600
_BACK_AFTER = 86_400
_HANDLED = 300


def act(world: World, counted: Counted) -> None:
    """Lay down matters that have ended, and what their contacts gave and paid."""
    with world.house.engine.transaction():
        rows = list(_rows(world, counted))
        sql.upsert(rows)
        began = [row.began_at for row in rows]
        days.mark(world.house, world.workspace_id, Grain.EPISODE, began)
        if counted.arm is not None:
            _deal(world, counted, rows)


def begin(world: World, tries: Tries) -> None:
    """Let somebody begin an experiment; raises BatonError when they are refused."""
    wish = Wish(
        name=tries.name,
        subject=f"limit:{tries.limit}",
        tries="threshold",
        metric=tries.metric,
        effect=tries.effect,
        baseline=tries.baseline,
        values=tries.values,
        least_days=tries.least_days,
        hypothesis=tries.text,
    )
    user = User.objects.get(id=world.users[tries.who].id)
    experiment_desk.begin(world.house, user, wish)
    world.run_idle()


def _rows(world: World, counted: Counted) -> Iterator[EpisodeRow]:
    last = world.now - (counted.ago or timedelta(0)) - _TOOK
    for place in range(counted.matters):
        is_handed = place < counted.handed_over
        # Handed over or not, each kind is spread over the while alike.
        of = counted.handed_over if is_handed else counted.matters - counted.handed_over
        nth = place if is_handed else place - counted.handed_over
        marks = counted.marks_after_handoff if is_handed else counted.marks
        mark = marks.at(nth) if marks and nth < marks.count else None
        is_back = not is_handed and nth >= of - counted.came_back
        began = last - counted.over * ((nth + 1) / of)
        row_id = world.house.next_id(world.now)
        yield EpisodeRow(
            id=f"{row_id}.0",
            workspace_id=world.workspace_id,
            conversation_id=row_id,
            number=0,
            began_at=began,
            channel="webchat",
            inbox_id=world.inbox_id,
            intent="",
            triage="",
            opened_by="contact",
            flow=counted.flow,
            version=1,
            handoffs=int(is_handed),
            touches=int(is_handed),
            ended_at=began + _TOOK,
            ended_by="agent" if is_handed else "bot",
            handled=_HANDLED * is_handed,
            returned_after=_BACK_AFTER if is_back else None,
            resolved_after=int(_TOOK.total_seconds()),
            csat_asked=mark is not None,
            csat=mark,
            csat_after=_MARKED_AFTER if mark is not None else None,
        )


def _deal(world: World, counted: Counted, rows: list[EpisodeRow]) -> None:
    """Let each matter be that of a contact who was dealt an arm as it began."""
    contacts = {row.conversation_id: world.house.next_id(world.now) for row in rows}
    Conversation.objects.bulk_create(
        _talk(world, row, contacts[row.conversation_id]) for row in rows
    )
    Exposure.objects.bulk_create(
        Exposure(
            id=world.house.next_id(world.now),
            workspace_id=world.workspace_id,
            contact_id=contacts[row.conversation_id],
            flow="",
            version=0,
            split=counted.experiment or "",
            variant=counted.arm or "",
            at=row.began_at,
        )
        for row in rows
    )
    if counted.paid:
        Payment.objects.bulk_create(
            _paid(world, contacts[row.conversation_id], row.began_at, counted.paid) for row in rows
        )


def _talk(world: World, row: EpisodeRow, contact_id: str) -> Conversation:
    return Conversation(
        id=row.conversation_id,
        workspace_id=world.workspace_id,
        contact_id=contact_id,
        inbox_id=world.inbox_id,
        lane=contact_id,
        address_lane=contact_id,
        channel="webchat",
        status="resolved",
        handled_by="bot",
        first_message_at=row.began_at,
        last_message_at=row.began_at,
        resolved_at=row.ended_at,
        resolved_by=row.ended_by,
    )


def _paid(world: World, contact_id: str, at: datetime, amount: int) -> Payment:
    return Payment(
        id=world.house.next_id(world.now),
        workspace_id=world.workspace_id,
        invoice_id=world.house.next_id(world.now),
        contact_id=contact_id,
        paid_by="card",
        state=PaymentState.SUCCEEDED.value,
        amount_minor=amount,
        currency=world.policy.currency,
        noted_by="system",
        at=at + timedelta(days=1),
    )
