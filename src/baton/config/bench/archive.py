"""A workspace with a past: its read model, and the rows of the last of it as they were written."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import models

from baton.config.bench import filling, standing
from baton.config.bench.crowd import Crowd
from baton.config.bench.pasts import Pasts, Told
from baton.config.bench.standing import Standing
from baton.core.kpis import Grain
from baton.services.evidence import days
from baton.services.evidence.folding import fold
from baton.store import marking, sql
from baton.store.models import (
    Assignment,
    AuditEntry,
    Conversation,
    Handoff,
    Inbox,
    Message,
    SurveyResponse,
    Turn,
    Workspace,
)
from baton.store.rows import EpisodeRow, StretchRow

_CHUNK = 20_000
A_WEEK = timedelta(days=7)
SEED = 29
_FILLED = ("store_episode", "store_stretch", "store_conversation", "store_handoff")
Values = dict[str, object]


class Archive:
    """Fills a workspace: folded rows for all of a past, and what they came from for its end."""

    def __init__(self, crowd: Crowd, until: datetime) -> None:
        self._crowd = crowd
        inbox = Inbox.objects.get(workspace_id=crowd.workspace_id)
        self._pasts = Pasts(crowd.workspace_id, inbox.id, until, seed=SEED)
        self._until = until
        self.events = self.episodes = self.stretches = 0
        self.standing: Mapping[str, int] = {}

    def fill(self, conversations: int) -> None:
        """Write the read model of so many conversations, and what a business has beside them."""
        found = self._pasts.some(conversations)
        people = standing.contacts_of(conversations)
        with filling.unindexed(*_FILLED):
            while some := list(islice(found, _CHUNK)):
                self._fold(some)
                self._pour(Conversation, (_had_by(one, people) for one in some))
                self._pour(Handoff, (row for one in some for row in _handoffs(one)))
        beside = Standing(self._until, conversations, seed=SEED)
        counts = {}
        marking.remove()  # whole days are noted instead, once for all rows
        for table, rows in beside.tables():
            with filling.unindexed(table._meta.db_table):  # noqa: SLF001
                counts[table.__name__] = self._pour(table, rows)
        marking.install()
        marking.note_all(self._crowd.workspace_id)
        self.standing = counts
        sql.execute("ANALYZE")

    def _fold(self, some: Sequence[Told]) -> None:
        folded = [fold(one.past) for one in some]
        episodes = [row for one in folded for row in one.episodes]
        stretches = [row for one in folded for row in one.stretches]
        self.events += sum(one.events for one in some)
        self.episodes += len(episodes)
        self.stretches += len(stretches)
        _pour(EpisodeRow, episodes)
        _pour(StretchRow, stretches)
        house, workspace_id = self._crowd.house, self._crowd.workspace_id
        with house.engine.transaction():
            days.mark(house, workspace_id, Grain.EPISODE, {one.began_at for one in episodes})
            days.mark(house, workspace_id, Grain.STRETCH, {one.began_at for one in stretches})

    def write(self, conversations: int) -> int:
        """Write so many conversations as they would have been; return how many events."""
        found = list(self._pasts.some(conversations, over=A_WEEK))
        for table, rows in (
            (Conversation, [_conversation(one) for one in found]),
            (Turn, [row for one in found for row in _turns(one)]),
            (Message, [row for one in found for row in _answers(one)]),
            (Handoff, [row for one in found for row in _handoffs(one)]),
            (Assignment, [row for one in found for row in _had(one)]),
            (SurveyResponse, [row for one in found for row in _marks(one)]),
        ):
            self._pour(table, rows)
        entries = sorted((row for one in found for row in _entries(one)), key=lambda row: row["at"])
        workspace = Workspace.objects.get(id=self._crowd.workspace_id)
        for row in entries:
            workspace.audit_seq += 1
            row["id"] = row["seq"] = workspace.audit_seq
        self._pour(AuditEntry, entries)
        workspace.save(update_fields=["audit_seq"])
        # What it knew of these tables is of when they were empty.
        sql.execute("ANALYZE")
        return len(entries)

    def _pour(self, table: type[models.Model], rows: Iterable[Values]) -> int:
        """Write rows that say what matters; all else of them is what a new row has."""
        blank = {one.attname: _blank(one) for one in table._meta.concrete_fields}  # noqa: SLF001
        blank["workspace_id"] = self._crowd.workspace_id
        columns = list(blank)
        values = ([_written({**blank, **row}[name]) for name in columns] for row in rows)
        return filling.pour(table._meta.db_table, columns, values)  # noqa: SLF001


def _pour(kind: type[EpisodeRow | StretchRow], rows: Iterable[EpisodeRow | StretchRow]) -> None:
    columns = sql.columns_of(kind)
    values = ([_written(getattr(row, name)) for name in columns] for row in rows)
    filling.pour(kind.table, columns, values)


def _written(value: object) -> object:
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value


def _blank(field: "models.Field[Any, Any]") -> object:
    value = field.get_default()
    if isinstance(field, models.JSONField):
        return json.dumps(value)
    if value is None and not field.null:
        return 0
    return value


def _conversation(one: Told) -> Values:
    past = one.past
    return {
        "id": past.id,
        "contact_id": past.id,
        "lane": past.id,
        "inbox_id": past.inbox_id,
        "channel": past.channel,
        "request_type": past.intent,
        "triage": past.triage,
        "opened_by": past.opened_by,
        "is_confirmed": past.is_confirmed,
        "location_id": past.location_id,
        "segment": past.segment,
        "status": "resolved",
        "handled_by": "bot",
        "first_message_at": past.began_at,
        "last_message_at": past.began_at,
    }


def _had_by(one: Told, people: int) -> Values:
    """Return a conversation of the past, with one of so many people."""
    return {**_conversation(one), "contact_id": standing.contact(int(one.past.id[1:]) % people)}


def _turns(one: Told) -> Iterator[Values]:
    for turn in one.past.turns:
        yield {"conversation_id": one.past.id, **turn._asdict()}


def _answers(one: Told) -> Iterator[Values]:
    for place, at in enumerate(one.past.answers):
        yield {
            "id": f"w{one.past.id[3:]}{place:02d}",
            "conversation_id": one.past.id,
            "contact_id": one.past.id,
            "author": "bot",
            "delivery": "sent",
            "created_at": at,
        }


def _handoffs(one: Told) -> Iterator[Values]:
    for handoff in one.past.handoffs:
        yield {"conversation_id": one.past.id, **handoff._asdict()}


def _had(one: Told) -> Iterator[Values]:
    for had in one.past.had:
        yield {"conversation_id": one.past.id, **had._asdict()}


def _marks(one: Told) -> Iterator[Values]:
    for mark in one.past.marks:
        yield {"conversation_id": one.past.id, "kind": "csat", **mark._asdict()}


def _entries(one: Told) -> Iterator[dict[str, Any]]:
    """Return the trail of a conversation: its deeds, and a line for all else that was done."""
    past = one.past
    subject = f"conversation:{past.id}"
    for deed in past.deeds:
        yield {
            "at": deed.at,
            "actor": deed.actor,
            "action": deed.action,
            "subject": subject,
            "details": json.dumps({"code": deed.code}),
        }
    for place in range(one.events - len(past.deeds)):
        at = past.began_at + timedelta(seconds=20 * place)
        yield {"at": at, "actor": "bot", "action": "said", "subject": subject, "details": "{}"}
