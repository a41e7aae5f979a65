"""The knowledge base in the console: found, read, written, and every save kept as a version."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest

from baton.core.errors import Forbidden
from baton.core.roles import Role
from baton.services.knowledge import article_checks, authoring, knowledge
from baton.services.workspace import articles, editions
from baton.services.workspace.standards import StandardsCache
from baton.store.models import (
    Article,
    ArticleUse,
    ArticleVersion,
    AuditEntry,
    Conversation,
    Location,
    Message,
    Workspace,
)
from tests.web.conftest import Gym, Screen, open_gym

HOURS = "/knowledge/articles/opening_hours"
ASKED = "What time do you open?"
NOBODY = {"by_person": 0}  # no agent sent it


def a_form(gym: Gym, name: str = "opening_hours", **changed: str) -> dict[str, str]:
    """Return what a browser sends for an article as it is, with some fields changed."""
    own = articles.list_current(gym.workspace.id) or ()
    found = next(one for one in own if one.name == name)
    return {
        "question": found.question,
        "intent": found.intent,
        "answer": found.answer,
        "cta_label": found.cta_label,
        "cta_url": found.cta_url,
        "variants": "\n".join(found.variants),
        "note": "a reason",
        "seen": str(found.version),
        **changed,
    }


def last_reply(gym: Gym, conversation_id: str) -> str:
    message = Message.objects.filter(conversation_id=conversation_id, author="bot").latest("id")
    return gym.house.keyset.unseal(message.body_sealed, f"message:{message.id}")


def save(screen: Screen, form: Mapping[str, str], name: str = "opening_hours") -> int:
    return screen.post(f"/knowledge/articles/{name}/edit", form, htmx=False).status


# -- reading --------------------------------------------------------------------------------------


@pytest.mark.req("FQ8")
def test_every_article_of_the_pack_is_listed_in_pages(gym: Gym, sam: Screen) -> None:
    pack = gym.house.pack_of("fitness")
    shown = [knowledge.list_page(gym.house, sam.user, page=number) for number in (1, 2)]
    names = [line.article.name for page in shown for line in page.lines]
    assert len(names) == len(set(names)) == len(pack.articles)
    assert (shown[0].has_more, shown[1].has_more) == (True, False)
    page = sam.get("/knowledge").text
    assert "Next page" in page
    assert "Earlier page" in sam.get("/knowledge?page=2").text
    assert "Write an article" not in page  # an agent reads


def test_search_looks_through_questions_answers_and_variants(gym: Gym, robin: Screen) -> None:
    assert save(robin, a_form(gym, variants="when do the doors swing")) == 302
    for words in ("open", "doors swing", "HOURS come", "opening hours"):
        assert "When are you open?" in robin.get("/knowledge?" + urlencode({"q": words})).text
    assert (
        "No article holds these words" in robin.get("/knowledge?" + urlencode({"q": "zebra"})).text
    )


def test_the_list_shows_states(gym: Gym, robin: Screen) -> None:
    today = gym.clock.now().date()
    soon, past = today + timedelta(days=1), today - timedelta(days=1)
    assert save(robin, a_form(gym, valid_from=soon.isoformat())) == 302
    assert save(robin, a_form(gym, "parking", valid_until=past.isoformat()), "parking") == 302
    assert "Upcoming" in robin.get("/knowledge?" + urlencode({"q": "When are you open"})).text
    assert "Expired" in robin.get("/knowledge?" + urlencode({"q": "where can i park"})).text
    assert "Live" in robin.get("/knowledge?" + urlencode({"q": "gift"})).text


def test_an_article_shows_how_it_reads_on_each_channel(sam: Screen) -> None:
    page = sam.get(HOURS).text
    assert page.count("Canal Street is open") == len(article_checks.CHANNELS)
    assert "{{" not in page
    assert "came with the pack" in page
    assert sam.get("/knowledge/articles/nowhere").status == 404


# -- writing --------------------------------------------------------------------------------------


@pytest.mark.req("GV10")
def test_a_save_is_a_version_with_who_when_and_why_and_answers_at_once(
    gym: Gym, robin: Screen
) -> None:
    assert "is open" in last_reply(gym, gym.hear("mia", ASKED))
    assert save(robin, a_form(gym, answer="Round the clock.", note="we never close now")) == 302
    assert last_reply(gym, gym.hear("ben", ASKED)) == "Round the clock."
    newest = ArticleVersion.objects.get(version=2)
    assert newest.saved_by == f"user:{robin.user.id}"
    assert (newest.saved_at, newest.note) == (gym.clock.now() - timedelta(0), "we never close now")
    assert ArticleVersion.objects.filter(article_id=newest.article_id).count() == 2
    assert gym.deeds("article_saved") == [(f"user:{robin.user.id}", "article:opening_hours")]
    entry = json.loads(AuditEntry.objects.get(action="article_saved").details)
    assert entry == {"version": 2, "note": "we never close now"}
    assert gym.house.pack_of("fitness").article_for("opening_hours").answer != "Round the clock."  # type: ignore[union-attr] # the pack has it


def test_another_process_answers_with_it_at_its_next_turn(gym: Gym, robin: Screen) -> None:
    elsewhere = StandardsCache(gym.house)  # each process keeps one of its own

    def answer() -> str:
        pack = elsewhere.standards_of(gym.workspace.id).pack
        found = pack.article_for("opening_hours")
        return found.answer if found else ""

    before = answer()
    assert save(robin, a_form(gym, answer="Round the clock.")) == 302
    assert before != answer() == "Round the clock."
    authoring.set_archived(gym.house, robin.user, "opening_hours", is_archived=True)
    assert answer() == ""


def test_a_refused_save_changes_nothing_and_keeps_the_old_answer_in_mind(
    gym: Gym, robin: Screen
) -> None:
    revision = Workspace.objects.get(id=gym.workspace.id).revision
    assert save(robin, a_form(gym, answer="{{ nowhere.at_all }}")) == 422
    assert Workspace.objects.get(id=gym.workspace.id).revision == revision
    assert ArticleVersion.objects.filter(version=2).count() == 0
    assert "is open" in last_reply(gym, gym.hear("mia", ASKED))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"answer": "{{ location.phon }}"}, "location.phon is undefined"),
        ({"answer": "{{ location.phone"}, "expected &#x27;}}&#x27;"),
        ({"answer": "x" * 481}, "at most 480 characters"),
        ({"answer": ""}, "This field is required"),
        ({"answer_sms": "x" * 321}, "this is 321 characters; an SMS holds 320"),
        ({"answer_webchat": "x" * 481}, "under 480 characters"),
        ({"cta_label": "Open"}, "Give the link&#x27;s address"),
        ({"cta_url": "https://a.example"}, "Say what the link does"),
        ({"cta_label": "Open", "cta_url": "javascript:alert(1)"}, "Begin with https://"),
        ({"valid_from": "2026-03-05", "valid_until": "2026-03-04"}, "before the first"),
        ({"valid_from": "tomorrow"}, "Enter a valid date"),
        ({"intent": "nonsense"}, "Select a valid choice"),
        ({"intent": "parking"}, "answers this already"),
        ({"location_id": "0" * 32}, "Select a valid choice"),
        ({"variants": "where can i park"}, "is an example of “parking” already"),
        ({"note": " "}, "Say in a few words why"),
        ({"question": ""}, "This field is required"),
    ],
    ids=lambda value: "_".join(value) if isinstance(value, dict) else "",
)
@pytest.mark.req("FQ3")
def test_what_is_wrong_is_told_at_the_field_and_what_was_written_stays(
    gym: Gym, robin: Screen, changed: dict[str, str], told: str
) -> None:
    form = a_form(gym, **changed)
    page = robin.post(f"{HOURS}/edit", form, htmx=False)
    assert page.status == 422
    assert told in page.text
    assert "Nothing was saved yet" in page.text
    assert "a reason" in page.text or "note" in changed
    assert ArticleVersion.objects.filter(version=2).count() == 0


def test_who_saves_over_an_unseen_version_is_told_and_loses_no_word(
    gym: Gym, robin: Screen
) -> None:
    stale = a_form(gym, answer="My own careful words.")
    assert save(robin, a_form(gym, answer="Somebody was faster.")) == 302
    page = robin.post(f"{HOURS}/edit", stale, htmx=False)
    assert page.status == 409
    assert "Robin saved version 2 while you were writing" in page.text
    assert "My own careful words." in page.text
    assert ArticleVersion.objects.filter(version=3).count() == 0


@pytest.mark.req("FQ3")
def test_a_channel_has_an_answer_of_its_own(gym: Gym, robin: Screen) -> None:
    assert save(robin, a_form(gym, answer_webchat="Short and sweet.", answer_sms=" ")) == 302
    assert last_reply(gym, gym.hear("mia", ASKED)) == "Short and sweet."
    own = articles.list_current(gym.workspace.id) or ()
    found = next(one for one in own if one.name == "opening_hours")
    assert found.channel_answers == {"webchat": "Short and sweet."}


@pytest.mark.req("FQ3")
def test_a_notice_answers_on_its_days_and_then_the_usual_article_again(
    gym: Gym, robin: Screen
) -> None:
    today = gym.clock.now().date().isoformat()
    made = robin.post(
        "/knowledge/new",
        {
            "question": "Closed for the holidays?",
            "intent": "opening_hours",
            "answer": "We are closed today.",
            "valid_from": today,
            "valid_until": today,
        },
        htmx=False,
    )
    assert (made.status, made.headers["Location"]) == (
        302,
        "/knowledge/articles/closed_for_the_holidays",
    )
    assert last_reply(gym, gym.hear("mia", ASKED)) == "We are closed today."
    gym.step(days=1)
    assert "is open" in last_reply(gym, gym.hear("ben", ASKED))


def test_two_articles_never_answer_the_same_thing_on_the_same_day(robin: Screen) -> None:
    notice = {"question": "Closed?", "intent": "opening_hours", "answer": "Closed."}
    first = {**notice, "valid_from": "2026-04-01", "valid_until": "2026-04-10"}
    assert robin.post("/knowledge/new", first, htmx=False).status == 302
    overlapping = {**notice, "valid_from": "2026-04-10", "valid_until": "2026-04-12"}
    assert robin.post("/knowledge/new", overlapping, htmx=False).status == 422
    after = {**notice, "valid_from": "2026-04-11", "valid_until": "2026-04-12"}
    made = robin.post("/knowledge/new", after, htmx=False)
    assert made.headers["Location"] == "/knowledge/articles/closed_2"  # a name of its own


@pytest.mark.req("FQ3")
def test_an_article_of_a_location_wins_there_and_is_filled_in_with_its_facts(
    gym: Gym, robin: Screen
) -> None:
    here = Location.objects.get(workspace_id=gym.workspace.id)
    there = Location.objects.create(
        id=gym.house.next_id(gym.clock.now()),
        workspace_id=gym.workspace.id,
        name="Harbour",
        address="1 Quay",
    )
    local = {"question": "Open here?", "intent": "opening_hours", "answer": "{{ location.name }}!"}
    for place in (here, there):
        made = robin.post("/knowledge/new", {**local, "location_id": place.id}, htmx=False)
        assert made.status == 302
    assert last_reply(gym, gym.hear("mia", ASKED)) == "Canal Street!"
    assert "Harbour!" in robin.get("/knowledge/articles/open_here_2").text


def test_the_preview_follows_what_is_written(gym: Gym, robin: Screen) -> None:
    form = a_form(gym, answer="Call {{ location.phone }}.", answer_sms="x" * 330)
    shown = robin.post("/knowledge/preview", form).text
    assert shown.count("Call +1 555 0100.") == 3
    assert "Too long for an SMS" in shown
    broken = robin.post("/knowledge/preview", {"answer": "{{ oops"}).text
    assert "cannot be filled in" in broken
    # Without JavaScript a button does the same, and saves nothing.
    page = robin.post(f"{HOURS}/edit", {**form, "preview": "1"}, htmx=False)
    assert page.status == 200
    assert "Call +1 555 0100." in page.text
    assert ArticleVersion.objects.filter(version=2).count() == 0


# -- versions -------------------------------------------------------------------------------------


@pytest.mark.req("GV10")
def test_versions_show_what_changed_and_an_old_one_comes_back_as_a_new_one(
    gym: Gym, robin: Screen
) -> None:
    original = a_form(gym)["answer"]
    assert save(robin, a_form(gym, answer=original.replace("suits", "pleases"))) == 302
    page = robin.get(f"{HOURS}/versions").text
    assert "<del>suits</del><ins>pleases</ins>" in page
    done = robin.post(f"{HOURS}/restore", version="1", seen="2", htmx=False)
    assert done.status == 302
    newest = ArticleVersion.objects.get(version=3)
    assert (newest.answer, newest.note) == (original, "Restored version 1")
    assert robin.post(f"{HOURS}/restore", version="2", seen="2", htmx=False).status == 409
    assert robin.post(f"{HOURS}/restore", version="9", seen="3", htmx=False).status == 404


def test_an_archived_article_answers_nobody_until_it_is_brought_back(
    gym: Gym, robin: Screen
) -> None:
    assert robin.post(f"{HOURS}/archive", archived="1", htmx=False).status == 302
    reply = last_reply(gym, gym.hear("mia", ASKED))
    assert "is open" not in reply
    assert "When are you open?" in robin.get("/knowledge?" + urlencode({"archived": "1"})).text
    assert "Bring back" in robin.get(HOURS).text
    # Another one takes its place: bringing both back would leave two answers.
    other = {"question": "Open?", "intent": "opening_hours", "answer": "Always."}
    assert robin.post("/knowledge/new", other, htmx=False).status == 302
    assert robin.post(f"{HOURS}/archive", htmx=False).status == 422
    assert robin.post("/knowledge/articles/open/archive", archived="1", htmx=False).status == 302
    assert robin.post(f"{HOURS}/archive", htmx=False).status == 302
    assert "is open" in last_reply(gym, gym.hear("ben", ASKED))
    subjects = [subject for _actor, subject in gym.deeds("article_archived")]
    assert subjects == ["article:opening_hours", "article:open"]
    assert len(gym.deeds("article_unarchived")) == 1


# -- who may, and whose ---------------------------------------------------------------------------


def test_agents_read_and_others_write(gym: Gym, sam: Screen, alex: Screen) -> None:
    for screen in (sam, alex):
        assert screen.get("/knowledge").status == screen.get(HOURS).status == 200
        assert screen.get(f"{HOURS}/versions").status == 200
        for path in (f"{HOURS}/edit", "/knowledge/new"):
            assert screen.get(path).status == 403
            assert screen.post(path, a_form(gym)).status == 403
        assert screen.post(f"{HOURS}/archive", archived="1").status == 403
        assert screen.post(f"{HOURS}/restore", version="1", seen="1").status == 403
        assert screen.post("/knowledge/preview", a_form(gym)).status == 403
    draft = next(iter(articles.list_current(gym.workspace.id) or ()))
    with pytest.raises(Forbidden):
        authoring.create(gym.house, sam.user, draft)
    operations = gym.screen_of(gym.hire("Olu", Role.OPERATIONS))
    assert save(operations, a_form(gym, answer="By operations.")) == 302


def test_another_workspace_is_out_of_sight(gym: Gym, robin: Screen) -> None:
    theirs = open_gym("Southside", house=gym.house, clock=gym.clock)
    manager = theirs.screen_of(theirs.hire("Kim", Role.MANAGER))
    form = {"question": "Secret?", "intent": "gift_card", "answer": "Ours."}
    own = articles.list_current(theirs.workspace.id) or ()
    gift = next(one for one in own if one.intent == "gift_card")
    authoring.set_archived(theirs.house, manager.user, gift.name, is_archived=True)
    assert manager.post("/knowledge/new", form, htmx=False).status == 302
    assert robin.get("/knowledge/articles/secret").status == 404
    assert "Secret?" not in robin.get("/knowledge?" + urlencode({"q": "secret"})).text
    assert gift.name in [one.name for one in articles.list_current(gym.workspace.id) or ()]


def test_a_workspace_from_before_gets_its_articles_when_somebody_looks(
    gym: Gym, robin: Screen
) -> None:
    Article.objects.all().delete()
    ArticleVersion.objects.all().delete()
    pack = gym.house.pack_of("fitness")
    assert editions.edition_of(gym.house, gym.workspace.id).articles == pack.articles
    assert "is open" in last_reply(gym, gym.hear("mia", ASKED))
    assert robin.get(HOURS).status == 200
    assert Article.objects.count() == len(pack.articles)
    edition = editions.edition_of(gym.house, gym.workspace.id)
    assert edition.articles == pack.articles
    assert robin.get("/knowledge").status == 200
    assert Article.objects.count() == len(pack.articles)


def test_variants_are_handed_to_whoever_teaches_the_reader(gym: Gym, robin: Screen) -> None:
    assert save(robin, a_form(gym, variants="doors when?\n\nDOORS WHEN?\ndoors when?")) == 302
    found = articles.list_variants(gym.workspace.id)
    assert [(one.article, one.intent, one.text) for one in found] == [
        ("opening_hours", "opening_hours", "doors when?"),
        ("opening_hours", "opening_hours", "DOORS WHEN?"),
    ]


# -- what an article did --------------------------------------------------------------------------


def counts(gym: Gym, user_screen: Screen, name: str = "opening_hours") -> dict[str, int]:
    return knowledge.get_line(gym.house, user_screen.user, name).counts


@pytest.mark.req("E24")
def test_not_helpful_counts_against_the_article_given_last(gym: Gym, sam: Screen) -> None:
    conversation = gym.hear("mia", "where can i park")
    gym.step(seconds=5)
    gym.hear("mia", ASKED)
    gym.step(seconds=5)
    gym.hear("mia", "that did not help")
    found = {"given": 1, "not_helpful": 1, "handed_over": 1, "recontacted": 0}
    assert counts(gym, sam) == found | NOBODY
    assert (
        counts(gym, sam, "parking")
        == {
            "given": 1,
            "not_helpful": 0,
            "handed_over": 0,
            "recontacted": 0,
        }
        | NOBODY
    )
    uses = ArticleUse.objects.filter(conversation_id=conversation)
    assert set(uses.values_list("version", flat=True)) == {1}


def test_each_number_is_the_conversations_that_it_opens(gym: Gym, sam: Screen) -> None:
    first = gym.hear("mia", ASKED)
    gym.step(seconds=5)
    assert gym.hear("mia", "when do you open") == first  # twice in one conversation counts once
    second = gym.hear("ben", ASKED)
    page = sam.get(HOURS).text
    assert "<strong>2</strong><span>Given</span>" in page
    shown = sam.get(f"{HOURS}/counted?outcome=given").text
    assert shown.count('class="row"') == 2
    assert f"/inbox/{first}" in shown
    assert f"/inbox/{second}" in shown
    assert "There is none." in sam.get(f"{HOURS}/counted?outcome=recontacted").text
    assert sam.get(f"{HOURS}/counted?outcome=nonsense").status == 422


def test_a_hard_stop_after_an_answer_is_a_handover_but_not_unhelpful(gym: Gym, sam: Screen) -> None:
    gym.hear("mia", ASKED)
    gym.step(seconds=5)
    gym.hear("mia", "can I talk to a real person please")
    found = {"given": 1, "not_helpful": 0, "handed_over": 1, "recontacted": 0}
    assert counts(gym, sam) == found | NOBODY


@pytest.mark.req("FQ19")
def test_coming_back_after_the_bot_closed_counts_against_what_it_closed_with(
    gym: Gym, sam: Screen
) -> None:
    conversation_id = gym.hear("mia", ASKED)
    gym.step(minutes=15)
    closed = Conversation.objects.get(id=conversation_id)
    assert (closed.status, closed.resolved_by) == ("resolved", "bot")
    gym.step(hours=20)
    assert gym.hear("mia", "so when do you open") == conversation_id
    assert counts(gym, sam)["recontacted"] == 1
    shown = sam.get(f"{HOURS}/counted?outcome=recontacted").text
    assert f"/inbox/{conversation_id}" in shown
    later = gym.hear("ben", ASKED)
    gym.step(minutes=15)
    gym.step(hours=100)
    assert gym.hear("ben", ASKED) != later  # outside the window it is a matter of its own
    assert counts(gym, sam)["recontacted"] == 1


def test_what_is_said_to_a_person_counts_against_no_article(gym: Gym, sam: Screen) -> None:
    gym.hear("mia", ASKED)
    gym.step(seconds=5)
    gym.hear("mia", "can I talk to a real person please")
    gym.step(seconds=5)
    gym.hear("mia", "that did not help")
    assert counts(gym, sam)["not_helpful"] == 0


def test_numbers_are_of_the_last_30_days(gym: Gym, sam: Screen) -> None:
    gym.hear("mia", ASKED)
    assert counts(gym, sam)["given"] == 1
    gym.step(days=31)
    assert counts(gym, sam)["given"] == 0
    assert sam.get(f"{HOURS}/counted?outcome=given").text.count('class="row"') == 0


def test_days_are_dates_of_the_place(gym: Gym, sam: Screen) -> None:
    assert knowledge.today_of(gym.house, sam.user) == date(2026, 3, 2)
    gym.clock.advance(timedelta(hours=13, minutes=30))  # 23:30 in Greenwich, past midnight in Paris
    assert knowledge.today_of(gym.house, sam.user) == date(2026, 3, 3)
