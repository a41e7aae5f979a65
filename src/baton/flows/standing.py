"""What a turn rests on: how a conversation stands, the workspace as it is set, what was heard."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from baton.core.confidence import Bands, ConfidencePolicy
from baton.core.escalation_rules import EscalationRule
from baton.core.experiments import LimitTrial
from baton.core.hours import BusinessHours
from baton.core.json import Json
from baton.core.ownership import Owner
from baton.core.pack import Pack
from baton.core.policy import Policy
from baton.core.routing import Staffing
from baton.core.teaching import Supervision
from baton.core.template import ApprovedTemplate
from baton.flows.document import Library
from baton.flows.render import Manner, render
from baton.flows.run import RunState
from baton.flows.scene import Scene
from baton.flows.signals import Signals
from baton.flows.wording import copy_in


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """The conversation as the turn finds it.

    `run` is the one that the turn is for; `contact` what texts and conditions may say of
    the contact, `draw` what tells them from others when shares are dealt; `language` is
    theirs, "" where nobody said.
    """

    owner: Owner = Owner.BOT
    is_opted_out: bool = False
    is_resolved: bool = False
    request_type: str = ""
    failed_attempts: int = 0
    negative_turns: int = 0
    bot_turns: int = 0
    is_answered: bool = False  # the last question was answered, with no failure since
    recontacts: int = 0
    urgency: int = 0  # as it waits for a person, or stays with one
    last_reply_hash: str = ""
    channel: str = ""
    run: RunState | None = None
    contact: Mapping[str, Json] = {}
    draw: str = ""
    language: str = ""
    location_id: str = ""  # the contact's, "" for no one place


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """The workspace at the moment of the turn.

    `library` holds every version of a flow that a run may still be on (invariant 13);
    `reported` names the events that have come in before;
    `location_id` names the place whose facts and hours these are; `supervision` what may
    not close alone; `templates` are the words that providers have approved, `rules` the
    escalation rules of the workspace's own that are in force, `trials` the limits of the
    policy that experiments try.
    """

    pack: Pack
    policy: Policy
    confidence: ConfidencePolicy
    library: Library
    facts: dict[str, Json]
    staffing: Staffing
    hours: BusinessHours
    location_id: str = ""
    supervision: Supervision = msgspec.field(default_factory=Supervision)
    reported: frozenset[str] = frozenset()
    templates: tuple[ApprovedTemplate, ...] = ()
    rules: tuple[EscalationRule, ...] = ()
    trials: tuple[LimitTrial, ...] = ()
    entrances: Mapping[str, str] = {}  # the location of each inbox that leads to one

    def bands_in(self, flow: str) -> Bands:
        """Return the thresholds that hold in a flow; "" is the one that a message starts."""
        answering = self.library.answering
        return self.confidence.in_flow(flow or (answering[0].name if answering else ""))


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """All that a decision rests on: what was heard, how things stand, and when.

    `value` is the highest sum that was named, or that the run knows, in minor units.
    """

    heard: Signals
    standing: Standing
    setting: Setting
    now: datetime
    value: int = 0

    @property
    def is_silent(self) -> bool:
        """Whether nobody said anything."""
        return self.heard is _NOTHING_HEARD


_NOTHING_HEARD = Signals(
    keyword=None, stops=(), intent=None, best=None, kind=None, sentiment=0.0, is_prompt_reply=False
)


def silence(standing: Standing, setting: Setting, now: datetime) -> Moment:
    """Return a moment in which nobody said anything."""
    return Moment(heard=_NOTHING_HEARD, standing=standing, setting=setting, now=now)


def said_to(
    standing: Standing, setting: Setting, key: str, facts: Mapping[str, Json] | None = None
) -> str:
    """Return a sentence that the bot says outside flows, in the contact's language."""
    text = copy_in(setting.pack.copy, key, standing.language or setting.pack.locale)
    return render(text, {**setting.facts, **(facts or {})})


def scene_of(standing: Standing, setting: Setting, now: datetime) -> Scene:
    """Return what a step may know at a moment."""
    zone = setting.hours.zone
    return Scene(
        pack=setting.pack,
        policy=setting.policy,
        bands=setting.bands_in(standing.run.flow if standing.run else ""),
        facts={**setting.facts, "contact": standing.contact},
        failed_attempts=standing.failed_attempts,
        now=now,
        day=now.astimezone(zone).date(),
        manner=Manner(
            locale=standing.language or setting.pack.locale,
            written_in=setting.pack.locale,
            zone=zone,
            currency=setting.policy.currency,
        ),
        draw=standing.draw,
        channel=standing.channel,
        location_id=setting.location_id,
        templates=setting.templates,
    )
