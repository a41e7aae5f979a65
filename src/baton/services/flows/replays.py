"""Replays: a past log, of the workspace or from elsewhere, under candidates; nothing is sent.

Readings are made once for all candidates that read alike; everything else is decided anew.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from baton.core import text as texts
from baton.core.escalation import Act
from baton.core.reading import ReaderPort, Reading
from baton.flows import replay_report, replaying
from baton.flows.replay_report import Difference, Outcome
from baton.flows.replaying import Line, Matter, Talked
from baton.flows.standing import Setting
from baton.services.flows import candidates
from baton.services.flows.candidates import Tried
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import Conversation, Escalation, Message, MissedEscalation

_AT_ONCE = 500
_PAGE = 500
Teacher = Callable[[Mapping[str, tuple[str, ...]]], ReaderPort]
"""Returns a reader that was taught further examples besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What a log came to under each candidate, and what changes against the first one."""

    conversations: int
    messages: int
    outcomes: tuple[Outcome, ...]
    differences: tuple[Difference, ...]


def replay(
    talked: Sequence[Talked], tried: Sequence[Tried], reader: ReaderPort, teach: Teacher
) -> Replayed:
    """Replay a log under candidates, of which the first is what the others are held against."""
    wanted = replaying.to_read(talked)
    plain: Mapping[str, Reading] = {}
    played: list[tuple[str, Sequence[Matter]]] = []
    for one in tried:
        if one.examples:
            readings = read_all(teach(one.examples), wanted)
        else:
            plain = readings = plain or read_all(reader, wanted)
        found = [m for talk in talked for m in replaying.replay(talk, readings, one.setting)]
        played.append((one.name, found))
    return Replayed(
        conversations=len(talked),
        messages=sum(len(one.lines) for one in talked),
        outcomes=tuple(replay_report.outcome_of(name, matters, talked) for name, matters in played),
        differences=tuple(replay_report.difference(played[0], one) for one in played[1:]),
    )


def read_all(reader: ReaderPort, wanted: Sequence[str]) -> Mapping[str, Reading]:
    """Return a reading of each text; in parts, so that memory stays small."""
    found: dict[str, Reading] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        part = tuple(wanted[start : start + _AT_ONCE])
        found.update(zip(part, reader.read_many(part), strict=True))
    return found


def setting_of(house: House, workspace_id: str) -> Setting:
    """Return a workspace's setting as a replay takes it."""
    return candidates.for_replay(standards_cache(house).setting_of(workspace_id))


def past_of(house: House, workspace_id: str, *, days: int, most: int) -> tuple[Talked, ...]:
    """Return what contacts wrote in the last days, the newest conversations, oldest first.

    A conversation is labelled as needing a person where people said so: a missed rule, or the
    verdict on an escalation. Words are unsealed, and leave here with no name or number added.
    """
    since = house.clock.now() - timedelta(days=days)
    rows = Conversation.objects.filter(
        workspace_id=workspace_id, opened_by="contact", last_message_at__gte=since
    ).order_by("-last_message_at", "-id")
    newest = list(rows.values_list("id", "channel")[:most])
    newest.reverse()
    return tuple(_talked(house, newest))


def _talked(house: House, found: Sequence[tuple[str, str]]) -> Iterator[Talked]:
    for start in range(0, len(found), _PAGE):
        part = found[start : start + _PAGE]
        ids = [one for one, _channel in part]
        lines, labels = _lines(house, ids), _labels(ids)
        for one, channel in part:
            if lines.get(one):
                yield Talked(
                    id=one,
                    channel=channel,
                    lines=tuple(lines[one]),
                    needs_person=labels.get(one),
                )


def _lines(house: House, ids: Sequence[str]) -> Mapping[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    rows = Message.objects.filter(conversation_id__in=ids, author="contact").order_by("id")
    columns = rows.values_list("id", "conversation_id", "created_at", "body_sealed")
    for id_, talk, at, sealed in columns.iterator():
        words = texts.clean(house.keyset.unseal(bytes(sealed), f"message:{id_}"))
        if words:
            found.setdefault(talk, []).append(Line(at=at, text=words))
    return found


def _labels(ids: Sequence[str]) -> Mapping[str, bool]:
    """Return what people said of conversations later: was a person needed?"""
    fired = Escalation.objects.filter(conversation_id__in=ids, act=Act.HAND_OVER.value)
    judged = fired.exclude(verdict="").values_list("conversation_id", "verdict")
    found: dict[str, bool] = {}
    for talk, verdict in judged:
        found[talk] = found.get(talk, False) or verdict not in _NEEDLESS
    noted = MissedEscalation.objects.filter(conversation_id__in=ids)
    found.update(dict.fromkeys(noted.values_list("conversation_id", flat=True), True))
    return found


_NEEDLESS = frozenset({"noisy", "misread"})
