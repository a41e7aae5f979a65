"""Who may leave, as people see it: the contacts at risk, each sign with its numbers (CH3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from baton.core import churn_model
from baton.core.errors import InvalidInput
from baton.core.roles import Action
from baton.services import inbox, sight
from baton.services.desk import booking_board
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import churn_fitting, churn_models, churn_signs
from baton.store.models import ChurnModel, ChurnScore, Contact, User

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSign:
    """A sign: its points, what was seen, and what that was held against."""

    sign: str
    points: int
    seen: int
    against: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownScore:
    """A contact's score; `value_minor` is what they are worth in a year."""

    contact_id: str
    who: str
    points: int
    signs: tuple[ShownSign, ...]
    is_at_risk: bool
    is_high_value: bool
    value_minor: int
    since: datetime
    scored_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChurnPage:
    """A page of contacts at risk, the highest score first; `scored` counts all with a score."""

    rows: tuple[ShownScore, ...]
    total: int
    high_value: int
    scored: int
    currency: str
    page: int
    pages: int


def list_at_risk(house: House, user: User, *, is_high_value: bool, page: int = 1) -> ChurnPage:
    """Return a page of those at risk; raises Forbidden for a role that reads no reports."""
    inbox.require(user, Action.READ_REPORTS)
    scored = ChurnScore.objects.filter(workspace_id=user.workspace_id)
    everybody = sight.met_by(user, scored, by="id")
    at_risk = everybody.filter(is_at_risk=True)
    high_value = at_risk.filter(is_high_value=True)
    found = (high_value if is_high_value else at_risk).order_by("-points", "id")
    total = found.count()
    pages = max(-(-total // PAGE_SIZE), 1)
    page = min(max(page, 1), pages)
    shown = list(found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    contacts = Contact.objects.in_bulk([one.id for one in shown])
    return ChurnPage(
        rows=tuple(_shown(house, contacts[one.id], one) for one in shown if one.id in contacts),
        total=total,
        high_value=high_value.count(),
        scored=everybody.count(),
        currency=booking_board.currency_of(house, user),
        page=page,
        pages=pages,
    )


def score_of(house: House, user: User, contact_id: str) -> ShownScore | None:
    """Return a contact's score, None where nothing is seen in them."""
    found = ChurnScore.objects.filter(workspace_id=user.workspace_id, id=contact_id).first()
    contact = Contact.objects.filter(workspace_id=user.workspace_id, id=contact_id).first()
    return _shown(house, contact, found) if found and contact else None


class Stage(StrEnum):
    """How far it is with learning who leaves."""

    YOUNG = "young"  # too little history
    UNTRIED = "untried"
    SHORT = "short"  # too few contacts of whom the outcome is known
    WORSE = "worse"
    BETTER = "better"  # than the rules, on days that it had not seen
    USED = "used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What was learned last of who leaves; `months` of visits are known.

    `left` is the share of `contacts` who stayed away; the AUCs say how well each way ranked them.
    """

    stage: Stage
    months: int
    contacts: int = 0
    left: float = 0.0
    auc_model: float = 0.0
    auc_rules: float = 0.0
    fitted_at: datetime | None = None

    @property
    def least_months(self) -> int:
        """For how many months visits have to be known."""
        return churn_model.LEAST_DAYS // 30

    @property
    def least_contacts(self) -> int:
        """Of how many contacts the outcome has to be known."""
        return churn_model.LEAST_CONTACTS

    @property
    def horizon_days(self) -> int:
        """How long who left has not come."""
        return churn_model.HORIZON_DAYS


def learned_of(house: House, user: User) -> Learned:
    """Return how far it is with a learned score; raises Forbidden as the list does."""
    inbox.require(user, Action.READ_REPORTS)
    history = churn_fitting.history_of(user.workspace_id, house.clock.now())
    months = history // timedelta(days=30)
    row = churn_models.find(user.workspace_id)
    if row is None:
        is_young = history < timedelta(days=churn_model.LEAST_DAYS)
        return Learned(stage=Stage.YOUNG if is_young else Stage.UNTRIED, months=months)
    return Learned(
        stage=_stage_of(row),
        months=months,
        contacts=row.contacts,
        left=row.left,
        auc_model=row.auc_model,
        auc_rules=row.auc_rules,
        fitted_at=row.fitted_at,
    )


def _stage_of(row: ChurnModel) -> Stage:
    if row.used_at is not None:
        return Stage.USED
    if not row.weights:
        return Stage.SHORT
    return Stage.BETTER if churn_models.may_be_used(row) else Stage.WORSE


def learn(house: House, user: User, deed: str) -> None:
    """Try a learned score on past days, use what was learned, or leave it.

    Raises Forbidden, InvalidInput for a deed that there is not, or Conflict for what is no
    better than the rules.
    """
    inbox.require(user, Action.CONFIGURE)
    actor = f"user:{user.id}"
    match deed:
        case "try":
            with house.engine.transaction():
                ledger = Ledger(house, house.clock.now())
                churn_fitting.order(ledger, user.workspace_id)
                ledger.flush()
        case "use":
            churn_models.use(house, user.workspace_id, actor=actor)
        case "leave":
            churn_models.leave(house, user.workspace_id, actor=actor)
        case _:
            raise InvalidInput({"deed": "there is no such deed"})


def _shown(house: House, contact: Contact, score: ChurnScore) -> ShownScore:
    now = house.clock.now()
    return ShownScore(
        contact_id=contact.id,
        who=inbox.name_of(house, contact.id, bytes(contact.name_sealed)),
        points=score.points,
        signs=tuple(
            ShownSign(
                sign=one.sign.value,
                points=one.points,
                seen=one.seen_at(now),
                against=one.against,
            )
            for one in churn_signs.read(score.signs)
        ),
        is_at_risk=score.is_at_risk,
        is_high_value=score.is_high_value,
        value_minor=score.value_minor,
        since=score.since,
        scored_at=score.scored_at,
    )
