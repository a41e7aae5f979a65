"""Hard stops are heard however they are worded; suites were written apart from the teaching.

`stops_one` and `stops_four` were looked at while limits were chosen and lessons written, and
two rules came of false stops of `stops_two`; those of the others were read and not used.
Four and five are one suite, parted by a hash before anything was read of it.
`baton bench stops` lists what each of them still gets wrong.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from baton.config.bench import stops
from baton.core import hearing
from baton.core.hard_stops import HardStop
from baton.core.pack import Intent
from baton.core.reading import Alarm, Reading, Term
from baton.nlu.reader import LocalReader
from baton.services.workspace import packs
from tests.core.hard_stop_sentences import STOPS
from tests.support.fitness_reader import reader

PACK = packs.load_pack("fitness")
# The least share of stops heard and the largest of false stops: what each suite reached.
# The aim for all is 0.99 and 0.03 (docs/reading.md); a limit moves one way only.
LIMITS = {
    "stops_one": (0.99, 0.01),
    "stops_two": (0.99, 0.037),
    "stops_three": (0.985, 0.057),
    "stops_four": (0.99, 0.04),
    "stops_five": (0.99, 0.09),
}
SUITES = tuple(LIMITS)
HALVES = ("stops_four", "stops_five")


def suite(name: str) -> stops.Suite:
    return stops.load(Path(__file__).parent / "suites" / f"{name}.yaml")


def lines(block: str) -> tuple[str, ...]:
    return stops.unseen_lines(block, PACK)


def stopped(texts: tuple[str, ...]) -> Iterator[bool]:
    for reading in reader().read_many(texts):
        yield bool(hearing.find(reading, last_object=None))


@pytest.mark.req("X4")
@pytest.mark.parametrize(
    "text",
    [
        "blorp the wibble",
        "blorp the wibble for ada@example.org",
        "wibble blorping",
        "krumple my snood please",
        "gnarfle the garthok",
        "zebra blorp fnord",
        "what a bloop",
    ],
)
def test_what_makes_no_sense_calls_nobody(text: str) -> None:
    [reading] = reader().read_many((text,))
    assert hearing.find(reading, last_object=None) == ()


@pytest.mark.parametrize("names", [("stops_one",), ("stops_two",), ("stops_three",), HALVES])
def test_a_suite_is_large_without_what_was_taught(names: tuple[str, ...]) -> None:
    told = [suite(name) for name in names]
    kinds = {kind for one in told for kind in one.stops}
    assert len(kinds) == 8
    least = 40 if len(told) == 1 else 29
    for kind in kinds:
        assert sum(len(lines(one.stops[kind])) for one in told) >= least
    assert sum(len(lines(one.harmless)) for one in told) >= 200


@pytest.mark.req("E4", "E6", "E7", "E8", "E9", "X4", "G7")
@pytest.mark.parametrize("name", SUITES)
def test_what_needs_a_person_stops(name: str) -> None:
    messages = [line for block in suite(name).stops.values() for line in lines(block)]
    heard = list(stopped(tuple(messages)))
    assert sum(heard) / len(heard) >= LIMITS[name][0]


@pytest.mark.req("X4")
@pytest.mark.parametrize("name", SUITES)
def test_harmless_talk_with_the_same_words_goes_on(name: str) -> None:
    heard = list(stopped(lines(suite(name).harmless)))
    assert sum(heard) / len(heard) <= LIMITS[name][1]


@pytest.mark.req("E15")
def test_each_error_of_a_suite_is_listed() -> None:
    told = stops.Suite(
        stops={
            "cancelling": "cancel my membership, number 4471\nwhen do you open on the 9th of may"
        },
        harmless="do you have lockers with mirrors\ni will call my lawyer on the 9th",
    )
    rows = list(stops.measured(told, PACK, reader()))
    assert {"missed": "cancelling", "text": "when do you open on the 9th of may"} in rows
    assert {"false": ["legal"], "text": "i will call my lawyer on the 9th"} in rows
    assert rows[-2:] == [
        {"group": "all", "messages": 2, "stopped": 1, "share": 0.5},
        {"group": "harmless", "messages": 2, "stopped": 1, "share": 0.5},
    ]


@pytest.mark.req("X4")
@pytest.mark.parametrize(
    "text",
    [
        "claim my free towel",
        "cancel my 6pm class",
        "what is your refund policy",
        "is the day pass still 9.99",
    ],
)
def test_the_contract_s_own_harmless_examples_go_on(text: str) -> None:
    assert not any(stopped((text,)))


@pytest.mark.req("E6", "E8", "E9", "E20", "G7")
@pytest.mark.parametrize("kind", sorted(STOPS))
def test_no_reader_talks_out_what_the_rules_know(kind: HardStop) -> None:
    heard = zip(STOPS[kind], stopped(STOPS[kind]), strict=True)
    assert [text for text, is_stopped in heard if not is_stopped] == []


@pytest.mark.req("E6", "E9")
@pytest.mark.parametrize(
    "said", ["cancel my membership", "I have chest pain", "I will call my lawyer"]
)
@pytest.mark.parametrize("before", ["Lovely class today. ", "and the pool is nice and warm "])
@pytest.mark.parametrize("times", [1, 12, 150])
def test_a_stop_at_the_end_of_a_long_message_is_heard(said: str, before: str, times: int) -> None:
    assert all(stopped((before * times + said,)))


def reading(
    text: str, *, alarm: float, alarms: tuple[Alarm, ...] = (), terms: tuple[Term, ...] = ()
) -> Reading:
    return Reading(text=text, alarm=alarm, alarms=alarms, terms=terms)


def test_a_loud_alarm_stops_without_a_rule_and_a_quiet_one_does_not() -> None:
    text = "take me off the books for good"
    loud = Alarm(kind="membership_cancellation", confidence=0.8, start=0, end=30)
    [match] = hearing.find(reading(text, alarm=0.85, alarms=(loud,)), last_object=None)
    assert match.kind is HardStop.MEMBERSHIP_CANCELLATION
    assert (match.start, match.end) == (0, 30)
    quiet = Alarm(kind="membership_cancellation", confidence=0.2, start=0, end=30)
    assert not hearing.find(reading(text, alarm=0.25, alarms=(quiet,)), last_object=None)


def test_a_rule_is_talked_out_only_where_the_reader_is_certain() -> None:
    text = "my lawyer recommended your pilates class"
    term = Term(concept="legal", text="lawyer", start=3, end=9)
    assert not hearing.find(reading(text, alarm=0.01, terms=(term,)), last_object=None)
    assert hearing.find(reading(text, alarm=0.3, terms=(term,)), last_object=None)


def test_a_bare_word_is_never_talked_out_and_never_alarms() -> None:
    term = Term(concept="legal", text="attorney", start=0, end=8)
    assert hearing.find(reading("attorney!", alarm=0.0, terms=(term,)), last_object=None)
    loud = Alarm(kind="membership_cancellation", confidence=0.9, start=0, end=4)
    assert not hearing.find(reading("stop", alarm=0.9, alarms=(loud,)), last_object=None)


def test_displeasure_alone_is_no_stop() -> None:
    complaint = Alarm(kind="complaint", confidence=0.9, start=0, end=10)
    heard = reading("quite disappointing all in all", alarm=0.95, alarms=(complaint,))
    assert not hearing.find(heard, last_object=None)


def test_cancel_it_after_a_booking_is_about_the_booking() -> None:
    loud = Alarm(kind="membership_cancellation", confidence=0.9, start=0, end=17)
    heard = reading("please cancel it then", alarm=0.95, alarms=(loud,))
    assert not hearing.find(heard, last_object="booking")
    assert hearing.find(heard, last_object="membership")


@pytest.mark.req("E20", "G7")
def test_what_a_workspace_teaches_changes_no_hard_stop() -> None:
    """Own intents that swallow the very words of an alarm, slips and all, change nothing heard."""
    bare = replace(PACK, intents=PACK.intents[:2])
    alarming = tuple(text for kind in sorted(STOPS) for text in STOPS[kind][:6])
    slips = ("i will call my atorney", "canccel my membershp", "i want my mony back")
    texts = (*alarming, *slips)
    own = Intent(name="own", request_type="faq", wants="anything", examples=(*texts, *slips))
    taught = replace(bare, intents=(*bare.intents, own))
    before, after = (LocalReader(pack).read_many(texts) for pack in (bare, taught))
    assert {reading.best.name for reading in after if reading.best} == {"own"}
    for one, other in zip(before, after, strict=True):
        assert (one.alarm, one.alarms, one.terms) == (other.alarm, other.alarms, other.terms)
