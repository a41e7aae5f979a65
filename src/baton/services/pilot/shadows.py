"""What a flow in shadow would have said, beside what people really said (PL5, G23).

Whether the two agree is told by words at first (`core.agreement`), and by people where they
looked: their word wins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from baton.core import agreement
from baton.core.errors import InvalidInput, NotFound
from baton.core.roles import Action
from baton.services import inbox, sight
from baton.services.conversation import shadowing
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace.standards import standards_cache
from baton.store.models import Message, ShadowDraft, User

PAGE = 20
MOST_COMPARED = 500
"""The newest drafts of a stage, which its agreement is taken over."""


class Word(StrEnum):
    """What somebody says of a draft beside the real answer."""

    ALIKE = "alike"
    DIFFERS = "differs"
    BETTER = "better"


_GOOD = frozenset({Word.ALIKE.value, Word.BETTER.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How many drafts stand beside an answer, and how many of those agree with it."""

    drafts: int
    compared: int
    agreed: int

    @property
    def share(self) -> float | None:
        """The share that agrees, 0 to 1; None without any."""
        return self.agreed / self.compared if self.compared else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A draft beside the answer of a person, "" while there is none.

    `is_bots` says that the answer is of a flow that the drafted one stands in for. `would` is
    what it would have done instead of saying something; `is_alike` is None where there is
    nothing to compare.
    """

    id: str
    conversation_id: str
    at: datetime
    text: str
    would: str
    answer: str
    is_bots: bool
    verdict: str
    is_alike: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowPage:
    """A page of drafts, the newest first; `following` begins the next, "" for none."""

    drafts: tuple[Beside, ...]
    following: str


def list_drafts(house: House, user: User, flow: str, *, before: str = "") -> ShadowPage:
    """Return drafts of a flow; raises Forbidden for who may not read transcripts."""
    inbox.require(user, Action.RUN_PILOT)
    inbox.require(user, Action.READ_TRANSCRIPT)
    every = ShadowDraft.objects.filter(workspace_id=user.workspace_id, flow=flow)
    rows = sight.heard_by(house, user, every)
    if before:
        rows = rows.filter(id__lt=before)
    found = list(rows.order_by("-id")[: PAGE + 1])
    page = found[:PAGE]
    if page:
        _note_reading(house, user, flow, len(page))
    return ShadowPage(
        drafts=_beside(house, page), following=page[-1].id if len(found) > PAGE else ""
    )


def judge(house: House, user: User, draft_id: str, word: str) -> None:
    """Say of a draft whether it says what a person said; again, to say it anew.

    Raises Forbidden for a role, InvalidInput for no such word, NotFound.
    """
    inbox.require(user, Action.REVIEW)
    if word not in set(Word):
        raise InvalidInput({"verdict": "Choose one of the words."})
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        one = ShadowDraft.objects.filter(id=draft_id, workspace_id=user.workspace_id)
        rows = sight.heard_by(house, user, one)
        if not rows.update(verdict=word, judged_by_id=user.id, judged_at=ledger.now):
            raise NotFound("draft", draft_id)
        ledger.audit(
            user.workspace_id, f"user:{user.id}", "draft_judged", f"draft:{draft_id}", verdict=word
        )
        ledger.flush()


def agreement_of(house: House, workspace_id: str, flow: str, *, since: datetime) -> Agreement:
    """Return how far the drafts of a stage agree with what people said."""
    rows = ShadowDraft.objects.filter(workspace_id=workspace_id, flow=flow, at__gte=since)
    found = list(rows.order_by("-id")[:MOST_COMPARED])
    known = [one.is_alike for one in _beside(house, found) if one.is_alike is not None]
    return Agreement(drafts=len(found), compared=len(known), agreed=sum(known))


def _beside(house: House, rows: Sequence[ShadowDraft]) -> tuple[Beside, ...]:
    answers = _answers(house, rows)
    return tuple(_line(house, row, answers.get(row.id, _NONE)) for row in rows)


def _line(house: House, row: ShadowDraft, said: "_Said") -> Beside:
    answer = said.text
    sealed = bytes(row.text_sealed)
    text = house.keyset.unseal(sealed, shadowing.purpose_of(row.id))
    is_alike: bool | None = None
    if row.verdict:
        is_alike = row.verdict in _GOOD
    elif text and answer:
        is_alike = agreement.are_alike(text, answer)
    return Beside(
        id=row.id,
        conversation_id=row.conversation_id,
        at=row.at,
        text=text,
        would=row.trigger.replace("_", " ") or row.does.replace("_", " "),
        answer=answer,
        is_bots=said.is_bots,
        verdict=row.verdict,
        is_alike=is_alike,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    text: str = ""
    is_bots: bool = False


_NONE = _Said()


def _answers(house: House, rows: Sequence[ShadowDraft]) -> Mapping[str, _Said]:
    """Return the first answer after each draft, where there is one.

    A person's; else what the flow said that a drafted one stands in for, which still serves.
    """
    talks = {row.conversation_id for row in rows}
    beside = _standing_in(house, rows)
    said = Message.objects.filter(
        conversation_id__in=talks, author__in=("agent", "bot"), is_note=False
    )
    by_talk: dict[str, list[tuple[str, str, bytes]]] = {}
    for talk, *told, body in said.order_by("id").values_list(
        "conversation_id", "id", "author", "body_sealed"
    ):
        by_talk.setdefault(talk, []).append((told[0], told[1], bytes(body)))
    found: dict[str, _Said] = {}
    for row in rows:
        after = [one for one in by_talk.get(row.conversation_id, ()) if one[0] > row.id]
        persons = next((one for one in after if one[1] == "agent"), None)
        bots = next(iter(after), None) if row.flow in beside else None
        if first := persons or bots:
            text = house.keyset.unseal(first[2], f"message:{first[0]}")
            found[row.id] = _Said(text=text, is_bots=persons is None)
    return found


def _standing_in(house: House, rows: Sequence[ShadowDraft]) -> frozenset[str]:
    """Return those of the drafted flows that stand in for others."""
    found: set[str] = set()
    for workspace_id, name in {(row.workspace_id, row.flow) for row in rows}:
        library = standards_cache(house).standards_of(workspace_id).library
        flow = library.at(name, library.live.get(name, 0))
        if flow is not None and flow.trigger.instead_of:
            found.add(name)
    return frozenset(found)


def _note_reading(house: House, user: User, flow: str, count: int) -> None:
    """Leave word of who read what contacts were, or would have been, told."""
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        ledger.audit(
            user.workspace_id, f"user:{user.id}", "drafts_read", f"flow:{flow}", drafts=count
        )
        ledger.flush()
