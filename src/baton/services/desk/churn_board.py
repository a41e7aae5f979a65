"""Who may leave, as people see it: the contacts at risk, each sign with its numbers (CH3)."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from baton.core.churn import Sign
from baton.core.roles import Action
from baton.services import inbox
from baton.services.desk import booking_board
from baton.services.house import House
from baton.store.models import ChurnScore, Contact, User

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSign:
    """A sign: its points, what was seen, and what that was held against."""

    sign: str
    points: int
    seen: int
    against: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownScore:
    """A contact's score; `value_minor` is what they are worth in a year."""

    contact_id: str
    who: str
    points: int
    signs: tuple[ShownSign, ...]
    is_at_risk: bool
    is_high_value: bool
    value_minor: int
    since: datetime
    scored_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChurnPage:
    """A page of contacts at risk, the highest score first; `scored` counts all with a score."""

    rows: tuple[ShownScore, ...]
    total: int
    high_value: int
    scored: int
    currency: str
    page: int
    pages: int


def list_at_risk(house: House, user: User, *, is_high_value: bool, page: int = 1) -> ChurnPage:
    """Return a page of those at risk; raises Forbidden for a role that reads no reports."""
    inbox.require(user, Action.READ_REPORTS)
    everybody = ChurnScore.objects.filter(workspace_id=user.workspace_id)
    at_risk = everybody.filter(is_at_risk=True)
    high_value = at_risk.filter(is_high_value=True)
    found = (high_value if is_high_value else at_risk).order_by("-points", "id")
    total = found.count()
    pages = max(-(-total // PAGE_SIZE), 1)
    page = min(max(page, 1), pages)
    shown = list(found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    contacts = Contact.objects.in_bulk([one.id for one in shown])
    return ChurnPage(
        rows=tuple(_shown(house, contacts[one.id], one) for one in shown if one.id in contacts),
        total=total,
        high_value=high_value.count(),
        scored=everybody.count(),
        currency=booking_board.currency_of(house, user),
        page=page,
        pages=pages,
    )


def score_of(house: House, user: User, contact_id: str) -> ShownScore | None:
    """Return a contact's score, None where nothing is seen in them."""
    found = ChurnScore.objects.filter(workspace_id=user.workspace_id, id=contact_id).first()
    contact = Contact.objects.filter(workspace_id=user.workspace_id, id=contact_id).first()
    return _shown(house, contact, found) if found and contact else None


def _shown(house: House, contact: Contact, score: ChurnScore) -> ShownScore:
    signs = msgspec.json.decode(score.signs, type=list[tuple[Sign, int, int, int]])
    return ShownScore(
        contact_id=contact.id,
        who=inbox.name_of(house, contact.id, bytes(contact.name_sealed)),
        points=score.points,
        signs=tuple(
            ShownSign(sign=sign.value, points=points, seen=seen, against=against)
            for sign, points, seen, against in signs
        ),
        is_at_risk=score.is_at_risk,
        is_high_value=score.is_high_value,
        value_minor=score.value_minor,
        since=score.since,
        scored_at=score.scored_at,
    )
