"""Episodes: what became of the matters that contacts came with."""

from datetime import timedelta

from baton.core.kpi_catalogue.making import H48, H72, mean, median, share
from baton.core.kpis import (
    Better,
    Condition,
    Either,
    Estimate,
    Given,
    Grain,
    Kpi,
    Op,
    Rule,
    Side,
    Unit,
)

# A reminder that nobody answered is no matter of the contact's.
_INCOMING: Rule = (Condition("opened_by", Op.IS, "contact"),)
_CLOSED: Rule = (*_INCOMING, Condition("ended_at", Op.KNOWN))
_SETTLED_OR_HANDED: Rule = (
    *_INCOMING,
    Either((Condition("ended_at", Op.KNOWN), Condition("handoffs", Op.OVER, 0))),
)
_BEGUN_BY_US: Rule = (
    Condition("opened_by", Op.IS, "bot"),
    Either((Condition("ended_at", Op.KNOWN), Condition("handoffs", Op.OVER, 0))),
)
_NO_RETURN = Condition("returned_after", Op.UNKNOWN)
_BY_BOT: Rule = (Condition("ended_by", Op.IS, "bot"), Condition("handoffs", Op.IS, 0), _NO_RETURN)
_PROVEN = Either(
    (
        Condition("is_confirmed", Op.IS, True),
        Condition("ended_at", Op.AT_MOST, Given.SILENT_SINCE),
    )
)
_MARKED: Rule = (
    Condition("csat", Op.KNOWN),
    Condition("csat_after", Op.AT_MOST, Given.CSAT_WINDOW),
)


def _recontact(hours: int, window: timedelta, sources: tuple[str, ...]) -> Kpi:
    seconds = int(window.total_seconds())
    return share(
        f"recontact_{hours}h",
        f"Came back within {hours} hours",
        f"How often a matter that was closed came back within {hours} hours.",
        "episodes whose contact returned about the same in time / episodes that were closed",
        among=_CLOSED,
        counts=(Condition("returned_after", Op.AT_MOST, seconds),),
        side=Side.OUTCOME,
        better=Better.LOWER,
        pairs_with=("containment",),
        matures_after=window,
        sources=sources,
    )


TALK = (
    share(
        "containment",
        "Without a person",
        "How many of the matters that the bot began with never reached a person.",
        "episodes without a handoff / episodes that were closed or handed over",
        among=_SETTLED_OR_HANDED,
        counts=(Condition("handoffs", Op.IS, 0),),
        side=Side.EFFICIENCY,
        better=Better.HIGHER,
        pairs_with=("csat", "recontact_72h"),
        sources=("K6", "K9", "X10"),
    ),
    share(
        "automated_resolution",
        "Settled by the bot",
        "How many of all incoming matters the bot closed alone, as far as is known.",
        "episodes closed by the bot, without a handoff or a return / all incoming episodes",
        among=_INCOMING,
        counts=_BY_BOT,
        side=Side.EFFICIENCY,
        better=Better.HIGHER,
        pairs_with=("recontact_72h", "csat"),
        matures_after=H72,
        sources=("K1", "X10"),
    ),
    share(
        "proven_resolution",
        "Settled by the bot, proven",
        "The same, where the contact said so or stayed away for the window of a return.",
        "of those, confirmed or left alone for the window / all incoming episodes",
        among=_INCOMING,
        counts=(*_BY_BOT, _PROVEN),
        side=Side.OUTCOME,
        better=Better.HIGHER,
        pairs_with=("automated_resolution",),
        matures_after=H72,
        sources=("FQ19", "K4"),
    ),
    share(
        "escalation_rate",
        "Handed over",
        "How many of the incoming matters reached a person.",
        "episodes with a handoff / episodes that were closed or handed over",
        among=_SETTLED_OR_HANDED,
        counts=(Condition("handoffs", Op.OVER, 0),),
        side=Side.EFFICIENCY,
        better=Better.LOWER,
        pairs_with=("handoff_first_touch", "csat_after_handoff"),
        sources=("K20", "X7"),
    ),
    Kpi(
        name="people_contacts",
        title="Matters with people, a week",
        definition="How many incoming matters reach a person in a week: less of it is deflection.",
        formula="episodes with a handoff, by weeks of the window",
        grain=Grain.EPISODE,
        unit=Unit.COUNT,
        side=Side.EFFICIENCY,
        better=Better.LOWER,
        estimate=Estimate.POISSON,
        among=(*_INCOMING, Condition("handoffs", Op.OVER, 0)),
        pairs_with=("csat", "recontact_72h"),
        sources=("K15", "K22", "X10", "FQ12"),
    ),
    _recontact(72, H72, ("K3", "K7", "X9", "RP3")),
    _recontact(48, H48, ("K6", "K7")),
    share(
        "wrongly_closed",
        "Wrongly closed by the bot",
        "How many of the bot's closes were wrong: the contact came back about the same.",
        "episodes closed by the bot whose contact returned / episodes closed by the bot",
        among=(*_CLOSED, Condition("ended_by", Op.IS, "bot")),
        counts=(Condition("returned_after", Op.KNOWN),),
        side=Side.OUTCOME,
        better=Better.LOWER,
        pairs_with=("automated_resolution",),
        matures_after=H72,
        sources=("K31", "K10"),
    ),
    mean(
        "csat",
        "CSAT",
        "How contacts found it, as a score from 0 to 100.",
        "mean mark of the episodes that were marked in time after their close",
        among=_MARKED,
        pairs_with=("automated_resolution", "containment"),
        sources=("K2", "U1", "X37", "X28"),
    ),
    mean(
        "csat_automated",
        "CSAT, bot alone",
        "How contacts found it whom only the bot served.",
        "mean mark of the episodes without a handoff that were marked in time",
        among=(*_MARKED, Condition("handoffs", Op.IS, 0)),
        pairs_with=("automated_resolution",),
        sources=("K9", "K26"),
    ),
    mean(
        "csat_after_handoff",
        "CSAT after a handoff",
        "How contacts found it who came to a person.",
        "mean mark of the episodes with a handoff that were marked in time",
        among=(*_MARKED, Condition("handoffs", Op.OVER, 0)),
        pairs_with=("escalation_rate", "handoff_first_touch"),
        sources=("K6", "K8", "K11"),
    ),
    share(
        "response_rate",
        "Surveys answered",
        "How many of those who were asked gave a mark in time.",
        "episodes marked in time / episodes whose contact was asked",
        among=(Condition("csat_asked", Op.IS, True),),
        counts=_MARKED,
        side=Side.EFFICIENCY,
        better=Better.HIGHER,
        pairs_with=("csat",),
        matures_after=H72,
        sources=("NP12",),
    ),
    median(
        "time_to_resolution",
        "Time to a verified resolution",
        "How long it took from the contact's first word to a close that held.",
        "median span of the closed episodes that were confirmed, or left alone for the window",
        among=(*_CLOSED, _NO_RETURN, _PROVEN),
        of="resolved_after",
        side=Side.OUTCOME,
        pairs_with=("csat",),
        matures_after=H72,
        sources=("K4", "K21", "FQ13"),
    ),
    median(
        "first_response",
        "Time to a first answer",
        "How long contacts waited for a first answer, by the bot or a person.",
        "median span from the first word to the first answer, of the episodes with one",
        among=(*_INCOMING, Condition("answered_after", Op.KNOWN)),
        of="answered_after",
        side=Side.EFFICIENCY,
        pairs_with=("csat", "recontact_72h"),
        sources=("K16", "K28"),
    ),
    Kpi(
        name="inquiries",
        title="Matters that came in, a week",
        definition="How many matters contacts begin in a week: by subject, what was prevented.",
        formula="incoming episodes, by weeks of the window",
        grain=Grain.EPISODE,
        unit=Unit.COUNT,
        side=Side.EFFICIENCY,
        better=Better.LOWER,
        estimate=Estimate.POISSON,
        among=_INCOMING,
        pairs_with=("csat",),
        sources=("OR13", "OR17", "AP20", "AP23", "K24", "FQ17"),
    ),
    share(
        "outreach_settled",
        "Begun by us, settled without a person",
        "How many of the matters that we began, such as a delivery that went wrong, needed nobody.",
        "episodes begun by the bot, without a handoff / those that were closed or handed over",
        among=_BEGUN_BY_US,
        counts=(Condition("handoffs", Op.IS, 0),),
        side=Side.EFFICIENCY,
        better=Better.HIGHER,
        pairs_with=("csat",),
        sources=("OR13",),
    ),
    share(
        "outreach_escalation",
        "Begun by us, handed over",
        "How many of the matters that we began ended with a person.",
        "episodes begun by the bot, with a handoff / those that were closed or handed over",
        among=_BEGUN_BY_US,
        counts=(Condition("handoffs", Op.OVER, 0),),
        side=Side.EFFICIENCY,
        better=Better.LOWER,
        pairs_with=("csat_after_handoff",),
        sources=("OR13", "ON9"),
    ),
)
"""KPIs of episodes."""
