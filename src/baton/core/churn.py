"""Whether somebody is about to leave: signs that can be told to anybody, each with its points.

No sign is enough by itself (CH2, X24): a contact is at risk when several stand together and their
points reach a limit. Every point is explained by the numbers it came from. Every limit and
weight is a field of `core.policy.Policy`, set by the pack or the workspace (U11).
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from baton.core.policy import Policy

MOST = 100
"""No score is higher."""

RECENT_DAYS = 30
BEFORE_DAYS = 90
YEAR_DAYS = 365
QUIET_DAYS = 60
"""Nothing older is looked at: who came before alone has left already.

Visits of the last 30 days are held against those of the 90 days before (CH4). Who read or
answered none of what was sent in 60 days reads no more.
"""

_AT_THE_LIMIT = 0.25  # of its weight counts a sign that has only just appeared
_OWN_PACE = 1.5  # who comes every 20 days is not away after 14


class Sign(StrEnum):
    """What is seen of somebody who may leave (CH1)."""

    AWAY = "away"  # longer than is usual for them
    FEWER = "fewer"  # comes half as often as before
    RARE = "rare"  # has not come often enough for a habit
    MISSED = "missed"  # booked and did not come
    PAYMENT = "payment"  # a payment failed or was tried again
    IDLE = "idle"  # used to open the app
    QUIET = "quiet"  # used to read what was sent to them


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What counts as a sign, and how much; each is explained beside its field of `Policy`."""

    away_days: int
    drop_share: float
    habit_visits: int
    missed_visits: int
    payment_days: int
    idle_days: int
    quiet_messages: int
    weights: Mapping[Sign, int]
    min_signs: int
    at_risk_points: int


def rules_of(policy: Policy) -> Rules:
    """Return a workspace's rules."""
    return Rules(
        away_days=policy.churn_away_days,
        drop_share=policy.churn_drop_share,
        habit_visits=policy.churn_habit_visits,
        missed_visits=policy.churn_missed_visits,
        payment_days=policy.churn_payment_days,
        idle_days=policy.churn_idle_days,
        quiet_messages=policy.churn_quiet_messages,
        weights={
            Sign.AWAY: policy.churn_away_points,
            Sign.FEWER: policy.churn_fewer_points,
            Sign.RARE: policy.churn_rare_points,
            Sign.MISSED: policy.churn_missed_points,
            Sign.PAYMENT: policy.churn_payment_points,
            Sign.IDLE: policy.churn_idle_points,
            Sign.QUIET: policy.churn_quiet_points,
        },
        min_signs=policy.churn_min_signs,
        at_risk_points=policy.churn_at_risk,
    )


class Habits(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What somebody did in the last year, as counted; days are full days before today.

    Attributes:
        visits: how often they came.
        since_first, since_last: days since the first and the last of these visits.
        recent: visits of the last 30 days.
        before: visits of the 90 days before those.
        missed: bookings of the last 30 days that they did not come to.
        is_expected: they have a booking ahead.
        since_payment, since_app: days since a payment failed, since the app was opened;
            None for never.
        unread: messages sent unasked in the last 60 days to somebody who used to read them, and
            read or answered none of these.
    """

    visits: int
    since_first: int
    since_last: int
    recent: int = 0
    before: int = 0
    missed: int = 0
    is_expected: bool = False
    since_payment: int | None = None
    since_app: int | None = None
    unread: int = 0


class Point(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A sign that stands: its points, the number that was seen, and what it was held against."""

    sign: Sign
    points: int
    seen: int
    against: int


class Churn(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A contact's score: `points` of at most 100, what they came from, and what follows."""

    points: int
    signs: tuple[Point, ...]
    is_at_risk: bool


def score(habits: Habits, rules: Rules) -> Churn:
    """Return how likely somebody is to leave, by what is seen of them (CH2, CH3).

    A booking ahead speaks louder than days without a visit: then only what went wrong counts.
    """
    signs = tuple(
        Point(sign=sign, points=round(weight * strength), seen=seen, against=against)
        for sign, strength, seen, against in _seen(habits, rules)
        if strength > 0 and (weight := rules.weights[sign])
    )
    points = min(MOST, sum(one.points for one in signs))
    return Churn(
        points=points,
        signs=signs,
        is_at_risk=len(signs) >= rules.min_signs and points >= rules.at_risk_points,
    )


_Seen = tuple[Sign, float, int, int]


def _seen(habits: Habits, rules: Rules) -> Iterable[_Seen]:
    if not habits.is_expected:
        yield _away(habits, rules)
        yield _fewer(habits, rules)
        yield _rare(habits, rules)
    yield _missed(habits, rules)
    yield _quiet(habits, rules)
    for sign, since, limit in (
        (Sign.PAYMENT, habits.since_payment, rules.payment_days),
        (Sign.IDLE, habits.since_app, rules.idle_days),
    ):
        if since is not None:
            # A failed payment is a sign while it is fresh, an unopened app once it is old.
            stands = since <= limit if sign is Sign.PAYMENT else since >= limit
            yield sign, float(stands), since, limit


def _away(habits: Habits, rules: Rules) -> _Seen:
    """Stronger with every day beyond the limit, on a scale on which a year is the end."""
    limit = max(rules.away_days, round(_OWN_PACE * _usual_gap(habits)))
    if habits.since_last < limit:
        return Sign.AWAY, 0.0, habits.since_last, limit
    beyond = math.log(habits.since_last / limit) / math.log(max(YEAR_DAYS / limit, math.e))
    strength = _AT_THE_LIMIT + (1 - _AT_THE_LIMIT) * min(beyond, 1.0)
    return Sign.AWAY, strength, habits.since_last, limit


def _usual_gap(habits: Habits) -> float:
    if habits.visits <= 1:
        return 0.0
    return (habits.since_first - habits.since_last) / (habits.visits - 1)


def _fewer(habits: Habits, rules: Rules) -> _Seen:
    usual = habits.before * RECENT_DAYS / BEFORE_DAYS
    falls = usual >= 1 and habits.recent <= usual * rules.drop_share
    strength = 1 - habits.recent / usual if falls else 0.0
    return Sign.FEWER, strength, habits.recent, round(usual)


def _rare(habits: Habits, rules: Rules) -> _Seen:
    # Whoever came for the first time this month has had no time for a habit.
    missing = rules.habit_visits - habits.visits if habits.since_first >= RECENT_DAYS else 0
    strength = missing / max(rules.habit_visits - 1, 1)
    return Sign.RARE, min(max(strength, 0.0), 1.0), habits.visits, rules.habit_visits


def _missed(habits: Habits, rules: Rules) -> _Seen:
    stands = rules.missed_visits > 0 and habits.missed >= rules.missed_visits
    return Sign.MISSED, float(stands), habits.missed, rules.missed_visits


def _quiet(habits: Habits, rules: Rules) -> _Seen:
    stands = 0 < rules.quiet_messages <= habits.unread
    return Sign.QUIET, float(stands), habits.unread, rules.quiet_messages


def worth_from(values: Iterable[int], share: float) -> int:
    """Return the value from which a contact is among the best `share`, 0 to 1 (CH6, U11).

    Values are in minor units; without any contact of value nobody is.
    """
    ranked = sorted((one for one in values if one > 0), reverse=True)
    if not ranked or share <= 0:
        return 0
    return ranked[min(len(ranked), max(1, math.ceil(len(ranked) * share))) - 1]
