"""What a step will say, on each channel and in each language, filled in with samples by type."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from baton.core import sms
from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.core.sms import SmsSize
from baton.flows.conditions import Names
from baton.flows.document import Flow
from baton.flows.render import Manner
from baton.flows.scene import OPT_OUT, Scene, Step
from baton.flows.steps.ask import Ask
from baton.flows.values import ValueType
from baton.flows.wording import Wording
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import User

CHANNELS = ("whatsapp", "sms", "email", "webchat")
"""What a flow that names no channel may be read on."""

_SAMPLES: Mapping[ValueType, Json] = {
    ValueType.NUMBER: 3,
    ValueType.DECIMAL: 0.5,
    ValueType.MONEY: 4500,
    ValueType.FLAG: True,
    ValueType.WORDS: ["first", "second"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A text as a contact would read it, or why it cannot be filled in.

    `part` is the path of the text below the step, "" for its main one; `size` is an SMS's.
    """

    part: str
    language: str
    channel: str
    text: str = ""
    subject: str = ""
    choices: tuple[str, ...] = ()
    template: str = ""
    problem: str = ""
    size: SmsSize | None = None


def previews_of(house: House, user: User, flow: Flow, step: Step) -> tuple[Preview, ...]:
    """Return everything that a step says to a contact, as this user would read it."""
    scene = _scene_of(house, user, flow)
    return tuple(
        preview
        for part, wording in step.wordings.items()
        for language in languages_of(flow, wording)
        for preview in _in_language(
            replace(scene, manner=replace(scene.manner, locale=language)), flow, step, part
        )
    )


def languages_of(flow: Flow, wording: Wording) -> tuple[str, ...]:
    """Return the languages that a text is written in, the flow's own first."""
    return tuple(dict.fromkeys((flow.locale, *wording.translations)))


def sample_facts(names: Names, now: datetime) -> dict[str, Json]:
    """Return a value for each fact: its name for a text, tomorrow evening for a time."""
    tomorrow = (now + timedelta(days=1)).replace(hour=18, minute=0, second=0, microsecond=0)
    found: dict[str, Json] = {}
    for name, kind in names:
        if kind is ValueType.TIME:
            found[name] = tomorrow.isoformat()
        elif kind is ValueType.DATE:
            found[name] = tomorrow.date().isoformat()
        else:
            found[name] = _SAMPLES.get(kind, name.replace("_", " "))
    return found


def _in_language(scene: Scene, flow: Flow, step: Step, part: str) -> Iterator[Preview]:
    language, wording = scene.manner.locale, step.wordings[part]
    options = step.options if isinstance(step, Ask) else ()
    offered = [one.choice_in(language) for one in options]
    choices = tuple(one.label for one in offered)
    shown = [(one.key, one.label) for one in offered]  # words below the text of an SMS
    for channel in wording.channels or flow.channels or CHANNELS:
        try:
            said = replace(scene, channel=channel).say(wording.alone_on(channel, language))
        except InvalidInput as error:
            problem = next(iter(error.fields.values()))
            yield Preview(part=part, language=language, channel=channel, problem=problem)
            continue
        yield Preview(
            part=part,
            language=language,
            channel=channel,
            text=said.text,
            subject=said.subject,
            choices=choices,
            template=said.template,
            size=sms.size_of(sms.render(said.text, shown)) if channel == "sms" else None,
        )


def _scene_of(house: House, user: User, flow: Flow) -> Scene:
    standards = standards_cache(house).standards_of(user.workspace_id)
    now = house.clock.now()
    zone = standards.hours.zone
    facts = sample_facts(flow.names, now.astimezone(zone))
    contact: dict[str, Json] = {
        "name": user.name,
        "first_name": user.name.split(" ")[0],
        "membership": "member",
        "channel": "",
        "language": "",
        "is_identified": True,
        "preferences_url": f"{house.base_url}/preferences/…",
        "tags": [],
        "offers": [],
        "scores": {},
    }
    # A pack that does not word the footer yet must not keep anybody from a preview.
    copy = {OPT_OUT: "Reply STOP to opt out.", **standards.pack.copy}
    pack = dataclasses.replace(standards.pack, copy=copy)
    return Scene(
        pack=pack,
        policy=standards.policy,
        bands=standards.confidence.in_flow(flow.name),
        facts={**standards.facts, "contact": contact, "event": facts},
        variables=facts,
        names=flow.names,
        now=now,
        day=now.astimezone(zone).date(),
        manner=Manner(locale=flow.locale, zone=zone, currency=standards.policy.currency),
    )
