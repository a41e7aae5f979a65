"""Settings > Templates: from what a flow names to an approved version, with its history."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from baton.channels.sandbox.settings import SandboxSettings
from baton.config.clock import VirtualClock
from baton.core.roles import Role
from baton.services.workspace import inboxes
from baton.services.workspace.inboxes import Wanted
from baton.store.models import TemplateVersion
from tests.ingress.installation import copy_of
from tests.support.engines import default_database
from tests.web.conftest import START, Gym, open_gym
from tests.web.spoken import a_house

PAGE = "/settings/templates"
FORM = {
    "channel": "whatsapp", "name": "class_tomorrow", "language": "en", "purpose": "transactional",
    "body": "Your class {{ run.class_name }} is tomorrow.", "replies": "1 = I come\n2 = Move it",
    "examples": "Yoga", "why": "for the reminders",
}  # fmt: skip


@pytest.fixture
def gym(template: Path, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Gym]:
    with django_db_blocker.unblock(), default_database(copy_of(template, tmp_path)):
        clock = VirtualClock(START)
        yield open_gym("Northside Gym", house=a_house(clock, seed=1), clock=clock)


@pytest.mark.req("TP3", "TP5", "OR4")
def test_a_template_goes_from_draft_to_approved(gym: Gym) -> None:
    robin = gym.screen_of(gym.hire("Robin", Role.MANAGER))
    assert "There is no template yet" in robin.get(PAGE).text
    wrong = robin.post(f"{PAGE}/new", {**FORM, "body": "{{ run.x }}"}, htmx=False)
    assert (wrong.status, "cannot be made of values alone" in wrong.text) == (422, True)
    answer = robin.post(f"{PAGE}/new", FORM, htmx=False)
    row = TemplateVersion.objects.get()
    assert answer.headers["Location"] == f"{PAGE}/{row.id}?saved=1"
    shown = robin.get(f"{PAGE}/{row.id}?saved=1").text
    assert "Your class Yoga is tomorrow." in shown
    assert "I come" in shown
    assert "Robin" in shown
    # Nothing to hand it in to: said, and still a draft.
    refused = robin.post(f"{PAGE}/{row.id}/submit", htmx=False)
    assert (refused.status, "No WhatsApp number is connected" in refused.text) == (409, True)
    assert "No WhatsApp number" in robin.post(f"{PAGE}/sync", htmx=False).text
    wanted = Wanted(name="WhatsApp", settings=SandboxSettings(channel="whatsapp"))
    inboxes.connect(gym.house, gym.workspace.id, wanted, actor="user:u1")
    assert robin.post(f"{PAGE}/{row.id}/submit", htmx=False).status == 302
    assert "Approved" in robin.get(PAGE).text
    changed = {**FORM, "body": "{{ run.class_name }} comes tomorrow, you too?"}
    assert robin.post(f"{PAGE}/{row.id}", changed, htmx=False).status == 422  # begins with a value
    changed["body"] = "Tomorrow is {{ run.class_name }}, you too?"
    robin.post(f"{PAGE}/{row.id}", changed, htmx=False)
    assert [one.state for one in TemplateVersion.objects.order_by("number")] == [
        "approved", "draft",
    ]  # fmt: skip
    assert robin.post(f"{PAGE}/sync", htmx=False).headers["Location"].endswith("?synced=0")


@pytest.mark.parametrize("role", [Role.AGENT, Role.AUDITOR])
def test_who_may_not_change_settings_sees_none(gym: Gym, role: Role) -> None:
    screen = gym.screen_of(gym.hire("Kim", role))
    for path in ("", "/new", "/x"):
        assert screen.get(f"{PAGE}{path}").status == 403
    for path in ("/new", "/sync", "/x", "/x/submit", "/x/decide"):
        assert screen.post(f"{PAGE}{path}", FORM, htmx=False).status == 403
    assert not TemplateVersion.objects.exists()


@pytest.mark.req("TP3", "TP5")
def test_an_email_is_approved_by_somebody_else_and_its_writer_reads_why_not(gym: Gym) -> None:
    robin = gym.screen_of(gym.hire("Robin", Role.MANAGER))
    olga = gym.screen_of(gym.hire("Olga", Role.OPERATIONS))
    mail = {
        **FORM, "channel": "email", "header": "Your class {{ run.class_name }}", "replies": "",
        "body": "See you at {{ run.starts_at | time }}.", "examples": "Yoga\n6 PM",
    }  # fmt: skip
    assert robin.post(f"{PAGE}/new", {**mail, "header": ""}, htmx=False).status == 422
    robin.post(f"{PAGE}/new", mail, htmx=False)
    row = TemplateVersion.objects.get()
    shown = robin.get(f"{PAGE}/{row.id}").text
    assert "<strong>Your class Yoga</strong><br>See you at 6 PM." in shown
    assert "Quick replies" not in shown  # an email has none
    robin.post(f"{PAGE}/{row.id}/submit", htmx=False)
    assert "You wrote it" in robin.get(f"{PAGE}/{row.id}").text
    assert "Waiting for your approval" not in robin.get(PAGE).text
    assert "Waiting for your approval" in olga.get(PAGE).text
    place = f"{PAGE}/{row.id}/decide"
    assert robin.post(place, verdict="approve", htmx=False).status == 409
    assert olga.post(place, verdict="reject", htmx=False).status == 422
    assert olga.post(place, verdict="shrug", htmx=False).status == 404
    assert olga.post(place, verdict="approve", htmx=False).status == 302
    assert "Take the approval back" in olga.get(f"{PAGE}/{row.id}").text
    olga.post(place, verdict="withdraw", reason="the time is missing", htmx=False)
    assert "the time is missing" in robin.get(PAGE).text
