"""Settings > Templates > Made at Meta: what is listed, and what a template taken over may say."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from baton.config.clock import VirtualClock
from baton.core import template
from baton.core.json import Json
from baton.core.roles import Role
from baton.services.workspace import inboxes
from baton.services.workspace.inboxes import Wanted
from baton.services.workspace.standards import standards_cache
from baton.store.models import AuditEntry, TemplateVersion
from tests.channels.whatsapp_hooks import SETTINGS
from tests.ingress.installation import copy_of
from tests.nlu.outside.server import Server, running
from tests.support.engines import default_database
from tests.web.conftest import START, Gym, Screen, open_gym
from tests.web.spoken import a_house

PAGE = "/settings/templates/at-meta"
ORDER: dict[str, Json] = {
    "id": "594",
    "name": "order_ready",
    "language": "en_US",
    "status": "APPROVED",
    "category": "UTILITY",
    "components": [
        {"type": "BODY", "text": "Hello {{1}}, your order is ready."},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Thanks"}]},
    ],
}
CODE: dict[str, Json] = {
    "id": "595",
    "name": "sign_in",
    "language": "en",
    "status": "APPROVED",
    "category": "AUTHENTICATION",
    "components": [{"type": "BODY", "text": "{{1}} is your code."}],
}
FORM = {
    "channel": "whatsapp", "name": "order_ready", "language": "en-US", "purpose": "transactional",
    "body": "Hello {{ contact.first_name }}, your order is ready.", "replies": "1 = Thanks",
    "examples": "Mia", "why": "from the old system",
}  # fmt: skip


@pytest.fixture
def gym(template: Path, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Gym]:
    with django_db_blocker.unblock(), default_database(copy_of(template, tmp_path)):
        clock = VirtualClock(START)
        yield open_gym("Northside Gym", house=a_house(clock, seed=1), clock=clock)


@pytest.fixture
def meta() -> Iterator[Server]:
    with running() as server:
        server.answers({"data": [ORDER, CODE]})
        yield server


@pytest.fixture
def robin(gym: Gym, meta: Server) -> Screen:
    """Return the screen of a manager whose workspace has a number at Meta."""
    settings = SETTINGS.__class__(
        phone_number_id=SETTINGS.phone_number_id,
        business_account_id=SETTINGS.business_account_id,
        access_token=SETTINGS.access_token,
        app_secret=SETTINGS.app_secret,
        base=meta.url,
    )
    inboxes.connect(
        gym.house, gym.workspace.id, Wanted(name="WhatsApp", settings=settings), actor="user:u1"
    )
    return gym.screen_of(gym.hire("Robin", Role.MANAGER))


@pytest.mark.req("TP3", "TP5")
def test_one_is_taken_over_with_its_approval_and_flows_send_it(gym: Gym, robin: Screen) -> None:
    listed = robin.get(PAGE).text
    assert "your order is ready" in listed
    assert "neither of Meta" in listed
    assert "sign_in/en" not in listed
    assert "Hello {{1}}, your order is ready." in robin.get(f"{PAGE}/order_ready/en_US").text
    answer = robin.post(f"{PAGE}/order_ready/en_US", FORM, htmx=False)
    row = TemplateVersion.objects.get()
    assert answer.headers["Location"] == f"/settings/templates/{row.id}?adopted=1"
    assert (row.state, row.provider_name, row.provider_id) == ("approved", "order_ready", "594")
    assert AuditEntry.objects.filter(action="template_adopted").exists()
    known = standards_cache(gym.house).standards_of(gym.workspace.id).templates
    found = template.find(known, "order_ready", "en-US")
    assert found is not None
    filled = found.filled(["Mia"])
    assert filled is not None
    assert (filled.values, filled.replies) == (("Mia",), (("1", "Thanks"),))
    # It is here now: no second one, neither by the list nor by the form of a page left open.
    assert "order_ready" not in robin.get(PAGE).text
    assert robin.post(f"{PAGE}/order_ready/en_US", FORM, htmx=False).status == 404
    assert TemplateVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"body": "Hi {{ contact.first_name }}, your order is ready."}, "Meta approved"),
        ({"body": "Hello {{1}}, your order is ready."}, "Name what each number stands for"),
        ({"footer": "Northside"}, "Meta approved"),
        ({"replies": "1 = Thank you"}, "Its buttons say"),
        ({"purpose": "promotional"}, "marketing"),
    ],
)
def test_words_stay_as_they_were_approved(
    robin: Screen, changes: dict[str, str], said: str
) -> None:
    refused = robin.post(f"{PAGE}/order_ready/en_US", {**FORM, **changes}, htmx=False)
    assert (refused.status, said in refused.text) == (422, True)
    assert not TemplateVersion.objects.exists()


def test_what_cannot_be_had_is_said(gym: Gym, robin: Screen, meta: Server) -> None:
    assert robin.post(f"{PAGE}/sign_in/en", {**FORM, "language": "en"}, htmx=False).status == 409
    assert robin.get(f"{PAGE}/nothing/en").status == 404
    meta.answers({"error": {"code": 190, "message": "expired"}}, status=401)
    assert robin.get(PAGE).status == 409
    assert gym.screen_of(gym.hire("Sam", Role.AGENT)).get(PAGE).status == 403
