"""`baton classify`: what the reader understands of a text, and what would follow from it."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from baton.config import boot
from baton.config.cli.output import json_option, show
from baton.core import confidence, escalation, triage
from baton.core import text as texts
from baton.core.confidence import ConfidencePolicy
from baton.core.pack import Pack
from baton.core.policy import Policy, with_overrides
from baton.core.reading import Reading
from baton.flows import handoff, signals
from baton.flows.scene import Said
from baton.flows.standing import Standing


@click.command()
@click.argument("text", required=False)
@click.option("--pack", "pack_name", default="fitness", show_default=True)
@click.option(
    "--file",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read one message a line.",
)
@json_option
def classify(text: str | None, path: Path | None, pack_name: str, *, as_json: bool) -> None:
    """Show what the reader understands of a text, and what follows from it."""
    if (text is None) == (path is None):
        raise click.UsageError("give a TEXT, or --file with one message a line")
    settings = boot.boot()
    from baton.config import wiring  # noqa: PLC0415 - Django must be set up first
    from baton.services.workspace import packs  # noqa: PLC0415

    packs.look_in(settings.own_packs)
    pack = wiring.pack_of(pack_name)
    reader = wiring.reader_of(pack_name)
    for line in _lines(text, path):
        cleaned = texts.clean(line)[: texts.MAX_MESSAGE_CHARACTERS]
        [reading] = reader.read_many((cleaned,))
        show(understanding(cleaned, reading, pack), as_json=as_json)


def understanding(text: str, reading: Reading, pack: Pack) -> dict[str, object]:
    """Return what was read in a message that opens a conversation, and what would be decided."""
    policy = with_overrides(Policy(), pack.policy)
    bands = ConfidencePolicy(base=confidence.base_of(policy)).in_flow("")
    heard = signals.read(Said(text=text, readings=(reading,)), None, "", pack, bands)
    axes = signals.axes_of(heard, policy)
    outcome = triage.decide(axes, policy) if axes else None
    escalate = escalation.decide(handoff.situation_of(heard, Standing(), outcome), policy)
    best = reading.best
    band = bands.band_of(best.name, best.confidence) if best else confidence.Band.FAILED
    decision = "handed_over" if escalate else heard.keyword.value if heard.keyword else band.value
    return {
        "text": text,
        "intents": [asdict(intent) for intent in reading.intents],
        "out_of_scope": reading.is_out_of_scope,
        "out_of_scope_score": reading.strangeness,
        "sentiment": reading.sentiment,
        "hard_stops": [
            {"kind": s.kind.value, "text": s.text, "start": s.start, "end": s.end}
            for s in heard.stops
        ],
        "entities": [asdict(entity) for entity in reading.entities],
        "request_type": heard.request_type,
        "triage": outcome.value if outcome else "unknown",
        "axes": asdict(axes) if axes else None,
        "keyword": heard.keyword.value if heard.keyword else "none",
        "decision": decision,
        "reasons": list(_reasons(reading, escalate, bands)),
    }


def _reasons(
    reading: Reading, escalate: escalation.Escalate | None, bands: confidence.Bands
) -> Iterator[str]:
    """Yield in words why the decision is what it is."""
    if escalate:
        about = f" ({escalate.evidence!r})" if escalate.evidence else ""
        yield f"{escalate.reason.value}: {escalate.trigger}{about}"
    best = reading.best
    if best is None:
        yield "no intent could be read"
        return
    limits = bands.of(best.name)
    yield (
        f"{best.name} at {best.confidence:.2f};"
        f" answers close by themselves from {limits.answer:.2f}, count as read from"
        f" {limits.floor:.2f}"
    )
    if reading.is_out_of_scope:
        yield f"unlike anything taught ({reading.strangeness:.2f})"


def _lines(text: str | None, path: Path | None) -> Iterator[str]:
    if text is not None:
        yield text
    elif path is not None:
        with path.open(encoding="utf-8", errors="replace") as lines:
            yield from (line.rstrip("\r\n") for line in lines)
