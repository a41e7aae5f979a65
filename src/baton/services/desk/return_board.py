"""Returns as people read them: what waits, one with all its reasons, and how the rules do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Count, Q, QuerySet

from baton.core.return_states import MAY_BE_PAID, State
from baton.core.roles import Action
from baton.services import inbox, sight
from baton.services.desk import guarding, return_desk
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.orders import keeping
from baton.services.people import contact_list
from baton.services.returns import claims, rules, taking
from baton.services.returns.rules import Written
from baton.services.systems import refunding
from baton.store.models import (
    Approval,
    AuditEntry,
    Contact,
    Order,
    Return,
    ReturnItem,
    ReturnPhoto,
    User,
)

PAGE_SIZE = 50
_MOST_FOUND = 500
_LOOKED_BACK = timedelta(days=28)  # the four weeks of a launch (RT15)
PAY_WITHIN = timedelta(hours=24)
"""Within which what was accepted is paid back (RT12, X3)."""
_LEAST = 20  # of fewer decisions a share says nothing


class Wanted(StrEnum):
    """Which returns a list shows."""

    TO_DECIDE = "to_decide"
    TO_PAY = "to_pay"
    TO_CHECK = "to_check"
    FLAGGED = "flagged"
    REFUSED = "refused"
    ENDED = "ended"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLine:
    """A return of a list; `pay_by` is when its money is due, None where none is."""

    row: Return
    who: str
    order: str

    @property
    def pay_by(self) -> datetime | None:
        """When the money of an accepted return is to be back at the latest."""
        owes = self.row.state in MAY_BE_PAID and self.row.refund_minor > 0
        return self.row.decided_at + PAY_WITHIN if owes and self.row.decided_at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How the rules do: of the last four weeks' decisions, those without a person (RT11, RT15)."""

    decided: int
    by_rules: int
    checked: int
    wrong: int
    warn_share: float

    @property
    def part(self) -> float:
        """The share of decided returns that the rules accepted, 0 to 1."""
        return self.by_rules / self.decided if self.decided else 0.0

    @property
    def is_too_high(self) -> bool:
        """Whether the rules wave through more than the policy warns of."""
        return self.decided >= _LEAST and self.part > self.warn_share


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPage:
    """A page of the list, with the counts of what waits."""

    lines: tuple[ReturnLine, ...]
    has_more: bool
    counts: dict[str, int]
    share: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnSheet:
    """One return with everything that a specialist needs, and what may be done now.

    `shop` is the connected one that pays it back by one click, "" where none does.
    """

    line: ReturnLine
    items: tuple[ReturnItem, ...]
    photos: tuple[ReturnPhoto, ...]
    words: str
    findings: tuple[dict[str, object], ...]
    label_url: str
    refund: Approval | None
    deeds: tuple[tuple[datetime, str, str], ...]
    most_minor: int
    is_ours: bool
    shop: str
    may_decide: bool
    may_pay: bool
    may_check: bool


def list_returns(
    house: House, user: User, *, wanted: Wanted, words: str = "", page: int = 1
) -> ReturnPage:
    """Return a page of returns: what waits longest first, what is over newest first."""
    inbox.require(user, Action.READ_INBOX)
    mine = sight.met_by(user, Return.objects.filter(workspace_id=user.workspace_id))
    found = _searched(house, user, mine.filter(_IS[wanted]), words)
    waits = wanted in (Wanted.TO_DECIDE, Wanted.TO_PAY, Wanted.TO_CHECK)
    begin = (page - 1) * PAGE_SIZE
    rows = list(
        found.order_by("asked_at" if waits else "-asked_at", "id")[begin : begin + PAGE_SIZE + 1]
    )
    return ReturnPage(
        lines=_lines(house, rows[:PAGE_SIZE]),
        has_more=len(rows) > PAGE_SIZE,
        counts=_counts(mine),
        share=share_of(house, user.workspace_id),
    )


def get_sheet(house: House, user: User, return_id: str) -> ReturnSheet:
    """Return one return; raises NotFound."""
    inbox.require(user, Action.READ_INBOX)
    row = taking.get(user.workspace_id, return_id)
    guarding.refuse_elsewhere(user, row.contact_id)
    state = State(row.state)
    paying = return_desk.refund_of(row)
    deeds = AuditEntry.objects.filter(workspace_id=row.workspace_id)
    subjects = [f"return:{row.id}", *([f"approval:{paying.id}"] if paying else [])]
    noted = list(deeds.filter(subject__in=subjects).order_by("seq"))
    names = _names(one.actor for one in noted)
    return ReturnSheet(
        line=_lines(house, [row])[0],
        items=tuple(ReturnItem.objects.filter(return_id=row.id).order_by("id")),
        photos=tuple(ReturnPhoto.objects.filter(return_id=row.id).order_by("id")),
        words=taking.words_of(house, row),
        findings=tuple(sorted(row.findings, key=lambda one: bool(one["is_met"]))),
        label_url=taking.label_url(house, row) if row.label else "",
        refund=paying,
        deeds=tuple((one.at, one.action, names[one.actor]) for one in noted),
        most_minor=claims.bought_of(Order.objects.get(id=row.order_id)).left_minor,
        is_ours=return_desk.is_ours(row),
        shop=refunding.shop_of(house, row.id),
        may_decide=state is State.SPECIALIST,
        may_pay=state in MAY_BE_PAID and (paying is None or paying.state != "being_done"),
        may_check=row.is_sampled and not row.audit,
    )


def open_photo(house: House, user: User, return_id: str, photo_id: str) -> ReturnPhoto | None:
    """Return a photo of a return, for whoever may open transcripts; note that they did."""
    inbox.require(user, Action.READ_TRANSCRIPT)
    guarding.refuse_elsewhere(user, taking.get(user.workspace_id, return_id).contact_id)
    mine = ReturnPhoto.objects.filter(workspace_id=user.workspace_id, return_id=return_id)
    found = mine.filter(id=photo_id).first()
    if found is not None:
        with house.engine.transaction():
            ledger = Ledger(house, house.clock.now())
            ledger.audit(
                user.workspace_id,
                f"user:{user.id}",
                "attachment_opened",
                f"attachment:{found.attachment_id}",
                **{"return": return_id},
            )
            ledger.flush()
    return found


def share_of(house: House, workspace_id: str) -> Share:
    """Return how the rules did in the last four weeks."""
    since = house.clock.now() - _LOOKED_BACK
    decided = Return.objects.filter(workspace_id=workspace_id, decided_at__gte=since)
    accepted = Q(outcome="approved") & Q(decided_by=taking.BY_RULES)
    counted = decided.exclude(state=State.WITHDRAWN).aggregate(
        decided=Count("id"),
        by_rules=Count("id", filter=accepted),
        checked=Count("id", filter=~Q(audit="")),
        wrong=Count("id", filter=Q(audit="wrong")),
    )
    return Share(**counted, warn_share=rules.current(workspace_id).policy.warn_share)


_IS = {
    Wanted.TO_DECIDE: Q(state__in=[State.SPECIALIST, State.ASKED]),
    Wanted.TO_PAY: Q(state__in=list(MAY_BE_PAID)),
    Wanted.TO_CHECK: Q(is_sampled=True, audit=""),
    Wanted.FLAGGED: ~Q(flags=""),
    Wanted.REFUSED: Q(state=State.REFUSED),
    Wanted.ENDED: Q(state__in=[State.REFUNDED, State.WITHDRAWN]),
    Wanted.ALL: Q(),
}


def _counts(mine: "QuerySet[Return]") -> dict[str, int]:
    waiting = (Wanted.TO_DECIDE, Wanted.TO_PAY, Wanted.TO_CHECK)
    return mine.aggregate(**{one.value: Count("id", filter=_IS[one]) for one in waiting})


def _searched(
    house: House, user: User, found: "QuerySet[Return]", words: str
) -> "QuerySet[Return]":
    words = words.strip()
    if not words:
        return found
    plain = keeping.plain(words)
    orders = Order.objects.filter(workspace_id=user.workspace_id, plain_number=plain)
    numbered = found.filter(
        Q(number=plain) | Q(label=words.upper()) | Q(order_id__in=orders.values("id"))
    )
    if plain and numbered.exists():
        return numbered
    known = contact_list.list_page(house, user, words=words)
    return found.filter(contact_id__in=[line.row.id for line in known.lines][:_MOST_FOUND])


def _lines(house: House, rows: list[Return]) -> tuple[ReturnLine, ...]:
    people = Contact.objects.in_bulk([row.contact_id for row in rows])
    numbers = dict(
        Order.objects.filter(id__in=[row.order_id for row in rows]).values_list("id", "number")
    )
    return tuple(
        ReturnLine(
            row=row,
            who=inbox.name_of(house, row.contact_id, bytes(people[row.contact_id].name_sealed)),
            order=numbers.get(row.order_id, ""),
        )
        for row in rows
    )


def _names(actors: Iterable[str]) -> dict[str, str]:
    every = set(actors)
    ids = {one.removeprefix("user:") for one in every if one.startswith("user:")}
    known = {f"user:{user.id}": user.name for user in User.objects.filter(id__in=ids)}
    kinds = {"contact": "the contact", "flow": "a flow", "rules": "the rules", "bot": "a flow"}
    return {one: known.get(one) or kinds.get(one.partition(":")[0], "Baton") for one in every}


def list_rules(user: User) -> tuple[tuple[Written, str], ...]:
    """Return the versions of the return rules, newest first, each with who wrote it."""
    found = rules.list_versions(user.workspace_id)
    names = _names(one.by for one in found)
    return tuple((one, names[one.by]) for one in found)
