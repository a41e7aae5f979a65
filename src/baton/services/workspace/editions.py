"""A workspace's own edition of its pack: the pack with what its people wrote laid over it.

Each overlay takes the edition so far and returns the next; the pack itself never
changes. Whoever writes what an overlay reads counts `Workspace.revision` up in the
same transaction, so that every process loads the edition anew at its next turn.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from django.db.models import F

from baton.core.errors import NotFound
from baton.core.pack import Pack
from baton.services.house import House
from baton.services.workspace import articles, own_intents, own_types
from baton.store.models import Workspace

Overlay: TypeAlias = Callable[[Pack, str], Pack]
"""Takes an edition and a workspace's id, and returns the edition with one thing more."""


def edition_of(house: House, workspace_id: str) -> Pack:
    """Return a workspace's edition of its pack; raises NotFound."""
    name = Workspace.objects.filter(id=workspace_id).values_list("pack", flat=True).first()
    if name is None:
        raise NotFound("workspace", workspace_id)
    edition = house.pack_of(name)
    for overlay in OVERLAYS:
        edition = overlay(edition, workspace_id)
    return edition


def lock(workspace_id: str) -> None:
    """Hold a workspace's row until the commit: it keeps two who write its edition apart."""
    Workspace.objects.select_for_update().get(id=workspace_id)


def count_up(workspace_id: str) -> None:
    """Tell every process that the edition changed.

    Call it last in a transaction: what is loaded under a new number before all is
    written would be kept by the cache of standards.
    """
    Workspace.objects.filter(id=workspace_id).update(revision=F("revision") + 1)


def with_articles(edition: Pack, workspace_id: str) -> Pack:
    """Return the edition with the workspace's own articles in place of the pack's."""
    own = articles.list_current(workspace_id)
    return edition if own is None else replace(edition, articles=own)


OVERLAYS: Sequence[Overlay] = (
    with_articles,
    own_types.with_own_types,
    own_intents.with_own_intents,
)
