"""Rollouts: a share is served and sticks, shadow says nothing, one button takes a flow back."""

from datetime import datetime, timedelta

import pytest

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Says
from baton.config.stories.world import World
from baton.core import rollout
from baton.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from baton.core.json import Json
from baton.core.kpi_catalogue import CATALOGUE
from baton.core.rollout import Bounds, Check
from baton.services.conversation import shadowing
from baton.services.desk import agents
from baton.services.ledger import Ledger
from baton.services.pilot import pilot_board, rollouts, shadows, stage_gates, taking_back
from baton.services.pilot.rollouts import Beginning, Move
from baton.services.workspace import monthly_audit, workspaces
from baton.store.models import (
    AuditEntry,
    Breach,
    Conversation,
    Episode,
    Escalation,
    EvidenceDay,
    Handoff,
    Message,
    Rollout,
    RolloutMark,
    Run,
    ShadowDraft,
    Stretch,
    User,
    Workspace,
)
from tests.support.matters import keep_matters

MANY = [f"p{number}" for number in range(12)]
STORY = Story.model_validate(
    {
        "story": "rollouts",
        "title": "A flow is rolled out",
        "pack": "fitness",
        "people": {
            **{name: {"contact": "webchat", "name": name.title()} for name in ("mia", *MANY)},
            "ann": {"user": "agent"},
            "max": {"user": "manager"},
            "ola": {"user": "operations"},
        },
        "steps": [{"passes": "1s"}],
    }
)
QUESTION = "What are your opening hours?"
REMINDER: Json = {
    "flow": "reminder", "title": "Reminder", "owner": "CX lead",
    "trigger": {"on": "event", "event": "booking_created"},
    "facts": {"booking": "text"}, "subject": "booking", "purpose": "transactional",
    "start": "wait", "steps": {
        "wait": {"type": "wait", "for": "1h", "then": "ask"},
        "ask": {"type": "ask", "kind": "choice", "text": "Soon: {{ run.booking }}. 1 yes, 2 no",
                "choices": [{"key": "1", "label": "Yes", "then": "over"},
                            {"key": "2", "label": "No", "then": "over"}],
                "silence": "2d", "on_silence": "nudge"},
        "nudge": {"type": "send", "text": "Still coming?", "then": "over"},
        "over": {"type": "end"},
    },
}  # fmt: skip


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    return founding.make(STORY)


def staff(world: World, name: str) -> User:
    return User.objects.get(id=world.users[name].id)


def put(world: World, flow: str, plan: str, stage: str, share: float = 0.0) -> None:
    """Let a rollout stand at a stage, however it came there."""
    rollouts.begin(world.house, staff(world, "max"), flow, Beginning(plan=plan, reason="a test"))
    Rollout.objects.update(stage=stage, share=share)
    Workspace.objects.update(revision=99)


def answered(world: World, flow: str, plan: str, stage: str) -> None:
    for check in rollout.plan_of(plan).needed_for(stage):
        rollouts.answer(world.house, staff(world, "max"), flow, check, "looked at it")


def said_by_bot(world: World) -> list[str]:
    rows = Message.objects.filter(author="bot").order_by("id")
    return [world.house.keyset.unseal(m.body_sealed, f"message:{m.id}") for m in rows]


def publish_reminder(world: World, **head: Json) -> None:
    workspaces.publish(
        world.house, world.workspace_id, "reminder", {**REMINDER, **head},  # type: ignore[dict-item]
        now=world.now, reason="a test",
    )  # fmt: skip
    Workspace.objects.update(revision=50)


@pytest.mark.req("PL6", "PL22", "G22")
def test_a_share_is_served_and_the_rest_goes_to_people(world: World) -> None:
    put(world, "faq", "90_days", "soft_launch", 0.5)
    for name in MANY:
        world.say(Says(who=name, text=(QUESTION,)))
    talks = {one.id: one for one in Conversation.objects.all()}
    served = {one.contact_id for one in talks.values() if one.handled_by == "bot"}
    meant = {
        one.contact_id for one in talks.values() if rollout.place_in("faq", one.contact_id) < 0.5
    }
    assert served == meant
    assert 0 < len(served) < len(MANY)
    triggers = set(Escalation.objects.values_list("trigger", flat=True))
    assert triggers == {"not_in_rollout"}


@pytest.mark.req("PL16", "PL22")
def test_a_rollout_is_bounded_by_channel_and_segment(world: World) -> None:
    max_, house = staff(world, "max"), world.house
    for bounds in (
        Bounds(channels=frozenset({"sms"})),
        Bounds(segment="contact.membership == 'gold'"),
    ):
        Rollout.objects.all().delete()
        given = Beginning(plan="90_days", reason="a slice", bounds=bounds)
        rollouts.begin(house, max_, "faq", given)
        Rollout.objects.update(stage="full", share=1.0)
        Workspace.objects.update(revision=Workspace.objects.get().revision + 1)
        world.say(Says(who="mia", text=(QUESTION,)))
    assert said_by_bot(world) == [] or all("hour" not in one for one in said_by_bot(world))
    assert set(Escalation.objects.values_list("trigger", flat=True)) == {"not_in_rollout"}


@pytest.mark.req("PL5", "G23")
def test_shadow_decides_and_records_and_says_nothing(world: World) -> None:
    put(world, "faq", "90_days", "validate")
    world.say(Says(who="mia", text=(QUESTION,)))
    draft = ShadowDraft.objects.get()
    text = world.house.keyset.unseal(bytes(draft.text_sealed), f"shadow:{draft.id}")
    assert "06:00" in text
    assert all(text not in one for one in said_by_bot(world))
    talk = Conversation.objects.get()
    assert talk.handled_by != "bot"
    ann = staff(world, "ann")
    agents.accept(world.house, ann, talk.id)
    agents.reply(world.house, ann, talk.id, f"Hi Mia! {text}")
    since = world.now - timedelta(days=1)
    found = shadows.agreement_of(world.house, world.workspace_id, "faq", since=since)
    assert (found.drafts, found.compared, found.agreed) == (1, 1, 1)
    shadows.judge(world.house, ann, draft.id, "differs")
    found = shadows.agreement_of(world.house, world.workspace_id, "faq", since=since)
    assert found.agreed == 0
    # What a draft quotes goes once the pilot was looked back on.
    assert shadowing.prune(world.workspace_id, world.now + timedelta(days=119)) == 0
    assert shadowing.prune(world.workspace_id, world.now + timedelta(days=121)) == 1


@pytest.mark.req("PL5")
def test_a_flow_that_begins_by_itself_runs_through_its_waits_in_shadow(world: World) -> None:
    publish_reminder(world)
    put(world, "reminder", "90_days", "validate")
    world.report("mia", "booking_created", {"booking": "A"})
    assert Run.objects.get().is_shadow
    world.pass_time(timedelta(hours=2))
    assert said_by_bot(world) == []
    draft = ShadowDraft.objects.get()
    text = world.house.keyset.unseal(bytes(draft.text_sealed), f"shadow:{draft.id}")
    assert text.startswith("Soon: A.")
    # What the contact writes is no answer to what nobody asked them.
    world.say(Says(who="mia", text=(QUESTION,)))
    assert any("06:00" in one for one in said_by_bot(world))
    world.pass_time(timedelta(days=3))
    assert not Run.objects.filter(flow="reminder", status="waiting").exists()


@pytest.mark.req("PL11", "E31", "PL8")
def test_no_stage_is_left_out_and_nothing_is_skipped(world: World) -> None:
    house, max_, ola = world.house, staff(world, "max"), staff(world, "ola")
    rollouts.begin(house, max_, "faq", Beginning(plan="90_days", reason="the first pilot"))
    with pytest.raises(Conflict, match="One stage after the other"):
        rollouts.move(house, max_, "faq", Move(stage="build", reason="faster"))
    with pytest.raises(Conflict, match="triage, owner"):
        rollouts.move(house, max_, "faq", Move(stage="design", reason="on"))
    with pytest.raises(Forbidden):
        rollouts.answer(house, staff(world, "ann"), "faq", Check.TRIAGE, "done")
    answered(world, "faq", "90_days", "soft_launch")
    for stage in ("design", "build", "validate"):
        rollouts.move(house, max_, "faq", Move(stage=stage, reason="on"))
    with pytest.raises(Conflict, match="0 of 30 drafts"):
        rollouts.move(house, max_, "faq", Move(stage="soft_launch", reason="on"))
    despite = Move(stage="soft_launch", reason="few write", is_despite=True)
    with pytest.raises(Forbidden):  # X38: there is somebody of operations
        rollouts.move(house, max_, "faq", despite)
    rollouts.move(house, ola, "faq", despite)
    row = Rollout.objects.get()
    assert (row.stage, row.share) == ("soft_launch", 0.15)
    last = RolloutMark.objects.order_by("-id")[0]
    assert (last.kind, last.reason) == ("moved_despite", "few write")
    assert "not met: 0 of 30 drafts beside a person's answer" in last.told
    with pytest.raises(InvalidInput, match="10% to 20%"):
        rollouts.move(house, max_, "faq", Move(stage="soft_launch", share=0.3, reason="more"))
    rollouts.move(house, max_, "faq", Move(stage="validate", reason="back to the shadow"))
    told = AuditEntry.objects.filter(subject="flow:faq", action__startswith="rollout_")
    assert told.count() == RolloutMark.objects.count()


@pytest.mark.req("G57", "X12")
def test_few_matters_are_no_ground_to_go_on(world: World) -> None:
    put(world, "faq", "90_days", "measure", 0.5)
    answered(world, "faq", "90_days", "decide")
    move = Move(stage="decide", reason="on")
    with pytest.raises(Conflict, match="0 of 300 matters"):
        rollouts.move(world.house, staff(world, "max"), "faq", move)


CONTAINED = f"{CATALOGUE['containment'].title} at least 30%"
FIRST = f"{CATALOGUE['handoff_first_touch'].title} at least 80%"
BACK = f"{CATALOGUE['recontact_72h'].title} at most 10%"
ASKED = (CONTAINED, FIRST, BACK)


@pytest.mark.req("K12", "X9")
def test_what_a_transactional_flow_is_held_to_in_its_pilot(world: World) -> None:
    publish_reminder(world)
    put(world, "reminder", "90_days", "measure", 0.5)
    world.pass_time(timedelta(days=20))
    began = world.now - timedelta(days=5)
    for grain in ("episode", "stretch"):
        EvidenceDay.objects.create(
            id=grain, workspace_id=world.workspace_id, grain=grain, day=began.date()
        )
    flow = rollouts.flow_of(world.house, staff(world, "max"), "reminder")
    for contained, settled, handoffs, returned, broken in (
        (0.40, 0.90, 120, 0.02, set()),
        (0.20, 0.90, 120, 0.02, {CONTAINED}),
        (0.40, 0.60, 120, 0.02, {FIRST}),
        (0.40, 0.90, 120, 0.20, {BACK}),
        (0.97, 0.10, 10, 0.02, set()),  # ten handoffs of 300 matters are no ground to stay
    ):
        three_hundred(world, began, contained=contained, returned=returned)
        handed(world, began, handoffs, settled=settled)
        lines = stage_gates.lines_of(world.house, Rollout.objects.get(), flow)
        asked = {name: next(one for one in lines if one.text.startswith(name)) for name in ASKED}
        assert {name for name, line in asked.items() if line.is_broken} == broken
        assert {name for name, line in asked.items() if not line.is_met} == broken
    flow = rollouts.flow_of(world.house, staff(world, "max"), "faq")  # what it serves is no deal
    gates = {gate.kpi for gate in stage_gates.gates_of(flow)}
    assert "containment" not in gates
    assert "handoff_first_touch" in gates


def three_hundred(world: World, began: datetime, *, contained: float, returned: float) -> None:
    """Keep 300 matters of the reminder in place of those that were there."""
    Episode.objects.all().delete()
    Episode.objects.bulk_create(
        Episode(
            id=f"e{number}", workspace_id=world.workspace_id, flow="reminder", channel="sms",
            inbox_id="i", conversation_id=f"c{number}", number=0, began_at=began,
            opened_by="contact", ended_at=began + timedelta(hours=1), resolved_after=3600,
            ended_by="bot", code="answered", handoffs=int(number >= contained * 300),
            touches=int(number >= contained * 300),
            returned_after=60 if number % 50 < returned * 50 else None,
        )
        for number in range(300)
    )  # fmt: skip


def handed(world: World, began: datetime, handoffs: int, *, settled: float) -> None:
    """Keep so many handoffs of it, a share of which the first person settled."""
    Stretch.objects.all().delete()
    Stretch.objects.bulk_create(
        Stretch(
            id=f"h{number}", workspace_id=world.workspace_id, flow="reminder", channel="sms",
            inbox_id="i", conversation_id=f"c{number}", episode_id=f"e{number}", nth=1,
            began_at=began, handoffs=1, touches=1 if number < settled * handoffs else 2,
            state="resolved", reason="requested",
        )
        for number in range(handoffs)
    )  # fmt: skip


@pytest.mark.req("PL9", "G16", "X38")
def test_one_button_takes_a_flow_back_and_leaves_the_others(world: World) -> None:
    publish_reminder(world)
    world.report("mia", "booking_created", {"booking": "A"})
    world.report("p1", "booking_created", {"booking": "B"})
    world.pass_time(timedelta(hours=2))  # both were asked
    world.report("p2", "booking_created", {"booking": "C"})  # only waits
    ola = staff(world, "ola")
    seen = taking_back.preview(world.house, ola, "reminder")
    assert (seen.asked, seen.waiting) == (2, 1)
    with pytest.raises(Forbidden):
        taking_back.take_back(world.house, staff(world, "max"), "reminder", reason="harm")
    assert taking_back.take_back(world.house, ola, "reminder", reason="wrong times") == 1
    count = Message.objects.filter(author="bot").count()
    world.say(Says(who="mia", text=("1",)))  # what it asked is answered: a person goes on
    assert Escalation.objects.get().trigger == "rolled_back"
    world.report("p3", "booking_created", {"booking": "D"})
    world.pass_time(timedelta(days=3))
    assert not Run.objects.filter(flow="reminder", status="waiting").exists()
    assert not [one for one in said_by_bot(world)[count:] if "Soon" in one or "Still" in one]
    world.say(Says(who="p4", text=(QUESTION,)))  # other flows go on
    assert any("06:00" in one for one in said_by_bot(world))
    with pytest.raises(Conflict, match="off already"):
        taking_back.take_back(world.house, ola, "reminder", reason="again")


@pytest.mark.req("PL9")
def test_runs_finish_where_the_flow_declares_it(world: World) -> None:
    publish_reminder(world, when_rolled_back="finish")
    world.report("mia", "booking_created", {"booking": "A"})
    taking_back.take_back(world.house, staff(world, "ola"), "reminder", reason="no more of them")
    world.pass_time(timedelta(hours=2))
    assert said_by_bot(world) == ["Soon: A. 1 yes, 2 no"]
    world.report("mia", "booking_created", {"booking": "B"})
    assert Run.objects.filter(flow="reminder", status="waiting").count() == 1


@pytest.mark.req("X38")
def test_who_decides_takes_it_up_again_at_the_least_share(world: World) -> None:
    house, ola = world.house, staff(world, "ola")
    put(world, "faq", "90_days", "measure", 0.5)
    with pytest.raises(Conflict, match="not off"):
        rollouts.take_up(house, ola, "faq", "mended")
    taking_back.take_back(house, ola, "faq", reason="wrong answers")
    world.say(Says(who="mia", text=(QUESTION,)))
    assert Conversation.objects.get().handled_by != "bot"
    with pytest.raises(Forbidden):
        rollouts.take_up(house, staff(world, "max"), "faq", "mended")
    row = rollouts.take_up(house, ola, "faq", "the article is mended")
    assert (row.stage, row.share) == ("soft_launch", 0.10)


def test_a_manager_decides_where_nobody_is_of_operations(world: World) -> None:
    User.objects.filter(role="operations").update(is_active=False)
    taking_back.take_back(world.house, staff(world, "max"), "faq", reason="wrong answers")
    assert Rollout.objects.get().state == "rolled_back"


@pytest.mark.req("X12")
def test_a_smoke_test_goes_on_in_a_longer_plan_or_stops(world: World) -> None:
    house, max_ = world.house, staff(world, "max")
    put(world, "faq", "14_days", "review", 0.1)
    with pytest.raises(Conflict, match="longer plan"):
        rollouts.complete(house, max_, "faq", reason="good", goes_on=True)
    rollouts.begin(house, max_, "faq", Beginning(plan="six_weeks", reason="it goes on"))
    assert list(Rollout.objects.order_by("id").values_list("state", flat=True)) == [
        "completed",
        "running",
    ]
    with pytest.raises(Conflict, match="running already"):
        rollouts.begin(house, max_, "faq", Beginning(plan="six_weeks", reason="again"))


@pytest.mark.req("X38")
def test_what_serves_people_is_taken_back_and_not_just_ended(world: World) -> None:
    house, max_, ola = world.house, staff(world, "max"), staff(world, "ola")
    for stage, share in (("soft_launch", 0.1), ("full", 1.0)):
        put(world, "faq", "90_days", stage, share)
        for user in (max_, ola):
            with pytest.raises(Conflict, match="roll it back"):
                rollouts.complete(house, user, "faq", reason="no use", goes_on=False)
        Rollout.objects.all().delete()
    put(world, "faq", "90_days", "validate", 0.0)
    rollouts.complete(house, max_, "faq", reason="no use", goes_on=False)
    assert Rollout.objects.get().state == "stopped"


@pytest.mark.req("PL20", "P11", "GV12")
def test_growth_over_six_months_follows_a_pilot_whose_gates_held(world: World) -> None:
    house, max_ = world.house, staff(world, "max")
    grow = Beginning(plan="six_months", reason="the gates held")
    with pytest.raises(Conflict, match="follows a pilot whose gates held"):
        rollouts.begin(house, max_, "faq", grow)  # it was never proven
    put(world, "faq", "six_weeks", "validate")
    with pytest.raises(Conflict, match="lead that one to its last share first"):
        rollouts.begin(house, max_, "faq", grow)
    Rollout.objects.update(stage="pilot", share=0.25)
    with pytest.raises(Conflict, match="Answer for"):
        rollouts.begin(house, max_, "faq", grow)
    answered(world, "faq", "six_weeks", "full")
    with pytest.raises(Conflict, match="0 of 300 matters"):  # and no word for "in spite of"
        rollouts.begin(house, max_, "faq", grow)


@pytest.mark.req("PL20", "P11", "GV12")
def test_a_proven_flow_grows_over_six_months_with_training_and_audits(world: World) -> None:
    house, max_, ola = world.house, staff(world, "max"), staff(world, "ola")
    grow = Beginning(plan="six_months", reason="the gates held")
    put(world, "faq", "six_weeks", "full", 1.0)
    answered(world, "faq", "six_weeks", "full")
    rollouts.complete(house, max_, "faq", reason="proven", goes_on=True)
    row = rollouts.begin(house, max_, "faq", grow)
    assert (row.stage, row.share, "triage" in row.checks) == ("month_1", 0.50, True)

    onward = Move(stage="month_2", reason="a month on", is_despite=True)
    world.pass_time(timedelta(days=30))
    with pytest.raises(Conflict, match="Answer for agents, month audited first"):
        rollouts.move(house, ola, "faq", onward)
    with pytest.raises(Conflict, match="Finish the audit of a month first"):
        rollouts.answer(house, max_, "faq", Check.MONTH_AUDITED, "looked at them")
    rollouts.answer(house, max_, "faq", Check.AGENTS, "trained anew")
    ledger = Ledger(house, house.clock.now())
    ledger.audit(world.workspace_id, "system", monthly_audit.AUDITED, "escalations:2026-03")
    ledger.flush()
    rollouts.answer(house, max_, "faq", Check.MONTH_AUDITED, "all of March")
    rollouts.move(house, ola, "faq", onward)
    assert Rollout.objects.latest("id").share == 0.60
    board = pilot_board.open_flow(house, max_, "faq")
    due = {line.check for line in board.checks if line.stage.name == "month_3" and not line.words}
    assert due == {Check.AGENTS, Check.MONTH_AUDITED}  # of each month anew


@pytest.mark.req("PL19")
def test_a_pilot_of_four_weeks_scales_only_where_escalations_were_answered_in_time(
    world: World,
) -> None:
    put(world, "faq", "shadow_first", "pilot", 0.25)
    assert rollout.SHADOW_FIRST.at("pilot").lasts == timedelta(days=28)
    answered(world, "faq", "shadow_first", "full")
    now, talks = world.house.clock.now(), [f"t{number}" for number in range(10)]
    keep_matters(world.house, world.workspace_id, 10, began=now)
    for number, episode in enumerate(Episode.objects.order_by("id")):
        Episode.objects.filter(id=episode.id).update(conversation_id=talks[number])
    Handoff.objects.bulk_create(
        Handoff(
            id=f"h{talk}", workspace_id=world.workspace_id, conversation_id=talk, state="offered",
            reason="x", queue="general", card_sealed=b"", offered_at=now,
        )
        for talk in talks
    )  # fmt: skip
    for late, told, is_met in ((1, "9 of 10", True), (2, "8 of 10", False)):
        Breach.objects.create(
            id=f"b{late}", workspace_id=world.workspace_id, conversation_id=talks[late],
            reason="first_response", queue="general", due_at=now, at=now,
        )  # fmt: skip
        lines = pilot_board.open_flow(world.house, staff(world, "max"), "faq").gates
        line = next(one for one in lines if "as their queue promises" in one.text)
        assert (told in line.text, line.is_met) == (True, is_met)
    with pytest.raises(Conflict, match="8 of 10"):
        rollouts.move(world.house, staff(world, "max"), "faq", Move(stage="full", reason="on"))


@pytest.mark.req("X11", "PL14")
@pytest.mark.parametrize(("flows", "is_many"), [(3, False), (4, True)])
def test_more_unproven_flows_than_can_be_watched_are_warned_of(
    world: World, flows: int, *, is_many: bool
) -> None:
    max_ = staff(world, "max")
    for number in range(flows):
        name = f"reminder_{number}"
        workspaces.publish(
            world.house, world.workspace_id, name, {**REMINDER, "flow": name},  # type: ignore[dict-item]
            now=world.now, reason="a test",
        )  # fmt: skip
        Workspace.objects.update(revision=50 + number)
        rollouts.begin(world.house, max_, name, Beginning(plan="90_days", reason="a test"))
    assert not pilot_board.show(world.house, max_).is_many  # a draft reaches nobody
    Rollout.objects.update(stage="soft_launch", share=0.15)
    assert pilot_board.show(world.house, max_).is_many is is_many


@pytest.mark.parametrize(
    ("flow", "given", "refused"),
    [
        ("nobody", Beginning(plan="90_days", reason="on"), NotFound),
        ("faq", Beginning(plan="a year", reason="on"), InvalidInput),
        ("faq", Beginning(plan="90_days", reason=" "), InvalidInput),
        ("faq", Beginning(plan="90_days", reason="on", bounds=Bounds(segment="((")), InvalidInput),
    ],
)
def test_what_cannot_begin(
    world: World, flow: str, given: Beginning, refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        rollouts.begin(world.house, staff(world, "max"), flow, given)
