"""Hard stops: every way of saying one is found, and what only sounds like one is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import hearing, stop_rules
from baton.core.hard_stops import HANDLING, HardStop, HardStopMatch
from baton.core.reading import Reading, Term
from baton.nlu.spotter import Spotter
from baton.nlu.text import clean
from baton.services.workspace import packs
from tests.core.hard_stop_sentences import HARMLESS, STOPS

PACK = packs.load_pack("fitness")
SPOTTER = Spotter(PACK.vocabulary)
ALL_STOPS = [(kind, text) for kind, texts in STOPS.items() for text in texts]
# A bare "cancel" takes its object from the words around it, so it is left out here.
STANDING = [(k, t) for k, t in ALL_STOPS if k is not HardStop.MEMBERSHIP_CANCELLATION] + [
    (HardStop.MEMBERSHIP_CANCELLATION, "I want to cancel my membership"),
    (HardStop.MEMBERSHIP_CANCELLATION, "please end my contract"),
]
GENTLE = st.sampled_from([text for text in HARMLESS if text])


def found(text: str, last_object: str | None = None) -> tuple[HardStopMatch, ...]:
    cleaned = clean(text)
    reading = Reading(text=cleaned, terms=SPOTTER.spot(cleaned))
    return hearing.find(reading, last_object=last_object)


def kinds(text: str, last_object: str | None = None) -> set[HardStop]:
    return {match.kind for match in found(text, last_object)}


@pytest.mark.req("E4", "E6", "E7", "E8", "E9", "E14", "E28", "X35", "G7", "G9")
@pytest.mark.parametrize(("kind", "text"), ALL_STOPS)
def test_every_way_of_saying_it_stops(kind: HardStop, text: str) -> None:
    assert kind in kinds(text)


@pytest.mark.req("X4")
@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_sounds_like_it_goes_on(text: str) -> None:
    assert found(text) == ()


@pytest.mark.req("E6", "E7", "E8", "E9")
def test_each_kind_is_tried_in_many_ways() -> None:
    assert set(STOPS) == set(HardStop)
    assert min(len(texts) for texts in STOPS.values()) >= 15
    assert len(HARMLESS) >= 60


@pytest.mark.req("X4")
@pytest.mark.parametrize(
    ("last_object", "expected"),
    [
        ("booking", set()),
        ("membership", {HardStop.MEMBERSHIP_CANCELLATION}),
        (None, {HardStop.MEMBERSHIP_CANCELLATION}),
    ],
)
def test_a_bare_cancel_takes_its_object_from_the_last_prompt(
    last_object: str | None, expected: set[HardStop]
) -> None:
    assert kinds("I want to cancel", last_object) == expected


@pytest.mark.req("X4")
def test_an_object_in_the_sentence_wins_over_the_last_prompt() -> None:
    assert kinds("cancel my membership", "booking") == {HardStop.MEMBERSHIP_CANCELLATION}
    assert kinds("cancel my class", "membership") == set()


@pytest.mark.req("X4")
@pytest.mark.parametrize(
    "text",
    [
        "stop my membership for two weeks",
        "cancel my membership, i may start again one day",
        "cancel my membership for good",
        "in order to cancel my membership what must i do",
        "cancel in order to save money",
        "cancel my order and my membership",
        "my order was late so cancel my membership",
        "cancel my membership, i was away for two weeks and you resume charging me",
        "cancel my membership, for two weeks it was broken and i won't start again",
        "stop my membership for two weeks and never start again",
        "cancel my membership for months you promised to start again",
        "cancel my membership, i came for two weeks and will resume elsewhere",
    ],
)
def test_half_of_a_freeze_or_of_an_order_is_still_an_end(text: str) -> None:
    assert HardStop.MEMBERSHIP_CANCELLATION in kinds(text)


@pytest.mark.req("X4")
@pytest.mark.parametrize(
    "text",
    [
        "can you stop my membership for two weeks and then start again",
        "cancel my membership just for 1 month please, then resume it",
        "please cancel my order, it has not been sent",
    ],
)
def test_what_is_taken_up_again_or_only_an_order_ends_no_membership(text: str) -> None:
    assert kinds(text) == set()


@pytest.mark.req("X4")
def test_a_message_in_two_bursts_is_one_thought() -> None:
    assert kinds("cancel\nmy class please") == set()
    assert kinds("cancel\nmy membership please", "booking") == {HardStop.MEMBERSHIP_CANCELLATION}


@pytest.mark.req("E5")
def test_a_match_points_at_the_words_that_caused_it() -> None:
    text = "Hello! I want my money back, this is a scam"
    (match,) = found(text)
    assert (match.kind, match.text) == (HardStop.REFUND, "money back")
    assert text[match.start : match.end] == "money back"
    assert (match.queue, match.severity) == ("billing", HANDLING[HardStop.REFUND].severity)


@pytest.mark.req("E14")
def test_the_worst_comes_first_and_each_kind_once() -> None:
    matches = found("Refund me, refund me. My lawyer will call. I have chest pain, severe.")
    assert [match.kind for match in matches] == [
        HardStop.RED_FLAG,
        HardStop.LEGAL,
        HardStop.REFUND,
    ]
    assert matches[0].queue == "clinical"


@pytest.mark.req("E14", "R6")
def test_every_queue_of_a_stop_is_in_the_pack() -> None:
    names = {queue.name for queue in PACK.queues}
    assert {handling.queue for handling in HANDLING.values()} <= names
    assert set(HANDLING) == set(HardStop)


@pytest.mark.req("E6", "E20")
@given(stop=st.sampled_from(STANDING), before=st.lists(GENTLE, max_size=3), after=GENTLE)
def test_nothing_harmless_said_around_it_takes_a_stop_away(
    stop: tuple[HardStop, str], before: list[str], after: str
) -> None:
    kind, text = stop
    assert kind in kinds(". ".join([*before, text, after]))
    assert kind in kinds("\n".join([*before, text, after]))


@pytest.mark.req("E20")
@given(stop=st.sampled_from(STANDING), noise=st.text(max_size=60))
def test_noise_in_another_sentence_takes_no_stop_away(
    stop: tuple[HardStop, str], noise: str
) -> None:
    kind, text = stop
    assert kind in kinds(f"{text}\n{noise}")
    assert kind in kinds(f"{noise}\n{text}")


@pytest.mark.req("E20")
def test_a_stop_at_the_end_of_a_very_long_message_is_found() -> None:
    assert HardStop.REFUND in kinds("nice gym and " * 1_200 + "I want a refund")


TERMS = st.lists(
    st.tuples(
        st.sampled_from(
            sorted({rule.concept for rule in stop_rules.RULES} | {"membership", "policy"})
        ),
        st.integers(0, 60),
        st.integers(1, 9),
    ),
    max_size=12,
)


@given(text=st.text(max_size=80), spans=TERMS)
def test_any_reading_is_judged_without_fail(text: str, spans: list[tuple[str, int, int]]) -> None:
    terms = tuple(
        Term(concept=concept, text=text[start : start + length], start=start, end=start + length)
        for concept, start, length in sorted(spans, key=lambda span: span[1])
    )
    matches = hearing.find(Reading(text=text, terms=terms), last_object=None)
    assert len({match.kind for match in matches}) == len(matches)
    assert [m.severity for m in matches] == sorted((m.severity for m in matches), reverse=True)
