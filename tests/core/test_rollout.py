"""Rollouts: a sticky share, bounds, and plans that nobody leaves a step of out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import rollout
from baton.core.errors import InvalidInput
from baton.core.rollout import Admission, Bounds, Kind, Reach

CONTACTS = [f"contact-{number}" for number in range(20_000)]


@pytest.mark.req("PL22", "G55")
@pytest.mark.parametrize("share", [0.0, 0.1, 0.15, 0.25, 0.5, 0.6, 1.0])
def test_a_share_is_met_within_one_point(share: float) -> None:
    reach = Reach(kind=Kind.SHARE, share=share)
    served = sum(reach.admission_of(one, "faq") is Admission.SERVED for one in CONTACTS)
    assert served / len(CONTACTS) == pytest.approx(share, abs=0.01)


@pytest.mark.req("PL22")
@given(contact=st.text(), low=st.floats(0, 1), high=st.floats(0, 1))
def test_who_was_in_a_share_stays_in_a_larger_one(contact: str, low: float, high: float) -> None:
    low, high = sorted((low, high))
    if Reach(kind=Kind.SHARE, share=low).admission_of(contact, "faq") is Admission.SERVED:
        larger = Reach(kind=Kind.SHARE, share=high)
        assert larger.admission_of(contact, "faq") is Admission.SERVED


def test_two_flows_deal_the_same_contacts_independently() -> None:
    both = sum(
        rollout.place_in("faq", one) < 0.5 and rollout.place_in("returns", one) < 0.5
        for one in CONTACTS
    )
    assert both / len(CONTACTS) == pytest.approx(0.25, abs=0.01)


def test_a_place_is_the_same_on_every_machine() -> None:
    assert rollout.place_in("faq", "someone") == pytest.approx(0.4618968, abs=1e-6)


@pytest.mark.req("PL5", "PL9")
@pytest.mark.parametrize(
    ("kind", "found"),
    [
        (Kind.DRAFT, Admission.LEFT),
        (Kind.SHADOW, Admission.SHADOWED),
        (Kind.FULL, Admission.SERVED),
        (Kind.OFF, Admission.LEFT),
    ],
)
def test_a_stage_of_each_kind(kind: Kind, found: Admission) -> None:
    assert Reach(kind=kind, share=1.0).admission_of("someone", "faq") is found


@pytest.mark.req("PL16", "PL21", "PL22")
@pytest.mark.parametrize(
    ("bounds", "fits"),
    [
        (Bounds(), True),
        (Bounds(channels=frozenset({"sms"})), True),
        (Bounds(channels=frozenset({"email"})), False),
        (Bounds(locations=frozenset({"north"})), True),
        (Bounds(locations=frozenset({"south"})), False),
        (Bounds(products=frozenset({"shoe", "hat"})), True),
        (Bounds(products=frozenset({"hat"})), False),
        (Bounds(channels=frozenset({"sms"}), products=frozenset({"hat"})), False),
    ],
)
def test_bounds(bounds: Bounds, *, fits: bool) -> None:
    assert bounds.fit(channel="sms", locations=["north"], products=["shoe"]) is fits


def test_what_is_not_known_is_not_within_bounds() -> None:
    assert not Bounds(products=frozenset({"hat"})).fit(channel="sms", locations=[], products=[])


@pytest.mark.req("PL2", "PL6", "PL7", "X12")
def test_the_90_days() -> None:
    stages = {stage.name: stage for stage in rollout.NINETY_DAYS.stages}
    assert sum(stage.lasts.days for stage in stages.values()) == 12 * 7
    assert (stages["soft_launch"].least, stages["soft_launch"].most) == (0.10, 0.20)
    assert (stages["measure"].least, stages["measure"].most) == (0.40, 0.60)
    assert [stage.kind for stage in stages.values()] == [Kind.DRAFT] * 3 + [
        Kind.SHADOW,
        *[Kind.SHARE] * 3,
        Kind.FULL,
    ]


@pytest.mark.req("X12", "PL17", "PL18", "FL12")
def test_fourteen_days_never_scale() -> None:
    plan = rollout.FOURTEEN_DAYS
    low, review = plan.stages[1:]
    assert (low.lasts.days, low.kind, review.lasts.days) == (14, Kind.SHARE, 7)
    assert rollout.Check.ESCALATIONS_REVIEWED in review.needs
    assert not plan.may_scale
    assert plan.after(plan.stages[-1].name) is None
    assert all(stage.kind is not Kind.FULL for stage in plan.stages)
    assert rollout.Check.FIX in plan.needed_for("review")


@pytest.mark.req("E31", "GV12", "P20")
@pytest.mark.parametrize("plan", rollout.PLANS.values(), ids=lambda plan: plan.name)
def test_nobody_is_served_before_all_is_answered_for(plan: rollout.Plan) -> None:
    always = {
        rollout.Check.TRIAGE, rollout.Check.OWNER, rollout.Check.METRICS, rollout.Check.TRIGGERS,
        rollout.Check.TEMPLATES, rollout.Check.CONSENT, rollout.Check.COMPLIANCE,
        rollout.Check.AGENTS,
    }  # fmt: skip
    for stage in plan.stages:
        if stage.kind in (Kind.SHARE, Kind.FULL):
            assert always <= set(plan.needed_for(stage.name))


@pytest.mark.parametrize("wanted", [0.09, 0.21, 1.0])
def test_a_stage_keeps_its_range(wanted: float) -> None:
    with pytest.raises(InvalidInput, match="10% to 20%"):
        rollout.checked_share(rollout.NINETY_DAYS.at("soft_launch"), wanted)


def test_an_unknown_stage_or_plan_is_refused() -> None:
    with pytest.raises(InvalidInput):
        rollout.plan_of("a week")
    with pytest.raises(InvalidInput):
        rollout.NINETY_DAYS.at("party")
