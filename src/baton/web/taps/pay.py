"""Paying an invoice: on the provider's page, or as the business says."""

from django.http import QueryDict

from baton.core.billing import InvoiceState, Standing
from baton.core.errors import Conflict
from baton.services.billing import invoices
from baton.services.systems import checkouts
from baton.services.workspace.one_tap import Tap
from baton.store.models import Invoice
from baton.web.taps.sheet import Button, Caller, Sheet
from baton.web.taps.words import language_of, say


class PayPage:
    """The page of an invoice."""

    def find_contact(self, tap: Tap) -> str | None:
        """Return who owes it."""
        found = invoices.find(tap.workspace_id, tap.subject)
        return found.contact_id if found else None

    def show(self, caller: Caller) -> Sheet:
        """Return what is owed, or that nothing is."""
        row, manner = _row_of(caller), caller.front.manner
        title = say(manner, "pay_title", number=row.number)
        rows = _rows(caller, row)
        match InvoiceState(row.state):
            case InvoiceState.PAID:
                return Sheet(title=title, good=say(manner, "paid"), rows=rows)
            case InvoiceState.VOID:
                return Sheet(title=title, good=say(manner, "voided"))
            case InvoiceState.OPEN:
                return _to_pay(caller, row, title, rows)

    def act(self, caller: Caller, posted: QueryDict) -> str:
        """Lead to the provider's page; that the money came is told by the provider alone."""
        del posted
        row = _row_of(caller)
        if row.state != InvoiceState.OPEN:
            return ""
        if row.system_id:  # its own system takes the money, and tells that it came
            return row.pay_url
        manner = caller.front.manner
        title = say(manner, "pay_title", number=row.number)
        language = language_of(manner)
        url = checkouts.open_for(caller.house, row, title=title, language=language)
        if url is None:
            raise Conflict(say(manner, "pay_away"))
        return url


def _row_of(caller: Caller) -> Invoice:
    return invoices.get(caller.tap.workspace_id, caller.tap.subject)


def _rows(caller: Caller, row: Invoice) -> tuple[tuple[str, str], ...]:
    manner = caller.front.manner
    memo = invoices.memo_of(caller.house, row)
    return (
        (say(manner, "amount"), say(manner, "sum", amount=row.amount_minor)),
        *(((say(manner, "about"), memo),) if memo else ()),
        (say(manner, "due"), say(manner, "day", at=row.due_at.isoformat())),
    )


def _to_pay(caller: Caller, row: Invoice, title: str, rows: tuple[tuple[str, str], ...]) -> Sheet:
    manner, policy = caller.front.manner, caller.front.standards.policy
    standing = Standing(state=InvoiceState(row.state), due_at=row.due_at)
    is_late = standing.is_overdue(caller.house.clock.now())
    late = (say(manner, "pay_overdue", due=row.due_at.isoformat()),) if is_late else ()
    if row.pay_url if row.system_id else checkouts.is_offered(row.workspace_id):
        label = say(manner, "pay_now", amount=row.amount_minor)
        pay = Button(name="do", value="pay", label=label, is_main=True)
        return Sheet(
            title=title, rows=rows, lines=late, rule=say(manner, "pay_card"), buttons=(pay,)
        )
    otherwise = policy.payment_words or say(manner, "pay_else")
    return Sheet(title=title, rows=rows, lines=(*late, otherwise))
