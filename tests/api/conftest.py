"""The gym of the console's tests, and keys of its API."""

from collections.abc import Callable

import pytest
from django.test import Client

from baton.core.roles import Role
from baton.core.scopes import Scope
from baton.services.desk import api_keys
from baton.services.desk.api_keys import Wanted
from tests.web.conftest import Gym, gym, northside, robin, template, untouched

__all__ = ["gym", "northside", "robin", "template", "untouched"]

Keyed = Callable[..., Client]


@pytest.fixture
def keyed(gym: Gym) -> Keyed:
    """Make a key, and return a client that asks by it."""
    lead = gym.hire("Lead", Role.ADMIN)

    def made(*scopes: Scope, days: int = 30) -> Client:
        key = api_keys.make(gym.house, lead, Wanted(name="Warehouse", scopes=scopes, days=days))
        return Client(headers={"authorization": f"Bearer {key}"})

    return made
