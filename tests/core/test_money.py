"""What automation costs and saves, counted by hand."""

from datetime import timedelta

import pytest

from baton.core import money
from baton.core.money import Handling, Matters, Rates, Reached, Spent
from baton.core.policy import Policy

RATES = Rates(wage_hour=24_00, worst_touches=1.0, month=300_00)
# 10 matters with people took 2 hours and 20 touches: 4.80 a matter, 2.40 a touch.
WORLD = Matters(
    closed=95,
    resolved=88,
    bot_resolved=80,
    proven=60,
    bot_returned=5,
    handed=10,
    had=10,
    seconds=7_200,
    touches=20,
)
MONTH = timedelta(days=365.25 / 12)


@pytest.mark.req("CO1", "CO2", "CO8")
def test_savings_have_a_worst_case() -> None:
    assert money.a_handed(WORLD, RATES) == pytest.approx(4_80)
    assert money.a_touch(WORLD, RATES) == pytest.approx(2_40)
    found = money.saved(WORLD, RATES, messages=10_00, span=MONTH)
    assert found is not None
    assert found.cost == pytest.approx(310_00)
    assert found.best == pytest.approx(80 * 4_80 - 310_00)
    # The proven alone, and a touch more for each of 5 that came back and 10 that went on.
    assert found.worst == pytest.approx(60 * 4_80 - 15 * 2_40 - 310_00)
    assert found.share == pytest.approx(found.worst / found.cost)
    assert found.worst < 0 < found.best  # the bot may cost more than it saves


@pytest.mark.req("CO1")
def test_a_resolved_matter_pays_for_those_that_came_back() -> None:
    spent = money.of_people(WORLD.seconds, RATES) + 10_00
    assert spent == pytest.approx(58_00)
    assert money.a_resolved(spent, WORLD.resolved) == pytest.approx(58_00 / 88)
    assert money.a_resolved(spent, 0) is None


def test_nothing_is_said_of_savings_where_nobody_knows_a_wage() -> None:
    unknown = money.rates_of(Policy())
    assert unknown.wage_hour == 0
    assert money.saved(WORLD, unknown, messages=0, span=MONTH) is None
    alone = Matters(
        closed=5,
        resolved=5,
        bot_resolved=5,
        proven=5,
        bot_returned=0,
        handed=0,
        had=0,
        seconds=0,
        touches=0,
    )
    assert money.saved(alone, RATES, messages=0, span=MONTH) is None


@pytest.mark.req("CO4")
def test_an_outlook_says_where_it_breaks_even() -> None:
    found = money.outlook(messages=50_00, handoffs=10, contacts=500, human=4_80)
    assert [found.messages, found.people] == [pytest.approx(10), pytest.approx(9.6)]
    assert found.total == pytest.approx(19.6)
    assert found.break_even == pytest.approx(19.6 / 480)
    assert money.outlook(messages=50_00, handoffs=0, contacts=500, human=None).break_even is None


@pytest.mark.req("CO5", "RT13")
def test_a_return_by_the_rules_is_cheaper_by_what_people_did_less() -> None:
    automated = money.each(Handling(count=40, seconds=40 * 150), RATES)
    manual = money.each(Handling(count=10, seconds=10 * 300), RATES)
    assert [automated, manual] == [pytest.approx(1_00), pytest.approx(2_00)]
    assert money.saved_share(automated, manual) == pytest.approx(0.5)
    assert money.saved_share(manual, automated) == pytest.approx(-1)  # dearer, and said so
    assert money.each(Handling(count=0, seconds=0), RATES) is None
    assert money.each(Handling(count=4, seconds=9), money.rates_of(Policy())) is None
    assert money.saved_share(None, manual) is None
    assert money.saved_share(automated, None) is None


@pytest.mark.req("CO12")
def test_each_further_flow_costs_more_than_the_last_until_people_are_cheaper() -> None:
    flows = [
        Spent(name="dear", title="Dear", cost=600_00, resolved=100),
        Spent(name="faq", title="FAQ", cost=50_00, resolved=500),
        Spent(name="never", title="Never", cost=10_00, resolved=0),
        Spent(name="some", title="Some", cost=200_00, resolved=100),
    ]
    found = money.further(flows, human=4_80)
    assert [(one.spent.name, one.each, one.resolved, one.cost, one.is_dear) for one in found] == [
        ("faq", 10, 500, 50_00, False),
        ("some", 2_00, 600, 250_00, False),
        ("dear", 6_00, 700, 850_00, True),
        ("never", None, 700, 860_00, True),
    ]
    assert not any(one.is_dear for one in money.further(flows, human=None))


@pytest.mark.req("PL25")
def test_each_stage_tells_what_one_more_cost_that_no_person_had() -> None:
    def stage(title: str, days: float, cost: float, resolved: int) -> Reached:
        return Reached(title=title, share=0.5, days=days, cost=cost, resolved=resolved)

    stages = [
        stage("soft", 7, 10_00, 100),
        stage("hours", 0.5, 1_00, 1),  # tells nothing of a week
        stage("half", 14, 60_00, 400),
        stage("most", 7, 60_00, 205),
        stage("all", 7, 61_00, 200),
        stage("cheaper", 7, 50_00, 200),
    ]
    found = money.growth(stages, human=5_00)
    assert [
        (one.reached.title, one.resolved, one.cost, one.each, one.is_dear) for one in found
    ] == [
        ("soft", 100, 10_00, 10, False),
        ("half", 200, 30_00, 20, False),
        ("most", 205, 60_00, 6_00, True),  # dearer than people
        ("all", 200, 61_00, None, True),  # costs more, and brings nothing
        ("cheaper", 200, 50_00, None, False),
    ]
    assert not any(one.is_dear for one in money.growth(stages[:4], human=None))


def test_millionths_become_minor_units() -> None:
    assert money.minor_of(11_800) == pytest.approx(1.18)


@pytest.mark.req("OR11")
@pytest.mark.parametrize(
    ("asked", "subjects", "human", "said"),
    [
        # 2 cents a message, 5.00 a question: one in 250 pays; of 400 buyers 60 ask, 15% spared.
        (60, 400, 5_00.0, (250, 45, True)),
        (1, 400, 5_00.0, (250, 2667, False)),
        (60, 19, 5_00.0, (250, None, None)),  # too few orders to say how many ask
        (60, 400, None, (None, 45, None)),  # nobody said what an hour costs
        (0, 400, 5_00.0, (250, None, None)),  # nobody asks: nothing to spare, or spared already
    ],
)
def test_a_message_pays_for_itself_where_it_spares_enough_questions(
    asked: int, subjects: int, human: float | None, said: tuple[int | None, int | None, bool | None]
) -> None:
    found = money.spared(message=2.0, human=human, asked=asked, subjects=subjects, aim=0.15)
    assert (found.needed_in, found.expected_in, found.pays) == said
