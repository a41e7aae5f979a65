"""The trained sentiment hears what no single word says; the lexicon alone does not."""

import pytest

from baton.core.policy import Policy
from baton.nlu import sentiment
from baton.nlu.encoder import find_encoder
from baton.nlu.feeling import VALUES, FeelingModel, labelled
from baton.nlu.reader import LocalReader
from baton.services import packs

READER = LocalReader(packs.load_pack("fitness"))


def feeling(text: str) -> float:
    [reading] = READER.read_many((text,))
    return reading.sentiment


@pytest.mark.req("E12", "X34")
@pytest.mark.parametrize(
    "text",
    [
        "forty minutes on hold and then the line went dead",
        "wow, another hour in the queue, what a treat",
    ],
)
def test_displeasure_without_a_loud_word_is_heard(text: str) -> None:
    assert feeling(text) <= Policy().mild_sentiment < sentiment.score(text)


@pytest.mark.parametrize("text", ["is the killer abs class on", "when does the pool open"])
def test_plain_questions_are_no_displeasure(text: str) -> None:
    assert feeling(text) > Policy().mild_sentiment


def test_without_the_encoder_the_words_still_tell() -> None:
    model = FeelingModel(labelled()[::2], None)
    assert model.feel("terrible, i am furious", find_encoder()) < -0.6
    assert model.feel("thank you so much, brilliant", None) > 0.2


def test_the_sentences_are_many_and_each_stands_once() -> None:
    sentences = labelled()
    assert len(sentences) >= 600
    assert {label for _, label in sentences} == set(VALUES)
    assert len({text.casefold() for text, _ in sentences}) == len(sentences)
