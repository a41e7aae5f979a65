"""The handoff report on a small world counted by hand: each share, each wait, their rows."""

from datetime import UTC, datetime, timedelta

import pytest

from baton.reports import handoffs, touches
from baton.store.models import Assignment, Conversation, Escalation, Handoff

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def a_handoff(
    name: str,
    *,
    ago: int = 600,
    waits: tuple[int, ...] = (),
    state: str = "resolved",
    is_card_seen: bool | None = True,
    is_restated: bool | None = False,
    reason: str = "requested",
    came_back: bool = False,
    ended_by: str = "resolved",
    lacks: str = "",
) -> str:
    """Keep a handoff of so many minutes ago that people took after so many minutes each."""
    offered = NOW - ago * MINUTE
    ended = NOW - MINUTE if state in ("resolved", "returned", "withdrawn") else None
    Conversation.objects.create(
        id=name, workspace_id="gym", contact_id="c", inbox_id="i", lane="l", address_lane="l",
        channel="webchat", status="open", handled_by="bot", first_message_at=offered,
        last_message_at=offered, reopened_at=NOW if came_back else None,
    )  # fmt: skip
    Handoff.objects.create(
        id=name, workspace_id="gym", conversation_id=name, state=state, reason=reason,
        queue="general", card_sealed=b"", offered_at=offered, ended_at=ended,
        is_card_seen=is_card_seen, is_restated=is_restated, lacks=lacks,
    )  # fmt: skip
    for number, wait in enumerate(waits):
        Assignment.objects.create(
            id=f"{name}{number}", workspace_id="gym", conversation_id=name, handoff_id=name,
            user_id="sam", began_at=offered + wait * MINUTE, ended_at=NOW, ended_by=ended_by,
        )  # fmt: skip
    return name


@pytest.mark.django_db
@pytest.mark.req("H14", "H19", "K29", "K32", "K33", "RP3", "E16")
def test_each_number_counts_its_rows() -> None:
    good = a_handoff("good", waits=(2,))
    unseen = a_handoff("unseen", waits=(4,), is_card_seen=False)
    again = a_handoff("again", waits=(6, 60), is_restated=True)
    back = a_handoff("back", waits=(30,), came_back=True)
    returned = a_handoff("returned", waits=(1,), state="returned")
    waiting = a_handoff("waiting", state="offered", is_card_seen=None, is_restated=None)
    own = a_handoff("own", waits=(0,), reason="stepped_in", state="accepted")
    a_handoff("withdrawn", state="withdrawn", waits=(1,))
    a_handoff("before", ago=60 * 24 * 8, waits=(1,))
    for name, verdict, act in (
        ("f1", "right", "hand_over"),
        ("f2", "noisy", "hand_over"),
        ("f3", "misread", "hand_over"),
        ("f4", "", "hand_over"),
        ("f5", "noisy", "flag"),
    ):
        Escalation.objects.create(
            id=name, workspace_id="gym", conversation_id="good", at=NOW - MINUTE, trigger="t",
            evidence="", verdict=verdict, act=act,
        )  # fmt: skip
    made = handoffs.report_of("gym", since=NOW - timedelta(days=7), until=NOW)
    assert set(made.cases) == {good, unseen, again, back, returned, waiting, own}
    assert set(made.dropped_context.numerator) == {unseen, again}
    assert set(made.dropped_context.denominator) == {good, unseen, again, back, returned, own}
    assert set(made.first_touch.numerator) == {good, unseen}
    assert set(made.first_touch.denominator) == {good, unseen, again, back, returned}
    assert set(made.noisy.numerator) == {"f2", "f3"}
    assert set(made.noisy.denominator) == {"f1", "f2", "f3"}
    assert made.waits.taken == (back, again, unseen, good, returned)  # the longest wait first
    assert made.waits.untaken == (waiting,)
    assert (made.waits.median, made.waits.nine_in_ten) == (4 * MINUTE, 30 * MINUTE)


@pytest.mark.django_db
def test_a_window_without_handoffs_tells_nothing() -> None:
    made = handoffs.report_of("gym", since=NOW - timedelta(days=7), until=NOW)
    assert (made.first_touch.value, made.waits.median, made.waits.taken) == (None, None, ())


@pytest.mark.django_db
@pytest.mark.req("K35", "K29")
def test_what_keeps_handoffs_from_being_settled_is_told_by_fault_and_opens_its_rows() -> None:
    good = [a_handoff(f"good{number}", waits=(1,), lacks="tags") for number in range(5)]
    blind = [
        a_handoff(f"blind{number}", waits=(1,), state="returned", lacks="reference,tags")
        for number in range(8)
    ]
    moved = [
        a_handoff(f"moved{number}", waits=(1, 2), ended_by="transferred") for number in range(2)
    ]
    found = handoffs.report_of("gym", since=NOW - timedelta(days=7), until=NOW)
    causes = {cause.name: cause for cause in found.causes}
    assert set(causes["lacks_reference"].unsettled.numerator) == set(blind)
    assert set(causes["lacks_reference"].unsettled.denominator) == {*blind, *moved}
    assert causes["lacks_reference"].settled.numerator == ()
    assert set(causes["moved"].unsettled.numerator) == set(moved)
    assert set(causes["lacks_tags"].settled.numerator) == set(good)  # as common on both sides
    likeliest = handoffs.diagnosis_of(found.causes)
    assert likeliest is not None
    assert (likeliest.name, likeliest.fault) == ("lacks_reference", "context")
    Handoff.objects.filter(id=blind[0]).delete()  # nine are too few to tell
    found = handoffs.report_of("gym", since=NOW - timedelta(days=7), until=NOW)
    assert handoffs.diagnosis_of(found.causes) is None


@pytest.mark.django_db
@pytest.mark.req("CO9")
def test_manual_touches_are_counted_of_what_was_settled_and_held_against_before() -> None:
    window, week = NOW, timedelta(days=7)
    for name, waits, days_ago in (
        ("once", (1,), 1), ("twice", (1, 2), 2), ("never", (), 3),
        ("old", (1, 2), 8), ("older", (1, 2, 3), 9),
    ):  # fmt: skip
        a_handoff(name, waits=waits)
        Conversation.objects.filter(id=name).update(
            resolved_at=window - timedelta(days=days_ago), status="resolved"
        )
    a_handoff("open", waits=(1, 2, 3))  # not settled yet
    a_handoff("reminder", waits=(1,))
    Conversation.objects.filter(id="reminder").update(resolved_at=window - week, opened_by="bot")
    now = touches.touches_of("gym", since=window - week, until=window)
    before = touches.touches_of("gym", since=window - 2 * week, until=window - week)
    assert set(now.settled) == {"once", "twice", "never"}
    assert now.counts == {"twice": 2, "once": 1}
    assert (now.per_matter, before.per_matter) == (1.0, 2.5)
    assert touches.reduction(before, now) == pytest.approx(0.6)
    assert touches.reduction(touches.Touches(settled=(), counts={}), now) is None
