"""What people of a workspace taught: examples with their provenance, and own intents (FL5, PE12).

Nothing here reaches a customer by itself: a reader learns it when a version is made
and goes live (`services.readers`).
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet

from baton.core import privacy, teaching
from baton.core import text as texts
from baton.core.errors import Forbidden, InvalidInput, NotFound
from baton.core.pack import Pack
from baton.core.roles import Action
from baton.core.teaching import Lesson, NewIntent, Provenance, TaughtText
from baton.services import inbox, sight
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import articles, editions, own_intents
from baton.store.models import TaughtExample, User, Workspace

PAGE_SIZE = 50
MAX_LINES = 100
"""Examples taken from one form."""

_SHORTEST = 2
_TOKEN = re.compile(r"\[(\w+):[0-9a-f]{16}\]")  # as `store.crypto.Keyset.token` writes it


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an example comes from, and who gave it."""

    kind: Provenance
    by: str  # a user's id, or "system"
    review_id: str = ""
    turn_id: str = ""
    article: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaughtLine:
    """A taught example as a list shows it."""

    id: str
    text: str
    intent: str
    wants: str
    source: str
    at: datetime
    by: str


def teach(ledger: Ledger, workspace_id: str, text: str, intent: str, source: Source) -> str:
    """Keep a text as an example of an intent ("" for none) and return its id.

    What was said last about the same words wins. Identifiers are taken out first.
    Raises InvalidInput for a text that teaches nothing.
    """
    plain = _plain(text)
    key = _key_of(ledger.house, workspace_id, plain)
    known = TaughtExample.objects.filter(
        workspace_id=workspace_id, text_key=key, retired_at=None
    ).first()
    if known is not None and known.intent == intent:
        return known.id
    if known is not None:
        _retire(ledger, known, source.by)
    example_id = ledger.next_id()
    TaughtExample.objects.create(
        id=example_id,
        workspace_id=workspace_id,
        text_sealed=ledger.house.keyset.seal(plain, f"taught:{example_id}"),
        text_key=key,
        intent=intent,
        source=source.kind.value,
        review_id=source.review_id,
        turn_id=source.turn_id,
        article=source.article,
        taught_by_id=source.by,
        taught_at=ledger.now,
    )
    ledger.audit(
        workspace_id,
        _actor(source.by),
        "example_taught",
        f"example:{example_id}",
        intent=intent or "none of these",
        source=source.kind.value,
        review=source.review_id,
    )
    return example_id


def retire(ledger: Ledger, workspace_id: str, example_id: str, by: str) -> None:
    """Take an example out of the next lesson; raises NotFound."""
    known = TaughtExample.objects.filter(
        workspace_id=workspace_id, id=example_id, retired_at=None
    ).first()
    if known is None:
        raise NotFound("example", example_id)
    _retire(ledger, known, by)


def retire_by(house: House, user: User, example_id: str) -> None:
    """Let a person take an example out; raises NotFound, or Forbidden for a role."""
    inbox.require(user, Action.REVIEW)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        known = TaughtExample.objects.filter(workspace_id=user.workspace_id, id=example_id)
        if known.exists() and not open_to(house, user).filter(id=example_id).exists():
            raise Forbidden("retire what was said elsewhere", user.role)
        retire(ledger, user.workspace_id, example_id, user.id)
        ledger.flush()


def teach_by_hand(house: House, user: User, intent: str, lines: str) -> int:
    """Keep examples written by a person, one a line; return how many.

    Raises InvalidInput, or Forbidden for a role.
    """
    inbox.require(user, Action.TEACH)
    edition = editions.edition_of(house, user.workspace_id)
    name = own_intents.meant_by(intent, edition.intents)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        written = teach_lines(ledger, user, name, lines)
        ledger.flush()
    if not written:
        raise InvalidInput({"examples": "Write at least one example."})
    return written


def teach_lines(ledger: Ledger, user: User, intent: str, lines: str) -> int:
    """Keep each line as an example of an intent and return how many there were."""
    source = Source(kind=Provenance.BY_HAND, by=user.id)
    written = [line for line in map(str.strip, lines.splitlines()) if line]
    for line in written[:MAX_LINES]:
        teach(ledger, user.workspace_id, line, intent, source)
    return len(written[:MAX_LINES])


def make_intent(house: House, user: User, new: NewIntent, lines: str) -> str:
    """Let a person add an intent with its first examples, one a line; return its name.

    Raises InvalidInput, or Forbidden for a role.
    """
    inbox.require(user, Action.REVIEW)
    edition = editions.edition_of(house, user.workspace_id)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        own_intents.make(ledger, edition, new, user.workspace_id, user.id)
        teach_lines(ledger, user, new.name, lines)
        editions.count_up(user.workspace_id)
        ledger.flush()
    return new.name


def list_examples(
    house: House, user: User, *, before: str = ""
) -> tuple[tuple[TaughtLine, ...], str]:
    """Return taught examples, newest first, and where the next page begins ("" for none).

    Raises Forbidden for a role that may not read customers' words.
    """
    inbox.require(user, Action.REVIEW)
    rows = open_to(house, user).filter(retired_at=None)
    if before:
        rows = rows.filter(id__lt=before)
    found = list(rows.order_by("-id")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    names = dict(User.objects.filter(workspace_id=user.workspace_id).values_list("id", "name"))
    edition = editions.edition_of(house, user.workspace_id)
    wants = {intent.name: intent.wants for intent in edition.intents}
    lines = tuple(
        TaughtLine(
            id=row.id,
            text=_text_of(house, row),
            intent=row.intent,
            wants=wants.get(row.intent, ""),
            source=row.source,
            at=row.taught_at,
            by=names.get(row.taught_by_id, "Baton"),
        )
        for row in shown
    )
    return lines, shown[-1].id if len(found) > PAGE_SIZE else ""


def open_to(house: House, user: User) -> "QuerySet[TaughtExample]":
    """Return the examples that a person may read: written by hand, or of what is open to them."""
    rows = TaughtExample.objects.filter(workspace_id=user.workspace_id)
    return sight.learned_by(house, user, rows)


def texts_of(house: House, user: User, example_ids: Collection[str]) -> dict[str, str]:
    """Return the words of some examples, those that a person may read, by id."""
    rows = open_to(house, user).filter(id__in=list(example_ids))
    return {row.id: _text_of(house, row) for row in rows}


def lesson_of(house: House, workspace_id: str) -> Lesson:
    """Return everything accepted so far."""
    rows = TaughtExample.objects.filter(workspace_id=workspace_id, retired_at=None).order_by("id")
    return Lesson(texts=_texts(house, rows), own_intents=own_intents.list_all(workspace_id))


def lesson_by(
    house: House, workspace_id: str, example_ids: Sequence[str], own: Sequence[dict[str, str]]
) -> Lesson:
    """Return the very lesson that a version was trained on."""
    rows = TaughtExample.objects.filter(workspace_id=workspace_id, id__in=example_ids)
    return Lesson(
        texts=_texts(house, rows.order_by("id")),
        own_intents=tuple(NewIntent(**one) for one in own),
    )


def take_variants(ledger: Ledger, workspace_id: str) -> None:
    """Keep the question variants of the workspace's articles as examples; drop those gone."""
    kept = set()
    for variant in articles.list_variants(workspace_id):
        source = Source(kind=Provenance.ARTICLE, by="system", article=variant.article)
        kept.add(_teach_unless_known(ledger, workspace_id, variant, source))
    gone = TaughtExample.objects.filter(
        workspace_id=workspace_id, source=Provenance.ARTICLE.value, retired_at=None
    )
    for row in gone.exclude(id__in=kept):
        _retire(ledger, row, "system")


def reading_pack(house: House, workspace_id: str) -> Pack:
    """Return a workspace's edition with the pack's own intents."""
    return reading_of(house, editions.edition_of(house, workspace_id))


def reading_of(house: House, edition: Pack) -> Pack:
    """Return an edition with the pack's own intents: what a lesson is laid over."""
    return replace(edition, intents=house.pack_of(edition.name).intents)


def workspace_named(words: str) -> Workspace:
    """Return a workspace by its name or id, the only one for ""; raises NotFound."""
    found = [row for row in Workspace.objects.order_by("id") if words in ("", row.id, row.name)]
    if len(found) != 1:
        raise NotFound("workspace", words or "(several or none: name one)")
    return found[0]


def _teach_unless_known(
    ledger: Ledger, workspace_id: str, variant: articles.Variant, source: Source
) -> str:
    """Teach a variant unless a person has said something about the same words."""
    key = _key_of(ledger.house, workspace_id, _plain(variant.text))
    known = TaughtExample.objects.filter(workspace_id=workspace_id, text_key=key, retired_at=None)
    by_people = known.exclude(source=Provenance.ARTICLE.value).values_list("id", flat=True)
    return by_people.first() or teach(ledger, workspace_id, variant.text, variant.intent, source)


def _retire(ledger: Ledger, row: TaughtExample, by: str) -> None:
    row.retired_at, row.retired_by_id = ledger.now, by
    row.save(update_fields=["retired_at", "retired_by_id"])
    ledger.audit(row.workspace_id, _actor(by), "example_retired", f"example:{row.id}")


def _key_of(house: House, workspace_id: str, plain: str) -> str:
    return house.keyset.fingerprint(f"taught:{workspace_id}", texts.bare(plain))


def _texts(house: House, rows: "QuerySet[TaughtExample]") -> tuple[TaughtText, ...]:
    return tuple(
        TaughtText(id=row.id, text=_text_of(house, row), intent=row.intent) for row in rows
    )


def _text_of(house: House, row: TaughtExample) -> str:
    return house.keyset.unseal(row.text_sealed, f"taught:{row.id}")


def _plain(text: str) -> str:
    # A token of reviewed words teaches its kind; first, since its digits look like a number.
    plain = _TOKEN.sub(r"[\1]", texts.clean(text))
    cleaned = privacy.mask(plain, lambda kind, _raw: f"[{kind}]")
    cleaned = " ".join(cleaned.split())[: teaching.MAX_EXAMPLE_CHARACTERS]
    if len(texts.bare(cleaned)) < _SHORTEST:
        raise InvalidInput({"examples": "An example needs at least two letters."})
    return cleaned


def _actor(by: str) -> str:
    return by if by == "system" else f"user:{by}"
