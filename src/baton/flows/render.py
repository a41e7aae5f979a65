"""Texts with Liquid placeholders, bounded in size; a missing value is an error, never a gap.

Dates, times and money are said as the contact's language says them, in the zone of the
place that they are about: `{{ run.starts_at | time }}`, `{{ run.price | money }}`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency, get_currency_precision
from liquid import BoundTemplate, Environment, RenderContext, StrictUndefined
from liquid.exceptions import FilterArgumentError, LiquidError
from liquid.filter import with_context

from baton.core.errors import InvalidInput
from baton.flows.values import date_of, time_of

MAX_TEXT = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a contact is told of times and money.

    `zone` is where the matter takes place; `currency` an ISO 4217 code, its amounts in
    minor units.
    """

    locale: str = "en"
    zone: tzinfo = UTC
    currency: str = "USD"


PLAIN = Manner()
_MANNER = "manner"  # under this name the texts' filters find it; no text can read it whole


class _Bounded(Environment):
    """Texts come from people in the console: a loop in one may not hold a worker up."""

    loop_iteration_limit = 1_000
    output_stream_limit = 4 * MAX_TEXT


_ENVIRONMENT = _Bounded(undefined=StrictUndefined, autoescape=False)


def render(text: str, facts: Mapping[str, object], manner: Manner = PLAIN) -> str:
    """Fill a text in; raises InvalidInput naming what is wrong with it.

    `facts` maps names to values or to further maps, as in `{{ location.phone }}`.
    """
    if "{" not in text:
        return text
    try:
        return _template(text).render(**{**facts, _MANNER: manner})[:MAX_TEXT]
    except LiquidError as error:
        raise InvalidInput({"text": _first_line(error)}) from error


def _first_line(error: LiquidError) -> str:
    # The rest draws the place with arrows, in a text of many lines that logs would break.
    return str(error).splitlines()[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A name that a text fills in, as ("run", "starts_at"), and where it stands in it."""

    path: tuple[str, ...]
    at: int
    has_default: bool


def mentions_in(text: str) -> tuple[Mention, ...]:
    """Return every name that a text fills in; raises InvalidInput for no valid Liquid."""
    if "{" not in text:
        return ()
    try:
        analysis = _template(text).analyze()
    except LiquidError as error:
        raise InvalidInput({"text": _first_line(error)}) from error
    for name, spans in analysis.filters.items():
        if name not in _ENVIRONMENT.filters:
            raise InvalidInput({"text": f"there is no filter {name!r} (at {spans[0].index})"})
    return tuple(
        Mention(
            path=tuple(str(part) for part in variable.segments),
            at=variable.span.index,
            has_default=_has_default(text, variable.span.index),
        )
        for variables in analysis.globals.values()
        for variable in variables
    )


def _has_default(text: str, at: int) -> bool:
    rest = text[at:]
    return "default" in rest[: max(rest.find("}}"), 0)]


@lru_cache(maxsize=2_048)
def _template(text: str) -> BoundTemplate:
    return _ENVIRONMENT.from_string(text)


# The filters. Each takes what the document keeps (values.py) and says it as people do.


@with_context
def _day(value: object, *, context: RenderContext) -> str:
    """Return "Thursday, June 12"."""
    manner = _manner_of(context)
    day = _date_in(value, manner)
    return format_date(day, _day_pattern(manner.locale), locale=_babel(manner.locale))


@with_context
def _date(value: object, width: str = "long", *, context: RenderContext) -> str:
    """Return "June 12, 2026"; widths: short, medium, long, full."""
    manner = _manner_of(context)
    if width not in ("short", "medium", "long", "full"):
        raise FilterArgumentError(
            f"date knows short, medium, long and full, not {width!r}", token=None
        )
    return format_date(_date_in(value, manner), width, locale=_babel(manner.locale))


@with_context
def _time(value: object, *, context: RenderContext) -> str:
    """Return "6:00 PM", as the contact's language writes it."""
    manner = _manner_of(context)
    moment = _moment(value)
    if moment is None:
        raise FilterArgumentError(f"time wants a moment, not {value!r}", token=None)
    local = moment.astimezone(manner.zone)
    return format_time(local, "short", locale=_babel(manner.locale)).replace("\u202f", " ")


@with_context
def _money(value: object, *, context: RenderContext) -> str:
    """Return "$45.00" for 4500 minor units."""
    manner = _manner_of(context)
    if isinstance(value, bool) or not isinstance(value, int):
        raise FilterArgumentError(
            f"money wants minor units, a whole number, not {value!r}", token=None
        )
    digits = get_currency_precision(manner.currency)
    amount = Decimal(value).scaleb(-digits)
    return format_currency(amount, manner.currency, locale=_babel(manner.locale))


def _link(value: object, *parts: object) -> str:
    """Return an address with further parts of its path, each made safe for it."""
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


_ENVIRONMENT.add_filter("day", _day)
_ENVIRONMENT.add_filter("date", _date)
_ENVIRONMENT.add_filter("time", _time)
_ENVIRONMENT.add_filter("money", _money)
_ENVIRONMENT.add_filter("link", _link)
