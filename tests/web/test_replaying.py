"""Flows > Try a change: the last days with a change, from the console, and nothing is sent."""

import pytest

from baton.store.models import Message
from tests.web.conftest import Gym, Screen


@pytest.mark.req("GV8", "GV10", "AB1")
def test_a_change_is_tried_on_what_was_written(gym: Gym, robin: Screen, sam: Screen) -> None:
    talk = gym.hear("mia", "blorp zif quux")
    gym.hear("ben", "What time do you open?")
    before = Message.objects.count()
    page = robin.get("/replay").text
    assert "1 now; from 1 to 2" in page or "2 now; from 1 to 2" in page
    form = {"days": "7", "limit_max_failed_attempts": "1"}
    played = robin.post("/replay", form, htmx=False).text
    assert "2 messages of 2 conversations" in played
    assert "1 matter goes another way" in played
    assert f"/inbox/{talk}" in played
    assert "Not understood, nobody came" in played
    assert Message.objects.count() == before
    assert sam.get("/replay").status == 403


def test_what_cannot_be_tried_says_why(gym: Gym, robin: Screen) -> None:
    gym.hear("ben", "What time do you open?")

    def told(**form: str) -> str:
        return robin.post("/replay", {"days": "28", **form}, htmx=False).text

    assert "Change something first" in told()
    assert "Write both thresholds" in told(answer="90")
    assert "less than or equal to 2" in told(limit_max_failed_attempts="9")
    assert "is built in" in told(source="rules: [{name: failed_attempts, words: [a]}]")
    assert "baton replay" in told(source="examples: {opening_hours: [when]}")
    assert "rules" in told(source="rulez: [1]") or "rulez" in told(source="rulez: [1]")
    rule = "rules: [{name: hours, words: [open], queue: general}]"
    assert "1 matter goes another way" in told(source=rule)
