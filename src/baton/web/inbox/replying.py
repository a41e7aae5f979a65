"""The reply that is being written: by which way it goes, in whose words, and what it amounts to."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_GET, require_POST

from baton.core import text
from baton.core.errors import Conflict, InvalidInput
from baton.services import house as houses
from baton.services.desk import fitting_articles, reply_ways
from baton.services.desk.reply_ways import Aim, Offer, Way
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.forms import ReplyForm, checked
from baton.web.shell import page

_MAX_VALUES = 20


def reply_in(request: HttpRequest) -> tuple[str, Aim]:
    """Return the words of a reply as they were posted, and how they are to go."""
    return _read(request.POST)


@require_GET
@for_staff
def ways_fragment(request: HttpRequest, user: User, conversation_id: str) -> HttpResponse:
    """Return by which ways a reply may go, and the blanks of the template that is chosen."""
    _words, aim = _read(request.GET)
    context = _ways_context(user, conversation_id, aim)
    return page(request, user, "inbox/_reply_ways.html", context)


@require_GET
@for_staff
def fitting_fragment(request: HttpRequest, user: User, conversation_id: str) -> HttpResponse:
    """Return the articles that fit what the contact last asked, to put into the reply."""
    found = fitting_articles.list_for(houses.current(), user, conversation_id)
    return page(request, user, "inbox/_fitting.html", {"fitting": found})


@require_POST
@for_staff
def weigh(request: HttpRequest, user: User, conversation_id: str) -> HttpResponse:
    """Return how a reply would look and what it amounts to; nothing is kept (POST: its words)."""
    words, aim = _read(request.POST)
    context = _ways_context(user, conversation_id, aim)
    way, chosen = context["way"], context["chosen"]
    filled, problem = None, ""
    if way and chosen:
        try:
            filled = reply_ways.fill_in([chosen], aim)
        except (InvalidInput, Conflict):
            problem = "Fill in each blank to see it."
    said = filled.text if filled else text.clean(words)
    weight = (
        reply_ways.weigh(houses.current(), user, way, said, filled)
        if way and said and (filled or not chosen)
        else None
    )
    context |= {"filled": filled, "weight": weight, "problem": problem}
    return page(request, user, "inbox/_reply_weight.html", context)


def _read(given: QueryDict) -> tuple[str, Aim]:
    form = checked(ReplyForm, given).cleaned_data
    values = tuple(given.getlist("value")[:_MAX_VALUES])
    aim = Aim(channel=form["channel"], version_id=form["template"], values=values)
    return form["text"], aim


def _ways_context(user: User, conversation_id: str, aim: Aim) -> dict[str, Any]:
    house = houses.current()
    known = reply_ways.list_for(house, user, conversation_id)
    way = _chosen_way(known, aim.channel)
    is_shut = way is not None and way.is_shut(house.clock.now()) and not way.refusal
    offers = (
        reply_ways.list_offers(house, user, conversation_id, way.route.channel)
        if way and is_shut
        else ()
    )
    return {
        "conversation_id": conversation_id,
        "ways": known,
        "way": way,
        "is_shut": is_shut,
        "offers": offers,
        "chosen": _chosen_offer(offers, aim),
    }


def _chosen_way(known: tuple[Way, ...], channel: str) -> Way | None:
    """Return the way that is chosen; the contact's own where that one is gone."""
    return next((way for way in known if way.route.channel == channel), known[0] if known else None)


def _chosen_offer(offers: tuple[Offer, ...], aim: Aim) -> Offer | None:
    """Return the template that is chosen, with what was typed into its blanks so far."""
    for one in offers:
        if one.template.version_id == aim.version_id:
            typed = zip(one.blanks, aim.values, strict=False)
            blanks = tuple((place, value) for (place, _known), value in typed)
            return replace(one, blanks=blanks) if len(blanks) == len(one.blanks) else one
    return None
