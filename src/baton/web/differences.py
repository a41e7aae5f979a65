"""Two versions of an article held against each other, word by word, for people to read."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from baton.core.pack import Article
from baton.services.knowledge.article_checks import CHANNELS
from baton.web import words

_PIECES = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of text that stayed ("same"), came ("added") or went ("removed")."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A field that differs, by its name for people."""

    field: str
    parts: tuple[Part, ...]


def changes_of(old: Article, now: Article, places: Mapping[str, str]) -> tuple[Change, ...]:
    """Return every field that differs, in the order of the form; `places` names locations."""
    before, after = _told(old, places), _told(now, places)
    return tuple(
        Change(field=field, parts=tuple(parts_of(before[field], after[field])))
        for field in before
        if before[field] != after[field]
    )


def _told(article: Article, places: Mapping[str, str]) -> dict[str, str]:
    return {
        "Meaning": words.plain(article.intent),
        "Question": article.question,
        "Other ways to ask": "\n".join(article.variants),
        "Answer": article.answer,
        **{
            f"Answer on {words.CHANNELS[channel]}": article.channel_answers.get(channel, "")
            for channel in CHANNELS
        },
        "Link": article.cta_label,
        "Address of the link": article.cta_url,
        "First day": _day(article.valid_from),
        "Last day": _day(article.valid_until),
        "Location": places.get(article.location_id, article.location_id) or "every location",
    }


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def parts_of(old: str, now: str) -> Iterator[Part]:
    """Yield the stretches of two texts held together, the old one's before the new one's."""
    before, after = _PIECES.findall(old), _PIECES.findall(now)
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    removed, added = "", ""
    for kind, start, end, begin, stop in matcher.get_opcodes():
        gone, came = "".join(before[start:end]), "".join(after[begin:stop])
        is_between = bool(removed or added) and gone.isspace()
        if kind != "equal" or is_between:
            # A blank between two changed words belongs to the change.
            removed, added = removed + gone, added + came
            continue
        yield from _changed(removed, added)
        removed, added = "", ""
        yield Part(kind="same", text=gone)
    yield from _changed(removed, added)


def _changed(removed: str, added: str) -> Iterator[Part]:
    if removed:
        yield Part(kind="removed", text=removed)
    if added:
        yield Part(kind="added", text=added)
