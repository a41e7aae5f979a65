"""One conversation: the card first, its words behind one logged click, and what to do with it."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from baton.core import roles
from baton.core.card import ContextCard, Need, left_to_find
from baton.core.errors import NotFound
from baton.core.roles import Action, Role
from baton.core.undoing import Act
from baton.services import house as houses
from baton.services import inbox
from baton.services.desk import (
    agents,
    approval_board,
    calling,
    channel_desk,
    escalation_verdicts,
    live_flags,
    macro_desk,
    offers,
    passing_on,
    resending,
    retaining,
    threads,
    undoing,
)
from baton.services.desk.threads import Decided, Standing, Written
from baton.services.doors import presence
from baton.services.workspace import playbooks
from baton.store.models import User
from baton.web import words
from baton.web.access import for_staff
from baton.web.done import tell_done
from baton.web.forms import AgainForm, ResolveForm, SnoozeForm, TransferForm, WordsForm, checked
from baton.web.inbox.files import uploads_in
from baton.web.inbox.inbox import list_context
from baton.web.inbox.listing import parse_listing
from baton.web.inbox.replying import reply_in
from baton.web.shell import page

_MAX_ARTICLES = 10  # of one reply; more say nothing about any of them


@require_GET
@for_staff
def conversation_page(request: HttpRequest, user: User, conversation_id: str) -> HttpResponse:
    """Open a conversation at its card; that the card was opened is logged."""
    context = _conversation_context(user, conversation_id)
    if getattr(request, "htmx", False):
        context["listing"] = parse_listing(request.GET)
        return page(request, user, "inbox/_conversation.html", context)
    context |= list_context(user, parse_listing(request.GET))
    return page(request, user, "inbox/inbox.html", {**context, "pane": "conversation"})


@require_GET
@for_staff
def live_fragment(request: HttpRequest, user: User, conversation_id: str) -> HttpResponse:
    """Return how the conversation stands now, without opening its card again."""
    standing = threads.get_standing(houses.current(), user, conversation_id)
    return page(
        request,
        user,
        "inbox/_standing.html",
        {
            "standing": standing,
            "listing": parse_listing(request.GET),
            **_act_context(user, standing),
            # A handoff since the page was opened has a card that nobody has looked at.
            "has_newer_card": standing.handoff_id != request.GET.get("card", standing.handoff_id),
        },
    )


@require_POST
@for_staff
def intake(request: HttpRequest, user: User, conversation_id: str) -> HttpResponse:
    """Open what was answered for an intake; it is logged."""
    answers = agents.open_intake(houses.current(), user, conversation_id)
    return page(request, user, "inbox/_intake.html", {"answers": answers})


@for_staff
def transcript(request: HttpRequest, user: User, conversation_id: str) -> HttpResponse:
    """Open the transcript (POST, logged), or show it again to whoever opened it (GET)."""
    house = houses.current()
    if request.method == "POST":
        agents.open_transcript(house, user, conversation_id)
        if not getattr(request, "htmx", False):
            return redirect("conversation", conversation_id)
    presence.tell_looked(house, user.id, conversation_id)
    context = {
        "entries": _entries(
            threads.list_messages(house, user, conversation_id),
            threads.list_decisions(user, conversation_id),
        ),
        "fates": channel_desk.fates_of(user, conversation_id),
        "conversation_id": conversation_id,
        "may_answer": roles.may(Role(user.role), Action.ANSWER),
    }
    return page(request, user, "inbox/_transcript.html", context)


@require_POST
@for_staff
def act(request: HttpRequest, user: User, conversation_id: str, name: str) -> HttpResponse:
    """Do one of the things in `ACTS`; the page then fetches what changed."""
    if name not in ACTS:
        raise NotFound("act", name)
    with _remembered(user, conversation_id, name):
        said = ACTS[name](request, user, conversation_id)
    if not getattr(request, "htmx", False):
        return redirect("conversation", conversation_id)
    undo = reverse("act", args=[conversation_id, "undo"]) if name in set(Act) else ""
    return tell_done(name, said, undo)


def _remembered(user: User, conversation_id: str, name: str) -> AbstractContextManager[None]:
    """Keep how things stood around what can be taken back."""
    if name not in set(Act):
        return nullcontext()
    return undoing.remembering(houses.current(), user, conversation_id, Act(name))


def _undo(_request: HttpRequest, user: User, conversation_id: str) -> str:
    return _UNDONE[undoing.undo(houses.current(), user, conversation_id)]


def _take(_request: HttpRequest, user: User, conversation_id: str) -> str:
    agents.accept(houses.current(), user, conversation_id)
    return "The conversation is yours."


def _pass(_request: HttpRequest, user: User, conversation_id: str) -> str:
    offers.decline(houses.current(), user, conversation_id)
    return "Passed to the next one."


def _release(_request: HttpRequest, user: User, conversation_id: str) -> str:
    agents.release(houses.current(), user, conversation_id)
    return "Put back into its queue."


def _transfer(request: HttpRequest, user: User, conversation_id: str) -> str:
    given = checked(TransferForm, request.POST).cleaned_data
    kind, _, to = given["to"].partition(":")
    if kind == "queue":
        passing_on.move_to_queue(houses.current(), user, conversation_id, to, given["note"])
        return "Put into the other queue."
    passing_on.transfer(houses.current(), user, conversation_id, to, given["note"])
    return "Passed on."


def _return(_request: HttpRequest, user: User, conversation_id: str) -> str:
    agents.return_to_bot(houses.current(), user, conversation_id)
    return "The bot has it again."


def _reply(request: HttpRequest, user: User, conversation_id: str) -> str:
    words, aim = reply_in(request)
    agents.reply(
        houses.current(),
        user,
        conversation_id,
        words,
        uploads_in(request, user),
        aim=aim,
        articles=request.POST.getlist("article")[:_MAX_ARTICLES],
    )
    return "Reply sent."


def _send_again(request: HttpRequest, user: User, conversation_id: str) -> str:
    given = checked(AgainForm, request.POST).cleaned_data
    resending.send_again(houses.current(), user, conversation_id, given["message"], given["reason"])
    return "It goes again."


def _note(request: HttpRequest, user: User, conversation_id: str) -> str:
    form = checked(WordsForm, request.POST)
    agents.note(houses.current(), user, conversation_id, form.cleaned_data["text"])
    return "Note kept."


def _resolve(request: HttpRequest, user: User, conversation_id: str) -> str:
    form = checked(ResolveForm, request.POST)
    agents.resolve(houses.current(), user, conversation_id, form.cleaned_data["code"])
    return "Resolved."


def _snooze(request: HttpRequest, user: User, conversation_id: str) -> str:
    house = houses.current()
    choice = checked(SnoozeForm, request.POST).cleaned_data["until"]
    until = inbox.next_wake(choice, inbox.zone_of(user.workspace_id), now=house.clock.now())
    agents.snooze(house, user, conversation_id, until)
    return "Snoozed."


_DONE = {
    Act.RESOLVE: "resolved",
    Act.SNOOZE: "snoozed",
    Act.TRANSFER: "passed on",
    Act.RELEASE: "put back",
}
_UNDONE = {
    Act.RESOLVE: "Open again, and yours.",
    Act.SNOOZE: "Not set aside any more.",
    Act.TRANSFER: "Taken back.",
    Act.RELEASE: "Taken back from the queue.",
}
ACTS: dict[str, Callable[[HttpRequest, User, str], str]] = {
    "take": _take,
    "release": _release,
    "transfer": _transfer,
    "return": _return,
    "reply": _reply,
    "again": _send_again,
    "note": _note,
    "resolve": _resolve,
    "snooze": _snooze,
    "undo": _undo,
    "pass": _pass,
}


def _conversation_context(user: User, conversation_id: str) -> dict[str, Any]:
    house = houses.current()
    standing = threads.get_standing(house, user, conversation_id)
    card = _card_for(user, agents.open_card(house, user, conversation_id))
    causes = (card.trigger, *card.tags, card.reason) if card else ()
    play = playbooks.find_play(standing.pack, *causes)
    context: dict[str, Any] = {
        "standing": standing,
        "card": card,
        "to_find": _to_find(standing, card) if card else (),
        "play": play,
        "opening": play.opening_in(standing.language) if play else "",
        "decisions": threads.list_decisions(user, conversation_id),
        "found": escalation_verdicts.shown_in(house, user, conversation_id, standing.flags),
        "conversation_id": conversation_id,
        **_act_context(user, standing),
    }
    context["granted"] = approval_board.list_of_conversation(house, user, conversation_id)
    context["macros"] = macro_desk.list_ready(house, user, conversation_id)
    context["retention"] = retaining.show(house, user, conversation_id)
    context["limits"] = approval_board.limits_in(house, user, context["granted"])
    canned = threads.list_canned(house, user, conversation_id)
    context["canned"] = [{"code": one.short_code, "text": one.text} for one in canned]
    return context


def _to_find(standing: Standing, card: ContextCard) -> tuple[str, ...]:
    """Return in words what has to be known to settle the matter, and is not yet."""
    known = {
        Need.REFERENCE: bool(card.reference),
        Need.IDENTITY: standing.is_identified,
        Need.MEMBERSHIP: bool(standing.membership),
    }
    return tuple(words.NEEDS[need] for need in left_to_find(standing.needs, known))


def _card_for(user: User, card: ContextCard | None) -> ContextCard | None:
    """Leave the contact's words out for whoever may not open transcripts."""
    if card is None or roles.may(Role(user.role), Action.READ_TRANSCRIPT):
        return card
    return replace(card, last_messages=())


def _act_context(user: User, standing: Standing) -> dict[str, Any]:
    """Return which acts make sense; the service decides again when one is tried."""
    is_mine = standing.assignee_id == user.id
    is_open = standing.status != "resolved"
    is_free = standing.assignee_id is None
    return {
        "flag_titles": live_flags.titles_of(houses.current(), user, standing.flags),
        "is_mine": is_mine and is_open,
        "may_call": is_mine and is_open and calling.has_number(user, standing.id),
        "may_take": is_open and is_free,
        "may_return": is_open and (is_mine or (is_free and standing.handled_by != "bot")),
        "undo": (act := undoing.find_undoable(houses.current(), user, standing.id)) and _DONE[act],
        "undoable": macro_desk.find_undoable(user, standing.id),
        "codes": [(code, words.CODES[code]) for code in agents.RESOLUTION_CODES],
        "ways": passing_on.ways_of(houses.current(), user, standing.queue) if is_mine else None,
        "snoozes": [(name, words.SNOOZES[name]) for name in inbox.SNOOZES],
    }


def _entries(
    messages: tuple[Written, ...], decisions: tuple[Decided, ...]
) -> list[dict[str, Written | Decided | None]]:
    """Return messages with what the bot decided between them, in the order of time."""
    # What the bot decided about a word stands after the word and before its answer.
    timed: list[tuple[Any, int, Written | Decided]] = [
        (m.at, 0 if m.author == "contact" else 2, m) for m in messages
    ]
    timed += [(d.at, 1, d) for d in decisions]
    timed.sort(key=lambda entry: entry[:2])
    return [
        {
            "message": one if isinstance(one, Written) else None,
            "decision": one if isinstance(one, Decided) else None,
        }
        for _at, _rank, one in timed
    ]
