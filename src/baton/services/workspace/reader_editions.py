"""Which version of a workspace's reader is in force, and what it is trained on."""

from baton.core import teaching
from baton.core.pack import Pack
from baton.core.teaching import Lesson
from baton.services.house import House
from baton.services.workspace import lessons
from baton.services.workspace.shelf import ReaderEdition
from baton.store.models import ReaderVersion


def find_live(workspace_id: str) -> ReaderVersion | None:
    """Return the live version; None when the pack's own reader reads."""
    return ReaderVersion.objects.filter(workspace_id=workspace_id, status="live").first()


def edition_of(house: House, workspace_id: str) -> ReaderEdition:
    """Return which reader reads a workspace's messages, with what it is trained on."""
    live = find_live(workspace_id)
    if live is None:
        pack = lessons.reading_pack(house, workspace_id)
        return ReaderEdition(workspace_id=workspace_id, number=0, taught=pack)
    taught = taught_pack(house, live)
    return ReaderEdition(workspace_id=workspace_id, number=live.number, taught=taught)


def lesson_of(house: House, row: ReaderVersion) -> Lesson:
    """Return the very lesson that a version is trained on."""
    return lessons.lesson_by(house, row.workspace_id, row.example_ids, row.own_intents)


def taught_pack(house: House, row: ReaderVersion) -> Pack:
    """Return the pack that a version is trained on."""
    return teaching.taught_pack(
        lessons.reading_pack(house, row.workspace_id), lesson_of(house, row)
    )
