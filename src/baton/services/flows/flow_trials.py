"""Trying a flow as it is written, published or not, in the workspace that it is for."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from baton.core import text as texts
from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.core.roles import Action
from baton.flows import document, signals, values
from baton.flows.document import Flow, Library
from baton.flows.scene import Said
from baton.flows.standing import Setting
from baton.flows.trial import MOST_MOVES, Move, Scenario, Trial
from baton.flows.values import ValueType
from baton.services import inbox
from baton.services.flows import flow_previews
from baton.services.flows.flow_drafts import Writing
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import User

MAX_WORDS = 500
"""Characters that somebody may say at once in a trial."""

_YES = frozenset({"yes", "true", "1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Whom a flow is tried on, as somebody wrote it: facts as text, by name."""

    facts: Mapping[str, str]
    channel: str
    language: str
    begins_at: datetime


def flow_of(writing: Writing) -> Flow | None:
    """Return a flow that can be tried; None while its document cannot be used."""
    try:
        return document.parse(writing.sketch.raw)
    except InvalidInput:
        return None


def samples_of(house: House, user: User, flow: Flow) -> dict[str, str]:
    """Return the facts that start a flow, each with a sample as somebody would write it."""
    zone = standards_cache(house).standards_of(user.workspace_id).hours.zone
    names = tuple((name, kind) for name, kind in flow.names if name in flow.facts)
    found = flow_previews.sample_facts(names, house.clock.now().astimezone(zone))
    return {name: _written(value) for name, value in found.items()}


def play(house: House, user: User, writing: Writing, cast: Cast, moves: Sequence[Move]) -> Trial:
    """Play a flow's moves from the first one; nothing is sent or kept.

    Raises InvalidInput for a flow that cannot be used, for facts of a wrong type, and for
    too many moves, or Forbidden for a role.
    """
    inbox.require(user, Action.READ_INBOX)
    flow = document.parse(writing.sketch.raw)
    if len(moves) > MOST_MOVES or any(len(move.text) > MAX_WORDS for move in moves):
        told = f"A trial has at most {MOST_MOVES} moves of {MAX_WORDS} characters. Start over."
        raise InvalidInput({"moves": told})
    cache = standards_cache(house)
    setting = cache.setting_of(user.workspace_id)
    zone = setting.hours.zone
    found = flow_previews.sample_facts(flow.names, house.clock.now().astimezone(zone))
    facts = {**found, **_facts_of(flow, cast.facts)}
    version = writing.newest_version + 1
    live = _with_flow(setting, flow, version, cast.language)
    scenario = Scenario(
        facts=facts,
        contact=_contact_of(user, cast.channel),
        channel=cast.channel,
        begins_at=cast.begins_at,
    )

    def listen(text: str, name: str) -> Said:
        sentences = texts.sentences(text)
        asked = (text, *sentences)
        read = cache.reader_of(user.workspace_id).read_many(asked)
        whole, parts = read[0], read[1:] if len(sentences) > 1 else ()
        return Said(
            text=text,
            readings=signals.things_said(whole, parts, live.bands_in(name)),
            messages=(whole,),
            sentences=tuple(parts),
            channel=cast.channel,
        )

    trial = Trial(flow, version, live, listen, scenario)
    trial.play(moves)
    return trial


def _with_flow(setting: Setting, flow: Flow, version: int, language: str) -> Setting:
    """Return the workspace with a flow in force as it is written, nothing of it paused."""
    library = Library(
        flows={**setting.library.flows, (flow.name, version): flow},
        live={**setting.library.live, flow.name: version},
        paused=setting.library.paused - {flow.name},
    )
    pack = dataclasses.replace(setting.pack, locale=language or setting.pack.locale)
    return replace(setting, library=library, pack=pack)


def _contact_of(user: User, channel: str) -> dict[str, Json]:
    return {
        "name": user.name,
        "first_name": user.name.split(" ")[0],
        "membership": "",
        "channel": channel,
        "language": "",
        "is_identified": True,
        "tags": [],
        "offers": [],
        "consents": ["transactional", "promotional", "service"],
        "scores": {},
    }


def _facts_of(flow: Flow, written: Mapping[str, str]) -> dict[str, Json]:
    """Return facts of their types; one that is left empty is not brought."""
    problems: dict[str, str] = {}
    found: dict[str, Json] = {}
    for name, kind in flow.facts.items():
        text = written.get(name, "").strip()
        value = _value_of(text, kind) if text else None
        if value is None and text:
            problems[f"fact:{name}"] = values.problem_with(text, kind) or "cannot be read"
        else:
            found[name] = value
    if problems:
        raise InvalidInput(problems)
    return found


def _value_of(text: str, kind: ValueType) -> Json:
    """Return what somebody wrote as a value of a type, None when it is none."""
    value: Json = text
    try:
        match kind:
            case ValueType.NUMBER | ValueType.MONEY:
                value = int(text)
            case ValueType.DECIMAL:
                value = float(text)
            case ValueType.FLAG:
                value = text.casefold() in _YES
            case ValueType.WORDS:
                value = [one.strip() for one in text.split(",") if one.strip()]
            case _:
                pass
    except ValueError:
        return None
    return None if values.problem_with(value, kind) else value


def _written(value: Json) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
