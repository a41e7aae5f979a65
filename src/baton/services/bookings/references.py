"""Short references that people read out on the telephone, as BK482913."""

from itertools import count
from typing import TypeAlias

from baton.store.models import Activity, Booking, CheckIn, Membership, Slot

_LEAST, _MOST = 100_000, 999_999
Referred: TypeAlias = type[Activity | Booking | CheckIn | Membership | Slot]
"""What has a reference of ours."""

_PREFIXES: dict[Referred, str] = {
    Activity: "AC",
    Slot: "SL",
    Booking: "BK",
    Membership: "M",
    CheckIn: "CI",
}


def new(kind: Referred, row_id: str, workspace_id: str) -> str:
    """Return a reference that no row of ours of a kind has in a workspace.

    It follows from the row's id; where another has it, it is the next one that is free.
    """
    ours = kind.objects.filter(workspace_id=workspace_id, system_id="")
    start = int(row_id[-12:], 16)
    numbers = (_LEAST + (start + step) % (_MOST - _LEAST + 1) for step in count())
    wanted = (f"{_PREFIXES[kind]}{number}" for number in numbers)
    return next(one for one in wanted if not ours.filter(reference=one).exists())
