"""The local reader stays on guard: whatever happens outside, messages are read, and in time."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core.reading import IntentScore
from baton.nlu.outside import Budget, GuardedReader, OutsideFailed, guarded
from baton.nlu.outside.asking import Asker
from baton.nlu.outside.breaker import Breaker
from baton.nlu.outside.ports import Scores
from tests.nlu.outside.conftest import MAPPING, NOW, TOKEN, Local, http_settings
from tests.nlu.outside.server import Answer, Server, texts_of

OPEN = "when do you open"
PRICE = "how much is it"


@pytest.fixture
def local() -> Local:
    return Local()


@pytest.fixture
def reader(server: Server, local: Local, new_id: Callable[[], str]) -> Iterator[GuardedReader]:
    reader = guarded(
        local,
        http_settings(server.url),
        now=lambda: NOW,
        new_id=new_id,
        guards=frozenset({"refund_request"}),
    )
    yield reader
    reader.close()


def sent(server: Server) -> list[str]:
    return [text for asked in server.asked for text in texts_of(asked)]


def test_outside_intents_take_the_place_of_local_ones_and_nothing_else(
    server: Server, local: Local, reader: GuardedReader
) -> None:
    server.reads({OPEN: [("Hours", 0.91), ("Price", 0.2)]})
    (reading,) = reader.read_many((OPEN,))
    (here,) = local.read_many((OPEN,))
    assert reading == replace(
        here,
        intents=(
            IntentScore(name="opening_hours", confidence=0.91),
            IntentScore(name="prices", confidence=0.2),
        ),
        source="http",
    )
    assert (reading.terms, reading.sentiment) == (here.terms, here.sentiment)


def test_each_text_of_a_batch_has_its_own_fate_and_the_order_stays(
    server: Server, reader: GuardedReader
) -> None:
    server.reads({OPEN: [("Hours", 0.9)], "odd": [("Unknown", 0.99), ("Price", 0.3)]})
    readings = reader.read_many((PRICE, OPEN, "odd", OPEN, ""))
    assert [reading.source for reading in readings] == ["local", "http", "local", "http", "local"]
    assert [reading.text for reading in readings] == [PRICE, OPEN, "odd", OPEN, ""]
    assert len(server.asked) == 1
    assert sent(server) == [PRICE, OPEN, "odd"]
    assert reader.read_many(()) == ()


def test_what_calls_for_a_person_here_is_not_asked_outside(
    server: Server, reader: GuardedReader
) -> None:
    server.reads({"I want a refund": [("Hours", 1.0)]})
    (reading,) = reader.read_many(("I want a refund",))
    assert reading.best == IntentScore(name="refund_request", confidence=0.7)
    assert (reading.source, server.asked) == ("local", [])


def test_confidence_outside_its_range_is_brought_into_it(
    server: Server, reader: GuardedReader
) -> None:
    server.reads({OPEN: [("Hours", 17.5), ("Price", -3)]})
    (reading,) = reader.read_many((OPEN,))
    assert [score.confidence for score in reading.intents] == [1.0, 0.0]


def test_identifiers_do_not_leave_the_house(server: Server, reader: GuardedReader) -> None:
    server.reads({})
    account = "GB29NWBK60161331926819"
    said = f"order 48213, I am mia@example.com, ring +44 20 7946 0018 or pay from {account}"
    reader.read_many((said,))
    (told,) = sent(server)
    assert told == "order [order], I am [email], ring [phone] or pay from [account]"
    assert not any(secret in str(server.asked) for secret in ("mia", "7946", "48213", "6016"))


def test_only_short_texts_leave_the_house(server: Server, reader: GuardedReader) -> None:
    server.reads({})
    reader.read_many(("a" * 2_000, "b" * 1_999, "c" * 20_000))
    assert sent(server) == ["b" * 1_999]


def test_no_more_texts_are_asked_after_than_the_budget_has(
    server: Server, reader: GuardedReader
) -> None:
    server.reads({f"text {n}": [("Hours", 0.9)] for n in range(100)})
    readings = reader.read_many(tuple(f"text {n}" for n in range(100)))
    assert len(sent(server)) == Budget().most_texts
    assert [one.source for one in readings].count("http") == Budget().most_texts


def test_an_answer_is_kept_for_a_while(server: Server, reader: GuardedReader) -> None:
    server.reads({OPEN: [("Hours", 0.9)]})
    first = reader.read_many((OPEN, PRICE))
    assert reader.read_many((OPEN, PRICE)) == first
    assert len(server.asked) == 1


BAD: dict[str, Answer] = {
    "500": Answer(status=500),
    "redirect": Answer(status=302, headers={"Location": "/elsewhere"}),
    "garbage": Answer(pieces=(b"<html>oops</html>",)),
    "types": Answer(pieces=(b'{"readings": [{"intents": "Hours"}]}',)),
    "huge": Answer(pieces=(b" " * 65_536,) * 100),
}


@pytest.mark.parametrize("bad", BAD)
def test_the_local_reading_stands_when_the_outside_fails(
    server: Server, local: Local, reader: GuardedReader, bad: str
) -> None:
    server.answer = lambda _asked: BAD[bad]
    assert reader.read_many((OPEN, PRICE)) == local.read_many((OPEN, PRICE))
    assert {asked.path for asked in server.asked} == {"/read"}


def test_a_late_outside_reader_costs_no_more_than_the_budget(
    server: Server, local: Local, new_id: Callable[[], str]
) -> None:
    server.waits()
    settings = http_settings(server.url, ask_seconds=0.2)
    reader = guarded(local, settings, now=lambda: NOW, new_id=new_id)
    started = time.perf_counter()
    readings = reader.read_many(tuple(f"text {n}" for n in range(60)))
    # Two requests of 0.2 s at once, and room for a busy machine; the server holds for 20 s.
    assert time.perf_counter() - started < 5.0
    assert {reading.source for reading in readings} == {"local"}
    reader.close()


def test_a_closed_reader_reads_here(server: Server, local: Local, reader: GuardedReader) -> None:
    server.reads({OPEN: [("Hours", 0.9)]})
    reader.close()
    assert reader.read_many((OPEN,)) == local.read_many((OPEN,))


class Outside:
    """An outside reader that does as it is told, without a network."""

    kind = "scripted"
    per_request = 2
    most_characters = 100

    def __init__(self, ask: Callable[[tuple[str, ...]], tuple[Scores, ...]]) -> None:
        self._ask = ask
        self.asked: list[tuple[str, ...]] = []

    def ask(self, texts: tuple[str, ...], *, within: float) -> tuple[Scores, ...]:
        assert within > 0
        self.asked.append(texts)
        return self._ask(texts)

    def close(self) -> None:
        """Nothing is open."""


def scored(texts: tuple[str, ...]) -> tuple[Scores, ...]:
    return tuple((IntentScore(name="Hours", confidence=0.9),) for _ in texts)


def failing(_texts: tuple[str, ...]) -> tuple[Scores, ...]:
    raise OutsideFailed("down", "nobody there")


def test_after_failures_in_a_row_it_is_left_alone_and_tried_again_later() -> None:
    now = [0.0]
    outside = Outside(failing)
    asker = Asker(outside, Budget(failures=3, cool_down=30), clock=lambda: now[0])
    for turn in range(10):
        assert asker.ask((f"text {turn}",)) == {}
    assert len(outside.asked) == 3
    now[0] = 31.0
    asker.ask(("again",))
    asker.ask(("and again",))
    assert len(outside.asked) == 4, "one batch tries for all, and the pause begins anew"
    now[0] = 62.0
    outside._ask = scored
    assert asker.ask(("once more",)).keys() == {"once more"}
    assert asker.ask(("back",)).keys() == {"back"}
    asker.close()


def test_a_fault_in_the_adapter_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_texts: tuple[str, ...]) -> tuple[Scores, ...]:
        message = "a fault of ours"
        raise ZeroDivisionError(message)

    asker = Asker(Outside(broken), Budget())
    assert asker.ask(("text",)) == {}
    assert "asking the outside reader failed" in caplog.text
    asker.close()


def test_what_came_in_time_counts_when_the_rest_is_late() -> None:
    released = threading.Event()

    def halting(texts: tuple[str, ...]) -> tuple[Scores, ...]:
        if "slow" in texts:
            released.wait(20)
        return scored(texts)

    asker = Asker(Outside(halting), Budget(seconds=0.3))
    told = asker.ask(("a", "b", "slow", "d", "e"))
    released.set()
    assert set(told) == {"a", "b", "e"}
    asker.close()


def test_answers_are_forgotten_in_time_and_never_pile_up() -> None:
    now = [0.0]
    outside = Outside(scored)
    asker = Asker(outside, Budget(fresh=10, remembered=4), clock=lambda: now[0])
    asker.ask(("a",))
    now[0] = 9.0
    asker.ask(("a",))
    assert len(outside.asked) == 1
    now[0] = 11.0
    asker.ask(("a",))
    assert len(outside.asked) == 2
    for number in range(100):
        asker.ask((str(number),))
        assert len(asker._remembered) <= 4
    asker.close()


@given(st.lists(st.sampled_from(["ask", "answered", "failed", "wait"]), max_size=40))
def test_the_breaker_never_asks_in_its_pause_and_always_comes_back(steps: list[str]) -> None:
    now = [0.0]
    breaker = Breaker(failures=3, cool_down=10, clock=lambda: now[0])
    paused_until = 0.0
    for step in steps:
        if step == "wait":
            now[0] += 4
        elif step == "ask":
            if breaker.may_ask():
                assert now[0] >= paused_until
                breaker.note(answered=True)
                paused_until = 0.0
        elif breaker.note(answered=step == "answered"):
            paused_until = now[0] + 10
        elif step == "answered":
            paused_until = 0.0
    now[0] += 20
    assert breaker.may_ask()


@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_text_gets_a_reading_in_order(texts: list[str]) -> None:
    reader = GuardedReader(Local(), Outside(scored), Budget(), mapping=MAPPING)
    readings = reader.read_many(tuple(texts))
    assert [reading.text for reading in readings] == texts
    assert {reading.source for reading in readings} <= {"local", "scripted"}
    reader.close()


def test_a_token_is_no_part_of_what_is_said_of_a_failure(
    server: Server, reader: GuardedReader, caplog: pytest.LogCaptureFixture
) -> None:
    server.answers({}, status=500)
    for turn in range(Budget().failures):
        reader.read_many((f"{OPEN} {turn}",))
    assert "read locally for 30 s" in caplog.text
    assert TOKEN not in caplog.text
    assert OPEN not in caplog.text
