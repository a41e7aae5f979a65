"""What a replay came to, in numbers, beside labels, and beside another candidate's."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from baton.flows.replaying import Course, Matter, Talked


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """Conversations that somebody labelled, and how a candidate did by them.

    Attributes:
        missed: a person was needed, and none was called.
        needless: none was needed, and one was called.
    """

    total: int
    right: int
    missed: int
    needless: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a log came to under one candidate; `triggers` and `flows` are counts of matters."""

    name: str
    matters: int
    courses: Mapping[Course, int]
    triggers: Mapping[str, int]
    flows: Mapping[str, int]
    asks: int
    labelled: Labelled | None

    def share(self, course: Course) -> float | None:
        """Return the share of matters that went a way, 0 to 1; None without any."""
        return self.courses[course] / self.matters if self.matters else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A matter that goes another way under another candidate."""

    conversation: str
    nth: int
    before: Course
    before_reason: str
    after: Course
    after_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changes from one candidate to another; `moves` are in the order of the log.

    A conversation that falls into more or fewer matters is compared by those that both have.
    """

    before: str
    after: str
    counts: Mapping[tuple[Course, Course], int]
    moves: tuple[Move, ...]


def outcome_of(name: str, matters: Sequence[Matter], talked: Iterable[Talked]) -> Outcome:
    """Return what a log came to."""
    courses = Counter(one.course for one in matters)
    return Outcome(
        name=name,
        matters=len(matters),
        courses={course: courses[course] for course in Course},
        triggers=_ranked(one.reason for one in matters if one.reason),
        flows=_ranked(one.flow for one in matters if one.flow),
        asks=sum(one.asks for one in matters),
        labelled=_labelled(matters, talked),
    )


def difference(
    before: tuple[str, Sequence[Matter]], after: tuple[str, Sequence[Matter]]
) -> Difference:
    """Return what changes from one candidate to another, each with its name."""
    known = {(one.conversation, one.nth): one for one in after[1]}
    moves = []
    for one in before[1]:
        other = known.get((one.conversation, one.nth))
        if other is not None and (one.course, one.reason) != (other.course, other.reason):
            moves.append(_move(one, other))
    counts = Counter((one.before, one.after) for one in moves)
    return Difference(
        before=before[0],
        after=after[0],
        counts=dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))),
        moves=tuple(moves),
    )


def _move(before: Matter, after: Matter) -> Move:
    return Move(
        conversation=before.conversation,
        nth=before.nth,
        before=before.course,
        before_reason=before.reason,
        after=after.course,
        after_reason=after.reason,
    )


def _ranked(names: Iterable[str]) -> Mapping[str, int]:
    return dict(sorted(Counter(names).items(), key=lambda item: (-item[1], item[0])))


def _labelled(matters: Sequence[Matter], talked: Iterable[Talked]) -> Labelled | None:
    labels = {one.id: one.needs_person for one in talked if one.needs_person is not None}
    if not labels:
        return None
    called = {one.conversation for one in matters if one.course is Course.ESCALATED}
    missed = sum(needs and one not in called for one, needs in labels.items())
    needless = sum(not needs and one in called for one, needs in labels.items())
    return Labelled(
        total=len(labels),
        right=len(labels) - missed - needless,
        missed=missed,
        needless=needless,
    )
