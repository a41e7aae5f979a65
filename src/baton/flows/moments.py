"""Moments that a flow waits for."""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo

from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.flows.values import time_of


def moment_in(facts: Mapping[str, Json], name: str) -> datetime:
    """Return the moment that a fact holds; raises InvalidInput when it holds none."""
    found = time_of(facts.get(name))
    if found is None:
        raise InvalidInput({name: "there is no such time to wait for"})
    return found


def next_time_of_day(start: datetime, at: str, zone: tzinfo) -> datetime:
    """Return the first moment from `start` on at which the clocks of a zone show `at` ("09:30").

    The clock's time counts, also over a change to or from summer time.
    """
    hour, minute = (int(part) for part in at.split(":"))
    local = start.astimezone(zone)
    found = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if found < local:
        found += timedelta(days=1)
    return found.astimezone(start.tzinfo)
