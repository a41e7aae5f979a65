"""What filters make of times, days and money: as the contact's language says it."""

from contextlib import suppress
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from babel import Locale, localedata
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from baton.core.errors import InvalidInput
from baton.flows.render import MAX_TEXT, Manner, mentions_in, render

STARTS = "2026-06-11T18:00:00+00:00"  # a Thursday
FACTS: dict[str, object] = {
    "run": {"starts_at": STARTS, "day": "2026-06-11", "price": 123450, "order": "A/1 2"}
}
LOCALES = sorted(name for name in localedata.locale_identifiers() if "_" not in name)


@pytest.mark.req("TP2", "TP3")
@pytest.mark.parametrize(
    ("text", "locale", "shown"),
    [
        ("{{ run.starts_at | day }}", "en", "Thursday, June 11"),
        ("{{ run.starts_at | day }}", "en-GB", "Thursday 11 June"),
        ("{{ run.starts_at | day }}", "es", "jueves, 11 de junio"),
        ("{{ run.day | day }}", "de", "Donnerstag, 11. Juni"),
        ("{{ run.day | day }}", "pt-BR", "quinta-feira, 11 de junho"),
        ("{{ run.day | date }}", "en", "June 11, 2026"),
        ("{{ run.day | date: 'short' }}", "de", "11.06.26"),
        ("{{ run.day | date: 'full' }}", "fr", "jeudi 11 juin 2026"),
        ("{{ run.starts_at | time }}", "en", "6:00 PM"),
        ("{{ run.starts_at | time }}", "de", "18:00"),
        ("A las {{ run.starts_at | time }}. Nos vemos.", "es-MX", "A las 6:00 p.m. Nos vemos."),
        ("{% if run.day %}{{ run.starts_at | time }}{% endif %}.", "es-MX", "6:00 p.m."),
        ("Hm... {{ run.starts_at | time }}...", "es-MX", "Hm... 6:00 p.m...."),
        ("{{ run.price | money }}", "en", "$1,234.50"),
        ("{{ run.price | money }}", "de", "1.234,50\xa0$"),
        ("{{ 'https://x.example/o/' | link: run.order, 'pay' }}", "en",
         "https://x.example/o/A%2F1%202/pay"),
        ("{{ run.starts_at | time }}", "xx", "6:00 PM"),
        ("{{ contact.name | default: 'there' }}", "en", "there"),
    ],
)  # fmt: skip
def test_filters_speak_the_contacts_language(text: str, locale: str, shown: str) -> None:
    assert render(text, {**FACTS, "contact": {"name": ""}}, Manner(locale=locale)) == shown


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("America/Los_Angeles", "Wednesday, June 10, 11:30 PM"),
        ("UTC", "Thursday, June 11, 6:30 AM"),
        ("Pacific/Auckland", "Thursday, June 11, 6:30 PM"),
    ],
)
def test_a_time_is_told_in_the_zone_of_the_place(zone: str, shown: str) -> None:
    facts: dict[str, object] = {"at": "2026-06-11T08:30:00+02:00"}
    manner = Manner(zone=ZoneInfo(zone))
    assert render("{{ at | day }}, {{ at | time }}", facts, manner) == shown


@pytest.mark.parametrize(
    ("currency", "shown"), [("EUR", "€45.00"), ("JPY", "¥4,500"), ("TND", "TND4.500")]
)
def test_minor_units_are_those_of_the_currency(currency: str, shown: str) -> None:
    assert render("{{ p | money }}", {"p": 4500}, Manner(currency=currency)) == shown


@pytest.mark.req("TP3")
@given(st.sampled_from(LOCALES), st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_a_day_is_named_in_full_in_every_language(locale: str, day: date) -> None:
    shown = render("{{ d | day }}", {"d": day.isoformat()}, Manner(locale=locale))
    language = Locale.parse(locale)
    assert format_date(day, "EEEE", locale=language) in shown
    assert format_date(day, "d", locale=language) in shown


@pytest.mark.parametrize(
    "text",
    [
        "{{ run.nothing }}",
        "{{ run.order | day }}",
        "{{ run.day | time }}",
        "{{ run.order | money }}",
        "{{ run.day | date: 'huge' }}",
        "{{ run.order | shout }}",
        "{{ run.order",
        "{% for x in run.order %}",
    ],
)
def test_what_cannot_be_filled_in_is_told_in_one_line(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        render(text, FACTS)
    assert "\n" not in refused.value.fields["text"]


@given(st.text(max_size=60), st.sampled_from(["en", "es", "ar", "ja"]))
def test_no_text_fails_otherwise_than_by_saying_so(text: str, locale: str) -> None:
    facts: dict[str, object] = {"run": {"a": 1}, "now": datetime(2026, 1, 1, tzinfo=UTC)}
    with suppress(InvalidInput):
        assert len(render(text, facts, Manner(locale=locale))) <= MAX_TEXT


def test_what_a_text_names_is_known_before_it_is_said() -> None:
    text = "Hi {{ contact.name | default: 'there' }}: {{ run.price | money }}."
    found = {mention.path: mention.has_default for mention in mentions_in(text)}
    assert found == {("contact", "name"): True, ("run", "price"): False}


@pytest.mark.parametrize(
    "text",
    [
        "{% assign a = 'a' %}{% for i in (1..40) %}{% assign a = a | append: a %}{% endfor %}",
        "{{ (1..30000000) | join: 'a' }}",
        "{{ 'aaaa' | replace: 'a', run.long | replace: 'a', run.long | replace: 'a', run.long }}",
    ],
)
def test_a_text_that_grows_without_end_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        render(text, {"run": {"long": "a" * 4_000}})
