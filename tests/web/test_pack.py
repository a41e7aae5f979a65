"""What a newer pack would bring, in the console; what was changed here stays."""

import pytest

from baton.services.knowledge import authoring
from baton.services.workspace import articles, packs
from baton.store.models import Article, ArticleVersion, CannedResponse, FlowDraft, FlowVersion
from tests.support.pages import forms_of
from tests.web.conftest import Gym, Screen

PATH = "/settings/pack"


def aged(*names: str) -> None:
    """Let answers be those of an older pack."""
    for name in names:
        head = Article.objects.get(name=name)
        ArticleVersion.objects.filter(id=head.version_id).update(answer="Older words.")


def newest(name: str) -> ArticleVersion:
    return ArticleVersion.objects.get(id=Article.objects.get(name=name).version_id)


def coming(screen: Screen) -> list[str]:
    return forms_of(screen.get(PATH).text).get("pack-form", {}).get("chosen", [])


def test_what_is_chosen_comes_and_the_rest_waits(gym: Gym, robin: Screen) -> None:
    assert "has all that its pack has" in robin.get(PATH).text
    aged("parking", "wifi")
    CannedResponse.objects.filter(short_code="hours").delete()
    assert coming(robin) == ["answer:parking", "answer:wifi", "reply:hours"]
    answer = robin.post(PATH, {"chosen": ["answer:parking", "reply:hours"]}, htmx=False)
    assert answer.headers["Location"] == f"{PATH}?came=2"
    assert "Older" not in newest("parking").answer
    assert newest("wifi").answer == "Older words."
    assert coming(robin) == ["answer:wifi"]
    assert gym.deeds("pack_upgraded") == [
        (f"user:{robin.user.id}", f"workspace:{gym.workspace.id}")
    ]


def test_what_somebody_changed_stays_even_when_it_is_asked_for(gym: Gym, robin: Screen) -> None:
    aged("parking")
    mine = articles.article_of("parking", newest("parking"))
    authoring.save(gym.house, robin.user, mine, seen=1, note="read it")
    assert coming(robin) == []
    robin.post(PATH, {"chosen": ["answer:parking"]}, htmx=False)
    assert newest("parking").answer == "Older words."
    assert not gym.deeds("pack_upgraded")


def test_a_flow_that_still_lies_as_the_packs_draft_is_no_difference(
    gym: Gym, robin: Screen
) -> None:
    row = FlowVersion.objects.get(name="csat")
    FlowDraft.objects.create(
        id="1" * 32, workspace_id=gym.workspace.id, name="csat", source=row.source,
        base_version=0, updated_at=gym.clock.now(), updated_by="system",
    )  # fmt: skip
    row.delete()
    assert coming(robin) == []
    FlowDraft.objects.update(source=row.source.replace("title:", "title: My"))
    assert coming(robin) == []
    assert "a draft of it lies here" in robin.get(PATH).text


def test_nothing_chosen_or_nobody_allowed_brings_nothing(robin: Screen, sam: Screen) -> None:
    aged("parking")
    assert robin.post(PATH, {}, htmx=False).status == 422
    assert sam.get(PATH).status == 403
    assert sam.post(PATH, {"chosen": ["answer:parking"]}, htmx=False).status == 403
    assert newest("parking").answer == "Older words."


@pytest.mark.req("U16")
def test_every_list_of_alarming_words_has_an_owner(robin: Screen) -> None:
    rows = {row.source: row for row in packs.stop_words_of("fitness")}
    assert rows["healthcare"].owner == "Clinical governance lead"
    assert rows["healthcare"].words == 0, "a gym's rules know no clinic's words, only its lessons"
    assert all(row.owner and row.stopping and row.harmless for row in rows.values())
    assert min(rows["base"].words, rows["fitness"].words) > 0
    told = robin.get(PATH).text
    assert all(row.owner in told for row in rows.values())
