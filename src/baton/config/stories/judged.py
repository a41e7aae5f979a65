"""What a story may expect of numbers: a flow's reach, a week's verdict, an experiment's word."""

from collections.abc import Iterator
from typing import TypeAlias

from baton.config.stories.counted_parts import TrialExpectation, VerdictExpectation
from baton.config.stories.world import World
from baton.core.roles import Role
from baton.reports.weekly import FlowWeek
from baton.services.desk import experiment_board, kpi_board, weekly_board
from baton.services.desk.experiment_board import ShownExperiment
from baton.services.desk.kpi_titles import Titles
from baton.services.desk.kpi_windows import Sought, windows_of
from baton.services.writing.documents import Path
from baton.store.models import Run, User

Mismatch: TypeAlias = tuple[Path, str]
_TOLERANCE = 1e-6
_READERS = (Role.MANAGER, Role.OPERATIONS)


def contacts_taken(world: World, flow: str) -> int:
    """Return how many contacts a flow ever took, in shadow or not."""
    rows = Run.objects.filter(workspace_id=world.workspace_id, flow=flow)
    return rows.values("contact_id").distinct().count()


def week_of(world: World, flow: str) -> tuple[FlowWeek | None, bool]:
    """Return what the last whole week says of a flow, and whether it is what is urgent."""
    reader = next(u for u in world.users.values() if u.role in _READERS)
    user = User.objects.get(id=reader.id)
    week = weekly_board.show(world.house, user)
    sought = windows_of(world.house, user, Sought(week=0))
    found = kpi_board.flow_verdicts(Titles(world.house, user), *sought)
    urgent = week.named.urgent
    is_urgent = isinstance(urgent, FlowWeek) and urgent.name == flow
    for one in found:
        if one.name == flow:
            told = FlowWeek(
                name=flow,
                title=one.title,
                verdict=one.judged.verdict,
                reasons=one.judged.reasons,
                matters=one.matters,
            )
            return told, is_urgent
    return None, is_urgent


def week_differs(
    path: Path, wanted: VerdictExpectation, given: tuple[FlowWeek | None, bool]
) -> Iterator[Mismatch]:
    """Yield how a week's verdict on a flow differs from what is expected."""
    found, is_urgent = given
    if found is None:
        yield path, "expected a verdict, but nothing of it was counted in that week"
        return
    if found.verdict.value != wanted.verdict:
        told = "; ".join(found.reasons)
        yield (*path, "verdict"), f"expected {wanted.verdict!r}, but it is {found.verdict} ({told})"
    for words in wanted.because or ():
        if not any(words.casefold() in one.casefold() for one in found.reasons):
            yield (*path, "because"), f"expected {words!r} among {list(found.reasons)}"
    if wanted.urgent is not None and wanted.urgent is not is_urgent:
        yield (*path, "urgent"), f"expected urgent to be {wanted.urgent}, but it is {is_urgent}"


def trial_of(world: World, name: str) -> ShownExperiment:
    """Return an experiment as its page shows it; raises NotFound."""
    return experiment_board.show_in(world.house, world.workspace_id, name)


def trial_differs(
    path: Path, wanted: TrialExpectation, shown: ShownExperiment
) -> Iterator[Mismatch]:
    """Yield how an experiment's word on an arm differs from what is expected."""
    found = next((one for one in shown.compared if one.arm == wanted.arm), None)
    if found is None:
        arms = [one.arm for one in shown.compared]
        yield (*path, "arm"), f"expected the arm {wanted.arm!r}, but there are {arms}"
        return
    if found.ruling.value != wanted.ruling:
        told = "; ".join(found.reasons)
        yield (*path, "ruling"), f"expected {wanted.ruling!r}, but it is {found.ruling} ({told})"
    numbers = {one.kpi.name: (one.tried.count, one.change) for one in (found.metric, *found.guards)}
    numbers[experiment_board.MONEY] = (found.earned.tried.count, found.earned.change)
    for name, count in (wanted.values or {}).items():
        given = numbers.get(name, (0, None))[0]
        if given != count:
            yield (*path, "values", name), f"expected {count} values, but there are {given}"
    for name, change in (wanted.changes or {}).items():
        is_at = numbers.get(name, (0, None))[1]
        if is_at is None or abs(is_at - change) > _TOLERANCE:
            yield (*path, "changes", name), f"expected {change:g}, but it is {is_at}"
