"""The daily scoring: who may leave, counted in bulk, and told only where it changed (CH5).

Behind the daily check, contacts are gone through page by page, each page a fact of its own.
A contact who came to be at risk, or is so no longer, gets a fact in their own lane, where flows
of that segment start.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from baton.core import churn, churn_model
from baton.core.churn import Churn, Habits, Point, Rules, Sign
from baton.core.churn_model import Model
from baton.core.policy import Policy
from baton.runtime.ports import Arrival
from baton.services import arrivals
from baton.services.facts import ChurnScored, ScoringDue
from baton.services.ledger import Ledger
from baton.services.workspace import churn_models, churn_signs
from baton.services.workspace.churn_signs import KeptSign, days_since
from baton.store import sql
from baton.store.models import ChurnScore
from baton.store.queries import churn as kept
from baton.store.queries.churn import Booked, Came, Days
from baton.store.rows import ChurnRow

PAGE = 2_000
LANE = "churn"
_LAST = "~"  # behind every id
_NOTHING = Booked(missed=0, is_expected=False, worth_minor=0)
_MONTHS = 12
_TOLD = (Sign.PAYMENT, Sign.IDLE)  # by other systems, each with its moment


def begin(ledger: Ledger, workspace_id: str, at: datetime) -> None:
    """Have everybody of a workspace scored; `at` names the day, so that it happens once."""
    ledger.house.engine.inbox.append([_page_due(ledger, workspace_id, ScoringDue(at=at))])


def score_page(ledger: Ledger, workspace_id: str, policy: Policy, fact: ScoringDue) -> None:
    """Score the next page of contacts, tell what changed, and go on behind it."""
    told, following = score(ledger, workspace_id, policy, fact)
    if following:
        told.append(_page_due(ledger, workspace_id, following))
    if told:
        ledger.house.engine.inbox.append(told)


def score(
    ledger: Ledger, workspace_id: str, policy: Policy, fact: ScoringDue
) -> tuple[list[Arrival], ScoringDue | None]:
    """Write the scores of the next page; return whom to tell, and the page behind it, if any."""
    days = days_before(ledger.now)
    worth_from = fact.worth_from
    if worth_from is None:
        worth_from = _worth_from(workspace_id, days, policy)
    contacts = kept.list_contacts(workspace_id, after=fact.after, limit=PAGE)
    is_last = len(contacts) < PAGE
    until = _LAST if is_last else contacts[-1]
    judge = Judge(rules=churn.rules_of(policy), model=churn_models.in_use(workspace_id))
    page = _Page(workspace_id, days, fact.after, until, judge, worth_from)
    told = _told(ledger, workspace_id, fact.at, _score(page))
    following = ScoringDue(at=fact.at, after=until, worth_from=worth_from)
    return told, None if is_last else following


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """What a score goes by: the rules, and what was learned where that is in use."""

    rules: Rules
    model: Model | None = None

    def score(self, habits: Habits) -> Churn:
        """Return how likely somebody is to leave."""
        if self.model is None:
            return churn.score(habits, self.rules)
        return churn_model.score(habits, self.rules, self.model)


class _Page:
    """A stretch of contacts, behind one id and up to another, with all that is known of them."""

    def __init__(  # noqa: PLR0913, PLR0917 - one call, above
        self,
        workspace_id: str,
        days: Days,
        after: str,
        until: str,
        judge: Judge,
        worth_from: int,
    ) -> None:
        self._workspace_id, self._days, self._judge = workspace_id, days, judge
        self._worth_from = worth_from
        self._came = kept.came_between(workspace_id, days, after, until)
        self._booked = kept.booked_between(workspace_id, days, after, until)
        self._members = kept.members_between(workspace_id, after, until)
        self._signs = kept.signs_between(workspace_id, after, until)
        self._unread = kept.unread_between(workspace_id, days, after, until)
        self.before = kept.scores_between(workspace_id, after, until)

    def rows(self) -> list[ChurnRow]:
        """Return the scores of all who came within the year, as they are now."""
        return [self._row_of(contact_id, came) for contact_id, came in self._came.items()]

    def _row_of(self, contact_id: str, came: Came) -> ChurnRow:
        now = self._days.now
        booked = self._booked.get(contact_id, _NOTHING)
        scored = self._judge.score(self._habits_of(contact_id, came, booked))
        was = self.before.get(contact_id)
        worth = booked.worth_minor + _MONTHS * self._members.get(contact_id, 0)
        return ChurnRow(
            id=contact_id,
            workspace_id=self._workspace_id,
            points=scored.points,
            signs=self._written(contact_id, came, scored),
            is_at_risk=scored.is_at_risk,
            is_high_value=0 < self._worth_from <= worth,
            value_minor=worth,
            since=was.since if was and was.is_at_risk == scored.is_at_risk else now,
            scored_at=now,
        )

    def _habits_of(self, contact_id: str, came: Came, booked: Booked) -> Habits:
        return Habits(
            visits=came.visits,
            since_first=days_since(came.first, self._days.now),
            since_last=days_since(came.last, self._days.now),
            recent=came.recent,
            before=came.before,
            missed=booked.missed,
            is_expected=booked.is_expected,
            since_payment=self._since_sign(contact_id, Sign.PAYMENT),
            since_app=self._since_sign(contact_id, Sign.IDLE),
            unread=self._unread.get(contact_id, 0),
        )

    def _since_sign(self, contact_id: str, sign: Sign) -> int | None:
        at = self._signs.get((contact_id, sign)) if self._signs else None
        return None if at is None else days_since(at, self._days.now)

    def _written(self, contact_id: str, came: Came, scored: Churn) -> str:
        return churn_signs.written([self._kept(contact_id, came, one) for one in scored.signs])

    def _kept(self, contact_id: str, came: Came, one: Point) -> KeptSign:
        seen: int | datetime = one.seen
        if one.sign is Sign.AWAY:
            seen = came.last
        elif one.sign in _TOLD:
            seen = self._signs[contact_id, one.sign]
        return KeptSign(one.sign, one.points, seen, one.against)


def _score(page: _Page) -> list[ChurnRow]:
    """Write the scores of a page; return those whose standing changed."""
    now = page.rows()
    here = {row.id for row in now}
    gone = [row for row in page.before.values() if row.id not in here]
    # In whom nothing is seen has no row.
    empty = [row for row in now if not row.points and not row.is_high_value]
    left_out = {row.id for row in empty}
    sql.upsert([row for row in now if row.id not in left_out and _is_news(page, row)])
    cleared = [row.id for row in (*gone, *empty) if row.id in page.before]
    if cleared:
        ChurnScore.objects.filter(id__in=cleared).delete()
    return [row for row in now if _standing(page.before.get(row.id)) != _standing(row)] + [
        replace(row, points=0, signs="[]", is_at_risk=False, is_high_value=False)
        for row in gone
        if _standing(row) != _standing(None)
    ]


def _is_news(page: _Page, row: ChurnRow) -> bool:
    was = page.before.get(row.id)
    return was is None or replace(was, scored_at=row.scored_at) != row


def _standing(row: ChurnRow | None) -> tuple[bool, bool]:
    return (row.is_at_risk, row.is_high_value) if row else (False, False)


def _told(
    ledger: Ledger, workspace_id: str, at: datetime, changed: Sequence[ChurnRow]
) -> list[Arrival]:
    lanes = kept.lanes_of([row.id for row in changed])
    return [
        arrivals.arrival_of(
            ChurnScored(
                points=row.points,
                is_at_risk=row.is_at_risk,
                is_high_value=row.is_high_value,
                signs=tuple(one.sign.value for one in churn_signs.read(row.signs)),
            ),
            ledger.house.keyset,
            workspace_id=workspace_id,
            lane=lanes[row.id],
            dedupe_key=f"churn:{at.isoformat()}:{row.id}",
            received_at=ledger.now,
        )
        for row in changed
        if row.id in lanes
    ]


def _worth_from(workspace_id: str, days: Days, policy: Policy) -> int:
    if policy.high_value_minor:
        return policy.high_value_minor
    return churn.worth_from(kept.worths(workspace_id, days), policy.high_value_share)


def days_before(now: datetime) -> Days:
    """Return the moments between which the visits before another one are counted."""
    recent = now - timedelta(days=churn.RECENT_DAYS)
    return Days(
        now=now,
        recent=recent,
        before=recent - timedelta(days=churn.BEFORE_DAYS),
        year=now - timedelta(days=churn.YEAR_DAYS),
        quiet=now - timedelta(days=churn.QUIET_DAYS),
    )


def _page_due(ledger: Ledger, workspace_id: str, fact: ScoringDue) -> Arrival:
    return arrivals.arrival_of(
        fact,
        ledger.house.keyset,
        workspace_id=workspace_id,
        lane=LANE,
        dedupe_key=f"scoring:{fact.at.isoformat()}:{fact.after}",
        received_at=ledger.now,
    )
