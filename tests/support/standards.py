"""Standards loaded once a process, for tests that all begin with the same business."""

from baton.services.house import House
from baton.services.workspace.standards import StandardsCache
from baton.store.models import Workspace


def loaded(house: House) -> StandardsCache:
    """Return what a server knows of the only business of its database.

    What a test changes counts the business's revision up, and is loaded anew in its own house.
    """
    cache = StandardsCache(house)
    cache.standards_of(Workspace.objects.get().id)
    return cache
