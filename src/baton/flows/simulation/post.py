"""Sends what the bot says to one person: asks the rules of sending, counts it and its cost."""

from datetime import datetime, timedelta

from baton.core import costs, presend
from baton.core.consent import Purpose
from baton.core.presend import Allowed, Author, Notice, Sending, Unprompted, Verdict
from baton.flows.effects import SendText
from baton.flows.simulation.diary import Who
from baton.flows.simulation.person import Person
from baton.flows.simulation.talk import Talk

_DAY = timedelta(days=1)


class Post:
    """The way of every message to one person; `sent` counts those that went out."""

    def __init__(self, person: Person, talk: Talk) -> None:
        self._person = person
        self._talk = talk
        self.sent = 0
        self._written: dict[Purpose, list[datetime]] = {}

    def send(
        self, words: SendText, purpose: Purpose, notice: Notice | None, *, is_unprompted: bool
    ) -> Verdict:
        """Send a message if the rules allow it; return what they say.

        Invented people have agreed to whatever a flow is for: who really has is known of
        contacts alone.
        """
        person, talk = self._person, self._talk
        verdict = presend.decide(
            Sending(
                author=Author.BOT,
                owner=talk.owner,
                is_opted_out=talk.is_opted_out,
                notice=notice,
                unprompted=self._unprompted(words, purpose) if is_unprompted else None,
            ),
            now=person.now,
        )
        if not isinstance(verdict, Allowed):
            person.tally.held[verdict.reason.value] += 1
            person.note(Who.HELD, words.text, verdict.reason.value.replace("_", " "))
            return verdict
        channel = person.channel_of(words.channels) or talk.channel
        self._count(words.text_on(channel), channel, purpose)
        person.note(Who.BOT, words.text_on(channel), channel)
        self.sent += 1
        if is_unprompted:
            self._written.setdefault(purpose, []).append(person.now)
        return verdict

    def _unprompted(self, words: SendText, purpose: Purpose) -> Unprompted:
        person, setting = self._person, self._person.stage.setting
        written = self._written.get(purpose, [])
        return Unprompted(
            policy=setting.policy,
            channel=self._talk.channel,
            purpose=purpose,
            is_permitted=True,
            may_promote=True,
            sells=False,
            is_paused=False,
            sent_in_day=sum(at > person.now - _DAY for at in written),
            sent_in_week=sum(at > person.now - 7 * _DAY for at in written),
            zone=setting.hours.zone,
            wrote_at=self._talk.wrote_at,
            useful_until=words.useful_until,
        )

    def _count(self, text: str, channel: str, purpose: Purpose) -> None:
        person, talk = self._person, self._talk
        cost = costs.cost_of(
            text,
            channel,
            person.stage.people.prices,
            is_promotional=purpose is Purpose.PROMOTIONAL,
            is_window_open=costs.is_window_open(talk.wrote_at, person.now),
        )
        zone = person.stage.setting.hours.zone
        person.tally.sent(channel, person.now.astimezone(zone).date().isoformat(), cost)
