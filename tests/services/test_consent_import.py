"""Consents from a file: kept with their provenance, once, with nothing sent."""

from zoneinfo import ZoneInfo

import pytest

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.world import World
from baton.core.errors import Forbidden, InvalidInput
from baton.services.people import consent_import
from baton.services.people.consent_import import Report
from baton.store.models import Address, AuditEntry, Consent, Contact, Message
from baton.store.models.runtime import RuntimeEffect

HEAD = "channel,address,purpose,status,source,at,wording\n"
STORY = Story.model_validate(
    {
        "story": "imports",
        "title": "What was agreed to elsewhere",
        "pack": "fitness",
        "people": {"sue": {"contact": "sms"}, "sam": {"user": "agent", "name": "Sam"}},
        "steps": [{"passes": "1s"}],
    }
)


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    return founding.make(STORY)


def take(world: World, lines: str, *, is_dry: bool = False) -> Report:
    return consent_import.import_file(
        world.house, world.workspace_id, (HEAD + lines).encode(), actor="system", is_dry=is_dry
    )


@pytest.mark.req("P1", "P15")
def test_a_file_is_looked_at_first_kept_once_and_sends_nothing(world: World) -> None:
    lines = (
        "sms,+44 7700 900123,promotional,yes,joining form,2026-02-14,May we\0 text you offers?\n"
        "SMS,+447700900123,service,yes,joining form,2026-02-14T09:00:00+00:00,\n"
        "sms,+447700900124,all,no,a letter,2026-02-20,\n"
    )
    dry = take(world, lines, is_dry=True)
    assert (dry.added, dry.known, dry.refused) == (3, 0, 0)
    assert not Contact.objects.exists()
    done = take(world, lines)
    assert (done.added, done.newcomers, done.known, done.refused) == (3, 2, 0, 0)
    again = take(world, lines)
    assert (again.added, again.known) == (0, 3)
    kept = Consent.objects.get(purpose="promotional")
    assert (kept.source, kept.wording, kept.evidence) == (
        "joining form", "May we text you offers?", "line 2 of an import",
    )  # fmt: skip
    assert kept.at.isoformat() == "2026-02-14T00:00:00+00:00"
    assert kept.recorded_at == world.now
    assert sorted(Contact.objects.values_list("opted_out", flat=True)) == ["", "sms"]
    assert not Address.objects.exclude(verified_at=None).exists()
    zones = Contact.objects.values_list("timezone", "timezone_from")
    assert set(zones) == {("Europe/London", "number")}  # quiet hours go by it
    world.run_idle()
    assert not RuntimeEffect.objects.exists()
    assert not Message.objects.exists()
    assert AuditEntry.objects.filter(action="consents_imported").count() == 1


@pytest.mark.req("C24", "P18")
def test_no_file_lifts_an_end_and_an_older_yes_brings_nothing_back(world: World) -> None:
    take(world, "sms,+447700900123,all,no,a letter,2026-02-20,\n")
    take(world, "sms,+447700900123,promotional,yes,a form,2026-02-14,\n")
    take(world, "sms,+447700900123,all,yes,a form,2026-02-25,\n")
    assert Contact.objects.get().opted_out == "sms"


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("fax,+447700900123,service,yes,form,2026-02-14,", "channel"),
        ("email,mia@example.org,service,yes,form,2026-02-14,", "channel"),
        ("sms,call me,service,yes,form,2026-02-14,", "address"),
        ("sms,+447700900123,sales,yes,form,2026-02-14,", "purpose"),
        ("sms,+447700900123,service,maybe,form,2026-02-14,", "status"),
        ("sms,+447700900123,service,yes,,2026-02-14,", "source"),
        ("sms,+447700900123,service,no,,2026-02-14,", "source"),
        ("sms,+447700900123,service,yes,form,,", "at"),
        ("sms,+447700900123,service,yes,form,14.2.2026,", "at"),
        ("sms,+447700900123,service,yes,form,2026-02-14T09:00:00,", "at"),
        ("sms,+447700900123,service,yes,form,2027-02-14,", "at"),
        (f"sms,+447700900123,service,yes,form,2026-02-14,{'x' * 401}", "wording"),
        ("sms,+447700900123,service,yes,form,0001-01-01T00:00:00+14:00,", "at"),
        ("sms", "address"),
    ],
)
def test_a_line_that_proves_nothing_is_told_and_the_others_are_kept(
    world: World, line: str, column: str
) -> None:
    report = take(world, f"{line}\n\nsms,+447700900125,service,yes,form,2026-02-14,\n")
    assert (report.added, report.refused, report.lines) == (1, 1, 2)
    assert {one.line for one in report.problems} == {2}
    assert column in {one.column for one in report.problems}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"channel,address\nsms,1\n",
        HEAD.replace("wording", "mood").encode(),
        HEAD.encode("utf-16"),
        (HEAD + '"sms,').encode(),
        b"x" * (consent_import.MAX_BYTES + 1),
        (HEAD + "a\n" * (consent_import.MAX_LINES + 1)).encode(),
    ],
)
def test_what_is_no_such_file_is_refused_as_a_whole(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        list(consent_import.rows_of(content))


def test_semicolons_and_a_mark_of_the_encoding_are_read_as_spreadsheets_write_them() -> None:
    content = "\ufeff" + HEAD.replace(",", ";") + "sms;+447700900123;service;yes;form;2026-02-14;\n"
    [(number, row)] = consent_import.rows_of(content.encode())
    assert (number, row["channel"], row["at"]) == (2, "sms", "2026-02-14")


def test_a_day_is_one_where_the_business_is() -> None:
    at = consent_import.moment_of("2026-07-01", ZoneInfo("America/New_York"))
    assert at is not None
    assert at.isoformat() == "2026-07-01T00:00:00-04:00"


def test_an_agent_imports_nothing(world: World) -> None:
    with pytest.raises(Forbidden):
        consent_import.import_as(world.house, world.users["sam"], b"", is_dry=True)


def test_a_file_tells_languages_but_not_better_than_the_contact(world: World) -> None:
    head = HEAD.strip() + ",language\n"
    person = "sms,+447700900123,{},yes,a form,2026-02-14,,{}\n"

    def told(purpose: str, language: str) -> tuple[int, str]:
        lines = (head + person.format(purpose, language)).encode()
        report = consent_import.import_file(
            world.house, world.workspace_id, lines, actor="system", is_dry=False
        )
        return report.refused, Contact.objects.get().language if report.added else ""

    assert told("service", "Spanish") == (1, "")
    assert told("service", "es_mx") == (0, "es-MX")
    assert told("promotional", "pt") == (0, "pt")
    Contact.objects.update(language_from="contact")
    assert told("transactional", "fr") == (0, "pt")
