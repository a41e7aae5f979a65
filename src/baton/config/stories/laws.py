"""What holds after every story, whatever it is about: the trail is whole, and every seal opens."""

from collections.abc import Iterator

from baton.config.stories.world import World
from baton.services.desk import auditing
from baton.services.privacy import rotating


def broken(world: World) -> Iterator[str]:
    """Say what does not hold at the end of a story (invariants 10 and 11)."""
    place = auditing.verify(world.workspace_id)
    if place is not None:
        yield f"the audit trail is broken at entry {place}"
    for value in rotating.broken_seals(world.house):
        yield f"{value} does not open in its place"
