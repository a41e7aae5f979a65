"""The pre-send policy: STOP wins, a person's word silences the bot, nobody is woken or pestered."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from msgspec.structs import replace

from baton.core import fit, presend
from baton.core.consent import Purpose
from baton.core.ownership import Owner
from baton.core.policy import Policy
from baton.core.presend import (
    Allowed,
    Author,
    Deferred,
    Delay,
    Fallback,
    Notice,
    Refusal,
    Refused,
    Sending,
    Unprompted,
    Window,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NIGHT = datetime(2026, 3, 2, 23, tzinfo=UTC)
MORNING = datetime(2026, 3, 3, 8, tzinfo=UTC)
# What nobody asked for, and would yet be sent at noon: every fact as good as it can be.
WELCOME = Unprompted(
    policy=Policy(),
    channel="sms",
    purpose=Purpose.PROMOTIONAL,
    is_permitted=True,
    may_promote=True,
    sells=False,
    is_paused=False,
    sent_in_day=0,
    sent_in_week=0,
    zone=ZoneInfo("Europe/London"),
    wrote_at=None,
)
GOOD = Sending(author=Author.BOT, owner=Owner.BOT, is_opted_out=False, unprompted=WELCOME)


def but(**facts: Any) -> Sending:
    """Return the welcome message with some of its facts changed."""
    own = {field.name for field in structs.fields(Sending)}
    of_sending = {name: value for name, value in facts.items() if name in own}
    rest = {name: value for name, value in facts.items() if name not in own}
    return replace(GOOD, unprompted=replace(WELCOME, **rest), **of_sending)


@pytest.mark.req("C24")
@pytest.mark.parametrize(
    ("author", "owner", "is_opted_out", "notice"),
    list(product(Author, Owner, [False, True], [None, *Notice])),
)
def test_every_case_of_an_answer(
    author: Author,
    owner: Owner,
    is_opted_out: bool,  # noqa: FBT001 - a table
    notice: Notice | None,
) -> None:
    answer = Sending(author=author, owner=owner, is_opted_out=is_opted_out, notice=notice)
    decided = presend.decide(answer, now=NIGHT)
    if is_opted_out and notice is not Notice.CONSENT:
        assert decided == Refused(reason=Refusal.OPTED_OUT)
    elif author is Author.BOT and owner is not Owner.BOT and notice is None:
        assert decided == Refused(reason=Refusal.PERSON_OWNS)
    else:
        assert decided == Allowed()


# In the order of precedence: each row alone is refused for its reason, and wins over all below.
_TRANSACTION: dict[str, Any] = {"purpose": Purpose.TRANSACTIONAL, "may_promote": False}
ROWS: list[tuple[dict[str, Any], Refusal]] = [
    ({"is_opted_out": True}, Refusal.OPTED_OUT),
    ({"is_suppressed": True}, Refusal.SUPPRESSED),
    ({"owner": Owner.AGENT}, Refusal.PERSON_OWNS),
    ({"is_paused": True}, Refusal.PAUSED),
    ({"is_permitted": False}, Refusal.NO_CONSENT),
    ({"sells": True, **_TRANSACTION}, Refusal.PROMOTIONAL_WORDS),
    ({"sent_in_day": 99}, Refusal.FREQUENCY_CAP),
]


@pytest.mark.req("C24", "P16", "P18", "G21")
@pytest.mark.parametrize(("facts", "reason"), ROWS)
def test_each_rule_refuses_alone(facts: dict[str, Any], reason: Refusal) -> None:
    assert presend.decide(but(**facts), now=NOON) == Refused(reason=reason)


@pytest.mark.req("C8", "G37")
@pytest.mark.parametrize(("facts", "reason"), ROWS)
def test_only_a_refusal_about_the_channel_falls_to_the_next_one(
    facts: dict[str, Any], reason: Refusal
) -> None:
    sending = but(**facts, further=("email", "webchat"))
    falls = reason in presend.ABOUT_THE_CHANNEL
    expected = Fallback(channel="email", reason=reason) if falls else Refused(reason=reason)
    assert presend.decide(sending, now=NOON) == expected


@pytest.mark.req("C15")
def test_long_words_go_elsewhere_where_there_is_an_elsewhere() -> None:
    falls = Fallback(channel="email", reason=Refusal.DOES_NOT_FIT)
    assert presend.decide(but(suits=False, further=("email",)), now=NIGHT) == falls
    assert presend.decide(but(suits=False), now=NOON) == Allowed()


@pytest.mark.req("C15", "C11")
@pytest.mark.parametrize(
    ("channel", "most"), [("sms", 459), ("whatsapp", 1_024), ("push", 178), ("email", 9_999)]
)
def test_how_long_words_may_be_on_a_channel(channel: str, most: int) -> None:
    assert fit.suits(channel, "a" * most)
    assert fit.suits(channel, "a" * (most + 1)) is (channel == "email")


@pytest.mark.req("X33")
@pytest.mark.parametrize("author", [Author.BOT, Author.AGENT])
def test_an_answer_never_changes_its_channel(author: Author) -> None:
    sending = replace(GOOD, author=author, is_suppressed=True, unprompted=None, further=("email",))
    assert presend.decide(sending, now=NOON) == Refused(reason=Refusal.SUPPRESSED)


@pytest.mark.parametrize("first", range(len(ROWS)))
def test_the_rules_are_asked_in_the_order_of_their_table(first: int) -> None:
    facts: dict[str, Any] = {}
    for row, _reason in reversed(ROWS[first:]):
        facts |= row
    assert presend.decide(but(**facts), now=NIGHT) == Refused(reason=ROWS[first][1])


def test_what_nothing_speaks_against_is_sent() -> None:
    assert presend.decide(GOOD, now=NOON) == Allowed()


@pytest.mark.req("P1", "P3", "P17", "G21")
@pytest.mark.parametrize(
    ("channel", "purpose", "is_permitted", "is_sent"),
    [
        ("webchat", Purpose.SERVICE, None, True),
        ("webchat", Purpose.TRANSACTIONAL, None, True),
        ("webchat", Purpose.TRANSACTIONAL, False, False),
        ("webchat", Purpose.PROMOTIONAL, None, False),
        ("webchat", Purpose.PROMOTIONAL, True, True),
        ("sms", Purpose.SERVICE, None, False),
        ("sms", Purpose.TRANSACTIONAL, None, False),
        ("sms", Purpose.TRANSACTIONAL, True, True),
        ("whatsapp", Purpose.TRANSACTIONAL, None, False),
        ("whatsapp", Purpose.PROMOTIONAL, True, True),
    ],
)
def test_consent_is_asked_by_channel_and_purpose(
    channel: str,
    purpose: Purpose,
    is_permitted: bool | None,  # noqa: FBT001 - a table
    is_sent: bool,  # noqa: FBT001 - a table
) -> None:
    sending = but(channel=channel, purpose=purpose, is_permitted=is_permitted)
    expected = Allowed() if is_sent else Refused(reason=Refusal.NO_CONSENT)
    assert presend.decide(sending, now=NOON) == expected


@pytest.mark.req("P16", "X25")
def test_words_that_sell_go_with_a_transaction_only_to_who_agreed_to_promotions() -> None:
    receipt = but(purpose=Purpose.TRANSACTIONAL, sells=True, may_promote=True)
    assert presend.decide(receipt, now=NOON) == Allowed()


@pytest.mark.req("C20")
@pytest.mark.parametrize("purpose", Purpose)
def test_each_purpose_has_limits_of_its_own(purpose: Purpose) -> None:
    policy = Policy()
    a_day = getattr(policy, f"{purpose}_per_day")
    a_week = getattr(policy, f"{purpose}_per_week")
    capped = Refused(reason=Refusal.FREQUENCY_CAP)
    below = but(purpose=purpose, sent_in_day=a_day - 1, sent_in_week=a_week - 1)
    assert presend.decide(below, now=NOON) == Allowed()
    for full in ({"sent_in_day": a_day}, {"sent_in_week": a_week}):
        assert presend.decide(but(purpose=purpose, **full), now=NOON) == capped


def test_at_night_what_nobody_asked_for_waits_until_morning() -> None:
    held = Deferred(until=MORNING, reason=Delay.QUIET_HOURS)
    assert presend.decide(GOOD, now=NIGHT) == held
    assert presend.decide(GOOD, now=MORNING) == Allowed()
    new_york = but(zone=ZoneInfo("America/New_York"))
    assert presend.decide(new_york, now=NIGHT) == Allowed()  # 18:00 there


@pytest.mark.parametrize(
    "facts",
    [
        {"unprompted": None},
        {"author": Author.AGENT, "owner": Owner.AGENT},
        {"notice": Notice.HANDOVER, "owner": Owner.QUEUE},
        {"notice": Notice.CONSENT, "is_opted_out": True},
    ],
)
def test_answers_notices_and_persons_are_never_held_back(facts: dict[str, Any]) -> None:
    worst = replace(WELCOME, is_permitted=False, is_paused=True, sent_in_day=99)
    sending = replace(replace(GOOD, unprompted=worst), **facts)
    assert presend.decide(sending, now=NIGHT) == Allowed()


def test_who_has_just_written_is_awake() -> None:
    window = Policy().awake_window
    assert presend.decide(but(wrote_at=NIGHT - window), now=NIGHT) == Allowed()
    earlier = but(wrote_at=NIGHT - window - timedelta(seconds=1))
    assert presend.decide(earlier, now=NIGHT) == Deferred(until=MORNING, reason=Delay.QUIET_HOURS)


def test_what_would_be_over_in_the_morning_is_not_said_then() -> None:
    for until in (NIGHT + timedelta(hours=1), MORNING):
        assert presend.decide(but(useful_until=until), now=NIGHT) == Refused(
            reason=Refusal.TOO_LATE
        )
    held = Deferred(until=MORNING, reason=Delay.QUIET_HOURS)
    assert presend.decide(but(useful_until=MORNING + timedelta(hours=1)), now=NIGHT) == held
    assert presend.decide(but(useful_until=NIGHT), now=NOON) == Allowed()
    late = presend.decide(but(useful_until=NOON), now=NOON)  # after it waited for its inbox
    assert late == Refused(reason=Refusal.TOO_LATE)


_SENDINGS = st.builds(
    Sending,
    author=st.sampled_from(Author),
    owner=st.sampled_from(Owner),
    is_opted_out=st.booleans(),
    is_suppressed=st.booleans(),
    notice=st.sampled_from([None, *Notice]),
    unprompted=st.none()
    | st.builds(
        Unprompted,
        policy=st.just(Policy()),
        channel=st.sampled_from(["webchat", "sms", "whatsapp"]),
        purpose=st.sampled_from(Purpose),
        is_permitted=st.sampled_from([None, True, False]),
        may_promote=st.booleans(),
        sells=st.booleans(),
        is_paused=st.booleans(),
        sent_in_day=st.integers(0, 9),
        sent_in_week=st.integers(0, 30),
        zone=st.sampled_from([ZoneInfo("Europe/London"), ZoneInfo("Asia/Kolkata")]),
        wrote_at=st.none() | st.just(NOON),
    ),
)
_MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.req("C24", "P18")
@given(_SENDINGS, _MOMENTS)
def test_nothing_goes_after_stop_but_its_confirmation(sending: Sending, now: datetime) -> None:
    stopped = replace(sending, is_opted_out=True)
    if sending.notice is not Notice.CONSENT:
        assert presend.decide(stopped, now=now) == Refused(reason=Refusal.OPTED_OUT)


@given(_SENDINGS, _MOMENTS)
def test_what_is_held_may_go_when_its_time_has_come(sending: Sending, now: datetime) -> None:
    decided = presend.decide(sending, now=now)
    if isinstance(decided, Deferred):
        assert decided.until > now
        assert presend.decide(sending, now=decided.until) == Allowed()


# -- a window ----------------------------------------------------------------------------


@pytest.mark.req("C6", "C19")
@pytest.mark.parametrize(
    ("ago", "names", "has", "reason"),
    [
        (timedelta(hours=23, minutes=59), False, False, None),
        (timedelta(hours=24), False, False, Refusal.WINDOW_CLOSED),
        (timedelta(hours=24, minutes=1), False, False, Refusal.WINDOW_CLOSED),
        (timedelta(hours=24, minutes=1), True, False, Refusal.TEMPLATE_UNAPPROVED),
        (timedelta(hours=24, minutes=1), True, True, None),
        (None, False, False, Refusal.WINDOW_CLOSED),
        (None, True, True, None),
    ],
)
def test_out_of_its_window_only_an_approved_template_goes(
    *, ago: timedelta | None, names: bool, has: bool, reason: Refusal | None
) -> None:
    wrote_at = NOON - ago if ago else None
    window = Window(wrote_at=wrote_at, names_template=names, has_template=has)
    expected = Refused(reason=reason) if reason else Allowed()
    for sending in (but(window=window), replace(GOOD, window=window, unprompted=None)):
        assert presend.decide(sending, now=NOON) == expected
    agents = replace(GOOD, author=Author.AGENT, owner=Owner.AGENT, window=window, unprompted=None)
    assert presend.decide(agents, now=NOON) == expected


@pytest.mark.req("G53")
def test_a_closed_window_lets_an_unprompted_message_fall_to_the_next_channel() -> None:
    window = Window(wrote_at=None, names_template=True)
    verdict = presend.decide(but(window=window, further=("sms",)), now=NOON)
    assert verdict == Fallback(channel="sms", reason=Refusal.TEMPLATE_UNAPPROVED)


def test_the_window_is_asked_about_the_moment_of_leaving() -> None:
    # Now it is open, in the morning it will be shut.
    window = Window(wrote_at=NIGHT - timedelta(hours=20))
    assert presend.decide(but(window=window), now=NIGHT) == Refused(reason=Refusal.WINDOW_CLOSED)
    kept = Window(wrote_at=NIGHT - timedelta(hours=2))
    assert isinstance(presend.decide(but(window=kept), now=NIGHT), Deferred)


@pytest.mark.req("P17")
def test_the_question_whether_a_yes_is_meant_needs_none_and_keeps_to_all_other_rules() -> None:
    question: dict[str, Any] = {"notice": Notice.OPT_IN, "is_permitted": None}
    assert presend.decide(but(**question), now=NOON) == Allowed()
    assert presend.decide(but(**question, owner=Owner.AGENT), now=NOON) == Allowed()
    assert presend.decide(but(**question, is_opted_out=True), now=NOON) == Refused(
        reason=Refusal.OPTED_OUT
    )
    assert presend.decide(but(**question, sent_in_day=9), now=NOON) == Refused(
        reason=Refusal.FREQUENCY_CAP
    )
    assert isinstance(presend.decide(but(**question), now=NIGHT), Deferred)
