"""What is stored of the contacts of a batch, asked about all of them at once.

Whoever plans a message asks about one contact. The others of the batch are asked about in
the same queries, since their turn comes next.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from baton.core import card
from baton.core.consent import Word
from baton.core.policy import Policy
from baton.core.presend import Verdict
from baton.store.queries import permits, systems, turns, ways

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


class Talk(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a conversation as a card tells it, oldest first.

    `words` are the contact's last messages as (id, sealed body), `actions` what the bot did.
    """

    words: tuple[tuple[str, bytes], ...]
    actions: tuple[str, ...]


class Acquaintance:
    """What one transaction has asked about contacts; `expect` tells of whom it may ask."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._expected: tuple[str, ...] = ()
        self._permits: dict[str, Permit] = {}
        self._ways: dict[str, Mapping[str, tuple[str, str]]] = {}
        self._paused: dict[str, bool] = {}
        self._expected_talks: tuple[str, ...] = ()
        self._talks: dict[str, Talk] = {}
        self._kept_stops: dict[str, bool] = {}
        self._systems: dict[tuple[str, tuple[str, ...]], str | None] = {}
        self._recent: dict[datetime, dict[str, Sequence[tuple[str, str, str]]]] = {}
        self._verdicts: dict[Hashable, tuple[Policy, Verdict]] = {}

    def expect(self, contact_ids: Iterable[str], conversation_ids: Iterable[str] = ()) -> None:
        """Ask about these as soon as one of them is asked about."""
        self._expected = tuple(contact_ids)
        self._expected_talks = tuple(conversation_ids)

    def forget(self) -> None:
        """Ask anew from here on, one by one: what is stored has changed."""
        self._expected = self._expected_talks = ()
        self._permits.clear()
        self._ways.clear()
        self._paused.clear()
        self._systems.clear()
        self._kept_stops.clear()
        self._talks.clear()
        self._recent.clear()

    def permit_of(self, contact_id: str) -> Permit:
        """Return what decides whether a contact may be written to unasked."""
        found = self._permits.get(contact_id)
        if found is None:
            self._permits |= list_permits(
                _to_ask(contact_id, self._expected, self._permits), self._now
            )
            found = self._permits[contact_id]
        return found

    def ways_of(self, contact_id: str) -> Mapping[str, tuple[str, str]]:
        """Return inbox and address lane by channel for each on which a contact can be reached."""
        if contact_id not in self._ways:
            asked = _to_ask(contact_id, self._expected, self._ways)
            found = ways.list_ways(asked)
            self._ways |= {one: found.get(one, {}) for one in asked}
        return self._ways[contact_id]

    def talk_of(self, conversation_id: str) -> Talk:
        """Return how a conversation went on before this batch."""
        if conversation_id not in self._talks:
            asked = _to_ask(conversation_id, self._expected_talks, self._talks)
            words = turns.list_last_words(asked, card.MAX_MESSAGES)
            actions = turns.list_last_actions(asked, card.MAX_ACTIONS)
            self._talks |= {
                one: Talk(words=tuple(words.get(one, ())), actions=tuple(actions.get(one, ())))
                for one in asked
            }
        return self._talks[conversation_id]

    def recent_of(self, contact_id: str, since: datetime) -> Sequence[tuple[str, str, str]]:
        """Return a contact's conversations with words since then: id, channel, queue; newest first.

        As they stood before this batch.
        """
        known = self._recent.setdefault(since, {})
        if contact_id not in known:
            asked = _to_ask(contact_id, self._expected, known)
            found = turns.list_recent(asked, since)
            known |= {one: found.get(one, ()) for one in asked}
        return known[contact_id]

    def verdict_on(self, asked: Hashable, policy: Policy, judge: Callable[[], Verdict]) -> Verdict:
        """Return what a policy says to what it is asked now; who ask the same are told the same.

        `asked` holds all that `judge` goes by besides the policy and the moment.
        """
        known = self._verdicts.get(asked)
        if known is None or known[0] is not policy:
            known = self._verdicts[asked] = (policy, judge())
        return known[1]

    def is_paused(self, workspace_id: str) -> bool:
        """Return whether a person has stopped what the bot begins by itself."""
        if workspace_id not in self._paused:
            self._paused[workspace_id] = permits.is_paused(workspace_id)
        return self._paused[workspace_id]

    def has_kept_stops(self, workspace_id: str) -> bool:
        """Return whether anybody who had said STOP was erased."""
        if workspace_id not in self._kept_stops:
            self._kept_stops[workspace_id] = permits.has_kept_stops(workspace_id)
        return self._kept_stops[workspace_id]

    def system_of(self, workspace_id: str, kinds: tuple[str, ...]) -> str | None:
        """Return the first connected system of some kinds, None where there is none."""
        if (workspace_id, kinds) not in self._systems:
            self._systems[workspace_id, kinds] = systems.find_connected(workspace_id, kinds)
        return self._systems[workspace_id, kinds]


def _to_ask(wanted: str, expected: Iterable[str], known: Mapping[str, object]) -> list[str]:
    return sorted({wanted, *(one for one in expected if one not in known)})


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
