"""Forms made from what a step or a flow's head declares: one control for each kind of field.

What comes back is the JSON of the whole part. A field that was not touched comes back as it
was, whatever its type; one that is empty is left out.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict

from baton.core.json import Json
from baton.flows.fields import Declared, Kind
from baton.web import words

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
_NAMED = re.compile(r"`(\w+)`")  # another field, as the document names it
_MAX_ENTRIES = 60
_IN_ORDER = frozenset({"channels"})  # the first is tried first
_SHORT = frozenset(
    {"title", "owner", "technical_owner", "rollback", "label", "link_label", "subject", "url"}
)
_SINGLE = {
    Kind.CONDITION: "code",
    Kind.VALUE: "code",
    Kind.NUMBER: "number",
    Kind.WHOLE: "number",
    Kind.CLOCK: "clock",
}
_GROUPED = frozenset({Kind.TEXTS, Kind.VALUES, Kind.TYPES, Kind.ENTRIES, Kind.ENTRY})
_NUMBERS = frozenset({Kind.NUMBER, Kind.WHOLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Something that can be chosen."""

    value: str
    title: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A field as the form shows it; `shape` chooses its template.

    `groups` are the controls of its entries, each with the entry's name for people.
    """

    name: str
    title: str
    about: str
    shape: str
    value: str = ""
    options: tuple[Option, ...] = ()
    groups: tuple[tuple[str, tuple["Control", ...]], ...] = ()
    is_required: bool = False
    problem: str = ""

    @property
    def id(self) -> str:
        """Return the control's id in the page."""
        return f"f-{self.name.replace('.', '-')}"

    @property
    def is_used(self) -> bool:
        """Return whether something is written in it, or wrong with it."""
        inner = (control for _title, group in self.groups for control in group)
        chosen = any(option.is_chosen for option in self.options) and self.shape != "choice"
        return bool(self.value or self.problem or chosen) or any(one.is_used for one in inner)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the controls of a form need besides its own value.

    `channels` are those that the flow uses: texts of others are only shown where there are any.
    """

    steps: Mapping[str, str]
    problems: Mapping[str, str]
    channels: tuple[str, ...] = ()


def controls_of(
    declared: Iterable[Declared], raw: Json, around: Around, *, prefix: str = ""
) -> tuple[Control, ...]:
    """Return the controls of some fields, in their order."""
    given = raw if isinstance(raw, dict) else {}
    return tuple(_control(field, given.get(field.name), around, prefix) for field in declared)


def value_of(declared: Iterable[Declared], raw: Json, posted: QueryDict, prefix: str = "") -> Json:
    """Return what was posted for some fields; what no field knows is kept as it was."""
    old = raw if isinstance(raw, dict) else {}
    fields = tuple(declared)
    found: dict[str, Json] = {}
    for field in fields:
        value = _posted(field, old.get(field.name), posted, f"{prefix}{field.name}")
        if value not in (None, "", [], {}):
            found[field.name] = value
    known = {field.name for field in fields}
    return {**found, **{name: value for name, value in old.items() if name not in known}}


# Showing


def _control(field: Declared, value: Json, around: Around, prefix: str) -> Control:
    name = f"{prefix}{field.name}"
    shape, options, groups = _shape_of(field, value, around, name)
    return Control(
        name=name,
        title=_title(field.name),
        about=_NAMED.sub(lambda found: f"“{_title(found[1])}”", field.about),
        shape=shape,
        value=_shown(value),
        options=options,
        groups=groups,
        is_required=field.is_required,
        problem=around.problems.get(name, ""),
    )


_Groups = tuple[tuple[str, tuple[Control, ...]], ...]


def _shape_of(
    field: Declared, value: Json, around: Around, name: str
) -> tuple[str, tuple[Option, ...], _Groups]:
    if field.kind in _GROUPED:
        return _group_shape(field, value, around, name)
    if field.kind is Kind.WORDS:
        return _words_shape(field, value, name)
    shape, options = _single_shape(field, value, around)
    return shape, options, ()


def _single_shape(field: Declared, value: Json, around: Around) -> tuple[str, tuple[Option, ...]]:
    match field.kind:
        case Kind.TEXT:
            return ("line" if field.name in _SHORT else "lines"), ()
        case Kind.STEP:
            return "choice", _options(around.steps, value, field)
        case Kind.FLAG:
            return "tick", (Option(value="true", title="", is_chosen=value is True),)
        case Kind.SPAN:
            known = (Option(value=one, title=words.plain(one)) for one in field.options)
            return "span", tuple(known)
        case _ if field.options:
            return "choice", _options(_titles(field.options), value, field)
        case _:
            return _SINGLE.get(field.kind, "line"), ()


def _words_shape(
    field: Declared, value: Json, name: str
) -> tuple[str, tuple[Option, ...], _Groups]:
    chosen = [str(one) for one in value] if isinstance(value, list) else []
    if not field.options:
        return "words", (), ()
    titles = _titles(field.options)
    if field.name in _IN_ORDER:
        slots = tuple(
            (f"{place + 1}.", (_slot(f"{name}.{place}", place, chosen, titles),))
            for place in range(len(field.options))
        )
        return "ordered", (), slots
    options = (
        Option(value=one, title=title, is_chosen=one in chosen) for one, title in titles.items()
    )
    return "ticks", tuple(options), ()


def _slot(name: str, place: int, chosen: Sequence[str], titles: Mapping[str, str]) -> Control:
    value = chosen[place] if place < len(chosen) else ""
    return Control(
        name=name,
        title=f"Place {place + 1}",
        about="",
        shape="choice",
        value=value,
        options=(Option(value="", title="none"), *_options(titles, value)),
    )


def _group_shape(
    field: Declared, value: Json, around: Around, name: str
) -> tuple[str, tuple[Option, ...], _Groups]:
    if field.kind is Kind.ENTRY:
        inside = controls_of(field.inside, value, around, prefix=f"{name}.")
        return "entry", (), (("", inside),)
    if field.kind is Kind.ENTRIES:
        entries = value if isinstance(value, list) else []
        groups = [
            (_title_of(one), controls_of(field.inside, one, around, prefix=f"{name}.{place}."))
            for place, one in enumerate(entries)
        ]
        empty = replace(around, problems={})
        groups.append(
            ("", controls_of(field.inside, None, empty, prefix=f"{name}.{len(entries)}."))
        )
        return "entries", (), tuple(groups)
    written = value if isinstance(value, dict) else {}
    if _has_own_names(field):
        shown = (one for one in field.options if one in around.channels or one in written)
        group = tuple(_named(name, one, written.get(one), around) for one in shown)
        return "named", (), (("", group),)
    return "rows", (), tuple(_rows(field, written, around, name))


def _has_own_names(field: Declared) -> bool:
    """Return whether the names of a mapping are known beforehand, as those of channels are."""
    return field.kind is Kind.TEXTS and bool(field.options)


def _named(name: str, key: str, value: Json, around: Around) -> Control:
    return Control(
        name=f"{name}.{key}",
        title=words.CHANNELS.get(key, words.plain(key).capitalize()),
        about="",
        shape="lines",
        value=_shown(value),
        problem=around.problems.get(f"{name}.{key}", ""),
    )


def _title(name: str) -> str:
    return words.FLOW_FIELDS.get(name, words.plain(name).capitalize())


def _rows(
    field: Declared, written: Mapping[str, Json], around: Around, name: str
) -> Iterable[tuple[str, tuple[Control, ...]]]:
    types = _titles(field.options) if field.kind is Kind.TYPES else {}
    is_text = field.kind is Kind.TEXTS  # of a channel it has controls of its own: by language
    for place, (key, value) in enumerate((*written.items(), ("", ""))):
        shown = _shown(value)
        options = (Option(value="", title="choose"), *_options(types, shown)) if types else ()
        yield (
            key,
            (
                Control(
                    name=f"{name}.{place}.name",
                    title="Language" if is_text else "Name",
                    about="",
                    shape="line",
                    value=key,
                ),
                Control(
                    name=f"{name}.{place}.value",
                    title="Type" if types else "Text" if is_text else "Value",
                    about="",
                    shape="choice" if types else "lines" if is_text else "code",
                    value=shown,
                    options=options,
                    problem=around.problems.get(f"{name}.{key}", "") if key else "",
                ),
            ),
        )


def _options(
    titles: Mapping[str, str], value: Json, field: Declared | None = None
) -> tuple[Option, ...]:
    shown = _shown(value)
    found = [Option(value=one, title=told, is_chosen=one == shown) for one, told in titles.items()]
    if shown and shown not in titles:
        found.insert(0, Option(value=shown, title=f"{shown} (unknown)", is_chosen=True))
    if field is not None:
        none = "choose" if field.is_required else "none"
        found.insert(0, Option(value="", title=none, is_chosen=not shown))
    return tuple(found)


def _titles(options: Iterable[str]) -> dict[str, str]:
    return {one: words.CHANNELS.get(one, words.plain(one)) for one in options}


def _title_of(entry: Json) -> str:
    """Return what tells an entry of a list from the others."""
    if isinstance(entry, dict):
        for name in ("label", "language", "name", "event", "kpi", "when"):
            if isinstance(entry.get(name), str):
                return str(entry[name])
    return ""


def _shown(value: Json) -> str:
    if value is None or isinstance(value, dict | list):
        return ", ".join(map(str, value)) if isinstance(value, list) else ""
    return value if isinstance(value, str) else json.dumps(value)


# Reading back


def _posted(field: Declared, old: Json, posted: QueryDict, name: str) -> Json:
    read = _READ.get(field.kind)
    if read is not None:
        return read(field, old, posted, name)
    return _kept(old, posted.get(name, ""), _number if field.kind in _NUMBERS else str)


def _posted_entry(field: Declared, old: Json, posted: QueryDict, name: str) -> Json:
    return value_of(field.inside, old, posted, f"{name}.")


def _posted_flag(_field: Declared, _old: Json, posted: QueryDict, name: str) -> Json:
    return bool(posted.get(name)) or None


def _kept(old: Json, posted: str, convert: Callable[[str], Json]) -> Json:
    """Return the old value where it was not touched, so that its type and form stay."""
    text = posted.replace("\r\n", "\n").strip()
    if text == _shown(old).strip():
        return old
    return convert(text) if text else None


def _number(text: str) -> Json:
    if not _NUMBER.fullmatch(text):
        return text  # told at the field
    return float(text) if "." in text else int(text)


def _posted_entries(field: Declared, old: Json, posted: QueryDict, name: str) -> Json:
    entries = old if isinstance(old, list) else []
    found: list[Json] = []
    for place in range(_MAX_ENTRIES):
        before = entries[place] if place < len(entries) else None
        if before is None and not _is_posted(posted, f"{name}.{place}."):
            break
        if posted.get(f"{name}.{place}.remove"):
            continue
        if entry := value_of(field.inside, before, posted, f"{name}.{place}."):
            found.append(entry)
    return found


def _posted_texts(field: Declared, old: Json, posted: QueryDict, name: str) -> Json:
    written = old if isinstance(old, dict) else {}
    if _has_own_names(field):
        given = {
            one: _kept(written.get(one), posted.get(f"{name}.{one}", ""), str)
            for one in field.options
        }
        unknown = {key: value for key, value in written.items() if key not in field.options}
        return {**{key: value for key, value in given.items() if value}, **unknown}
    found: dict[str, Json] = {}
    for place in range(_MAX_ENTRIES):
        key = posted.get(f"{name}.{place}.name", "").strip()
        if key:
            value = posted.get(f"{name}.{place}.value", "")
            found[key] = _kept(written.get(key), value, str) or ""
    return found


def _posted_words(field: Declared, old: Json, posted: QueryDict, name: str) -> Json:
    if not field.options:
        return _kept(old, posted.get(name, ""), _listed)
    if field.name in _IN_ORDER:
        places = range(len(field.options))
        given = [posted.get(f"{name}.{place}", "") for place in places]
    else:
        chosen = posted.getlist(name)
        before = [str(one) for one in old] if isinstance(old, list) else []
        given = [one for one in before if one in chosen]
        given += [one for one in chosen if one not in before]
    return list(dict.fromkeys(one for one in given if one))


def _listed(text: str) -> Json:
    return [one for one in (part.strip() for part in text.split(",")) if one]


_READ: Mapping[Kind, Callable[[Declared, Json, QueryDict, str], Json]] = {
    Kind.ENTRY: _posted_entry,
    Kind.ENTRIES: _posted_entries,
    Kind.TEXTS: _posted_texts,
    Kind.VALUES: _posted_texts,
    Kind.TYPES: _posted_texts,
    Kind.WORDS: _posted_words,
    Kind.FLAG: _posted_flag,
}


def _is_posted(posted: QueryDict, prefix: str) -> bool:
    return any(name.startswith(prefix) for name in posted)
