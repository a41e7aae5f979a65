"""What people call the dimensions by which numbers are told apart."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from baton.core.rollout import PLANS
from baton.flows.document import Flow
from baton.services import inbox
from baton.services.house import House
from baton.services.workspace import connections
from baton.services.workspace.standards import standards_cache
from baton.store.models import Activity, Inbox, Location, User


class Titles:
    """What people call flows, channels, queues, agents and intents."""

    def __init__(self, house: House, user: User) -> None:
        self.user = user
        self._pack = inbox.pack_of(house, user.workspace_id)
        standards = standards_cache(house).standards_of(user.workspace_id)
        library, self._policy = standards.library, standards.policy
        self.flows: dict[str, Flow] = {
            name: library.flows[name, version] for name, version in library.live.items()
        }
        stages = {one.name: one.title for plan in PLANS.values() for one in plan.stages}
        self._told: Mapping[str, Callable[[str], str]] = {
            "flow": self._flow,
            "queue": lambda name: inbox.queue_title_of(self._pack, name),
            "intent": self._intent,
            "version": lambda name: f"Version {name}",
            "stage": lambda name: stages.get(name, name),
            "variant": _arm,
            **dict.fromkeys(("triage", "reason", "segment", "pack"), _plain),
        }
        staff = User.objects.filter(workspace_id=user.workspace_id)
        self._named: dict[str, str] = dict(staff.values_list("id", "name"))
        for rows in (Inbox.objects.all(), Location.objects.all(), Activity.objects.all()):
            ours = rows.filter(workspace_id=user.workspace_id)
            self._named.update(ours.values_list("id", "name"))

    def aims_of(self, channel: str) -> Mapping[str, timedelta]:
        """Return how soon somebody is answered on a channel, as the policy wants it."""
        policy = self._policy
        is_mail = channel == connections.EMAIL
        return {"first_response": policy.answer_within_email if is_mail else policy.answer_within}

    def of(self, dimension: str, value: str) -> str:
        told = self._told.get(dimension)
        return told(value) if told else self._named.get(value, value)

    def _flow(self, name: str) -> str:
        return self.flows[name].title if name in self.flows else name

    def _intent(self, name: str) -> str:
        kind = self._pack.request_type(name)
        return kind.title if kind else _plain(name)


def _plain(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _arm(name: str) -> str:
    split, _, arm = name.partition("=")
    return f"{_plain(split.replace('.', ', '))}: {arm.replace('_', ' ')}"
