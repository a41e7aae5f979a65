"""Every KPI that Baton measures; containment and automated resolution never alias (X10).

An assumed resolution and a proven one stand apart (FQ19), and no measure of efficiency
comes without what the contact got from it (K9, FQ13).
"""

from datetime import timedelta

from baton.core.bookings import State
from baton.core.kpis import (
    MIN_MARKS,
    Better,
    Column,
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

_DAY = timedelta(days=1)
_72_H = timedelta(hours=72)
_48_H = timedelta(hours=48)

# A reminder that nobody answered is no matter of the contact's.
_INCOMING: Rule = (Condition("opened_by", Op.IS, "contact"),)
_CLOSED: Rule = (*_INCOMING, Condition("ended_at", Op.KNOWN))
_SETTLED_OR_HANDED: Rule = (
    *_INCOMING,
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
_OVER = Condition("state", Op.ONE_OF, ("resolved", "returned"))
_NOT_OWN = Condition("reason", Op.IS_NOT, "stepped_in")


def _share(  # noqa: PLR0913 - a KPI is told by these
    name: str,
    title: str,
    definition: str,
    formula: str,
    *,
    among: Rule,
    counts: Rule,
    side: Side,
    better: Better,
    pairs_with: tuple[str, ...],
    sources: tuple[str, ...],
    grain: Grain = Grain.EPISODE,
    matures_after: timedelta = timedelta(0),
) -> Kpi:
    return Kpi(
        name=name,
        title=title,
        definition=definition,
        formula=formula,
        grain=grain,
        unit=Unit.SHARE,
        side=side,
        better=better,
        estimate=Estimate.WILSON,
        among=among,
        counts=counts,
        pairs_with=pairs_with,
        matures_after=matures_after,
        sources=sources,
    )


def _mean(  # noqa: PLR0913 - the same
    name: str,
    title: str,
    definition: str,
    formula: str,
    *,
    among: Rule,
    pairs_with: tuple[str, ...],
    sources: tuple[str, ...],
) -> Kpi:
    return Kpi(
        name=name,
        title=title,
        definition=definition,
        formula=formula,
        grain=Grain.EPISODE,
        unit=Unit.SCORE,
        side=Side.OUTCOME,
        better=Better.HIGHER,
        estimate=Estimate.STUDENT,
        among=among,
        of="csat",
        pairs_with=pairs_with,
        min_rows=MIN_MARKS,
        matures_after=_72_H,
        sources=sources,
    )


def _median(  # noqa: PLR0913 - the same
    name: str,
    title: str,
    definition: str,
    formula: str,
    *,
    among: Rule,
    of: str,
    side: Side,
    pairs_with: tuple[str, ...],
    sources: tuple[str, ...],
    grain: Grain = Grain.EPISODE,
    matures_after: timedelta = timedelta(0),
) -> Kpi:
    return Kpi(
        name=name,
        title=title,
        definition=definition,
        formula=formula,
        grain=grain,
        unit=Unit.SECONDS,
        side=side,
        better=Better.LOWER,
        estimate=Estimate.RANKS,
        among=among,
        of=of,
        pairs_with=pairs_with,
        matures_after=matures_after,
        sources=sources,
    )


def _recontact(hours: int, window: timedelta, sources: tuple[str, ...]) -> Kpi:
    seconds = int(window.total_seconds())
    return _share(
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


_ALL = (
    _share(
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
    _share(
        "automated_resolution",
        "Settled by the bot",
        "How many of all incoming matters the bot closed alone, as far as is known.",
        "episodes closed by the bot, without a handoff or a return / all incoming episodes",
        among=_INCOMING,
        counts=_BY_BOT,
        side=Side.EFFICIENCY,
        better=Better.HIGHER,
        pairs_with=("recontact_72h", "csat"),
        matures_after=_72_H,
        sources=("K1", "X10"),
    ),
    _share(
        "proven_resolution",
        "Settled by the bot, proven",
        "The same, where the contact said so or stayed away for the window of a return.",
        "of those, confirmed or left alone for the window / all incoming episodes",
        among=_INCOMING,
        counts=(*_BY_BOT, _PROVEN),
        side=Side.OUTCOME,
        better=Better.HIGHER,
        pairs_with=("automated_resolution",),
        matures_after=_72_H,
        sources=("FQ19", "K4"),
    ),
    _share(
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
    _recontact(72, _72_H, ("K3", "K7", "X9", "RP3")),
    _recontact(48, _48_H, ("K6", "K7")),
    _share(
        "wrongly_closed",
        "Wrongly closed by the bot",
        "How many of the bot's closes were wrong: the contact came back about the same.",
        "episodes closed by the bot whose contact returned / episodes closed by the bot",
        among=(*_CLOSED, Condition("ended_by", Op.IS, "bot")),
        counts=(Condition("returned_after", Op.KNOWN),),
        side=Side.OUTCOME,
        better=Better.LOWER,
        pairs_with=("automated_resolution",),
        matures_after=_72_H,
        sources=("K31", "K10"),
    ),
    _mean(
        "csat",
        "CSAT",
        "How contacts found it, as a score from 0 to 100.",
        "mean mark of the episodes that were marked in time after their close",
        among=_MARKED,
        pairs_with=("automated_resolution", "containment"),
        sources=("K2", "U1", "X37", "X28"),
    ),
    _mean(
        "csat_automated",
        "CSAT, bot alone",
        "How contacts found it whom only the bot served.",
        "mean mark of the episodes without a handoff that were marked in time",
        among=(*_MARKED, Condition("handoffs", Op.IS, 0)),
        pairs_with=("automated_resolution",),
        sources=("K9", "K26"),
    ),
    _mean(
        "csat_after_handoff",
        "CSAT after a handoff",
        "How contacts found it who came to a person.",
        "mean mark of the episodes with a handoff that were marked in time",
        among=(*_MARKED, Condition("handoffs", Op.OVER, 0)),
        pairs_with=("escalation_rate", "handoff_first_touch"),
        sources=("K6", "K8", "K11"),
    ),
    _share(
        "response_rate",
        "Surveys answered",
        "How many of those who were asked gave a mark in time.",
        "episodes marked in time / episodes whose contact was asked",
        among=(Condition("csat_asked", Op.IS, True),),
        counts=_MARKED,
        side=Side.EFFICIENCY,
        better=Better.HIGHER,
        pairs_with=("csat",),
        matures_after=_72_H,
        sources=("NP12",),
    ),
    _median(
        "time_to_resolution",
        "Time to a verified resolution",
        "How long it took from the contact's first word to a close that held.",
        "median span of the closed episodes that were confirmed, or left alone for the window",
        among=(*_CLOSED, _NO_RETURN, _PROVEN),
        of="resolved_after",
        side=Side.OUTCOME,
        pairs_with=("csat",),
        matures_after=_72_H,
        sources=("K4", "K21", "FQ13"),
    ),
    _median(
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
    _share(
        "handoff_first_touch",
        "Settled at the first touch",
        "How many handoffs the first person who had them settled for good.",
        "handoffs that were resolved by the only person who had them, and nobody returned / "
        "handoffs that are over",
        among=(_OVER,),
        counts=(
            Condition("state", Op.IS, "resolved"),
            Condition("touches", Op.AT_MOST, 1),
            Condition("nth", Op.IS, 1),
            Condition("handoffs", Op.IS, 1),
            _NO_RETURN,
        ),
        side=Side.OUTCOME,
        better=Better.HIGHER,
        pairs_with=("escalation_rate", "csat_after_handoff"),
        grain=Grain.STRETCH,
        sources=("K5", "K12", "K29", "RP3"),
    ),
    _share(
        "dropped_context",
        "Lost context",
        "How many handoffs were answered without the card, or had it all said again.",
        "handoffs whose card was not open or whose contact said it again / "
        "handoffs that people answered",
        among=(Condition("is_card_seen", Op.KNOWN),),
        counts=(
            Either(
                (
                    Condition("is_card_seen", Op.IS, False),
                    Condition("is_restated", Op.IS, True),
                )
            ),
        ),
        side=Side.OUTCOME,
        better=Better.LOWER,
        pairs_with=("handoff_first_touch",),
        grain=Grain.STRETCH,
        sources=("K29", "K32", "K35"),
    ),
    _median(
        "time_to_human",
        "Time to a person",
        "How long contacts waited for a person after the bot handed over.",
        "median span from the offer of a handoff to the first person who took it; "
        "who stepped in unasked let nobody wait",
        among=(Condition("waited", Op.KNOWN), _NOT_OWN),
        of="waited",
        side=Side.EFFICIENCY,
        pairs_with=("handoff_first_touch", "csat_after_handoff"),
        grain=Grain.STRETCH,
        sources=("K20", "K33"),
    ),
    _median(
        "handle_time",
        "Handle time",
        "How long people had a matter in their hands.",
        "median of the time in which somebody had it, of the handoffs that are over",
        among=(_OVER, Condition("handled", Op.OVER, 0)),
        of="handled",
        side=Side.EFFICIENCY,
        pairs_with=("handoff_first_touch", "csat_after_handoff"),
        grain=Grain.STRETCH,
        sources=("K15", "K22", "CO8", "OR13"),
    ),
    _share(
        "no_show_rate",
        "No-shows",
        "How many of those who were expected did not come.",
        "bookings whose contact did not come / bookings whose contact came or did not",
        among=(Condition("state", Op.ONE_OF, (State.ATTENDED.value, State.NO_SHOW.value)),),
        counts=(Condition("state", Op.IS, State.NO_SHOW.value),),
        side=Side.OUTCOME,
        better=Better.LOWER,
        pairs_with=("csat",),
        grain=Grain.BOOKING,
        sources=("AP19", "AP25", "K24"),
    ),
    _share(
        "paid_on_time_rate",
        "Paid on time",
        "How many of the invoices that fell due were paid by then.",
        "invoices paid by the day they were due / invoices that fell due and were not voided",
        among=(Condition("state", Op.IS_NOT, "void"), Condition("due_at", Op.AT_MOST, Given.NOW)),
        counts=(
            Condition("state", Op.IS, "paid"),
            Condition("ended_at", Op.AT_MOST, Column(name="due_at")),
        ),
        side=Side.OUTCOME,
        better=Better.HIGHER,
        pairs_with=("csat",),
        grain=Grain.INVOICE,
        sources=("K24", "K38"),
    ),
)

CATALOGUE = {kpi.name: kpi for kpi in _ALL}
"""Every KPI by its name."""
