"""The flows that a new workspace finds as drafts: nothing starts before somebody says so."""

from datetime import datetime

from baton.core.pack import Pack
from baton.services.house import House
from baton.services.workspace import library, packs
from baton.store.models import FlowDraft


def lay_down(house: House, workspace_id: str, pack: Pack, *, now: datetime) -> None:
    """Give a workspace that has no flows yet those of its pack, as drafts of Baton's."""
    for name, source in sources_of(pack).items():
        FlowDraft.objects.create(
            id=house.next_id(now),
            workspace_id=workspace_id,
            name=name,
            source=source,
            base_version=0,
            updated_at=now,
            updated_by="system",
        )


def sources_of(pack: Pack) -> dict[str, str]:
    """Return the flows that a workspace of a pack begins with, as they are written."""
    own = {file.rpartition("/")[2]: text for file, text in packs.flow_texts_of(pack.name).items()}
    begun = {name: library.load_template(name).source for name in pack.library}
    return {**begun, **{file.removesuffix(".yaml"): text for file, text in own.items()}}
