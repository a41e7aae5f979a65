"""What is counted where it stands is kept as columns: they are what the rows say, always."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

import numpy as np
import pytest
from django.db import IntegrityError, models, transaction
from pytest_django.plugin import DjangoDbBlocker

from baton.config.stories import founding
from baton.core.kpis import Grain
from baton.reports import frames, segments, slices
from baton.services.evidence import days, keeping
from baton.services.house import House
from baton.store.models import (
    Booking,
    BookingChange,
    CheckIn,
    Consent,
    Conversation,
    Episode,
    EvidenceDay,
    EvidenceMark,
    Exposure,
    Handoff,
    Invoice,
    Membership,
    Message,
    OfferMade,
    Order,
    Return,
    Run,
    ShortLink,
    Slot,
    SurveyResponse,
    Task,
)
from tests.reports.world import ALL, DAY, HOUR, NOW, WORKSPACE
from tests.services.test_ownership_any_order import STORY
from tests.support.engines import default_database
from tests.support.postgres import PostgresServer

STANDING = [grain for grain in Grain if grain not in segments.FOLDED]
TABLES: list[type[Any]] = [
    Booking, BookingChange, CheckIn, Consent, Conversation, Episode, Exposure, Handoff, Invoice,
    Membership, Message, OfferMade, Order, Return, Run, ShortLink, Slot, SurveyResponse, Task,
]  # fmt: skip


def somebody(who: str, now: datetime) -> None:  # noqa: PLR0915 - a statement a row
    """Keep a contact of whom there is something of everything, each beside the others."""

    def put(table: type[Any], name: str, **known: Any) -> None:
        blank = {
            one.attname: now
            for one in table._meta.concrete_fields
            if isinstance(one, models.DateTimeField) and not one.null
        }
        one = {"id": f"{name}{who}", "workspace_id": WORKSPACE}
        fields = {field.attname for field in table._meta.concrete_fields}
        own = {"contact_id": who, "reference": f"{name}{who}"}
        given = {key: value for key, value in own.items() if key in fields}
        table.objects.create(**{**blank, **one, **given, **known})

    missed = now - 20 * DAY
    made = missed - 2 * DAY
    put(Conversation, "c", first_message_at=made - 30 * HOUR, channel="sms", opened_by="contact")
    put(
        Episode, "e", conversation_id=f"c{who}", number=0, began_at=made - 30 * HOUR,
        ended_at=made - 20 * HOUR, ended_by="bot",
    )  # fmt: skip
    put(Handoff, "h", conversation_id=f"c{who}", offered_at=made - 25 * HOUR)
    put(Slot, "v", activity_id="yoga", starts_at=missed, capacity=8, location_id=f"place{who}")
    put(
        Booking, "b", activity_id="yoga", slot_id=f"v{who}", starts_at=missed, made_at=made,
        state="no_show", made_by="contact",
    )  # fmt: skip
    put(BookingChange, "g", booking_id=f"b{who}", state="confirmed", starts_at=missed)
    put(
        Booking, "a", activity_id="box", starts_at=now, made_at=missed + 3 * DAY, state="booked",
        made_by="contact",
    )  # fmt: skip
    put(CheckIn, "k", at=missed + 5 * DAY)
    put(Invoice, "i", number=who, amount_minor=900, state="open", due_at=missed, cause="membership")
    put(Order, "o", number=who, plain_number=who, state="paid")
    put(
        Return, "r", number=who, order_id=f"o{who}", reason="size", source="form", state="asked",
        outcome="approved", is_unattended=True, decided_by="rules", asked_at=missed,
        decided_at=missed, refund_minor=100,
    )  # fmt: skip
    put(Membership, "m", plan="basic", state="active", joined_at=made - DAY)
    put(
        SurveyResponse, "q", conversation_id=f"c{who}", kind="nps", asked_at=missed,
        answered_at=missed + HOUR, rating=2, flow="ask",
    )  # fmt: skip
    put(
        SurveyResponse, "n", conversation_id=f"c{who}", kind="nps", asked_at=missed + DAY,
        answered_at=missed + 2 * DAY, rating=9, follows_id=f"q{who}",
    )  # fmt: skip
    put(
        SurveyResponse, "z", conversation_id=f"c{who}", kind="csat", asked_at=missed + 4 * DAY,
        answered_at=missed + 4 * DAY, score=75.0,
    )  # fmt: skip
    put(Task, "t", outcome="reached", done_at=missed + 3 * DAY)
    put(Exposure, "x", flow="winback", version=1, split="winback_timing", variant=f"of{who}",
        at=made - DAY)  # fmt: skip
    put(OfferMade, "f", cost_minor=100, worth_minor=900, at=made)
    put(
        Message, "u", is_unprompted=True, delivery="sent", purpose="promotional", channel="email",
        flow="ask", created_at=made,
    )  # fmt: skip
    put(Consent, "w", channel="sms", is_granted=False, at=made + HOUR)
    put(ShortLink, "l", message_id=f"u{who}", token=who, created_at=made)
    put(Run, "y", flow="ask", version=1, step="one", status="waiting", started_at=made)


def other_values(
    field: "models.Field[Any, Any]", was: object, others: list[object]
) -> Iterator[Any]:
    """Return what else a column may come to hold: what it holds of others, and a little more."""
    yield from (one for one in others if one != was)
    if field.null:
        yield None
    match was:
        case bool():
            yield not was
        case datetime():
            yield from (was + HOUR, was - 3 * DAY, was + timedelta(days=40))
        case int():
            yield was + 1
        case _:
            pass


def assert_columns_are_the_rows(told: object) -> None:
    for grain in STANDING:
        columns = segments.columns_of(grain)
        rows = list(slices.rows_of(grain, ALL).values_list(*columns))
        wanted = segments.segment_of(grain, rows)
        frame = frames.frame_of(WORKSPACE, grain, None, None)
        assert frame.count == wanted.count, (told, grain)
        for name in segments.texts_of(grain):
            places, words = frame.groups(name)
            found = [words[place] for place in places]
            assert found == [wanted.words[name][p] for p in wanted.places[name]], (told, name)
        for name in segments.numbers_of(grain):
            same = np.array_equal(frame.numbers(name), wanted.numbers[name], equal_nan=True)
            assert same, (told, grain, name)


def kept(house: House) -> House:
    somebody("p1", NOW)
    somebody("p2", NOW - 50 * DAY)
    days.renew(house, WORKSPACE)
    assert_columns_are_the_rows("at first")
    return house


@pytest.mark.django_db
@pytest.mark.req("RP7")
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_whatever_changes_what_is_kept_is_what_the_rows_say(table: type[Any]) -> None:
    change_all(table, kept(founding.make(STORY).house))


@pytest.mark.postgres
@pytest.mark.req("RP7")
def test_postgresql_notes_the_same(
    migrated_postgres: PostgresServer, django_db_blocker: DjangoDbBlocker
) -> None:
    own = migrated_postgres.create_migrated("standing")
    with django_db_blocker.unblock(), default_database(own):
        house = kept(founding.make(STORY).house)
        for table in TABLES:
            change_all(table, house, values=1)


@pytest.mark.django_db
@pytest.mark.req("RP7")
def test_all_read_anew_is_what_was_kept_row_by_row() -> None:
    house = kept(founding.make(STORY).house)
    Booking.objects.filter(pk="bp1").update(state="attended", starts_at=NOW - 3 * DAY)
    Message.objects.filter(pk="up2").delete()
    days.renew(house, WORKSPACE)
    told = digests()
    days.note_all(house, WORKSPACE)
    assert not digests()
    assert_columns_are_the_rows("while nothing is kept")
    bookkeeper = keeping.Bookkeeper(house=house)
    while EvidenceMark.objects.filter(workspace_id=WORKSPACE).exists():
        bookkeeper.run_once()
    assert digests() == told
    bookkeeper.run_once()  # nothing is left
    # Until a minute is over, it leaves to the dashboards what changed since.
    Invoice.objects.update(state="paid")
    bookkeeper.run_once()
    assert EvidenceMark.objects.exists()


def digests() -> dict[tuple[str, date], str]:
    days_kept = EvidenceDay.objects.filter(workspace_id=WORKSPACE)
    return {(one.grain, one.day): one.digest for one in days_kept}


def change_all(table: type[Any], house: House, *, values: int | None = None) -> None:
    """Change every column of one person's rows, take each row away and write it anew.

    To all other values that are thought of, or to so many.
    """
    own = table.objects.filter(pk__endswith="p1")
    for field in table._meta.concrete_fields:
        if field.attname in ("id", "workspace_id"):
            continue
        held = list(table.objects.values_list(field.attname, flat=True))
        for pk, was in own.values_list("pk", field.attname):
            for value in islice(other_values(field, was, held), values):
                try:
                    with transaction.atomic():
                        table.objects.filter(pk=pk).update(**{field.attname: value})
                except IntegrityError:
                    continue
                assert_columns_are_the_rows((table, pk, field.attname, value))
            table.objects.filter(pk=pk).update(**{field.attname: was})
        days.renew(house, WORKSPACE)
        assert not EvidenceMark.objects.exists()
        assert_columns_are_the_rows((table, field.attname))
    for row in own:
        table.objects.filter(pk=row.pk).delete()
        assert_columns_are_the_rows((table, row.pk, "deleted"))
        days.renew(house, WORKSPACE)
        table.objects.bulk_create([row])
        assert_columns_are_the_rows((table, row.pk, "written"))
        days.renew(house, WORKSPACE)
