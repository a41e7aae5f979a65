"""Numbers of a workspace's policy as leads write them: changed with a reason, never unseen."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import F

from baton.core import costs
from baton.core.errors import Conflict, InvalidInput
from baton.core.json import Json
from baton.core.policy import Policy, with_overrides
from baton.core.roles import Action
from baton.services import inbox
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import editions
from baton.store.models import User, Workspace

MAX_REASON = 200
_HUNDRED = 100
PRICES = (
    "sms_part_price",
    "email_price",
    "whatsapp_template_price",
    "whatsapp_promotion_price",
    "voice_price",
)
"""What providers take for one message, in millionths of the policy's currency."""

MONEY = (
    "deposit_from_minor",
    "high_value_minor",
    "offer_cost_minor",
    "offer_budget_minor",
    "wage_hour_minor",
    "automation_month_minor",
)
"""Amounts of the workspace's currency, in minor units."""

_AMOUNT = re.compile(r"\d{1,7}(?:\.\d{1,2})?")
_PRICE = re.compile(r"\d{1,3}(?:\.\d{1,6})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What somebody wants changed: fields as written, why, and the revision that they saw.

    `action` is its name in the audit trail.
    """

    given: Mapping[str, str]
    action: str
    reason: str
    seen: int


def change(
    house: House, user: User, wanted: Change, refuse_impossible: Callable[[Policy], None]
) -> None:
    """Set numbers of the policy anew; from the next turn on they hold.

    Raises InvalidInput for values that cannot be used, Conflict when a colleague has
    changed something since.
    """
    inbox.require(user, Action.CONFIGURE)
    reason = checked_reason(wanted.reason)
    with house.engine.transaction():
        workspace = Workspace.objects.select_for_update().get(id=user.workspace_id)
        if workspace.revision != wanted.seen:
            message = "The settings have changed meanwhile. Look at them again, then change."
            raise Conflict(message)
        pack = with_overrides(Policy(), editions.edition_of(house, user.workspace_id).policy)
        before = with_overrides(pack, workspace.policy)
        given = {name: _read(name, text) for name, text in wanted.given.items()}
        after = with_overrides(before, given)
        refuse_impossible(after)
        changes: dict[str, Json] = {
            name: f"{written(name, getattr(before, name))} to {written(name, getattr(after, name))}"
            for name in given
            if getattr(before, name) != getattr(after, name)
        }
        if changes:
            own = {name: given[name] for name in changes}
            Workspace.objects.filter(id=user.workspace_id).update(
                policy={**workspace.policy, **own}, revision=F("revision") + 1
            )
            _note(house, user, wanted.action, reason=reason, **changes)


def checked_reason(reason: str) -> str:
    """Return a reason as it is kept; raises InvalidInput for none or a long one."""
    reason = reason.strip()
    if not reason or len(reason) > MAX_REASON:
        raise InvalidInput({"reason": f"Say why, in {MAX_REASON} characters at most."})
    return reason


def written(name: str, value: object) -> str:
    """Return a number of the policy as somebody would write it."""
    if name in PRICES:
        return f"{Decimal(str(value)) / costs.MILLION:f}"
    if name in MONEY:
        return f"{Decimal(str(value)) / _HUNDRED:.2f}"
    if isinstance(value, timedelta):
        return _span(value)
    return str(value)[:5] if hasattr(value, "hour") else str(value)


def _span(value: timedelta) -> str:
    """Return a span in the largest unit that leaves nothing over, as `parse_duration` reads it."""
    for unit, one in (("h", timedelta(hours=1)), ("m", timedelta(minutes=1))):
        if not value % one:
            return f"{value // one}{unit}"
    return f"{value // timedelta(seconds=1)}s"


def _read(name: str, text: str) -> Json:
    text, known = text.strip(), getattr(Policy(), name)
    if name in PRICES:
        return _millionths(name, text)
    if name in MONEY:
        return _minor(name, text)
    if isinstance(known, float):
        try:
            return float(text)
        except ValueError:
            raise InvalidInput({name: f"write a number, as 0.75, not {text[:20]!r}"}) from None
    if not isinstance(known, int):
        return text
    if not text.isdecimal():
        raise InvalidInput({name: f"write a whole number, not {text[:20]!r}"})
    return int(text)


def _millionths(name: str, text: str) -> int:
    if not _PRICE.fullmatch(text):
        raise InvalidInput({name: "write a price, as 0.0118: six digits behind the point at most"})
    return int(Decimal(text) * costs.MILLION)


def _minor(name: str, text: str) -> int:
    if not _AMOUNT.fullmatch(text):
        raise InvalidInput({name: "write an amount, as 45.00"})
    return int(Decimal(text) * _HUNDRED)


def _note(house: House, user: User, action: str, **details: Json) -> None:
    ledger = Ledger(house, house.clock.now())
    subject = f"workspace:{user.workspace_id}"
    ledger.audit(user.workspace_id, f"user:{user.id}", action, subject, **details)
    ledger.flush()
