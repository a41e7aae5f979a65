"""A newer pack comes to a workspace that began with an older one, and its people's words stay.

Intents, words, queues and copy are read from the pack itself, so they are new at once. Answers,
flows and replies became the workspace's own: what nobody changed is brought up to the pack,
what somebody changed is kept, and a flow comes as a draft, so that nothing goes live unseen.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from baton.core import pack as core
from baton.core.errors import NotFound
from baton.core.json import Json
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import articles, editions, pack_drafts, windows
from baton.services.writing import documents
from baton.store.models import (
    Article,
    ArticleVersion,
    CannedResponse,
    FlowDraft,
    FlowVersion,
    Workspace,
)

NOTE = "came with a newer pack"
_ACTOR = "system"
_FROM_THE_PACK = ("shipped with the pack", "started from the library")
"""Why a flow's first version was published, where nobody has touched it since."""


class Kind(StrEnum):
    """What a pack gave a workspace for its own."""

    ANSWER = "answer"
    FLOW = "flow"
    REPLY = "reply"


class Standing(StrEnum):
    """How the workspace's stands to the pack's."""

    NEW = "new"  # the pack has it, the workspace has not
    NEWER = "newer"  # the pack's has changed, nobody touched the workspace's
    KEPT = "kept"  # somebody changed or archived the workspace's: it stays


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that a pack says otherwise than a workspace that began with it."""

    kind: Kind
    name: str
    standing: Standing
    why: str

    @property
    def key(self) -> str:
        """What tells it from all others, as answer:parking."""
        return f"{self.kind}:{self.name}"


def differences(house: House, workspace_id: str) -> tuple[Difference, ...]:
    """Return what a workspace's pack says otherwise than the workspace; raises NotFound."""
    pack = house.pack_of(_workspace(workspace_id).pack)
    return (
        *_of_answers(workspace_id, pack),
        *_of_flows(workspace_id, pack),
        *_of_replies(workspace_id, pack),
    )


def upgrade(
    house: House,
    workspace_id: str,
    *,
    actor: str = _ACTOR,
    chosen: Collection[str] | None = None,
) -> tuple[Difference, ...]:
    """Bring what nobody changed up to the pack, or what is `chosen` of it by `Difference.key`.

    Returns what was brought. Flows come as drafts, to be looked at and published by people; one
    that has a draft already waits until that is published or discarded. Raises NotFound, or
    Conflict while another kind of change is being validated.
    """
    articles.ensure_adopted(house, workspace_id)
    with house.engine.transaction():
        editions.lock(workspace_id)
        windows.refuse_publishing(workspace_id, purpose="copy", now=house.clock.now())
        pack = house.pack_of(_workspace(workspace_id).pack)
        found = differences(house, workspace_id)
        wanted = [
            one
            for one in found
            if one.standing is not Standing.KEPT and (chosen is None or one.key in chosen)
        ]
        ledger = Ledger(house, house.clock.now())
        brought = tuple(one for one in wanted if _BRING[one.kind](ledger, workspace_id, pack, one))
        if brought:
            names: list[Json] = [one.key for one in brought]
            subject = f"workspace:{workspace_id}"
            ledger.audit(
                workspace_id, actor, "pack_upgraded", subject, pack=pack.name, brought=names
            )
            editions.count_up(workspace_id)
        ledger.flush()
    return brought


def _workspace(workspace_id: str) -> Workspace:
    found = Workspace.objects.filter(id=workspace_id).first()
    if found is None:
        raise NotFound("workspace", workspace_id)
    return found


def _of_answers(workspace_id: str, pack: core.Pack) -> Iterator[Difference]:
    heads = {head.name: head for head in Article.objects.filter(workspace_id=workspace_id)}
    rows = {row.id: row for row in ArticleVersion.objects.filter(workspace_id=workspace_id)}
    newest = {name: rows[head.version_id] for name, head in heads.items()}
    answered = {row.intent for name, row in newest.items() if not heads[name].is_archived}
    for article in pack.articles if heads else ():
        row = newest.get(article.name)
        if row is None:
            taken = article.intent in answered
            standing = Standing.KEPT if taken else Standing.NEW
            why = "an article of your own answers it" if taken else "is not here yet"
        elif replace(articles.article_of(article.name, row), version=1) == article:
            continue
        else:
            is_yours = row.saved_by != _ACTOR or heads[article.name].is_archived
            standing = Standing.KEPT if is_yours else Standing.NEWER
            why = "was changed or archived here" if is_yours else "was never changed here"
        yield Difference(kind=Kind.ANSWER, name=article.name, standing=standing, why=why)


def _of_flows(workspace_id: str, pack: core.Pack) -> Iterator[Difference]:
    newest: dict[str, FlowVersion] = {}
    for row in FlowVersion.objects.filter(workspace_id=workspace_id).order_by("version"):
        newest[row.name] = row
    rows = FlowDraft.objects.filter(workspace_id=workspace_id)
    drafts: dict[str, str] = dict(rows.values_list("name", "source"))
    for name, source in pack_drafts.sources_of(pack).items():
        last = newest.get(name)
        if last is None and name in drafts:
            if drafts[name] == source:
                continue
            standing, why = Standing.KEPT, "a draft of it lies here"
        elif last is None:
            standing, why = Standing.NEW, "is not here yet"
        elif last.document == documents.read(source, file=f"{name}.yaml").value:
            continue
        elif last.version == 1 and last.reason in _FROM_THE_PACK:
            standing, why = Standing.NEWER, "was never changed here"
        else:
            standing, why = Standing.KEPT, f"version {last.version} was published here"
        yield Difference(kind=Kind.FLOW, name=name, standing=standing, why=why)


def _of_replies(workspace_id: str, pack: core.Pack) -> Iterator[Difference]:
    rows = CannedResponse.objects.filter(workspace_id=workspace_id)
    known = {row.short_code: row.text for row in rows}
    for reply in pack.canned:
        text = known.get(reply.short_code)
        if text != reply.text:
            standing = Standing.NEW if text is None else Standing.KEPT
            why = "is not here yet" if text is None else "is worded otherwise here"
            yield Difference(kind=Kind.REPLY, name=reply.short_code, standing=standing, why=why)


def _bring_answer(ledger: Ledger, workspace_id: str, pack: core.Pack, one: Difference) -> bool:
    article = next(found for found in pack.articles if found.name == one.name)
    head = Article.objects.filter(workspace_id=workspace_id, name=one.name).first()
    number = 1
    if head is None:
        head = Article(
            id=ledger.next_id(), workspace_id=workspace_id, name=one.name, created_at=ledger.now
        )
    else:
        number = ArticleVersion.objects.get(id=head.version_id).version + 1
    version = articles.version_of(article, article_id=head.id, workspace_id=workspace_id)
    version.id, version.version = ledger.next_id(), number
    version.saved_at, version.saved_by, version.note = ledger.now, _ACTOR, NOTE
    version.save(force_insert=True)
    head.version_id = version.id
    head.save()
    return True


def _bring_flow(ledger: Ledger, workspace_id: str, pack: core.Pack, one: Difference) -> bool:
    drafts = FlowDraft.objects.filter(workspace_id=workspace_id, name=one.name)
    if drafts.exists():
        return False
    FlowDraft.objects.create(
        id=ledger.next_id(),
        workspace_id=workspace_id,
        name=one.name,
        source=pack_drafts.sources_of(pack)[one.name],
        base_version=1 if one.standing is Standing.NEWER else 0,
        updated_at=ledger.now,
        updated_by=_ACTOR,
    )
    return True


def _bring_reply(ledger: Ledger, workspace_id: str, pack: core.Pack, one: Difference) -> bool:
    text = next(found.text for found in pack.canned if found.short_code == one.name)
    CannedResponse.objects.create(
        id=ledger.next_id(), workspace_id=workspace_id, short_code=one.name, text=text
    )
    return True


_BRING = {Kind.ANSWER: _bring_answer, Kind.FLOW: _bring_flow, Kind.REPLY: _bring_reply}
