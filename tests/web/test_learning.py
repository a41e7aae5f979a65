"""Readers that learn: made, held against the live one, put live in a window, taken back."""

import threading
from dataclasses import replace

import pytest

from baton.config import wiring
from baton.core.errors import Conflict, Forbidden
from baton.core.pack import Article as ArticleText
from baton.core.pack import Pack
from baton.core.reading import ReaderPort
from baton.core.roles import Role
from baton.core.teaching import MIN_EXAMPLES, Lesson, NewIntent
from baton.services import house as houses
from baton.services.knowledge import authoring
from baton.services.ledger import Ledger
from baton.services.reading import readers
from baton.services.reading.workshop import workshop_of
from baton.services.workspace import editions, lessons, reader_editions, supervision, windows
from baton.services.workspace.shelf import Shelf, shelf_of
from baton.store.models import (
    Article,
    ArticleVersion,
    AuditEntry,
    Conversation,
    ReaderVersion,
    Review,
    StopMark,
    TaughtExample,
    Turn,
    ValidationWindow,
)
from tests.support import overlap_reader
from tests.web.conftest import Gym, Screen

WORDS = [
    "blorp the wibble", "can you blorp the wibble", "please blorp the wibble now",
    "blorp the wibble today", "i need the wibble blorped", "could you blorp the wibble again",
    "blorp the wibble for me",
]  # fmt: skip
NEW = NewIntent(name="wibble_blorping", request_type="facilities", wants="to have a wibble blorped")
ACTOR = "system"


@pytest.fixture
def gym(gym: Gym) -> Gym:
    """The gym, with a reader that is trained at once; `test_learning_reader` has the real one."""
    return with_quick_training(gym)


def with_quick_training(gym: Gym) -> Gym:
    house = replace(gym.house, reader_of=overlap_reader.plain_reader_of, train=overlap_reader.train)
    houses.install(house)
    return replace(gym, house=house, crew=wiring.crew_of(house, owner="test"))


def teach(gym: Gym, robin: Screen, *, count: int = MIN_EXAMPLES) -> None:
    lessons.make_intent(gym.house, robin.user, NEW, "\n".join(WORDS[:count]))


def trained(gym: Gym, robin: Screen) -> ReaderVersion:
    teach(gym, robin)
    return readers.train(gym.house, gym.workspace.id, actor=f"user:{robin.user.id}", reason="test")


def best_of(gym: Gym, words: str, who: str) -> str:
    return Turn.objects.filter(conversation_id=gym.hear(who, words)).latest("id").intent


@pytest.mark.req("FL5", "GV1")
def test_what_was_taught_is_read_after_the_promotion_and_not_before(
    gym: Gym, robin: Screen
) -> None:
    row = trained(gym, robin)
    assert (row.number, row.status, row.refusals) == (1, "candidate", [])
    assert best_of(gym, WORDS[-1], "mia") != NEW.name
    readers.promote(gym.house, gym.workspace.id, 1, actor=ACTOR)
    assert best_of(gym, WORDS[-1], "ben") == NEW.name
    assert readers.back(gym.house, gym.workspace.id, actor=ACTOR) == 0
    assert best_of(gym, WORDS[-1], "cat") != NEW.name
    assert [a for a, _ in gym.deeds("reader_promoted") + gym.deeds("reader_taken_back")] == [
        ACTOR, ACTOR,
    ]  # fmt: skip


def test_a_version_is_the_exact_lesson_it_was_trained_on(gym: Gym, robin: Screen) -> None:
    row = trained(gym, robin)
    lessons.retire_by(gym.house, robin.user, row.example_ids[0])
    lesson = reader_editions.lesson_of(gym.house, row)
    assert {one.text for one in lesson.texts} == set(WORDS[:MIN_EXAMPLES])
    assert lesson.own_intents == (NEW,)
    assert len(lessons.lesson_of(gym.house, gym.workspace.id).texts) == MIN_EXAMPLES - 1


@pytest.mark.req("FL6", "AB6")
def test_the_report_holds_it_against_the_live_one_on_what_neither_has_seen(
    gym: Gym, robin: Screen
) -> None:
    row = trained(gym, robin)
    report = readers.report_of(row)
    assert report is not None
    assert report.split.total > 100
    assert abs(report.split.change) <= report.split.total * 0.02
    assert (report.corrections.total, report.corrections.live) == (MIN_EXAMPLES, 0)
    assert report.corrections.candidate > 0
    mine = next(line for line in report.intents if line.name == NEW.name)
    assert all(ref.startswith("taught:") for ref in mine.rose)
    assert WORDS[0] not in str(row.report)  # a report repeats no customer's words
    assert {line.kind for line in report.stops} >= {"refund", "person"}
    again = readers.evaluate(gym.house, gym.workspace.id, None, actor=ACTOR)
    assert readers.report_of(again) == report  # the same lesson, the same report


@pytest.mark.req("AB6", "E14")
def test_a_candidate_that_misses_a_stop_that_people_marked_is_held_to_it(
    gym: Gym, robin: Screen
) -> None:
    row = trained(gym, robin)
    _mark(gym, robin, "blorp or you hear from my solicitor", "legal", is_stop=True)
    _mark(gym, robin, "I want my money back", "refund", is_stop=False)
    report = readers.report_of(readers.evaluate(gym.house, gym.workspace.id, 1, actor=ACTOR))
    assert report is not None
    assert row.number == 1
    legal = next(line for line in report.stops if line.kind == "legal")
    assert legal.found.total >= 1
    refund = next(line for line in report.stops if line.kind == "refund")
    assert refund.false_live >= 1


@pytest.mark.req("AB6")
def test_a_candidate_that_loses_is_refused_with_what_it_loses(gym: Gym, robin: Screen) -> None:
    # Somebody teaches, by mistake, that the words of a request for people mean parking.
    pack = gym.house.pack_of("fitness")
    wrong = [text for i in pack.intents if i.request_type == "medical" for text in i.examples]
    half = "\n".join(f"{text} please" for text in wrong)
    lessons.teach_by_hand(gym.house, robin.user, "parking", half)
    row = readers.train(gym.house, gym.workspace.id, actor=ACTOR)
    assert row.refusals
    with pytest.raises(Conflict) as refused:
        readers.promote(gym.house, gym.workspace.id, row.number, actor=ACTOR)
    assert "medical" in refused.value.message.casefold()
    assert readers.find_live(gym.workspace.id) is None


@pytest.mark.req("AB6")
def test_a_reader_goes_live_in_a_window_of_its_own(gym: Gym, robin: Screen) -> None:
    trained(gym, robin)
    with gym.house.engine.transaction():
        ledger = Ledger(gym.house, gym.clock.now())
        windows.open_window(
            ledger, gym.workspace.id, purpose="copy", subject="article:x", actor=ACTOR
        )
        ledger.flush()
    with pytest.raises(Conflict):
        readers.promote(gym.house, gym.workspace.id, 1, actor=ACTOR)
    gym.step(days=4)  # that window is over
    readers.promote(gym.house, gym.workspace.id, 1, actor=ACTOR)
    now = gym.clock.now()
    with pytest.raises(Conflict, match="new reader"):
        windows.refuse_publishing(gym.workspace.id, purpose="copy", now=now)
    readers.close_window(gym.house, gym.workspace.id, actor=ACTOR, outcome="fine")
    windows.refuse_publishing(gym.workspace.id, purpose="copy", now=now)
    assert ValidationWindow.objects.filter(purpose="reader", outcome="fine").count() == 1


@pytest.mark.req("AB6")
def test_no_article_is_saved_while_a_reader_is_validated(gym: Gym, robin: Screen) -> None:
    trained(gym, robin)
    readers.validate(gym.house, gym.workspace.id, 1, actor=ACTOR)
    draft = ArticleText(
        name="camels", intent="parking", question="Where may my camel stand?", answer="Outside."
    )
    with pytest.raises(Conflict, match="new reader"):
        authoring.create(gym.house, robin.user, draft)
    assert not Article.objects.filter(name="camels").exists()


@pytest.mark.req("AB6")
def test_one_window_at_a_time_and_back_closes_it(gym: Gym, robin: Screen) -> None:
    trained(gym, robin)
    assert readers.validate(gym.house, gym.workspace.id, 1, actor=ACTOR).status == "validating"
    readers.promote(gym.house, gym.workspace.id, 1, actor=ACTOR)
    assert ValidationWindow.objects.count() == 1  # it went live in the one that was open
    lessons.teach_by_hand(gym.house, robin.user, "parking", "where can my camel stand")
    readers.train(gym.house, gym.workspace.id, actor=ACTOR)
    with pytest.raises(Conflict):
        readers.promote(gym.house, gym.workspace.id, 2, actor=ACTOR)
    readers.back(gym.house, gym.workspace.id, actor=ACTOR, reason="worse")
    assert windows.find_open(gym.workspace.id, now=gym.clock.now()) is None


def test_a_report_older_than_the_live_reader_is_not_enough(gym: Gym, robin: Screen) -> None:
    trained(gym, robin)
    lessons.teach_by_hand(gym.house, robin.user, "parking", "where can my camel stand")
    readers.train(gym.house, gym.workspace.id, actor=ACTOR)
    readers.promote(gym.house, gym.workspace.id, 1, actor=ACTOR)
    readers.close_window(gym.house, gym.workspace.id, actor=ACTOR, outcome="fine")
    with pytest.raises(Conflict, match="Evaluate"):
        readers.promote(gym.house, gym.workspace.id, 2, actor=ACTOR)
    readers.evaluate(gym.house, gym.workspace.id, 2, actor=ACTOR)
    readers.promote(gym.house, gym.workspace.id, 2, actor=ACTOR)
    assert readers.back(gym.house, gym.workspace.id, actor=ACTOR) == 1
    rows = ReaderVersion.objects.filter(workspace_id=gym.workspace.id).order_by("number")
    assert [row.status for row in rows] == ["live", "retired"]


def test_nothing_new_and_two_at_once_are_refused(gym: Gym, robin: Screen) -> None:
    with pytest.raises(Conflict, match="Nothing was taught"):
        readers.begin(gym.house, gym.workspace.id, actor=ACTOR)
    trained(gym, robin)
    with pytest.raises(Conflict, match="since version 1"):
        readers.begin(gym.house, gym.workspace.id, actor=ACTOR)
    lessons.teach_by_hand(gym.house, robin.user, "parking", "where can my camel stand")
    readers.begin(gym.house, gym.workspace.id, actor=ACTOR)
    lessons.teach_by_hand(gym.house, robin.user, "parking", "a place for my camel")
    with pytest.raises(Conflict, match="trained already"):
        readers.begin(gym.house, gym.workspace.id, actor=ACTOR)
    gym.step(hours=1)  # whoever trained it is gone
    assert readers.begin(gym.house, gym.workspace.id, actor=ACTOR).number == 3
    interrupted = ReaderVersion.objects.get(workspace_id=gym.workspace.id, number=2)
    assert interrupted.status == "failed"


def test_a_failed_training_is_told_and_changes_nothing(gym: Gym, robin: Screen) -> None:
    teach(gym, robin)
    row = readers.begin(gym.house, gym.workspace.id, actor=ACTOR)
    TaughtExample.objects.update(text_sealed=b"broken")
    with pytest.raises(Exception, match="taught"):
        readers.finish(gym.house, row.id)
    row.refresh_from_db()
    assert row.status == "failed"
    assert row.progress.startswith("Failed")
    assert gym.deeds("reader_failed")


@pytest.mark.req("FQ10", "FQ22")
def test_an_own_intent_starts_supervised_when_it_goes_live(gym: Gym, robin: Screen) -> None:
    trained(gym, robin)
    readers.promote(gym.house, gym.workspace.id, 1, actor=ACTOR)
    conversation = gym.hear("mia", WORDS[-1])
    assert Review.objects.get(conversation_id=conversation).reason == "supervised"
    gym.hear("mia", "thanks, that is solved")
    gym.step(hours=1)
    assert Conversation.objects.get(id=conversation).status == "open"
    other = gym.hear("ben", "What time do you open?")
    gym.step(hours=1)
    assert Conversation.objects.get(id=other).status == "resolved"
    [phase] = supervision.list_running(gym.house, robin.user)
    robin.post(f"/learning/phases/{phase.id}/end", reason="all were right", htmx=False)
    assert supervision.list_running(gym.house, robin.user) == ()


@pytest.mark.req("FL5")
def test_question_variants_of_articles_are_examples(gym: Gym) -> None:
    head = Article.objects.get(workspace_id=gym.workspace.id, name__contains="parking")
    ArticleVersion.objects.filter(id=head.version_id).update(variants=["a stall for my camel"])
    row = readers.train(gym.house, gym.workspace.id, actor=ACTOR)
    example = TaughtExample.objects.get()
    assert (example.source, example.article, row.example_ids) == (
        "article", head.name, [example.id],
    )  # fmt: skip
    ArticleVersion.objects.filter(id=head.version_id).update(variants=[])
    readers.train(gym.house, gym.workspace.id, actor=ACTOR)
    assert not TaughtExample.objects.filter(retired_at=None).exists()


def test_an_own_intent_can_be_answered_by_an_article(gym: Gym, robin: Screen) -> None:
    teach(gym, robin)
    assert editions.edition_of(gym.house, gym.workspace.id).intent(NEW.name) is not None


def test_messages_are_read_as_before_until_the_new_reader_is_trained(
    gym: Gym, robin: Screen
) -> None:
    row = trained(gym, robin)
    readers.promote(gym.house, gym.workspace.id, 1, actor=ACTOR)
    edition = reader_editions.edition_of(gym.house, gym.workspace.id)
    may_train = threading.Event()

    class Slow:
        """A house whose training waits; all else is the gym's."""

        reader_of = staticmethod(gym.house.reader_of)

        @staticmethod
        def train(pack: object) -> object:
            may_train.wait(30)
            return gym.house.train(pack)  # type: ignore[arg-type] # a pack

    shelf = Shelf(Slow())  # type: ignore[arg-type] # the parts of a house that a shelf needs
    before = shelf.reader_of(edition)
    assert before is gym.house.reader_of("fitness")
    assert not shelf.is_ready(edition)
    may_train.set()
    shelf.wait()
    assert shelf.reader_of(edition) is not before
    [reading] = shelf.reader_of(edition).read_many((WORDS[-1],))
    [same] = shelf_of(gym.house).reader_of(edition).read_many((WORDS[-1],))
    assert reading == same  # trained twice, read alike
    assert row.number == 1


def test_workspaces_that_taught_nothing_share_a_reader(gym: Gym) -> None:
    edition = reader_editions.edition_of(gym.house, gym.workspace.id)
    assert edition.number == 0
    assert shelf_of(gym.house).reader_of(edition) is gym.house.reader_of("fitness")


@pytest.mark.req("GV10", "PE12")
def test_the_whole_way_on_the_page(gym: Gym, robin: Screen) -> None:
    page = robin.get("/learning").text
    assert "The reader that came with the pack is live" in page
    form = {"name": "Wibble blorping", "wants": NEW.wants, "request_type": "facilities",
            "examples": "\n".join(WORDS[:MIN_EXAMPLES])}  # fmt: skip
    assert robin.post("/learning/intents/new", form, htmx=False).status == 302
    assert WORDS[0] in robin.get("/learning/examples").text
    assert gym.deeds("examples_opened")
    assert robin.post("/learning/train", reason="monthly", htmx=False).status == 302
    workshop_of(gym.house).wait()
    page = robin.get("/learning").text
    assert "Version 1" in page
    assert "Candidate" in page
    report = robin.get("/learning/versions/1").text
    assert "It may go live" in report
    assert WORDS[0] in report
    assert robin.post("/learning/versions/1/promote", htmx=False).status == 302
    page = robin.get("/learning").text
    assert "Validation window open" in page
    assert "nothing closes without a person" in page
    assert robin.post("/learning/back", reason="no", htmx=False).status == 302
    assert ReaderVersion.objects.get().status == "retired"
    assert robin.get("/learning/versions/9").status == 404
    assert robin.post("/learning/versions/1/dance", htmx=False).status == 404


def test_a_process_that_stops_says_that_its_training_is_broken_off(gym: Gym, robin: Screen) -> None:
    teach(gym, robin)
    has_begun, may_go_on = threading.Event(), threading.Event()

    def train(pack: Pack) -> ReaderPort:
        has_begun.set()
        may_go_on.wait()
        return overlap_reader.train(pack)

    houses.install(slow := replace(gym.house, train=train))
    workshop_of(slow).train(robin.user, "")
    has_begun.wait()
    workshop_of(slow).give_up()
    assert "Interrupted" in robin.get("/learning").text
    assert ReaderVersion.objects.get().status == "failed"
    assert readers.begin(gym.house, gym.workspace.id, actor=ACTOR).status == "training"
    may_go_on.set()
    workshop_of(slow).wait()


def test_evaluating_again_runs_beside_the_request(gym: Gym, robin: Screen) -> None:
    trained(gym, robin)
    first = ReaderVersion.objects.get().evaluated_at
    gym.step(hours=1)
    robin.post("/learning/versions/1/evaluate", htmx=False)
    workshop_of(gym.house).wait()
    row = ReaderVersion.objects.get()
    assert row.evaluated_at != first
    assert (row.progress, row.status) == ("", "candidate")


@pytest.mark.req("PE12", "GV10")
def test_who_may_do_what(gym: Gym, sam: Screen, alex: Screen, robin: Screen) -> None:
    teach(gym, robin)
    assert sam.get("/learning").status == 200
    for path in ("/learning/train", "/learning/back", "/learning/versions/1/promote"):
        assert sam.post(path, htmx=False).status == 403
    assert alex.get("/learning").status == 403
    assert alex.get("/learning/examples").status == 403
    engineer = gym.screen_of(gym.hire("Eli", Role.ENGINEER))
    assert engineer.get("/learning/examples").status == 403
    with pytest.raises(Forbidden):
        workshop_of(gym.house).train(sam.user, "")
    assert lessons.lesson_of(gym.house, gym.workspace.id) != Lesson()
    assert AuditEntry.objects.filter(action="reader_training").count() == 0


def _mark(gym: Gym, robin: Screen, words: str, kind: str, *, is_stop: bool) -> None:
    mark_id = gym.house.next_id(gym.clock.now())
    StopMark.objects.create(
        id=mark_id,
        workspace_id=gym.workspace.id,
        review_id=mark_id,
        turn_id=mark_id,
        kind=kind,
        is_stop=is_stop,
        text_sealed=gym.house.keyset.seal(words, f"mark:{mark_id}"),
        marked_by_id=robin.user.id,
        marked_at=gym.clock.now(),
    )
