"""In any order of clicks and failures, no money moves without a person who may confirm it."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from baton.config import wiring
from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core.approvals import Kind
from baton.core.errors import BatonError
from baton.services.calls import Call, Failed, Performed
from baton.services.conversation.proposals import Proposal
from baton.services.desk import agents, approvals
from baton.store.models import Approval, Conversation
from tests.services.test_any_order import taken_back

STORY = Story.model_validate(
    {
        "story": "confirmations",
        "title": "A desk with every authority",
        "pack": "fitness",
        "people": {
            "mia": {"contact": "webchat", "name": "Mia"},
            "sam": {"user": "agent"},
            "kim": {"user": "senior"},
            "robin": {"user": "manager"},
            "alex": {"user": "auditor"},
        },
        "steps": [{"passes": "1s"}],
    }
)
# By the contract, not by the code under test (U4).
LIMITS = {"sam": 5000, "kim": 20000, "robin": 100000, "alex": 0}


@dataclass(slots=True)
class Till:
    """Where money leaves, and what people confirmed by a model of its own."""

    failures: list[bool] = field(default_factory=list)
    confirmed: dict[str, int] = field(default_factory=dict)
    paid: dict[str, int] = field(default_factory=dict)
    wrongs: list[str] = field(default_factory=list)

    def begin(self, failures: list[bool]) -> None:
        """Forget all, and fail as told."""
        self.failures = list(failures)
        for noted in (self.confirmed, self.paid, self.wrongs):
            noted.clear()

    def pay(self, call: Call) -> Performed | Failed:
        if self.failures and self.failures.pop():
            return Failed(problem="the card is gone")
        approval_id, amount = call.key.split(":")[1], call.given["amount"]
        assert isinstance(amount, int)
        if self.confirmed.get(approval_id) != amount:
            self.wrongs.append(f"{amount} paid without a confirmation")
        if approval_id in self.paid:
            self.wrongs.append(f"{amount} paid twice for {call.workspace_id}")
        self.paid[approval_id] = amount
        return Performed(result={"reference": "r"})


@dataclass(slots=True)
class Office:
    """People who click on what is there."""

    world: World
    till: Till

    def take(self, who: str, act: str, which: int) -> None:
        """Let somebody do something; what is refused changes nothing."""
        try:
            self._try(who, act, which)
        except BatonError:
            return
        finally:
            self.world.run_idle()

    def _try(self, who: str, act: str, which: int) -> None:
        house, user = self.world.house, self.world.users[who]
        known = list(Approval.objects.order_by("id").values_list("id", "amount_minor"))
        if act == "propose":
            amount = (1000, 4000, 15000, 60000, 150000)[which % 5]
            wish = Proposal(kind=Kind.REFUND, amount_minor=amount, reason="goodwill")
            talk = Conversation.objects.get().id
            self._note(who, approvals.propose(house, user, talk, wish))
        elif act == "wait":
            self.world.pass_time(timedelta(hours=which))
        elif known:
            approval_id, _ = known[which % len(known)]
            self._answer(who, act, approval_id)

    def _answer(self, who: str, act: str, approval_id: str) -> None:
        house, user = self.world.house, self.world.users[who]
        match act:
            case "approve":
                approvals.approve(house, user, approval_id)
                self._note(who, approval_id)
            case "decline":
                approvals.decline(house, user, approval_id, "No.")
            case "carry_out":
                approvals.carry_out(house, user, approval_id, "r")
            case "withdraw":
                approvals.withdraw(house, user, approval_id)
                self.till.confirmed.pop(approval_id, None)
            case _:
                approvals.reconsider(house, user, approval_id)
                self.till.confirmed.pop(approval_id, None)

    def _note(self, who: str, approval_id: str) -> None:
        row = Approval.objects.get(id=approval_id)
        if row.state != "approved":
            return
        self.till.confirmed[approval_id] = row.amount_minor
        if sum(self.till.confirmed.values()) > LIMITS[who]:
            self.till.wrongs.append(f"{who} confirmed beyond their authority")


_DEEDS = st.tuples(
    st.sampled_from(["sam", "sam", "kim", "robin", "alex"]),
    st.sampled_from(
        [
            "propose",
            "propose",
            "approve",
            "approve",
            "carry_out",
            "carry_out",
            "decline",
            "withdraw",
            "reconsider",
            "wait",
        ]
    ),
    st.integers(0, 5),
)


@pytest.fixture
def office(db: None) -> Office:  # noqa: ARG001 - asks for the database
    world = founding.make(STORY)
    world.say(Says(who="mia", text=("I want my money back, this is a scam",)))
    agents.accept(world.house, world.users["sam"], Conversation.objects.get().id)
    till = Till()
    crew = wiring.crew_of(world.house, owner="till", grants={kind.value: till.pay for kind in Kind})
    return Office(world=replace(world, run_idle=crew.loop.run_idle), till=till)


@pytest.mark.req("E30", "BI6", "G51", "E11")
@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(deeds=st.lists(_DEEDS, min_size=3, max_size=14), failures=st.lists(st.booleans()))
@example(deeds=[("sam", "propose", 1), ("sam", "propose", 1), ("sam", "carry_out", 1)], failures=[])
@example(
    deeds=[("sam", "propose", 2), ("kim", "approve", 0), ("kim", "reconsider", 0),
           ("sam", "carry_out", 0), ("robin", "approve", 0), ("sam", "carry_out", 0),
           ("sam", "carry_out", 0)],
    failures=[False, True],
)  # fmt: skip
def test_no_money_moves_without_a_person_who_may_confirm_it(
    office: Office, deeds: list[tuple[str, str, int]], failures: list[bool]
) -> None:
    office.till.begin(failures)
    with taken_back():
        for who, act, which in deeds:
            office.take(who, act, which)
        assert office.till.wrongs == []
        done = set(Approval.objects.filter(state="done").values_list("id", flat=True))
        assert done == set(office.till.paid)
