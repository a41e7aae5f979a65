"""Texts with Liquid placeholders, bounded in size; a missing value is an error, never a gap.

Dates, times and money are said as the contact's language says them, in the zone of the
place that they are about: `{{ run.starts_at | time }}`, `{{ run.price | money }}`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from datetime import time as clock_time
from decimal import Decimal
from functools import lru_cache, wraps
from typing import Any
from urllib.parse import quote

import msgspec
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency, get_currency_precision
from liquid import BoundTemplate, Environment, FalsyStrictUndefined, RenderContext
from liquid.exceptions import FilterArgumentError, LiquidError, TemplateNotFoundError
from liquid.filter import with_context
from msgspec.structs import replace

from baton.core import language
from baton.core.errors import InvalidInput
from baton.flows import blanks
from baton.flows.conditions import Mistake
from baton.flows.values import date_of, time_of

MAX_TEXT = 4_000


class Manner(msgspec.Struct, frozen=True, kw_only=True):
    """How a contact is told of times and money.

    `locale` is their language, `written_in` that of texts which are not said in it, "" for
    the same; `zone` is where the matter takes place; `currency` an ISO 4217 code, its
    amounts in minor units.
    """

    locale: str = "en"
    written_in: str = ""
    zone: tzinfo = UTC
    currency: str = "USD"

    @property
    def of_own_texts(self) -> "Manner":
        """How times and money are told among words that are not said in their language."""
        if not self.written_in or language.is_same(self.locale, self.written_in):
            return self
        return replace(self, locale=self.written_in)


PLAIN = Manner()
_MANNER = "manner"  # under this name the texts' filters find it; no text can read it whole


_MOST_ROUNDS = 1_000
_MOST_SIGNS = 4 * MAX_TEXT


class _Bounded(Environment):
    """Texts come from people in the console: a loop in one may not hold a worker up."""

    loop_iteration_limit = _MOST_ROUNDS
    output_stream_limit = _MOST_SIGNS
    local_namespace_limit = _MOST_SIGNS


# What is missing may be asked for, by `default` or `if`; said as it is, it is an error.
_ENVIRONMENT = _Bounded(undefined=FalsyStrictUndefined, autoescape=False)


# What Liquid's own filters let through: "sum" of what are no numbers, a sum beyond all numbers.
_BROKEN = (ArithmeticError, TypeError, ValueError)


def render(text: str, facts: Mapping[str, object], manner: Manner = PLAIN) -> str:
    """Fill a text in; raises InvalidInput naming what is wrong with it.

    `facts` maps names to values or to further maps, as in `{{ location.phone }}`.
    """
    if "{" not in text:
        return text
    form = _form(text)
    filled = blanks.fill(form, facts, manner) if form else None
    if filled is not None and len(filled) <= MAX_TEXT:
        return _ended_once(filled)
    try:
        return _ended_once(_template(text).render(**{**facts, _MANNER: manner})[:MAX_TEXT])
    except (LiquidError, *_BROKEN) as error:
        raise InvalidInput({"text": _first_line(error)}) from error


def _ended_once(said: str) -> str:
    """Return a text whose sentences end in one dot where a time of day brings its own."""
    # Mexico says "6:00 p.m."; a sentence that ends there has no second dot.
    return _TWO_DOTS.sub("m.", said) if "m.." in said else said


def is_of_blanks(text: str) -> bool:
    """Return whether a text is words with names to fill in, and nothing else of Liquid."""
    return "{" not in text or _form(text) is not None


def find_mistake(text: str) -> Mistake | None:
    """Return what is wrong with a text as Liquid, None when nothing is.

    Whether what it names is there is another question; see `mentions_in`.
    """
    if "{" not in text:
        return None
    try:
        analysis = _template(text).analyze()
    except LiquidError as error:
        at = error.token.start_index if error.token else 0
        is_foreign = isinstance(error, TemplateNotFoundError)
        words = "one text cannot include another" if is_foreign else _first_line(error)
        return Mistake(at=max(at, 0), words=words)
    unknown = {n: s for n, s in analysis.filters.items() if n not in _ENVIRONMENT.filters}
    return next(
        (Mistake(at=s[0].index, words=f"there is no filter {n!r}") for n, s in unknown.items()),
        None,
    )


def _first_line(error: Exception) -> str:
    # The rest draws the place with arrows, in a text of many lines that logs would break.
    return next(iter(str(error).splitlines()), "it cannot be worked out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A name that a text fills in, as ("run", "starts_at"), and where it stands in it.

    With `has_default` the text can be filled in without it: it has a default of its own,
    or is asked for by an `if`, or stands behind one that asked for it.
    """

    path: tuple[str, ...]
    at: int
    has_default: bool


@lru_cache(maxsize=4_096)
def mentions_in(text: str) -> tuple[Mention, ...]:
    """Return every name that a text fills in; raises InvalidInput for no valid Liquid."""
    if "{" not in text:
        return ()
    try:
        analysis = _template(text).analyze()
    except LiquidError as error:
        raise InvalidInput({"text": _first_line(error)}) from error
    found = (
        (tuple(str(part) for part in variable.segments), variable.span.index)
        for variables in analysis.globals.values()
        for variable in variables
    )
    return tuple(
        Mention(path=path, at=at, has_default=_has_default(text, path, at)) for path, at in found
    )


# `default` counts only right behind the name: any filter in between wants a value.
_DEFAULT = re.compile(r"[^\s|}%]+\s*\|\s*default\b")
_QUESTION = re.compile(r"{%-?\s*(?:if|elsif|unless|case|when)\b([^%]*)%}")


def _has_default(text: str, path: tuple[str, ...], at: int) -> bool:
    if _DEFAULT.match(text, at):
        return True
    asked = (one for one in _QUESTION.finditer(text) if one.start() < at)
    return any(one.end() > at or ".".join(path) in one[1] for one in asked)


@lru_cache(maxsize=2_048)
def _template(text: str) -> BoundTemplate:
    return _ENVIRONMENT.from_string(text)


@lru_cache(maxsize=2_048)
def _form(text: str) -> blanks.Form | None:
    try:
        return blanks.form_of(_template(text), _OWN_FILTERS)
    except LiquidError:
        return None


# The filters. Each takes what the document keeps (values.py) and says it as people do.


def _day(value: object, *, manner: Manner) -> str:
    """Return "Thursday, June 12"."""
    return _spelled_day(_date_in(value, manner), manner.locale)


def _date(value: object, width: str = "long", *, manner: Manner) -> str:
    """Return "June 12, 2026"; widths: short, medium, long, full."""
    if width not in ("short", "medium", "long", "full"):
        raise FilterArgumentError(
            f"date knows short, medium, long and full, not {width!r}", token=None
        )
    return _spelled_date(_date_in(value, manner), width, manner.locale)


def _time(value: object, *, manner: Manner) -> str:
    """Return "6:00 PM", as the contact's language writes it."""
    moment = _moment(value)
    if moment is None:
        raise FilterArgumentError(f"time wants a moment, not {value!r}", token=None)
    local = moment.astimezone(manner.zone)
    return _spelled_time(clock_time(local.hour, local.minute), manner.locale)


def _money(value: object, *, manner: Manner) -> str:
    """Return "$45.00" for 4500 minor units."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise FilterArgumentError(
            f"money wants minor units, a whole number, not {value!r}", token=None
        )
    digits = get_currency_precision(manner.currency)
    amount = Decimal(value).scaleb(-digits)
    return format_currency(amount, manner.currency, locale=_babel(manner.locale))


# A thousand reminders of one evening name the same few days and hours: Babel, which looks
# its patterns up every time, is asked once for each.


@lru_cache(maxsize=2_048)
def _spelled_day(day: date, locale: str) -> str:
    return format_date(day, _day_pattern(locale), locale=_babel(locale))


@lru_cache(maxsize=2_048)
def _spelled_date(day: date, width: str, locale: str) -> str:
    return format_date(day, width, locale=_babel(locale))


@lru_cache(maxsize=2_048)
def _spelled_time(at: clock_time, locale: str) -> str:
    # Babel puts a narrow space before PM, which an SMS would pay for with half its length.
    return format_time(at, "short", locale=_babel(locale)).replace("\u202f", " ")


def _link(value: object, *parts: object, manner: Manner) -> str:
    """Return an address with further parts of its path, each made safe for it."""
    del manner  # an address is the same in every language
    base = str(value).rstrip("/")
    return "/".join((base, *(quote(str(part), safe="") for part in parts)))


def _manner_of(context: RenderContext) -> Manner:
    found: Any = context.globals.get(_MANNER)
    return found if isinstance(found, Manner) else PLAIN


@lru_cache(maxsize=64)
def _babel(locale: str) -> Locale:
    try:
        return Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


# How languages write a weekday with its day, the fullest form first; the last is in all of them.
_TWO_DOTS = re.compile(r"(?<=[. \xa0])m\.\.(?!\.)")
_DAY_FORMS = ("MMMMEEEEd", "MMMMEd", "MMMEEEEd", "MMMEd")


@lru_cache(maxsize=64)
def _day_pattern(locale: str) -> str:
    known = _babel(locale).datetime_skeletons
    pattern = next(str(known[form].pattern) for form in _DAY_FORMS if form in known)
    return re.sub("M{3,}", "MMMM", re.sub("E+|ccc+", "EEEE", pattern))  # names in full


def _moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    return time_of(value) if isinstance(value, str) else None


def _date_in(value: object, manner: Manner) -> date:
    moment = _moment(value)
    if moment is not None:
        return moment.astimezone(manner.zone).date()
    day = value if isinstance(value, date) else date_of(value if isinstance(value, str) else None)
    if day is None:
        raise FilterArgumentError(f"{value!r} is no date", token=None)
    return day


_OWN_FILTERS: blanks.Filters = {
    "day": _day,
    "date": _date,
    "time": _time,
    "money": _money,
    "link": _link,
}


def _in_liquid(say: Callable[..., str]) -> Callable[..., str]:
    """Return one of our filters as Liquid calls it: the manner comes with the context."""

    @with_context
    @wraps(say)
    def apply(value: object, *given: object, context: RenderContext, **named: object) -> str:
        return say(value, *given, **named, manner=_manner_of(context))

    return apply


for _name, _say in _OWN_FILTERS.items():
    _ENVIRONMENT.add_filter(_name, _in_liquid(_say))


def _bounded(apply: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that refuses what would grow without end, as a text of texts does."""

    @wraps(apply)
    def within(*given: Any, **named: Any) -> Any:
        if any(isinstance(one, range) and len(one) > _MOST_ROUNDS for one in given):
            raise FilterArgumentError(f"a range has {_MOST_ROUNDS} numbers at most", token=None)
        made = apply(*given, **named)
        if isinstance(made, str | list | tuple) and len(made) > _MOST_SIGNS:
            raise FilterArgumentError(f"a text has {_MOST_SIGNS} signs at most", token=None)
        return made

    return within


_ENVIRONMENT.filters = {name: _bounded(one) for name, one in _ENVIRONMENT.filters.items()}
