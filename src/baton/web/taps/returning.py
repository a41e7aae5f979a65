"""Sending something back: the form of an order, and the label of a return."""

from datetime import UTC

from django.http import QueryDict

from baton.core.errors import Conflict, InvalidInput
from baton.core.json import Json
from baton.core.return_states import State
from baton.core.returns import Reason
from baton.services.delivery import attachments
from baton.services.delivery.attachments import Upload
from baton.services.returns import claims, intake, labels, photos, rules, taking
from baton.services.returns.intake import Sent
from baton.services.workspace.one_tap import Tap
from baton.store.models import Order, OrderLine, Return
from baton.web.taps.sheet import Button, Caller, Choice, Count, Pick, Sheet, Way
from baton.web.taps.words import say

AS_PDF = "pdf"
_MOST_SHOWN = 5
_LINE = "line-"


class ReturnPage:
    """The form of an order: what comes back, why, and photos of it; then how it stands."""

    def find_contact(self, tap: Tap) -> str | None:
        """Return whose order it is."""
        found = Order.objects.filter(workspace_id=tap.workspace_id, id=tap.subject)
        return found.values_list("contact_id", flat=True).first()

    def show(self, caller: Caller) -> Sheet:
        """Return the form for what may still come back, and what is on its way."""
        order = _order_of(caller)
        ways, rows = _asked_before(caller, order)
        title = _say(caller, "return_title", order=order.number)
        left = claims.left_of(order)
        lines = [one for one in _lines_of(order) if left.get(one.id)]
        if not lines:
            told = "return_taken" if _waits(order) else "return_all"
            return Sheet(title=title, good=_say(caller, told), rows=rows, ways=ways)
        needed = rules.current(order.workspace_id).policy.photos
        return Sheet(
            title=title,
            rows=rows,
            counts_legend=_say(caller, "return_what"),
            counts=tuple(
                Count(
                    name=f"{_LINE}{one.id}",
                    label=one.title,
                    most=left[one.id],
                    about=_say(caller, "sum", amount=one.price_minor),
                )
                for one in lines
            ),
            pick=Pick(
                name="reason",
                legend=_say(caller, "return_why"),
                choices=tuple(
                    Choice(value=reason.value, label=_say(caller, f"return_{reason.value}"))
                    for reason in Reason
                ),
            ),
            upload=_say(caller, "return_photos", count=max(needed, 1)),
            comment=_say(caller, "return_words"),
            buttons=(_button("return", _say(caller, "return_do")),),
            ways=ways,
        )

    def act(self, caller: Caller, posted: QueryDict) -> str:
        """Take the wish in and decide it."""
        order = _order_of(caller)
        counts = {
            one.id: int(value)
            for one in _lines_of(order)
            if (value := posted.get(f"{_LINE}{one.id}", "")).isascii() and value.isdecimal()
        }
        given = posted.get("reason", "")
        sent = Sent(
            order_id=order.id,
            items={line: count for line, count in counts.items() if count},
            reason=Reason(given) if given in tuple(Reason) else Reason.OTHER,
            words=posted.get("words", ""),
            photos=_uploads_of(caller),
        )
        try:
            intake.take(caller.house, caller.front.contact_id, sent)
        except InvalidInput as refusal:
            known = {"items": "return_choose", "photos": "return_bad_photo"}
            name = known.get(next(iter(refusal.fields)), "missed")
            raise Conflict(_say(caller, name)) from refusal
        return ""


class LabelPage:
    """A return's prepaid label: what to do with it, and the file to print."""

    def find_contact(self, tap: Tap) -> str | None:
        """Return whose return it is."""
        found = Return.objects.filter(workspace_id=tap.workspace_id, id=tap.subject)
        return found.values_list("contact_id", flat=True).first()

    def show(self, caller: Caller) -> Sheet:
        """Return what to do, or that there is no label any more."""
        row = taking.get(caller.tap.workspace_id, caller.tap.subject)
        title = _say(caller, "label_title", number=row.number)
        if not row.label:
            return Sheet(title=title, lines=(_say(caller, "label_gone"),))
        return Sheet(
            title=title,
            good=_say(caller, "return_labelled"),
            rows=_money_of(caller, row),
            lines=(_say(caller, "label_how"),),
            ways=(Way(label=_say(caller, "label_get"), url=f"?{AS_PDF}"),),
        )

    def act(self, caller: Caller, posted: QueryDict) -> str:
        """Do nothing: the label is only looked at."""
        del caller, posted
        return ""


def pdf_of(caller: Caller) -> bytes:
    """Return the label as a file; raises NotFound where there is none."""
    return labels.pdf_of(labels.label_of(caller.tap.workspace_id, caller.tap.subject))


def _asked_before(
    caller: Caller, order: Order
) -> tuple[tuple[Way, ...], tuple[tuple[str, str], ...]]:
    """Return the labels of an order's returns, and how each stands."""
    known = Return.objects.filter(order_id=order.id).exclude(state=State.WITHDRAWN)
    newest = list(known.order_by("-id")[:_MOST_SHOWN])
    ways = tuple(
        Way(
            label=_say(caller, "return_label", number=row.number),
            url=taking.label_url(caller.house, row),
        )
        for row in newest
        if row.label
    )
    rows = tuple(
        (_say(caller, "return_number", number=row.number), _say(caller, f"return_{row.state}"))
        for row in newest
    )
    return ways, rows


def _waits(order: Order) -> bool:
    """Whether a person still has to say that a return of an order may come at all."""
    undecided = (State.ASKED, State.SPECIALIST)
    return Return.objects.filter(order_id=order.id, state__in=undecided).exists()


def _money_of(caller: Caller, row: Return) -> tuple[tuple[str, str], ...]:
    amount = _say(caller, "sum", amount=row.refund_minor)
    asked = row.asked_at.astimezone(UTC).isoformat()
    return (
        (_say(caller, "return_asked_on"), _say(caller, "day", at=asked)),
        (_say(caller, "return_refund"), amount),
    )


def _order_of(caller: Caller) -> Order:
    return Order.objects.get(workspace_id=caller.tap.workspace_id, id=caller.tap.subject)


def _lines_of(order: Order) -> list[OrderLine]:
    return list(OrderLine.objects.filter(order_id=order.id).order_by("id"))


def _uploads_of(caller: Caller) -> tuple[Upload, ...]:
    """Return the pictures that came; one too large is not read, and refused as it is."""
    most = attachments.policy_of(caller.house, caller.tap.workspace_id).attachment_bytes
    if any((one.size or 0) > most for one in caller.files):
        raise Conflict(_say(caller, "return_bad_photo"))
    return tuple(
        Upload(content=one.read(), name=one.name or "") for one in caller.files[: photos.MOST]
    )


def _say(caller: Caller, name: str, **facts: Json) -> str:
    return say(caller.front.manner, name, **facts)


def _button(value: str, label: str) -> Button:
    return Button(name="do", value=value, label=label, is_main=True)
