"""What people teach, laid over a pack: the last word wins, and a thin intent waits."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import teaching
from baton.core.pack import Pack
from baton.core.teaching import Lesson, NewIntent, Supervision, TaughtText
from baton.services.workspace import packs

PACK: Pack = packs.load_pack("fitness")
SWIM = NewIntent(
    name="kids_swimming", request_type="facilities", wants="to know about kids swimming"
)


def texts(*said: tuple[str, str]) -> tuple[TaughtText, ...]:
    return tuple(
        TaughtText(id=str(place), text=text, intent=intent)
        for place, (text, intent) in enumerate(said)
    )


def examples_of(pack: Pack, intent: str) -> tuple[str, ...]:
    found = pack.intent(intent)
    return found.examples if found else ()


@pytest.mark.req("FL5", "FQ10")
def test_a_correction_moves_the_packs_own_example() -> None:
    moved = examples_of(PACK, "opening_hours")[0]
    taught = teaching.taught_pack(PACK, Lesson(texts=texts((moved.upper() + "?", "parking"))))
    assert moved not in examples_of(taught, "opening_hours")
    assert moved.upper() + "?" in examples_of(taught, "parking")
    assert len(examples_of(taught, "parking")) == len(examples_of(PACK, "parking")) + 1


def test_what_means_none_of_these_is_taken_out_and_put_nowhere() -> None:
    gone = examples_of(PACK, "parking")[0]
    taught = teaching.taught_pack(PACK, Lesson(texts=texts((gone, ""))))
    assert all(gone not in intent.examples for intent in taught.intents)


@pytest.mark.req("FQ10")
@pytest.mark.parametrize("count", [0, teaching.MIN_EXAMPLES - 1, teaching.MIN_EXAMPLES])
def test_an_own_intent_waits_for_its_examples(count: int) -> None:
    said = texts(
        *((f"can my kid swim {n}", SWIM.name) for n in range(count)), ("free wifi", "parking")
    )
    lesson = teaching.teachable(Lesson(texts=said, own_intents=(SWIM,)), PACK)
    is_ready = count >= teaching.MIN_EXAMPLES
    assert lesson.own_intents == ((SWIM,) if is_ready else ())
    assert len(lesson.texts) == (count if is_ready else 0) + 1
    assert (teaching.taught_pack(PACK, lesson).intent(SWIM.name) is not None) is is_ready


def test_an_example_of_an_intent_that_is_gone_is_left_out() -> None:
    lesson = Lesson(texts=texts(("hello", "no_such_intent")))
    assert teaching.teachable(lesson, PACK) == Lesson()


def test_texts_kept_unseen_are_in_no_intent() -> None:
    seen = examples_of(PACK, "parking")
    taught = teaching.taught_pack(PACK, Lesson(), left_out=frozenset(seen[:3]))
    assert examples_of(taught, "parking") == seen[3:]
    assert teaching.taught_pack(PACK, Lesson()) == replace(PACK)


@given(st.text(min_size=2, max_size=40), st.sampled_from(["", " ", "?", "!"]))
def test_the_key_of_words_knows_no_case_and_no_edge(text: str, edge: str) -> None:
    assert teaching.key_of(text) == teaching.key_of(edge + text + edge)


@pytest.mark.req("FQ10")
def test_what_is_supervised() -> None:
    assert Supervision(is_whole=True).covers("")
    assert Supervision(intents=frozenset({"a"})).covers("a")
    assert not Supervision(intents=frozenset({"a"})).covers("b")
    assert not Supervision().covers("")
