"""YAML changed by forms: the value is what was asked for, and every other line stays."""

import json
from importlib.resources import files

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.services.writing import documents, yaml_edits, yaml_writing

FAQ = (files("baton") / "packs/fitness/flows/faq.yaml").read_text("utf-8")
NAMES = st.sampled_from(["type", "text", "then", "choices", "by_channel", "key", "1", "yes no"])
TEXTS = st.one_of(
    st.sampled_from(
        ["1", "true", "null", "~", "", " a ", "a: b", "a #b", "- a", "{{ run.x }}", "é"]
    ),
    st.text(max_size=40),
    st.lists(st.sampled_from(["word", "longer-word", "{{ x }}", "#", ":"]), max_size=60).map(
        " ".join
    ),
    st.lists(st.sampled_from(["a line", "", "  in", "# no comment"]), max_size=5).map("\n".join),
)
LEAVES = TEXTS | st.booleans() | st.integers(-99, 99) | st.none() | st.just(0.25)
VALUES: st.SearchStrategy[Json] = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(NAMES, VALUES, min_size=1, max_size=5)


def value_of(source: str) -> Json:
    return documents.read(source, file="").value


def written(document: dict[str, Json]) -> str:
    return "\n".join(yaml_writing.entry(key, one, 0) for key, one in document.items()) + "\n"


@given(DOCUMENTS)
@example({"text": "a\n\n  b"})
@example({"text": [[], [["a"]], {"key": [{"1": "x" * 120}]}]})
def test_what_is_written_is_what_is_read(document: dict[str, Json]) -> None:
    assert value_of(written(document)) == document


def test_what_two_collections_gain_at_one_place_stands_inside_and_then_outside() -> None:
    old = written({"type": {"type": []}})
    new: Json = {"type": {"type": None, "text": 0.25}, "text": []}
    found = yaml_edits.with_value(old, (), new)
    assert documents.read(found, file="").value == new


@settings(max_examples=60)
@given(DOCUMENTS, DOCUMENTS)
def test_any_value_becomes_any_other(old: dict[str, Json], new: dict[str, Json]) -> None:
    found = yaml_edits.with_value(written(old), (), new)
    assert json.dumps(value_of(found), sort_keys=True) == json.dumps(new, sort_keys=True)


@settings(max_examples=40)
@given(TEXTS.filter(bool), st.sampled_from(["text", "otherwise", "silence", "new_field"]))
def test_comments_and_other_lines_stay(text: str, field: str) -> None:
    document = value_of(FAQ)
    assert isinstance(document, dict)
    found = yaml_edits.with_value(FAQ, ("steps", "menu", field), text)
    kept = [line for line in FAQ.splitlines() if "#" in line]
    assert [line for line in found.splitlines() if line in kept] == kept
    head, _, rest = FAQ.partition("  menu:\n")
    assert found.startswith(head)
    assert found.endswith(rest.partition("  billing:\n")[2])


def test_nothing_changed_is_not_a_character_changed() -> None:
    assert yaml_edits.with_value(FAQ, (), value_of(FAQ)) == FAQ
    mixed = 'b: 0.10 # ten\na: {x: "1",   y: [ 2 ]}\n'
    assert yaml_edits.with_value(mixed, (), {"a": {"y": [2], "x": "1"}, "b": 0.1}) == mixed


@pytest.mark.parametrize(
    ("before", "path", "value", "after"),
    [
        ("a: one # why\nb: two\n", ("a",), "three", "a: three # why\nb: two\n"),
        ("a: one # why\n", ("a",), "two\nlines", 'a: "two\\nlines" # why\n'),
        ("a: {x: 1} # why\n", ("a", "x"), 2, "a: {x: 2} # why\n"),
        ("a:\n  - x: 1\n    y: 2\n", ("a", 0), {"y": 2}, "a:\n  - y: 2\n"),
        ("a:\n  # one\n  - 1\n\n  # two\n  - 2\n", ("a",), [2], "a:\n\n  # two\n  - 2\n"),
        ("a:\nb: 1\n", ("a",), "x", "a: x\nb: 1\n"),
        ("a: |\n  # text\n  x\n\n# b's\nb: 1\n", ("a",), "y", "a: y\n\n# b's\nb: 1\n"),
        ("a: [1, 2]\n", ("a",), [1, 2, 3], "a: [1, 2, 3]\n"),
        ("a: 1\n", ("b", "c"), "x", "a: 1\nb: {c: x}\n"),
    ],
    ids=["beside", "beside_lines", "inside", "first", "item", "nothing", "block", "list", "new"],
)
def test_only_what_differs_is_written(
    before: str, path: documents.Path, value: Json, after: str
) -> None:
    assert yaml_edits.with_value(before, path, value) == after


def test_new_keys_stand_where_the_form_has_them() -> None:
    found = yaml_edits.with_value("a: 1\n# last\nc: 3\n", (), {"a": 1, "b": 2, "c": 3})
    assert found == "a: 1\nb: 2\n# last\nc: 3\n"


def test_a_value_that_two_places_share_is_left_to_whoever_wrote_it() -> None:
    with pytest.raises(InvalidInput, match="in the YAML"):
        yaml_edits.with_value("a: &x {k: 1}\nb: *x\n", ("a", "k"), 2)


def test_a_key_is_renamed_in_its_place() -> None:
    assert yaml_edits.with_key("a:\n  b: 1 # c\n", ("a", "b"), "d_e") == "a:\n  d_e: 1 # c\n"
    with pytest.raises(InvalidInput):
        yaml_edits.with_key("a: {}\n", ("a", "b"), "c")
