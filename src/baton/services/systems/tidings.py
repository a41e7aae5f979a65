"""A CRM that is told by one signed webhook each, and what became of the last one (DI8).

It goes out of the outbox as everything does: tried again where it was not taken, within the budget
of its account, and never into our own network. Its page says when it last took something, and what
was wrong since.
"""

from dataclasses import dataclass

from baton.core.json import Json
from baton.core.tidings import TellPort, Tiding, Told
from baton.runtime.ports import Again, Done, Park
from baton.services.house import House
from baton.services.systems import asking, kinds, systems
from baton.store.models import ConnectedSystem

_MOST_PROBLEM = 200
_EXAMPLES: dict[Tiding, dict[str, Json]] = {
    Tiding.TASK: {
        "text": "High priority: call a new member.",
        "due_at": "2026-04-04T18:00:00+00:00",
        "is_urgent": True,
        "is_call": True,
    },
    Tiding.CONTACT: {
        "booking_status": "confirmed",
        "booking_at": "2026-04-07T18:00:00+00:00",
        "order": "10442 delivered",
        "last_seen_at": "2026-04-03T17:20:00+00:00",
        "tags": ["vip"],
    },
    Tiding.NOTE: {"text": "Order 10442: delivered."},
    Tiding.TRIAL: {"text": "A trial from Baton: nobody has to do anything."},
}
_NOBODY: dict[str, Json] = {"email": "trial@example.com", "phone": "+15005550006"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldCrm:
    """A connected CRM that is only told."""

    house: House
    system: ConnectedSystem
    port: TellPort

    def tell(self, told: Told) -> Done | Again | Park:
        """Hand a message over, and note beside the system what became of it."""
        now = self.house.clock.now()
        secrets = systems.proofs_of(self.house, self.system)
        outcome = asking.deliver(self.port.tell(told, secrets=secrets, now=now))
        kept = ConnectedSystem.objects.filter(id=self.system.id)
        if isinstance(outcome, Done):
            kept.update(heard_at=now, problem="")
        else:
            kept.update(problem=outcome.reason[:_MOST_PROBLEM])
        return outcome


def find(house: House, system: ConnectedSystem) -> ToldCrm | None:
    """Return a system as one that is told, None for one of another kind."""
    port = kinds.told_of(systems.settings_of(house, system))
    return ToldCrm(house=house, system=system, port=port) if port else None


def try_out(crm: ToldCrm) -> str:
    """Tell a CRM of nobody; return what is wrong, "" where it took that."""
    outcome = crm.tell(_example(crm, Tiding.TRIAL, mark=crm.house.next_id(crm.house.clock.now())))
    return "" if isinstance(outcome, Done) else outcome.reason


def examples_of(crm: ToldCrm) -> tuple[Json, ...]:
    """Return a message of each sort that a CRM is told, under the names that it was given."""
    wanted = (one for one in Tiding if one is not Tiding.TRIAL and crm.port.hears(one))
    return tuple(crm.port.body(_example(crm, one, mark="example")) for one in wanted)


def _example(crm: ToldCrm, about: Tiding, *, mark: str) -> Told:
    facts = {**_NOBODY, **_EXAMPLES[about]}
    return Told(about=about, mark=mark, at=crm.house.clock.now(), facts=facts)
