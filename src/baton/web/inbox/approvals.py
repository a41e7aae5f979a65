"""Approvals: what is up to me, what is mine, an amount's trail; and what is done with them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from baton.core import roles
from baton.core.approvals import State
from baton.core.errors import NotFound
from baton.core.retention import Outcome, Wish
from baton.core.roles import Action, Role
from baton.services import house as houses
from baton.services.desk import approval_board, approvals, guarding, retaining
from baton.services.desk.approval_board import Folder
from baton.services.desk.retaining import Told
from baton.store.models import User
from baton.web import words
from baton.web.access import for_staff
from baton.web.done import tell_done
from baton.web.forms import checked
from baton.web.inbox.approval_forms import AnswerForm, FolderForm, ProposalForm, RetentionForm
from baton.web.shell import page


@require_GET
@for_staff
def approvals_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show a folder; without a question, what is up to whoever asks, or all that is open."""
    asked = checked(FolderForm, request.GET).cleaned_data
    answers = roles.may(Role(user.role), Action.ANSWER)
    usual = Folder.UP_TO_ME if answers else Folder.OPEN
    folder = Folder(asked["folder"] or usual)
    shown = approval_board.list_page(houses.current(), user, folder, page=asked["page"] or 1)
    folders = list(Folder) if answers else [Folder.OPEN, Folder.PAST]
    context = {
        "shown": shown,
        "folders": [(one.value, words.APPROVAL_FOLDERS[one.value]) for one in folders],
        "section": "approvals",
    }
    return page(request, user, "inbox/approvals.html", context)


@require_GET
@for_staff
def approval_page(request: HttpRequest, user: User, approval_id: str) -> HttpResponse:
    """Show one approval with everything that happened to it."""
    context = {
        "one": approval_board.find(houses.current(), user, approval_id),
        "trail": approval_board.trail_of(user, approval_id),
        "section": "approvals",
    }
    return page(request, user, "inbox/approval.html", context)


@require_GET
@for_staff
def panel(request: HttpRequest, user: User, conversation_id: str) -> HttpResponse:
    """Return a conversation's approvals afresh."""
    house = houses.current()
    guarding.refuse_unless_open(house, user, conversation_id)
    granted = approval_board.list_of_conversation(house, user, conversation_id)
    context = {
        "granted": granted,
        "limits": approval_board.limits_in(house, user, granted),
        "is_fragment": True,
    }
    return page(request, user, "inbox/_approvals.html", context)


@require_POST
@for_staff
def propose(request: HttpRequest, user: User, conversation_id: str) -> HttpResponse:
    """Propose something in an own conversation; within one's authority it is approved with it."""
    form = checked(ProposalForm, request.POST)
    assert isinstance(form, ProposalForm)  # noqa: S101 - `checked` returns what it was given
    house = houses.current()
    approval_id = approvals.propose(house, user, conversation_id, form.proposal)
    made = approval_board.find(house, user, approval_id)
    if made.state == State.APPROVED:
        said = "Approved, within your limit. Nothing is paid out until it is carried out."
    else:
        said = f"Sent up: a {made.asked} was asked, and you are told the answer."
    return _done(request, "conversation", conversation_id, "propose", said)


@require_POST
@for_staff
def tell_retention(request: HttpRequest, user: User, conversation_id: str) -> HttpResponse:
    """Write down what came of a talk with somebody who wants to leave."""
    given = checked(RetentionForm, request.POST).cleaned_data
    told = Told(
        wish=Wish(given["wish"]),
        churn_reason=given["churn_reason"],
        offer=given["offer"],
        outcome=Outcome(given["outcome"]),
    )
    retaining.write_down(houses.current(), user, conversation_id, told)
    return _done(request, "conversation", conversation_id, "retention", "Written down.")


@require_POST
@for_staff
def answer(request: HttpRequest, user: User, approval_id: str, name: str) -> HttpResponse:
    """Do one of the things in `DEEDS` with an approval."""
    if name not in DEEDS:
        raise NotFound("deed", name)
    written = checked(AnswerForm, request.POST).cleaned_data["words"]
    said = DEEDS[name](user, approval_id, written)
    return _done(request, "approval", approval_id, name, said)


def _approve(user: User, approval_id: str, _words: str) -> str:
    approvals.approve(houses.current(), user, approval_id)
    return "Approved. Whoever asked is told."


def _decline(user: User, approval_id: str, written: str) -> str:
    approvals.decline(houses.current(), user, approval_id, written)
    return "Declined. Whoever asked is told."


def _withdraw(user: User, approval_id: str, _words: str) -> str:
    approvals.withdraw(houses.current(), user, approval_id)
    return "Withdrawn."


def _reconsider(user: User, approval_id: str, _words: str) -> str:
    approvals.reconsider(houses.current(), user, approval_id)
    return "Taken back: it waits for an answer again."


def _carry_out(user: User, approval_id: str, written: str) -> str:
    approvals.carry_out(houses.current(), user, approval_id, written)
    return "Written down as carried out."


DEEDS: dict[str, Callable[[User, str, str], str]] = {
    "approve": _approve,
    "decline": _decline,
    "withdraw": _withdraw,
    "reconsider": _reconsider,
    "carry-out": _carry_out,
}


def _done(request: HttpRequest, view: str, name: str, act: str, said: str) -> HttpResponse:
    if not getattr(request, "htmx", False):
        return redirect(view, name)
    return tell_done(act, said)
