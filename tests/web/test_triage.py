"""Reports > Triage: each number opens exactly the conversations that it counted."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from baton.config.clock import VirtualClock
from baton.core.roles import Role
from baton.services.desk import triage_desk
from baton.store.models import Conversation
from tests.ingress.installation import copy_of
from tests.support.engines import default_database
from tests.web.conftest import START, Gym, Screen, open_gym
from tests.web.spoken import a_house

REPORT = "/reports/triage"
# A number that is a link; hidden words behind it tell a screen reader what it counts.
_NUMBER = re.compile(r'<a[^>]*href="(/reports/triage/counted\?[^"]+)"[^>]*>(\d+)\b')


@pytest.fixture
def gym(template: Path, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Gym]:
    with django_db_blocker.unblock(), default_database(copy_of(template, tmp_path)):
        clock = VirtualClock(START)
        yield open_gym("Northside Gym", house=a_house(clock, seed=1), clock=clock)


def a_fortnight(gym: Gym) -> None:
    """Let some be answered, some handed over, some come back, and one be upset."""
    for number in range(28):
        gym.hear(f"hours{number}", "opening_hours 0.9")
    for number in range(4):
        gym.hear(f"refund{number}", "I want a refund")
    gym.hear("ann", "ask_person 0.9")
    gym.step(minutes=30)
    gym.hear("hours1", "opening_hours 0.9")
    gym.step(days=14)


@pytest.mark.req("T9", "E16", "FQ13")
def test_every_number_opens_what_it_counted(gym: Gym, robin: Screen) -> None:
    a_fortnight(gym)
    page = robin.get(REPORT).text
    numbers = _NUMBER.findall(page)
    assert len(numbers) > 15
    for address, told in numbers:
        opened = robin.get(html.unescape(address)).text
        assert f"{told} counted." in opened, address
        shown = min(int(told), triage_desk.PAGE_SIZE)
        assert opened.count('<tr><th scope="row">') == shown, address
    for title in (
        "Without a person",
        "Settled by the bot",
        "Time to a verified resolution",
        "CSAT",
    ):
        assert title in page


def test_a_long_list_has_pages_without_gap_or_repeat(gym: Gym, robin: Screen) -> None:
    a_fortnight(gym)
    address = f"{REPORT}/counted?kind=type&name=opening_hours&measure=all&part=denominator&days=28"
    pages = [robin.get(f"{address}&page={number}").text for number in (1, 2)]
    found = [re.findall(r"/inbox/(\w{32})", page) for page in pages]
    asked = Conversation.objects.filter(request_type="opening_hours")
    assert [len(ids) for ids in found] == [25, 3]
    assert sorted(found[0] + found[1]) == sorted(asked.values_list("id", flat=True))
    assert "Older" in pages[0]
    assert "Older" not in pages[1]
    assert "counts nothing" in robin.get(f"{address}&page=9").text


def test_an_empty_workspace_and_windows(gym: Gym, robin: Screen) -> None:
    assert gym.workspace.id
    page = robin.get(REPORT).text
    assert "No conversation with a known type began" in page
    assert "Nothing was escalated" in page
    assert robin.get(f"{REPORT}?days=7").status == 200
    assert robin.get(f"{REPORT}?days=8").status == 422


@pytest.mark.parametrize(
    "query",
    [
        "kind=type&name=opening_hours&measure=weather&part=numerator",
        "kind=type&name=nothing&measure=all&part=numerator",
        "kind=trigger&name=nothing&measure=all&part=numerator",
        "kind=drift&name=x&measure=y&part=numerator",
    ],
)
def test_a_number_that_there_is_not(gym: Gym, robin: Screen, query: str) -> None:
    assert gym.workspace.id
    assert robin.get(f"{REPORT}/counted?{query}").status == 404


def test_addresses_that_say_nothing(gym: Gym, robin: Screen) -> None:
    assert gym.workspace.id
    assert robin.get(f"{REPORT}/counted").status == 422
    assert robin.get(f"{REPORT}/counted?kind=type&name=x&part=whole").status == 422


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.AGENT, 403),
        (Role.SENIOR, 403),
        (Role.MANAGER, 200),
        (Role.OPERATIONS, 200),
        (Role.AUDITOR, 200),
        (Role.ENGINEER, 200),
    ],
)
def test_who_may_read_it(gym: Gym, role: Role, status: int) -> None:
    screen = gym.screen_of(gym.hire("Someone", role))
    assert screen.get(REPORT).status == status
    query = "kind=drift&name=needless&measure=needless&part=numerator"
    assert screen.get(f"{REPORT}/counted?{query}").status == status


def test_another_workspace_is_not_counted(gym: Gym, robin: Screen) -> None:
    other = open_gym("Southside", house=gym.house, clock=gym.clock)
    other.hear("mia", "opening_hours 0.9")
    assert "No conversation with a known type began" in robin.get(REPORT).text
