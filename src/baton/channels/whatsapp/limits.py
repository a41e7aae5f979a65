"""How many people Meta lets a business write to first in a day, as its webhooks tell.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/phone_number_quality_update
"""

import re
from collections.abc import Iterator

import msgspec

from baton.channels.whatsapp.payloads import NumberLimit

FIELD = "phone_number_quality_update"
_TIER = re.compile(r"TIER_([0-9]{1,6})(K?)")
_NO_LIMIT = "TIER_UNLIMITED"
_THROUGHPUT = "THROUGHPUT_UPGRADE"
_THOUSAND = 1_000


def limit_in(changes: Iterator[tuple[str, msgspec.Raw]]) -> int | None:
    """Return the newest limit that changes tell, 0 for none; None where none tells of it."""
    found: int | None = None
    for field, raw in changes:
        if field != FIELD:
            continue
        try:
            told = msgspec.json.decode(raw, type=NumberLimit)
        except (msgspec.DecodeError, RecursionError):
            continue
        number = _read(told)
        found = found if number is None else number
    return found


def _read(told: NumberLimit) -> int | None:
    older = "" if told.event == _THROUGHPUT else told.current_limit
    tier = told.max_daily_conversations_per_business or older
    if tier == _NO_LIMIT:
        return 0
    match = _TIER.fullmatch(tier)
    return int(match[1]) * (_THOUSAND if match[2] else 1) if match else None
