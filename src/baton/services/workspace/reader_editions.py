"""Which version of a workspace's reader is in force, and what it is trained on."""

from baton.core import teaching
from baton.core.pack import Pack
from baton.core.teaching import Lesson
from baton.services.house import House
from baton.services.workspace import editions, lessons
from baton.services.workspace.shelf import ReaderEdition
from baton.store.models import ReaderVersion


def find_live(workspace_id: str) -> ReaderVersion | None:
    """Return the live version; None when the pack's own reader reads."""
    return ReaderVersion.objects.filter(workspace_id=workspace_id, status="live").first()


def edition_of(house: House, workspace_id: str) -> ReaderEdition:
    """Return which reader reads a workspace's messages, with what it is trained on."""
    return edition_over(house, workspace_id, editions.edition_of(house, workspace_id))


def edition_over(house: House, workspace_id: str, edition: Pack) -> ReaderEdition:
    """Return the same of a workspace whose edition of its pack is known."""
    live, taught = find_live(workspace_id), lessons.reading_of(house, edition)
    if live is not None:
        taught = teaching.taught_pack(taught, lesson_of(house, live))
    return ReaderEdition(
        workspace_id=workspace_id, number=live.number if live else 0, taught=taught
    )


def lesson_of(house: House, row: ReaderVersion) -> Lesson:
    """Return the very lesson that a version is trained on."""
    return lessons.lesson_by(house, row.workspace_id, row.example_ids, row.own_intents)


def taught_pack(house: House, row: ReaderVersion) -> Pack:
    """Return the pack that a version is trained on."""
    return teaching.taught_pack(
        lessons.reading_pack(house, row.workspace_id), lesson_of(house, row)
    )
