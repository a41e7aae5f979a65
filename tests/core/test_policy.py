"""The policy: every limit can be set, and every wrong setting is told by name."""

from dataclasses import fields
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.core.policy import Policy, guards, parse_duration, with_overrides

POLICY = Policy()


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90s", timedelta(seconds=90)),
        ("10m", timedelta(minutes=10)),
        ("72h", timedelta(hours=72)),
        ("14d", timedelta(days=14)),
        ("0s", timedelta(0)),
    ],
)
def test_durations(text: str, span: timedelta) -> None:
    assert parse_duration(text) == span


@pytest.mark.parametrize("text", ["", "s", "10", "10 m", "-1m", "1.5h", "10min", "1h30m", "½h"])
def test_what_is_no_duration_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["3654d", "999999999d", "9" * 5_000 + "s"])
def test_no_duration_leads_out_of_the_calendar(text: str) -> None:
    with pytest.raises(ValueError, match="ten years are the most"):
        parse_duration(text)


@given(st.text(max_size=12) | st.from_regex(r"[0-9]{1,12}[smhd]", fullmatch=True))
def test_any_text_is_a_duration_or_refused(text: str) -> None:
    try:
        assert parse_duration(text) >= timedelta(0)
    except ValueError as error:
        assert "is no duration" in str(error)  # noqa: PT017 - most texts raise, some do not


def test_overrides_are_taken_by_name() -> None:
    policy = with_overrides(
        POLICY,
        {"csat_delay": "1h", "agent_capacity": 2, "strong_sentiment": -1, "currency": "EUR"},
    )
    assert policy.csat_delay == timedelta(hours=1)
    assert policy.agent_capacity == 2
    assert policy.strong_sentiment == -1.0
    assert isinstance(policy.strong_sentiment, float)
    assert policy.currency == "EUR"
    assert Policy() == POLICY


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("csat_delai", "1h", "unknown; choose one of agent_authority_minor"),
        ("csat_delay", 60, "is no duration"),
        ("csat_delay", "soon", "is no duration"),
        ("agent_capacity", "2", "must be a int"),
        ("agent_capacity", True, "must be a int"),
        ("agent_capacity", -1, "must not be negative"),
        ("mild_sentiment", True, "must be a float"),
        ("mild_sentiment", "low", "must be a float"),
        ("currency", 5, "must be a str"),
        ("currency", None, "must be a str"),
    ],
)
def test_a_wrong_override_is_told_by_name(name: str, value: Json, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        with_overrides(POLICY, {name: value})
    assert words in refused.value.fields[name]


def test_every_wrong_override_is_told_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        with_overrides(POLICY, {"a": 1, "b": 2, "csat_delay": 3, "agent_capacity": 4})
    assert set(refused.value.fields) == {"a", "b", "csat_delay"}


@pytest.mark.req("E2", "E25", "T7", "X1", "X2", "U3", "U7")
def test_the_defaults_are_the_contracts() -> None:
    assert POLICY.answer_confidence == 0.80
    assert POLICY.floor_confidence == 0.45
    assert POLICY.max_failed_attempts == 2
    assert (POLICY.mild_sentiment, POLICY.strong_sentiment) == (-0.3, -0.6)
    assert (POLICY.automate_max_complexity, POLICY.automate_max_emotion) == (2, 0)
    assert POLICY.automate_min_frequency == 10
    assert POLICY.csat_delay == timedelta(minutes=10)
    assert POLICY.recontact_window == timedelta(hours=72)


def test_every_limit_has_a_word_of_explanation() -> None:
    told = Policy.__doc__ or ""
    missing = [field.name for field in fields(Policy) if field.name not in told]
    assert missing in ([], ["currency"])


def test_a_queue_is_guarded_by_its_whole_name() -> None:
    policy = Policy(guarded_queues="clinical,legal")
    assert [
        one for one in ("clinical", "legal", "clinic", "", "general") if guards(policy, one)
    ] == [
        "clinical",
        "legal",
    ]
    assert not guards(Policy(), "")
