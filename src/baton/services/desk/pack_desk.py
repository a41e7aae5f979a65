"""Settings > Pack: what the pack says otherwise than the workspace, and bringing it (GV10)."""

from collections.abc import Collection
from dataclasses import dataclass

from baton.core.errors import InvalidInput
from baton.core.roles import Action
from baton.services import inbox
from baton.services.house import House
from baton.services.workspace import pack_upgrades, packs
from baton.services.workspace.pack_upgrades import Difference, Standing
from baton.services.workspace.packs import StopWords
from baton.store.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A workspace's pack, what it could bring, and what stays because somebody changed it."""

    title: str
    answers: int
    intents: int
    coming: tuple[Difference, ...]
    kept: tuple[Difference, ...]
    stop_words: tuple[StopWords, ...]
    """What teaches the hard stops, and who answers for it."""


def get_board(house: House, user: User) -> Board:
    """Return how a workspace stands to its pack; raises Forbidden for a role."""
    inbox.require(user, Action.CONFIGURE)
    pack = inbox.pack_of(house, user.workspace_id)
    found = pack_upgrades.differences(house, user.workspace_id)
    return Board(
        title=pack.title,
        answers=len(pack.articles),
        intents=len(pack.intents),
        coming=tuple(one for one in found if one.standing is not Standing.KEPT),
        kept=tuple(one for one in found if one.standing is Standing.KEPT),
        stop_words=packs.stop_words_of(pack.name),
    )


def bring(house: House, user: User, chosen: Collection[str]) -> int:
    """Bring what was chosen up to the pack; returns how much of it came.

    Raises InvalidInput where nothing is chosen, Conflict while another change is being
    validated, or Forbidden for a role.
    """
    inbox.require(user, Action.CONFIGURE)
    if not chosen:
        raise InvalidInput({"chosen": "Choose what is to come first."})
    actor = f"user:{user.id}"
    return len(pack_upgrades.upgrade(house, user.workspace_id, actor=actor, chosen=chosen))
