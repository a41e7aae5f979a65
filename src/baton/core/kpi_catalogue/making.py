"""How KPIs of each estimate are written down."""

from datetime import timedelta

from baton.core.kpis import MIN_MARKS, Better, Estimate, Grain, Kpi, Rule, Side, Unit

H48 = timedelta(hours=48)
H72 = timedelta(hours=72)


def share(  # noqa: PLR0913 - a KPI is told by these
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


def mean(  # noqa: PLR0913 - the same
    name: str,
    title: str,
    definition: str,
    formula: str,
    *,
    among: Rule,
    pairs_with: tuple[str, ...],
    sources: tuple[str, ...],
    of: str = "csat",
    unit: Unit = Unit.SCORE,
    grain: Grain = Grain.EPISODE,
) -> Kpi:
    return Kpi(
        name=name,
        title=title,
        definition=definition,
        formula=formula,
        grain=grain,
        unit=unit,
        side=Side.OUTCOME,
        better=Better.HIGHER,
        estimate=Estimate.STUDENT,
        among=among,
        of=of,
        pairs_with=pairs_with,
        min_rows=MIN_MARKS,
        matures_after=H72 if grain is Grain.EPISODE else timedelta(0),
        sources=sources,
    )


def median(  # noqa: PLR0913 - the same
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


def ratio(  # noqa: PLR0913 - the same
    name: str,
    title: str,
    definition: str,
    formula: str,
    *,
    among: Rule,
    of: str,
    per: str,
    side: Side,
    pairs_with: tuple[str, ...],
    sources: tuple[str, ...],
    grain: Grain,
    better: Better = Better.HIGHER,
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
        estimate=Estimate.RATIO,
        among=among,
        of=of,
        per=per,
        pairs_with=pairs_with,
        sources=sources,
    )
