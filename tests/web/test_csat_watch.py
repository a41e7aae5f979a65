"""A fall of CSAT on one channel is told the next morning, with the flows to look at."""

from datetime import timedelta

import pytest

from baton.store.models import Conversation, Notice, Run, SurveyResponse
from tests.web.conftest import Gym, Screen


def rated(gym: Gym, channel: str, score: float, *, count: int, days_ago: int) -> None:
    at = gym.house.clock.now() - timedelta(days=days_ago)
    for number in range(count):
        name = f"{channel}{days_ago}.{number}"
        Conversation.objects.create(
            id=name, workspace_id=gym.workspace.id, contact_id="c", inbox_id="i", lane="l",
            address_lane="l", channel=channel, status="resolved", handled_by="bot",
            first_message_at=at, last_message_at=at,
        )  # fmt: skip
        SurveyResponse.objects.create(
            id=name, workspace_id=gym.workspace.id, conversation_id=name, kind="csat",
            asked_at=at, answered_at=at, rating=3, score=score,
        )  # fmt: skip


def ran(gym: Gym, conversation_id: str, flow: str) -> None:
    now = gym.house.clock.now()
    Run.objects.create(
        id=conversation_id, workspace_id=gym.workspace.id, conversation_id=conversation_id,
        contact_id="c", flow=flow, version=1, state_sealed=b"", status="ended",
        started_at=now, updated_at=now,
    )  # fmt: skip


@pytest.mark.req("K34")
def test_a_fall_is_told_once_with_the_flows_that_ran(gym: Gym, robin: Screen, sam: Screen) -> None:
    rated(gym, "sms", 80, count=10, days_ago=20)
    rated(gym, "sms", 69, count=10, days_ago=2)
    rated(gym, "webchat", 80, count=10, days_ago=20)
    rated(gym, "webchat", 71, count=10, days_ago=2)  # nine points are no alarm
    rated(gym, "email", 90, count=10, days_ago=20)
    rated(gym, "email", 10, count=9, days_ago=2)  # too few to tell
    ran(gym, "sms2.0", "visit_feedback")
    gym.step(days=1)
    told = Notice.objects.filter(kind="csat_fell")
    assert [one.details for one in told.filter(user_id=robin.user.id)] == [
        "sms, from 80 to 69 of 100; look at visit_feedback"
    ]
    assert not told.filter(user_id=sam.user.id).exists()
    assert "CSAT fell on sms, from 80 to 69" in robin.get("/notices").text
    before = told.count()
    gym.step(days=2)
    assert told.count() == before
    assert gym.deeds("csat_fell") == [("system", "channel:sms")]
