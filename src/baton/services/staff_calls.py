"""Calls of staff with no console open: ordered with a notice, one for all that comes together."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from baton.core import alerts
from baton.runtime.ports import Effect
from baton.services.ledger import Ledger
from baton.store.models import StaffBrowser, User

CALL_STAFF = "call_staff"


class CallOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that is to call its person for what came while it rested, and since."""

    browser_id: str


def order(ledger: Ledger, user_ids: Collection[str], kind: str) -> None:
    """Have the browsers of some people call them for a notice, of those who chose its kind."""
    browsers = list(StaffBrowser.objects.filter(user_id__in=user_ids).order_by("id"))
    if not browsers:
        return
    chosen = User.objects.filter(id__in={one.user_id for one in browsers}).values_list(
        "id", "alerts"
    )
    called = {user_id for user_id, kept in chosen if kind in alerts.parse(kept).kinds}
    for browser in browsers:
        at = alerts.call_at(browser.calls_at, ledger.now)
        if browser.user_id in called and at is not None:
            _order(ledger, browser, at)


def _order(ledger: Ledger, browser: StaffBrowser, at: datetime) -> None:
    order = CallOrder(browser_id=browser.id)
    StaffBrowser.objects.filter(id=browser.id).update(calls_at=at)
    ledger.send(
        Effect(
            id=ledger.next_id(),
            workspace_id=browser.workspace_id,
            lane=f"browser:{browser.id}",
            kind=CALL_STAFF,
            intent_key=f"call:{browser.id}:{at.isoformat()}",
            body=msgspec.json.encode(order),
            due_at=at,
            repeatable=True,  # a second one takes the place of the first
        )
    )
