"""A workspace's own escalation rules: each condition alone, all together, and which one decides."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import escalation_rules
from baton.core.escalation import Act, Escalate, Reason
from baton.core.escalation_rules import BUILT_IN, EscalationRule
from baton.core.policy import Policy
from baton.core.reading import Entity
from baton.flows import rules
from baton.flows.rules import Sight

SIGHT = Sight(
    text="My stroller does not fit, and the Family  Pass was 120",
    intent="facilities",
    request_type="facilities",
    sentiment=-0.4,
    value=12_000,
    flow="reminders",
    failed_attempts=1,
    recontacts=2,
    contact={"membership": "Gold", "tags": ["vip"], "name": "Mia"},
    now=datetime(2026, 3, 2, tzinfo=UTC),
)
A_RULE = EscalationRule(name="a", title="A", version=3)


def fired(rule: EscalationRule, sight: Sight = SIGHT) -> Sequence[str]:
    return [match.evidence for match in rules.find_matches((rule,), sight)]


@pytest.mark.req("E10", "E11", "E12", "E15")
@pytest.mark.parametrize(
    ("condition", "evidence"),
    [
        ({"words": ("stroller",)}, ["stroller"]),
        ({"words": ("STROLL*",)}, ["stroll"]),
        ({"words": ("stroll",)}, []),  # whole words alone
        ({"words": ("family pass",)}, ["Family Pass"]),
        ({"words": ("a.c", "pass was")}, ["Pass was"]),  # letters, no pattern
        ({"intents": ("facilities", "hours")}, ["intent facilities"]),
        ({"intents": ("hours",)}, []),
        ({"request_types": ("facilities",)}, ["request facilities"]),
        ({"memberships": ("gold",)}, ["membership Gold"]),
        ({"memberships": ("silver",)}, []),
        ({"sentiment_at_most": -0.4}, ["sentiment -0.40"]),
        ({"sentiment_at_most": -0.41}, []),
        ({"value_at_least": 12_000}, ["value 120.00"]),
        ({"value_at_least": 12_001}, []),
        ({"when": 'contact.membership == "Gold" && turn.recontacts > 1'}, ["condition"]),
        ({"when": '"vip" in contact.tags && turn.value >= 5000'}, ["condition"]),
        ({"when": 'turn.text.contains("xyz")'}, []),
        ({"when": "turn.nothing"}, []),  # one that cannot be read fires never
        ({"words": ("stroller",), "memberships": ("gold",)}, ["stroller; membership Gold"]),
        ({"words": ("stroller",), "memberships": ("silver",)}, []),
        ({}, []),
    ],
)
def test_a_rule_fires_when_all_that_it_names_holds(
    condition: dict[str, object], evidence: list[str]
) -> None:
    assert fired(replace(A_RULE, **condition)) == evidence  # type: ignore[arg-type]


@pytest.mark.req("E15", "E16")
def test_the_most_pressing_handoff_decides_and_all_others_are_logged() -> None:
    calm = replace(A_RULE, name="calm", act=Act.HAND_OVER, urgency=10, words=("stroller",))
    dire = replace(calm, name="dire", urgency=90, queue="clinical")
    seen = replace(calm, name="seen", act=Act.FLAG)
    matches = rules.find_matches((calm, seen, dire), SIGHT)
    decided = rules.deciding(matches)
    assert decided == Escalate(
        reason=Reason.RULE, trigger="dire", evidence="stroller", version=3, queue="clinical",
        urgency=90,
    )  # fmt: skip
    logged = [(one.trigger, one.act, one.version) for one in rules.logged(matches, decided)]
    assert logged == [("calm", Act.HAND_OVER, 3), ("seen", Act.FLAG, 3)]
    assert rules.deciding(rules.find_matches((seen,), SIGHT)) is None


def test_the_highest_sum_in_the_workspaces_money_counts() -> None:
    named = [
        Entity(kind="money", text="45", start=0, end=2, value="45.00 USD"),
        Entity(kind="money", text="60", start=0, end=2, value="60.00 EUR"),
        Entity(kind="order", text="9999", start=0, end=4, value="9999"),
    ]
    assert rules.sum_of(named, "USD") == 4_500
    assert rules.sum_of([], "USD") == 0
    yen = Entity(kind="money", text="800", start=0, end=3, value="800 JPY")
    assert rules.sum_of([yen], "JPY") == 800


@given(st.text(max_size=60), st.text(max_size=200))
def test_no_words_and_no_message_break_a_rule(word: str, text: str) -> None:
    fired(replace(A_RULE, words=(word,)), replace(SIGHT, text=text))


RULES = st.builds(
    EscalationRule,
    name=st.just("a"),
    title=st.text(min_size=1, max_size=80),
    version=st.integers(1, 9),
    act=st.sampled_from(Act),
    urgency=st.integers(0, 100),
    words=st.lists(st.text(max_size=20), max_size=3).map(tuple),
    sentiment_at_most=st.none() | st.floats(-1, 0),
    value_at_least=st.none() | st.integers(1, 10**6),
    when=st.sampled_from(["", "turn.value > 5"]),
)


@given(RULES)
def test_a_rule_reads_back_as_it_was_kept(rule: EscalationRule) -> None:
    head = EscalationRule(name=rule.name, title=rule.title, version=rule.version)
    assert escalation_rules.parse_document(escalation_rules.render_document(rule), head) == rule


KNOWN = {"intents": {"hours"}, "request_types": {"hours"}, "queues": {"general"}}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "words"),
        ({"title": " ", "words": ("x",)}, "title"),
        ({"title": "x" * 81, "words": ("x",)}, "title"),
        ({"queue": "moon", "words": ("x",)}, "queue"),
        ({"urgency": 101, "words": ("x",)}, "urgency"),
        ({"words": ("...",)}, "words"),
        ({"words": ("x" * 61,)}, "words"),
        ({"words": tuple(f"w{n}" for n in range(51))}, "words"),
        ({"intents": ("moon",)}, "intents"),
        ({"request_types": ("moon",)}, "request_types"),
        ({"sentiment_at_most": 0.1}, "sentiment_at_most"),
        ({"value_at_least": 0}, "value_at_least"),
    ],
)
def test_what_cannot_be_a_rule_is_told_by_field(changes: dict[str, object], field: str) -> None:
    wanted = replace(A_RULE, **changes)  # type: ignore[arg-type]
    assert list(escalation_rules.problems_with(wanted, **KNOWN)) == [field]


def test_a_good_rule_has_no_problem() -> None:
    good = replace(A_RULE, words=("stroller",), intents=("hours",), queue="general")
    assert escalation_rules.problems_with(good, **KNOWN) == {}


@pytest.mark.req("E15")
def test_limits_of_built_in_rules_stay_within_bounds() -> None:
    sentiment = escalation_rules.find_built_in("sentiment")
    assert sentiment is not None
    check = escalation_rules.problems_with_limits
    fine = {"strong_sentiment": -0.7, "mild_sentiment": -0.3}
    assert check(sentiment, fine, Policy()) == {}
    assert escalation_rules.with_limits(Policy(), fine).strong_sentiment == -0.7
    assert list(check(sentiment, {**fine, "strong_sentiment": 0.5}, Policy())) == [
        "strong_sentiment"
    ]
    assert "strong_sentiment" in check(
        sentiment, {"strong_sentiment": -0.3, "mild_sentiment": -0.5}, Policy()
    )
    assert list(check(sentiment, {"strong_sentiment": -0.7}, Policy())) == ["mild_sentiment"]


def test_every_limit_is_one_of_the_policy_and_its_default_lies_within() -> None:
    for limit in (limit for rule in BUILT_IN for limit in rule.limits):
        assert limit.least <= getattr(Policy(), limit.field) <= limit.most


@pytest.mark.parametrize(
    ("title", "taken", "name"),
    [
        ("Stroller trouble", (), "stroller_trouble"),
        ("Stroller trouble", ("stroller_trouble",), "stroller_trouble_2"),
        ("Refund", (), "refund_2"),  # the log knows it as a hard stop
        ("Größe", (), "gr_sse"),
        ("12", (), "rule"),
        ("x" * 80, (), "x" * 36),
    ],
)
def test_a_rules_key_is_its_titles_letters(title: str, taken: tuple[str, ...], name: str) -> None:
    assert escalation_rules.name_from(title, taken) == name
