"""What flows gave people to do: the list by what is due first, done with what came of it (NP8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from baton.core import roles, routing, text
from baton.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from baton.core.json import Json
from baton.core.outreach import Measure, Outcome
from baton.core.presend import Author
from baton.core.roles import Action, Role
from baton.services import inbox, sight
from baton.services.conversation import conversations, tasks
from baton.services.desk import desks
from baton.services.house import House
from baton.services.people import telling
from baton.services.workspace.standards import standards_cache
from baton.store.models import Contact, Task, User

PAGE_SIZE = 50
WINDOW = timedelta(days=28)
MAX_WORDS = 500
MAX_TOLD = 300
DONE = "outreach_done"
"""What flows hear when somebody did what they had given people to do."""
OPEN = "open"
VIEWS = (OPEN, *(measure.value for measure in Measure))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTask:
    """One thing to do; `is_ours` says that the reader serves its queue."""

    id: str
    title: str
    who: str
    contact_id: str
    conversation_id: str
    flow: str
    queue_title: str
    is_ours: bool
    created_at: datetime
    due_at: datetime
    done_at: datetime | None
    done_by: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskBoard:
    """A page of tasks, and how those of the last four weeks stand; each number is a view."""

    rows: tuple[ShownTask, ...]
    total: int
    page: int
    pages: int
    open_count: int
    counts: Mapping[str, int]


def show(house: House, user: User, view: str, *, page: int = 1) -> TaskBoard:
    """Return a page of a view; raises Forbidden for a role that may not read the inbox."""
    inbox.require(user, Action.READ_INBOX)
    now = house.clock.now()
    found = _of(house, user, view, now)
    total = found.count()
    pages = max(-(-total // PAGE_SIZE), 1)
    page = min(max(page, 1), pages)
    rows = list(found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    return TaskBoard(
        rows=_shown(house, user, rows),
        total=total,
        page=page,
        pages=pages,
        open_count=_of(house, user, OPEN, now).count(),
        counts={one.value: _of(house, user, one.value, now).count() for one in Measure},
    )


def count_due(house: House, user: User) -> int:
    """Return how many open tasks there are for the queues that a person serves."""
    served = routing.skills_of(user.skills, Role(user.role)) | {routing.GENERAL}
    return _of(house, user, OPEN, house.clock.now()).filter(queue__in=served).count()


def finish(  # noqa: PLR0913 - which, how it ended, and what is said of it to whom
    house: House, user: User, task_id: str, outcome: str, words: str, *, told: str = ""
) -> None:
    """Mark a task as done, with what came of it; words are left as a note for colleagues.

    Flows hear of it, with what the contact is `told` that was done (NP23): the flow says it, since
    the conversation may be the bot's.
    Raises Forbidden, NotFound, InvalidInput, or Conflict when a colleague did it.
    """
    words, told = text.clean(words), text.clean(told)
    if len(told) > MAX_TOLD:
        raise InvalidInput({"told": f"Say it in {MAX_TOLD} characters at most."})
    if outcome not in set(Outcome) or len(words) > MAX_WORDS:
        raise InvalidInput({"outcome": f"Say what came of it, in {MAX_WORDS} characters at most."})
    with desks.at_desk(house, user, _find(house, user, task_id).conversation_id) as desk:
        task = _find(house, user, task_id)
        if task.done_at is not None:
            message = "A colleague has done it meanwhile."
            raise Conflict(message)
        tasks.finish(desk.ledger, task, user.id, Outcome(outcome))
        facts: dict[str, Json] = {"queue": task.queue, "outcome": outcome, "done": told}
        key = f"task:{task.id}:{desk.ledger.now.isoformat()}"
        telling.tell(house, task.contact_id, DONE, facts, key=key)
        if words:
            conversations.add_note(
                desk.ledger, desk.conversation, words, author=Author.AGENT, user_id=user.id
            )


def reopen(house: House, user: User, task_id: str) -> None:
    """Put a task back on the list that was marked as done by mistake."""
    policy = standards_cache(house).standards_of(user.workspace_id).policy
    with desks.at_desk(house, user, _find(house, user, task_id).conversation_id) as desk:
        task = _find(house, user, task_id)
        if task.done_at is not None:
            tasks.reopen(desk.ledger, task, desk.conversation.lane, policy, desk.actor)


def _find(house: House, user: User, task_id: str) -> Task:
    found = Task.objects.filter(id=task_id, workspace_id=user.workspace_id).first()
    if found is None:
        raise NotFound("task", task_id)
    if not _open_to(house, user).filter(id=task_id).exists():
        raise Forbidden("open what only trained staff may", user.role)
    return found


def _open_to(house: House, user: User) -> "QuerySet[Task]":
    """Return the tasks of conversations that are open to a person, but those of closed queues."""
    found = Task.objects.filter(workspace_id=user.workspace_id)
    if closed := sight.closed_to(user, sight.closed_queues_of(house, user.workspace_id)):
        found = found.exclude(queue__in=closed)
    return sight.heard_by(house, user, found)


def _of(house: House, user: User, view: str, now: datetime) -> "QuerySet[Task]":
    """Return the tasks of a view: what `core.outreach.measure` says, as a query."""
    found = _open_to(house, user)
    since = Q(due_at__gt=now - WINDOW)
    match view:
        case Measure.IN_TIME:
            return found.filter(since, done_at__lte=F("due_at")).order_by("-done_at", "id")
        case Measure.LATE:
            return found.filter(since, done_at__gt=F("due_at")).order_by("-done_at", "id")
        case Measure.OVERDUE:
            return found.filter(done_at=None, due_at__lte=now).order_by("due_at", "id")
        case _:
            return found.filter(done_at=None).order_by("due_at", "id")


def _shown(house: House, user: User, rows: Sequence[Task]) -> tuple[ShownTask, ...]:
    pack = inbox.pack_of(house, user.workspace_id)
    contacts = Contact.objects.in_bulk({row.contact_id for row in rows})
    done_by = {row.done_by_id for row in rows if row.done_by_id}
    names = dict(User.objects.filter(id__in=done_by).values_list("id", "name"))
    served = routing.skills_of(user.skills, Role(user.role)) | {routing.GENERAL}
    may_read = roles.may(Role(user.role), Action.READ_TRANSCRIPT)
    return tuple(
        ShownTask(
            id=row.id,
            # A title may hold a contact's own words.
            title=house.keyset.unseal(bytes(row.title_sealed), f"task:{row.id}")
            if may_read
            else f"{row.flow}: to be done",
            who=inbox.name_of(house, row.contact_id, bytes(contacts[row.contact_id].name_sealed)),
            contact_id=row.contact_id,
            conversation_id=row.conversation_id,
            flow=row.flow,
            queue_title=inbox.queue_title_of(pack, row.queue),
            is_ours=row.queue in served,
            created_at=row.created_at,
            due_at=row.due_at,
            done_at=row.done_at,
            done_by=names.get(row.done_by_id or "", ""),
            outcome=row.outcome,
        )
        for row in rows
    )
