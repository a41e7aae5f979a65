"""`baton replay`: what a past log would have come to under other rules, and nothing is sent."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from baton.config import boot
from baton.config.cli.output import json_option, show
from baton.config.cli.workspace import opened, workspace_option
from baton.core.errors import InvalidInput

if TYPE_CHECKING:
    from baton.core.reading import ReaderPort
    from baton.flows.replay_report import Difference, Outcome
    from baton.flows.replaying import Talked
    from baton.flows.standing import Setting
    from baton.services.flows.candidates import Tried
    from baton.services.flows.replays import Replayed


class _Source:
    """Where the log comes from, and whose rules hold."""

    def __init__(
        self, talked: "Sequence[Talked]", setting: "Setting", reader: "ReaderPort"
    ) -> None:
        self.talked, self.setting, self.reader = talked, setting, reader


@click.command()
@click.argument("log", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--candidate",
    "candidates",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A YAML file of changes; several are held against what holds now.",
)
@click.option("--pack", "pack_name", default="", help="A pack as it is delivered, no workspace.")
@click.option("--days", default=28, show_default=True, type=click.IntRange(1, 730))
@click.option("--most", default=100_000, show_default=True, help="Conversations at most.")
@click.option(
    "--map", "mapped", multiple=True, metavar="COLUMN=NAME", help="What the log calls a column."
)
@click.option("--moves", default=10, show_default=True, help="Matters that change, to list.")
@workspace_option
@json_option
def replay(  # noqa: PLR0913 - a command is told by its options
    log: Path | None,
    *,
    candidates: tuple[Path, ...],
    pack_name: str,
    days: int,
    most: int,
    mapped: tuple[str, ...],
    moves: int,
    workspace: str,
    as_json: bool,
) -> None:
    """Play a LOG, or the workspace's own last days, against candidates; nothing is sent.

    A LOG is CSV or JSON Lines with the columns conversation, at and text, and if known author,
    channel and needs_person.
    """
    if pack_name and log is None:
        raise click.UsageError("a pack has no past of its own: give a LOG")
    begun = time.perf_counter()
    source = _from_pack(log, pack_name, mapped) if pack_name and log else None
    with _opened(source, workspace) as own:
        try:
            found = source or _from_workspace(own, log, mapped, days=days, most=most)
            replayed = _replayed(found, candidates)
        except InvalidInput as refused:
            raise click.ClickException("; ".join(refused.fields.values())) from refused
    if as_json:
        show(_row(replayed, moves), as_json=True)
    else:
        click.echo("\n".join(_told(replayed, moves)))
    took = time.perf_counter() - begun
    click.echo(f"{replayed.messages:,} messages in {took:.1f} s", err=True)


@contextmanager
def _opened(source: _Source | None, workspace: str) -> Iterator[Any]:
    if source is not None:
        yield None
        return
    with opened(workspace, alone=False) as house:
        yield house


def _from_pack(log: Path, pack_name: str, mapped: Sequence[str]) -> _Source:
    boot.boot()
    from baton.config import wiring  # noqa: PLC0415 - Django must be set up first
    from baton.services.flows import candidates as changes  # noqa: PLC0415
    from baton.services.flows import past_logs, simulations  # noqa: PLC0415

    pack = wiring.pack_of(pack_name)
    try:
        talked = past_logs.read(log, _names(mapped)).talked
    except InvalidInput as refused:
        raise click.ClickException("; ".join(refused.fields.values())) from refused
    setting = changes.for_replay(simulations.setting_of_pack(pack))
    return _Source(talked, setting, wiring.reader_of(pack_name))


def _from_workspace(
    own: Any, log: Path | None, mapped: Sequence[str], *, days: int, most: int
) -> _Source:
    from baton.services.flows import past_logs, replays  # noqa: PLC0415 - Django must be set up
    from baton.services.workspace.standards import standards_cache  # noqa: PLC0415

    house, workspace_id = own
    setting = replays.setting_of(house, workspace_id)
    reader = standards_cache(house).local_reader_of(workspace_id)
    talked = (
        past_logs.read(log, _names(mapped)).talked
        if log
        else replays.past_of(house, workspace_id, days=days, most=most)
    )
    return _Source(talked, setting, reader)


def _replayed(found: _Source, files: Sequence[Path]) -> "Replayed":
    from baton.config import wiring  # noqa: PLC0415 - Django must be set up first
    from baton.services.flows import candidates as changes  # noqa: PLC0415
    from baton.services.flows import replays  # noqa: PLC0415

    def teach(examples: Mapping[str, tuple[str, ...]]) -> "ReaderPort":
        return wiring.taught(changes.taught(found.setting.pack, examples))

    tried: list[Tried] = [changes.Tried(name=changes.AS_IT_IS, setting=found.setting)]
    for path in files:
        candidate = changes.parse(path.read_text("utf-8"), file=str(path))
        tried.append(changes.applied(candidate, found.setting))
    return replays.replay(found.talked, tried, found.reader, teach)


def _names(mapped: Sequence[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in mapped]
    if any(not sign or not name for _column, sign, name in pairs):
        raise click.UsageError("write --map text=body: our column, then the file's name of it")
    return {column: name for column, _sign, name in pairs}


def _row(replayed: "Replayed", moves: int) -> dict[str, Any]:
    return {
        "conversations": replayed.conversations,
        "messages": replayed.messages,
        "candidates": [_outcome_row(one) for one in replayed.outcomes],
        "differences": [_difference_row(one, moves) for one in replayed.differences],
    }


def _outcome_row(one: "Outcome") -> dict[str, Any]:
    row: dict[str, Any] = {
        "candidate": one.name,
        "matters": one.matters,
        **{course.value: count for course, count in one.courses.items()},
        "waits_for_an_action": one.asks,
        "triggers": dict(one.triggers),
        "flows": dict(one.flows),
    }
    if one.labelled:
        row["labelled"] = {
            "conversations": one.labelled.total,
            "right": one.labelled.right,
            "missed": one.labelled.missed,
            "needless": one.labelled.needless,
        }
    return row


def _difference_row(one: "Difference", moves: int) -> dict[str, Any]:
    return {
        "before": one.before,
        "after": one.after,
        "changed": len(one.moves),
        "counts": {f"{before} -> {after}": count for (before, after), count in one.counts.items()},
        "moves": [
            {
                "conversation": move.conversation,
                "matter": move.nth,
                "before": move.before.value,
                "before_reason": move.before_reason,
                "after": move.after.value,
                "after_reason": move.after_reason,
            }
            for move in one.moves[:moves]
        ],
    }


def _told(replayed: "Replayed", moves: int) -> Iterator[str]:
    yield f"{replayed.conversations:,} conversations, {replayed.messages:,} messages"
    for one in replayed.outcomes:
        yield f"\n{one.name}: {one.matters:,} matters"
        for course, count in one.courses.items():
            share = one.share(course)
            yield f"  {course.value.replace('_', ' '):<16} {count:>8,}  {share or 0:.1%}"
        if one.triggers:
            named = ", ".join(f"{name} {count}" for name, count in list(one.triggers.items())[:8])
            yield f"  handed over by   {named}"
        if label := one.labelled:
            yield (
                f"  of {label.total:,} labelled: {label.right:,} right, {label.missed:,} missed, "
                f"{label.needless:,} needless"
            )
    for difference in replayed.differences:
        yield from _told_difference(difference, moves)


def _told_difference(one: "Difference", moves: int) -> Iterator[str]:
    yield f"\n{one.after} against {one.before}: {len(one.moves):,} matters change"
    for (before, after), count in one.counts.items():
        yield f"  {before.replace('_', ' ')} -> {after.replace('_', ' ')}: {count:,}"
    for move in one.moves[:moves]:
        named = f"{move.before_reason or move.before} -> {move.after_reason or move.after}"
        yield f"    {move.conversation} ({move.nth + 1}): {named}"
