"""The trained sentiment hears what no single word says; the lexicon alone does not."""

import pytest

from baton.core.policy import Policy
from baton.nlu import sentiment
from baton.nlu.encoder import find_encoder
from baton.nlu.feeling import VALUES, FeelingModel, labelled
from tests.support.fitness_reader import reader


def feeling(text: str) -> float:
    [reading] = reader().read_many((text,))
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


@pytest.mark.req("E12", "X34")
@pytest.mark.parametrize(
    "text",
    ["slightly disappointing", "the class was a waste of my evening", "a bit annoyed by the wait"],
)
def test_mild_words_are_displeasure_and_stay_mild(text: str) -> None:
    limits = Policy()
    assert limits.strong_sentiment < feeling(text) <= limits.mild_sentiment


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


FOREIGN = """
capital of france?
who wrote hamlet
what is 17 times 23
how tall is the eiffel tower
translate good morning into spanish
boil an egg how long
when is the next full moon
distance from rome to naples
what language do they speak in brazil
how many legs does a spider have
convert 10 miles to km
who won the world cup in 1998
what's the population of iceland
how do i change a tyre
recipe for pancakes
is a tomato a fruit
what does osmosis mean
largest ocean?
play some jazz
set a timer for ten minutes
what day was 4 july 1976
how is glass made
train from york to leeds
is mercury a planet or a metal
what time is it in tokyo
who is the president of mexico
square root of 144
spell accommodation
best time to plant tulips
how do magnets work
when did the berlin wall come down
what is the currency of poland
turn on the kitchen lights
how many ounces in a pound
which gas do plants take in
name three rivers in germany
what's on tv tonight
do cats see colour
flight number ba117
how old is the sun
my sister lives in cork
the meeting is at three in the blue room
we had soup for lunch
it is raining here
the cat is on the sofa
i drive a grey van
tuesday, i think
page 42
both of them
on the left side
asdf
42
blue
a cup of tea
maybe later
who is this
two sugars, no milk
my password manager is open
how do volcanoes form
is the moon landing film on dvd
the second one
""".strip().splitlines()


@pytest.mark.req("E10", "E12", "X34")
def test_neutral_talk_about_other_things_has_no_feeling() -> None:
    felt = [reading.sentiment for reading in reader().read_many(tuple(FOREIGN))]
    assert len(felt) >= 60
    assert sum(map(abs, felt)) / len(felt) <= 0.1
    assert min(felt) > Policy().mild_sentiment
