"""Holds what a story expects against what is stored; every difference is told, in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import TypeAlias

from baton.config.stories import judged, observed
from baton.config.stories.booking_parts import BookingExpectation
from baton.config.stories.counted_parts import Between
from baton.config.stories.expected_parts import (
    ApprovalExpectation,
    CardExpectation,
    ClockExpectation,
    SurveyExpectation,
)
from baton.config.stories.observed import Observed
from baton.config.stories.parts import Expectation
from baton.config.stories.world import World
from baton.core.card import ContextCard
from baton.services.writing.documents import Path
from baton.store.models import SlaClock

Mismatch: TypeAlias = tuple[Path, str]
"""Where in the expectation, and "expected X, but Y"."""

_TOLERANCE = 1e-6  # KPI values are written with a few decimals at most
_Look: TypeAlias = Callable[[Observed], object]


def mismatches(wanted: Expectation, seen: Observed, world: World) -> Iterator[Mismatch]:
    """Yield every difference between an expectation and a contact's rows."""
    for name, look in _LOOKS.items():
        if name in wanted.model_fields_set:
            yield from _differs((name,), getattr(wanted, name), look(seen))
    yield from _replies(wanted, seen)
    if wanted.card:
        yield from _card(wanted.card, seen)
    if wanted.clock:
        yield from _clock(wanted.clock, seen, world)
    if wanted.survey:
        yield from _survey(wanted.survey, seen)
    if wanted.approval:
        yield from _approval(wanted.approval, seen, world)
    if wanted.booking:
        yield from _booking(wanted.booking, seen, world)
    yield from _openings(wanted, seen, world)
    yield from _drafted(wanted, seen)
    yield from _tasks(wanted, seen)
    yield from _workspace(wanted, world)


def _of_conversation(name: str) -> _Look:
    return lambda seen: getattr(seen.conversation, name) if seen.conversation else "no conversation"


_LOOKS: Mapping[str, _Look] = {
    "owner": _of_conversation("handled_by"),
    "status": _of_conversation("status"),
    "queue": _of_conversation("queue"),
    "request_type": _of_conversation("request_type"),
    "triage": _of_conversation("triage"),
    "failed_attempts": _of_conversation("failed_attempts"),
    "flagged": _of_conversation("is_flagged"),
    "recontacts": _of_conversation("recontacts"),
    "resolved_by": _of_conversation("resolved_by"),
    "replies": lambda seen: len(seen.replies),
    "choices": lambda seen: seen.replies[-1].choices if seen.replies else "no reply",
    "channel": lambda seen: seen.replies[-1].channel if seen.replies else "no reply",
    "template": lambda seen: seen.replies[-1].template if seen.replies else "no reply",
    "in_review": lambda seen: seen.in_review,
    "conversations": lambda seen: seen.conversations,
    "messages": lambda seen: seen.messages,
    "resolution": lambda seen: seen.resolution,
    "intent": lambda seen: seen.turn.intent if seen.turn else "no turn",
    "undelivered": lambda seen: seen.undelivered.reason if seen.undelivered else "nothing",
    "breaches": lambda seen: seen.breaches,
    "offered_to": lambda seen: seen.offered_to,
    "held": lambda seen: seen.held.reason if seen.held else "nothing",
}


def _replies(wanted: Expectation, seen: Observed) -> Iterator[Mismatch]:
    if wanted.reply is not None:
        yield from _contains(("reply",), wanted.reply, [reply.text for reply in seen.replies])
    if wanted.escalations is not None:
        yield from _differs(("escalations",), sorted(wanted.escalations), list(seen.escalations))
    if wanted.flags is not None:
        yield from _differs(("flags",), sorted(wanted.flags), list(seen.flags))


def _card(wanted: CardExpectation, seen: Observed) -> Iterator[Mismatch]:
    card = seen.card
    if card is None:
        yield ("card",), "expected a card, but there is none"
        return
    signals = {"asked_for_person": card.signals.asked_for_person}
    for name in ("reason", "trigger", "reference", "membership", "asked_for_person"):
        if (value := getattr(wanted, name)) is not None:
            given = signals[name] if name in signals else getattr(card, name)
            yield from _differs(("card", name), value, given)
    if wanted.urgency_at_least is not None and card.urgency < wanted.urgency_at_least:
        words = f"expected an urgency of at least {wanted.urgency_at_least}, but it is"
        yield ("card", "urgency_at_least"), f"{words} {card.urgency} ({card.urgency_cause})"
    yield from _card_texts(wanted, card)
    for banned in wanted.without or ():
        if banned.casefold() in seen.card_text.casefold():
            yield ("card", "without"), f"expected {banned!r} nowhere on the card, but it is there"


def _card_texts(wanted: CardExpectation, card: ContextCard) -> Iterator[Mismatch]:
    texts: dict[str, Sequence[str]] = {
        "summary": [card.summary],
        "consent": [card.consent],
        "actions": card.last_actions,
        "tags": card.tags,
        "messages": card.last_messages,
    }
    for name, given in texts.items():
        if (value := getattr(wanted, name)) is not None:
            words = (value,) if isinstance(value, str) else value
            yield from _contains(("card", name), words, given)


def _clock(wanted: ClockExpectation, seen: Observed, world: World) -> Iterator[Mismatch]:
    clock = seen.clock(wanted.kind)
    if clock is None:
        yield ("clock",), "expected a clock, but there is none"
        return
    if wanted.kind is not None:
        yield from _differs(("clock", "kind"), wanted.kind, clock.kind)
    if wanted.state is not None:
        yield from _differs(("clock", "state"), wanted.state, _state_of(clock))
    if wanted.due_at is not None:
        yield from _differs(("clock", "due_at"), wanted.due_at.isoformat(), _due(clock))
    if wanted.due_in is not None:
        due_at = world.standards.hours.after(clock.started_at, wanted.due_in)
        if due_at != clock.due_at:
            words = f"expected it due {_span(wanted.due_in)} of opening hours after its start"
            yield ("clock", "due_in"), f"{words}, at {due_at.isoformat()}, but it is {_due(clock)}"


def _survey(wanted: SurveyExpectation, seen: Observed) -> Iterator[Mismatch]:
    if wanted.asked is not None:
        yield from _differs(("survey", "asked"), wanted.asked, seen.survey is not None)
    for name in sorted({"rating", "score"} & wanted.model_fields_set):
        given = getattr(seen.survey, name) if seen.survey else "no survey"
        yield from _differs(("survey", name), getattr(wanted, name), given)
    if "words" in wanted.model_fields_set:
        yield from _differs(("survey", "words"), wanted.words, seen.words_of_survey)


def _approval(wanted: ApprovalExpectation, seen: Observed, world: World) -> Iterator[Mismatch]:
    row = seen.approval
    if row is None:
        yield ("approval",), "expected something proposed, but there is nothing"
        return
    users = {f"user:{user.id}": name for name, user in world.users.items()}
    given = {
        "kind": row.kind,
        "state": row.state,
        "asked": row.asked,
        "amount": row.amount_minor,
        "proposed_by": users.get(row.proposed_by, row.proposed_by.removeprefix("flow:")),
    }
    for name in sorted(wanted.model_fields_set):
        yield from _differs(("approval", name), getattr(wanted, name), given[name])


def _openings(wanted: Expectation, seen: Observed, world: World) -> Iterator[Mismatch]:
    if wanted.opened is None:
        return
    given = observed.openings_of(world, seen)
    if given is None:
        yield ("opened",), "nobody of the story may read the audit trail: add an auditor"
        return
    told = [f"{one.who} opened the {one.what} {_span(one.ago)} ago" for one in wanted.opened]
    yield from _differs(
        ("opened",), told, [f"{who} opened the {what} {_span(ago)} ago" for who, what, ago in given]
    )


def _drafted(wanted: Expectation, seen: Observed) -> Iterator[Mismatch]:
    if wanted.drafted is None:
        return
    if (wanted.drafted not in seen.draft) if wanted.drafted else bool(seen.draft):
        yield ("drafted",), f"expected {wanted.drafted!r}, but {seen.draft or 'no draft'!r}"


def _tasks(wanted: Expectation, seen: Observed) -> Iterator[Mismatch]:
    if wanted.tasks is None:
        return
    if not wanted.tasks and seen.tasks:
        yield ("tasks",), f"expected nothing to do for people, but there is {list(seen.tasks)}"
    yield from _contains(("tasks",), wanted.tasks, seen.tasks)


def _booking(wanted: BookingExpectation, seen: Observed, world: World) -> Iterator[Mismatch]:
    row = seen.booking
    if row is None:
        yield ("booking",), "expected a booking, but there is none"
        return
    names = {slot_id: name for name, slot_id in world.slots.items()}
    given = {
        "state": row.state,
        "slot": names.get(row.slot_id),
        "reason": row.reason or None,
        "deposit": row.deposit_minor,
    }
    for name in sorted(wanted.model_fields_set):
        yield from _differs(("booking", name), getattr(wanted, name), given[name])


def _workspace(wanted: Expectation, world: World) -> Iterator[Mismatch]:
    for who, kinds in (wanted.notices or {}).items():
        given = observed.notices_of(world, who)
        yield from _differs(("notices", who), list(kinds), list(given))
    for slot, count in (wanted.free or {}).items():
        yield from _differs(("free", slot), count, observed.free_places(world, slot))
    for action, count in (wanted.audit or {}).items():
        yield from _differs(("audit", action), count, observed.audit_count(world, action))
    if wanted.chain and (place := observed.first_break(world)) is not None:
        yield ("chain",), f"expected an intact audit chain, but entry {place} does not hold"
    if wanted.kpi is not None:
        yield from _kpis(wanted.kpi, observed.kpi_values(world))
    yield from _judgements(wanted, world)


def _judgements(wanted: Expectation, world: World) -> Iterator[Mismatch]:
    for flow, count in (wanted.runs or {}).items():
        taken = judged.contacts_taken(world, flow)
        if not isinstance(count, Between):
            yield from _differs(("runs", flow), count, taken)
        elif not count.at_least <= taken <= count.at_most:
            told = f"expected {flow} {count.at_least} to {count.at_most}, but it is {taken}"
            yield ("runs", flow), told
    for flow, said in (wanted.weekly or {}).items():
        yield from judged.week_differs(("weekly", flow), said, judged.week_of(world, flow))
    for name, trial in (wanted.experiment or {}).items():
        yield from judged.trial_differs(("experiment", name), trial, judged.trial_of(world, name))


def _kpis(
    wanted: Mapping[str, float | None], given: Mapping[str, float | None]
) -> Iterator[Mismatch]:
    for name, value in wanted.items():
        path: Path = ("kpi", name)
        if name not in given:
            yield path, f"there is no KPI {name!r}; there are {', '.join(sorted(given))}"
            continue
        found = given[name]
        if value is None or found is None:
            yield from _differs(path, value, found)
        elif abs(value - found) > _TOLERANCE:
            yield path, f"expected {name} {value:g}, but it is {found:g}"


def _differs(path: Path, wanted: object, given: object) -> Iterator[Mismatch]:
    if _plain(wanted) != _plain(given):
        yield path, f"expected {path[-1]} {_plain(wanted)!r}, but it is {_plain(given)!r}"


def _contains(path: Path, wanted: Sequence[str], given: Sequence[str]) -> Iterator[Mismatch]:
    texts = [text.casefold() for text in given]
    for words in wanted:
        if not any(words.casefold() in text for text in texts):
            yield path, f"expected {words!r} in {path[-1]}, but there is {list(given)!r}"


def _plain(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def _state_of(clock: SlaClock) -> str:
    if clock.breached_at is not None:
        return "breached"
    if clock.stopped_at is not None:
        return "stopped"
    if clock.met_at is not None:
        return "met"
    return "paused" if clock.paused_at else "running"


def _due(clock: SlaClock) -> str:
    return clock.due_at.isoformat()


def _span(span: timedelta) -> str:
    return f"{span.total_seconds() / 60:g} minutes"
