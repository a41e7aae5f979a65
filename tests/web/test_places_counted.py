"""Sums by place: who works for some places counts these alone, and cannot ask for more (P10)."""

import html
import re
from collections.abc import Mapping

import pytest

from baton.core.roles import Role
from baton.reports.kpis import KpiReading
from baton.services.desk import (
    agents,
    baselines,
    delivery_board,
    escalation_audit,
    handoff_board,
    kpi_board,
    kpi_rows,
    money_board,
    rule_board,
    triage_desk,
    weekly_board,
    winback_board,
)
from baton.services.desk.kpi_rows import Opened
from baton.services.desk.kpi_views import VIEWS
from baton.services.desk.kpi_windows import Sought
from baton.services.house import House
from baton.store.models import Contact, Conversation, Location, User
from tests.web.conftest import Gym, Screen

_NUMBER = re.compile(r'<a href="(/reports/rows\?[^"]+)">(\d+)<')


@pytest.fixture
def readers(gym: Gym, sam: Screen, robin: Screen) -> tuple[User, User, User]:
    """Who sees all of two places where people wrote; who sees one; who sees the other."""
    first = Location.objects.get()
    here, first.pk, first.id, first.name = first.id, None, "quayside", "Quayside"
    first.save(force_insert=True)
    for number in range(5):
        words = "Can I talk to a human?" if number % 2 else "What time do you open?"
        found = gym.hear(f"visitor-{number}", words)
        where = "quayside" if number < 2 else here
        Contact.objects.filter(conversation_id=found).update(location_id=where)
        Conversation.objects.filter(id=found).update(location_id=where)
        if number % 2:
            agents.accept(gym.house, sam.user, found)
            agents.reply(gym.house, sam.user, found, "Here I am.")
            gym.step(minutes=3)
            agents.resolve(gym.house, sam.user, found, "answered")
    gym.step(minutes=20)
    bound = [gym.hire(name, Role.MANAGER) for name in ("Kim", "Lee")]
    for user, where in zip(bound, ("quayside", here), strict=True):
        user.locations = [where]
        user.save()
    return robin.user, bound[0], bound[1]


def _kpis(found: Mapping[str, KpiReading]) -> dict[str, int]:
    counted = {f"{name} among": one.among for name, one in found.items()}
    return counted | {name: one.count for name, one in found.items()}


def _tiles(board: kpi_board.Board) -> dict[str, int]:
    tiles = [tile for _, group in board.groups for tile in group]
    counted = _kpis({tile.now.kpi.name: tile.now for tile in tiles})
    flows = {f"verdict {one.name}": one.matters for one in board.flows}
    by = {
        f"{number} {table.dimension} {line.value} {one.kpi.name}": one.among
        for number, table in enumerate(board.tables)
        for line in table.lines
        for one in line.readings
    }
    return counted | flows | by


def _money(board: money_board.Board) -> dict[str, int]:
    flows = {one.name: one for one in board.flows}
    sent = {f"sent {name}": one.sent for name, one in flows.items()}
    sums = {name: getattr(board.matters, name) for name in board.matters.__slots__}
    return sent | sums | {"returns": board.returns.by_rules + board.returns.by_people}


def _sums(house: House, user: User) -> dict[str, int]:
    """Return all that the reports tell one reader, as counts that add up over places."""
    found: dict[str, int] = {}
    for name in VIEWS:
        board = kpi_board.show(house, user, Sought(), name)
        found |= {f"{name}: {key}": count for key, count in _tiles(board).items()}
    week = weekly_board.show(house, user, is_quarter=True)
    told = {read.kpi.name: read for _, pairs in week.slices for read, _ in pairs}
    found |= {f"week: {key}": count for key, count in _kpis(told).items()} | {"week": week.matters}
    found |= _money(money_board.show(house, user, 28))
    triage = triage_desk.desk(house, user, days=28)
    found |= {f"type {one.name}": len(one.conversations) for one in triage.report.types}
    found |= {f"trigger {one.trigger}": len(one.fired) for one in triage.report.triggers}
    found |= {f"triage: {key}": n for key, n in _kpis({k.kpi.name: k for k in triage.kpis}).items()}
    handed = handoff_board.board(house, user, days=28)
    found |= {"handoffs": len(handed.report.cases), "touches": handed.touches.total}
    rules = rule_board.board(house, user)
    found |= {f"rule {one.name}": len(one.reading.fired) for one in (*rules.stops, *rules.built_in)}
    for one in delivery_board.list_groups(house, user, 30):
        found[f"sent {one.channel} {one.flow}"] = one.total
    found["audited"] = escalation_audit.show(house, user, "2026-03").total
    churn = winback_board.show(house, user, winback_board.Sought(days=90)).churn
    return found | {"members": churn.members}


@pytest.mark.req("P10")
def test_the_sums_of_places_are_those_of_the_whole(
    gym: Gym, readers: tuple[User, User, User]
) -> None:
    whole, quay, here = (_sums(gym.house, user) for user in readers)
    told = {name: (quay.get(name, 0), here.get(name, 0)) for name in whole}
    assert {name: sum(parts) for name, parts in told.items()} == whole
    assert quay.keys() | here.keys() <= whole.keys()
    both = {name for name, parts in told.items() if all(parts)}
    assert {"week", "begun", "handoffs", "touches", "audited"} <= both
    assert any(name.startswith("sent webchat") for name in both)
    assert any(name.startswith("type") for name in both)


@pytest.mark.req("P10", "K20")
def test_each_number_of_a_place_opens_what_it_counted(
    gym: Gym, readers: tuple[User, User, User]
) -> None:
    screen = gym.screen_of(readers[1])
    numbers = dict(_NUMBER.findall(screen.get("/reports").text))
    assert len(numbers) > 10
    for address, told in list(numbers.items())[:6]:
        opened = screen.get(html.unescape(address)).text
        assert opened.count('<tr><th scope="row"') == int(told), address


@pytest.mark.req("P10")
def test_who_works_for_a_place_cannot_ask_for_another(
    gym: Gym, readers: tuple[User, User, User]
) -> None:
    _, quay, here = readers
    there = Sought(only={"location": here.locations[0]})
    assert kpi_board.show(gym.house, quay, there).groups == ()
    opened = Opened(kpi="containment", part="denominator", sought=there)
    assert kpi_rows.list_rows(gym.house, quay, opened).total == 0
    assert list(kpi_rows.export_csv(gym.house, quay, opened))[1:] == []
    shown = gym.screen_of(quay).get("/reports").text
    assert here.locations[0] not in shown
    assert "Quayside" in shown
    assert "Keep a baseline" not in shown


@pytest.mark.req("P10")
def test_what_is_of_the_whole_is_closed_to_who_sees_a_part(
    gym: Gym, readers: tuple[User, User, User]
) -> None:
    robin, quay, _ = readers
    baselines.keep_window(gym.house, robin, Sought(), "before the pilot")
    board = kpi_board.show(gym.house, quay, Sought())
    assert board.changes == ()
    week = weekly_board.show(gym.house, quay)
    assert (week.against, week.business) == ((), "Northside Gym, Quayside")
    screen = gym.screen_of(quay)
    answers = (
        screen.get("/reports/baselines"),
        screen.post("/reports/baselines/keep", {"days": 28, "reason": "mine"}),
        screen.post("/reports/escalations/finish", {"month": "2026-03"}),
    )
    assert [one.status for one in answers] == [403, 403, 403]
