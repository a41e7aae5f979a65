"""Entities: what people write is found, look-alikes are left alone, no text is slow."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baton.core.errors import InvalidInput
from baton.core.reading import Entity
from baton.nlu import text as texts
from baton.nlu.entities import KINDS, MOST, KnownReferences, Shapes, find
from tests.nlu.entities import cases
from tests.nlu.entities.cases import Case, Told

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
MEMBERS = KnownReferences(members={"M-10482": ("Big Mike",), "FIT-88301": ("Sunny",)})


def told(text: str, now: datetime | None = NOW, locale: str = "en-GB") -> Told:
    found = find(text, now=now, known=None, locale=locale)
    return tuple((entity.kind, entity.text, entity.value) for entity in found)


def by_text(table: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("text", "expected"), table, ids=[text for text, _ in table])


@by_text(
    cases.DAYS
    + cases.DATES
    + cases.TIMES
    + cases.MONEY
    + cases.RATINGS
    + cases.REFERENCES
    + cases.HANDLES
    + cases.TOGETHER
)
def test_what_people_write_is_found(text: str, expected: Told) -> None:
    assert told(text) == expected


@by_text(cases.AMERICAN)
def test_another_locale_reads_day_and_money_its_own_way(text: str, expected: Told) -> None:
    assert told(text, locale="en-US") == expected


@by_text(cases.UNDATED)
def test_without_a_today_a_day_stays_a_phrase(text: str, expected: Told) -> None:
    assert told(text, now=None) == expected


@pytest.mark.parametrize("text", cases.HARMLESS)
def test_what_looks_alike_is_left_alone(text: str) -> None:
    assert told(text) == ()


def test_today_is_the_day_where_now_is_said() -> None:
    late = datetime.fromisoformat("2026-03-02T23:30:00-05:00")
    assert told("tomorrow", now=late) == (("date", "tomorrow", "2026-03-03"),)


@pytest.mark.parametrize("text", ["9999-12-31", "in 999 years", "999 years ago", "31/2", "0/0"])
def test_days_beyond_the_calendar_are_no_days(text: str) -> None:
    for now in (NOW, datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)):
        for entity in find(text, now=now, known=None):
            assert datetime.fromisoformat(entity.value).year >= 1


def test_a_workspace_has_shapes_of_its_own() -> None:
    shapes = Shapes(order=("W9{3}-A{2}",), booking=())
    (entity,) = find("it is w123-ab, not #48213", now=None, known=None, shapes=shapes)
    assert (entity.kind, entity.value) == ("order", "W123-AB")


@pytest.mark.parametrize("shape", ["", "9{0,4}", "9{5,2}", "9{99}", "x" * 61])
def test_a_shape_that_makes_no_sense_is_refused(shape: str) -> None:
    with pytest.raises(InvalidInput):
        find("1", now=None, known=None, shapes=Shapes(order=(shape,)))


def test_a_shape_is_no_regular_expression() -> None:
    shapes = Shapes(order=("(.*)9",), booking=())
    assert not find("abc1", now=None, known=None, shapes=shapes)
    assert find("x (.*)1", now=None, known=None, shapes=shapes)


PIECES = st.sampled_from(
    [
        *("next fri", "on", "the 3rd of may", "12/10", "4/5", "half six", "6pm", "-", "to", "£"),
        *("quarter", "1,234", "45 quid", "#", "48213", "order ref", "BK7F2Q", "a@b.co", "stars"),
        *("+44 20 7946 0018", "⭐", "m 10482", "sunny", "in", "two", "weeks", "ago", ":", ".", "/"),
        *("\n", "a hundred", "and", "at", "12", "9999", "o'clock"),
        # Letters that case or form changes into others, or into several.
        *("\u0130", "\ufb01", "\u212a", "\u017fat", "\u0131"),
    ]
)
MESSAGES = st.one_of(
    st.text(max_size=80), st.lists(PIECES, max_size=12).map(" ".join), st.lists(PIECES).map("".join)
)


@settings(max_examples=400)
@given(
    MESSAGES,
    st.one_of(st.none(), st.datetimes(timezones=st.just(UTC))),
    st.sampled_from([None, MEMBERS]),
)
def test_any_text_gets_entities_whose_spans_are_right(
    message: str, now: datetime | None, known: KnownReferences | None
) -> None:
    text = texts.clean(message)
    assert_well_formed(text, find(text, now=now, known=known))


def assert_well_formed(text: str, found: tuple[Entity, ...]) -> None:
    ends = [0]
    for entity in found:
        assert entity.text == text[entity.start : entity.end] != ""
        assert entity.start >= ends[-1], "entities do not overlap and stand in order"
        assert entity.kind in KINDS
        assert bool(entity.value) == (entity.kind not in {"email", "phone"})
        ends.append(entity.end)


LONG = [
    "a", "1", "1 ", "12/", "12/10 ", "the 3rd of ", "a@", "@", "12:30 ", "five to ", "at 6\n\n\n",
    "order ref ", "order", "-", "a-", "£1,111,", "a hundred and ", "1,111,", "mon ", "five star ",
    "on ", "half ", "+1 ", "(", "4/5 ", "⭐", "m 10482 ", "sunny ", "name is ", "in 3 ", "9.",
]  # fmt: skip


@pytest.mark.parametrize("piece", LONG)
def test_the_longest_message_takes_no_more_than_its_length(piece: str) -> None:
    def seconds(characters: int) -> float:
        text = (piece * characters)[:characters]
        started = time.thread_time()  # of this thread alone, whatever else the machine does
        assert_well_formed(text, find(text, now=NOW, known=MEMBERS))
        return time.thread_time() - started

    short, long = (min(seconds(n) for _ in range(3)) for n in (2_000, 20_000))
    # Ten times the letters: linear is about ten times the time, quadratic a hundred.
    assert long < 40 * short + 0.1


def test_no_message_names_more_than_so_many() -> None:
    assert len(find("6pm " * 5_000, now=NOW, known=None)) == MOST
