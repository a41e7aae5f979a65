"""The talk with somebody who wants to leave: what, why, an offer, and what came of it (G19)."""

from dataclasses import dataclass

from baton.core import approvals
from baton.core.approvals import OPEN, Kind, State
from baton.core.errors import InvalidInput
from baton.core.pack import Pack, ReasonCode, RetentionOffer
from baton.core.retention import Outcome, Wish
from baton.core.roles import Action
from baton.flows.standing import Setting
from baton.services import inbox
from baton.services.conversation import leaving
from baton.services.conversation.proposals import Proposal
from baton.services.desk import desks
from baton.services.desk.approvals import propose_at, withdraw_at
from baton.services.desk.desks import Desk
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import Approval, Conversation, Retention, User

_REASON = "retention"
"""The reason code under which an offer is granted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a person writes down; `churn_reason` and `offer` are codes of the pack."""

    wish: Wish
    churn_reason: str
    outcome: Outcome
    offer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPanel:
    """What the console shows of it; `is_wanted` says that it is asked for before the close."""

    is_wanted: bool
    told: Told | None
    wishes: tuple[str, ...]
    outcomes: tuple[str, ...]
    churn_reasons: tuple[ReasonCode, ...]
    offers: tuple[RetentionOffer, ...]
    currency: str


def show(house: House, user: User, conversation_id: str) -> RetentionPanel | None:
    """Return the panel of a conversation; None for one that is not there."""
    inbox.require(user, Action.READ_INBOX)
    row = Conversation.objects.filter(id=conversation_id, workspace_id=user.workspace_id).first()
    if row is None:
        return None
    standards = standards_cache(house).standards_of(user.workspace_id)
    wanted = leaving.wanted_at(standards.pack, row.id, row.request_type, row.handed_over_at)
    newest = leaving.newest(row.id)
    told = newest if newest and (wanted is None or newest.told_at >= wanted) else None
    return RetentionPanel(
        is_wanted=wanted is not None and told is None,
        told=_told(told) if told else None,
        wishes=tuple(one.value for one in Wish),
        outcomes=tuple(one.value for one in Outcome),
        churn_reasons=standards.pack.churn_reasons,
        offers=standards.pack.offers,
        currency=standards.policy.currency,
    )


def write_down(house: House, user: User, conversation_id: str, told: Told) -> None:
    """Keep what came of an own talk; an offer that costs something is proposed with it.

    Another offer takes the earlier one's proposal back. Raises InvalidInput for codes that the
    pack does not have, Conflict unless it is one's own, or when the earlier was carried out.
    """
    setting = standards_cache(house).setting_of(user.workspace_id)
    offer = _checked(setting.pack, told)
    with desks.at_desk(house, user, conversation_id) as desk:
        desks.refuse_unless_own(desk)
        row = _open_talk(desk, setting.pack)
        is_changed = row.offer != told.offer
        if is_changed and row.approval_id:
            _take_back(desk, row.approval_id)
        row.user_id, row.told_at = user.id, desk.ledger.now
        row.wish, row.outcome = told.wish.value, told.outcome.value
        row.churn_reason, row.offer = told.churn_reason, told.offer
        if offer is not None and is_changed and offer.amount_minor > 0:
            row.approval_id = _propose(desk, setting, offer)
        row.save(force_insert=row._state.adding)  # noqa: SLF001 - Django's documented attribute
        desk.ledger.audit(
            user.workspace_id,
            desk.actor,
            "retention_told",
            desk.subject,
            wish=row.wish,
            churn_reason=row.churn_reason,
            offer=row.offer,
            outcome=row.outcome,
        )


def _checked(pack: Pack, told: Told) -> RetentionOffer | None:
    problems: dict[str, str] = {}
    offer = next((one for one in pack.offers if one.name == told.offer), None)
    if told.churn_reason not in {one.name for one in pack.churn_reasons}:
        problems["churn_reason"] = "choose one of the reasons"
    if told.offer and offer is None:
        problems["offer"] = "choose one of the offers"
    if problems:
        raise InvalidInput(problems)
    return offer


def _open_talk(desk: Desk, pack: Pack) -> Retention:
    """Return the talk as it was told, or a new one where they wanted to leave since."""
    here, newest = desk.conversation, leaving.newest(desk.conversation.id)
    wanted = leaving.wanted_at(pack, here.id, here.request_type, here.handed_over_at)
    if newest is not None and (wanted is None or newest.told_at >= wanted):
        return newest
    return Retention(
        id=desk.ledger.next_id(),
        workspace_id=desk.user.workspace_id,
        conversation_id=desk.conversation.id,
        at=desk.ledger.now,
    )


def _propose(desk: Desk, setting: Setting, offer: RetentionOffer) -> str:
    proposal = Proposal(
        kind=Kind.CREDIT,
        amount_minor=offer.amount_minor,
        reason=_REASON,
        subject=offer.title[: approvals.MAX_SUBJECT],
    )
    return propose_at(desk, setting, proposal)


def _take_back(desk: Desk, approval_id: str) -> None:
    """Take back what an earlier offer proposed, or both would be granted."""
    row = Approval.objects.get(id=approval_id)
    if State(row.state) in OPEN | {State.DONE}:
        withdraw_at(desk, row)


def _told(row: Retention) -> Told:
    return Told(
        wish=Wish(row.wish),
        churn_reason=row.churn_reason,
        outcome=Outcome(row.outcome),
        offer=row.offer,
    )
