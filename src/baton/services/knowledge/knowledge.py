"""The knowledge base as people read it: what is answered, how, since when and how well."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from baton.core import pack as packs
from baton.core.errors import NotFound
from baton.core.json import Json
from baton.core.pack import Pack
from baton.core.roles import Action
from baton.services import inbox
from baton.services.house import House
from baton.services.knowledge import article_uses
from baton.services.knowledge.article_checks import Surroundings
from baton.services.workspace import articles, editions
from baton.services.workspace.standards import facts_of, standards_cache
from baton.store.models import (
    Article,
    ArticleVersion,
    Contact,
    Conversation,
    Location,
    User,
    Workspace,
)
from baton.store.queries import knowledge

PAGE_SIZE = 25
WINDOW = timedelta(days=30)
"""What an article did is counted over so long: what it did before says little of it now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleLine:
    """An article in a list; `state` is live, upcoming, expired or archived."""

    article: packs.Article
    state: str
    meaning: str
    location: str
    counts: dict[str, int]
    suggestions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePage:
    """Some articles in the order of their questions, and how many there are in all."""

    lines: tuple[ArticleLine, ...]
    total: int
    page: int
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What an article said, and who saved it when and why."""

    article: packs.Article
    version: int
    saved_at: datetime
    saved_by: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A conversation behind a number."""

    id: str
    at: datetime
    who: str
    about: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedPage:
    """Some conversations behind a number, newest first."""

    conversations: tuple[Counted, ...]
    page: int
    has_more: bool


def list_page(
    house: House, user: User, *, words: str = "", is_archived: bool = False, page: int = 1
) -> ArticlePage:
    """Return a page of articles that hold all of some words; raises Forbidden for a role."""
    inbox.require(user, Action.READ_INBOX)
    articles.ensure_adopted(house, user.workspace_id)
    heads = Article.objects.filter(workspace_id=user.workspace_id, is_archived=is_archived)
    names = dict(heads.values_list("version_id", "name"))
    found = [articles.article_of(names[row.id], row) for row in articles.versions_of(names)]
    pack = standards_cache(house).standards_of(user.workspace_id).pack
    fitting = sorted(
        (one for one in found if _holds(one, words, pack)),
        key=lambda one: (one.question.casefold(), one.name),
    )
    first = (page - 1) * PAGE_SIZE
    return ArticlePage(
        lines=_lines(house, user, fitting[first : first + PAGE_SIZE], is_archived=is_archived),
        total=len(fitting),
        page=page,
        has_more=len(fitting) > first + PAGE_SIZE,
    )


def get_line(house: House, user: User, name: str) -> ArticleLine:
    """Return one article as it is now; raises NotFound, or Forbidden for a role."""
    inbox.require(user, Action.READ_INBOX)
    head = head_of(house, user, name)
    row = ArticleVersion.objects.get(id=head.version_id)
    found = articles.article_of(name, row)
    return _lines(house, user, [found], is_archived=head.is_archived)[0]


def list_versions(house: House, user: User, name: str) -> tuple[Version, ...]:
    """Return every version of an article, newest first; raises as `get_line`."""
    inbox.require(user, Action.READ_INBOX)
    head = head_of(house, user, name)
    rows = list(ArticleVersion.objects.filter(article_id=head.id).order_by("-version"))
    authors = names_of(row.saved_by.removeprefix("user:") for row in rows)
    return tuple(
        Version(
            article=articles.article_of(name, row),
            version=row.version,
            saved_at=row.saved_at,
            saved_by=authors.get(row.saved_by.removeprefix("user:"), "Baton"),
            note=row.note,
        )
        for row in rows
    )


def list_counted(
    house: House, user: User, name: str, outcome: str, *, page: int = 1
) -> CountedPage:
    """Return the conversations behind one of an article's numbers; raises as `get_line`."""
    inbox.require(user, Action.READ_INBOX)
    head_of(house, user, name)
    if outcome not in article_uses.OUTCOMES:
        raise NotFound("outcome", outcome)
    first = (page - 1) * PAGE_SIZE
    found = knowledge.conversations_of(
        user.workspace_id,
        name,
        outcome,
        since=house.clock.now() - WINDOW,
        places=slice(first, first + PAGE_SIZE + 1),
    )
    return CountedPage(
        conversations=_counted(house, user, found[:PAGE_SIZE]),
        page=page,
        has_more=len(found) > PAGE_SIZE,
    )


def surroundings_of(house: House, user: User, name: str, *, location_id: str = "") -> Surroundings:
    """Return what an article of that name and location is checked against."""
    places = {
        place.id: place
        for place in Location.objects.filter(workspace_id=user.workspace_id).order_by("id")
    }
    place = places.get(location_id) or next(iter(places.values()))
    own = articles.list_current(user.workspace_id) or ()
    facts: dict[str, Json] = facts_of(Workspace.objects.get(id=user.workspace_id), place)
    return Surroundings(
        pack=editions.edition_of(house, user.workspace_id),
        others=tuple(other for other in own if other.name != name),
        facts=facts,
        locations=frozenset(places),
    )


def list_intents(house: House, user: User) -> tuple[tuple[str, str], ...]:
    """Return what people may mean, as (intent, words), in the order of the words."""
    pack = standards_cache(house).standards_of(user.workspace_id).pack
    told = [(intent.name, _meaning(pack, intent.name)) for intent in pack.intents]
    return tuple(sorted(told, key=lambda one: one[1].casefold()))


def head_of(house: House, user: User, name: str) -> Article:
    """Return an article's row; raises NotFound."""
    articles.ensure_adopted(house, user.workspace_id)
    head = Article.objects.filter(workspace_id=user.workspace_id, name=name).first()
    if head is None:
        raise NotFound("article", name)
    return head


def names_of(user_ids: Iterable[str]) -> dict[str, str]:
    """Return the names of some of the staff, by id."""
    return dict(User.objects.filter(id__in=set(user_ids)).values_list("id", "name"))


def today_of(house: House, user: User) -> date:
    """Return the day that it is where the business is."""
    return house.clock.now().astimezone(inbox.zone_of(user.workspace_id)).date()


def _lines(
    house: House, user: User, shown: list[packs.Article], *, is_archived: bool
) -> tuple[ArticleLine, ...]:
    names = [article.name for article in shown]
    counts = knowledge.counts_of(user.workspace_id, names, since=house.clock.now() - WINDOW)
    suggested = knowledge.open_suggestions_of(user.workspace_id, names)
    places = dict(inbox.list_locations(user))
    pack = standards_cache(house).standards_of(user.workspace_id).pack
    today = today_of(house, user)
    return tuple(
        ArticleLine(
            article=article,
            state="archived" if is_archived else _state(article, today),
            meaning=_meaning(pack, article.intent),
            location=places.get(article.location_id, ""),
            counts={o: counts.get((article.name, o), 0) for o in article_uses.OUTCOMES},
            suggestions=suggested.get(article.name, 0),
        )
        for article in shown
    )


def _state(article: packs.Article, today: date) -> str:
    if article.is_valid_on(today):
        return "live"
    is_ahead = article.valid_from is not None and article.valid_from > today
    return "upcoming" if is_ahead else "expired"


def _meaning(pack: Pack, intent: str) -> str:
    found = pack.intent(intent)
    return found.wants.removeprefix("to ").capitalize() if found else intent.replace("_", " ")


def _holds(article: packs.Article, words: str, pack: Pack) -> bool:
    texts = (
        article.name.replace("_", " "),
        article.question,
        article.answer,
        *article.variants,
        *article.channel_answers.values(),
        _meaning(pack, article.intent),
    )
    whole = "\n".join(texts).casefold()
    return all(word in whole for word in words.casefold().split())


def _counted(house: House, user: User, found: list[tuple[str, datetime]]) -> tuple[Counted, ...]:
    rows = Conversation.objects.in_bulk([conversation_id for conversation_id, _at in found])
    contacts = Contact.objects.in_bulk({row.contact_id for row in rows.values()})
    pack = inbox.pack_of(house, user.workspace_id)
    told = []
    for conversation_id, at in found:
        row = rows[conversation_id]
        sealed = bytes(contacts[row.contact_id].name_sealed)
        told.append(
            Counted(
                id=row.id,
                at=at,
                who=inbox.name_of(house, row.contact_id, sealed),
                about=inbox.title_of(pack, row.request_type, row.urgency_cause),
                status=row.status,
            )
        )
    return tuple(told)
