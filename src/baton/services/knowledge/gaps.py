"""Asked often, answered never: what the knowledge base has no article for (FQ8, FL6).

The words of contacts are shown with identifiers masked, to those who may open
transcripts, and that somebody saw them is logged.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from baton.core import gaps, privacy, roles
from baton.core import text as texts
from baton.core.confidence import Band, ConfidencePolicy
from baton.core.pack import Pack
from baton.core.roles import Action, Role
from baton.services import inbox, sight
from baton.services.house import House
from baton.services.knowledge.knowledge import WINDOW, today_of
from baton.services.ledger import Ledger
from baton.services.workspace.standards import standards_cache
from baton.store.models import Message, Turn, User
from baton.store.queries import knowledge

MAX_TURNS = 1_000
"""The newest failed attempts of the window that are looked at: enough to rank by."""

MAX_GAPS = 50
MAX_EXAMPLES = 5
_QUOTE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One failed attempt: what was asked, masked."""

    turn_id: str
    conversation_id: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that people ask and nothing answers.

    `intent` names what they mean, "" where nobody could tell; `title` says it in
    words. `count` is of questions, `conversations` of those who asked.
    """

    intent: str
    title: str
    count: int
    conversations: int
    last_at: datetime
    examples: tuple[Asked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GapList:
    """The gaps, most asked first; `alone` counts questions that share no word with another."""

    gaps: tuple[Gap, ...]
    alone: int
    total: int
    may_read: bool


def open_list(house: House, user: User) -> GapList:
    """Return the gaps and log whose words a person sees; raises Forbidden for a role."""
    shown = _list(house, user)
    seen = {one.conversation_id for gap in shown.gaps for one in gap.examples}
    if shown.may_read and seen:
        _log(house, user, seen)
    return shown


def open_words(house: House, user: User, turn_ids: Sequence[str]) -> tuple[str, ...]:
    """Return what was asked in some failed attempts, to begin an article with; logs it.

    A turn of another workspace, or one that was answered, is left out.
    """
    inbox.require(user, Action.READ_TRANSCRIPT)
    found = Turn.objects.filter(
        id__in=list(turn_ids)[:MAX_EXAMPLES], workspace_id=user.workspace_id, is_unanswered=True
    )
    found = sight.heard_by(house, user, found)
    turns = sorted(found, key=lambda turn: list(turn_ids).index(turn.id))
    if turns:
        _log(house, user, {turn.conversation_id for turn in turns})
    words = _words_of(house, turns)
    return tuple(dict.fromkeys(one.text for one in words if one.text))


def _list(house: House, user: User) -> GapList:
    inbox.require(user, Action.READ_INBOX)
    standards = standards_cache(house).standards_of(user.workspace_id)
    since = house.clock.now() - WINDOW
    every = knowledge.list_unanswered(user.workspace_id, since=since, limit=MAX_TURNS)
    heard = sight.heard_among(house, user, (turn.conversation_id for turn in every))
    turns = [turn for turn in every if turn.conversation_id in heard]
    known = [turn for turn in turns if _is_named(turn, standards.confidence)]
    unknown = [turn for turn in turns if turn not in known]
    asked = _still_unknown(_words_of(house, unknown), standards.pack)
    groups = gaps.group([one.text for one in asked])
    may_read = roles.may(Role(user.role), Action.READ_TRANSCRIPT)
    unnamed = [_unnamed(group, asked, may_read=may_read) for group in groups]
    named = _named(house, known, standards.pack, today_of(house, user), may_read=may_read)
    found = sorted((*named, *unnamed), key=lambda gap: (-gap.count, gap.title))[:MAX_GAPS]
    return GapList(
        gaps=tuple(found),
        alone=len(asked) - sum(len(group.places) for group in groups),
        total=len(turns),
        may_read=may_read,
    )


def _is_named(turn: Turn, thresholds: ConfidencePolicy) -> bool:
    """Return whether the reader could tell what was meant, by today's thresholds."""
    if not turn.intent or turn.confidence is None:
        return False
    bands = thresholds.in_flow(turn.flow)
    return bands.band_of(turn.intent, turn.confidence) is not Band.FAILED


def _named(
    house: House, turns: Iterable[Turn], pack: Pack, today: date, *, may_read: bool
) -> list[Gap]:
    """Return a gap for each intent that was meant and has no article today."""
    meant: dict[str, list[Turn]] = {}
    for turn in turns:
        is_open = not any(one.is_valid_on(today) for one in pack.articles_for(turn.intent))
        if is_open and pack.intent(turn.intent):
            meant.setdefault(turn.intent, []).append(turn)
    found = []
    for name, told in meant.items():
        intent = pack.intent(name)
        wants = intent.wants if intent else name
        examples = _words_of(house, told[:MAX_EXAMPLES]) if may_read else ()
        found.append(_gap(name, wants.removeprefix("to ").capitalize(), told, examples))
    return found


def _unnamed(group: gaps.Group, asked: Sequence[Asked], *, may_read: bool) -> Gap:
    told = [asked[place] for place in group.places]
    # Without the right to read words, their words are no title either.
    title = ", ".join(group.words) if may_read else "Something that nobody could name"
    return _gap("", title, told, told[:MAX_EXAMPLES] if may_read else ())


def _gap(
    intent: str, title: str, told: Sequence[Turn] | Sequence[Asked], examples: Sequence[Asked]
) -> Gap:
    return Gap(
        intent=intent,
        title=title,
        count=len(told),
        conversations=len({one.conversation_id for one in told}),
        last_at=max(one.at for one in told),
        examples=tuple(examples),
    )


def _still_unknown(asked: Iterable[Asked], pack: Pack) -> list[Asked]:
    """Leave out what an article has taken up as a question of its own since."""
    taken = {texts.bare(text) for one in pack.articles for text in (one.question, *one.variants)}
    return [one for one in asked if one.text and texts.bare(one.text) not in taken]


def _words_of(house: House, turns: Sequence[Turn]) -> list[Asked]:
    """Return what was asked in each turn, masked: the messages of the very same moment."""
    spoken = Message.objects.filter(
        conversation_id__in={turn.conversation_id for turn in turns},
        created_at__in={turn.at for turn in turns},
        author="contact",
    ).order_by("id")
    said: dict[tuple[str, datetime], list[str]] = {}
    for message in spoken:
        body = house.keyset.unseal(message.body_sealed, f"message:{message.id}")
        masked = privacy.mask(body, partial(house.keyset.token, message.workspace_id))
        said.setdefault((message.conversation_id, message.created_at), []).append(masked)
    return [
        Asked(
            turn_id=turn.id,
            conversation_id=turn.conversation_id,
            at=turn.at,
            text=" ".join(said.get((turn.conversation_id, turn.at), []))[:_QUOTE],
        )
        for turn in turns
    ]


def _log(house: House, user: User, conversations: Iterable[str]) -> None:
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        ledger.audit(
            user.workspace_id,
            f"user:{user.id}",
            "gaps_opened",
            f"workspace:{user.workspace_id}",
            conversations=[*sorted(conversations)],
        )
        ledger.flush()
