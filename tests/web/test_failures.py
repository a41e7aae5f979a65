"""The failure log: a root cause, somebody who mends it in a week, and what the fix came to."""

from datetime import timedelta

import pytest

from baton.services.reading import failure_board
from baton.store.models import AuditEntry, Escalation, Failure, Notice, Run
from tests.web.conftest import Gym, Screen

PAGE = "/review/failures"


def logged(gym: Gym, screen: Screen, who: str = "mia", **changed: str) -> Failure:
    """Hand a conversation over, and log that it failed."""
    talk = gym.hear(who, "Can I talk to a human?")
    fired = Escalation.objects.filter(conversation_id=talk).first()
    form = {
        "conversation": talk,
        "escalation": fired.id if fired else "",
        "cause": "misread_intent",
        "words": "asked about the pool, call +44 7700 900123",
        "owner": "",
    }
    answer = screen.post(f"{PAGE}/new", {**form, **changed}, htmx=False)
    assert answer.status == 302, answer.text
    return Failure.objects.order_by("-id")[0]


@pytest.mark.req("FL1", "FL2", "X14", "Z14")
def test_a_failure_is_due_in_a_week_and_overdue_is_shown(
    gym: Gym, sam: Screen, robin: Screen, alex: Screen
) -> None:
    row = logged(gym, robin, owner=sam.user.id)
    assert row.due_at - row.logged_at == timedelta(days=7)
    assert "900123" not in row.words
    assert (row.rule, row.is_handed) == ("person", True)
    [given] = Notice.objects.filter(kind="failure_given")
    assert given.user_id == sam.user.id
    assert "You are to mend a failure: misread intent" in sam.get("/notices").text
    shown = sam.get(PAGE).text
    assert "The intent was misread" in shown
    assert "overdue</span>" not in shown

    gym.step(days=8)
    assert "overdue</span>" in sam.get(f"{PAGE}?view=overdue").text
    late = Notice.objects.filter(kind="failure_overdue")
    assert {one.user_id for one in late} == {sam.user.id, robin.user.id}
    gym.step(days=2)  # it is told once
    assert late.count() == 2
    assert alex.get(PAGE).status == 403


@pytest.mark.req("FL5", "FL4", "GV7")
def test_a_fix_names_the_change_that_made_it_and_what_came_after(gym: Gym, robin: Screen) -> None:
    row = logged(gym, robin)
    taught = {"intent": "opening hours", "examples": "when is the pool open"}
    robin.post("/learning/examples", taught, htmx=False)
    change = AuditEntry.objects.filter(action="example_taught").first()
    assert change is not None
    refused = robin.post(f"{PAGE}/{row.id}/fix", words="taught it", change="1")
    assert (refused.status, "Choose one of the changes" in refused.text) == (422, True)
    done = {"words": "taught what people ask", "change": str(change.seq)}
    robin.post(f"{PAGE}/{row.id}/fix", done, htmx=False)
    gym.step(days=1)
    logged(gym, robin, "ben")  # the same again, a day later
    shown = robin.get(f"{PAGE}?view=fixed").text
    assert "taught what people ask" in shown
    assert "logged 1 time more since" in shown
    # Mended twice is a conflict; what was not mended after all is put back.
    assert robin.post(f"{PAGE}/{row.id}/fix", words="again").status == 409
    robin.post(f"{PAGE}/{row.id}/reopen", htmx=False)
    assert Failure.objects.filter(fixed_at=None).count() == 2
    assert [deed for deed, _ in gym.deeds("failure_fixed")] == [f"user:{robin.user.id}"]


@pytest.mark.req("FL11")
def test_what_a_flow_left_unresolved_is_tagged_to_be_made_easier(gym: Gym, robin: Screen) -> None:
    for who in ("mia", "ben"):
        gym.hear(who, "blorp")  # the menu, and then nothing
    assert "Left unresolved" not in robin.get(PAGE).text  # they may still come back
    gym.hear("cleo", "Can I talk to a human?")
    asked = gym.hear("dan", "blorp")
    gym.step(days=2)
    Run.objects.filter(conversation_id=asked).update(flow="csat")  # a question of ours, in silence
    shown = robin.get(PAGE).text
    [left] = failure_board.show(gym.house, robin.user, "open").left
    assert (left.flow, left.count, left.is_tagged) == ("faq", 2, False)
    assert ">Tag it<" in shown
    tag = {"conversation": left.conversation_id, "cause": "left_unresolved", "words": "2 at menu"}
    robin.post(f"{PAGE}/new", tag, htmx=False)
    row = Failure.objects.get()
    assert (row.cause, row.flow, row.is_handed) == ("left_unresolved", "faq", False)
    shown = robin.get(PAGE).text
    assert '<span class="chip">tagged</span>' in shown
    assert "Left unresolved: make it easier" in shown


@pytest.mark.req("GV9")
def test_rules_and_handoffs_are_mended_before_the_reader(gym: Gym, robin: Screen) -> None:
    for who in ("mia", "ben", "cleo"):
        logged(gym, robin, who)  # misread: three that a person had to take
    assert "before you train a reader" not in robin.get("/learning").text
    logged(gym, robin, "dan", cause="misrouted")
    board = failure_board.show(gym.house, robin.user, "open")
    assert [(one.cause, one.spares) for one in board.causes] == [
        ("misrouted", 1),
        ("misread_intent", 3),
    ]
    assert "1 failure of rules, routing, words or fields is still" in robin.get("/learning").text


@pytest.mark.req("FL2", "FL3", "FL9", "RP4", "FL13")
def test_causes_are_ones_own_too_ranked_by_what_they_cost_and_exported(
    gym: Gym, sam: Screen, robin: Screen
) -> None:
    own = {"cause": "own", "own_cause": "Wrong Photo", "words": "=1+1"}
    row = logged(gym, sam, **own)
    assert row.cause == "wrong_photo"
    logged(gym, sam, "ben", **own)
    logged(gym, sam, "cleo")
    shown = robin.get(PAGE).text
    assert shown.rindex("wrong photo") < shown.rindex("The intent was misread")
    told = robin.get(f"{PAGE}/export").text
    assert "wrong_photo" in told
    assert "'=1+1" in told  # no spreadsheet takes it for a formula
    talk = gym.hear("dan", "Can I talk to a human?")
    wrong = {"conversation": talk, "cause": "own", "own_cause": "<script>"}
    assert "Name it with letters" in sam.post(f"{PAGE}/new", wrong, htmx=False).text
    stranger = {"conversation": "nobody", "cause": "misrouted"}
    assert sam.post(f"{PAGE}/new", stranger, htmx=False).status == 404
    robin.post(f"{PAGE}/{row.id}/give", {"owner": robin.user.id}, htmx=False)
    assert Failure.objects.get(id=row.id).owner_id == robin.user.id
