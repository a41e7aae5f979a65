"""What a shop takes back, and on whose word: the document that a workspace keeps in versions.

A document is a mapping of the fields below; what it leaves out stands as it does here. Every
version is kept, and a return stays with the one that decided it (RT22, RT23).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TypeAlias

from baton.core.errors import InvalidInput
from baton.core.json import Json

MAX_MONEY_MINOR = 100_000_000
MAX_ENTRIES = 500
MAX_ENTRY = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPolicy:
    """One version of a shop's rules; money in minor units of the workspace's currency.

    Attributes:
        window_days: days after the delivery, or the purchase where none is known (RT6).
        photos: photos that a claim needs (X22: a single one, or two as in RT16).
        photo_side: the shorter side of a photo that shows enough, in pixels (RT7).
        photo_sharpness: the least sharpness of a photo, as `services.returns.photos` measures
            it: a blurred drawing has 1 to 3, a sharp one of a plain thing 9 (RT7).
        damage_by_person: a claim of damage is looked at by a person, who sees whether the
            photo shows it (RT7).
        most_minor: a refund above it is for a specialist (RT7, RT10, RT16).
        unattended_minor: a refund up to it goes out without a person where every rule is met
            and nothing is flagged; 0, the default, lets none go (X3).
        repeat_returns, repeat_days: so many returns within so many days, this one among
            them, are flagged (RT8); 0 returns flags none.
        typical_factor: a refund so many times the account's usual order is flagged (RT8);
            0 flags none.
        flags_addresses: whether different shipping and billing addresses are flagged (RT8).
        final_skus, final_categories: what never comes back (RT6).
        only_skus, only_categories: what the rules decide during a launch; the rest is for a
            specialist (RT15). Both empty: everything.
        audit_share: the share of approvals without a person that one looks at later (RT18).
        warn_share: above this share without a person the page warns (RT11, X22).
    """

    window_days: int = 30
    photos: int = 1
    photo_side: int = 480
    photo_sharpness: int = 4
    damage_by_person: bool = True
    most_minor: int = 5_000
    unattended_minor: int = 0
    repeat_returns: int = 3
    repeat_days: int = 30
    typical_factor: float = 3.0
    flags_addresses: bool = True
    final_skus: tuple[str, ...] = ()
    final_categories: tuple[str, ...] = ()
    only_skus: tuple[str, ...] = ()
    only_categories: tuple[str, ...] = ()
    audit_share: float = 0.1
    warn_share: float = 0.7


DEFAULT = ReturnPolicy()
"""A shop's rules before it wrote any: the example of RT16, with one photo (RT19)."""

_RANGES: Mapping[str, tuple[float, float]] = {
    "window_days": (1, 730),
    "photos": (0, 6),
    "photo_side": (0, 4_000),
    "photo_sharpness": (0, 255),
    "most_minor": (0, MAX_MONEY_MINOR),
    "unattended_minor": (0, MAX_MONEY_MINOR),
    "repeat_returns": (0, 100),
    "repeat_days": (1, 730),
    "typical_factor": (0, 100),
    "audit_share": (0, 1),
    "warn_share": (0, 1),
}
_NAMES = tuple(field.name for field in fields(ReturnPolicy))

_Value: TypeAlias = int | float | bool | tuple[str, ...]


def parse_policy(document: Mapping[str, Json]) -> ReturnPolicy:
    """Return the policy that a document says; raises InvalidInput that names each wrong field."""
    wrong: dict[str, str] = {
        name: "there is no such rule" for name in document if name not in _NAMES
    }
    values: dict[str, _Value] = {}
    for name in _NAMES:
        if name in document:
            try:
                values[name] = _read(name, document[name])
            except ValueError as refusal:
                wrong[name] = str(refusal)
    if wrong:
        raise InvalidInput(wrong)
    policy = _policy_of(values)
    if policy.unattended_minor > policy.most_minor:
        most = "must not exceed the amount above which a specialist decides"
        raise InvalidInput({"unattended_minor": most})
    return policy


def render_policy(policy: ReturnPolicy) -> dict[str, Json]:
    """Return a policy as its document, every field in it."""
    plain: dict[str, Json] = {}
    for name in _NAMES:
        value = getattr(policy, name)
        plain[name] = list(value) if isinstance(value, tuple) else value
    return plain


def _policy_of(values: Mapping[str, _Value]) -> ReturnPolicy:
    # Each was read by the type of its default just now.
    return ReturnPolicy(**values)  # type: ignore[arg-type]


def _read(name: str, value: Json) -> _Value:
    usual = getattr(DEFAULT, name)
    if isinstance(usual, tuple):
        return _read_entries(value)
    if isinstance(usual, bool):
        if not isinstance(value, bool):
            raise ValueError("must be true or false")  # noqa: TRY004 - read as one kind of fault
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number")  # noqa: TRY004 - as above
    least, most = _RANGES[name]
    if not least <= value <= most:
        raise ValueError(f"must be from {least:g} to {most:g}")
    if isinstance(usual, float):
        return float(value)
    if int(value) != value:
        raise ValueError("must be a whole number")
    return int(value)


def _read_entries(value: Json) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError("must be a list of words")
    entries = tuple(dict.fromkeys(str(one).strip() for one in value if str(one).strip()))
    if len(entries) > MAX_ENTRIES or any(len(one) > MAX_ENTRY for one in entries):
        raise ValueError(f"must be {MAX_ENTRIES} entries of {MAX_ENTRY} characters at most")
    return entries
