"""Every column that holds something sealed, and the place that each value of it is bound to.

Whoever goes through all that is sealed (rotation, the check of every seal, the search for what
is left of a person) goes by this list. A test holds it against the tables and against what
stories leave in them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from django.db import connection, models

from baton.store import models as tables
from baton.store import sql
from baton.store.crypto import FORMAT, header_of, number_in
from baton.store.models import runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedColumn:
    """A column of sealed values; `place` is a format over the other columns of its row."""

    model: type[models.Model]
    column: str
    place: str

    @property
    def table(self) -> str:
        """Return the table's name."""
        return str(self.model._meta.db_table)  # noqa: SLF001 - Django's documented surface

    @property
    def key(self) -> str:
        """Return the column that names a row."""
        (column,) = (one.column for one in self.model._meta.concrete_fields if one.primary_key)  # noqa: SLF001 - as above
        return str(column)

    @property
    def named(self) -> tuple[str, ...]:
        """Return the columns that the place is made of."""
        return tuple(dict.fromkeys(name for _, name, _, _ in Formatter().parse(self.place) if name))


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedValue:
    """One sealed value: its row's key, what it is bound to, and its bytes."""

    key: object
    place: str
    sealed: bytes


_PLACES: Mapping[type[models.Model], Mapping[str, str]] = {
    tables.AlertHook: {"secret_sealed": "alert_hook.secret:{workspace_id}"},
    tables.Approval: {
        f"{what}_sealed": f"approval.{what}:{{id}}"
        for what in ("subject", "note", "answer", "reference")
    },
    tables.Attachment: {
        "name_sealed": "attachment.name:{id}",
        "reference_sealed": "attachment.reference:{id}",
    },
    tables.AttachmentPart: {"bytes_sealed": "attachment:{attachment_id}:{number}"},
    tables.Booking: {"party_sealed": "booking.party:{id}", "said_sealed": "booking.said:{id}"},
    tables.ConnectedSystem: {
        "secret_sealed": "system.proof:{id}",
        "former_sealed": "system.former:{id}",
        "settings_sealed": "system.settings:{id}",
        "example_sealed": "system.example:{id}",
    },
    tables.Contact: {"name_sealed": "contact.name:{id}"},
    tables.DigestLine: {
        "opening_sealed": "digest.opening:{id}",
        "line_sealed": "digest.line:{id}",
    },
    tables.Handoff: {"card_sealed": "card:{id}"},
    tables.HeldFact: {"body": "event:{lane}"},
    tables.ImportPage: {"body_sealed": "import.page:{import_id}:{number}"},
    tables.Inbox: {
        "secret_sealed": "inbox.secret:{id}",
        "settings_sealed": "inbox.settings:{id}",
        "former_sealed": "inbox.former:{id}",
    },
    tables.Intake: {"answers_sealed": "intake:{id}"},
    tables.Invoice: {"memo_sealed": "invoice:{id}", "checkout_sealed": "invoice.checkout:{id}"},
    tables.Letter: {"head_sealed": "letter:{id}"},
    tables.Message: {
        "body_sealed": "message:{id}",
        "onward_sealed": "message.onward:{id}",
        "stand_in_sealed": "message.stand_in:{id}",
    },
    tables.OutsideReader: {"settings_sealed": "outside_reader.settings:{id}"},
    tables.PastAssessment: {"told_sealed": "assessment:{id}"},
    tables.Return: {"words_sealed": "return.words:{id}"},
    tables.Run: {"state_sealed": "run:{id}"},
    tables.ShadowDraft: {"text_sealed": "shadow:{id}"},
    tables.SignInKey: {"key_sealed": "sign_in_key:{id}"},
    tables.SignInProvider: {"secret_sealed": "sign_in_provider:{workspace_id}"},
    tables.ShortLink: {"target_sealed": "short_link:{id}"},
    tables.StaffBrowser: {"permission_sealed": "staff_browser:{id}"},
    tables.StaffPushKey: {"pair_sealed": "staff_push_key:{workspace_id}"},
    tables.StopMark: {"text_sealed": "mark:{id}"},
    tables.SurveyResponse: {"words_sealed": "survey.words:{id}"},
    tables.SystemDelivery: {"body_sealed": "system.delivery:{id}"},
    tables.TaughtExample: {"text_sealed": "taught:{id}"},
    tables.Task: {"title_sealed": "task:{id}"},
    tables.VaultEntry: {"value_sealed": "vault:{workspace_id}:{token}"},
    # The queues: what waits, and what is kept of it until it is over.
    runtime.RuntimeEvent: {"body": "event:{lane}"},
    runtime.RuntimeTimer: {"body": "event:{lane}"},
    runtime.RuntimeEffect: {"body": "{intent_key}"},
}

COLUMNS: tuple[SealedColumn, ...] = tuple(
    SealedColumn(model=model, column=column, place=place)
    for model, places in _PLACES.items()
    for column, place in places.items()
)


def page(
    one: SealedColumn, *, after: object = None, limit: int, unless: int | None = None
) -> list[SealedValue]:
    """Return the next sealed values in the order of their keys; none that key `unless` sealed.

    What is empty, and what was put into a queue unsealed because it names nobody, is left out.
    """
    columns = ", ".join(f'"{name}"' for name in (one.key, one.column, *one.named))
    clauses, given = [f'substr("{one.column}", 1, 1) = %s'], [FORMAT]
    if unless is not None:
        clauses.append(f'substr("{one.column}", 1, 5) <> %s')
        given.append(header_of(unless))
    parameters: list[object] = list(given)
    if after is not None:
        clauses.append(f'"{one.key}" > %s')
        parameters.append(after)
    statement = (
        f'SELECT {columns} FROM "{one.table}" WHERE {" AND ".join(clauses)} '
        f'ORDER BY "{one.key}" LIMIT {limit:d}'
    )
    return [
        SealedValue(
            key=row[0],
            place=one.place.format(**dict(zip(one.named, row[2:], strict=True))),
            sealed=bytes(row[1]),
        )
        for row in sql.select(statement, parameters)
    ]


def replace(one: SealedColumn, changes: Sequence[tuple[SealedValue, bytes]]) -> None:
    """Put sealed values in place of others, unless somebody changed those meanwhile."""
    statement = (
        f'UPDATE "{one.table}" SET "{one.column}" = %s '
        f'WHERE "{one.key}" = %s AND "{one.column}" = %s'
    )
    rows: list[Any] = [(new, old.key, old.sealed) for old, new in changes]
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def count_by_key(one: SealedColumn) -> dict[int, int]:
    """Return how many values each key sealed."""
    statement = (
        f'SELECT substr("{one.column}", 1, 5), count(*) FROM "{one.table}" '
        f'WHERE substr("{one.column}", 1, 1) = %s GROUP BY 1'
    )
    return {number_in(header): count for header, count in sql.select(statement, [FORMAT])}
