"""Conditions and values in CEL, checked against the types of what they name.

CEL (https://cel.dev) always ends and touches nothing outside, so a person in the
console may write it. The names are those of texts: `run.x` a fact of the run, `event.x`
what came with an event, `contact.x`, `business.x`, `location.x`, and `now`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache

from cel_expr_python import cel

from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.flows.values import Facts, ValueType, date_of, problem_with, time_of

MAX_SOURCE = 1_000
"""A longer condition belongs into several branches."""

Names = tuple[tuple[str, ValueType], ...]
"""Facts with their types, in a form that can be remembered: `turn.text`, or one of the run."""

_TYPES = {
    ValueType.TEXT: cel.Type.STRING,
    ValueType.NUMBER: cel.Type.INT,
    ValueType.DECIMAL: cel.Type.DOUBLE,
    ValueType.MONEY: cel.Type.INT,
    ValueType.TIME: cel.Type.TIMESTAMP,
    ValueType.DATE: cel.Type.TIMESTAMP,
    ValueType.FLAG: cel.Type.BOOL,
    ValueType.WORDS: cel.Type.List(cel.Type.STRING),
}
_ALWAYS = {
    "now": cel.Type.TIMESTAMP,
    "event": cel.Type.Map(cel.Type.STRING, cel.Type.DYN),
    **dict.fromkeys(
        (
            "contact.name",
            "contact.first_name",
            "contact.membership",
            "contact.channel",
            "contact.language",
            "contact.preferences_url",
        ),
        cel.Type.STRING,
    ),
    "contact.is_identified": cel.Type.BOOL,
    "contact.tags": cel.Type.List(cel.Type.STRING),
    "contact.offers": cel.Type.List(cel.Type.STRING),
    "contact.offers_made": cel.Type.List(cel.Type.STRING),
    "contact.may_be_offered": cel.Type.BOOL,
    "contact.may_book": cel.Type.BOOL,
    "contact.has_booking": cel.Type.BOOL,
    "contact.consents": cel.Type.List(cel.Type.STRING),
    "contact.scores": cel.Type.Map(cel.Type.STRING, cel.Type.DOUBLE),
    "business.name": cel.Type.STRING,
    "location.name": cel.Type.STRING,
}
ALWAYS_KNOWN = frozenset(_ALWAYS)
"""What expressions may name whatever a flow declares, as `contact.name`."""
_MENTION = re.compile(r"\b(run|turn|contact|business|location)\s*\.\s*(\w+)")
_PLACE = re.compile(r"<input>:1:(\d+): (.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """Why an expression cannot be used, and after how many characters of it."""

    at: int
    words: str


def names_of(facts: Facts) -> Names:
    """Return declared facts in the form that conditions are compiled with."""
    return tuple(sorted(facts.items()))


def find_mistake(source: str, names: Names, *, returns: str = "BOOL") -> Mistake | None:
    """Return what is wrong with an expression, None when nothing is.

    `returns` names the type that it must have: BOOL, DOUBLE, INT, STRING, TIMESTAMP,
    LIST, or "" for any.
    """
    try:
        expression = _compiled(source, names)
    except InvalidInput as error:
        at, _, words = error.fields["condition"].partition(":")
        return Mistake(at=int(at), words=words)
    kind = expression.return_type().name()
    if returns and kind not in (returns, "DYN"):
        return Mistake(at=0, words=f"gives {_WORD_OF.get(kind, kind)}, not {_WORD_OF[returns]}")
    return None


def holds(source: str, names: Names, values: Mapping[str, object]) -> bool:
    """Return whether a condition is true; what it names and is not there makes it false.

    Raises InvalidInput when it cannot be used.
    """
    return _evaluated(source, names, values) is True


def value_of(
    source: str, names: Names, values: Mapping[str, object], kind: ValueType | None = None
) -> Json:
    """Return what an expression gives, as a fact of a type keeps it.

    Raises InvalidInput when it gives nothing, or something of another type.
    """
    found = _evaluated(source, names, values)
    if found is None:
        raise InvalidInput({"value": f"{source!r} has no value here"})
    kept = _kept(found)
    if kind is ValueType.DATE and isinstance(found, datetime):
        kept = found.astimezone(UTC).date().isoformat()
    if kind is not None and (problem := problem_with(kept, kind)):
        raise InvalidInput({"value": f"{source!r} gives {kept!r}, which {problem}"})
    return kept


def environment(
    source: str,
    names: Names,
    variables: Mapping[str, Json],
    facts: Mapping[str, object],
    now: datetime,
) -> dict[str, object]:
    """Return the values that an expression names, in CEL's own types.

    Only those: a contact's name is unsealed, and their consents are looked up, when asked for.
    """
    values: dict[str, object] = {"now": now, "event": facts.get("event") or {}}
    kinds = dict(names)
    for room, name in _mentioned(source):
        inside = facts.get(room)
        if room == "run" and name in kinds:
            found = _given(variables.get(name), kinds[name])
        elif isinstance(inside, Mapping) and (full := f"{room}.{name}") in _ALWAYS | kinds:
            found = inside.get(name) if full in _ALWAYS else _given(inside.get(name), kinds[full])
        else:
            continue
        if found is not None:
            values[f"{room}.{name}"] = found
    return values


@lru_cache(maxsize=4_096)
def _mentioned(source: str) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys(_MENTION.findall(source)))


def _evaluated(source: str, names: Names, values: Mapping[str, object]) -> object:
    expression = _compiled(source, names)
    try:
        found = expression.eval(data=values)
    except RuntimeError:
        return None
    if found.type() == cel.Type.ERROR:
        return None  # a fact that is not there, or a sum that has no answer
    return found.plain_value()


@lru_cache(maxsize=256)
def _environment_of(names: Names) -> "cel.Env":
    facts = {name if "." in name else f"run.{name}": _TYPES[kind] for name, kind in names}
    return cel.NewEnv(variables=_ALWAYS | facts)


@lru_cache(maxsize=4_096)
def _compiled(source: str, names: Names) -> "cel.Expression":
    if len(source) > MAX_SOURCE:
        raise InvalidInput({"condition": f"0:is longer than {MAX_SOURCE} characters"})
    try:
        return _environment_of(names).compile(" ".join(source.splitlines()))
    except RuntimeError as error:
        found = _PLACE.search(str(error))
        at, words = (int(found[1]) - 1, found[2]) if found else (0, str(error))
        raise InvalidInput({"condition": f"{at}:{_plainer(words)}"}) from error


def _plainer(words: str) -> str:
    """Say in a manager's words what CEL says in a compiler's."""
    if unknown := re.match(r"undeclared reference to '([^']+)'", words):
        return f"{unknown[1]} is not known here; declare it under facts, or mend the name"
    if overload := re.match(r"found no matching overload for '(.+)' applied to '\((.*)\)'", words):
        sign = overload[1].replace("_", " ").strip()
        hint = (
            "; write 2.0 beside a decimal"
            if {"double", "int"} <= set(overload[2].split(", "))
            else ""
        )
        return f"{sign} does not go with {overload[2].replace(', ', ' and ')}{hint}"
    return words.split("expecting", maxsplit=1)[0].strip()


_WORD_OF = {
    "BOOL": "yes or no",
    "DOUBLE": "a number",
    "INT": "a whole number",
    "STRING": "a text",
    "TIMESTAMP": "a time",
    "DURATION": "a span",
    "LIST": "a list",
    "MAP": "a mapping",
}


def _given(value: Json, kind: ValueType) -> object:
    match kind:
        case ValueType.TIME:
            return time_of(value)
        case ValueType.DATE:
            day = date_of(value)
            return None if day is None else datetime.combine(day, time(), UTC)
        case ValueType.DECIMAL:
            return float(value) if isinstance(value, int | float) else None
        case _:
            return value


def _kept(found: object) -> Json:
    if isinstance(found, datetime):
        return found.astimezone(UTC).isoformat()
    if isinstance(found, timedelta):
        return found.total_seconds()
    if found is None or isinstance(found, bool | int | float | str):
        return found
    if isinstance(found, list):
        return [_kept(one) for one in found]
    if isinstance(found, dict):
        return {str(key): _kept(one) for key, one in found.items()}
    return str(found)
