"""Conditions: mistakes are found before anything runs, and at run time nothing raises."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.flows import conditions
from baton.flows.conditions import Names
from baton.flows.values import ValueType, problem_with

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
NAMES = conditions.names_of(
    {
        "topic": ValueType.TEXT,
        "count": ValueType.NUMBER,
        "share": ValueType.DECIMAL,
        "price": ValueType.MONEY,
        "starts_at": ValueType.TIME,
        "day": ValueType.DATE,
        "paid": ValueType.FLAG,
        "marks": ValueType.WORDS,
    }
)
FULL: dict[str, Json] = {
    "topic": "billing", "count": 2, "share": 0.5, "price": 4500,
    "starts_at": "2026-03-03T18:00:00+01:00", "day": "2026-03-02", "paid": True,
    "marks": ["new", "vip"],
}  # fmt: skip
CONTACT: dict[str, Json] = {
    "contact": {
        "name": "Mia", "tags": ["gold"], "scores": {"churn": 3.0}, "is_identified": True,
        "secret": "x",
    },
    "event": {"booking": "B1", "price": 4500, "deep": {"a": [1, None]}},
}  # fmt: skip


def holds(source: str, variables: dict[str, Json], facts: dict[str, Json] = CONTACT) -> bool:
    values = conditions.environment(source, NAMES, variables, facts, NOW)
    return conditions.holds(source, NAMES, values)


@pytest.mark.req("T11", "GV10")
@pytest.mark.parametrize(
    "source",
    [
        "run.topic == 'billing' && run.count >= 2",
        "run.topic in ['hours', 'billing']",
        "run.share > 0.4",
        "run.price >= 4500",
        "run.starts_at - now > duration('24h')",
        "run.starts_at > now",
        "run.day <= now",
        "run.day < run.starts_at",
        "run.paid",
        "'vip' in run.marks && size(run.marks) == 2",
        "'gold' in contact.tags",
        "contact.scores.churn > 2.0",
        "contact.scores['churn'] > 2.0",
        "contact.is_identified",
        "event.booking == 'B1'",
        "event.price > 1000",
        "run.topic.startsWith('bill')",
        "has(event.booking)",
        "!has(event.colour)",
        "run.count == 2 ? true : false",
        "run . topic == 'billing' && contact\n.name == 'Mia'",
    ],
)
def test_what_can_be_asked(source: str) -> None:
    assert conditions.find_mistake(source, NAMES) is None
    assert holds(source, FULL)


@pytest.mark.req("T11", "GV10")
@pytest.mark.parametrize(
    ("source", "at", "words"),
    [
        ("run.colour == 'red'", 3, "run.colour is not known here; declare it under facts"),
        ("colour == 'red'", 0, "colour is not known here"),
        ("contact.phone == '1'", 7, "contact.phone is not known here"),
        ("run.count == 'two'", 10, "== does not go with int and string"),
        ("run.share > 1", 10, "> does not go with double and int; write 2.0 beside a decimal"),
        ("run.starts_at > '2026-05-01'", 14, "> does not go with"),
        ("run.topic", 0, "gives a text, not yes or no"),
        ("run.count + 1", 0, "gives a whole number, not yes or no"),
        ("run.topic = 'a'", 10, "token recognition error"),
        ("run.topic ==", 12, "mismatched input"),
        ("", 0, "mismatched input"),
        ("'a' * 2000", 4, "does not go with"),
        ("true || " * 200 + "true", 0, "is longer than 1000 characters"),
    ],
)
def test_each_mistake_has_its_place_and_how_to_mend_it(source: str, at: int, words: str) -> None:
    mistake = conditions.find_mistake(source, NAMES)
    assert mistake is not None
    assert words in mistake.words
    assert mistake.at == at
    assert "<input>" not in mistake.words


def test_a_value_has_the_type_that_is_asked_for() -> None:
    assert conditions.find_mistake("run.count + 1", NAMES, returns="INT") is None
    assert conditions.find_mistake("event.booking", NAMES, returns="STRING") is None
    assert conditions.find_mistake("run.topic", NAMES, returns="") is None
    mistake = conditions.find_mistake("run.topic", NAMES, returns="INT")
    assert mistake is not None
    assert mistake.words == "gives a text, not a whole number"


@pytest.mark.parametrize(
    "source",
    [
        "run.topic == 'a'", "run.topic != 'a'", "run.count > 0", "run.starts_at > now",
        "run.paid", "'a' in run.marks", "event.gone == 1", "contact.name == ''",
        "contact.scores.churn > 1.0", "1 / 0 == 1", "9223372036854775807 + 1 > 0",
        "run.count == 1 && true",
    ],
)  # fmt: skip
def test_what_is_not_there_makes_a_condition_false(source: str) -> None:
    assert conditions.find_mistake(source, NAMES) is None
    assert not holds(source, {}, {})


def test_what_is_not_declared_public_stays_out_of_reach() -> None:
    values = conditions.environment("contact.secret == run.topic", NAMES, FULL, CONTACT, NOW)
    assert "contact.secret" not in values
    with pytest.raises(InvalidInput):
        conditions.value_of("contact.secret", NAMES, values)


@pytest.mark.parametrize(
    ("source", "kind", "kept"),
    [
        ("run.count + 1", ValueType.NUMBER, 3),
        ("run.price / 2", ValueType.MONEY, 2250),
        ("run.share * 2.0", ValueType.DECIMAL, 1.0),
        ("now + duration('24h')", ValueType.TIME, "2026-03-03T10:00:00+00:00"),
        ("run.day + duration('24h')", ValueType.DATE, "2026-03-03"),
        ("run.topic + '!'", ValueType.TEXT, "billing!"),
        ("run.marks + ['x']", ValueType.WORDS, ["new", "vip", "x"]),
        ("run.starts_at - now", None, 111600.0),
        ("event.deep", None, {"a": [1, None]}),
    ],
)
def test_a_value_is_kept_as_its_type_is(source: str, kind: ValueType, kept: Json) -> None:
    values = conditions.environment(source, NAMES, FULL, CONTACT, NOW)
    assert conditions.value_of(source, NAMES, values, kind) == kept


# A sender's JSON may hold half of a surrogate pair, and numbers of any size.
TEXTS = st.text(max_size=10) | st.text(st.characters(categories=["Cs", "L"]), max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
ANYTHING = st.dictionaries(st.sampled_from(sorted(FULL)), JSON)
SOURCES = st.sampled_from(
    [
        "run.topic == 'a'", "run.count + 1 > 2", "run.share > 0.5", "run.price / run.count > 1",
        "run.starts_at > now", "run.day + duration('24h') > now", "run.paid", "'a' in run.marks",
        "event.x == run.topic", "event.x > 1", "event.x.y[0] == 'a'", "size(event) > 0",
        "contact.scores.churn > 1.0", "'a' in contact.tags", "contact.name.matches('(a+)+$')",
        "run.topic.matches('(a|aa)+$')",
    ]
)  # fmt: skip


@pytest.mark.req("T11")
@given(SOURCES, ANYTHING, ANYTHING, st.dictionaries(st.text(max_size=5), JSON, max_size=3))
def test_at_run_time_nothing_raises_whatever_the_values(
    source: str, variables: dict[str, Json], contact: dict[str, Json], event: dict[str, Json]
) -> None:
    facts: dict[str, Json] = {"contact": {"name": "a" * 30 + "!", **contact}, "event": event}
    assert holds(source, variables, facts) in (True, False)
    values = conditions.environment(source, NAMES, variables, facts, NOW)
    with suppress(InvalidInput):
        conditions.value_of(source, NAMES, values)


@given(st.text(max_size=40) | st.text("runtopic.=&|()'1+ ", max_size=40))
def test_no_source_raises_otherwise_than_by_a_mistake(source: str) -> None:
    mistake = conditions.find_mistake(source, NAMES, returns="")
    if mistake is None:
        holds(source, FULL)
    else:
        assert 0 <= mistake.at <= len(source)
        assert mistake.words


@given(st.sampled_from(ValueType), JSON)
def test_what_is_of_a_type_reads_back_as_itself(kind: ValueType, value: Json) -> None:
    names: Names = conditions.names_of({"x": kind})
    values = conditions.environment("run.x", names, {"x": value}, {}, NOW)
    if problem_with(value, kind) or kind in (ValueType.TIME, ValueType.DATE):
        return
    if kind in (ValueType.NUMBER, ValueType.MONEY) and not -(2**63) <= int(str(value)) < 2**63:
        return
    kept = conditions.value_of("run.x", names, values, kind)
    assert kept == value or value != value  # noqa: PLR0124 - nan is not itself


@pytest.mark.req("T11")
def test_no_condition_runs_long() -> None:
    endless = "true"
    for name in "abcdefgh":
        endless = f"[1, 2, 3, 4, 5, 6, 7, 8, 9, 0].all({name}, {endless})"
    assert conditions.find_mistake(endless, NAMES) is None
    assert not holds(endless, FULL)  # true after 100,000,000 rounds: it is given up long before
    topic = "a" * 3_000 + "!"
    assert not holds("run.topic.matches('(a+)+$')", {"topic": topic})  # no backtracking
