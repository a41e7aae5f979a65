"""Templates: what a provider would refuse unseen, and how values come into them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import template
from baton.core.template import ApprovedTemplate

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
    ],
)  # fmt: skip
def test_what_a_provider_would_refuse_is_said_first(field: str, changes: dict[str, object]) -> None:
    good: dict[str, object] = {
        "name": "class_tomorrow", "language": "en_US", "body": "Hi {{ run.x }}, come!",
        "replies": [("1", "Yes")],
    }  # fmt: skip
    check = template.problems_with
    assert not check(**good)  # type: ignore[arg-type] # each has its field's type
    assert list(check(**{**good, **changes})) == [field]  # type: ignore[arg-type] # the same
