"""What a compliance check finds, and what follows of it for a rollout (P20).

A finding is in order, wants a look, or fails. One that fails holds every rollout where it is until
a check finds it mended; one that wants a look is for a person to judge.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

KEY_AGE = timedelta(days=90)
"""So old a key may be before it is renewed (U14, P7)."""

REVIEW_AGE = timedelta(days=90)
"""So long ago somebody may have looked through who has access; ours, as that of keys."""

IDLE = timedelta(days=90)
"""An account or a key that nobody used for so long is no longer needed; ours."""

LOOKED_BACK = timedelta(days=90)
"""So far back what was sent is held against consents; ours."""


class Standing(StrEnum):
    """How one thing stands."""

    OK = "ok"
    LOOK = "look"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was looked at, how it stands, what was counted, and what to do about it."""

    name: str
    title: str
    standing: Standing
    evidence: str
    remedy: str = ""


def is_passed(findings: Iterable[Finding]) -> bool:
    """Return whether nothing fails."""
    return all(one.standing is not Standing.FAILED for one in findings)


def broken_of(findings: Iterable[Finding]) -> str:
    """Return what fails, in one sentence's words; "" for nothing."""
    return "; ".join(
        f"{one.title}: {one.evidence}" for one in findings if one.standing is Standing.FAILED
    )


def held(name: str, title: str, evidence: str, remedy: str, *, failed: bool) -> Finding:
    """Return a finding that fails or is in order."""
    standing = Standing.FAILED if failed else Standing.OK
    told = remedy if failed else ""
    return Finding(name=name, title=title, standing=standing, evidence=evidence, remedy=told)


def looked(name: str, title: str, evidence: str, remedy: str, *, odd: bool) -> Finding:
    """Return a finding that wants a look or is in order."""
    standing = Standing.LOOK if odd else Standing.OK
    told = remedy if odd else ""
    return Finding(name=name, title=title, standing=standing, evidence=evidence, remedy=told)
