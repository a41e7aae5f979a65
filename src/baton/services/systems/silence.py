"""Systems that fell silent: who leads is told once, until the system is heard again (DI13).

A timer for each system that somebody wants to be watched. It is not moved by what the system
tells: when it fires, it looks when the system was last heard.
"""

from datetime import timedelta

from baton.services import notices
from baton.services.facts import ListenDue
from baton.services.ledger import Ledger
from baton.services.notices import Kind
from baton.services.systems import systems
from baton.store.models import ConnectedSystem


def decide(ledger: Ledger, fact: ListenDue) -> None:
    """Tell who leads of a system that is silent for too long, and listen again."""
    system = ConnectedSystem.objects.filter(id=fact.system_id, is_connected=True).first()
    if system is None or not system.quiet_hours:
        return
    limit = timedelta(hours=system.quiet_hours)
    silent_since = system.heard_at or system.created_at
    if ledger.now < silent_since + limit:
        systems.plan_listening(ledger, system, at=silent_since + limit)
        return
    if system.silence_told_at is None or system.silence_told_at < silent_since:
        leading = notices.leading(system.workspace_id)
        notices.tell(ledger, system.workspace_id, leading, Kind.SYSTEM_SILENT, details=system.name)
        ConnectedSystem.objects.filter(id=system.id).update(silence_told_at=ledger.now)
    systems.plan_listening(ledger, system, at=ledger.now + limit)
