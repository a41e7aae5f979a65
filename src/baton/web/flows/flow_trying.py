"""Trying a flow by hand: its talk beside its picture, before anybody receives it."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, QueryDict

from baton.core.errors import InvalidInput
from baton.flows import values
from baton.flows.document import Flow
from baton.flows.trial import MOST_MOVES, Move, MoveKind, Trial, is_by_words
from baton.services import house as houses
from baton.services.flows import flow_drafts, flow_previews, flow_trials
from baton.services.flows.flow_drafts import Writing
from baton.services.flows.flow_trials import Cast
from baton.store.models import User
from baton.web import errors, words
from baton.web.access import for_staff
from baton.web.flows import flow_diagram
from baton.web.flows.flow_diagram import Marks
from baton.web.flows.flow_requests import TrialForm
from baton.web.flows.flows import flows_page, head_of
from baton.web.forms import checked

_MOST_SIGNS = 6 * MOST_MOVES * (flow_trials.MAX_WORDS + 40)


@for_staff
def try_page(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Show a flow that can be tried, and play it as far as the moves that were sent."""
    writing = flow_drafts.open_flow(user, name)
    flow = flow_trials.flow_of(writing)
    if flow is None:
        return flows_page(request, user, "flows/flow_try.html", head_of(user, writing))
    if request.method != "POST":
        return _shown(request, user, writing, flow, {})
    return _played(request, user, writing, flow)


def _played(request: HttpRequest, user: User, writing: Writing, flow: Flow) -> HttpResponse:
    asked = checked(TrialForm, request.POST).cleaned_data
    written = _written_facts(flow, request.POST)
    if asked["kind"] == "restart":
        return _shown(request, user, writing, flow, asked | {"facts": written})
    moves = [*_moves_of(asked["moves"]), *_next_of(asked)]
    begins_at = values.time_of(asked["begins_at"]) or houses.current().clock.now()
    cast = Cast(
        facts=written,
        channel=asked["channel"] or _channels(flow)[0],
        language=asked["language"] or flow.locale,
        begins_at=begins_at,
    )
    shown = {**asked, "facts": written, "begins_at": begins_at.isoformat(), "moves": _dumped(moves)}
    try:
        trial = flow_trials.play(houses.current(), user, writing, cast, moves)
    except InvalidInput as error:
        kept = shown | {"moves": asked["moves"]}
        return _shown(request, user, writing, flow, kept, refused=errors.words_of(error))
    return _shown(request, user, writing, flow, shown, trial=trial)


def _shown(  # noqa: PLR0913 - a page is shown with these
    request: HttpRequest,
    user: User,
    writing: Writing,
    flow: Flow,
    asked: Mapping[str, Any],
    *,
    trial: Trial | None = None,
    refused: str = "",
) -> HttpResponse:
    facts = asked.get("facts") or flow_trials.samples_of(houses.current(), user, flow)
    context = {
        **head_of(user, writing),
        "can_try": True,
        "trial": trial,
        "is_by_words": is_by_words(flow),
        "facts": [(name, kind.value, facts.get(name, "")) for name, kind in flow.facts.items()],
        "channel_options": [(one, words.CHANNELS.get(one, one)) for one in _channels(flow)],
        "channel": asked.get("channel") or _channels(flow)[0],
        "language_options": [(one, words.language(one)) for one in _languages(flow)],
        "language": asked.get("language") or flow.locale,
        "begins_at": asked.get("begins_at", "") if trial else "",
        "moves": asked.get("moves", "[]") if trial else "[]",
        "picture": _picture(flow, trial),
        "max_words": flow_trials.MAX_WORDS,
        "refused": refused,
    }
    status = 422 if refused else 200
    return flows_page(request, user, "flows/flow_try.html", context, status=status)


def _picture(flow: Flow, trial: Trial | None) -> str:
    kinds: dict[str, tuple[str, ...]] = {}
    if trial is not None:
        kinds = dict.fromkeys(trial.passed, ("passed",))
        if trial.here:
            kinds[trial.here] = ("here",)
        elif trial.passed:
            kinds[trial.passed[-1]] = ("last", "passed")
    return str(flow_diagram.drawn(flow, Marks(kinds=kinds), name="trial"))


def _channels(flow: Flow) -> Sequence[str]:
    return flow.channels or flow_previews.CHANNELS


def _languages(flow: Flow) -> list[str]:
    said = (wording for step in flow.steps.values() for wording in step.wordings.values())
    translated = {language for wording in said for language in wording.translations}
    return [flow.locale, *sorted(translated - {flow.locale})]


def _written_facts(flow: Flow, posted: QueryDict) -> dict[str, str]:
    return {name: posted.get(f"fact:{name}", "")[: flow_trials.MAX_WORDS] for name in flow.facts}


def _next_of(asked: Mapping[str, str]) -> list[Move]:
    """Return the move that was asked for; words that are none are no move."""
    if asked["event"]:
        return [Move(kind=MoveKind.EVENT, text=asked["event"])]
    if asked["said"]:
        return [Move(kind=MoveKind.SAYS, text=asked["said"])]
    kind = MoveKind(asked["kind"]) if asked["kind"] else MoveKind.SAYS
    words_ = asked["text"].strip() if kind is MoveKind.SAYS else ""
    return [] if kind is MoveKind.SAYS and not words_ else [Move(kind=kind, text=words_)]


def _moves_of(text: str) -> list[Move]:
    """Read the moves that the page carries; whatever is no move is refused."""
    try:
        found = msgspec.json.decode(text[:_MOST_SIGNS], type=list[tuple[MoveKind, str]])
    except msgspec.MsgspecError as error:
        raise InvalidInput({"moves": "These moves cannot be read. Start over."}) from error
    return [Move(kind=kind, text=said) for kind, said in found]


def _dumped(moves: Sequence[Move]) -> str:
    return msgspec.json.encode([(move.kind, move.text) for move in moves]).decode()
