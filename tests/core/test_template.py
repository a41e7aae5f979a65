"""Templates: what a provider would refuse unseen, and how values come into them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import template, template_rules
from baton.core.template import ApprovedTemplate
from baton.core.template_rules import Parts

BODY = (
    "Hi {{ contact.first_name }}, {{ run.class_name }} is at {{ run.at | time }}."
    " {{run.class_name}}!"
)


def approved(body: str = BODY, language: str = "en", name: str = "t") -> ApprovedTemplate:
    return ApprovedTemplate(
        version_id="v1", name=name, provider_name=f"{name}_2", language=language, body=body
    )


@pytest.mark.req("TP2")
def test_each_value_has_one_number_and_its_place() -> None:
    places = ("contact.first_name", "run.class_name", "run.at | time")
    assert template.places_in(BODY) == places
    assert template.numbered(BODY) == "Hi {{1}}, {{2}} is at {{3}}. {{2}}!"
    filled = approved().filled(["Mia", "Yoga\n 1", "6 PM"])
    assert filled is not None
    assert (filled.text, filled.values) == (
        "Hi Mia, Yoga 1 is at 6 PM. Yoga 1!",
        ("Mia", "Yoga 1", "6 PM"),
    )
    assert filled.name == "t_2"


def test_what_cannot_be_filled_in_is_no_message() -> None:
    assert approved().filled(["Mia", " ", "6 PM"]) is None
    assert approved().filled(["Mia", "x" * 1_020, "6 PM"]) is None


@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=3, max_size=3))
def test_a_value_never_names_a_place(values: list[str]) -> None:
    filled = approved().filled([f"{{{{ run.secret }}}} {value}" for value in values])
    assert filled is None or filled.text.count("run.secret") == 4


@pytest.mark.req("TP3")
def test_the_contacts_language_is_looked_for_and_no_other() -> None:
    known = [approved(language="en_US"), approved(language="es")]
    assert template.find(known, "t", "es-MX") == known[1]
    assert template.find(known, "t", "en-US") == known[0]
    assert template.find(known, "t", "de") is None
    assert template.find(known, "other", "es") is None


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("name", {"name": "Class Tomorrow"}),
        ("name", {"name": "x" * 61}),
        ("language", {"language": "english"}),
        ("body", {"body": "{{ run.x }}"}),
        ("body", {"body": " "}),
        ("body", {"body": "{{ run.x }} is late."}),
        ("body", {"body": "See you {{ run.x }}"}),
        ("body", {"body": "At {{ run.x }} {{ run.y }} o'clock."}),
        ("body", {"body": "{% if a %}Hi{% endif %}."}),
        ("body", {"body": "Hi {{ run.x, there."}),
        ("body", {"body": "x" * 1_025}),
        ("body", {"body": "Hi" + " a {{ run.x%d }}" * 21 % tuple(range(21)) + "."}),
        ("replies", {"replies": [(str(n), str(n)) for n in range(4)]}),
        ("replies", {"replies": [("1", "x" * 26)]}),
        ("replies", {"replies": [("", "Yes")]}),
        ("replies", {"replies": [("1", "Yes"), ("2", "Yes")]}),
        ("header", {"header": "x" * 61}),
        ("header", {"header": "{{ run.x }} {{ run.y }}"}),
        ("header", {"header": "two\nlines"}),
        ("footer", {"footer": "{{ run.x }}"}),
        ("footer", {"footer": "x" * 61}),
        ("link_label", {"link_label": ""}),
        ("link_label", {"link_label": "x" * 26}),
        ("link_label", {"link_label": "Yes"}),
        ("link_url", {"link_url": "javascript:alert(1)"}),
        ("link_url", {"link_url": "https://gym.example/{{ run.x }}/b"}),
        ("link_url", {"link_url": "https://{{ run.x }}/{{ run.y }}"}),
    ],
)  # fmt: skip
def test_what_a_provider_would_refuse_is_said_first(field: str, changes: dict[str, object]) -> None:
    good: dict[str, object] = {
        "name": "class_tomorrow", "language": "en_US", "body": "Hi {{ run.x }}, come!",
        "replies": [("1", "Yes")], "header": "{{ run.x }} is near", "footer": "Northside Gym",
        "link_label": "Move it", "link_url": "https://gym.example/b/{{ run.x }}",
    }  # fmt: skip
    assert not problems_of(good)
    assert list(problems_of(good | changes)) == [field]


def problems_of(parts: dict[str, object]) -> dict[str, str]:
    return template_rules.problems_with(Parts(**parts))  # type: ignore[arg-type] # as the fields are


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("channel", {"channel": "fax"}),
        ("body", {"body": "x" * 1_601}),
        ("body", {"body": "{% if a %}Hi{% endif %}."}),
        ("header", {"header": "News"}),
        ("header", {"channel": "email"}),
        ("header", {"channel": "email", "header": "x" * 151}),
        ("footer", {"footer": "Northside Gym"}),
        ("replies", {"replies": [("1", "Yes")]}),
        ("link_label", {"link_label": "Open", "link_url": "https://gym.example"}),
    ],
)
def test_sms_and_email_have_words_and_a_subject_alone(
    field: str, changes: dict[str, object]
) -> None:
    good: dict[str, object] = {
        "channel": "sms",
        "name": "offer",
        "language": "en",
        "body": "{{ run.x }}: half price",
    }
    assert not problems_of(good)
    assert not problems_of(good | {"channel": "email", "header": "An offer", "body": "x" * 9_000})
    assert field in problems_of(good | changes)


@pytest.mark.req("C6")
def test_a_header_a_footer_and_a_button_are_filled_in_and_read_from_top_to_bottom() -> None:
    whole = replace(
        approved("See you at {{ run.at }}."),
        header="{{ run.class_name }}",
        footer="Northside Gym",
        link_label="Move it",
        link_url="https://gym.example/b/{{ run.code }}",
    )
    assert whole.places == ("run.class_name", "run.at", "run.code")
    filled = whole.filled(["Yoga", "6 PM", "b1"])
    assert filled
    assert (filled.header_values, filled.values, filled.link_value) == (("Yoga",), ("6 PM",), "b1")
    assert filled.text == (
        "Yoga\n\nSee you at 6 PM.\n\nNorthside Gym\n\nMove it: https://gym.example/b/b1"
    )
    mail = replace(whole, channel="email", footer="", link_label="", link_url="")
    written = mail.filled(["Yoga", "6 PM"])
    assert written
    assert (written.subject, written.text) == ("Yoga", "See you at 6 PM.")
