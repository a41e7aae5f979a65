"""Supervised phases: nothing closes without a person until an operator ends the phase (FQ10).

A new workspace starts with one for everything, an own intent with one of its own when
a reader that knows it goes live. Each answer given meanwhile goes to review, and what
reviewers say is counted by intent.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from baton.core import privacy, teaching
from baton.core.errors import InvalidInput, NotFound
from baton.core.roles import Action
from baton.core.teaching import Supervision
from baton.services import inbox
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import editions
from baton.store.models import ReviewVerdict, SupervisedPhase, User

SUPERVISED = "supervised"
"""The reason of a review that a phase asks for."""

_AGREEING = frozenset({"right", "wrong"})  # the intent was read right, whatever the answer was


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How often reviewers agreed with what was read as an intent."""

    intent: str
    wants: str
    reviewed: int
    agreed: int

    @property
    def share(self) -> float:
        """Return the share of agreement, 0 to 1."""
        return self.agreed / self.reviewed


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A running phase as the page shows it; `intent` is "" for the whole workspace."""

    id: str
    intent: str
    wants: str
    started_at: datetime
    earliest_end_at: datetime
    latest_end_at: datetime
    reviewed: int
    agreement: tuple[Agreement, ...]

    def is_due(self, now: datetime) -> bool:
        """Return whether the suggested shortest length has passed."""
        return now >= self.earliest_end_at


def begin(ledger: Ledger, workspace_id: str, *, actor: str, intent: str = "") -> None:
    """Start a phase of a workspace or of one intent; one that runs goes on."""
    running = SupervisedPhase.objects.filter(
        workspace_id=workspace_id, intent=intent, ended_at=None
    )
    if running.exists():
        return
    phase_id = ledger.next_id()
    SupervisedPhase.objects.create(
        id=phase_id,
        workspace_id=workspace_id,
        intent=intent,
        started_at=ledger.now,
        started_by=actor,
    )
    subject = f"phase:{phase_id}"
    ledger.audit(workspace_id, actor, "supervision_started", subject, intent=intent or "all")
    editions.count_up(workspace_id)


def end(house: House, user: User, phase_id: str, reason: str) -> None:
    """End a phase, with the reason for it; raises InvalidInput, NotFound, or Forbidden."""
    inbox.require(user, Action.CONFIGURE)
    tokenise = partial(house.keyset.token, user.workspace_id)
    reason = privacy.mask(reason.strip(), tokenise)[:300]
    if not reason:
        raise InvalidInput({"reason": "Say why the phase may end."})
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        rows = SupervisedPhase.objects.filter(
            id=phase_id, workspace_id=user.workspace_id, ended_at=None
        )
        actor = f"user:{user.id}"
        if not rows.update(ended_at=ledger.now, ended_by=actor, reason=reason):
            raise NotFound("supervised phase", phase_id)
        subject = f"phase:{phase_id}"
        ledger.audit(user.workspace_id, actor, "supervision_ended", subject, reason=reason)
        editions.count_up(user.workspace_id)
        ledger.ring(f"workspace:{user.workspace_id}")
        ledger.flush()


def supervision_of(workspace_id: str) -> Supervision:
    """Return what of a workspace is watched."""
    rows = SupervisedPhase.objects.filter(workspace_id=workspace_id, ended_at=None)
    watched = frozenset(rows.values_list("intent", flat=True))
    return Supervision(is_whole="" in watched, intents=watched - {""})


def list_running(house: House, user: User) -> tuple[Phase, ...]:
    """Return the running phases, oldest first, with what reviewers said since each began."""
    inbox.require(user, Action.REVIEW)
    edition = editions.edition_of(house, user.workspace_id)
    shortest, longest = teaching.SUGGESTED_SUPERVISION
    phases = []
    rows = SupervisedPhase.objects.filter(workspace_id=user.workspace_id, ended_at=None)
    for row in rows.order_by("id"):
        agreement = _agreement(row, {intent.name: intent.wants for intent in edition.intents})
        intent = edition.intent(row.intent)
        phases.append(
            Phase(
                id=row.id,
                intent=row.intent,
                wants=intent.wants if intent else "",
                started_at=row.started_at,
                earliest_end_at=row.started_at + shortest,
                latest_end_at=row.started_at + longest,
                reviewed=sum(one.reviewed for one in agreement),
                agreement=agreement,
            )
        )
    return tuple(phases)


def _agreement(phase: SupervisedPhase, wants: dict[str, str]) -> tuple[Agreement, ...]:
    given = ReviewVerdict.objects.filter(
        workspace_id=phase.workspace_id, undone_at=None, given_at__gte=phase.started_at
    )
    if phase.intent:
        given = given.filter(intent_read=phase.intent)
    counted: dict[str, list[bool]] = defaultdict(list)
    for intent, verdict in given.values_list("intent_read", "verdict"):
        counted[intent].append(verdict in _AGREEING)
    lines = [
        Agreement(
            intent=intent,
            wants=wants.get(intent, "nothing certain"),
            reviewed=len(agreed),
            agreed=sum(agreed),
        )
        for intent, agreed in counted.items()
    ]
    return tuple(sorted(lines, key=lambda line: (line.share, -line.reviewed)))
