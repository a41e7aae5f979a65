"""The report on talks with contacts who wanted to leave, and the rows behind each number."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.core.retention import Outcome
from baton.core.roles import Action
from baton.reports import retention
from baton.reports.retention import Line, Talk
from baton.services import inbox, sight
from baton.services.house import House
from baton.store import copies
from baton.store.models import Contact, Conversation, User

WINDOWS = (7, 28, 90)
DEFAULT_DAYS = 28
PAGE_SIZE = 25
NOTHING = "none"
"""Stands in an address for "nothing was offered"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which talks are listed; "" is any."""

    days: int = DEFAULT_DAYS
    reason: str = ""
    offer: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTalk:
    """One talk in words."""

    conversation_id: str
    who: str
    wish: str
    reason: str
    offer: str
    outcome: str
    told_by: str
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionReport:
    """The numbers of a window, and a page of the talks that are sought; titles by code."""

    total: Line
    reasons: tuple[Line, ...]
    offers: tuple[Line, ...]
    titles: dict[str, str]
    rows: tuple[ShownTalk, ...]
    count: int
    page: int
    pages: int


def show(house: House, user: User, sought: Sought, *, page: int = 1) -> RetentionReport:
    """Return the report; raises Forbidden for a role that may not read reports."""
    inbox.require(user, Action.READ_REPORTS)
    until = house.clock.now() + timedelta(seconds=1)
    since = until - timedelta(days=sought.days)
    with copies.reading():
        every = retention.list_talks(user.workspace_id, since=since, until=until)
    heard = sight.heard_among(house, user, (talk.conversation_id for talk in every))
    talks = [talk for talk in every if talk.conversation_id in heard]
    found = [talk for talk in talks if _fits(talk, sought)]
    pages = max(-(-len(found) // PAGE_SIZE), 1)
    page = min(max(page, 1), pages)
    pack = inbox.pack_of(house, user.workspace_id)
    titles = {one.name: one.title for one in pack.churn_reasons}
    titles |= {one.name: one.title for one in pack.offers}
    return RetentionReport(
        total=retention.sum_of(talks),
        reasons=retention.by_reason(talks),
        offers=retention.by_offer(talks),
        titles=titles,
        rows=_shown(house, found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], titles),
        count=len(found),
        page=page,
        pages=pages,
    )


def _fits(talk: Talk, sought: Sought) -> bool:
    offer = "" if sought.offer == NOTHING else sought.offer
    return (
        sought.reason in ("", talk.reason)
        and (not sought.offer or talk.offer == offer)
        and (not sought.outcome or talk.outcome is Outcome(sought.outcome))
    )


def _shown(house: House, talks: list[Talk], titles: dict[str, str]) -> tuple[ShownTalk, ...]:
    names = dict(User.objects.filter(id__in={t.user_id for t in talks}).values_list("id", "name"))
    held = Conversation.objects.in_bulk({talk.conversation_id for talk in talks})
    contacts = Contact.objects.in_bulk({one.contact_id for one in held.values()})
    shown = []
    for talk in talks:
        contact = contacts[held[talk.conversation_id].contact_id]
        shown.append(
            ShownTalk(
                conversation_id=talk.conversation_id,
                who=inbox.name_of(house, contact.id, bytes(contact.name_sealed)),
                wish=talk.wish,
                reason=titles.get(talk.reason, talk.reason),
                offer=titles.get(talk.offer, talk.offer),
                outcome=talk.outcome.value,
                told_by=names.get(talk.user_id, ""),
                told_at=talk.told_at,
            )
        )
    return tuple(shown)
