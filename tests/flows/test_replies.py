"""What an answer is taken for: a choice by any of its words, a number only if it is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import text as texts
from baton.core.json import Json
from baton.flows import replies, values
from baton.flows.fields import Fields
from baton.flows.replies import TYPE_OF, ReplyKind
from baton.flows.scene import Go, Said
from baton.flows.steps.ask import Ask
from tests.flows.scenes import a_scene, parse_input, said

SCENE = a_scene()
WORDS = st.text("aAbBéß12 !.", min_size=1, max_size=4).filter(lambda word: texts.bare(word) != "")


@st.composite
def choices(draw: st.DrawFn) -> list[dict[str, Json]]:
    also = st.lists(WORDS, max_size=2)
    made: list[dict[str, Json]] = []
    for place in range(draw(st.integers(1, 4))):
        words: list[Json] = [*draw(also)]
        made.append({"key": draw(WORDS), "label": draw(WORDS), "also": words, "then": f"s{place}"})
    return made


def words_of(choice: dict[str, Json]) -> set[str]:
    also = choice["also"]
    assert isinstance(also, list)
    return {texts.bare(str(word)) for word in (choice["key"], choice["label"], *also)}


@pytest.mark.req("C18")
@given(choices())
def test_each_word_of_a_question_means_one_choice_or_the_document_is_refused(
    offered: list[dict[str, Json]],
) -> None:
    problems: dict[str, str] = {}
    raw: dict[str, Json] = {"kind": "choice", "text": "Which?", "choices": [*offered]}
    step = Ask.parse(Fields(raw=raw, path="", problems=problems))
    taken = [word for one in offered for word in words_of(one)]
    assert bool(problems) is (len(taken) > len(set(taken)))
    if problems:
        return
    for one in offered:
        for word in words_of(one):
            outcome = step.resume(SCENE, said(f"hm\n {word.upper()}! "))
            assert outcome is None or isinstance(outcome, Go)
            if texts.bare(word.upper()) == word:
                assert outcome is not None
                assert outcome.to == one["then"]
                assert outcome.variables["topic"] == texts.bare(str(one["label"]))
    assert step.resume(SCENE, said("none of these words")) is None


@given(st.sampled_from(ReplyKind), st.text(max_size=40))
def test_an_answer_is_of_its_type_or_there_is_none(kind: ReplyKind, text: str) -> None:
    found = replies.find_value(kind, said(text), SCENE)
    assert found is None or not values.problem_with(found, TYPE_OF[kind])


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (ReplyKind.NUMBER, "12", 12),
        (ReplyKind.NUMBER, "we are 4.", 4),
        (ReplyKind.NUMBER, "2 or 3", None),
        (ReplyKind.NUMBER, "2.5", None),
        (ReplyKind.NUMBER, "-3", None),
        (ReplyKind.NUMBER, "room B12", None),
        (ReplyKind.NUMBER, "four", None),
        (ReplyKind.REFERENCE, "it is bk-7741, I think", "BK-7741"),
        (ReplyKind.REFERENCE, "ORD1 or ORD2", None),
        (ReplyKind.REFERENCE, "no idea", None),
        (ReplyKind.PHOTO, "[photo a-1_B] see", "a-1_B"),
        (ReplyKind.PHOTO, "a photo", None),
        (ReplyKind.TEXT, "  ", None),
        (ReplyKind.TEXT, " Mia ", "Mia"),
    ],
)
def test_what_is_found_in_words(kind: ReplyKind, text: str, value: Json) -> None:
    assert replies.find_value(kind, said(text), SCENE) == value


def test_a_reference_that_the_reader_named_wins_over_shapes() -> None:
    words = "ORD-1 for room B12"
    named = parse_input({"says": words, "names": [["order", "ORD-1"]]})
    assert isinstance(named, Said)
    assert replies.find_value(ReplyKind.REFERENCE, said(words), SCENE) is None
    assert replies.find_value(ReplyKind.REFERENCE, named, SCENE) == "ORD-1"
