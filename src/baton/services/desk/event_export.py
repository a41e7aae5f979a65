"""Events and counted rows taken away as files, for more than one machine; noted in the trail."""

from datetime import datetime
from pathlib import Path

from baton.reports import export
from baton.services.evidence import keeping
from baton.services.house import House
from baton.services.ledger import Ledger


def export_to(
    house: House,
    workspace_id: str,
    folder: Path,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> dict[str, int]:
    """Write what happened in a window as Parquet; return how many rows each dataset got.

    Raises InvalidInput where Parquet cannot be written.
    """
    keeping.catch_up(house, workspace_id)
    told = export.export(workspace_id, folder, since=since, until=until)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        ledger.audit(workspace_id, "system", "events_exported", f"workspace:{workspace_id}", **told)
        ledger.flush()
    return told
