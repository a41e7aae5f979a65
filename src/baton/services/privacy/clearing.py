"""Takes what belongs to a person out of the tables: rows go, or stay without the person."""

from collections.abc import Callable, Collection
from typing import Any

from django.db import models

from baton.core import card
from baton.flows import run
from baton.services.house import House
from baton.store import personal, sealed
from baton.store.models import Conversation, Handoff, Run, ShortLink
from baton.store.personal import HOLDINGS, Holding, Of, Theirs
from baton.store.sealed import SealedColumn

_PLACES = {(one.model, one.column): one for one in sealed.COLUMNS}
_EMPTIED: dict[type[models.Model], tuple[str, Callable[[str], str]]] = {
    Handoff: ("card_sealed", lambda kept: card.render_json(card.emptied(card.parse_json(kept)))),
    Run: ("state_sealed", lambda kept: run.render_json(run.emptied(run.parse_json(kept)))),
}
"""Sealed documents that are read after their person is gone: what they keep of one goes."""


def clear(
    house: House, theirs: Theirs, *, only: Collection[Of] | None = None, keeps_lanes: bool = False
) -> dict[str, int]:
    """Clear every table of what belongs to a person; return how many rows that were, by kind.

    With `only`, no more than what is found by those; where it `keeps_lanes`, the contact stays,
    and a conversation is still theirs. Must run inside a transaction.
    """
    told: dict[str, int] = {}
    for one in HOLDINGS:
        if keeps_lanes and one.model in (Conversation, ShortLink):
            continue
        if only is None or one.of in only:
            count = sum(_clear(house, one, rows) for rows in personal.rows_of(one, theirs))
            if count:
                told[one.title] = told.get(one.title, 0) + count
    return told


def _clear(house: House, one: Holding, rows: "models.QuerySet[Any]") -> int:
    if one.kept_without is None:
        return rows.delete()[0]
    for column in one.sealed_empty:
        _rewrite(house, _PLACES[one.model, column], rows, lambda _kept: "")
    if one.model in _EMPTIED:
        column, emptied = _EMPTIED[one.model]
        _rewrite(house, _PLACES[one.model, column], rows, emptied)
    if not one.kept_without:
        return rows.count()
    return rows.update(**one.kept_without)


def _rewrite(
    house: House,
    one: SealedColumn,
    rows: "models.QuerySet[Any]",
    emptied: Callable[[str], str],
) -> None:
    """Seal something else in each row's place."""
    keyset = house.keyset
    for row in rows.values("pk", one.column, *one.named):
        kept = bytes(row[one.column])
        if kept:
            place = one.place.format(**row)
            words = emptied(keyset.unseal(kept, place))
            rows.filter(pk=row["pk"]).update(**{one.column: keyset.seal(words, place)})
