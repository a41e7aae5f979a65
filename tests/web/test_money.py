"""Reports > Money and its settings: counted by hand, and each number opens its rows."""

import re

import pytest

from baton.core.roles import Role
from baton.services.desk import agents, money_board, weekly_board, weekly_paper
from baton.services.flows import flow_drafts
from baton.store.models import Delivery, FlowDraft, Workspace
from tests.support.pages import forms_of
from tests.web.conftest import Gym, Screen


def set_prices(robin: Screen) -> None:
    """Say what an hour costs, as a manager does."""
    assert "Nobody has said what an hour" in robin.get("/reports/money").text
    shown = robin.get("/settings/money").text
    form = {name: value[0] for name, value in forms_of(shown)["money-form"].items()}
    wanted = form | {"wage_hour_minor": "24.00", "worst_touches": "1.5", "reason": "as paid"}
    assert robin.post("/settings/money", wanted, htmx=False).status == 302
    assert Workspace.objects.get().policy["wage_hour_minor"] == 24_00
    bad = robin.post("/settings/money", wanted | {"worst_touches": "99", "seen": "2"}, htmx=False)
    assert bad.status in {409, 422}


@pytest.mark.req("CO1", "CO2", "CO3", "CO4", "CO8", "K27")
def test_what_a_week_cost(gym: Gym, sam: Screen, robin: Screen) -> None:
    set_prices(robin)
    for who in ("ada", "ben"):
        gym.hear(who, "What time do you open?")
    talk = gym.hear("cleo", "Can I talk to a human?")
    agents.accept(gym.house, sam.user, talk)
    agents.reply(gym.house, sam.user, talk, "Here I am.")
    gym.step(minutes=15)
    agents.resolve(gym.house, sam.user, talk, "answered")
    gym.step(minutes=20)
    Delivery.objects.update(cost=50_000, currency="USD")  # five cents a message

    board = money_board.show(gym.house, robin.user, 7)
    counted = board.matters
    assert (counted.closed, counted.resolved, counted.bot_resolved) == (3, 3, 2)
    assert (counted.handed, counted.had, counted.touches) == (1, 1, 1)
    assert counted.seconds == 15 * 60
    assert board.people == pytest.approx(6_00)  # a quarter of an hour
    assert board.messages == pytest.approx(5 * Delivery.objects.filter(currency="USD").count())
    assert board.a_resolved == pytest.approx((board.people + board.messages + board.offers) / 3)
    assert sum(one.total for one in board.flows) == pytest.approx(
        board.people + board.messages + board.offers
    )
    assert sum(one.matters.closed for one in board.flows) == counted.closed
    assert board.saved is not None
    assert board.saved.best > board.saved.worst

    page = robin.get("/reports/money?days=7").text
    assert "6.00 USD" in page
    links = re.findall(r'<a href="(/reports/rows\?[^"]+)">(\d+)<', page)
    assert len(links) > 3
    for address, told in links:
        assert f" {told} counted." in robin.get(address.replace("&amp;", "&")).text, address
    assert gym.screen_of(gym.hire("Alex", Role.AUDITOR)).get("/reports/money").status == 200
    assert sam.get("/reports/money").status == 403


@pytest.mark.req("CO4")
def test_a_flow_is_played_before_it_reaches_more(gym: Gym, robin: Screen) -> None:
    gym.step(minutes=1)
    assert "?outlook=faq#outlook" in robin.get("/flows/faq").text
    source = flow_drafts.open_flow(robin.user, "faq").source
    FlowDraft.objects.create(
        id="1" * 32, workspace_id=gym.workspace.id, name="faq", base_version=1, updated_by="user:1",
        source=source.replace("title: ", "title: New ", 1), updated_at=gym.clock.now(),
    )  # fmt: skip
    told = robin.get("/reports/money?outlook=faq").text
    assert ", the draft: " in told
    assert "a contact</h3>" in told
    assert "cannot be said before people have had a matter here" in told
    assert "no such flow" in robin.get("/reports/money?outlook=nothing").text


@pytest.mark.req("K22", "RP10", "CO8")
def test_the_leadership_is_told_what_was_saved_against_the_baseline(
    gym: Gym, sam: Screen, robin: Screen
) -> None:
    def served(minutes: int, *people: str) -> None:
        for who in people:
            talk = gym.hear(who, "Can I talk to a human?")
            agents.accept(gym.house, sam.user, talk)
            gym.step(minutes=minutes)
            agents.resolve(gym.house, sam.user, talk, "answered")

    set_prices(robin)  # 24.00 an hour: 40 cents a minute
    served(20, "ada", "ben", "cleo")  # 20 minutes each in the 28 days before
    gym.step(days=1)
    robin.post("/reports/baselines/keep", days="28", flow="", reason="as we began")
    gym.step(days=30)
    served(10, "dan", "eve")
    # 90 days have all five: 80 minutes, 16 each; at the baseline's pace 60 * 90 / 28 = 192.86.
    shown = robin.get("/reports/weekly?span=quarter").text
    assert "for a matter they had: 6.40 USD, from 8.00 USD, 20 % less." in shown
    assert "in all: 45.14 USD saved, 59 % less." in shown
    assert "Handle time: " in shown
    paper = weekly_paper.leadership_of(weekly_board.show(gym.house, robin.user, is_quarter=True))
    told = [line.partition(":")[0] for line in paper]
    assert told == [
        "Matters with people, a week", "Handle time", "Settled by the bot",
        "People's time for a matter they had", "People's time in all",
    ]  # fmt: skip
