"""What a flow gives people to do: put on their list, told as it nears its end and once it is late.

A task that is late is a breach, until it is done (NP8, R10).
"""

from datetime import datetime

from baton.core import outreach
from baton.core.breaches import Reason
from baton.core.outreach import Outcome
from baton.core.policy import Policy
from baton.flows.effects import CreateTask
from baton.services import arrivals, notices
from baton.services.facts import TaskDue
from baton.services.ledger import Ledger
from baton.services.systems import crm
from baton.services.workspace.standards import standards_cache
from baton.store.models import Task
from baton.store.queries import clocks as kept
from baton.store.rows import BreachRow, ConversationRow, TaskRow


def add(ledger: Ledger, conversation: ConversationRow, flow: str, wanted: CreateTask) -> None:
    """Put a task on a queue's list, with the timer that tells of it."""
    task_id, workspace_id = ledger.next_id(), conversation.workspace_id
    row = TaskRow(
        id=task_id,
        workspace_id=workspace_id,
        contact_id=conversation.contact_id,
        conversation_id=conversation.id,
        flow=flow,
        queue=wanted.queue,
        title_sealed=ledger.house.keyset.seal(wanted.title, f"task:{task_id}"),
        created_at=ledger.now,
        due_at=ledger.now + wanted.due_after,
    )
    ledger.add(row)
    policy = standards_cache(ledger.house).standards_of(workspace_id).policy
    warns_at = outreach.warns_at(row.created_at, row.due_at, policy)
    set_timer(ledger, workspace_id, conversation.lane, task_id, at=warns_at)
    crm.order(ledger, workspace_id, conversation.lane, task_id)
    ledger.audit(workspace_id, "bot", "task_created", f"task:{task_id}", queue=wanted.queue)
    ledger.ring(f"workspace:{workspace_id}")


def ring(ledger: Ledger, lane: str, fact: TaskDue) -> None:
    """Tell of a task that nears its end, or is late; one that is done is silent."""
    task = Task.objects.filter(id=fact.task_id, done_at=None).first()
    if task is None or task.overdue_at is not None:
        return
    if ledger.now < task.due_at:
        _tell(ledger, task, notices.Kind.TASK_WARNED)
        Task.objects.filter(id=task.id).update(warned_at=ledger.now)
        set_timer(ledger, task.workspace_id, lane, task.id, at=task.due_at)
        return
    Task.objects.filter(id=task.id).update(overdue_at=ledger.now)
    _tell(ledger, task, notices.Kind.TASK_OVERDUE)
    ledger.audit(task.workspace_id, "system", "task_overdue", f"task:{task.id}", queue=task.queue)
    ledger.add(
        BreachRow(
            id=ledger.next_id(),
            workspace_id=task.workspace_id,
            conversation_id=task.conversation_id,
            clock_id=None,
            reason=Reason.OUTREACH.value,
            queue=task.queue,
            assignee_id=None,
            due_at=task.due_at,
            at=ledger.now,
        )
    )
    ledger.ring(f"workspace:{task.workspace_id}")


def finish(ledger: Ledger, task: Task, user_id: str, outcome: Outcome) -> None:
    """Mark a task as done; its breach ends with the last one of the conversation that is late."""
    task.done_at, task.done_by_id, task.outcome = ledger.now, user_id, outcome.value
    task.save(update_fields=["done_at", "done_by_id", "outcome"])
    ledger.cancel_timer(task.workspace_id, _key(task.id))
    late = Task.objects.filter(conversation_id=task.conversation_id, done_at=None)
    if not late.exclude(overdue_at=None).exists():
        kept.end_breaches(task.conversation_id, {Reason.OUTREACH}, ledger.now)
    ledger.audit(
        task.workspace_id, f"user:{user_id}", "task_done", f"task:{task.id}", outcome=outcome.value
    )


def finish_all(ledger: Ledger, conversation: ConversationRow, user_id: str) -> None:
    """Mark what was to be done about a contact as done: they were reached."""
    for task in Task.objects.filter(conversation_id=conversation.id, done_at=None).order_by("id"):
        finish(ledger, task, user_id, Outcome.REACHED)


def reopen(ledger: Ledger, task: Task, lane: str, policy: Policy, actor: str) -> None:
    """Put a task back on the list that was marked as done by mistake."""
    again = Task.objects.filter(id=task.id)
    again.update(done_at=None, done_by_id=None, outcome="", overdue_at=None)
    warns_at = outreach.warns_at(task.created_at, task.due_at, policy)
    at = warns_at if task.warned_at is None else task.due_at
    set_timer(ledger, task.workspace_id, lane, task.id, at=max(at, ledger.now))
    ledger.audit(task.workspace_id, actor, "task_reopened", f"task:{task.id}")


def set_timer(ledger: Ledger, workspace_id: str, lane: str, task_id: str, *, at: datetime) -> None:
    """Let a task tell of itself at a moment."""
    ledger.set_timer(
        arrivals.timer_of(
            TaskDue(task_id=task_id),
            ledger.house.keyset,
            workspace_id=workspace_id,
            lane=lane,
            key=_key(task_id),
            due_at=at,
        )
    )


def _tell(ledger: Ledger, task: Task, kind: notices.Kind) -> None:
    """Tell those on duty for the queue; where nobody is, and of what is late, who leads."""
    people = notices.serving(task.workspace_id, task.queue)
    if kind is notices.Kind.TASK_OVERDUE or not people:
        people = tuple(dict.fromkeys((*people, *notices.leading(task.workspace_id))))
    notices.tell(
        ledger,
        task.workspace_id,
        people,
        kind,
        details=task.queue,  # its title may hold a contact's own words
        conversation_id=task.conversation_id,
        contact_id=task.contact_id,
    )


def _key(task_id: str) -> str:
    return f"task:{task_id}"
