"""All that is known of a person, taken out as one file: for them, or for whoever they say."""

import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any

from baton.core.json import Json
from baton.core.roles import Action
from baton.services import inbox
from baton.services.delivery import attachments
from baton.services.desk import guarding
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.privacy import belongings
from baton.store import personal, sealed
from baton.store.models import Attachment, User
from baton.store.personal import HOLDINGS, Holding, Of, Theirs

_PLACES = {(one.model, one.column): one for one in sealed.COLUMNS}
_OURS = frozenset(
    {"workspace_id", "lane", "address_lane", "token", "external_id", "digest", "last_reply_hash",
     "stamp", "state_stamp", "dispute_stamp", "text_key", "signs"}
)  # fmt: skip
"""Columns that say nothing of a person: keys of ours, and hashes."""


def take_out(house: House, user: User, contact_id: str, file: IO[bytes]) -> None:
    """Write all that is known of a contact into a file, and note who took it.

    Raises Forbidden for a role, and for a contact of a location that they do not work for.
    """
    inbox.require(user, Action.PROTECT)
    guarding.refuse_elsewhere(user, contact_id)
    write(house, user.workspace_id, contact_id, file, actor=f"user:{user.id}")


def write(
    house: House, workspace_id: str, contact_id: str, file: IO[bytes], *, actor: str
) -> dict[str, int]:
    """Write a ZIP with `person.json` and their files; return how many rows of each kind.

    Raises NotFound for a contact of another workspace.
    """
    theirs = belongings.of_contact(house, workspace_id, contact_id)
    told = {one.title: list[Json]() for one in HOLDINGS if one.is_theirs}
    for one in HOLDINGS:
        if one.is_theirs:
            told[one.title] += _rows(house, one, theirs)
    told = {title: rows for title, rows in told.items() if rows}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("person.json", json.dumps(told, ensure_ascii=False, indent=1))
        for attachment in Attachment.objects.filter(id__in=list(theirs.of(Of.ATTACHMENT))):
            shown = attachments.shown_of(house, attachment)
            with packed.open(f"files/{attachment.id}-{shown.name}", "w") as kept:
                number = 0
                while part := attachments.read_part(house, attachment.id, number):
                    kept.write(part)
                    number += 1
    counts = {title: len(rows) for title, rows in told.items()}
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        subject = f"contact:{_whole_of(theirs)}"
        ledger.audit(workspace_id, actor, "contact_exported", subject, rows=sum(counts.values()))
        ledger.flush()
    return counts


def _whole_of(theirs: Theirs) -> str:
    """Return the contact whom all parts became."""
    return next(iter(theirs.of(Of.CONTACT)))


def _rows(house: House, one: Holding, theirs: Theirs) -> list[Json]:
    return [
        _told(house, one, row)
        for rows in personal.rows_of(one, theirs)
        for row in rows.order_by("pk").values()
    ]


def _told(house: House, one: Holding, row: Mapping[str, Any]) -> dict[str, Json]:
    told: dict[str, Json] = {}
    for name, value in row.items():
        column = _PLACES.get((one.model, name))
        if column is not None and value:
            words = house.keyset.unseal(bytes(value), column.place.format(**row))
            told[name.removesuffix("_sealed")] = words
        elif column is None and name not in _OURS and value not in (None, "", [], {}):
            told[name] = _plain(value)
    return told


def _plain(value: Any) -> Json:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool | int | float | str | list | dict):
        return value
    return str(value)
