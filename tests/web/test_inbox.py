"""The inbox's lists: what stands where, in which order, and at which cost."""

import re
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from baton.core import urgency
from baton.core.errors import InvalidInput
from baton.core.roles import Role
from baton.core.urgency import Urgency
from baton.services import inbox
from baton.services.desk import agents
from baton.store.models import Conversation, SlaClock
from baton.store.queries.inbox import PAGE_SIZE, Folder, Place
from baton.web.inbox.listing import parse_place, render_place
from tests.web.conftest import START, Gym, Screen, open_gym

REFUND = "I want my money back, this is a scam"
QUESTION = "what are your opening hours?"


def _ids(
    gym: Gym, screen: Screen, folder: Folder, *, queue: str = "", words: str = ""
) -> list[str]:
    page = inbox.list_page(gym.house, screen.user, folder=folder, queue=queue, words=words)
    return [line.row.id for line in page.lines]


@pytest.mark.req("R1")
def test_a_refund_waits_in_the_queue_with_urgency_and_a_clock(gym: Gym, sam: Screen) -> None:
    refund = gym.hear("mia", REFUND, name="Mia Lang")
    page = sam.get("/").text
    assert f'id="row-{refund}"' in page
    assert "Mia Lang" in page
    assert "65" in page
    assert "refund" in page
    assert "30:00 left" in page
    assert "money back" not in page


def test_folders_hold_what_they_say(gym: Gym, sam: Screen, robin: Screen) -> None:
    bot = gym.hear("ann", QUESTION)
    waiting = gym.hear("mia", REFUND)
    mine, theirs = gym.hear("ben", REFUND), gym.hear("cat", REFUND)
    asleep, closed = gym.hear("dan", REFUND), gym.hear("eve", REFUND)
    for one in (mine, asleep, closed):
        agents.accept(gym.house, sam.user, one)
    agents.accept(gym.house, robin.user, theirs)
    agents.snooze(gym.house, sam.user, asleep, None)
    agents.resolve(gym.house, sam.user, closed, "refunded")
    for folder, wanted in {
        Folder.BOT: [bot],
        Folder.QUEUE: [waiting],
        Folder.MINE: [mine],
        Folder.TEAM: [theirs],
        Folder.SNOOZED: [asleep],
        Folder.RESOLVED: [closed],
    }.items():
        assert _ids(gym, sam, folder) == wanted, folder
    assert set(_ids(gym, sam, Folder.FLAGGED)) == {waiting, mine, theirs}
    counts = inbox.overview(gym.house, sam.user).folders
    for folder in Folder:
        assert counts[folder] == len(_ids(gym, sam, folder)), folder


def test_with_nobody_there_a_conversation_waits_on_a_promise(gym: Gym, sam: Screen) -> None:
    agents.set_availability(gym.house, sam.user, is_available=False)
    promised = gym.hear("mia", REFUND)
    assert _ids(gym, sam, Folder.PROMISED) == [promised]
    queues = {queue.name: queue.waiting for queue in inbox.overview(gym.house, sam.user).queues}
    assert queues["billing"] == 1


def test_the_queue_filter_leaves_the_others_out(gym: Gym, sam: Screen) -> None:
    refund = gym.hear("mia", REFUND)
    leaving = gym.hear("ben", "please cancel my membership")
    assert set(_ids(gym, sam, Folder.QUEUE)) == {refund, leaving}
    assert _ids(gym, sam, Folder.QUEUE, queue="billing") == [refund]
    assert f"row-{leaving}" not in sam.get("/?folder=queue&queue=billing").text


@pytest.mark.parametrize("words", ["refund", "Billing", "#{end}", "{id}", "billing"])
def test_search_finds_by_id_type_tag_and_queue_in_every_folder(
    gym: Gym, sam: Screen, words: str
) -> None:
    refund = gym.hear("mia", REFUND)
    gym.hear("ann", QUESTION)
    agents.accept(gym.house, sam.user, refund)
    wanted = words.format(end=refund[-6:], id=refund)
    assert _ids(gym, sam, Folder.QUEUE, words=wanted) == [refund]


def test_a_search_that_finds_nothing_says_what_to_search_by(sam: Screen) -> None:
    assert "Search by the end of an id" in sam.get("/?q=%25%25nothing").text


@pytest.mark.parametrize("folder", list(Folder))
def test_every_empty_folder_says_what_to_do(sam: Screen, folder: Folder) -> None:
    assert 'class="empty"' in sam.get(f"/?folder={folder.value}").text


@pytest.mark.parametrize(
    "query", ["folder=nonsense", "after=1", "after=x~y~z", "after=1~9999-99-99~a"]
)
def test_an_address_that_cannot_be_is_refused_not_broken(sam: Screen, query: str) -> None:
    assert sam.get(f"/?{query}").status == 422


def test_other_workspaces_stay_out_of_sight(gym: Gym, sam: Screen) -> None:
    theirs = open_gym("Southside", house=gym.house, clock=gym.clock).hear("mia", REFUND)
    for folder in Folder:
        assert theirs not in _ids(gym, sam, folder)
    assert _ids(gym, sam, Folder.QUEUE, words=theirs) == []
    assert sum(inbox.overview(gym.house, sam.user).folders.values()) == 0


def _clone(source: str, count: int) -> list[str]:
    """Write copies of a conversation, each a second older, with clocks of their own."""
    row = Conversation.objects.get(id=source)
    clock = SlaClock.objects.get(conversation_id=source, kind="first_response")
    rows, clocks = [], []
    for number in range(count):
        one_id = f"{row.workspace_id[:24]}{number:08x}"
        fields = {f.name: getattr(row, f.name) for f in Conversation._meta.fields}
        fields |= {
            "id": one_id,
            "urgency": number % 100,
            "last_message_at": row.last_message_at - timedelta(seconds=number),
        }
        rows.append(Conversation(**fields))
        clocks.append(
            SlaClock(
                id=one_id,
                workspace_id=row.workspace_id,
                conversation_id=one_id,
                kind=clock.kind,
                started_at=START - timedelta(minutes=number % 45),
                due_at=START + timedelta(minutes=30 - number % 45, seconds=number),
            )
        )
    Conversation.objects.bulk_create(rows)
    SlaClock.objects.bulk_create(clocks)
    return [one.id for one in rows]


@pytest.mark.parametrize("folder", [Folder.QUEUE, Folder.BOT])
def test_pages_join_without_gap_or_repeat(gym: Gym, sam: Screen, folder: Folder) -> None:
    first = gym.hear("mia", REFUND)
    everything = {first, *_clone(first, 130)}
    if folder is Folder.BOT:
        Conversation.objects.update(handled_by="bot")
    seen: list[str] = []
    after: Place | None = None
    for _ in range(3):
        page = inbox.list_page(gym.house, sam.user, folder=folder, after=after)
        seen += [line.row.id for line in page.lines]
        after = page.following
    assert after is None
    assert len(seen) == len(everything) == 131
    assert set(seen) == everything


def test_the_next_page_is_a_link(gym: Gym, sam: Screen) -> None:
    _clone(gym.hear("mia", REFUND), PAGE_SIZE)
    page = sam.get("/").text
    link = page.split('<nav class="pages"')[1].split('href="')[1].split('"')[0]
    following = sam.get(link.replace("&amp;", "&")).text
    assert following.count('class="row') >= 1
    assert "First page" in following


@pytest.mark.req("U13")
def test_the_database_scores_urgency_as_the_rule_does(gym: Gym, sam: Screen) -> None:
    _clone(gym.hear("mia", REFUND), 100)
    page = inbox.list_page(gym.house, sam.user, folder=Folder.QUEUE)
    scores = [line.row.score for line in page.lines]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == urgency.MAX
    for line in page.lines:
        row = line.row
        assert row.clock_started_at
        assert row.due_at
        told = urgency.with_clock(
            Urgency(score=row.urgency, cause=row.urgency_cause),
            started_at=row.clock_started_at,
            due_at=row.due_at,
            now=gym.clock.now(),
        )
        assert (told.score, told) == (row.score, line.urgency)
    for one, other in zip(page.lines, page.lines[1:], strict=False):
        if one.row.score == other.row.score:
            assert one.row.due_at
            assert other.row.due_at
            assert one.row.due_at <= other.row.due_at


def test_a_page_costs_the_same_however_many_conversations_there_are(gym: Gym, sam: Screen) -> None:
    first = gym.hear("mia", REFUND)
    sam.get("/")
    gym.step(seconds=6)  # what was made a moment ago is not shared any more
    with CaptureQueriesContext(connection) as few:
        sam.get("/")
    _clone(first, 200)
    gym.step(seconds=6)
    with CaptureQueriesContext(connection) as many:
        sam.get("/")
    with CaptureQueriesContext(connection) as shared:
        sam.get("/")
    assert len(many) == len(few) <= 9
    assert len(shared) <= 6


def test_a_change_is_seen_at_once_by_whoever_shares_a_list(gym: Gym, sam: Screen) -> None:
    refund = gym.hear("mia", REFUND)
    nia = gym.screen_of(gym.hire("Nia", Role.AGENT))
    assert f"row-{refund}" in sam.get("/inbox/list?folder=queue").text
    assert f"row-{refund}" in nia.get("/inbox/list?folder=queue").text
    agents.accept(gym.house, sam.user, refund)
    after = nia.get("/inbox/list?folder=queue").text
    assert f"row-{refund}" not in after
    assert re.search(r"With colleagues</span><span class=\"count\">1<", after)
    assert re.search(r"Mine</span><span class=\"count\">1<", sam.get("/").text)


def test_the_newest_conversations_of_a_folder_are_read_from_an_index(gym: Gym, sam: Screen) -> None:
    with CaptureQueriesContext(connection) as queries:
        inbox.list_page(gym.house, sam.user, folder=Folder.RESOLVED)
    [statement] = [q["sql"] for q in queries if "store_slaclock" in q["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
        plan = [(row[1], row[3]) for row in cursor.fetchall()]
    assert any("inbox_newest" in step for _parent, step in plan)
    # Ties may be sorted; the whole folder may not.
    assert (0, "USE TEMP B-TREE FOR ORDER BY") not in plan


@pytest.mark.parametrize("role", list(Role))
def test_every_role_reads_the_inbox_but_only_some_may_act(gym: Gym, role: Role) -> None:
    screen = gym.screen_of(gym.hire("Kim", role))
    assert screen.get("/").status == 200
    is_answering = role not in (Role.AUDITOR, Role.ENGINEER, Role.OWNER, Role.ADMIN)
    assert ('id="availability"' in screen.get("/").text) is is_answering
    assert screen.get("/review").status == (200 if is_answering or role is Role.OWNER else 403)
    may_audit = role in (Role.MANAGER, Role.OPERATIONS, Role.AUDITOR, Role.ADMIN)
    assert screen.get("/audit").status == (200 if may_audit else 403)


def test_availability_is_switched_and_logged(gym: Gym, sam: Screen) -> None:
    assert 'aria-checked="false"' in sam.post("/availability").text
    sam.user.refresh_from_db()
    assert not sam.user.is_available
    assert 'aria-checked="true"' in sam.post("/availability", is_available="on").text
    assert len(gym.deeds("availability_changed")) == 2


_QUERIES = st.dictionaries(
    st.sampled_from(["folder", "queue", "q", "after", "card"]),
    st.one_of(
        st.text(max_size=60),
        st.sampled_from([folder.value for folder in Folder]),
        st.tuples(
            st.one_of(st.integers(), st.text(max_size=5)),
            st.one_of(st.datetimes().map(str), st.text(max_size=5)),
            st.one_of(st.text("0123456789abcdef", min_size=32, max_size=32), st.text(max_size=5)),
        ).map(lambda parts: "~".join(str(part) for part in parts)),
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(query=_QUERIES)
@example(query={"queue": "\0"})
@example(query={"q": "\0"})
@example(query={"after": "1~2026-01-01~\0"})
@example(query={"after": f"{10**25}~2026-01-01~{'0' * 32}"})
@example(query={"after": f"{'9' * 5000}~2026-01-01~{'0' * 32}"})
@example(query={"after": f"-1~2026-01-01~{'0' * 32}"})
@example(query={"after": f"1~0001-01-01T00:00+14:00~{'0' * 32}"})
def test_no_address_breaks_the_lists(sam: Screen, query: dict[str, str]) -> None:
    for path in ("/", "/inbox/list"):
        status = sam.get(f"{path}?{urlencode(query)}").status
        # SQLite may take a NUL, PostgreSQL breaks on it: no query ever sees one.
        refused = any("\0" in value for value in query.values())
        assert status == 400 if refused else status in (200, 422)


@given(
    score=st.integers(0, 100),
    moment=st.datetimes(timezones=st.just(START.tzinfo)),
    last_id=st.text("0123456789abcdef", min_size=32, max_size=32),
)
def test_a_place_survives_its_address(score: int, moment: object, last_id: str) -> None:
    place = Place(score=score, moment=moment, id=last_id)  # type: ignore[arg-type] # drawn above
    assert parse_place(render_place(place)) == place


@given(text=st.text(max_size=60))
def test_any_other_address_is_refused_in_words(text: str) -> None:
    with suppress(InvalidInput):
        assert render_place(parse_place(text)).count("~") == 2
