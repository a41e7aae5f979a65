"""The weeks before a demo's last days: fewer talks, on several channels, so that reports tell."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.config.demo.script import DemoScript, Talk

_TALKS_A_WEEK = 18
_OPENS, _CLOSES = 8, 19
_BACK_SHARE = 0.06  # of those who talked: they ask again, the bot having closed too early
_BACK_AFTER = (timedelta(hours=2), timedelta(hours=40))
_CHANNELS = ("webchat", "webchat", "webchat", "whatsapp", "whatsapp", "sms")
_MARKED_SHARE = 0.5
_MARKS = (2, 3, 4, 4, 4, 5, 5, 5, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A talk at a moment; `number` tells who it is, and is another's before where they are back."""

    at: datetime
    number: int
    channel: str
    talk: Talk


def plan(
    told: DemoScript, *, begin: datetime, weeks: int, source: random.Random
) -> Iterator[Visit]:
    """Yield who talks when, in order: so many whole weeks, at working hours."""
    visits = []
    for number in range(weeks * _TALKS_A_WEEK):
        day = begin + timedelta(days=7 * weeks * number / (weeks * _TALKS_A_WEEK))
        at = day.replace(hour=source.randrange(_OPENS, _CLOSES), minute=source.randrange(60))
        channel, talk = source.choice(_CHANNELS), told.any_talk(source)
        visits.append(Visit(at=max(at, begin), number=number, channel=channel, talk=talk))
        if not talk.ends and source.random() < _BACK_SHARE:
            low, high = _BACK_AFTER
            back = at + low + (high - low) * source.random()
            visits.append(Visit(at=max(back, begin), number=number, channel=channel, talk=talk))
    end = begin + timedelta(days=7 * weeks)
    return iter(sorted((one for one in visits if one.at < end), key=lambda one: one.at))


def address_of(visit: Visit) -> str:
    """Return where somebody writes from, as their channel knows it."""
    if visit.channel == "webchat":
        return f"demo-earlier-{visit.number}"
    return f"+1500556{visit.number:04d}"


def mark(source: random.Random, give: Callable[[str], None]) -> None:
    """Let somebody who was asked how it went say so, or not."""
    if source.random() < _MARKED_SHARE:
        give(str(source.choice(_MARKS)))
