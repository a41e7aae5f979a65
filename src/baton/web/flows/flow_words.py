"""What a flow says of itself, and what changed in it, in words for people."""

from collections.abc import Iterator
from dataclasses import dataclass

from baton.core.json import Json
from baton.flows.comparison import Change, Comparison
from baton.flows.trigger import Trigger
from baton.services.workspace import library
from baton.web import differences, words
from baton.web.differences import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A change in words: where, what became of it, and the two texts held together."""

    where: str
    said: str
    parts: tuple[Part, ...] = ()


def trigger_in_words(trigger: Trigger) -> str:
    """Return what starts a flow: "booking created, if event.is_first"."""
    told = library.render_trigger(trigger)
    return f"{told}, if {trigger.when}" if trigger.when else told


def changes_in_words(comparison: Comparison) -> tuple[tuple[str, tuple[Told, ...]], ...]:
    """Return what changed, step by step, the head first; each with the step's name."""
    groups: dict[str, list[Told]] = {}
    for change in comparison.changes:
        groups.setdefault(change.step, []).extend(_told(change))
    ordered = sorted(groups, key=lambda step: step != "")
    return tuple((step, tuple(groups[step])) for step in ordered)


def _told(change: Change) -> Iterator[Told]:
    if change.path[:1] == ("steps",) and len(change.path) == len(("steps", "name")):
        yield Told(
            where="The step",
            said="is new" if change.old is None else "was taken out",
            parts=_parts(change),
        )
        return
    where = _where(change)
    if change.old is None:
        yield Told(where=where, said="is new", parts=_parts(change))
    elif change.new is None:
        yield Told(where=where, said="was taken out", parts=_parts(change))
    elif _is_long(change.old) or _is_long(change.new):
        yield Told(where=where, said="reads differently", parts=_parts(change))
    else:
        said = f"was {_spoken(change.old)}, is now {_spoken(change.new)}"
        yield Told(where=where, said=said)


def _where(change: Change) -> str:
    """Return a field's place in words: "Text of its own by channel, SMS"."""
    path = change.path[2:] if change.step else change.path
    places = change.places[2:] if change.step else change.places
    told = [_part_in_words(part, place) for part, place in zip(path, places, strict=False)]
    whole = ", ".join(one for one in told if one) or "Everything"
    return whole[:1].upper() + whole[1:]


def _part_in_words(part: str | int, place: Json) -> str:
    if isinstance(part, int):
        entry = place[part] if isinstance(place, list) and part < len(place) else None
        for name in ("label", "language", "name", "event", "kpi"):
            if isinstance(entry, dict) and isinstance(entry.get(name), str):
                return f"“{entry[name]}”"
        return f"number {part + 1}"
    return words.CHANNELS.get(part) or words.FLOW_FIELDS.get(part) or words.plain(part)


def _parts(change: Change) -> tuple[Part, ...]:
    return tuple(differences.parts_of(_written(change.old), _written(change.new)))


def _written(value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return "\n".join(f"{words.plain(key)}: {_written(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(_written(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _spoken(value: Json) -> str:
    return f"“{_written(value)}”"


def _is_long(value: Json) -> bool:
    return isinstance(value, dict | list) or len(str(value)) > 40  # noqa: PLR2004 - half a line
