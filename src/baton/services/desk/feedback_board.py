"""What contacts said of the business, what was done about it, and what that was worth.

One list for each question, since their scales are never mixed (X19). Of the unhappy ones it
tells when a person reached them, what they said when asked again, and what they paid since.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, Count, Min, Q, QuerySet, Sum

from baton.core import feedback, survey
from baton.core.feedback import Recovery, Unhappy
from baton.core.outreach import Outcome
from baton.core.roles import Action, Role, may
from baton.core.survey import Scale
from baton.services import inbox, sight
from baton.services.conversation import ratings
from baton.services.desk import outreach_load
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import Contact, Order, OrderMoney, Payment, SurveyResponse, Task, User

PAGE_SIZE = 50
CALLS = "retention"
"""The queue that calls unhappy people, as in the library's flows."""
WINDOW = timedelta(days=90)
_MOST_JUDGED = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackLine:
    """An answer, or a question without one; `words` only for those who may read transcripts."""

    row: SurveyResponse
    who: str
    words: str
    is_low: bool
    recovery: str
    again: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackPage:
    """A page of answers of one question, with what they come to over 90 days.

    `recovered_minor` is what people who were won back paid since they said so (NP17).
    """

    lines: tuple[FeedbackLine, ...]
    has_more: bool
    asked: int
    answered: int
    mean: float | None
    nps: int | None
    low: int
    recovery: Recovery
    recovered_minor: int
    currency: str
    keeps_up: bool

    @property
    def response_rate(self) -> float | None:
        """The share of questions that were answered, 0 to 1."""
        return self.answered / self.asked if self.asked else None


def list_page(
    house: House, user: User, kind: str, *, only_low: bool = False, page: int = 1
) -> FeedbackPage:
    """Return a page of feedback, newest first; raises Forbidden for a role without reports."""
    inbox.require(user, Action.READ_REPORTS)
    scale, since = survey.SCALES[kind], house.clock.now() - WINDOW
    asked = SurveyResponse.objects.filter(workspace_id=user.workspace_id, kind=kind)
    asked = sight.met_by(user, asked.filter(asked_at__gte=since))
    first = asked.filter(follows_id=None)
    answered = first.exclude(answered_at=None)
    low = answered.filter(rating__lte=scale.low)
    shown = (low if only_low else answered).order_by("-answered_at", "-id")
    begin = (page - 1) * PAGE_SIZE
    rows = list(shown[begin : begin + PAGE_SIZE + 1])
    unhappy = _unhappy(low)
    counted = first.aggregate(asked=Count("id"), mean=Avg("rating"))
    given = list(answered.values_list("rating", flat=True)) if scale is survey.NPS else []
    return FeedbackPage(
        lines=_lines(house, user, rows[:PAGE_SIZE], scale),
        has_more=len(rows) > PAGE_SIZE,
        asked=counted["asked"],
        answered=answered.count(),
        mean=counted["mean"],
        nps=feedback.nps_of([one for one in given if one is not None]),
        low=low.count(),
        recovery=feedback.recovery_of(tuple(unhappy.values())),
        recovered_minor=_worth(unhappy),
        currency=standards_cache(house).standards_of(user.workspace_id).policy.currency,
        keeps_up=feedback.keeps_up(outreach_load.load_of(house, user.workspace_id, CALLS)),
    )


def _unhappy(low: "QuerySet[SurveyResponse]") -> dict[str, Unhappy]:
    """Return what became of each low answer, by its id."""
    rows = list(low.order_by("-answered_at")[:_MOST_JUDGED])
    again = _asked_again(rows)
    reached = _reached(rows)
    found = {}
    for row in rows:
        since = row.answered_at
        later, at = again.get(row.id), reached.get(row.id)
        if since is None:
            continue
        found[row.id] = Unhappy(
            reached_after=at - since if at else None,
            again=later.rating if later else None,
            again_after=later.answered_at - since if later and later.answered_at else None,
        )
    return found


def _asked_again(rows: Sequence[SurveyResponse]) -> dict[str, SurveyResponse]:
    """Return the newest answer that follows up each."""
    ids = [row.id for row in rows]
    later = SurveyResponse.objects.filter(follows_id__in=ids).exclude(answered_at=None)
    return {one.follows_id: one for one in later.order_by("answered_at") if one.follows_id}


def _reached(rows: Iterable[SurveyResponse]) -> dict[str, datetime]:
    """Return when a person first reached the contact of each after they answered."""
    by_contact: dict[str, list[datetime]] = defaultdict(list)
    contacts = {row.contact_id for row in rows}
    done = Task.objects.filter(contact_id__in=contacts, outcome=Outcome.REACHED.value)
    for contact_id, at in done.order_by("done_at").values_list("contact_id", "done_at"):
        if at is not None:
            by_contact[contact_id].append(at)
    return {
        row.id: at
        for row in rows
        if row.answered_at
        and (at := next((m for m in by_contact[row.contact_id] if m >= row.answered_at), None))
    }


def _worth(unhappy: Mapping[str, Unhappy]) -> int:
    """Return what those who were won back paid since they said so, in minor units."""
    won = [one for one, became in unhappy.items() if became.is_won_back]
    later = SurveyResponse.objects.filter(follows_id__in=won).exclude(answered_at=None)
    since = later.values_list("contact_id").annotate(first=Min("answered_at"))
    return sum(_paid(contact_id, at) for contact_id, at in since if at)


def _paid(contact_id: str, since: datetime) -> int:
    """Return what somebody paid since: invoices, and orders less what was given back."""
    billed = Payment.objects.filter(contact_id=contact_id, state="succeeded", at__gte=since)
    orders = Order.objects.filter(contact_id=contact_id).values("id")
    moved = OrderMoney.objects.filter(order_id__in=orders, at__gte=since)
    bought = moved.aggregate(
        paid=Sum("amount_minor", filter=Q(kind="paid"), default=0),
        back=Sum("amount_minor", filter=Q(kind="refunded"), default=0),
    )
    invoiced: int = billed.aggregate(total=Sum("amount_minor", default=0))["total"]
    return invoiced + int(bought["paid"]) - int(bought["back"])


def _lines(
    house: House, user: User, rows: Sequence[SurveyResponse], scale: Scale
) -> tuple[FeedbackLine, ...]:
    people = Contact.objects.in_bulk([row.contact_id for row in rows])
    again, reached = _asked_again(rows), _reached(rows)
    open_tasks = set(
        Task.objects.filter(contact_id__in=people, done_at=None).values_list(
            "contact_id", flat=True
        )
    )
    may_read = may(Role(user.role), Action.READ_TRANSCRIPT)
    lines = []
    for row in rows:
        is_low = row.rating is not None and row.rating <= scale.low
        known, later = people.get(row.contact_id), again.get(row.id)
        state = "reached" if row.id in reached else "open" if row.contact_id in open_tasks else ""
        lines.append(
            FeedbackLine(
                row=row,
                who=inbox.name_of(house, known.id, bytes(known.name_sealed)) if known else "",
                words=_words(house, row) if may_read else "",
                is_low=is_low,
                recovery=state if is_low else "",
                again=later.rating if later else None,
            )
        )
    return tuple(lines)


def _words(house: House, row: SurveyResponse) -> str:
    sealed = bytes(row.words_sealed)
    return house.keyset.unseal(sealed, ratings.place_of_words(row.id)) if sealed else ""
