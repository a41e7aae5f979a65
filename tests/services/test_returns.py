"""Returns: nothing comes back twice, no money beyond what was paid, and all of it is traced."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baton.config.stories import founding
from baton.config.stories.document import STARTS, Story
from baton.config.stories.world import World
from baton.core.errors import BatonError, Conflict, InvalidInput
from baton.core.return_policy import DEFAULT, ReturnPolicy
from baton.core.returns import Reason
from baton.services.delivery.attachments import Upload
from baton.services.desk import approvals, return_board, return_desk
from baton.services.desk.return_board import Wanted
from baton.services.returns import intake, labels, photo_measures, photos, rules, taking
from baton.services.returns.intake import Sent
from baton.store.models import (
    Approval,
    Attachment,
    AuditEntry,
    Order,
    OrderLine,
    OrderMoney,
    Return,
    ReturnPhoto,
)
from tests.services.test_any_order import taken_back
from tests.support.orders import an_order
from tests.support.photos import a_photo

STORY = Story.model_validate(
    {
        "story": "returns",
        "title": "Somebody sends something back",
        "pack": "fitness",
        "flows": ["returns_form", "collect_evidence", "return_decision"],
        "people": {
            "mia": {"contact": "webchat", "name": "Mia Moss"},
            "sam": {"user": "agent"},
            "robin": {"user": "manager"},
            "alex": {"user": "auditor"},
        },
        "steps": [{"passes": "1s"}],
    }
)


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    world = founding.make(STORY)
    world.report("mia", "greeted", {})
    return world


def mia(world: World) -> str:
    contact = world.find_contact("mia")
    assert contact
    return contact.id


def bought(world: World, number: str = "10442", **named: object) -> Order:
    return an_order(world.house, world.workspace_id, mia(world), number, **named)  # type: ignore[arg-type]


def sends(world: World, order: Order, *photos: bytes, pieces: int = 1, **named: object) -> Return:
    lines = OrderLine.objects.filter(order_id=order.id).values_list("id", flat=True)
    sent = Sent(
        order_id=order.id,
        items=dict.fromkeys(lines, pieces),
        reason=Reason.SIZE,
        photos=tuple(Upload(content=one, name="a.jpg") for one in photos),
    )
    found = intake.take(world.house, mia(world), replace(sent, **named))  # type: ignore[arg-type]
    world.run_idle()
    return Return.objects.get(id=found)


def in_force(world: World, **changed: object) -> None:
    policy = replace(DEFAULT, **changed)  # type: ignore[arg-type]
    over = rules.current(world.workspace_id).version
    rules.publish(world.house, world.workspace_id, policy, over=over, by="user:1", reason="A test")


def trail(subject: str) -> list[str]:
    found = AuditEntry.objects.filter(subject=subject).order_by("seq")
    return list(found.values_list("action", flat=True))


@pytest.mark.req("RT4", "RT12", "RT25", "X3", "BI6")
def test_a_good_claim_has_its_label_at_once_and_its_money_by_one_click(world: World) -> None:
    row = sends(world, bought(world), a_photo())
    assert (row.state, row.outcome, row.refund_minor) == ("labelled", "approved", 42_00)
    pdf = labels.pdf_of(labels.label_of(world.workspace_id, row.id))
    assert pdf.startswith(b"%PDF-")
    # The flow proposes the refund; nothing moves by itself.
    [proposed] = Approval.objects.all()
    assert (proposed.state, proposed.return_id, proposed.amount_minor) == ("proposed", row.id, 4200)
    return_desk.refund(world.house, world.users["sam"], row.id)
    world.run_idle()
    row.refresh_from_db()
    assert row.state == "refunded"
    assert OrderMoney.objects.get(kind="refunded").amount_minor == 42_00
    assert trail(f"return:{row.id}") == [
        "return_asked", "return_approved", "return_labelled", "return_refunded",
    ]  # fmt: skip
    assert trail(f"approval:{proposed.id}")[-1] == "approval_done"
    for again in (1, 2):
        with pytest.raises(Conflict):
            return_desk.refund(world.house, world.users["sam"], row.id, str(again))


@pytest.mark.req("RT7", "RT8", "G40")
@pytest.mark.parametrize(
    ("shown", "rule"),
    [
        ((), "photos"),
        ((a_photo(2, side=300),), "clear_photos"),
        ((a_photo(2, blur=14),), "clear_photos"),
        ((a_photo(1, side=600),), "photo_seen_before"),  # the same scene, made smaller
    ],
)
def test_photos_are_looked_at(world: World, shown: tuple[bytes, ...], rule: str) -> None:
    sends(world, bought(world), a_photo(1))
    row = sends(world, bought(world, "10443"), *shown)
    assert row.state == "specialist"
    assert [one["rule"] for one in row.findings if not one["is_met"]] == [rule]
    assert row.flags == (rule if rule == "photo_seen_before" else "")


@pytest.mark.req("RT2")
def test_where_a_photo_was_taken_is_never_kept(world: World) -> None:
    row = sends(world, bought(world), a_photo(place=True))
    [photo] = ReturnPhoto.objects.filter(return_id=row.id)
    assert b"GPS" not in photos.read(world.house, photo)
    assert b"Exif" in a_photo(place=True)
    assert b"Exif" not in photos.read(world.house, photo)


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\xff\xd8\xff\xe0junk", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_worth_nothing_and_stops_nothing(content: bytes) -> None:
    assert photo_measures.measure(content).side == 0


@pytest.mark.req("RT8", "X3", "G40")
@pytest.mark.parametrize(
    ("told", "rule"),
    [({"is_elsewhere": True}, "addresses"), ({"disputed_at": STARTS}, "disputed")],
)
def test_what_a_shop_tells_of_addresses_and_disputes_brings_a_person(
    world: World, told: dict[str, object], rule: str
) -> None:
    order = bought(world)
    Order.objects.filter(id=order.id).update(**told)
    row = sends(world, order, a_photo())
    assert (row.state, row.outcome) == ("specialist", "specialist")
    assert rule in {one["rule"] for one in row.findings if not one["is_met"]}


@pytest.mark.req("RT8", "G40")
def test_the_third_return_in_a_month_is_flagged(world: World) -> None:
    for number in range(2):
        assert sends(world, bought(world, f"200{number}"), a_photo(number)).state == "labelled"
    third = sends(world, bought(world, "2003"), a_photo(9))
    assert (third.state, third.flags) == ("specialist", "repeated")


@pytest.mark.req("RT6", "RT22")
def test_a_piece_comes_back_once_and_never_for_more_than_was_paid(world: World) -> None:
    order = bought(world, lines=(("Shirt", 2, 20_00),), paid=25_00)
    first = sends(world, order, a_photo(1), pieces=2)
    assert (first.state, first.refund_minor) == ("labelled", 25_00)
    again = sends(world, order, a_photo(2), pieces=1)
    assert (again.state, again.refund_minor) == ("refused", 0)
    with pytest.raises(InvalidInput):
        sends(world, order, a_photo(3), pieces=3)


@pytest.mark.req("RT22", "RT23")
def test_a_change_of_the_rules_leaves_what_was_decided(world: World) -> None:
    row = sends(world, bought(world), a_photo())
    before = (row.state, row.outcome, row.refund_minor, row.findings, row.rules)
    in_force(world, window_days=1, most_minor=0)
    row.refresh_from_db()
    assert (row.state, row.outcome, row.refund_minor, row.findings, row.rules) == before
    late = sends(world, bought(world, "10443"), a_photo(2))
    assert (late.state, late.rules) == ("refused", 1)
    with pytest.raises(Conflict):
        rules.publish(
            world.house, world.workspace_id, DEFAULT, over=0, by="user:1", reason="Too late"
        )


@pytest.mark.req("RT10", "X3")
def test_a_specialist_decides_what_the_rules_left_and_pays_no_more_than_was_paid(
    world: World,
) -> None:
    row = sends(world, bought(world, lines=(("Coat", 1, 90_00),)), a_photo())
    assert row.state == "specialist"
    sam, robin = world.users["sam"], world.users["robin"]
    with pytest.raises(InvalidInput):
        return_desk.approve(world.house, sam, row.id, 90_01)
    return_desk.approve(world.house, sam, row.id, 90_00)
    return_desk.issue_label(world.house, sam, row.id)
    # Beyond an agent's authority it waits for whoever may grant it.
    return_desk.refund(world.house, sam, row.id)
    assert Approval.objects.get().state == "proposed"
    return_desk.refund(world.house, robin, row.id)
    world.run_idle()
    row.refresh_from_db()
    assert row.state == "refunded"


@pytest.mark.req("X3")
def test_money_goes_without_a_person_only_where_the_workspace_said_so(world: World) -> None:
    in_force(world, unattended_minor=45_00)
    row = sends(world, bought(world), a_photo())
    world.run_idle()
    row.refresh_from_db()
    assert row.state == "refunded"
    [granted] = Approval.objects.all()
    assert trail(f"approval:{granted.id}") == [
        "approval_proposed", "approval_approved", "approval_carried_out", "approval_done",
    ]  # fmt: skip
    actors = AuditEntry.objects.filter(subject=f"approval:{granted.id}", action="approval_approved")
    assert actors.get().actor == "rules"
    dear = sends(world, bought(world, "10443", lines=(("Hat", 1, 46_00),)), a_photo(2))
    world.run_idle()
    assert Approval.objects.get(return_id=dear.id).state == "proposed"


@pytest.mark.req("RT11", "RT18", "X22")
def test_people_look_again_at_a_share_and_are_warned_when_the_rules_accept_too_much(
    world: World,
) -> None:
    in_force(world, audit_share=1.0, repeat_returns=0)
    sent = [sends(world, bought(world, f"{3000 + n}"), a_photo(n)) for n in range(20)]
    assert all(row.is_sampled for row in sent)
    sam = world.users["sam"]
    return_desk.judge(world.house, sam, sent[0].id, "wrong")
    found = return_board.list_returns(world.house, sam, wanted=Wanted.TO_CHECK)
    assert (len(found.lines), found.share.checked, found.share.wrong) == (19, 1, 1)
    assert found.share.part == 1.0
    assert found.share.is_too_high


DEEDS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "send",
                "approve",
                "refuse",
                "label",
                "void",
                "refund",
                "withdraw",
                "again",
                "grant",
                "rules",
            ]
        ),
        st.sampled_from(("sam", "robin", "alex")),
        st.integers(min_value=0, max_value=3),
    ),
    min_size=3,
    max_size=14,
)
LIMITS = (0, 10_00, 20_00, 90_00)
POLICIES = st.builds(
    ReturnPolicy,
    photos=st.integers(min_value=0, max_value=1),
    most_minor=st.sampled_from((0, 20_00, 90_00)),
    repeat_returns=st.sampled_from((0, 2)),
)


@pytest.mark.req("RT22", "X3", "BI6", "P19")
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    deeds=DEEDS,
    policy=POLICIES,
    paid=st.sampled_from((0, 15_00, 40_00)),
    unattended=st.sampled_from(LIMITS),
)
def test_in_any_order_of_deeds_nothing_is_refunded_twice_unpaid_or_untraced(
    world: World,
    deeds: list[tuple[str, str, int]],
    policy: ReturnPolicy,
    paid: int,
    unattended: int,
) -> None:
    with taken_back():
        order = bought(world, lines=(("Shirt", 2, 20_00),), paid=paid)
        policy = replace(policy, unattended_minor=min(unattended, policy.most_minor))
        rules.publish(world.house, world.workspace_id, policy, over=0, by="user:1", reason="A test")
        for deed in deeds:
            _try(world, order, *deed)
            world.run_idle()
        _check(order, paid, policy.unattended_minor)


def _try(world: World, order: Order, deed: str, who: str, number: int) -> None:
    house, user = world.house, world.users[who]
    known = list(Return.objects.order_by("id").values_list("id", flat=True))
    try:
        if deed == "send":
            sends(world, order, *((a_photo(1),) if number % 2 else ()))
        elif deed == "rules":
            _change_rules(world, number)
        elif deed == "grant":
            for one in Approval.objects.filter(state="proposed").values_list("id", flat=True):
                approvals.approve(house, user, one)
        elif known:
            _act(world, deed, who, known[number % len(known)])
    except BatonError:
        return


def _change_rules(world: World, number: int) -> None:
    """Put other rules in force: nothing that was decided before is touched by them."""
    decided = Return.objects.exclude(outcome="").order_by("id")
    before = list(decided.values())
    current = rules.current(world.workspace_id)
    other = replace(current.policy, most_minor=number * 30_00, photos=number % 2, window_days=1)
    rules.publish(
        world.house, world.workspace_id, other, over=current.version, by="user:1", reason="Anew"
    )
    world.run_idle()
    assert list(decided.values()) == before


def _act(world: World, deed: str, who: str, return_id: str) -> None:
    house, user = world.house, world.users[who]
    match deed:
        case "approve":
            return_desk.approve(house, user, return_id, 20_00)
        case "refuse":
            return_desk.refuse(house, user, return_id, "No.")
        case "label":
            return_desk.issue_label(house, user, return_id)
        case "void":
            return_desk.void_label(house, user, return_id)
        case "refund":
            return_desk.refund(house, user, return_id)
        case "withdraw":
            return_desk.withdraw(house, user, return_id, "No.")
        case _:
            return_desk.look_again(house, user, return_id)


def _check(order: Order, paid: int, unattended: int) -> None:
    given = list(OrderMoney.objects.filter(order_id=order.id, kind="refunded"))
    assert sum(one.amount_minor for one in given) <= paid
    done = Approval.objects.filter(state="done", kind="refund")
    assert len(given) == done.count()
    for one in done:
        row = Return.objects.get(id=one.return_id)
        assert row.state == "refunded"
        assert one.amount_minor <= row.refund_minor
        # Without a person: by the rules alone, within their limit, and with no flag.
        if not one.carried_out_by_id:
            assert row.is_unattended
            assert one.amount_minor <= unattended
            assert (row.decided_by, row.outcome, row.flags) == ("rules", "approved", "")
        assert trail(f"approval:{one.id}")[-1] == "approval_done"
        assert "return_approved" in trail(f"return:{row.id}")
        assert done.filter(return_id=row.id).count() == 1
    for row in Return.objects.exclude(label=""):
        assert "return_labelled" in trail(f"return:{row.id}")
    assert not Attachment.objects.filter(state="kept", contact_id=None).exists()


def test_a_return_of_somebody_else_is_none(world: World) -> None:
    order = bought(world)
    order.contact_id = "somebody"
    order.save()
    with pytest.raises(BatonError):
        sends(world, order, a_photo())
    assert taking.find_of_order(world.workspace_id, mia(world), order.number) is None
