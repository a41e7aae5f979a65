"""The retention report: each talk counts once, and each number opens the talks it counted."""

import pytest

from baton.services.desk import retention_board
from baton.services.desk.retention_board import Sought
from tests.web.conftest import Gym, Screen

TALKS = (
    ("ben", "price", "saved", "month_free"),
    ("cal", "price", "left", ""),
    ("dee", "moved", "undecided", "month_free"),
)


@pytest.fixture
def told(gym: Gym, sam: Screen) -> None:
    for who, reason, outcome, offer in TALKS:
        conversation = gym.hear(who, "cancel my membership please", name=who.title())
        sam.post(f"/inbox/{conversation}/take")
        form = {"wish": "cancel", "churn_reason": reason, "outcome": outcome, "offer": offer}
        sam.post(f"/inbox/{conversation}/retention", form | {"outcome": "undecided"})
        gym.step(minutes=5)
        assert sam.post(f"/inbox/{conversation}/retention", form).status in (204, 302)


@pytest.mark.req("CH21", "E22")
@pytest.mark.usefixtures("told")
def test_each_number_opens_the_talks_that_it_counted(gym: Gym, robin: Screen) -> None:
    report = retention_board.show(gym.house, robin.user, Sought())
    assert (report.total.saved, report.total.left, report.total.undecided) == (1, 1, 1)
    assert [(line.name, line.total) for line in report.reasons] == [("price", 2), ("moved", 1)]
    assert [(line.name, line.total) for line in report.offers] == [("month_free", 2), ("", 1)]
    for key, lines in (("reason", report.reasons), ("offer", report.offers)):
        for line in lines:
            name = line.name or retention_board.NOTHING
            for outcome in ("", "saved", "left", "undecided"):
                sought = Sought(**{key: name, "outcome": outcome})  # type: ignore[arg-type] # words
                opened = retention_board.show(gym.house, robin.user, sought)
                counted = getattr(line, outcome) if outcome else line.total
                assert opened.count == len(opened.rows) == counted
    assert sum(line.total for line in report.reasons) == report.total.total


@pytest.mark.usefixtures("told")
def test_who_may_read_reports_reads_it(gym: Gym, sam: Screen, robin: Screen) -> None:
    shown = robin.get("/reports/retention?reason=price&outcome=left").text
    assert "Cal" in shown
    assert "Ben" not in shown
    assert "1 talk<" in shown or "1 talk " in shown
    assert sam.get("/reports/retention").status == 403
    assert robin.get("/reports/retention?outcome=gone").status == 422
    gym.step(days=8)
    assert "Nobody wrote down such a talk" in robin.get("/reports/retention?days=7").text
