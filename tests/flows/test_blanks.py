"""Texts of blanks say what Liquid would say, letter for letter, or leave it to Liquid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liquid.exceptions import LiquidError

from baton.flows import blanks, render
from baton.flows.render import Manner

GERMAN = Manner(locale="de", currency="EUR")
VALUES = st.one_of(
    st.text(max_size=12),
    st.integers(),
    st.booleans(),
    st.none(),
    st.floats(),
    st.lists(st.text(max_size=3), max_size=3),
    st.sampled_from(["2026-06-11T18:00:00+00:00", "2026-06-11", "2026-06-11T18:00:00"]),
    st.dictionaries(st.sampled_from(["day", "size"]), st.integers(), max_size=2),
)
FACTS = st.fixed_dictionaries(
    {"run": st.dictionaries(st.sampled_from(["a", "b", "size"]), VALUES)}, optional={"top": VALUES}
)
BLANKS = st.sampled_from(
    [
        "{{ run.a }}", "{{run.b}}", "{{ top }}", "{{ run['a'] }}", "{{ run.size }}",
        "{{ run.a | day }}", "{{ run.b | time }}", "{{ run.a | money }}",
        "{{ top | date: 'short' }}",
        "{{ top | link: 'pay', 2 }}", "{{ run.a | upcase }}", "{{ run.a | default: 'x' }}",
        "{{ run.a | date: run.b }}", "{{- run.a -}}", "{{ 'w' }}", "{{ run[top] }}",
        "{{ run.a.day }}",
        "{% if top %}yes{% endif %}", "{{ run.a | nothing }}", "{{ run.a | date: width: 'full' }}",
    ]
)  # fmt: skip
TEXTS = st.lists(st.one_of(BLANKS, st.text("a {}|\n.", max_size=6)), max_size=4).map("".join)


@given(text=TEXTS, facts=FACTS)
def test_a_text_of_blanks_says_what_liquid_says(text: str, facts: dict[str, object]) -> None:
    form = render._form(text) if "{" in text else None
    filled = blanks.fill(form, facts, GERMAN) if form else None
    if filled is not None:
        assert filled == render._template(text).render(**facts, manner=GERMAN)


@pytest.mark.parametrize(
    ("text", "is_form"),
    [
        ("Hi {{ contact.first_name }}: {{ run.starts_at | day }}.", True),
        ("{{ business.url | link: 'pay', run.order }}", False),
        ("{{ contact.first_name | default: 'there' }}", False),
        ("{% if run.a %}a{% endif %}", False),
    ],
)
def test_plain_texts_are_forms_and_nothing_else_is(text: str, is_form: bool) -> None:  # noqa: FBT001
    assert (render._form(text) is not None) is is_form


def test_no_form_hides_what_is_wrong_with_a_text() -> None:
    with pytest.raises(LiquidError):
        render._template("{{ run.a | }} {{")
    assert render._form("{{ run.a | }} {{") is None
