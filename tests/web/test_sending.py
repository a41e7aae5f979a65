"""The page about sending: a stop switch, limits that change with a reason, what was withheld."""

import html
import json
import re

import pytest

from baton.core.roles import Role
from baton.services.desk import limits
from baton.store.models import AuditEntry, Message, Workspace
from tests.support.pages import forms_of
from tests.web.conftest import Gym, Screen


@pytest.fixture
def olga(gym: Gym) -> Screen:
    return gym.screen_of(gym.hire("Olga", Role.OPERATIONS))


def limits_of(page: str) -> dict[str, str]:
    return {name: value[0] for name, value in forms_of(page)["limits-form"].items()}


@pytest.mark.req("X39")
def test_the_stop_switch_stops_surveys_and_no_answers(gym: Gym, olga: Screen) -> None:
    olga.post("/settings/sending/pause", reason="the booking system is down", htmx=False)
    page = olga.get("/settings/sending").text
    assert "by Olga: the booking system is down" in page
    gym.hear("mia", "Where can I park?")
    gym.step(minutes=30)
    gym.step(minutes=30)
    fates = Message.objects.filter(author="bot").order_by("id")
    assert list(fates.values_list("delivery", "delivery_reason")) == [
        ("sent", ""),
        ("refused", "paused"),
    ]
    assert "sending is paused" in olga.get("/settings/sending").text
    olga.post("/settings/sending/resume", reason="it is back", htmx=False)
    olga.post("/settings/sending/resume", reason="it is back", htmx=False)
    assert Workspace.objects.get().paused_at is None
    assert gym.deeds("sending_paused") == [
        (f"user:{olga.user.id}", f"workspace:{gym.workspace.id}")
    ]
    assert len(gym.deeds("sending_resumed")) == 1


def test_a_switch_without_a_reason_is_not_pulled(gym: Gym, olga: Screen) -> None:
    assert olga.post("/settings/sending/pause", reason=" ", htmx=False).status == 422
    assert not gym.deeds("sending_paused")


def test_limits_hold_from_the_next_message_on_and_say_why(gym: Gym, olga: Screen) -> None:
    form = limits_of(olga.get("/settings/sending").text)
    assert (form["quiet_from"], form["quiet_until"], form["awake_window"]) == (
        "21:00", "08:00", "30m",
    )  # fmt: skip
    assert (form["sms_part_price"], form["email_price"]) == ("0.0118", "0.0001")
    wanted = form | {
        "service_per_day": "0", "quiet_from": "20:30", "email_price": "0.0002",
        "double_opt_in": "sms:promotional, email:promotional", "reason": "fewer surveys",
    }  # fmt: skip
    assert olga.post("/settings/sending/limits", wanted, htmx=False).status == 302
    assert Workspace.objects.get().policy == {
        "service_per_day": 0, "quiet_from": "20:30", "email_price": 200,
        "double_opt_in": "sms:promotional, email:promotional",
    }  # fmt: skip
    entry = AuditEntry.objects.get(action="sending_limits_changed")
    assert json.loads(entry.details) == {
        "reason": "fewer surveys", "quiet_from": "21:00 to 20:30", "service_per_day": "4 to 0",
        "email_price": "0.0001 to 0.0002",
        "double_opt_in": " to sms:promotional, email:promotional",
    }  # fmt: skip
    gym.hear("mia", "Where can I park?")
    gym.step(minutes=30)
    gym.step(minutes=30)
    assert Message.objects.filter(delivery_reason="frequency_cap").count() == 1
    assert "they got enough for now" in olga.get("/settings/sending").text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("quiet_from", "25:00"),
        ("quiet_until", "8"),
        ("awake_window", "soon"),
        ("promotional_per_day", "-1"),
        ("promotional_per_week", "many"),
        ("consent_free_channels", "webchat,fax"),
        ("double_opt_in", "sms"),
        ("double_opt_in", "sms:everything"),
        ("double_opt_in_lasts", "0m"),
        ("reason", ""),
    ],
)
def test_a_limit_that_cannot_be_used_is_refused_beside_its_field(
    olga: Screen, field: str, value: str
) -> None:
    form = limits_of(olga.get("/settings/sending").text) | {"reason": "because"}
    answer = olga.post("/settings/sending/limits", form | {field: value}, htmx=False)
    assert answer.status == 422
    assert "field-problem" in answer.text
    assert Workspace.objects.get().policy == {}


def test_a_colleagues_change_meanwhile_is_not_written_over(olga: Screen) -> None:
    form = limits_of(olga.get("/settings/sending").text) | {"reason": "because"}
    olga.post("/settings/sending/limits", form | {"service_per_day": "1"}, htmx=False)
    answer = olga.post("/settings/sending/limits", form | {"service_per_day": "2"}, htmx=False)
    assert answer.status == 409
    assert "changed meanwhile" in answer.text
    assert Workspace.objects.get().policy == {"service_per_day": 1}


def test_unchanged_limits_leave_no_trace(gym: Gym, olga: Screen) -> None:
    form = limits_of(olga.get("/settings/sending").text) | {"reason": "because"}
    assert olga.post("/settings/sending/limits", form, htmx=False).status == 302
    assert not gym.deeds("sending_limits_changed")


def test_agents_and_auditors_change_nothing(sam: Screen, alex: Screen) -> None:
    for screen in (sam, alex):
        assert screen.get("/settings/sending").status == 403
        assert screen.post("/settings/sending/pause", reason="no", htmx=False).status == 403
    assert Workspace.objects.get().paused_at is None


def test_what_is_asked_for_and_does_not_exist(olga: Screen) -> None:
    assert olga.post("/settings/sending/nonsense", htmx=False).status == 404
    assert Workspace._meta.get_field("pause_reason").max_length == limits.MAX_REASON


@pytest.mark.req("C27", "CO3")
def test_every_count_opens_its_messages(gym: Gym, olga: Screen, sam: Screen) -> None:
    assert "Nothing was sent" in olga.get("/settings/deliveries").text
    heard = gym.hear("mia", "Where can I park?")
    counts = olga.get("/settings/deliveries?days=30").text
    assert "Web chat" in counts
    [link] = re.findall(r'href="(/settings/deliveries/counted[^"]+)"', counts)
    shown = olga.get(html.unescape(link)).text
    assert f'href="/inbox/{heard}"' in shown
    assert "counts nothing" in olga.get("/settings/deliveries/counted?delivery=failed&page=9").text
    assert sam.get("/settings/deliveries").status == 403
    assert sam.get("/settings/deliveries/counted").status == 403
