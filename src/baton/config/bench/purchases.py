"""How well the churn score foresees who buys no more, on a public history of purchases.

CDNOW: all purchases of the customers who first bought early in 1997, until the middle of 1998
(Fader and Hardie, 2001), as the package `lifetimes` carries it. A visit is a day with a purchase.
"""

import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click

from baton.core import churn, churn_model
from baton.core.churn import Habits
from baton.core.churn_model import Model
from baton.core.policy import Policy

_END = date(1998, 6, 30)
_AHEAD = timedelta(weeks=26)
_WEEK = 7
_COLUMNS = 4
_RULES = churn.rules_of(Policy())

Purchases = Mapping[str, Sequence[date]]


def measured() -> dict[str, object] | None:
    """Return how each way ranks who stayed away; None where the package is not installed."""
    found = importlib.util.find_spec("lifetimes")
    if found is None or found.origin is None:
        click.echo('lifetimes is not measured: pip install "baton[bench]"', err=True)
        return None
    data = Path(found.origin).parent / "datasets"
    known = set(_read(data / "CDNOW_sample.txt", 0, 2))
    everybody = _read(data / "CDNOW_master.txt", 0, 1)
    return _held_against({name: days for name, days in everybody.items() if name not in known})


def _read(path: Path, name: int, day: int) -> dict[str, list[date]]:
    bought: dict[str, set[date]] = {}
    for line in path.read_text().splitlines():
        columns = line.split()
        if len(columns) >= _COLUMNS and columns[day].isdecimal():
            bought.setdefault(columns[name], set()).add(date.fromisoformat(columns[day]))
    return {one: sorted(days) for one, days in bought.items()}


def _held_against(purchases: Purchases) -> dict[str, object]:
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415 - slow to load

    cut = _END - _AHEAD
    stayed_away = [days[-1] <= cut for days in purchases.values()]
    seen = [[day for day in days if day <= cut] for days in purchases.values()]
    by_rules = [churn.score(_habits(days, cut), _RULES).points for days in seen]
    learned = _learned(purchases, cut)
    by_recency = [(cut - days[-1]).days for days in seen]

    def auc(ranks: Sequence[float]) -> float:
        return round(float(roc_auc_score(stayed_away, ranks)), 4)

    return {
        "bench": "churn",
        "data": "CDNOW, without the sample",
        "customers": len(seen),
        "stayed_away": round(sum(stayed_away) / len(seen), 3),
        "auc_rules": auc(by_rules),
        "auc_learned": auc(
            [churn_model.score(_habits(one, cut), _RULES, learned).points for one in seen]
        ),
        "auc_recency": auc(by_recency),
        "auc_bgnbd": auc(list(_bgnbd(seen, cut))),
    }


def _learned(purchases: Purchases, cut: date) -> Model:
    """Return what is learned of the same customers as long before, of what came until the cut."""
    from baton.config import boot  # noqa: PLC0415 - Django must be set up first

    boot.boot()
    from baton.services.workspace.churn_fitting import Past, fit  # noqa: PLC0415 - likewise

    before = cut - _AHEAD
    known = [days for days in purchases.values() if days[0] <= before]
    return fit(
        Past(
            habits=[_habits([one for one in days if one <= before], before) for days in known],
            has_left=[not any(before < one <= cut for one in days) for days in known],
        ),
        _RULES,
    )


def _habits(days: Sequence[date], today: date) -> Habits:
    ago = [(today - day).days for day in days if (today - day).days < churn.YEAR_DAYS]
    before = churn.RECENT_DAYS + churn.BEFORE_DAYS
    return Habits(
        visits=len(ago),
        since_first=max(ago),
        since_last=min(ago),
        recent=sum(one < churn.RECENT_DAYS for one in ago),
        before=sum(churn.RECENT_DAYS <= one < before for one in ago),
    )


def _bgnbd(seen: Sequence[Sequence[date]], today: date) -> Iterator[float]:
    """Yield how few purchases the model expects of each, fitted on the same days in weeks."""
    from lifetimes import BetaGeoFitter  # noqa: PLC0415 - not a dependency of Baton

    frequency = [len(days) - 1 for days in seen]
    recency = [(days[-1] - days[0]).days / _WEEK for days in seen]
    age = [(today - days[0]).days / _WEEK for days in seen]
    model: Any = BetaGeoFitter()
    model.fit(frequency, recency, age)
    ahead = _AHEAD.days / _WEEK
    expected = model.conditional_expected_number_of_purchases_up_to_time
    for one in zip(frequency, recency, age, strict=True):
        yield -float(expected(ahead, *one))
