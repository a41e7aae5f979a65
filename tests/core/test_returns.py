"""What comes back: each rule alone, all reasons kept, and no money that nobody paid."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import return_policy, return_states, returns
from baton.core.errors import Conflict, InvalidInput
from baton.core.return_policy import ReturnPolicy
from baton.core.return_states import Move, State
from baton.core.returns import Bought, Claim, Item, Money, Outcome, Past, Photo, Reason, Weight

TODAY = date(2026, 3, 2)
SHIRT = Item(sku="shirt-m", category="shirts", quantity=1, left=1, unit_minor=4_200)
GOOD = Photo(side=1_080, sharpness=60)
POLICY = ReturnPolicy()
CLAIM = Claim(
    bought=Bought(since=TODAY - timedelta(days=10), paid_minor=4_200),
    items=(SHIRT,),
    reason=Reason.SIZE,
    photos=(GOOD,),
    past=Past(),
    on=TODAY,
)


def bought(**changes: object) -> Claim:
    return replace(CLAIM, bought=replace(CLAIM.bought, **changes))  # type: ignore[arg-type]


def item(**changes: object) -> Claim:
    return replace(CLAIM, items=(replace(SHIRT, **changes),))  # type: ignore[arg-type]


@pytest.mark.req("RT4", "RT6", "RT25")
def test_a_claim_that_meets_every_rule_is_approved_with_its_reasons() -> None:
    found = returns.decide(CLAIM, POLICY)
    assert found.outcome is Outcome.APPROVED
    assert found.refund_minor == 4_200
    assert found.money is Money.BY_PERSON
    assert [one.rule for one in found.findings][:3] == ["disputed", "window", "paid"]
    assert len(found.findings) == len(returns.RULES)
    assert not found.against


@pytest.mark.req("RT3", "RT6", "RT7", "RT8", "RT10", "G39", "G40")
@pytest.mark.parametrize(
    ("claim", "policy", "rule", "outcome"),
    [
        (bought(since=TODAY - timedelta(days=30)), POLICY, "", Outcome.APPROVED),
        (bought(since=TODAY - timedelta(days=31)), POLICY, "window", Outcome.REFUSED),
        (bought(paid_minor=0), POLICY, "paid", Outcome.REFUSED),
        (bought(refunded_minor=4_200), POLICY, "paid", Outcome.REFUSED),
        (CLAIM, replace(POLICY, final_skus=("shirt-m",)), "returnable", Outcome.REFUSED),
        (CLAIM, replace(POLICY, final_categories=("shirts",)), "returnable", Outcome.REFUSED),
        (item(left=0), POLICY, "not_back_yet", Outcome.REFUSED),
        (replace(CLAIM, items=()), POLICY, "not_back_yet", Outcome.REFUSED),
        (replace(CLAIM, are_items_named=False), POLICY, "items_named", None),
        (replace(CLAIM, photos=()), POLICY, "photos", Outcome.SPECIALIST),
        (CLAIM, replace(POLICY, photos=2), "photos", Outcome.SPECIALIST),
        (replace(CLAIM, photos=(GOOD, GOOD)), replace(POLICY, photos=2), "", Outcome.APPROVED),
        (replace(CLAIM, photos=(replace(GOOD, side=200),)), POLICY, "clear_photos", None),
        (replace(CLAIM, photos=(replace(GOOD, sharpness=3),)), POLICY, "clear_photos", None),
        (replace(CLAIM, reason=Reason.DAMAGED), POLICY, "damage", None),
        (CLAIM, replace(POLICY, most_minor=4_199), "value", None),
        (CLAIM, replace(POLICY, most_minor=4_200), "", Outcome.APPROVED),
        (CLAIM, replace(POLICY, only_skus=("mug",)), "in_launch", None),
        (CLAIM, replace(POLICY, only_categories=("shirts",)), "", Outcome.APPROVED),
        (replace(CLAIM, past=Past(returns=1)), POLICY, "", Outcome.APPROVED),
        (replace(CLAIM, past=Past(returns=2)), POLICY, "repeated", None),
        (bought(is_elsewhere=True), POLICY, "addresses", None),
        (bought(is_elsewhere=True), replace(POLICY, flags_addresses=False), "", Outcome.APPROVED),
        (replace(CLAIM, past=Past(usual_minor=1_400)), POLICY, "unusual_sum", None),
        (replace(CLAIM, past=Past(usual_minor=1_401)), POLICY, "", Outcome.APPROVED),
        (
            replace(CLAIM, photos=(replace(GOOD, is_known=True),)),
            POLICY,
            "photo_seen_before",
            None,
        ),
        (bought(is_disputed=True), POLICY, "disputed", None),
    ],
)
def test_each_rule_stands_alone(
    claim: Claim, policy: ReturnPolicy, rule: str, outcome: Outcome | None
) -> None:
    found = returns.decide(claim, policy)
    assert {one.rule for one in found.against} == ({rule} if rule else set())
    assert found.outcome is (outcome or Outcome.SPECIALIST)


@pytest.mark.req("X3")
def test_a_dispute_is_a_persons_even_where_the_window_is_over() -> None:
    late = bought(is_disputed=True, since=TODAY - timedelta(days=300))
    assert returns.decide(late, POLICY).outcome is Outcome.SPECIALIST


@pytest.mark.req("RT16")
def test_the_example_policy_of_fifty_and_two_photos() -> None:
    policy = return_policy.parse_policy({"photos": 2, "most_minor": 5_000})
    two = replace(CLAIM, photos=(GOOD, GOOD))
    assert returns.decide(two, policy).outcome is Outcome.APPROVED
    dear = replace(two, items=(replace(SHIRT, unit_minor=5_001),))
    dear = replace(dear, bought=replace(dear.bought, paid_minor=5_001))
    assert returns.decide(dear, policy).outcome is Outcome.SPECIALIST


MONEY = st.integers(min_value=0, max_value=20_000)
ITEMS = st.builds(
    Item,
    sku=st.sampled_from(("a", "b", "c")),
    category=st.sampled_from(("x", "y")),
    quantity=st.integers(min_value=0, max_value=4),
    left=st.integers(min_value=0, max_value=4),
    unit_minor=MONEY,
)
CLAIMS = st.builds(
    Claim,
    bought=st.builds(
        Bought,
        since=st.integers(min_value=0, max_value=60).map(lambda n: TODAY - timedelta(days=n)),
        paid_minor=MONEY,
        refunded_minor=MONEY,
        is_elsewhere=st.sampled_from((None, True, False)),
        is_disputed=st.booleans(),
    ),
    items=st.lists(ITEMS, max_size=3).map(tuple),
    reason=st.sampled_from(Reason),
    photos=st.lists(
        st.builds(
            Photo,
            side=st.integers(min_value=0, max_value=2_000),
            sharpness=st.floats(min_value=0, max_value=255),
            is_known=st.booleans(),
        ),
        max_size=3,
    ).map(tuple),
    past=st.builds(Past, returns=st.integers(min_value=0, max_value=5), usual_minor=MONEY),
    on=st.just(TODAY),
)
POLICIES = st.builds(
    ReturnPolicy,
    window_days=st.integers(min_value=1, max_value=60),
    photos=st.integers(min_value=0, max_value=3),
    most_minor=MONEY,
    unattended_minor=MONEY,
    final_skus=st.sampled_from(((), ("a",))),
    only_skus=st.sampled_from(((), ("b",))),
)


@pytest.mark.req("RT22", "X3")
@given(claim=CLAIMS, policy=POLICIES)
def test_no_money_leaves_beyond_what_was_paid_or_unattended_beyond_its_limit(
    claim: Claim, policy: ReturnPolicy
) -> None:
    found = returns.decide(claim, policy)
    assert 0 <= found.refund_minor <= claim.bought.left_minor
    if found.money is Money.UNATTENDED:
        assert found.refund_minor <= policy.unattended_minor
        assert not found.against
    if found.outcome is Outcome.REFUSED:
        assert (found.refund_minor, found.money) == (0, Money.NONE)
        assert any(one.weight is Weight.HARD for one in found.against)
    if found.outcome is Outcome.APPROVED:
        assert not found.against


@pytest.mark.req("RT22")
@given(
    allowed=MONEY,
    steps=st.lists(
        st.tuples(st.sampled_from(Move), st.integers(min_value=1, max_value=20_000)), max_size=12
    ),
)
def test_in_any_order_no_more_is_refunded_than_allowed_and_only_after_an_approval(
    allowed: int, steps: list[tuple[Move, int]]
) -> None:
    state, proposed, was_approved = State.ASKED, 0, False
    for move, amount in steps:
        if not return_states.problem_with_refund(state, allowed, amount, proposed):
            assert was_approved
            proposed += amount
        try:
            state = return_states.next_state(state, move)
        except Conflict:
            continue
        was_approved = was_approved or state is State.APPROVED
    assert proposed <= allowed
    if state is State.REFUNDED:
        assert was_approved


def test_what_is_over_does_not_move_again() -> None:
    for move in Move:
        for state in (State.REFUNDED, State.WITHDRAWN):
            with pytest.raises(Conflict, match=state.value):
                return_states.next_state(state, move)


@pytest.mark.req("RT23", "X22")
def test_a_document_says_the_whole_policy_and_comes_back_the_same() -> None:
    policy = return_policy.parse_policy(
        {"window_days": 14, "final_skus": ["gift-card", " gift-card "], "flags_addresses": False}
    )
    assert policy == ReturnPolicy(window_days=14, final_skus=("gift-card",), flags_addresses=False)
    assert return_policy.parse_policy(return_policy.render_policy(policy)) == policy
    assert return_policy.parse_policy({}) == return_policy.DEFAULT


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"window": 3}, "window"),
        ({"window_days": 0}, "window_days"),
        ({"window_days": True}, "window_days"),
        ({"window_days": 1.5}, "window_days"),
        ({"window_days": "30"}, "window_days"),
        ({"audit_share": 1.1}, "audit_share"),
        ({"flags_addresses": 1}, "flags_addresses"),
        ({"final_skus": "all"}, "final_skus"),
        ({"final_skus": ["x" * 61]}, "final_skus"),
        ({"most_minor": 1_000, "unattended_minor": 1_001}, "unattended_minor"),
    ],
)
def test_a_wrong_document_names_its_field(document: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        return_policy.parse_policy(document)  # type: ignore[arg-type]
    assert set(refusal.value.fields) == {field}


@pytest.mark.req("RT18")
def test_a_fixed_share_of_approvals_is_looked_at_later() -> None:
    ids = [f"{number:032x}" for number in range(2_000)]
    drawn = sum(returns.is_sampled(one, replace(POLICY, audit_share=0.1)) for one in ids)
    assert 150 <= drawn <= 250
    assert not any(returns.is_sampled(one, replace(POLICY, audit_share=0.0)) for one in ids)
    assert all(returns.is_sampled(one, replace(POLICY, audit_share=1.0)) for one in ids)
