"""Learning from past days who leaves, and holding it against the rules before it may be used (CH3).

Two days are looked back to, of which the outcome is known: the model is fitted on the earlier one
and tried on the later one, whose outcome it has not seen. It is an effect, outside of any
decision: nobody waits while thousands of contacts are counted anew.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import msgspec

from baton.core import churn, churn_model
from baton.core.churn import Habits, Rules
from baton.core.churn_model import Model
from baton.runtime.ports import Done, Effect, Outcome
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import churn_models
from baton.services.workspace.churn_scoring import LANE, PAGE, days_before
from baton.services.workspace.standards import standards_cache
from baton.store.models import ChurnModel, Contact
from baton.store.queries import churn as kept
from baton.store.queries.churn import Booked, Came

FIT_CHURN = "fit_churn"

_HORIZON = timedelta(days=churn_model.HORIZON_DAYS)
_EVERY = timedelta(days=30)
_DAY = timedelta(days=1)
_MOST_PAGES = 25  # of each day; further pages are passed over evenly
_NOTHING = Booked(missed=0, is_expected=False, worth_minor=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A past day: what contacts had done until then, and who did not come for long after it."""

    habits: Sequence[Habits]
    has_left: Sequence[bool]

    @property
    def is_enough(self) -> bool:
        """Whether it says enough to learn from, or to be judged by."""
        left = sum(self.has_left)
        few = min(left, len(self.has_left) - left) < churn_model.LEAST_OF_EACH
        return len(self.has_left) >= churn_model.LEAST_CONTACTS and not few


def order(ledger: Ledger, workspace_id: str) -> None:
    """Have it learned anew what came of past days."""
    ledger.send(
        Effect(
            id=ledger.next_id(),
            workspace_id=workspace_id,
            lane=LANE,
            kind=FIT_CHURN,
            intent_key=f"fit_churn:{workspace_id}:{ledger.now.isoformat()}",
            body=b"",
            due_at=ledger.now,
            repeatable=True,
        )
    )


def repeat(ledger: Ledger, workspace_id: str) -> None:
    """Have what is in use learned anew every month, so that it is held to account again."""
    row = churn_models.find(workspace_id)
    if row is not None and row.used_at is not None and ledger.now - row.fitted_at >= _EVERY:
        order(ledger, workspace_id)


def history_of(workspace_id: str, now: datetime) -> timedelta:
    """Return for how long visits have been known."""
    first = kept.first_visit(workspace_id)
    return now - first if first else timedelta(0)


def perform(house: House, effect: Effect) -> Outcome:
    """Learn from past days, and keep what came of it."""
    workspace_id, now = effect.workspace_id, house.clock.now()
    found = ChurnModel(id=house.next_id(now), workspace_id=workspace_id, fitted_at=now)
    if history_of(workspace_id, now) >= timedelta(days=churn_model.LEAST_DAYS):
        rules = churn.rules_of(standards_cache(house).standards_of(workspace_id).policy)
        earlier = past_of(workspace_id, now - 2 * _HORIZON)
        later = past_of(workspace_id, now - _HORIZON)
        found.contacts = len(later.has_left)
        if earlier.is_enough and later.is_enough:
            _hold(found, earlier, later, rules)
    churn_models.keep(house, found)
    return Done()


def _hold(found: ChurnModel, earlier: Past, later: Past, rules: Rules) -> None:
    """Fit a model on one day, and hold it against the rules on the later one."""
    model = fit(earlier, rules)
    found.weights = msgspec.json.encode(model).decode()
    found.left = sum(later.has_left) / len(later.has_left)
    found.auc_model = auc_of(later, [_points(one, rules, model) for one in later.habits])
    found.auc_rules = auc_of(later, [churn.score(one, rules).points for one in later.habits])


def fit(past: Past, rules: Rules) -> Model:
    """Return a logistic regression on what is known of a past day.

    At risk are by it as many as by the rules.
    """
    import numpy as np  # noqa: PLC0415 - slow to load, and wanted once a month
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - likewise

    told = np.array([churn_model.features(one) for one in past.habits])
    usual, spread = tuple(map(float, told.mean(axis=0))), tuple(map(float, told.std(axis=0)))
    rows = [churn_model.standard(one, usual, spread) for one in told]
    fitted = LogisticRegression(max_iter=200).fit(rows, past.has_left)
    model = Model(
        intercept=float(fitted.intercept_[0]),
        weights=tuple(map(float, fitted.coef_[0])),
        usual=usual,
        spread=spread,
        at_risk_points=churn.MOST,
    )
    at_risk = sum(churn.score(one, rules).is_at_risk for one in past.habits)
    together = (churn_model.score(one, rules, model) for one in past.habits)
    points = sorted(
        (one.points for one in together if len(one.signs) >= rules.min_signs), reverse=True
    )
    limit = points[min(at_risk, len(points)) - 1] if at_risk and points else rules.at_risk_points
    return msgspec.structs.replace(model, at_risk_points=max(limit, 1))


def auc_of(past: Past, points: Sequence[int]) -> float:
    """Return how well points rank those who left above those who stayed, 0.5 for by chance."""
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415 - slow to load

    return float(roc_auc_score(past.has_left, points))


def past_of(workspace_id: str, day: datetime) -> Past:
    """Return what is known of a past day, of all contacts or evenly of many."""
    habits: list[Habits] = []
    has_left: list[bool] = []
    pages = -(-Contact.objects.filter(workspace_id=workspace_id).count() // PAGE)
    step = max(1, -(-pages // _MOST_PAGES))
    for number, (after, until) in enumerate(_stretches(workspace_id)):
        if number % step == 0:
            came = kept.came_between(workspace_id, days_before(day), after, until)
            booked = kept.booked_between(workspace_id, days_before(day), after, until)
            back = kept.returned_between(workspace_id, day, day + _HORIZON, after, until)
            habits += [_habits(day, one, booked.get(name, _NOTHING)) for name, one in came.items()]
            has_left += [name not in back for name in came]
    return Past(habits=habits, has_left=has_left)


def _stretches(workspace_id: str) -> Iterator[tuple[str, str]]:
    """Yield contacts page by page, each as the ids that it lies between."""
    after, listed = "", partial(kept.list_contacts, workspace_id, limit=PAGE)
    while page := listed(after=after):
        yield after, page[-1]
        after = page[-1]


def _habits(day: datetime, came: Came, booked: Booked) -> Habits:
    return Habits(
        visits=came.visits,
        since_first=(day - came.first) // _DAY,
        since_last=(day - came.last) // _DAY,
        recent=came.recent,
        before=came.before,
        missed=booked.missed,
    )


def _points(habits: Habits, rules: Rules, model: Model) -> int:
    return churn_model.score(habits, rules, model).points
