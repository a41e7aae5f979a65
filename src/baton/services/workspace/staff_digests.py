"""Emails to the staff of what they have not seen: looked for at each full hour, as they chose."""

from zoneinfo import ZoneInfo

import msgspec

from baton.core import alerts, staff_digest
from baton.core.alerts import Rhythm
from baton.flows.standing import Setting
from baton.runtime.ports import Effect
from baton.services import arrivals
from baton.services.facts import StaffDigestDue
from baton.services.ledger import Ledger
from baton.store.models import Notice, User

MAIL_STAFF = "mail_staff"
_KEY = "staff_digest"


class MailOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A digest that goes to somebody, with the notices that it counts."""

    user_id: str
    notice_ids: tuple[str, ...]


def plan(ledger: Ledger, workspace_id: str) -> None:
    """Look for digests at the next full hour; once somebody wants one, again and again."""
    at = staff_digest.next_tick(ledger.now)
    ledger.set_timer(
        arrivals.timer_of(
            StaffDigestDue(at=at),
            ledger.house.keyset,
            workspace_id=workspace_id,
            lane=_KEY,
            key=_KEY,
            due_at=at,
        )
    )


def look(ledger: Ledger, workspace_id: str, setting: Setting) -> None:
    """Send what is due to those who have not seen it; nobody gets one that says nothing."""
    zone = ZoneInfo(str(setting.hours.zone))
    people = [
        (user, choices)
        for user in User.objects.filter(workspace_id=workspace_id, is_active=True).order_by("id")
        if (choices := alerts.parse(user.alerts)).digest != Rhythm.NEVER
    ]
    for user, choices in people:
        daily_at = setting.policy.daily_check_at
        if staff_digest.is_due(choices, ledger.now, zone, daily_at=daily_at):
            _order(ledger, user)
    if people:
        plan(ledger, workspace_id)


def send_now(ledger: Ledger, user: User, notice_id: str) -> None:
    """Mail somebody at once of a notice that cannot wait for their digest."""
    _send(ledger, user, (notice_id,), f"at_once:{notice_id}")


def _order(ledger: Ledger, user: User) -> None:
    unseen = Notice.objects.filter(user_id=user.id, seen_at=None, mailed_at=None)
    ids = tuple(unseen.order_by("id").values_list("id", flat=True))
    if not ids:
        return
    unseen.filter(id__in=ids).update(mailed_at=ledger.now)
    _send(ledger, user, ids, f"digest:{user.id}:{ledger.now.isoformat()}")


def _send(ledger: Ledger, user: User, ids: tuple[str, ...], intent_key: str) -> None:
    ledger.send(
        Effect(
            id=ledger.next_id(),
            workspace_id=user.workspace_id,
            lane=f"staff:{user.id}",
            kind=MAIL_STAFF,
            intent_key=intent_key,
            body=msgspec.json.encode(MailOrder(user_id=user.id, notice_ids=ids)),
            due_at=ledger.now,
            repeatable=False,  # a mail server takes the same letter twice
        )
    )
