"""Sends what the bot says to one person: asks the rules of sending, counts it and its cost."""

from baton.core import costs, presend
from baton.core.presend import Author, Notice, Refused, Sending
from baton.flows.charter import Purpose
from baton.flows.effects import SendText
from baton.flows.simulation.diary import Who
from baton.flows.simulation.person import Person
from baton.flows.simulation.talk import Talk


class Post:
    """The way of every message to one person; `sent` counts those that went out."""

    def __init__(self, person: Person, talk: Talk) -> None:
        self._person = person
        self._talk = talk
        self.sent = 0

    def send(self, words: SendText, purpose: Purpose, notice: Notice | None = None) -> bool:
        """Send a message if the rules allow it; return whether it went out."""
        person, talk = self._person, self._talk
        verdict = presend.decide(
            Sending(
                author=Author.BOT, owner=talk.owner, is_opted_out=talk.is_opted_out, notice=notice
            )
        )
        if isinstance(verdict, Refused):
            person.tally.held[verdict.reason.value] += 1
            person.note(Who.HELD, words.text, verdict.reason.value.replace("_", " "))
            return False
        channel = person.channel_of(words.channels) or talk.channel
        self._count(words.text, channel, purpose)
        person.note(Who.BOT, words.text, channel)
        self.sent += 1
        return True

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
