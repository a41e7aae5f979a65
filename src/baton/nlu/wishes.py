"""What words name of something to book: which class, on which day, at what time, for how many."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from rapidfuzz.distance import OSA

from baton.core.recommending import DayPart
from baton.core.sentence import words_of
from baton.core.wishing import Wish, days_of_week
from baton.nlu import entities, spoken

MOST_CHARACTERS = 500
"""So much of what was said is looked at."""

_NOON = 12
_LAST_EVENING_HOUR = 9
_MOST_PLACES = 20
_SATURDAY = 5
_LEAST_FOR_SLIPS = 4
_LEAST = 3
# Words of a class's name by which it is not told from others.
_IDLE = frozenset(
    {
        *("and", "the", "for", "with", "class", "classes", "session", "sessions"),
        *("course", "lesson", "workshop", "training", "studio"),
    }
)
_PARTS = (
    (DayPart.MORNING, re.compile(r"\b(?:morning|before work|breakfast)\b")),
    (DayPart.AFTERNOON, re.compile(r"\b(?:afternoon|lunch|lunchtime|midday)\b")),
    (DayPart.EVENING, re.compile(r"\b(?:evening|eve|tonight|tonite|after work|night)\b")),
)
_BOUND = re.compile(
    r"\b(after|from|past|before|until|by|not later than) (\d{1,2})(?:[:.](\d{2}))? ?(am|pm)?\b"
)
_WEEKEND = re.compile(r"\bweek-?ends?\b")
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_PEOPLE = re.compile(
    r"\b(\d{1,2}|two|three|four|five|six) "
    r"(?:places|spots|spaces|seats|mats|slots|people|persons|adults|of us)\b"
)
_FOR_SOME = re.compile(r"\bfor (\d{1,2}|two|three|four|five|six)\b(?! ?(?:o.?clock|am|pm|[:.]\d))")


def wish_in(said: str, names: Mapping[str, str], now: datetime) -> Wish:
    """Return what words name, as seen from `now` in its own zone.

    `names` are the names of what can be booked, by id.
    """
    words = said[:MOST_CHARACTERS].casefold()
    text = spoken.plain(words)
    found = entities.find(text, now=now, known=None)
    after, before = _bounds_in(text)
    times = [one.value or "" for one in found if one.kind == "time"]
    bounded = {after, before}
    return Wish(
        activities=activities_in(words, names),
        days=_days_in(text, [one.value or "" for one in found if one.kind == "date"]),
        times=tuple(at for value in times for at in value.split("|") if at and not bounded & {at}),
        after=after,
        before=before,
        part=next((part for part, pattern in _PARTS if pattern.search(text)), None),
        places=_places_in(text),
    )


def activities_in(said: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the ids of those names of which most words stand in what was said.

    A longer word may have one slip in it. Of "Yoga" and "Hot Yoga", "hot yoga" means the
    second, and "yoga" both.
    """
    said_words = words_of(said)
    counted = {one: _shared(said_words, name) for one, name in names.items()}
    best = max(counted.values(), default=0)
    return tuple(sorted(one for one, count in counted.items() if best and count == best))


def _shared(said: tuple[str, ...], name: str) -> int:
    idle = _IDLE | spoken.idle_words()
    wanted = {word for word in words_of(name) if len(word) >= _LEAST and word not in idle}
    return sum(any(_is_meant(word, one) for one in said) for word in wanted)


def _is_meant(word: str, said: str) -> bool:
    if said in (word, f"{word}s"):
        return True
    if min(len(word), len(said)) < _LEAST_FOR_SLIPS:
        return False
    return OSA.distance(word, said, score_cutoff=1) <= 1


def _days_in(text: str, values: list[str]) -> tuple[str, ...]:
    """Return the days that are named: those of a whole week only where no day of it is."""
    weeks = [days_of_week(value) for value in values if "-W" in value]
    days = {day for value in values if "-W" not in value and (day := _day(value))}
    if _WEEKEND.search(text):
        days |= {day + timedelta(days=1) for day in days if day.weekday() == _SATURDAY}
    if weeks and days:
        # "Tuesday next week": the Tuesday of that week, not the one to come.
        days = {week[day.weekday()] for week in weeks if week for day in days}
    elif weeks:
        days = {day for week in weeks for day in week}
    return tuple(sorted(day.isoformat() for day in days))


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _bounds_in(text: str) -> tuple[str, str]:
    """Return not before when, and not after when; "after 6" is the evening's six."""
    after = before = ""
    for word, hour, minutes, half in _BOUND.findall(text):
        at = _clock(int(hour), minutes or "00", half)
        if word in ("after", "from", "past"):
            after = at
        else:
            before = at
    return after, before


def _clock(hour: int, minutes: str, half: str) -> str:
    if half:
        hour = hour % _NOON + (_NOON if half == "pm" else 0)
    elif 1 <= hour <= _LAST_EVENING_HOUR:
        hour += _NOON
    return f"{hour:02}:{minutes}"


def _places_in(text: str) -> int:
    found = _PEOPLE.search(text) or _FOR_SOME.search(text)
    if not found:
        return 1
    count = _COUNTS.get(found[1]) or int(found[1])
    return count if 1 <= count <= _MOST_PLACES else 1
