"""Writing the knowledge base: every save is a version, with who, when and why (GV10).

The new version answers from each worker's next turn on. Whoever saves over a
version that they have not seen is told, and nothing is lost.
"""

import re
from dataclasses import replace
from itertools import chain, count

from baton.core import pack as packs
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.roles import Action
from baton.services import inbox
from baton.services.house import House
from baton.services.knowledge import article_checks, knowledge
from baton.services.ledger import Ledger
from baton.services.workspace import articles, editions, windows
from baton.store.models import Article, ArticleVersion, User

MAX_NOTE = 300
_FIRST_NOTE = "first version"
_MAX_STEM = 50  # leaves room for a number within a name's 60 characters


def create(house: House, user: User, draft: packs.Article, *, note: str = "") -> None:
    """Add an article.

    Raises InvalidInput that names each refused field, or Forbidden for a role.
    """
    inbox.require(user, Action.CONFIGURE)
    articles.ensure_adopted(house, user.workspace_id)
    with house.engine.transaction():
        editions.lock(user.workspace_id)
        windows.refuse_publishing(user.workspace_id, purpose="copy", now=house.clock.now())
        _check(house, user, draft)
        if Article.objects.filter(workspace_id=user.workspace_id, name=draft.name).exists():
            raise InvalidInput({"name": "There is an article of this name already."})
        ledger = Ledger(house, house.clock.now())
        head = Article(
            id=ledger.next_id(),
            workspace_id=user.workspace_id,
            name=draft.name,
            created_at=ledger.now,
        )
        _add_version(ledger, user, head, draft, number=1, note=note or _FIRST_NOTE)
        ledger.flush()


def save(house: House, user: User, draft: packs.Article, *, seen: int, note: str) -> None:
    """Save an article's next version; `seen` is the version that was edited.

    Raises InvalidInput that names each refused field, Conflict when a colleague
    saved meanwhile, NotFound, or Forbidden for a role.
    """
    inbox.require(user, Action.CONFIGURE)
    if not note.strip():
        raise InvalidInput({"note": "Say in a few words why; it stands beside the version."})
    with house.engine.transaction():
        editions.lock(user.workspace_id)
        windows.refuse_publishing(user.workspace_id, purpose="copy", now=house.clock.now())
        head = knowledge.head_of(house, user, draft.name)
        _refuse_if_newer(head, seen)
        _check(house, user, draft, may_clash=head.is_archived)
        ledger = Ledger(house, house.clock.now())
        _add_version(ledger, user, head, draft, number=seen + 1, note=note)
        ledger.flush()


def restore(house: House, user: User, name: str, version: int, *, seen: int) -> None:
    """Save an old version anew, as the next one; raises as `save`."""
    inbox.require(user, Action.CONFIGURE)
    head = knowledge.head_of(house, user, name)
    old = ArticleVersion.objects.filter(article_id=head.id, version=version).first()
    if old is None:
        raise NotFound("version", str(version))
    draft = articles.article_of(name, old)
    save(house, user, draft, seen=seen, note=f"Restored version {version}")


def set_archived(house: House, user: User, name: str, *, is_archived: bool) -> None:
    """Take an article out of use, or bring it back.

    Raises InvalidInput when another one has taken its place, NotFound, or
    Forbidden for a role.
    """
    inbox.require(user, Action.CONFIGURE)
    with house.engine.transaction():
        editions.lock(user.workspace_id)
        head = knowledge.head_of(house, user, name)
        if head.is_archived is is_archived:
            return
        if not is_archived:
            version = ArticleVersion.objects.get(id=head.version_id)
            _check(house, user, articles.article_of(name, version))
        head.is_archived = is_archived
        head.save(update_fields=["is_archived"])
        ledger = Ledger(house, house.clock.now())
        ledger.audit(
            user.workspace_id,
            f"user:{user.id}",
            "article_archived" if is_archived else "article_unarchived",
            f"article:{name}",
        )
        editions.count_up(user.workspace_id)
        ledger.flush()


def name_for(user: User, question: str) -> str:
    """Return a free name made of a question's first words."""
    plain = re.sub(r"[^a-z0-9]+", "_", question.casefold()).strip("_0123456789")
    stem = plain[:_MAX_STEM].rstrip("_") or "article"
    begun = Article.objects.filter(workspace_id=user.workspace_id, name__startswith=stem)
    taken = set(begun.values_list("name", flat=True))
    numbered = (f"{stem}_{number}" for number in count(2))
    return next(name for name in chain([stem], numbered) if name not in taken)


def cleaned(draft: packs.Article) -> packs.Article:
    """Return a draft without empty channel answers, and each variant once."""
    own = {
        channel: text
        for channel, text in draft.channel_answers.items()
        if text and text != draft.answer
    }
    variants = tuple(dict.fromkeys(text for text in map(str.strip, draft.variants) if text))
    return replace(draft, channel_answers=own, variants=variants)


def _check(house: House, user: User, draft: packs.Article, *, may_clash: bool = False) -> None:
    around = knowledge.surroundings_of(house, user, draft.name, location_id=draft.location_id)
    if may_clash:  # an archived article answers nobody
        around = replace(around, others=())
    if problems := article_checks.problems_of(draft, around):
        raise InvalidInput(problems)


def _refuse_if_newer(head: Article, seen: int) -> None:
    newest = ArticleVersion.objects.get(id=head.version_id)
    if newest.version != seen:
        saved_by = knowledge.names_of([newest.saved_by.removeprefix("user:")])
        who = next(iter(saved_by.values()), "Somebody")
        message = (
            f"{who} saved version {newest.version} while you were writing. "
            "Copy your words, open the article again and put them in."
        )
        raise Conflict(message)


def _add_version(  # noqa: PLR0913 - a version has these
    ledger: Ledger, user: User, head: Article, draft: packs.Article, *, number: int, note: str
) -> None:
    version = articles.version_of(draft, article_id=head.id, workspace_id=user.workspace_id)
    version.id, version.version = ledger.next_id(), number
    version.saved_at, version.saved_by = ledger.now, f"user:{user.id}"
    version.note = note.strip()[:MAX_NOTE]
    version.save(force_insert=True)
    head.version_id = version.id
    head.save()
    ledger.audit(
        user.workspace_id,
        f"user:{user.id}",
        "article_saved",
        f"article:{head.name}",
        version=number,
        note=version.note,
    )
    editions.count_up(user.workspace_id)
