"""One turn of a conversation, decided whole: what was said goes in, all that follows comes out.

The order below is policy (design, section 4): the opt-out wins over everything;
a person's ownership silences the bot; a hard stop interrupts any step of any
flow; then the pending prompt, the channel's keywords, the flow. One reply a turn.
"""

import hashlib
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

import msgspec
from msgspec.structs import replace

from baton.core import escalation, ownership, triage
from baton.core import text as texts
from baton.core.consent import Purpose
from baton.core.escalation import Escalate, Fired, Reason
from baton.core.hard_stops import HardStop
from baton.core.keywords import Keyword
from baton.core.ownership import Owner
from baton.flows import choosing, handoff, interpreter, rules, signals
from baton.flows.document import Flow, Library
from baton.flows.effects import (
    CallAction,
    CountFailure,
    Effect,
    OfferHandoff,
    RecordRating,
    Resolve,
    SendText,
)
from baton.flows.handoff import HandoffPlan
from baton.flows.interpreter import ANSWERS, Advance
from baton.flows.run import RunState
from baton.flows.scene import Awaits, Said, Scene
from baton.flows.signals import Signals
from baton.flows.standing import Moment, Setting, Standing, said_to, scene_of
from baton.flows.trigger import TriggerKind


class Decision(StrEnum):
    """What a turn came to."""

    SILENT = "silent"  # a person owns the conversation, or the contact opted out
    OPTED_OUT = "opted_out"
    OPTED_IN = "opted_in"
    HANDED_OVER = "handed_over"
    REPLIED = "replied"  # a keyword or small talk
    FLOWED = "flowed"  # the flow went on


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What a flow in shadow would have done: its words, or why it would have called a person.

    `does` names what it would have had done elsewhere, "" for nothing.
    """

    flow: str
    version: int
    text: str = ""
    trigger: str = ""
    does: str = ""


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """All that follows from one turn.

    `run` is the state to keep, None when no run goes on; `effects` are what is
    left for the services after the reply and the handoff were taken out; `flow` and
    `version` are those that the turn went through, "" for none. With
    `is_beside`, `run` is a new one, and the run at hand waits on as it was. `fired` are
    the escalation rules that fired beside the one that hands over. `drafts` are what
    flows in shadow would have done.
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
    fired: tuple[Fired, ...] = ()
    drafts: tuple[Draft, ...] = ()


def decide(
    said: Said, heard: Signals, standing: Standing, setting: Setting, *, now: datetime
) -> Turn:
    """Decide a contact's turn."""
    at = Moment(heard=heard, standing=standing, setting=setting, now=now)
    at = replace(at, value=rules.value_of(said, at))
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
    is_called = outcome is triage.Outcome.HUMAN and _calls_flow(said, setting)
    situation = handoff.situation_of(heard, standing, None if is_called else outcome)
    matches = rules.find_matches(setting.rules, rules.sight_of(said, at)) if setting.rules else ()
    escalate = escalation.decide(situation, setting.policy) or rules.deciding(matches)
    turn = _taken_over(escalate, said, at) if escalate else _reply(said, at)
    fired = rules.logged(matches, escalate)
    if turn.handoff is None:
        fired = (*escalation.flags(situation, setting.policy), *fired)
    return replace(turn, axes=axes, outcome=outcome, fired=fired)


@lru_cache(maxsize=512)  # an answer is compared and noted in its turn, and soon given again
def reply_hash(text: str) -> str:
    """Return a short fingerprint by which an identical reply is known."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _calls_flow(said: Said, setting: Setting) -> bool:
    """Return whether a turn is the keyword of a flow and nothing else.

    Whoever writes RETURN as they were told calls that flow; what the word alone reads like,
    a wish for money back, is no reason for a person. Hard stops are heard all the same.
    """
    called = (flow.trigger.keyword for flow, _ in setting.library.started_by(TriggerKind.KEYWORD))
    return {texts.bare(line) for line in said.lines} <= {texts.bare(word) for word in called}


def _raised(at: Moment) -> Turn | None:
    """Hand over anew what is said while waiting, if a hard stop in it is worse than the rest.

    Whoever waits for a callback and then tells of chest pain waits for somebody else, on
    another clock (U13). With an agent, it is theirs already.
    """
    heard, standing = at.heard, at.standing
    is_waiting = standing.owner in (Owner.QUEUE, Owner.ASYNC)
    is_matter = any(stop.kind is not HardStop.PERSON for stop in heard.stops)
    if (
        not is_waiting
        or not is_matter
        or handoff.urgency_of(heard, standing).score <= standing.urgency
    ):
        return None
    escalate = escalation.decide(handoff.situation_of(heard, standing, None), at.setting.policy)
    if escalate is None:
        return None
    anew = replace(_hand_over(escalate, at), run=standing.run)
    return replace(anew, reply=None) if standing.is_opted_out else anew


def _consent_change(keyword: Keyword, standing: Standing, setting: Setting) -> Turn:
    stops = keyword is Keyword.STOP
    is_news = standing.is_opted_out is not stops
    key = "opted_out" if stops else "opted_in"
    text = said_to(standing, setting, key)
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
    escalate = escalation.decide(
        handoff.situation_of(at.heard, at.standing, None), at.setting.policy
    )
    if escalate is None or not at.heard.stops or not ownership.may_bot_speak(at.standing.owner):
        return turn
    return replace(turn, handoff=_hand_over(escalate, at).handoff, run=None)


def _taken_over(escalate: Escalate, said: Said, at: Moment) -> Turn:
    """Hand over what was said, and keep of it what the step that asked keeps in any case."""
    run, library = at.standing.run, at.setting.library
    flow = library.at(run.flow, run.version) if run else None
    is_asked = run is not None and run.waiting.awaits is not Awaits.DAY
    kept = flow.steps[run.step].keeps(said) if run and flow and is_asked else ()
    return replace(_hand_over(escalate, at), effects=kept)


def _hand_over(escalate: Escalate, at: Moment, queue: str = "") -> Turn:
    """Hand over to a queue: the one named, else that of the hard stop or the request type."""
    plan = handoff.plan(escalate, at, queue or escalate.queue)
    return Turn(
        decision=Decision.HANDED_OVER,
        reason=escalate.reason.value,
        action=f"handed over to {plan.routing.queue}: {escalate.trigger.replace('_', ' ')}",
        run=None,
        reply=handoff.words_of(plan, at),
        handoff=plan,
    )


def _reply(said: Said, at: Moment) -> Turn:
    heard, standing, setting = at.heard, at.standing, at.setting
    if heard.keyword in (Keyword.HELP, Keyword.MAP) and not heard.is_prompt_reply:
        return _words(
            heard.keyword.value, f"answered {heard.keyword.value.upper()}", standing, setting
        )
    if heard.means(*signals.SMALL_TALK) and heard.intent and len(said.readings) == 1:
        return _small_talk(heard.intent.name, standing, setting)
    scene, run = scene_of(standing, setting, at.now), standing.run
    halted = _halted(run, setting.library)
    if halted and heard.is_prompt_reply:
        # We asked, and nothing here goes on with the answer: a person does.
        return given_over(halted, at)
    flow = setting.library.at(run.flow, run.version) if run and not halted else None
    called = None if heard.is_prompt_reply else choosing.find_called(said, at, scene)
    gives_way = called is not None and flow is not None and _takes_anything(run, setting)
    if run is not None and flow is not None and not gives_way:
        advance = interpreter.resume(flow, run, scene, said, setting.library)
        if advance is not None:
            return flowed(advance, flow, run.version, at)
    turn = _started(called, said, at, scene)
    return replace(turn, is_beside=run is not None)


def _takes_anything(run: RunState | None, setting: Setting) -> bool:
    """Return whether a run is of the flow that takes any message, and so gives way to others."""
    root = setting.library.at(run.root.flow, run.root.version) if run else None
    return root is not None and root.trigger.on is TriggerKind.MESSAGE


def _started(called: tuple[Flow, int] | None, said: Said, at: Moment, scene: Scene) -> Turn:
    """Start the flow that was called, else one that takes any message; drafts of others beside."""
    chosen = choosing.choose(called, said, at, scene)
    if chosen.served is None:
        turn = given_over("not_in_rollout" if chosen.is_left else "no_flow", at)
    else:
        advance = choosing.begun(said, at, scene, *chosen.served)
        turn = flowed(advance, *chosen.served, at)
    drafts = tuple(draft_of(choosing.begun(said, at, scene, *one), *one) for one in chosen.shadowed)
    return replace(turn, drafts=drafts) if drafts else turn


def given_over(trigger: str, at: Moment) -> Turn:
    """Hand over since nothing here goes on with it."""
    return _hand_over(Escalate(reason=Reason.FLOW, trigger=trigger), at)


def _halted(run: RunState | None, library: Library) -> str:
    """Return why a run goes no further for now, or for good; "" where it does."""
    if run is None:
        return ""
    if run.root.flow in library.paused:
        return "flow_paused"
    return "rolled_back" if library.gives_up(run.root.flow) else ""


def draft_of(advance: Advance, flow: Flow, version: int) -> Draft:
    """Return what a flow in shadow would have done by now."""
    offer = next((e for e in advance.effects if isinstance(e, OfferHandoff)), None)
    reply = _one_reply(advance.effects)
    return Draft(
        flow=flow.name,
        version=version,
        text=reply.text if reply and not offer else "",
        trigger=offer.trigger if offer else "",
        does=next((e.action for e in advance.effects if isinstance(e, CallAction)), ""),
    )


def _words(key: str, action: str, standing: Standing, setting: Setting) -> Turn:
    reply = SendText(text=said_to(standing, setting, key))
    return Turn(decision=Decision.REPLIED, reason=key, action=action, run=standing.run, reply=reply)


def _small_talk(intent: str, standing: Standing, setting: Setting) -> Turn:
    if intent == signals.GREETING:
        return _words("greeting", "greeted", standing, setting)
    turn = _words("thanks", "was thanked", standing, setting)
    if not standing.is_answered and not standing.is_resolved:
        return turn  # nothing was answered yet that a "thanks" could confirm
    run = standing.run if standing.is_resolved else None
    return replace(turn, run=run, effects=(Resolve(is_confirmed=True),))


_TAKEN_OUT = (SendText, OfferHandoff)


def flowed(advance: Advance, flow: Flow, version: int, at: Moment) -> Turn:
    rest = tuple([e for e in advance.effects if not isinstance(e, _TAKEN_OUT)])
    steps = tuple([f"{flow.name}.{step}" for step in advance.steps])
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
    is_answer = not at.is_silent and not is_rightly_alike
    if is_answer and reply and reply_hash(reply.text) == at.standing.last_reply_hash:
        # Saying the very same again helps nobody: a scripted path tried twice (E3, E26).
        escalate = Escalate(reason=Reason.REPEATING, trigger="identical_reply")
        return replace(
            _hand_over(escalate, at), effects=rest, steps=steps, flow=flow.name, version=version
        )
    return Turn(
        decision=Decision.FLOWED,
        reason="failed_attempt" if CountFailure in {type(e) for e in rest} else "in_flow",
        action=_action_of(flow, advance, at.heard),
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
    differing = dict.fromkeys(channel for one in said for channel in one.versions)
    return replace(
        said[-1],
        text="\n\n".join(one.text for one in said),
        stand_ins={},  # approved were the words of one, not of all
        versions={
            channel: "\n\n".join(one.text_on(channel) for one in said) for channel in differing
        },
        links=tuple(dict.fromkeys(link for one in said for link in one.links)),
        # One that promotes makes the whole a promotion, wherever it stands.
        purpose=Purpose.PROMOTIONAL if promotes else said[-1].purpose,
        useful_until=min((one.useful_until for one in said if one.useful_until), default=None),
    )


def _action_of(flow: Flow, advance: Advance, heard: Signals) -> str:
    kinds = {type(effect) for effect in advance.effects}
    if RecordRating in kinds:
        return "recorded a rating"
    if CountFailure in kinds:
        return "did not understand, offered the menu"
    if heard.intent and not heard.is_prompt_reply:
        return f"answered {heard.intent.name.replace('_', ' ')}"
    # A step of a called flow has that flow's name before it, which tells an agent nothing.
    place = advance.steps[-1].rpartition(".")[2].replace("_", " ")
    is_asking = advance.state is not None and advance.state.waiting.awaits in ANSWERS
    return f"{flow.title}: {'asked' if is_asking else 'went on'}, at \u201c{place}\u201d"
