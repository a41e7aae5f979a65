"""Documents: every mistake has its place, and nothing in a file can hurt the reader."""

import contextlib
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from baton.services.writing import documents
from baton.services.writing.documents import InvalidDocument


class Says(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["says"]
    text: str
    channel: Literal["webchat", "sms"] = "webchat"


class Passes(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["passes"]
    minutes: int


class Story(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str
    limits: dict[str, int] = Field(default_factory=dict)
    steps: tuple[Annotated[Says | Passes, Field(discriminator="kind")], ...] = ()
    owner: Says | None = None


GOOD = """\
title: A story
limits: {attempts: 2}
steps:
  - kind: says
    text: "1"
  - kind: passes
    minutes: 10
"""


def problems_of(text: str) -> list[str]:
    with pytest.raises(InvalidDocument) as caught:
        documents.parse(Story, text, file="story.yaml")
    return [problem.text for problem in caught.value.problems]


def test_a_good_document_becomes_its_model() -> None:
    story = documents.parse(Story, GOOD, file="story.yaml")
    assert story.steps == (Says(kind="says", text="1"), Passes(kind="passes", minutes=10))
    assert story.limits == {"attempts": 2}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title: a\ntitel: b", "story.yaml:2:1: titel: unknown key 'titel'; did you mean 'title'?"),
        (
            "title: a\nxyz: b",
            "story.yaml:2:1: xyz: unknown key 'xyz'; allowed here: limits, owner, steps, title",
        ),
        ("limits: {}", "story.yaml:1:1: the key 'title' is missing"),
        ("", "story.yaml:1:1: must be an object"),
        ("title: 5", 'story.yaml:1:1: title: must be text: put it in quotes, "5"'),
        ("title: a\ntitle: b", "the key 'title' stands twice (first in line 1); keep one"),
        ("title: [1, 2", "story.yaml:1:13: no valid YAML: did not find expected ',' or ']'"),
        ("title: 'x", "story.yaml:1:10: no valid YAML: found unexpected end of stream"),
        ("title: a\x00", "no valid YAML"),
        ("title: !!python/object:os.system x", "story.yaml:1:8: the tag"),
        ("title: a\n---\ntitle: b", "story.yaml:2:1: a second document"),
        ("title: *a", "story.yaml:1:8: *a has no finished &a above it"),
        ("title: &a [*a]", "*a has no finished &a above it"),
        ("? [a]\n: b", "a key must be a word"),
        ('title: "\\ud800"', "story.yaml:1:11: no valid YAML: found invalid Unicode"),
        ("title: a\nowner: b\ud800", "story.yaml:2:9: half of a character"),
    ],
)
def test_each_mistake_has_a_place_and_a_way_out(text: str, expected: str) -> None:
    assert expected in problems_of(text)[0]


def test_a_mistake_deep_in_a_union_points_at_its_own_line() -> None:
    text = GOOD.replace("    minutes: 10", "    minutes: soon\n    texts: hello\n    kin: d")
    assert problems_of(text) == [
        "story.yaml:7:5: steps[1].minutes: must be a valid integer, not 'soon'",
        "story.yaml:8:5: steps[1].texts: unknown key 'texts'; allowed here: kind, minutes",
        "story.yaml:9:5: steps[1].kin: unknown key 'kin'; did you mean 'kind'?",
    ]


def test_a_wrong_choice_is_told_the_choices() -> None:
    (problem,) = problems_of("title: a\nowner: {kind: says, text: a, channel: fax}")
    assert problem == ("story.yaml:2:30: owner.channel: must be 'webchat' or 'sms', not 'fax'")


def test_an_unknown_key_in_an_optional_branch_knows_its_own_keys() -> None:
    (problem,) = problems_of("title: a\nowner: {kind: says, text: a, tekst: b}")
    assert problem.endswith("unknown key 'tekst'; did you mean 'text'?")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0123", "0123"),
        ("+15551234567", "+15551234567"),
        ("2026-11-05", "2026-11-05"),
        ("12:30", "12:30"),
        ("yes", "yes"),
        ("-7", -7),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".inf", ".inf"),
        ("'5'", "5"),
        ("true", True),
        ("~", None),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_plain_words_are_read_as_people_mean_them(text: str, value: object) -> None:
    assert documents.read(text, file="f").value == value


def test_size_depth_and_growth_are_bounded() -> None:
    laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
    )
    for text, why in (
        (laughs, "more than 200000 values"),
        ("[" * 5000, "nested deeper than 50 levels"),
        ("x" * 1_000_001, "longer than 1000000 characters"),
    ):
        with pytest.raises(InvalidDocument, match=why):
            documents.read(text, file="f")


def test_an_alias_is_read_and_keeps_the_place_where_it_was_written() -> None:
    document = documents.read("a: &x {b: 1}\nc: *x", file="f")
    assert document.value == {"a": {"b": 1}, "c": {"b": 1}}
    assert document.problem(("c", "b"), "wrong").text == "f:1:8: c.b: wrong"


@given(st.text(max_size=200))
def test_any_text_is_a_document_or_a_refusal(text: str) -> None:
    with contextlib.suppress(InvalidDocument):
        documents.parse(Story, text, file="f")


@pytest.mark.parametrize(
    ("text", "at", "place"),
    [
        ("a: one two", 4, (1, 8)),
        ('a: "one two"', 4, (1, 9)),
        ("a: 'one two'", 4, (1, 9)),
        ("a: 'it''s two'", 5, (1, 1)),  # escaped: the letters are not those written
        ("a: one\n   two", 4, (1, 1)),  # folded
        ("a: 5", 0, (1, 1)),  # no text
    ],
)
def test_a_problem_inside_a_text_points_at_the_character(
    text: str, at: int, place: tuple[int, int]
) -> None:
    problem = documents.read(text, file="f.yaml").problem(("a",), "wrong", at=at)
    assert (problem.line, problem.column) == place
