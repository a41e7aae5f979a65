"""The pages on which a contact says that they come, or that they do not."""

from django.http import QueryDict

from baton.core import bookings
from baton.core.bookings import State
from baton.core.deeds import Deed
from baton.core.errors import Conflict
from baton.services.billing import deposits
from baton.services.bookings import places
from baton.services.systems import laid_deeds
from baton.services.workspace.one_tap import Errand, Tap
from baton.web.taps import elsewhere
from baton.web.taps.booked import Booked, booked_of, contact_of, refused, ways_from
from baton.web.taps.sheet import Button, Caller, Sheet

_ELSE = (Errand.MOVE, Errand.CALENDAR, Errand.CANCEL)


class ConfirmPage:
    """Will they come? A held place is taken here as well."""

    def find_contact(self, tap: Tap) -> str | None:
        """Return whose booking it is."""
        return contact_of(tap)

    def show(self, caller: Caller) -> Sheet:
        """Return the one question, or how it stands."""
        booked = booked_of(caller)
        if booked.state is State.BOOKED and booked.is_ahead:
            return Sheet(
                title=booked.say("confirm_title"),
                rows=booked.rows,
                buttons=(_button("confirm", booked.say("confirm_do")),),
                ways=ways_from(caller, booked, *_ELSE),
            )
        is_ours = not booked.row.system_id
        if is_ours and booked.state is State.HELD and booked.row.starts_at > booked.now:
            return _held(caller, booked)
        return _as_it_stands(caller, booked)

    def act(self, caller: Caller, posted: QueryDict) -> str:
        """Note that they come, or that a held place is theirs."""
        del posted
        booked = booked_of(caller)
        if booked.state in bookings.STANDING and not booked.is_ahead:
            raise Conflict(booked.standing)
        deed = places.take if booked.state is State.HELD else places.confirm
        try:
            if booked.row.system_id:
                laid_deeds.confirm(caller.house, booked.row, actor=caller.actor)
                return ""
            deed(caller.house, booked.row.workspace_id, booked.row.id, actor=caller.actor)
        except Conflict as refusal:
            raise refused(booked, refusal) from refusal
        return ""


class CancelPage:
    """They cannot come: the rule stands before the tap."""

    def find_contact(self, tap: Tap) -> str | None:
        """Return whose booking it is."""
        return contact_of(tap)

    def show(self, caller: Caller) -> Sheet:
        """Return the rule and the button, or how it stands."""
        booked = booked_of(caller)
        title = booked.activity.name
        if booked.state is State.CANCELLED:
            may_return = booked.row.starts_at > booked.now and not booked.row.system_id
            back = (_button("restore", booked.say("restore_do")),) if may_return else ()
            return Sheet(
                title=title,
                good=booked.standing,
                rows=booked.rows,
                buttons=back,
                ways=ways_from(caller, booked, Errand.AGAIN),
            )
        is_theirs = booked.is_ahead or booked.state in (State.HELD, State.WAITING)
        is_open = not booked.row.system_id or Deed.CANCEL in booked.deeds
        if not is_theirs or not is_open:
            return _as_it_stands(caller, booked)
        if booked.activity.needs_staff_confirmation:
            return Sheet(title=title, rows=booked.rows, lines=(booked.say("by_people"),))
        if booked.row.system_id:
            return elsewhere.to_cancel(caller, booked)
        return Sheet(
            title=booked.say("cancel_title"),
            rows=booked.rows,
            rule=_rule(booked),
            buttons=(_button("cancel", booked.say("cancel_do")),),
            ways=ways_from(caller, booked, Errand.MOVE) if booked.is_ahead else (),
        )

    def act(self, caller: Caller, posted: QueryDict) -> str:
        """Cancel it, or bring back what was cancelled by mistake."""
        booked = booked_of(caller)
        if booked.row.system_id:
            elsewhere.cancel(caller, booked)
            return ""
        deed = places.restore if posted.get("do") == "restore" else places.cancel
        is_over = booked.state in (State.ATTENDED, State.NO_SHOW)
        if is_over or (booked.state in bookings.STANDING and not booked.is_ahead):
            raise Conflict(booked.say("over"))
        try:
            deed(caller.house, booked.row.workspace_id, booked.row.id, actor=caller.actor)
        except Conflict as refusal:
            raise refused(booked, refusal) from refusal
        return ""


def _rule(booked: Booked) -> str:
    until = booked.free_until
    is_late = bookings.is_late(booked.now, booked.row.starts_at, booked.row.starts_at - until)
    rule = booked.say("cancel_late" if is_late else "cancel_free", until=until.isoformat())
    if booked.row.deposit_paid_at and booked.row.deposit_minor:
        return f"{rule} {booked.say('cancel_deposit', amount=booked.row.deposit_minor)}"
    return rule


def _held(caller: Caller, booked: Booked) -> Sheet:
    row = booked.row
    until = (row.held_until or row.starts_at).isoformat()
    lines = (booked.say("take_until", until=until),)
    if deposits.is_owed(row):
        return Sheet(
            title=booked.activity.name,
            rows=booked.rows,
            lines=(*lines, booked.say("deposit_first", amount=row.deposit_minor)),
            ways=ways_from(caller, booked, Errand.DEPOSIT, Errand.CANCEL),
        )
    return Sheet(
        title=booked.say("confirm_title"),
        rows=booked.rows,
        lines=lines,
        buttons=(_button("take", booked.say("take_do")),),
        ways=ways_from(caller, booked, Errand.CANCEL),
    )


def _as_it_stands(caller: Caller, booked: Booked) -> Sheet:
    errands = _ELSE if booked.is_ahead else (Errand.AGAIN,)
    return Sheet(
        title=booked.activity.name,
        good=booked.standing,
        rows=booked.rows,
        lines=booked.words,
        ways=ways_from(caller, booked, *errands),
    )


def _button(value: str, label: str) -> Button:
    return Button(name="do", value=value, label=label, is_main=value != "restore")
