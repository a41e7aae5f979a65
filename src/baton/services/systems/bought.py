"""What shops and carriers tell: an order is its buyer's, and a parcel its order's."""

from baton.core.fates import Fate
from baton.core.records import OrderRecord
from baton.services.ledger import Ledger
from baton.services.orders import mirror
from baton.services.orders.mirror import Bought
from baton.services.orders.telling import Teller
from baton.services.systems import recognising
from baton.services.systems.fated import Taken
from baton.services.systems.recognising import Unrecognised


def take(
    ledger: Ledger, workspace_id: str, system_id: str, record: Bought, *, is_quiet: bool = False
) -> Taken:
    """Lay what a system tells over its row, and return what came of it.

    Runs in the lane of the system.
    """
    contact_id, remark = "", ""
    if isinstance(record, OrderRecord):
        [known] = recognising.recognise(ledger.house, workspace_id, system_id, [record.person])
        if isinstance(known, Unrecognised):
            return Taken(fate=Fate.PARKED, reason=known.reason)
        contact_id, remark = known.contact_id, known.remark
    teller = Teller(
        ledger=ledger, workspace_id=workspace_id, system_id=system_id, is_quiet=is_quiet
    )
    told = mirror.lay(teller, contact_id, record)
    if told is None:
        return Taken(fate=Fate.UNCHANGED)
    return Taken(fate=Fate.TOLD if told else Fate.KEPT, told=", ".join(told), reason=remark)
