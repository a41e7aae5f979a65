"""Other systems are asked no more often than their account's minute allows."""

from datetime import timedelta

from baton.core.deeds import Asking
from baton.services.systems.budget import Budget


def asking(account: str = "a", place: str = "https://api.example") -> Asking:
    return Asking(url=f"{place}/x", headers={"Authorization": account}, per_minute=3)


def test_an_account_is_asked_so_often_a_minute_and_the_rest_come_back_one_by_one() -> None:
    budget = Budget()
    assert [budget.take(asking(), now) for now in (0.0, 1.0, 2.0)] == [None, None, None]
    assert budget.take(asking(), 10.0) == timedelta(seconds=50)
    assert budget.take(asking(), 10.0) == timedelta(seconds=70)  # not all of them at once
    assert budget.take(asking("b"), 10.0) is None  # another account of that system
    assert budget.take(asking(place="https://else.example"), 10.0) is None
    assert budget.take(asking(), 60.0) is None  # the first is a minute old
    assert budget.take(asking(), 60.5) == timedelta(seconds=0.5)


def test_accounts_that_nobody_asks_any_more_are_forgotten() -> None:
    budget = Budget()
    for number in range(1_001):
        assert budget.take(asking(str(number)), 0.0) is None
    assert budget.take(asking("new"), 100.0) is None
    assert len(budget._spent) == 1
