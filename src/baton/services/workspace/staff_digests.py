"""Emails to the staff of what they have not seen: looked for at each full hour, as they chose."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from baton.core import alerts, staff_digest
from baton.core.alerts import Choices, Rhythm
from baton.flows.standing import Setting
from baton.runtime.ports import Effect
from baton.services import arrivals
from baton.services.facts import StaffDigestDue
from baton.services.ledger import Ledger
from baton.store.models import Notice, User

MAIL_STAFF = "mail_staff"
MAIL_WEEKLY = "mail_weekly"
_KEY = "staff_digest"


class MailOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A digest that goes to somebody, with the notices that it counts."""

    user_id: str
    notice_ids: tuple[str, ...]


class WeeklyOrder(msgspec.Struct, frozen=True, kw_only=True):
    """The report of the week, which goes to somebody."""

    user_id: str


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
        if (choices := alerts.parse(user.alerts)).digest != Rhythm.NEVER or choices.has_weekly
    ]
    for user, choices in people:
        daily_at = setting.policy.daily_check_at
        if staff_digest.is_due(choices, ledger.now, zone, daily_at=daily_at):
            _order(ledger, user)
        if staff_digest.is_weekly_due(choices, ledger.now, zone, daily_at=daily_at):
            _order_weekly(ledger, user, choices, staff_digest.monday_of(ledger.now, zone))
    if people:
        plan(ledger, workspace_id)


def send_now(ledger: Ledger, user: User, notice_id: str) -> None:
    """Mail somebody at once of a notice that cannot wait for their digest."""
    order = MailOrder(user_id=user.id, notice_ids=(notice_id,))
    _send(ledger, user, MAIL_STAFF, order, f"at_once:{notice_id}")


def _order_weekly(ledger: Ledger, user: User, choices: Choices, monday: date) -> None:
    told = alerts.render(replace(choices, weekly_on=monday))
    User.objects.filter(id=user.id).update(alerts=told)
    order = WeeklyOrder(user_id=user.id)
    _send(ledger, user, MAIL_WEEKLY, order, f"weekly:{user.id}:{monday.isoformat()}")


def _order(ledger: Ledger, user: User) -> None:
    unseen = Notice.objects.filter(user_id=user.id, seen_at=None, mailed_at=None)
    ids = tuple(unseen.order_by("id").values_list("id", flat=True))
    if not ids:
        return
    unseen.filter(id__in=ids).update(mailed_at=ledger.now)
    order = MailOrder(user_id=user.id, notice_ids=ids)
    _send(ledger, user, MAIL_STAFF, order, f"digest:{user.id}:{ledger.now.isoformat()}")


def _send(
    ledger: Ledger, user: User, kind: str, order: MailOrder | WeeklyOrder, intent_key: str
) -> None:
    ledger.send(
        Effect(
            id=ledger.next_id(),
            workspace_id=user.workspace_id,
            lane=f"staff:{user.id}",
            kind=kind,
            intent_key=intent_key,
            body=msgspec.json.encode(order),
            due_at=ledger.now,
            repeatable=False,  # a mail server takes the same letter twice
        )
    )
