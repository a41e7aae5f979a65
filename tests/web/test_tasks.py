"""To do: what flows gave people, with its clock, from the flow to the breach and its end."""

from datetime import timedelta

import pytest

from baton.core.outreach import Measure, measure
from baton.flows.effects import CreateTask
from baton.services.conversation import tasks
from baton.services.desk import calling, task_desk
from baton.services.ledger import Ledger
from baton.store.models import Breach, Message, Notice, ReportedEvent, Task
from baton.store.queries import turns
from tests.web.conftest import Gym, Screen

TITLE = "Reach out within 24 hours, rated us 2 of 10"


def owed(gym: Gym, conversation: str, *, hours: int = 24, queue: str = "billing") -> str:
    """Let a flow put something on a queue's list."""
    found = turns.find_conversation(conversation)
    assert found is not None
    assert found.conversation is not None
    wanted = CreateTask(title=TITLE, queue=queue, due_after=timedelta(hours=hours))
    with gym.house.engine.transaction():
        ledger = Ledger(gym.house, gym.house.clock.now())
        tasks.add(ledger, found.conversation, "nps_recovery", wanted)
        ledger.flush()
    return str(Task.objects.latest("id").id)


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("user_id", flat=True))


@pytest.mark.req("NP8", "AL9", "R10", "R14")
def test_who_serves_the_queue_is_warned_and_who_leads_hears_of_what_is_late(
    gym: Gym, sam: Screen, robin: Screen
) -> None:
    sam.user.skills = ["billing"]
    sam.user.save()
    conversation = gym.hear("mia", "What time do you open?", name="Mia")
    task = owed(gym, conversation)
    shown = sam.get("/to-do").text
    assert TITLE in shown
    assert "Mia" in shown
    assert "yours" in shown
    assert sam.get("/my-day").text.count("To do in your queues") == 1
    gym.step(hours=17)
    assert not told("task_warned")
    gym.step(hours=2)
    assert told("task_warned") == {sam.user.id}
    gym.step(hours=6)
    assert told("task_overdue") == {sam.user.id, robin.user.id}
    breach = Breach.objects.get(reason="outreach")
    assert (breach.conversation_id, breach.queue, breach.ended_at) == (
        conversation, "billing", None,
    )  # fmt: skip
    assert "overdue" in sam.get("/to-do?view=overdue").text
    assert "Not reached in time" in robin.get("/reports/breaches").text

    answered = sam.post(
        f"/to-do/{task}/done", htmx=False, outcome="reached", words="She comes back on Friday."
    )
    assert answered.status == 302
    assert Breach.objects.get(reason="outreach").ended_at is not None
    assert Message.objects.filter(is_note=True, user_id=sam.user.id).count() == 1
    assert "Reached them" in sam.get("/to-do?view=late").text
    assert gym.deeds("task_done") == [(f"user:{sam.user.id}", f"task:{task}")]
    assert sam.post(f"/to-do/{task}/done", htmx=False, outcome="done").status == 409

    sam.post(f"/to-do/{task}/reopen", htmx=False)
    gym.step(minutes=1)
    assert Breach.objects.filter(reason="outreach", ended_at=None).count() == 1


@pytest.mark.req("NP8", "AL9")
def test_a_task_of_48_hours_warns_after_36_and_is_broken_after_48(
    gym: Gym, sam: Screen, robin: Screen
) -> None:
    sam.user.skills = ["billing"]
    sam.user.save()
    owed(gym, gym.hear("mia", "What time do you open?"), hours=48)
    gym.step(hours=35)
    assert not told("task_warned")
    gym.step(hours=2)
    assert (told("task_warned"), told("task_overdue")) == ({sam.user.id}, set())
    gym.step(hours=12)
    assert told("task_overdue") == {sam.user.id, robin.user.id}
    assert Breach.objects.filter(reason="outreach", ended_at=None).count() == 1


def test_reaching_them_by_a_call_in_the_conversation_is_enough(gym: Gym, sam: Screen) -> None:
    conversation = gym.hear("mia", "Can I talk to a human?")
    task = owed(gym, conversation, hours=48)
    sam.post(f"/inbox/{conversation}/take")
    calling.record(gym.house, sam.user, conversation, "not_picked_up", "")
    assert Task.objects.get(id=task).done_at is None
    calling.record(gym.house, sam.user, conversation, "reached", "")
    assert Task.objects.get(id=task).outcome == "reached"
    gym.step(hours=60)
    assert not Breach.objects.filter(reason="outreach").exists()
    assert not told("task_warned")


def test_each_number_counts_the_rows_that_it_opens(gym: Gym, sam: Screen) -> None:
    conversation = gym.hear("mia", "What time do you open?")
    spans = {owed(gym, conversation, hours=hours): hours for hours in (1, 2, 3, 30)}
    first, second, *_ = spans
    sam.post(f"/to-do/{first}/done", htmx=False, outcome="done", told="A second room.")
    gym.step(hours=4)
    assert ReportedEvent.objects.filter(name="outreach_done").exists()  # flows may say it
    sam.post(f"/to-do/{second}/done", htmx=False, outcome="needless")
    now = gym.house.clock.now()
    counted = [measure(one.due_at, one.done_at, now=now) for one in Task.objects.all()]
    for one in Measure:
        board = task_desk.show(gym.house, sam.user, one.value)
        assert board.counts[one.value] == len(board.rows) == counted.count(one) == 1
    assert task_desk.show(gym.house, sam.user, task_desk.OPEN).open_count == 2


def test_titles_stay_closed_to_who_may_not_read_words(gym: Gym, sam: Screen, alex: Screen) -> None:
    task = owed(gym, gym.hear("mia", "What time do you open?"))
    shown = alex.get("/to-do").text
    assert TITLE not in shown
    assert "nps_recovery: to be done" in shown
    assert alex.post(f"/to-do/{task}/done", outcome="done").status == 403
    assert sam.post("/to-do/nothing/done", outcome="done").status == 404
    assert sam.post(f"/to-do/{task}/done", outcome="forgotten").status == 422
    assert sam.get("/to-do?view=nonsense").status == 422
