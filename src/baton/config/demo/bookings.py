"""What the demo's booking system tells: bookings and new members, with links that lead nowhere."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from baton.core.json import Json

FLOWS = ("appointment_reminders", "no_show_offer", "onboarding")
"""The templates of the library that the demo's business has started from."""

_CLASSES = ("Yoga", "Spin", "Pilates", "HIIT", "Boxing")
_HOURS = (7, 9, 12, 17, 18, 19)
_SITE = "https://book.example.com"
_MOST_DAYS_AHEAD = 4
_MEMBER_SHARE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happened in a member's world."""

    event: str
    facts: dict[str, Json]


def any_happening(number: int, now: datetime, source: random.Random) -> Happening:
    """Return a booking of a class, or somebody's first day as a member."""
    if source.random() < _MEMBER_SHARE:
        return _membership(number, now, source)
    day = now + timedelta(days=source.randint(0, _MOST_DAYS_AHEAD))
    starts_at = day.replace(hour=source.choice(_HOURS), minute=0, second=0, microsecond=0)
    if starts_at < now + timedelta(hours=1):
        starts_at += timedelta(days=1)
    return Happening(
        event="booking_created",
        facts={
            "booking": f"BK{7000 + number}",
            "class_name": source.choice(_CLASSES),
            "starts_at": starts_at.isoformat(),
            "deposit": 0,
            "move_url": f"{_SITE}/m/{number}",
            "calendar_url": f"{_SITE}/c/{number}",
            "rebook_url": f"{_SITE}/r/{number}",
        },
    )


def _membership(number: int, now: datetime, source: random.Random) -> Happening:
    first, second = source.sample(_CLASSES, 2)
    return Happening(
        event="membership_started",
        facts={
            "membership": f"M-{200 + number}",
            "joined_at": now.isoformat(),
            "slots_url": f"{_SITE}/slots",
            "guide_url": f"{_SITE}/guide",
            "first_class": first,
            "second_class": second,
            "is_active": False,
        },
    )
