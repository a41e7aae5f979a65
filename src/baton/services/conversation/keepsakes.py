"""What a flow leaves behind: marks on the contact, tasks, exposures, offers, called actions."""

from typing import Any

import msgspec
from msgspec.structs import replace

from baton.core import survey
from baton.core.approvals import Kind
from baton.flows.effects import (
    AddToDigest,
    AskSurvey,
    CallAction,
    ChangeScore,
    ChangeTags,
    CreateTask,
    Effect,
    HoldBack,
    KeepIntake,
    LeaveNote,
    MakeOffer,
    NoteExposure,
    ReachGoal,
    ReportProblem,
)
from baton.services.conversation import (
    actions,
    conversations,
    digests,
    intakes,
    proposals,
    tasks,
)
from baton.services.ledger import Ledger
from baton.services.people.contacts import marks_of
from baton.services.systems import crm_traits
from baton.services.workspace.standards import standards_cache
from baton.store.queries import churn
from baton.store.rows import ContactRow, ConversationRow, ExposureRow, OfferMadeRow, RunRow

_FOR_PEOPLE = frozenset(kind.value for kind in Kind)


class By(msgspec.Struct, frozen=True, kw_only=True):
    """Who left it: the version of a flow, and its run if that goes on."""

    flow: str
    version: int
    row: RunRow | None


def keep(
    ledger: Ledger,
    contact: ContactRow,
    conversation: ConversationRow,
    by: By,
    effect: Effect,
) -> ContactRow:
    """Keep what an effect leaves; return the contact as it is now marked."""
    flow = by.flow
    match effect:
        case ChangeTags() | ChangeScore() | MakeOffer() | AskSurvey():
            return _marked(ledger, contact, flow, effect)
        case CreateTask() | LeaveNote() | KeepIntake():
            _put(ledger, conversation, flow, effect)
        case NoteExposure():
            _expose(ledger, contact, by, effect)
        case AddToDigest():
            digests.add(ledger, contact, effect)
        case CallAction() if by.row is not None:
            _call(ledger, contact, conversation, by.row, effect)
        case ReachGoal() | HoldBack() | ReportProblem():
            _report(ledger, contact, flow, effect)
        case _:
            pass  # the reply, the handoff and the timer went with the turn
    return contact


def _put(
    ledger: Ledger,
    conversation: ConversationRow,
    flow: str,
    effect: CreateTask | LeaveNote | KeepIntake,
) -> None:
    match effect:
        case CreateTask():
            tasks.add(ledger, conversation, flow, effect)
        case LeaveNote():
            conversations.add_note(ledger, conversation, effect.text)
        case KeepIntake():
            intakes.keep(ledger, conversation, flow, effect)


def _call(
    ledger: Ledger,
    contact: ContactRow,
    conversation: ConversationRow,
    row: RunRow,
    called: CallAction,
) -> None:
    """Have an action done; what costs money or breaks a rule is for a person to decide first."""
    if called.action in _FOR_PEOPLE:
        proposals.propose_for_run(ledger, conversation, row, called)
    else:
        actions.call(ledger, contact, row, called)


def _report(
    ledger: Ledger, contact: ContactRow, flow: str, effect: ReachGoal | HoldBack | ReportProblem
) -> None:
    match effect:
        case ReachGoal():
            _note(ledger, contact, "goal_reached", flow=flow, goal=effect.goal)
        case HoldBack():
            _note(ledger, contact, "held_back", flow=flow, reason=effect.reason)
        case ReportProblem():
            # The names alone: the values may be a contact's own words.
            named = ", ".join(sorted(effect.problems))
            _note(ledger, contact, "step_failed", step=effect.step, problems=named)


def _marked(
    ledger: Ledger,
    contact: ContactRow,
    flow: str,
    effect: ChangeTags | ChangeScore | MakeOffer | AskSurvey,
) -> ContactRow:
    marks = marks_of(contact)
    match effect:
        case ChangeTags():
            kept = (tag for tag in marks.tags if tag not in effect.removed)
            marks = replace(marks, tags=tuple(dict.fromkeys((*kept, *effect.added))))
            _note(ledger, contact, "tagged", flow=flow, tags=", ".join(marks.tags))
            crm_traits.order(ledger, contact)
        case ChangeScore():
            now = marks.scores.get(effect.score, 0.0) + effect.by
            marks = replace(marks, scores=marks.scores | {effect.score: now})
            _note(ledger, contact, "scored", flow=flow, score=effect.score, now=now)
        case AskSurvey():
            since = (ledger.now - survey.MONTH).isoformat()
            lately = (at for at in marks.asked if at > since)
            marks = replace(marks, asked=(*lately, ledger.now.isoformat()))
        case MakeOffer():
            policy = standards_cache(ledger.house).standards_of(contact.workspace_id).policy
            until = (ledger.now + effect.expires_after).isoformat()
            marks = replace(marks, offers=marks.offers | {effect.offer: until})
            _note(ledger, contact, "offered", flow=flow, offer=effect.offer, until=until)
            ledger.add(
                OfferMadeRow(
                    id=ledger.next_id(),
                    workspace_id=contact.workspace_id,
                    contact_id=contact.id,
                    flow=flow,
                    offer=effect.offer,
                    cost_minor=policy.offer_cost_minor or None,
                    worth_minor=churn.worth_of(contact.id),
                    at=ledger.now,
                )
            )
    changed = replace(contact, marks=msgspec.json.encode(marks).decode())
    ledger.keep(changed)
    return changed


def _expose(ledger: Ledger, contact: ContactRow, by: By, seen: NoteExposure) -> None:
    ledger.add(
        ExposureRow(
            id=ledger.next_id(),
            workspace_id=contact.workspace_id,
            contact_id=contact.id,
            flow=by.flow,
            version=by.version,
            split=seen.split,
            variant=seen.variant,
            at=ledger.now,
        )
    )


def _note(ledger: Ledger, contact: ContactRow, action: str, **details: Any) -> None:
    ledger.audit(contact.workspace_id, "bot", action, f"contact:{contact.id}", **details)
