"""What is stored of the contacts of a batch, asked about all of them at once.

Whoever plans a message asks about one contact. The others of the batch are asked about in
the same queries, since their turn comes next.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from baton.core.consent import Word
from baton.store.queries import permits, ways

_WEEK = timedelta(days=7)


class Permit(msgspec.Struct, frozen=True, kw_only=True):
    """What decides whether a contact may be written to unasked.

    `words` are what they said by channel; `written` tells by purpose when unasked messages
    went in the last week, None while one waits; `barred` are channels to which nothing goes.
    """

    words: Mapping[str, tuple[Word, ...]]
    written: Mapping[str, tuple[datetime | None, ...]]
    wrote_at: datetime | None
    barred: frozenset[str]


class Acquaintance:
    """What one transaction has asked about contacts; `expect` tells of whom it may ask."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._expected: tuple[str, ...] = ()
        self._permits: dict[str, Permit] = {}
        self._ways: dict[str, Mapping[str, tuple[str, str]]] = {}
        self._paused: dict[str, bool] = {}

    def expect(self, contact_ids: Iterable[str]) -> None:
        """Ask about these contacts as soon as one of them is asked about."""
        self._expected = tuple(contact_ids)

    def forget(self) -> None:
        """Ask anew from here on, one by one: what is stored has changed."""
        self._expected = ()
        self._permits.clear()
        self._ways.clear()
        self._paused.clear()

    def permit_of(self, contact_id: str) -> Permit:
        """Return what decides whether a contact may be written to unasked."""
        if contact_id not in self._permits:
            self._permits |= list_permits(self._to_ask(contact_id, self._permits), self._now)
        return self._permits[contact_id]

    def ways_of(self, contact_id: str) -> Mapping[str, tuple[str, str]]:
        """Return inbox and address lane by channel for each on which a contact can be reached."""
        if contact_id not in self._ways:
            asked = self._to_ask(contact_id, self._ways)
            found = ways.list_ways(asked)
            self._ways |= {one: found.get(one, {}) for one in asked}
        return self._ways[contact_id]

    def is_paused(self, workspace_id: str) -> bool:
        """Return whether a person has stopped what the bot begins by itself."""
        if workspace_id not in self._paused:
            self._paused[workspace_id] = permits.is_paused(workspace_id)
        return self._paused[workspace_id]

    def _to_ask(self, contact_id: str, known: Mapping[str, object]) -> list[str]:
        return sorted({contact_id, *(one for one in self._expected if one not in known)})


def list_permits(contact_ids: Sequence[str], now: datetime) -> dict[str, Permit]:
    """Return by contact what decides whether they may be written to unasked."""
    words = permits.list_words(contact_ids)
    written = permits.list_written(contact_ids, now - _WEEK)
    wrote_at = permits.list_last_words(contact_ids)
    barred = permits.list_barred(contact_ids)
    return {
        one: Permit(
            words=words.get(one, {}),
            written=written.get(one, {}),
            wrote_at=wrote_at.get(one),
            barred=frozenset(barred.get(one, ())),
        )
        for one in contact_ids
    }
