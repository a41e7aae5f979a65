"""Returns decided a second on one core, each with all its reasons, beside no rules at all."""

import os
import platform
import random
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from baton.core import returns
from baton.core.return_policy import ReturnPolicy
from baton.core.returns import Bought, Claim, Item, Outcome, Past, Photo, Reason

_TODAY = date(2026, 3, 2)
_DIFFERENT = 1_000
_REASONS = tuple(Reason)


def measured(claims: int) -> dict[str, object]:
    """Decide so many claims, a thousand different ones in turn; return one row."""
    chance = random.Random(17)  # noqa: S311 - a measurement's own seed
    different = [_claim(chance) for _ in range(_DIFFERENT)]
    policy = ReturnPolicy(photos=2, final_skus=("sku-7",))
    counts = dict.fromkeys(Outcome, 0)
    reasons = 0

    def decide(claim: Claim) -> None:
        nonlocal reasons
        found = returns.decide(claim, policy)
        counts[found.outcome] += 1
        reasons += len(found.findings)

    took = _timed(decide, different, claims)
    floor = _timed(lambda claim: claim.refund_minor, different, claims)
    return {
        "bench": "returns",
        "claims": claims,
        "rate_per_s": round(claims / took),
        "floor_per_s": round(claims / floor),
        "reasons_each": round(reasons / claims, 1),
        "outcomes": {outcome.value: count for outcome, count in counts.items()},
        "machine": f"{platform.machine()} {os.cpu_count()} cores, Python "
        f"{platform.python_version()}",
    }


def _timed(run: Callable[[Claim], object], different: Sequence[Claim], times: int) -> float:
    begun = time.process_time()
    for number in range(times):
        run(different[number % _DIFFERENT])
    return max(time.process_time() - begun, 1e-9)


def _claim(chance: random.Random) -> Claim:
    items = tuple(
        Item(
            sku=f"sku-{chance.randrange(100)}",
            category=f"category-{chance.randrange(10)}",
            quantity=1,
            left=chance.choice((0, 1, 1, 1, 2)),
            unit_minor=chance.randrange(500, 6_000),
        )
        for _ in range(chance.randrange(1, 4))
    )
    return Claim(
        bought=Bought(
            since=_TODAY - timedelta(days=chance.randrange(45)),
            paid_minor=sum(item.unit_minor for item in items),
            is_elsewhere=chance.random() < 0.1,  # noqa: PLR2004 - the share of a made-up shop
        ),
        items=items,
        reason=chance.choice(_REASONS),
        photos=tuple(
            Photo(side=chance.randrange(200, 2_000), sharpness=chance.uniform(0, 90))
            for _ in range(2)
        ),
        past=Past(returns=chance.randrange(3), usual_minor=chance.randrange(1_000, 6_000)),
        on=_TODAY,
    )
