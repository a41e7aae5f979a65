"""The weekly report by email: to who chose it, on Monday, in words and on paper."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from baton.core import alerts, staff_digest
from baton.core.alerts import Choices
from tests.support.mail_server import MailServer
from tests.web.conftest import Gym, Screen
from tests.web.test_staff_digest import server

__all__ = ["server"]  # the fixture


@pytest.mark.req("RP1", "RP2")
def test_its_readers_get_it_on_monday_with_the_paper(
    gym: Gym, sam: Screen, robin: Screen, server: MailServer
) -> None:
    assert "Email it to me on Mondays" in robin.get("/reports/weekly").text
    assert robin.post("/reports/weekly/mail", htmx=False, wanted="on").status == 302
    assert "Stop the email" in robin.get("/reports/weekly").text
    assert sam.post("/reports/weekly/mail", htmx=False, wanted="on").status == 403
    gym.hear("mia", "What time do you open?")
    gym.step(days=6)
    assert server.taken == []
    gym.step(days=1)
    [letter] = server.taken
    assert letter.recipients == [robin.user.email]
    mail = letter.parsed
    assert mail["Subject"] == "Week from 2 Mar 2026"
    words = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr] # it has one
    for told in (
        gym.workspace.name,
        "1 matters came in.",
        "One urgent fix",
        "Two flows to tune",
        "Three trends",
    ):
        assert told in words
    assert f"{gym.house.base_url}/reports/weekly" in words
    [paper] = mail.iter_attachments()
    assert paper.get_content_type() == "application/pdf"
    assert paper.get_content().startswith(b"%PDF")
    robin.post("/notices/alerts", htmx=False, digest="never")  # another choice leaves this one
    gym.step(days=7)
    assert len(server.taken) == 2
    robin.post("/reports/weekly/mail", htmx=False)
    gym.step(days=7)
    assert len(server.taken) == 2


@pytest.mark.parametrize(
    ("now", "zone", "last", "is_due"),
    [
        (datetime(2026, 3, 9, 8, tzinfo=UTC), "UTC", date(2026, 3, 2), True),
        (datetime(2026, 3, 9, 7, 59, tzinfo=UTC), "UTC", date(2026, 3, 2), False),
        (datetime(2026, 3, 11, 3, tzinfo=UTC), "UTC", date(2026, 3, 2), True),  # it was down
        (datetime(2026, 3, 9, 9, tzinfo=UTC), "UTC", date(2026, 3, 9), False),  # once
        (datetime(2026, 3, 8, 23, tzinfo=UTC), "Asia/Tokyo", date(2026, 3, 2), True),
        (datetime(2026, 3, 8, 23, tzinfo=UTC), "UTC", date(2026, 3, 2), False),
    ],
)
def test_when_it_goes(now: datetime, zone: str, last: date, *, is_due: bool) -> None:
    chosen = Choices(has_weekly=True, weekly_on=last)
    there = ZoneInfo(zone)
    assert staff_digest.is_weekly_due(chosen, now, there, daily_at=time(8, 30)) is is_due
    never = replace(chosen, has_weekly=False)
    assert not staff_digest.is_weekly_due(never, now, there, daily_at=time(8, 30))
    assert alerts.parse(alerts.render(chosen)) == chosen
