"""A workspace's own articles as rows: taken over from its pack once, then versions of its own."""

from collections.abc import Mapping
from dataclasses import dataclass

from baton.core import pack as packs
from baton.core.pack import Pack
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import Article, ArticleVersion, Workspace

FROM_PACK = "came with the pack"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """Another way to ask an article's question: an example to teach its intent by."""

    article: str
    intent: str
    text: str


def adopt(ledger: Ledger, workspace_id: str, pack: Pack) -> None:
    """Make a pack's articles a workspace's own, as version 1; runs inside a transaction."""
    heads, versions = [], []
    for article in pack.articles:
        head_id, version_id = ledger.next_id(), ledger.next_id()
        heads.append(
            Article(
                id=head_id,
                workspace_id=workspace_id,
                name=article.name,
                version_id=version_id,
                created_at=ledger.now,
            )
        )
        version = version_of(article, article_id=head_id, workspace_id=workspace_id)
        version.id, version.version = version_id, 1
        version.saved_at, version.saved_by, version.note = ledger.now, "system", FROM_PACK
        versions.append(version)
    Article.objects.bulk_create(heads)
    ArticleVersion.objects.bulk_create(versions)
    ledger.audit(
        workspace_id, "system", "articles_adopted", f"workspace:{workspace_id}", count=len(heads)
    )


def ensure_adopted(house: House, workspace_id: str) -> None:
    """Give a workspace of an earlier version of Baton its own articles; changes no answer."""
    if Article.objects.filter(workspace_id=workspace_id).exists():
        return
    with house.engine.transaction():
        # The row's lock: of two who come at once, the second finds the first one's articles.
        workspace = Workspace.objects.select_for_update().get(id=workspace_id)
        if not Article.objects.filter(workspace_id=workspace_id).exists():
            ledger = Ledger(house, house.clock.now())
            adopt(ledger, workspace_id, house.pack_of(workspace.pack))
            ledger.flush()


def list_current(workspace_id: str) -> tuple[packs.Article, ...] | None:
    """Return what a workspace's articles say now; None before it has any of its own."""
    heads = list(
        Article.objects.filter(workspace_id=workspace_id).values_list(
            "version_id", "name", "is_archived"
        )
    )
    if not heads:
        return None
    names = {version_id: name for version_id, name, is_archived in heads if not is_archived}
    return tuple(article_of(names[row.id], row) for row in versions_of(names))


def list_variants(workspace_id: str) -> tuple[Variant, ...]:
    """Return the question variants of a workspace's articles: examples for its reader."""
    return tuple(
        Variant(article=article.name, intent=article.intent, text=text)
        for article in list_current(workspace_id) or ()
        for text in article.variants
    )


def versions_of(ids: Mapping[str, object]) -> list[ArticleVersion]:
    """Return versions by their ids, in the order of their articles."""
    return list(ArticleVersion.objects.filter(id__in=list(ids)).order_by("article_id"))


def article_of(name: str, row: ArticleVersion) -> packs.Article:
    """Return a version as the flows know an article."""
    return packs.Article(
        name=name,
        intent=row.intent,
        question=row.question,
        answer=row.answer,
        cta_label=row.cta_label,
        cta_url=row.cta_url,
        variants=tuple(row.variants),
        channel_answers=dict(row.channel_answers),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        location_id=row.location_id,
        version=row.version,
    )


def version_of(article: packs.Article, *, article_id: str, workspace_id: str) -> ArticleVersion:
    """Return an article as a version that has no place, author or time yet."""
    return ArticleVersion(
        article_id=article_id,
        workspace_id=workspace_id,
        intent=article.intent,
        question=article.question,
        variants=list(article.variants),
        answer=article.answer,
        channel_answers=dict(article.channel_answers),
        cta_label=article.cta_label,
        cta_url=article.cta_url,
        valid_from=article.valid_from,
        valid_until=article.valid_until,
        location_id=article.location_id,
    )
