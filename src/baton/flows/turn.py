"""One turn of a conversation, decided whole: what was said goes in, all that follows comes out.

The order below is policy (design, section 4): the opt-out wins over everything;
a person's ownership silences the bot; a hard stop interrupts any step of any
flow; then the pending prompt, the channel's keywords, the flow. One reply a turn.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from baton.core import escalation, ownership, routing, triage, urgency
from baton.core import text as texts
from baton.core.confidence import Bands, ConfidencePolicy
from baton.core.consent import Purpose
from baton.core.escalation import Escalate, Reason
from baton.core.hard_stops import HardStop
from baton.core.hours import BusinessHours
from baton.core.json import Json
from baton.core.keywords import Keyword
from baton.core.ownership import Owner
from baton.core.pack import Pack
from baton.core.policy import Policy
from baton.core.routing import Offered, Promised, Staffing
from baton.core.teaching import Supervision
from baton.core.urgency import Urgency
from baton.flows import interpreter, outreach, signals
from baton.flows.document import Flow, Library
from baton.flows.effects import (
    CountFailure,
    Effect,
    OfferHandoff,
    RecordRating,
    Resolve,
    SendText,
)
from baton.flows.interpreter import Advance
from baton.flows.render import Manner, render
from baton.flows.run import RunState
from baton.flows.scene import Said, Scene
from baton.flows.signals import Signals
from baton.flows.trigger import TriggerKind


class Decision(StrEnum):
    """What a turn came to."""

    SILENT = "silent"  # a person owns the conversation, or the contact opted out
    OPTED_OUT = "opted_out"
    OPTED_IN = "opted_in"
    HANDED_OVER = "handed_over"
    REPLIED = "replied"  # a keyword or small talk
    FLOWED = "flowed"  # the flow went on


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The conversation as the turn finds it.

    `run` is the one that the turn is for; `contact` what texts and conditions may say of
    the contact, `draw` what tells them from others when shares are dealt.
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
    contact: Mapping[str, Json] = field(default_factory=dict)
    draw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The workspace at the moment of the turn.

    `library` holds every version of a flow that a run may still be on (invariant 13);
    `location_id` names the place whose facts and hours these are; `supervision` what may
    not close alone.
    """

    pack: Pack
    policy: Policy
    confidence: ConfidencePolicy
    library: Library
    facts: dict[str, Json]
    staffing: Staffing
    hours: BusinessHours
    location_id: str = ""
    supervision: Supervision = field(default_factory=Supervision)

    def bands_in(self, flow: str) -> Bands:
        """Return the thresholds that hold in a flow; "" is the one that a message starts."""
        return self.confidence.in_flow(flow or (self.answering[0].name if self.answering else ""))

    @property
    def answering(self) -> tuple[Flow, int] | None:
        """The flow that takes any message, and its version; None when there is none."""
        return next(iter(self.library.started_by(TriggerKind.MESSAGE)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffPlan:
    """A decided handoff: why, where to, and the clock that starts with it.

    `context` is what the flow itself says of the matter (H26).
    """

    escalate: Escalate
    routing: Offered | Promised
    urgency: Urgency
    tags: tuple[str, ...] = ()
    context: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """All that follows from one turn.

    `run` is the state to keep, None when no run goes on; `effects` are what is
    left for the services after the reply and the handoff were taken out; `flow` and
    `version` are those that the turn went through, "" for none. With
    `is_beside`, `run` is a new one, and the run at hand waits on as it was.
    """

    decision: Decision
    reason: str
    action: str
    run: RunState | None
    reply: SendText | None = None
    handoff: HandoffPlan | None = None
    effects: tuple[Effect, ...] = ()
    axes: triage.TriageScore | None = None
    outcome: triage.Outcome | None = None
    steps: tuple[str, ...] = ()
    flow: str = ""
    version: int = 0
    is_beside: bool = False


def decide(
    said: Said, heard: Signals, standing: Standing, setting: Setting, *, now: datetime
) -> Turn:
    """Decide a contact's turn."""
    at = Moment(heard=heard, standing=standing, setting=setting, now=now)
    if heard.keyword is Keyword.STOP or (heard.keyword is Keyword.START and standing.is_opted_out):
        turn = _with_stops(_consent_change(heard.keyword, standing, setting), at)
        # One confirmation: where the provider has given it, ours would be a second.
        return replace(turn, reply=None) if said.answered else turn
    if said.answered:
        return Turn(
            decision=Decision.SILENT,
            reason="provider_answered",
            run=standing.run,
            action=f"stayed silent: the provider answered {said.answered.value.upper()}",
        )
    if not ownership.may_bot_speak(standing.owner):
        return _raised(at) or Turn(
            decision=Decision.SILENT,
            reason="person_owns",
            run=standing.run,
            action="stayed silent: a person owns the conversation",
        )
    if standing.is_opted_out and heard.means(*signals.SMALL_TALK) and not heard.stops:
        return Turn(
            decision=Decision.SILENT,
            reason="opted_out",
            run=standing.run,
            action="stayed silent: they opted out and ask nothing",
        )
    if standing.is_opted_out:
        offer = Escalate(reason=Reason.OPTED_OUT, trigger="opted_out")
        return replace(_hand_over(offer, at), reply=None)
    axes = signals.axes_of(heard, setting.policy)
    outcome = triage.decide(axes, setting.policy) if axes else None
    if escalate := escalation.decide(situation_of(heard, standing, outcome), setting.policy):
        turn = _hand_over(escalate, at)
    else:
        turn = _reply(said, at)
    return replace(turn, axes=axes, outcome=outcome)


def reply_hash(text: str) -> str:
    """Return a short fingerprint by which an identical reply is known."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """All that a decision rests on: what was heard, how things stand, and when."""

    heard: Signals
    standing: Standing
    setting: Setting
    now: datetime


_NOTHING_HEARD = Signals(
    keyword=None, stops=(), intent=None, best=None, kind=None, sentiment=0.0, is_prompt_reply=False
)


def silence(standing: Standing, setting: Setting, now: datetime) -> Moment:
    """Return a moment in which nobody said anything."""
    return Moment(heard=_NOTHING_HEARD, standing=standing, setting=setting, now=now)


def _raised(at: Moment) -> Turn | None:
    """Hand over anew what is said while waiting, if a hard stop in it is worse than the rest.

    Whoever waits for a callback and then tells of chest pain waits for somebody else, on
    another clock (U13). With an agent, it is theirs already.
    """
    heard, standing = at.heard, at.standing
    is_waiting = standing.owner in (Owner.QUEUE, Owner.ASYNC)
    is_matter = any(stop.kind is not HardStop.PERSON for stop in heard.stops)
    if not is_waiting or not is_matter or urgency_of(heard, standing).score <= standing.urgency:
        return None
    escalate = escalation.decide(situation_of(heard, standing, None), at.setting.policy)
    if escalate is None:
        return None
    anew = replace(_hand_over(escalate, at), run=standing.run)
    return replace(anew, reply=None) if standing.is_opted_out else anew


def urgency_of(heard: Signals, standing: Standing) -> Urgency:
    """Return how urgent a turn makes the conversation."""
    return urgency.score(heard.stops, sentiment=heard.sentiment, recontacts=standing.recontacts)


def situation_of(
    heard: Signals, standing: Standing, outcome: triage.Outcome | None
) -> escalation.Situation:
    """Return what the rules of escalation may know of a turn."""
    return escalation.Situation(
        hard_stops=heard.stops,
        triage=None if heard.is_prompt_reply else outcome,
        says_not_helpful=heard.means(signals.NOT_HELPFUL),
        sentiment=0.0 if heard.is_prompt_reply else heard.sentiment,
        negative_turns=standing.negative_turns,
        failed_attempts=standing.failed_attempts,
        bot_turns=0 if heard.is_prompt_reply else standing.bot_turns,
    )


def _consent_change(keyword: Keyword, standing: Standing, setting: Setting) -> Turn:
    stops = keyword is Keyword.STOP
    is_news = standing.is_opted_out is not stops
    key = "opted_out" if stops else "opted_in"
    text = render(setting.pack.copy[key], setting.facts)
    return Turn(
        decision=Decision.OPTED_OUT if stops else Decision.OPTED_IN,
        reason=keyword.value,
        action=f"took {keyword.value.upper()}",
        run=None if stops else standing.run,
        # One confirmation, and nothing more however often the word comes again.
        reply=SendText(text=text) if is_news else None,
    )


def _with_stops(turn: Turn, at: Moment) -> Turn:
    """Hand over beside the opt-out what a burst says besides: no hard stop is lost."""
    escalate = escalation.decide(situation_of(at.heard, at.standing, None), at.setting.policy)
    if escalate is None or not at.heard.stops or not ownership.may_bot_speak(at.standing.owner):
        return turn
    return replace(turn, handoff=_hand_over(escalate, at).handoff, run=None)


def _hand_over(escalate: Escalate, at: Moment, queue: str = "") -> Turn:
    """Hand over to a queue: the one named, else that of the hard stop or the request type."""
    heard, standing, setting = at.heard, at.standing, at.setting
    worst = max(heard.stops, key=lambda stop: stop.severity, default=None)
    known = setting.pack.request_type(standing.request_type)
    if not queue and worst and worst.kind is not HardStop.PERSON:
        queue = worst.queue
    if not queue:
        kind = heard.kind or known
        queue = kind.queue if kind else routing.GENERAL
    routed = routing.decide(
        setting.pack.queue(queue), setting.staffing, setting.hours, setting.policy, now=at.now
    )
    return Turn(
        decision=Decision.HANDED_OVER,
        reason=escalate.reason.value,
        action=f"handed over to {routed.queue}: {escalate.trigger.replace('_', ' ')}",
        run=None,
        reply=_handover_words(worst.kind if worst else None, routed, setting),
        handoff=HandoffPlan(
            escalate=escalate,
            routing=routed,
            urgency=urgency_of(heard, standing),
        ),
    )


def _handover_words(
    stop: HardStop | None, routed: Offered | Promised, setting: Setting
) -> SendText:
    if stop in (HardStop.MEDICAL, HardStop.RED_FLAG):
        key = "handed_over_medical"
    else:
        key = "handed_over" if isinstance(routed, Offered) else "handed_over_async"
    span = routed.expected_wait if isinstance(routed, Offered) else routed.window
    words = routing.render_span(span)
    facts: dict[str, Json] = {"wait": words, "window": words}
    return SendText(text=render(setting.pack.copy[key], setting.facts | facts))


def _reply(said: Said, at: Moment) -> Turn:
    heard, standing, setting = at.heard, at.standing, at.setting
    if heard.keyword in (Keyword.HELP, Keyword.MAP) and not heard.is_prompt_reply:
        return _words(
            heard.keyword.value, f"answered {heard.keyword.value.upper()}", standing, setting
        )
    if heard.means(*signals.SMALL_TALK) and heard.intent and len(said.readings) == 1:
        return _small_talk(heard.intent.name, standing, setting)
    scene, run = scene_of(standing, setting, at.now), standing.run
    flow = setting.library.at(run.flow, run.version) if run else None
    if run is not None and flow is not None:
        advance = interpreter.resume(flow, run, scene, said, setting.library)
        if advance is not None:
            return flowed(advance, flow, run.version, at)
    turn = _started(said, at, scene)
    return replace(turn, is_beside=run is not None)


def _started(said: Said, at: Moment, scene: Scene) -> Turn:
    """Start the flow of a keyword, else one that takes any message."""
    library, words = at.setting.library, {texts.bare(line) for line in said.lines}
    by_keyword = (
        one
        for one in library.started_by(TriggerKind.KEYWORD)
        if texts.bare(one[0].trigger.keyword) in words
    )
    by_message = library.started_by(TriggerKind.MESSAGE)
    may_start = (
        (flow, version)
        for flow, version in (*by_keyword, *by_message)
        if outreach.admits(flow, flow.trigger.when, scene)
    )
    chosen = next(may_start, None)
    if chosen is None:
        offer = Escalate(reason=Reason.FLOW, trigger="no_flow")
        return _hand_over(offer, at)
    flow, version = chosen
    scene = replace(scene, bands=at.setting.bands_in(flow.name))
    advance = interpreter.start(flow, version, scene, said, library)
    return flowed(advance, flow, version, at)


def _words(key: str, action: str, standing: Standing, setting: Setting) -> Turn:
    reply = SendText(text=render(setting.pack.copy[key], setting.facts))
    return Turn(decision=Decision.REPLIED, reason=key, action=action, run=standing.run, reply=reply)


def _small_talk(intent: str, standing: Standing, setting: Setting) -> Turn:
    if intent == signals.GREETING:
        return _words("greeting", "greeted", standing, setting)
    turn = _words("thanks", "was thanked", standing, setting)
    if not standing.is_answered and not standing.is_resolved:
        return turn  # nothing was answered yet that a "thanks" could confirm
    run = standing.run if standing.is_resolved else None
    return replace(turn, run=run, effects=(Resolve(is_confirmed=True),))


def flowed(advance: Advance, flow: Flow, version: int, at: Moment) -> Turn:
    rest = tuple(e for e in advance.effects if not isinstance(e, SendText | OfferHandoff))
    steps = tuple(f"{flow.name}.{step}" for step in advance.steps)
    offer = next((e for e in advance.effects if isinstance(e, OfferHandoff)), None)
    if offer:
        escalate = Escalate(reason=offer.reason, trigger=offer.trigger, evidence=offer.evidence)
        turn = _hand_over(escalate, at, offer.queue)
        plan = turn.handoff and replace(turn.handoff, tags=offer.tags, context=offer.context)
        return replace(
            turn, handoff=plan, effects=rest, steps=steps, flow=flow.name, version=version
        )
    reply = _one_reply(advance.effects)
    # Who answers two bookings' questions with "1" is thanked in the same words, rightly.
    is_rightly_alike = at.heard.is_prompt_reply and flow.trigger.is_proactive
    is_answer = at.heard is not _NOTHING_HEARD and not is_rightly_alike
    if is_answer and reply and reply_hash(reply.text) == at.standing.last_reply_hash:
        # Saying the very same again helps nobody: a scripted path tried twice (E3, E26).
        escalate = Escalate(reason=Reason.REPEATING, trigger="identical_reply")
        return replace(
            _hand_over(escalate, at), effects=rest, steps=steps, flow=flow.name, version=version
        )
    return Turn(
        decision=Decision.FLOWED,
        reason="failed_attempt" if any(isinstance(e, CountFailure) for e in rest) else "in_flow",
        action=_action_of(advance, at.heard),
        run=advance.state,
        reply=reply,
        effects=rest,
        steps=steps,
        flow=flow.name,
        version=version,
    )


def _one_reply(effects: tuple[Effect, ...]) -> SendText | None:
    said = [effect for effect in effects if isinstance(effect, SendText)]
    if len(said) < 2:  # noqa: PLR2004 - nothing to join
        return said[0] if said else None
    promotes = any(one.purpose is Purpose.PROMOTIONAL for one in said)
    return replace(
        said[-1],
        text="\n\n".join(one.text for one in said),
        # One that promotes makes the whole a promotion, wherever it stands.
        purpose=Purpose.PROMOTIONAL if promotes else said[-1].purpose,
        useful_until=min((one.useful_until for one in said if one.useful_until), default=None),
    )


def _action_of(advance: Advance, heard: Signals) -> str:
    if any(isinstance(effect, RecordRating) for effect in advance.effects):
        return "recorded a rating"
    if any(isinstance(effect, CountFailure) for effect in advance.effects):
        return "did not understand, offered the menu"
    if heard.intent and not heard.is_prompt_reply:
        return f"answered {heard.intent.name.replace('_', ' ')}"
    return f"went on with {advance.steps[-1].replace('_', ' ')}"


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
        manner=Manner(locale=setting.pack.locale, zone=zone, currency=setting.policy.currency),
        draw=standing.draw,
        channel=standing.channel,
        location_id=setting.location_id,
    )
