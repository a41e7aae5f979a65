"""A handoff as a turn decides it: why, where to, how urgent, and with which words."""

import msgspec

from baton.core import escalation, routing, triage, urgency
from baton.core.escalation import Escalate
from baton.core.hard_stops import HardStop
from baton.core.json import Json
from baton.core.routing import Need, Offered, Promised
from baton.core.urgency import Urgency
from baton.flows import signals
from baton.flows.effects import SendText
from baton.flows.signals import Signals
from baton.flows.standing import Moment, Standing, said_to
from baton.flows.wording import is_said_in


class HandoffPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A decided handoff: why, where to, and the clock that starts with it.

    `context` is what the flow itself says of the matter (H26), `matter` the fact that tells its
    run from others, as an order or a form: it is known also where a hard stop interrupts.
    `amount_minor` is what is asked for, where it is about money.
    """

    escalate: Escalate
    routing: Offered | Promised
    urgency: Urgency
    amount_minor: int = 0
    tags: tuple[str, ...] = ()
    context: str = ""
    matter: str = ""


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
        is_at_risk=standing.run is not None and _may_leave(standing),
    )


def _may_leave(standing: Standing) -> bool:
    tags = standing.contact.get("tags")
    return isinstance(tags, list) and escalation.AT_RISK in tags


def plan(escalate: Escalate, at: Moment, queue: str = "") -> HandoffPlan:
    """Plan a handoff to a queue: the one named, else that of the hard stop or request type."""
    heard, standing, setting = at.heard, at.standing, at.setting
    worst, known = heard.worst_stop, setting.pack.request_type(standing.request_type)
    if not queue and worst and worst.kind is not HardStop.PERSON:
        queue = worst.queue
    if not queue:
        queue = routing.lane_of(escalate.reason, setting.pack, setting.policy)
    if not queue:
        kind = heard.kind or known
        queue = kind.queue if kind else routing.GENERAL
    need = need_of(at)
    names = [one.name for one in setting.pack.queues]
    queue = routing.with_authority(queue, setting.staffing, need, names)
    routed = routing.decide(
        setting.pack.queue(queue),
        setting.staffing,
        setting.hours,
        setting.policy,
        now=at.now,
        need=need,
    )
    found = urgency_of(heard, standing)
    if escalate.urgency > found.score:
        found = Urgency(score=escalate.urgency, cause=escalate.trigger)
    return HandoffPlan(
        escalate=escalate,
        routing=routed,
        urgency=found,
        amount_minor=need.amount_minor,
        matter=_matter_of(at),
    )


def need_of(at: Moment) -> Need:
    """Return what a turn asks of whoever takes it: a sum counts where money is asked back."""
    is_money = any(stop.kind in _MONEY for stop in at.heard.stops)
    return Need(
        amount_minor=at.value if is_money else 0,
        may_be_answered=not at.standing.is_opted_out,
        location_id=at.standing.location_id,
    )


_MONEY = frozenset({HardStop.REFUND, HardStop.BILLING_DISPUTE, HardStop.CHARGEBACK})


def _matter_of(at: Moment) -> str:
    run = at.standing.run
    if run is None:
        return ""
    flow = at.setting.library.at(run.flow, run.version)
    return str(run.variables.get(flow.subject, "")) if flow and flow.subject else ""


def words_of(plan: HandoffPlan, at: Moment) -> SendText:
    """Return what the contact is told of a handoff: how long it takes, and what to do till then."""
    worst, routed = at.heard.worst_stop, plan.routing
    if worst and worst.kind in (HardStop.MEDICAL, HardStop.RED_FLAG):
        key = "handed_over_medical"
    else:
        key = "handed_over" if isinstance(routed, Offered) else "handed_over_async"
    span = routed.expected_wait if isinstance(routed, Offered) else routed.window
    pack, language = at.setting.pack, at.standing.language
    spoken = language if is_said_in(pack.copy, key, language) else pack.locale
    words = routing.render_span(span, spoken)
    facts: dict[str, Json] = {"wait": words, "window": words}
    return SendText(text=said_to(at.standing, at.setting, key, facts))
