"""Harm found in a workspace's numbers: told in the console, by mail and by a signed call."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from typing_extensions import override

from baton.channels.email.settings import EmailSettings, Security, Server
from baton.core import webhook_signature
from baton.core.harm import Harm
from baton.core.policy import Policy
from baton.core.webhook_signature import Signed
from baton.services.desk import alert_desk
from baton.services.evidence import harm_watch
from baton.services.workspace import inboxes
from baton.services.workspace.inboxes import Wanted
from baton.store.models import AlertHook, AuditEntry, Episode, EvidenceDay, Notice, Turn, Workspace
from tests.support import mail_server
from tests.support.mail_server import MailServer
from tests.web.conftest import Gym, Screen

NOW = datetime(2026, 3, 30, 8, tzinfo=UTC)
ZONE = ZoneInfo("UTC")
DAY = timedelta(days=1)
TODAY = datetime(2026, 3, 30, tzinfo=UTC)


def episodes(workspace_id: str, at: datetime, count: int, **known: Any) -> None:
    began = Episode.objects.count()
    EvidenceDay.objects.get_or_create(
        workspace_id=workspace_id, grain="episode", day=at.astimezone(UTC).date(),
        defaults={"id": f"d{began}"},
    )  # fmt: skip
    Episode.objects.bulk_create(
        Episode(
            **{
                "id": f"e{began + nth}", "workspace_id": workspace_id,
                "conversation_id": f"c{began + nth}", "number": 0, "began_at": at,
                "channel": "webchat", "inbox_id": "i", "opened_by": "contact",
                "ended_at": at + timedelta(hours=1), "ended_by": "bot", **known,
            }
        )
        for nth in range(count)
    )  # fmt: skip


def found(policy: Policy | None = None) -> set[Harm]:
    return {one.harm for one in harm_watch.find("w", policy or Policy(), ZONE, now=NOW)}


@pytest.mark.django_db
@pytest.mark.req("AL1", "AL2")
def test_handoffs_that_rise_and_jump() -> None:
    for back, handed in ((10, 5), (3, 10), (2, 20), (1, 40)):
        at = TODAY - back * DAY
        episodes("w", at, handed, handoffs=1)
        episodes("w", at, 100 - handed)
    episodes("w", TODAY, 50, handoffs=1)  # of today, which is not over
    assert found() == {Harm.ESCALATIONS_RISING, Harm.ESCALATIONS_JUMPED}
    assert found(Policy(alert_min_rows=101)) == set()
    assert found(Policy(escalation_jump=0.0)) == {Harm.ESCALATIONS_RISING}
    assert found(Policy(escalation_jump=4.0)) == {Harm.ESCALATIONS_RISING}


@pytest.mark.django_db
@pytest.mark.req("AL1")
def test_upset_messages_that_rise() -> None:
    for back, upset in ((3, 5), (2, 15), (1, 30)):
        Turn.objects.bulk_create(
            Turn(
                id=f"t{back}.{nth}", workspace_id="w", conversation_id="c",
                at=TODAY - back * DAY, sentiment=-0.3 if nth < upset else 0.0,
                decision="replied", reason="", action="",
            )
            for nth in range(100)
        )  # fmt: skip
    assert found() == {Harm.UPSET_RISING}


@pytest.mark.django_db
@pytest.mark.req("AL2", "U12")
def test_a_week_of_low_marks() -> None:
    for back, mark in ((3, 70.0), (20, 76.0)):
        for shift in (-10, 10):
            at = TODAY - back * DAY
            episodes("w", at, 40, csat=mark + shift, csat_after=60, csat_asked=True)
    assert found() == {Harm.CSAT_DROPPED}
    assert found(Policy(csat_drop_points=7)) == set()
    assert found(Policy(csat_drop_answers=81)) == set()


@pytest.mark.django_db
@pytest.mark.req("AL10", "K10")
def test_more_contained_and_more_back() -> None:
    for back, handed, returned in ((5, 5, 40), (12, 40, 10)):
        at = TODAY - back * DAY
        episodes("w", at, handed, handoffs=1)
        episodes("w", at, returned, returned_after=3600)
        episodes("w", at, 200 - handed - returned)
    assert found() == {Harm.CLOSES_TOO_EARLY}


class _Door(BaseHTTPRequestHandler):
    told: list[tuple[dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.told.append(({k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(204)
        self.end_headers()

    @override
    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def door() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    told: list[tuple[dict[str, str], bytes]] = []
    server = HTTPServer(("127.0.0.1", 0), type("Door", (_Door,), {"told": told}))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/baton", told
    server.shutdown()
    server.server_close()


@pytest.fixture
def mail(gym: Gym) -> Iterator[MailServer]:
    with mail_server.running() as found:
        settings = EmailSettings(
            sender="desk@fit.example",
            outgoing=Server(host="127.0.0.1", port=found.port, security=Security.NONE),
        )
        inboxes.connect(
            gym.house,
            gym.workspace.id,
            Wanted(name="Mail", settings=settings),
            actor="user:u1",
        )
        yield found


@pytest.mark.req("AL2")
def test_a_jump_is_told_everywhere_and_stops_outreach_until_a_reason(
    gym: Gym,
    robin: Screen,
    mail: MailServer,
    door: tuple[str, list[tuple[dict[str, str], bytes]]],
) -> None:
    url, told = door
    robin.post("/notices/alerts", htmx=False, digest="hourly")
    secret = alert_desk.connect(gym.house, robin.user, url)
    zone = ZoneInfo("Europe/Paris")
    today = gym.clock.now().astimezone(zone).replace(hour=0)
    for back, handed in ((9, 5), (0, 60)):
        episodes(gym.workspace.id, today - back * DAY, handed, handoffs=1)
        episodes(gym.workspace.id, today - back * DAY, 100 - handed)
    gym.step(days=1)
    [(headers, body)] = told
    signed = Signed(
        id=headers["webhook-id"],
        timestamp=headers["webhook-timestamp"],
        signatures=headers["webhook-signature"],
    )
    assert webhook_signature.problem_with(signed, body, secret, gym.clock.now()) is None
    posted = json.loads(body)
    assert (posted["harm"], posted["stops_outreach"]) == ("escalations_jumped", True)
    assert Notice.objects.filter(kind="harm_found", user_id=robin.user.id).count() == 1
    assert "Handoffs jumped to 60%" in robin.get("/notices").text
    assert "By itself: Handoffs jumped" in robin.get("/settings/sending").text
    page = robin.get("/settings/alerts").text
    assert ("Handoffs jumped to 60%" in page, "127.0.0.1 is told" in page) == (True, True)
    # One letter, at once and in no digest; it names nobody.
    [letter] = [one for one in mail.taken if one.recipients == [robin.user.email]]
    assert "a sign that the automation does harm" in str(letter.parsed)
    # It is lifted by a person with a reason, and not stopped again for the same.
    assert robin.post("/settings/sending/resume", htmx=False).status == 422
    resumed = robin.post("/settings/sending/resume", reason="A broken link; mended.", htmx=False)
    assert resumed.status == 302
    gym.step(days=1)
    assert Workspace.objects.get().paused_at is None
    assert len(told) == 1
    assert AuditEntry.objects.filter(action="harm_found").count() == 1
    assert robin.post("/settings/alerts/disconnect", htmx=False).status == 302
    assert not AlertHook.objects.exists()


def test_limits_of_alerts_are_set_with_a_reason(robin: Screen) -> None:
    shown = robin.get("/settings/alerts").text
    form = {
        "alert_min_rows": "20", "escalation_jump": "2", "csat_drop_points": "8",
        "csat_drop_answers": "40", "alert_cool_down": "72h", "reason": "A quiet place.",
        "answer_within": "10m", "answer_within_email": "4h",
        "seen": shown.split('name="seen" value="')[1].split('"')[0],
    }  # fmt: skip
    assert robin.post("/settings/alerts/limits", form, htmx=False).status == 302
    assert Workspace.objects.get().policy["escalation_jump"] == 2.0
    bad = robin.post("/settings/alerts/limits", form | {"csat_drop_points": "101"}, htmx=False)
    assert bad.status in {409, 422}
    for url, said in (
        ("http://10.1.2.3/", "must start with https"),
        ("ftp://ops.example.com", "must start with https"),
        ("https://a:b@ops.example.com", "leave out user, password"),
    ):
        refused = robin.post("/settings/alerts/connect", {"url": url}, htmx=False)
        assert (refused.status, said in refused.text) == (422, True)
