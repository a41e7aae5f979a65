"""A newer pack comes to a workspace: what nobody touched is brought, what somebody wrote stays."""

from dataclasses import replace

import pytest

from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.world import World
from baton.core.errors import NotFound
from baton.services.flows import flow_drafts
from baton.services.knowledge import authoring
from baton.services.workspace import articles, editions, pack_upgrades
from baton.services.workspace.pack_upgrades import Difference, Kind, Standing
from baton.services.workspace.standards import standards_cache
from baton.store.models import (
    Article,
    ArticleVersion,
    AuditEntry,
    CannedResponse,
    FlowDraft,
    FlowVersion,
    User,
)

STORY = Story.model_validate(
    {
        "story": "upgrade",
        "title": "A gym whose pack becomes newer",
        "pack": "fitness",
        "people": {"mia": {"contact": "webchat"}, "robin": {"user": "manager"}},
        "steps": [{"passes": "1s"}],
    }
)


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001 - asks for the database
    """Return a workspace that began with an older pack: other words, two things less."""
    made = founding.make(STORY)
    for name in ("parking", "wifi", "jobs"):
        head = Article.objects.get(name=name)
        ArticleVersion.objects.filter(id=head.version_id).update(answer=f"Older words on {name}.")
    lost = Article.objects.get(name="childcare")
    ArticleVersion.objects.filter(article_id=lost.id).delete()
    lost.delete()
    CannedResponse.objects.filter(short_code="hours").delete()
    for name in ("faq", "csat"):
        row = FlowVersion.objects.get(name=name)
        FlowVersion.objects.filter(id=row.id).update(document=row.document | {"title": "Older"})
    return made


def found_in(world: World) -> dict[str, Standing]:
    found = pack_upgrades.differences(world.house, world.workspace_id)
    return {f"{one.kind}:{one.name}": one.standing for one in found}


def told(one: Difference) -> str:
    return f"{one.kind}:{one.name}"


def article(world: World, name: str) -> str:
    return (
        standards_cache(world.house)
        .standards_of(world.workspace_id)
        .pack.articles_for(name)[0]
        .answer
    )


@pytest.mark.req("GV10")
def test_what_nobody_touched_is_brought_and_what_somebody_wrote_stays(world: World) -> None:
    robin = User.objects.get(workspace_id=world.workspace_id, role="manager")
    mine = Article.objects.get(name="parking")
    seen = ArticleVersion.objects.get(id=mine.version_id)
    written = replace(articles.article_of("parking", seen), answer="Park behind the baker's.")
    authoring.save(world.house, robin, written, seen=1, note="The yard is ours now")
    authoring.set_archived(world.house, robin, "jobs", is_archived=True)
    faq = FlowVersion.objects.get(name="faq")
    FlowVersion.objects.create(
        id="v2",
        workspace_id=world.workspace_id,
        name="faq",
        version=2,
        document=faq.document | {"title": "Ours"},
        published_at=faq.published_at,
        published_by=f"user:{robin.id}",
        reason="A menu of our own",
    )
    assert found_in(world) == {
        "answer:parking": Standing.KEPT,
        "answer:wifi": Standing.NEWER,
        "answer:childcare": Standing.NEW,
        "answer:jobs": Standing.KEPT,
        "flow:faq": Standing.KEPT,
        "flow:csat": Standing.NEWER,
        "reply:hours": Standing.NEW,
    }

    brought = pack_upgrades.upgrade(world.house, world.workspace_id)

    assert {told(one) for one in brought} == {
        "answer:wifi",
        "answer:childcare",
        "flow:csat",
        "reply:hours",
    }
    assert article(world, "parking") == "Park behind the baker's."
    assert "password hangs at the front desk" in article(world, "wifi")
    assert "kids' corner" in article(world, "childcare")
    assert Article.objects.get(name="jobs").is_archived
    assert CannedResponse.objects.filter(short_code="hours").exists()
    newest = ArticleVersion.objects.filter(version=2, note=pack_upgrades.NOTE)
    assert [row.intent for row in newest] == ["wifi"]
    # A flow waits for somebody to look at it: nothing goes live by itself.
    draft = FlowDraft.objects.get(name="csat")
    assert "flow: csat" in draft.source
    assert FlowVersion.objects.filter(name="csat").count() == 1
    assert flow_drafts.open_flow(robin, "csat").updated_by == "Baton"
    entry = AuditEntry.objects.get(action="pack_upgraded")
    assert "answer:wifi" in entry.details


def test_a_second_upgrade_brings_nothing_and_a_draft_is_not_written_over(world: World) -> None:
    FlowDraft.objects.create(
        id="d1",
        workspace_id=world.workspace_id,
        name="csat",
        source="flow: csat\ntitle: Half done",
        base_version=1,
        updated_at=world.house.clock.now(),
        updated_by="user:x",
    )
    first = pack_upgrades.upgrade(world.house, world.workspace_id)
    assert Kind.FLOW in {one.kind for one in first}  # faq alone
    assert FlowDraft.objects.get(name="csat").source.endswith("Half done")
    assert pack_upgrades.upgrade(world.house, world.workspace_id) == ()
    assert AuditEntry.objects.filter(action="pack_upgraded").count() == 1


def test_an_article_of_ones_own_is_not_doubled(world: World) -> None:
    Article.objects.filter(name="wifi").update(name="our_wifi")
    assert found_in(world)["answer:wifi"] is Standing.KEPT
    before = editions.edition_of(world.house, world.workspace_id).articles_for("wifi")
    pack_upgrades.upgrade(world.house, world.workspace_id)
    after = editions.edition_of(world.house, world.workspace_id).articles_for("wifi")
    assert [one.name for one in after] == [one.name for one in before] == ["our_wifi"]


def test_a_workspace_that_there_is_not_is_told(world: World) -> None:
    with pytest.raises(NotFound):
        pack_upgrades.differences(world.house, "nobody")
