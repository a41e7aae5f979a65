"""Whether the people who reach out keep up, for flows that promise a call (NP15)."""

from collections.abc import Mapping
from datetime import timedelta

from baton.core import feedback
from baton.core.feedback import Load
from baton.services.calls import ActionPort, Call, Ended, Failed, Performed
from baton.services.house import House
from baton.store.models import Task

_LOOKED_BACK = timedelta(days=7)


def offered_by(house: House) -> Mapping[str, ActionPort]:
    """Return the action that asks, by the name under which flows call it."""
    return {"check_outreach": lambda call: _checked(house, call)}


def load_of(house: House, workspace_id: str, queue: str) -> Load:
    """Return how a queue keeps up with its tasks."""
    now = house.clock.now()
    tasks = Task.objects.filter(workspace_id=workspace_id, queue=queue)
    done = tasks.filter(done_at__gte=now - _LOOKED_BACK).values_list("done_at", "due_at")
    in_time = [done_at <= due_at for done_at, due_at in done if done_at]
    return Load(
        late=tasks.filter(done_at=None, due_at__lt=now).count(),
        done_in_time=in_time.count(True),
        done_late=in_time.count(False),
    )


def _checked(house: House, call: Call) -> Ended:
    queue = call.given.get("queue", "")
    if not isinstance(queue, str) or not queue:
        return Failed(problem="name the queue that reaches out")
    load = load_of(house, call.workspace_id, queue)
    done = Performed(result={"can_call": feedback.keeps_up(load)})
    call.settle(done)
    return done
