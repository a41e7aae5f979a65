"""What a text names and is not there: an error, unless the text itself asks for it first."""

import pytest

from baton.core.errors import InvalidInput
from baton.flows.render import find_mistake, mentions_in, render


@pytest.mark.req("TP2")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hi {{ contact.first_name | default: 'there' }}.", "Hi there."),
        ("Hi{% if contact.first_name %} {{ contact.first_name }}{% endif %}.", "Hi."),
        ("{% if run.kind == 'yoga' %}Bring a mat.{% else %}See you.{% endif %}", "See you."),
        ("{% unless run.kind %}See you.{% endunless %}", "See you."),
    ],
)
def test_a_text_that_asks_first_does_without(text: str, said: str) -> None:
    assert render(text, {"run": {}, "contact": {}}) == said


@pytest.mark.parametrize(
    "text",
    [
        "Hi {{ contact.first_name }}.",
        "{{ contact.first_name | upcase | default: 'there' }}",
        "{% for one in run.classes %}{{ one }}{% endfor %}",
    ],
)
def test_a_text_that_does_not_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="is undefined"):
        render(text, {"run": {}, "contact": {}})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ run.x }}", [("x", False)]),
        ("{{ run.x | default: 'a' }}", [("x", True)]),
        ("{{ run.default_city }}", [("default_city", False)]),
        ("{{ run.x | upcase | default: 'a' }}", [("x", False)]),
        ("{{ 'a' | append: run.x }}", [("x", False)]),
        (
            "{% if run.x %}{{ run.x }}{% endif %}{{ run.y }}",
            [("x", True), ("x", True), ("y", False)],
        ),
        ("{% assign z = run.x | default: 'a' %}{{ z }}", [("x", True)]),
        ("no name at all", []),
    ],
)
def test_the_names_of_a_text_are_found_with_what_they_need(
    text: str, expected: list[tuple[str, bool]]
) -> None:
    found = sorted(mentions_in(text), key=lambda one: one.at)
    assert [(one.path[1], one.has_default) for one in found] == expected


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("Hi {{ run.x ", 3, "expected '}}'"),
        ("At {{ run..x }}", 9, "found '..'"),
        ("At {{ run.x | tme }}", 14, "there is no filter 'tme'"),
        ("{% include 'other' %}", 11, "one text cannot include another"),
    ],
)
def test_a_mistake_in_a_text_is_found_with_its_place(text: str, at: int, words: str) -> None:
    mistake = find_mistake(text)
    assert mistake
    assert (mistake.at, words in mistake.words) == (at, True)


@pytest.mark.parametrize("text", ["", "Hello.", "Hi {{ contact.name }}", "{"])
def test_a_good_text_has_none(text: str) -> None:
    assert find_mistake(text) is None


@pytest.mark.parametrize(
    "text", ["{{ 'a' | split: '' | sum }}", "{{ 1 | divided_by: 0 }}", "{{ 'a' | money }}"]
)
def test_a_filter_that_fails_is_a_refusal_like_any_other(text: str) -> None:
    with pytest.raises(InvalidInput):
        render(text, {})
