"""Times of day: "6pm", "half six", "18:30", "noon".

A time whose half of the day is told has one value ("18:00"); one that could be either
has both ("06:30|18:30"), so that nobody is booked in for six in the morning by guess.
"""

import re
from collections.abc import Iterator

from baton.core.reading import Entity
from baton.nlu.entities.counting import TO_TWELVE, number_of
from baton.nlu.entities.page import GOES_ON, Page

KIND = "time"

_RANGE = re.compile(
    r"(?<![\w:.,/\xa3$\u20ac])([0-9]{1,2})(?:[:.]([0-9]{2}))? ?(?:-|\u2013|to|till|until) ?"
    r"(?=([0-9]{1,2})(?:[:.][0-9]{2})? ?([ap])(?:\.m\.|m\b))",
    re.ASCII,
)
_HALVED = re.compile(
    r"(?<![\w:.,/\xa3$\u20ac])([0-9]{1,2})(?:[:.h]([0-9]{2}))? ?([ap])(?:\.m\.?|m\b)", re.ASCII
)
_CLOCK = re.compile(
    r"(?<![\w:.,/\xa3$\u20ac])([01]?[0-9]|2[0-3])[:h]([0-5][0-9])(?![\w:]|[.,/][0-9])", re.ASCII
)
_NAMED = re.compile(r"\b(noon|midday|mid-day|midnight)\b", re.ASCII)
_HALF = re.compile(rf"\bhalf(?:[ -]past)? ({TO_TWELVE})\b{GOES_ON}", re.ASCII)
_MINUTES = {"quarter": 15, "five": 5, "ten": 10, "twenty": 20, "twenty-five": 25}
_PAST = re.compile(
    rf"\b(?:a )?(quarter|five|ten|twenty(?:[ -]five)?|5|10|20|25)(?: min(?:ute)?s)? past"
    rf" ({TO_TWELVE})\b{GOES_ON}",
    re.ASCII,
)
_TO = re.compile(
    rf"\b(?:(at|by|until|till|before|around|about) )?(?:a )?"
    rf"(quarter|five|ten|twenty(?:[ -]five)?|5|10|20|25) to ({TO_TWELVE})\b{GOES_ON}",
    re.ASCII,
)
_OCLOCK = re.compile(rf"\b({TO_TWELVE}) ?o ?['\u2019]? ?clock\b", re.ASCII)
_AT = re.compile(
    rf"(?:\b(?:at|around|till|until)|@) ?({TO_TWELVE})\b(?![:.][0-9]){GOES_ON}", re.ASCII
)

_MORNING = re.compile(r"morning|\bam\b|breakfast")
_LATER = re.compile(r"afternoon|evening|\beve\b|tonight|tonite|\bnight|\bpm\b|after work|dinner")
_NEAR = 24
_NOON = 12
_HOURS = 24
_HOUR = 60


def find(page: Page) -> Iterator[Entity]:
    """Yield the times of a page."""
    text = page.lowered
    for found in _NAMED.finditer(text):
        value = "00:00" if found[1] == "midnight" else "12:00"
        yield page.entity(KIND, found.start(), found.end(), value)
    readers = _FIGURES + _WORDS if page.has_digits else _WORDS
    for hint, pattern, read in readers:
        if hint not in text:  # far cheaper than a pattern that finds nothing
            continue
        for found in pattern.finditer(text):
            entity = read(page, found)
            if entity:
                yield entity


def _range(page: Page, found: re.Match[str]) -> Entity | None:
    """Read the first time of "6-7pm": it takes the half of the second, or the one before."""
    first, second, half = int(found[1]), int(found[3]), found[4]
    if not 1 <= first <= _NOON:
        return None
    if first % _NOON > second % _NOON:
        half = "a" if half == "p" else "p"
    end = found.end(2) if found[2] else found.end(1)
    return _told(page, found.start(), end, _on_24(first, half), found[2])


def _halved(page: Page, found: re.Match[str]) -> Entity | None:
    hour = int(found[1])
    if hour >= _HOURS or int(found[2] or 0) >= _HOUR or (hour == 0 and found[3] == "p"):
        return None
    told = hour if hour > _NOON else _on_24(hour, found[3])
    return _told(page, found.start(), found.end(), told, found[2])


def _clock(page: Page, found: re.Match[str]) -> Entity | None:
    if found[1].startswith("0") or int(found[1]) >= _NOON:
        return _told(page, found.start(), found.end(), int(found[1]), found[2])
    return _either(page, found.start(), found.end(), int(found[1]), int(found[2]))


def _half(page: Page, found: re.Match[str]) -> Entity:
    return _either(page, found.start(), found.end(), number_of(found[1]), 30)


def _past(page: Page, found: re.Match[str]) -> Entity:
    minutes = _minutes_of(found[1])
    return _either(page, found.start(), found.end(), number_of(found[2]), minutes)


def _to(page: Page, found: re.Match[str]) -> Entity | None:
    if found[1] is None and found[2] != "quarter":  # "five to ten people", "from ten to six"
        return None
    hour, minutes = number_of(found[3]) - 1, _HOUR - _minutes_of(found[2])
    start = found.end(1) + 1 if found[1] else found.start()
    return _either(page, start, found.end(), hour or _NOON, minutes)


def _hour(page: Page, found: re.Match[str]) -> Entity:
    return _either(page, found.start(1), found.end(), number_of(found[1]), 0)


def _minutes_of(written: str) -> int:
    return _MINUTES.get(written.replace(" ", "-")) or int(written)


def _on_24(hour: int, half: str) -> int:
    return hour % _NOON + (_NOON if half == "p" else 0)


def _told(page: Page, start: int, end: int, hour: int, minutes: str | None) -> Entity:
    return page.entity(KIND, start, end, f"{hour:02}:{minutes or '00'}")


def _either(page: Page, start: int, end: int, hour: int, minutes: int) -> Entity:
    """Return a time of a clock with twelve hours, in the half that stands beside it or in both."""
    around = f"{page.before(start, _NEAR)} {page.after(end, _NEAR)}"
    is_morning, is_later = _MORNING.search(around), _LATER.search(around)
    early, late = (f"{_on_24(hour, half)}:{minutes:02}".zfill(5) for half in "ap")
    value = f"{early}|{late}"
    if is_morning and not is_later:
        value = early
    elif is_later and not is_morning:
        value = late
    return page.entity(KIND, start, end, value)


_FIGURES = (("", _RANGE, _range), ("m", _HALVED, _halved), ("", _CLOCK, _clock))
_WORDS = (
    ("half", _HALF, _half),
    (" past ", _PAST, _past),
    (" to ", _TO, _to),
    ("clock", _OCLOCK, _hour),
    ("", _AT, _hour),
)
