"""The pages around a booking: its deposit, how it was, and a membership's renewal."""

from datetime import UTC, datetime, time, timedelta

from django.http import QueryDict

from baton.core.billing import Cause
from baton.core.bookings import State
from baton.core.errors import Conflict, InvalidInput
from baton.services.billing import deposits, invoices
from baton.services.billing.invoices import Draft
from baton.services.bookings import ratings
from baton.services.house import House
from baton.services.workspace import one_tap
from baton.services.workspace.one_tap import Errand, Tap
from baton.store.models import Membership
from baton.web.taps.booked import booked_of, contact_of, ways_from
from baton.web.taps.sheet import Button, Caller, Choice, Pick, Sheet
from baton.web.taps.words import say

_TO_PAY = (State.HELD, State.BOOKED, State.CONFIRMED)


class DepositPage:
    """The deposit of a booking; the tap writes its invoice, and leads to that page."""

    def find_contact(self, tap: Tap) -> str | None:
        """Return whose booking it is."""
        return contact_of(tap)

    def show(self, caller: Caller) -> Sheet:
        """Return what is to be paid, or how it stands."""
        booked = booked_of(caller)
        row, title = booked.row, booked.say("deposit_title")
        if not deposits.is_owed(row) or booked.state not in _TO_PAY:
            is_paid = bool(row.deposit_minor) and row.deposit_paid_at is not None
            good = booked.say("deposit_paid") if is_paid else booked.standing
            ways = ways_from(caller, booked, Errand.CALENDAR) if booked.is_ahead else ()
            return Sheet(title=title, good=good, rows=booked.rows, ways=ways)
        amount = booked.say("sum", amount=row.deposit_minor)
        until = row.held_until
        lines = (booked.say("take_until", until=until.isoformat()),) if until else ()
        return Sheet(
            title=title,
            rows=(*booked.rows, (booked.say("amount"), amount)),
            lines=lines,
            buttons=(_button("pay", booked.say("deposit_pay")),),
        )

    def act(self, caller: Caller, posted: QueryDict) -> str:
        """Write the invoice, and lead to the page on which it is paid."""
        del posted
        booked = booked_of(caller)
        if not deposits.is_owed(booked.row) or booked.state not in _TO_PAY:
            return ""
        memo = booked.say("deposit_memo", what=booked.activity.name)
        found = deposits.ask(caller.house, booked.row, memo=memo, made_by=caller.actor)
        return _pay_page(caller.house, booked.row.workspace_id, found)


class RatePage:
    """One question: how it was."""

    def find_contact(self, tap: Tap) -> str | None:
        """Return whose booking it was."""
        return contact_of(tap)

    def show(self, caller: Caller) -> Sheet:
        """Return the question, or the answer that stands."""
        booked = booked_of(caller)
        row = booked.row
        if row.rating is not None:
            thanks = booked.say("rate_thanks", rating=row.rating)
            ways = ways_from(caller, booked, Errand.AGAIN)
            return Sheet(title=booked.activity.name, good=thanks, ways=ways)
        if not ratings.may_rate(row, booked.now) or row.system_id:
            lines = (booked.say("rate_early"),)
            return Sheet(title=booked.activity.name, rows=booked.rows, lines=lines)
        scale = tuple(Choice(value=str(n), label=str(n)) for n in ratings.SCALE)
        return Sheet(
            title=booked.say("rate_title"),
            rows=booked.rows[:2],
            pick=Pick(name="rating", legend=booked.say("rate_pick"), choices=scale, is_scale=True),
            comment=booked.say("rate_words"),
            buttons=(_button("rate", booked.say("rate_do")),),
        )

    def act(self, caller: Caller, posted: QueryDict) -> str:
        """Keep the answer; the first one stands."""
        booked, given = booked_of(caller), posted.get("rating", "")
        rating = int(given) if given in {str(n) for n in ratings.SCALE} else 0
        try:
            ratings.rate(
                caller.house,
                booked.row.workspace_id,
                booked.row.id,
                rating,
                posted.get("words", ""),
                actor=caller.actor,
            )
        except (Conflict, InvalidInput) as refusal:
            raise Conflict(booked.say("missed")) from refusal
        return ""


class RenewPage:
    """A membership that ends: the tap writes the invoice of its renewal."""

    def find_contact(self, tap: Tap) -> str | None:
        """Return whose membership it is."""
        found = Membership.objects.filter(workspace_id=tap.workspace_id, id=tap.subject)
        return found.values_list("contact_id", flat=True).first()

    def show(self, caller: Caller) -> Sheet:
        """Return what ends when, and what it costs to go on."""
        row, manner = _membership_of(caller), caller.front.manner
        ends = ((say(manner, "renew_ends"), _day(caller, row)),) if row.ends_on else ()
        rows = ((say(manner, "renew_plan"), row.plan), *ends)
        title = say(manner, "renew_title")
        if not row.price_minor or row.system_id:
            return Sheet(title=title, rows=rows, lines=(say(manner, "renew_talk"),))
        label = say(manner, "renew_do", amount=row.price_minor)
        return Sheet(title=title, rows=rows, buttons=(_button("renew", label),))

    def act(self, caller: Caller, posted: QueryDict) -> str:
        """Write the invoice of the renewal, and lead to the page on which it is paid."""
        del posted
        row, now = _membership_of(caller), caller.house.clock.now()
        if not row.price_minor or row.system_id:
            return ""
        draft = Draft(
            contact_id=row.contact_id,
            amount_minor=row.price_minor,
            due_at=_end_of(row) or now + timedelta(days=14),
            memo=say(caller.front.manner, "renew_memo", plan=row.plan),
            cause=Cause.MEMBERSHIP,
            cause_id=row.id,
            is_sent=False,
        )
        with invoices.written(caller.house, row.workspace_id) as ledger:
            found = invoices.issue(ledger, row.workspace_id, draft, made_by=caller.actor)
        return _pay_page(caller.house, row.workspace_id, found)


def _membership_of(caller: Caller) -> Membership:
    return Membership.objects.get(workspace_id=caller.tap.workspace_id, id=caller.tap.subject)


def _end_of(row: Membership) -> datetime | None:
    return datetime.combine(row.ends_on, time(12), tzinfo=UTC) if row.ends_on else None


def _day(caller: Caller, row: Membership) -> str:
    ends = _end_of(row)
    return say(caller.front.manner, "day", at=ends.isoformat()) if ends else ""


def _pay_page(house: House, workspace_id: str, invoice_id: str) -> str:
    url = one_tap.link(house, Errand.PAY, workspace_id, invoice_id)
    return url.removeprefix(house.base_url)


def _button(value: str, label: str) -> Button:
    return Button(name="do", value=value, label=label, is_main=True)
