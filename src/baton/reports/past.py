"""What conversations of the past say of one request type: how many, when, how long, how alike."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from itertools import combinations, pairwise
from statistics import fmean

from baton.core.assessment import Season
from baton.core.past import PastConversation

_WEEK = timedelta(days=7)
_FEW = 20  # conversations that tell a season
_COMPARED = 60  # answers of a type, evenly taken: comparing costs their square
_SHARED = 0.5  # of the words of two answers, from which on they say much the same
_THIRDS = 3
_LONGEST_HANDLED = 8 * 3600.0  # seconds; above it somebody forgot to stop a clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The time of an export: `weeks` at least one; `is_known` is False where it has no days."""

    begins: datetime | None
    ends: datetime | None
    weeks: float

    @property
    def is_known(self) -> bool:
        """Whether the export has days."""
        return self.begins is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What is counted of one type's conversations; see `core.assessment.Evidence`."""

    count: int
    season: Season | None
    handled: float
    timed: int
    answers: float | None
    alike: float | None
    mark: float | None
    marks: int


@dataclass(slots=True)
class Returns:
    """Who came back about the same within a window, by type."""

    came_back: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)


def span_of(past: Sequence[PastConversation], *, weeks: float) -> Span:
    """Return the time that conversations span; `weeks` stands in where no day is told."""
    days = [one.opened_at for one in past if one.opened_at]
    if not days:
        return Span(begins=None, ends=None, weeks=weeks)
    begins, ends = min(days), max(days)
    return Span(begins=begins, ends=ends, weeks=max((ends - begins) / _WEEK, 1.0))


def counted(
    own: Sequence[PastConversation], span: Span, zone: tzinfo, *, assumed: timedelta
) -> Counted:
    """Count one type's conversations; `assumed` is how long one takes where nobody says."""
    timed = [min(one.handled, _LONGEST_HANDLED) for one in own if one.handled]
    answers = [one.answers for one in own if one.answers is not None]
    marks = [one.mark for one in own if one.mark is not None]
    return Counted(
        count=len(own),
        season=_season(own, span, zone),
        handled=fmean(timed) if timed else assumed.total_seconds(),
        timed=len(timed),
        answers=fmean(answers) if answers else None,
        alike=_alike([one.answer for one in own if one.answer]),
        mark=fmean(marks) if marks else None,
        marks=len(marks),
    )


def returns_of(
    past: Sequence[PastConversation], types: Sequence[str], window: timedelta
) -> Returns:
    """Count who asked the same again within a window of having asked it."""
    asked: Mapping[tuple[str, str], list[datetime]] = defaultdict(list)
    for one, name in zip(past, types, strict=True):
        if one.contact and one.opened_at:
            asked[one.contact, name].append(one.opened_at)
    told = Returns()
    for (_contact, name), moments in asked.items():
        moments.sort()
        told.known[name] += len(moments)
        told.came_back[name] += sum(later - at <= window for at, later in pairwise(moments))
    return told


def _season(own: Sequence[PastConversation], span: Span, zone: tzinfo) -> Season | None:
    moments = [one.opened_at for one in own if one.opened_at]
    if len(moments) < _FEW or span.begins is None or span.ends is None:
        return None
    local = [at.astimezone(zone) for at in moments]
    weekdays, hours = Counter(at.weekday() for at in local), Counter(at.hour for at in local)
    weekday, most = weekdays.most_common(1)[0]
    # Whole weeks alone: half a week would look like a quiet one.
    whole = int(span.weeks)
    weeks = Counter((at - span.begins) // _WEEK for at in moments)
    peak = max((weeks[number] for number in range(whole)), default=0)
    mean = sum(weeks[number] for number in range(whole)) / max(whole, 1)
    third = (span.ends - span.begins) / _THIRDS
    first = sum(at < span.begins + third for at in moments)
    last = sum(at > span.ends - third for at in moments)
    return Season(
        weekday=weekday,
        weekday_share=most / len(local),
        hour=hours.most_common(1)[0][0],
        peak=peak / mean if mean else 1.0,
        trend=last / first if first else 1.0,
    )


def _alike(answers: Sequence[str]) -> float | None:
    """Return the share of answers that say much the same as another; None with too few."""
    step = max(1, len(answers) // _COMPARED)
    words = [frozenset(answer.casefold().split()) for answer in answers[::step][:_COMPARED]]
    if len(words) < _THIRDS:
        return None
    same: set[int] = set()
    for (one, left), (other, right) in combinations(enumerate(words), 2):
        if len(left & right) >= _SHARED * len(left | right):
            same |= {one, other}
    return len(same) / len(words)
