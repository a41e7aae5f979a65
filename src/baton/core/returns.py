"""Whether something comes back, and what follows: every rule asked, every reason kept.

`decide` asks all rules of `RULES` and says of each what was seen and what it was held against.
A hard rule that is not met refuses; any other that is not met calls a specialist; a claim that
meets all is approved. What is disputed with the bank is never decided by rules (X3).
"""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from baton.core.return_policy import ReturnPolicy
from baton.core.return_states import sum_words


class Weight(StrEnum):
    """What follows when a rule is not met."""

    PERSON = "person"  # a specialist, whatever the other rules say
    HARD = "hard"  # it does not come back
    SOFT = "soft"  # a specialist looks at it
    FRAUD = "fraud"  # the same, and it is flagged


class Reason(StrEnum):
    """Why something comes back."""

    SIZE = "size"
    MIND = "mind"
    WRONG_ITEM = "wrong_item"
    DAMAGED = "damaged"
    OTHER = "other"


class Outcome(StrEnum):
    """What the rules make of a claim."""

    APPROVED = "approved"
    SPECIALIST = "specialist"
    REFUSED = "refused"


class Money(StrEnum):
    """Who lets the money go."""

    NONE = "none"
    BY_PERSON = "by_person"
    UNATTENDED = "unattended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A line of the order of which `quantity` come back; `left` may still do so."""

    sku: str
    category: str
    quantity: int
    left: int
    unit_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """The order as the shop has it; `since` is the day that the window is counted from.

    `is_elsewhere` says that it went to another address than the bill, None where nobody
    knows; `is_disputed` that the payment is disputed with the bank.
    """

    since: date
    paid_minor: int
    refunded_minor: int = 0
    is_elsewhere: bool | None = None
    is_disputed: bool = False

    @property
    def left_minor(self) -> int:
        """What was paid and not given back."""
        return max(self.paid_minor - self.refunded_minor, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo as it was measured: its shorter side, its sharpness, and whether it came before."""

    side: int
    sharpness: float
    is_known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The account's other returns in the policy's days, and its usual order; 0 for unknown."""

    returns: int = 0
    usual_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """All that the rules may know of a return at one moment.

    Of an order with several pieces, `are_items_named` says that somebody said which.
    """

    bought: Bought
    items: tuple[Item, ...]
    reason: Reason
    photos: tuple[Photo, ...]
    past: Past
    on: date
    are_items_named: bool = True

    @property
    def refund_minor(self) -> int:
        """What the items cost, and never more than what was paid and not given back."""
        worth = sum(item.unit_minor * item.quantity for item in self.items)
        return min(worth, self.bought.left_minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one rule found: `seen` held `against` its limit, both as people read them."""

    rule: str
    weight: Weight
    is_met: bool
    seen: str = ""
    against: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the rules make of a claim, with every reason; money in minor units."""

    outcome: Outcome
    money: Money
    refund_minor: int
    findings: tuple[Finding, ...]

    @property
    def against(self) -> tuple[Finding, ...]:
        """The rules that are not met."""
        return tuple(one for one in self.findings if not one.is_met)

    @property
    def flags(self) -> tuple[str, ...]:
        """The signs of fraud that stand."""
        return tuple(one.rule for one in self.against if one.weight is Weight.FRAUD)


def decide(claim: Claim, policy: ReturnPolicy) -> Decision:
    """Return what becomes of a claim, and why."""
    findings = tuple(rule(claim, policy) for rule in RULES)
    outcome = _outcome_of({one.weight for one in findings if not one.is_met})
    refund = 0 if outcome is Outcome.REFUSED else claim.refund_minor
    return Decision(
        outcome=outcome,
        money=_money_of(outcome, refund, policy),
        refund_minor=refund,
        findings=findings,
    )


def _outcome_of(unmet: Collection[Weight]) -> Outcome:
    if Weight.PERSON in unmet:
        return Outcome.SPECIALIST
    if Weight.HARD in unmet:
        return Outcome.REFUSED
    return Outcome.SPECIALIST if unmet else Outcome.APPROVED


def _money_of(outcome: Outcome, refund_minor: int, policy: ReturnPolicy) -> Money:
    if refund_minor == 0:
        return Money.NONE
    if outcome is Outcome.APPROVED and refund_minor <= policy.unattended_minor:
        return Money.UNATTENDED
    return Money.BY_PERSON


def is_sampled(return_id: str, policy: ReturnPolicy) -> bool:
    """Return whether a person looks later at what the rules approved: a fixed share (RT18)."""
    drawn = int.from_bytes(hashlib.sha256(return_id.encode()).digest()[:4], "big")
    return drawn < policy.audit_share * 2**32


Rule: TypeAlias = Callable[[Claim, ReturnPolicy], Finding]


def _disputed(claim: Claim, _policy: ReturnPolicy) -> Finding:
    return Finding(rule="disputed", weight=Weight.PERSON, is_met=not claim.bought.is_disputed)


def _window(claim: Claim, policy: ReturnPolicy) -> Finding:
    passed = (claim.on - claim.bought.since).days
    return Finding(
        rule="window",
        weight=Weight.HARD,
        is_met=passed <= policy.window_days,
        seen=f"{passed} days",
        against=f"{policy.window_days} days",
    )


def _paid(claim: Claim, _policy: ReturnPolicy) -> Finding:
    return Finding(rule="paid", weight=Weight.HARD, is_met=claim.bought.left_minor > 0)


def _returnable(claim: Claim, policy: ReturnPolicy) -> Finding:
    final = [
        item.sku
        for item in claim.items
        if item.sku in policy.final_skus or item.category in policy.final_categories
    ]
    return Finding(
        rule="returnable", weight=Weight.HARD, is_met=not final, seen=", ".join(final[:3])
    )


def _not_back_yet(claim: Claim, _policy: ReturnPolicy) -> Finding:
    more = [item.sku for item in claim.items if not 0 < item.quantity <= item.left]
    return Finding(
        rule="not_back_yet",
        weight=Weight.HARD,
        is_met=bool(claim.items) and not more,
        seen=", ".join(more[:3]),
    )


def _named(claim: Claim, _policy: ReturnPolicy) -> Finding:
    return Finding(rule="items_named", weight=Weight.SOFT, is_met=claim.are_items_named)


def _photos(claim: Claim, policy: ReturnPolicy) -> Finding:
    came = len(claim.photos)
    return Finding(
        rule="photos",
        weight=Weight.SOFT,
        is_met=came >= policy.photos,
        seen=str(came),
        against=str(policy.photos),
    )


def _clear(claim: Claim, policy: ReturnPolicy) -> Finding:
    clear = sum(
        photo.side >= policy.photo_side and photo.sharpness >= policy.photo_sharpness
        for photo in claim.photos
    )
    needed = min(policy.photos, len(claim.photos))
    return Finding(
        rule="clear_photos",
        weight=Weight.SOFT,
        is_met=clear >= needed,
        seen=str(clear),
        against=str(needed),
    )


def _damage(claim: Claim, policy: ReturnPolicy) -> Finding:
    is_met = claim.reason is not Reason.DAMAGED or not policy.damage_by_person
    return Finding(rule="damage", weight=Weight.SOFT, is_met=is_met)


def _value(claim: Claim, policy: ReturnPolicy) -> Finding:
    return Finding(
        rule="value",
        weight=Weight.SOFT,
        is_met=claim.refund_minor <= policy.most_minor,
        seen=sum_words(claim.refund_minor),
        against=sum_words(policy.most_minor),
    )


def _in_launch(claim: Claim, policy: ReturnPolicy) -> Finding:
    is_narrowed = bool(policy.only_skus or policy.only_categories)
    outside = [
        item.sku
        for item in claim.items
        if item.sku not in policy.only_skus and item.category not in policy.only_categories
    ]
    return Finding(
        rule="in_launch",
        weight=Weight.SOFT,
        is_met=not (is_narrowed and outside),
        seen=", ".join(outside[:3]) if is_narrowed else "",
    )


def _repeated(claim: Claim, policy: ReturnPolicy) -> Finding:
    count = claim.past.returns + 1
    return Finding(
        rule="repeated",
        weight=Weight.FRAUD,
        is_met=not policy.repeat_returns or count < policy.repeat_returns,
        seen=str(count),
        against=f"{policy.repeat_returns} in {policy.repeat_days} days",
    )


def _addresses(claim: Claim, policy: ReturnPolicy) -> Finding:
    is_elsewhere = claim.bought.is_elsewhere is True
    return Finding(
        rule="addresses",
        weight=Weight.FRAUD,
        is_met=not (policy.flags_addresses and is_elsewhere),
    )


def _unusual(claim: Claim, policy: ReturnPolicy) -> Finding:
    usual = claim.past.usual_minor
    is_judged = usual > 0 and policy.typical_factor > 0
    return Finding(
        rule="unusual_sum",
        weight=Weight.FRAUD,
        is_met=not is_judged or claim.refund_minor < usual * policy.typical_factor,
        seen=sum_words(claim.refund_minor),
        against=f"{policy.typical_factor:g} times {sum_words(usual)}" if is_judged else "",
    )


def _photo_known(claim: Claim, _policy: ReturnPolicy) -> Finding:
    known = sum(photo.is_known for photo in claim.photos)
    return Finding(
        rule="photo_seen_before",
        weight=Weight.FRAUD,
        is_met=known == 0,
        seen=str(known) if known else "",
    )


RULES: Sequence[Rule] = (
    _disputed,
    _window,
    _paid,
    _returnable,
    _not_back_yet,
    _named,
    _photos,
    _clear,
    _damage,
    _value,
    _in_launch,
    _repeated,
    _addresses,
    _unusual,
    _photo_known,
)
"""Every rule, in the order in which people read them."""
