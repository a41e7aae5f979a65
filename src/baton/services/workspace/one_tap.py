"""Links that let a contact do one thing with one tap: signed, ending, for one errand (AP10, M11).

Who holds a link may run its errand on its subject and nothing else; each errand has a
signature of its own, so a link to move a booking opens no page that cancels it. A link is the
same all day, so that texts repeat word by word. What it may still do is told by the state of
its subject: a link is proof of who may ask, never that it can be done.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.core import signing

from baton.services.house import House

_SALT = "baton.services.workspace.one_tap"
_MAX_TOKEN = 250  # ours have at most 140 signs; what is longer is read no further


class Errand(StrEnum):
    """What a link is for, and in brackets what its subject is."""

    CONFIRM = "confirm"  # (booking)
    MOVE = "move"  # (booking)
    CANCEL = "cancel"  # (booking)
    CALENDAR = "calendar"  # (booking)
    AGAIN = "again"  # (booking) book the same activity at another time
    DEPOSIT = "deposit"  # (booking) pay its deposit
    RATE = "rate"  # (booking)
    BOOK = "book"  # (contact)
    PAY = "pay"  # (invoice)
    RENEW = "renew"  # (membership)
    TRACK = "track"  # (order)
    RETURN = "return"  # (order) send something of it back
    LABEL = "label"  # (return) its prepaid label


_LASTS = {
    Errand.BOOK: timedelta(days=30),
    Errand.RATE: timedelta(days=30),
    Errand.RENEW: timedelta(days=90),
}
# As far ahead as people book, and as long as invoices stay open.
_LASTS_ELSE = timedelta(days=180)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """What a link says: an errand on a subject of a workspace, good through a day (UTC)."""

    errand: Errand
    workspace_id: str
    subject: str
    until: date

    def has_ended(self, now: datetime) -> bool:
        """Return whether the link was good once and is no more."""
        return now.date() > self.until


def link(
    house: House, errand: Errand, workspace_id: str, subject: str, *, until: datetime | None = None
) -> str:
    """Return the address of the page for an errand on a subject, which is the subject's id.

    Args:
        house: tells the time, and under which address the world reaches this installation.
        errand: what the link is for.
        workspace_id: whose subject it is.
        subject: the id of what the errand is about.
        until: the link is good through this day; by default as long as such errands last.
    """
    last = until or house.clock.now() + _LASTS.get(errand, _LASTS_ELSE)
    tap = Tap(errand=errand, workspace_id=workspace_id, subject=subject, until=last.date())
    return f"{house.base_url}/t/{token_of(tap)}"


def token_of(tap: Tap) -> str:
    """Return the part of an address that says a tap, signed for its errand."""
    said = ".".join((tap.errand, tap.workspace_id, tap.subject, str(tap.until.toordinal())))
    return _signer(tap.errand).sign(said)


def errand_of(token: str) -> Errand | None:
    """Return what a token claims to be for; only `read` says whether that is so."""
    claimed = token.partition(".")[0]
    return next((one for one in Errand if one == claimed), None)


def read(token: str, errand: Errand) -> Tap | None:
    """Return what a token says; None for one that we did not make for this errand."""
    if len(token) > _MAX_TOKEN:
        return None
    try:
        claimed, workspace_id, subject, until = _signer(errand).unsign(token).split(".")
    except signing.BadSignature:
        return None
    if claimed != errand:
        return None
    return Tap(
        errand=errand,
        workspace_id=workspace_id,
        subject=subject,
        until=date.fromordinal(int(until)),
    )


def _signer(errand: Errand) -> signing.Signer:
    return signing.Signer(salt=f"{_SALT}.{errand}")
