"""Health, pages, streams and everything else that the server shows."""

import dataclasses
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from httpx import Client
from prometheus_client import generate_latest
from starlette.requests import Request

from baton.config import serving
from baton.config.clock import SystemClock
from baton.config.serving import Front
from baton.config.settings import Part, Settings
from baton.core.reading import ReaderPort, Reading
from baton.ingress import pages
from baton.ingress.gatehouse import Gatehouse, address_of
from baton.ingress.metrics import Metrics
from baton.ingress.refusal import Refusal
from baton.ingress.routes import route_of
from baton.services import notices
from baton.services.desk import agents
from baton.services.doors import presence
from baton.store.models import Conversation, Message, User
from baton.store.models.runtime import RuntimeEvent, RuntimeLease
from tests.ingress.installation import Installation, install, served
from tests.ingress.visitor import a_visitor
from tests.nlu.outside.server import running

SCRIPTS = Path(pages.__file__).parent / "static"


# -- health ---------------------------------------------------------------------------


def test_health_tells_database_worker_and_queue(client: Client, gym: Installation) -> None:
    a_visitor(client, gym).say("hello")
    state = client.get("/healthz").json()
    assert state["status"] == "ok"
    assert state["database"] == {"vendor": "sqlite", "ok": True}
    assert state["worker"] == {
        "running": None,
        "last_seen": None,
        "reader": None,
    }  # no crew in this process
    assert state["queue"] == {"due": 0, "waiting": 1, "parked": 0, "oldest_due_seconds": None}

    gym.pass_time(5)
    state = client.get("/healthz").json()
    assert (state["queue"]["due"], state["queue"]["oldest_due_seconds"]) == (1, 4.0)
    assert (state["status"], state["why"]) == ("ok", [])

    gym.pass_time(2)
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["why"] == ["1 due, the oldest for 6 s"]


def test_health_is_degraded_while_anything_is_parked(client: Client, gym: Installation) -> None:
    a_visitor(client, gym).say("hello")
    RuntimeEvent.objects.update(state="parked")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    RuntimeEvent.objects.update(state="pending")
    assert client.get("/healthz").json()["status"] == "ok"


def test_health_says_when_the_database_is_away(client: Client, gym: Installation) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE runtime_event RENAME TO elsewhere")
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "down"
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE elsewhere RENAME TO runtime_event")
    assert client.get("/healthz").status_code == 200
    assert gym.inbox.id


def test_without_a_database_the_sender_is_asked_to_come_again(
    client: Client, gym: Installation
) -> None:
    ann = a_visitor(client, gym)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE runtime_event RENAME TO elsewhere")
    answer = ann.say("anybody there?")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE elsewhere RENAME TO runtime_event")
    assert ann.say("anybody there?").status_code == 202


def test_a_crew_of_this_process_has_a_pulse(gym: Installation) -> None:
    whole = install(SystemClock(), has_crew=True)
    assert gym.inbox.id == whole.inbox.id
    with served(whole.app) as address, Client(base_url=address, timeout=30) as client:
        ann = a_visitor(client, whole)
        with listening(address, ann.token) as events:
            ann.say("what time do you open?")
            replies = (text for name, text in events if name == "message")
            assert '"author":"contact"' in next(replies)
            assert '"author":"bot"' in next(replies)
        worker = client.get("/healthz").json()["worker"]
        assert worker["running"] is True
        assert worker["last_seen"]
        assert worker["reader"] == "ready"


def test_messages_wait_visibly_until_the_reader_is_ready(gym: Installation) -> None:
    whole = install(SystemClock())
    may_be_ready, is_told = threading.Event(), threading.Event()

    def slowly(name: str) -> ReaderPort:
        may_be_ready.wait(30)
        return gym.house.reader_of(name)

    house = dataclasses.replace(whole.house, reader_of=slowly)
    app = serving.create_application(lambda: house, on_ready=is_told.set)
    with served(app) as address, Client(base_url=address, timeout=30) as client:
        ann = a_visitor(client, whole)
        ann.say("what time do you open?")
        state = client.get("/healthz").json()
        assert (state["status"], state["worker"]["reader"]) == ("degraded", "preparing")
        assert "the reader is preparing: messages wait" in state["why"]
        assert state["queue"]["due"] + state["queue"]["waiting"] == 1
        assert not is_told.is_set()
        may_be_ready.set()
        with listening(address, ann.token) as events:
            replies = (text for name, text in events if name == "message")
            assert '"author":"contact"' in next(replies)
            assert '"author":"bot"' in next(replies)
        assert is_told.wait(30)
        assert client.get("/healthz").json()["worker"]["reader"] == "ready"


def test_health_says_that_no_reader_could_be_made(gym: Installation) -> None:
    whole = install(SystemClock())

    def broken(name: str) -> ReaderPort:
        raise RuntimeError(name)

    house = dataclasses.replace(whole.house, reader_of=broken)
    with (
        served(serving.create_application(lambda: house)) as address,
        Client(base_url=address, timeout=30) as client,
    ):
        while (state := client.get("/healthz").json())["worker"]["reader"] == "preparing":
            pass
        assert (state["status"], state["worker"]["reader"]) == ("degraded", "failed")
    assert gym.house is not house


@dataclasses.dataclass(frozen=True)
class Pondering:
    """A reader that takes its time over one text."""

    reader: ReaderPort
    has_begun: threading.Event = dataclasses.field(default_factory=threading.Event)
    may_end: threading.Event = dataclasses.field(default_factory=threading.Event)

    def read_many(self, texts: tuple[str, ...]) -> tuple[Reading, ...]:
        if LONG in texts:
            self.has_begun.set()
            self.may_end.wait(30)
        return self.reader.read_many(texts)


LONG = "This takes long to read"


def test_what_an_agent_writes_waits_for_no_batch(gym: Installation) -> None:
    whole = install(SystemClock())
    pondering = Pondering(gym.house.reader_of("fitness"))
    house = dataclasses.replace(whole.house, reader_of=lambda _name: pondering)
    app = serving.create_application(lambda: house)
    with served(app) as address, Client(base_url=address, timeout=30) as client:
        ann, bob = a_visitor(client, whole), a_visitor(client, whole)
        with listening(address, ann.token) as events:
            replies = (text for name, text in events if name == "message")
            ann.say("can I talk to a human?")
            assert '"author":"contact"' in next(replies)
            assert '"author":"bot"' in next(replies)
            bob.say(LONG)
            assert pondering.has_begun.wait(30)
            conversation = Conversation.objects.get()
            agents.accept(house, whole.agent, conversation.id)
            agents.reply(house, whole.agent, conversation.id, "I am here.")
            assert '"author":"agent"' in next(replies)
            pondering.may_end.set()


# -- streams ---------------------------------------------------------------------------


class Events:
    """The events of a stream, as they come; comments are left out."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.iter_lines()
        self.last_id = ""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        name = content = ""
        for line in self._lines:
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "id":
                self.last_id = value
            elif field == "data":
                content = value
            elif not line and name:
                yield name, content
                name = ""


class listening:  # noqa: N801 - reads as a context
    """A stream of its own connection, closed at the end."""

    def __init__(self, address: str, token: str, *, after: str = "") -> None:
        self._client = Client(base_url=address, timeout=30)
        self._stream = self._client.stream(
            "GET", f"/chat/stream?after={after}", headers={"Authorization": f"Bearer {token}"}
        )

    def __enter__(self) -> Events:
        response = self._stream.__enter__()
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        return Events(response)

    def __exit__(self, *_: object) -> None:
        self._stream.__exit__(None, None, None)
        self._client.close()


def test_a_stream_shows_what_was_said_and_what_comes(
    address: str, client: Client, gym: Installation
) -> None:
    ann = a_visitor(client, gym)
    ann.say("what time do you open?")
    gym.step()
    with listening(address, ann.token) as stream:
        events = iter(stream)
        assert [next(events)[0] for _ in range(3)] == ["message", "message", "state"]
        seen = stream.last_id

        ann.say("I want to speak to a person", client_id="m2")
        gym.step()
        name, own = next(events)
        assert (name, "speak to a person" in own) == ("message", True)
        rest = [next(events), next(events)]
        assert {name for name, _ in rest} == {"message", "state"}

    with listening(address, ann.token, after=seen) as stream:
        name, content = next(iter(stream))
        assert (name, "speak to a person" in content) == ("message", True)


def test_a_stream_hears_an_agent(address: str, client: Client, gym: Installation) -> None:
    ann = a_visitor(client, gym)
    ann.say("I want to speak to a person")
    gym.step()
    conversation = Conversation.objects.get()
    with listening(address, ann.token) as stream:
        events = iter(stream)
        while next(events)[0] != "state":
            pass
        agents.accept(gym.house, gym.agent, conversation.id)
        assert next(events) == ("state", '{"owner":"agent","status":"open"}')
        agents.reply(gym.house, gym.agent, conversation.id, "I am here.")
        gym.step()
        assert '"name":"Maya"' in next(events)[1]


def test_who_may_not_answer_does_not_seem_to_write(
    address: str, client: Client, gym: Installation
) -> None:
    User.objects.filter(id=gym.agent.id).update(role="auditor")
    headers = {"Cookie": f"sessionid={session_of(gym.agent)}", "Origin": address}
    refused = client.post("/live/typing", json={"conversation": "0" * 32}, headers=headers)
    assert refused.status_code == 403


@pytest.mark.req("C1")
def test_both_sides_see_that_the_other_writes_and_has_seen(
    address: str, client: Client, gym: Installation
) -> None:
    ann = a_visitor(client, gym)
    ann.say("I want to speak to a person")
    gym.step()
    conversation = Conversation.objects.get().id
    agents.accept(gym.house, gym.agent, conversation)
    agents.reply(gym.house, gym.agent, conversation, "I am here.")
    gym.step()
    cookie, origin = {"Cookie": f"sessionid={session_of(gym.agent)}"}, {"Origin": address}
    told = {"conversation": conversation}

    with listening(address, ann.token) as stream:
        events = iter(stream)
        while next(events)[0] != "state":
            pass
        assert client.post("/live/typing", json=told, headers=cookie | origin).status_code == 204
        assert next(events) == ("typing", "{}")
        presence.tell_looked(gym.house, gym.agent.id, conversation)
        assert next(events) == ("seen", "{}")
    for headers in (cookie, cookie | {"Origin": "https://evil.example"}):
        assert client.post("/live/typing", json=told, headers=headers).status_code == 403
    assert client.post("/live/typing", json=told, headers=origin).status_code == 401

    with client.stream("GET", f"/live/inbox?talk={conversation}", headers=cookie) as live:
        events = iter(Events(live))
        assert ann.client.post("/chat/typing", headers=ann.headers).status_code == 204
        assert next(events) == ("typing", "{}")
    newest = ann.history()["messages"][-1]["id"]
    assert client.post("/chat/seen", json={"id": newest}, headers=ann.headers).status_code == 204
    ours = Message.objects.exclude(author="contact").order_by("id")
    assert {row.delivery for row in ours} == {"read"}
    assert client.post("/chat/seen", json={"id": "x"}, headers=ann.headers).status_code == 400
    assert client.post("/chat/typing").status_code == 401


def test_a_message_sent_late_is_still_shown(
    address: str, client: Client, gym: Installation
) -> None:
    ann = a_visitor(client, gym)
    with listening(address, ann.token) as stream:
        events = iter(stream)
        ann.say("what time do you open?")
        gym.pass_time(3)
        gym.crew.worker.run_once()  # decided, and the answer waits in the outbox
        assert "what time" in next(events)[1]
        ann.say("hello?", client_id="m2")
        gym.pass_time(3)
        gym.crew.worker.run_once()
        gym.crew.loop.run_idle()
        texts = [content for name, content in (next(events) for _ in range(4)) if name == "message"]
        assert any('"author":"bot"' in text for text in texts)
        assert len(set(texts)) == len(texts)


def test_too_many_streams_of_one_visitor_are_refused(
    address: str, client: Client, gym: Installation
) -> None:
    ann = a_visitor(client, gym)
    open_streams = [listening(address, ann.token) for _ in range(10)]
    for stream in open_streams:
        stream.__enter__()
    assert client.get("/chat/stream", headers=ann.headers).status_code == 429
    for stream in open_streams:
        stream.__exit__()


def test_visitors_leave_the_staff_their_streams(address: str, gym: Installation) -> None:
    gatehouse: Gatehouse = gym.app.state.gatehouse
    with ExitStack() as crowd:
        for number in range(5_000):
            crowd.enter_context(gatehouse.visitor_stream(f"v{number}", f"a{number}"))
        with pytest.raises(Refusal) as refused:
            crowd.enter_context(gatehouse.visitor_stream("late", "late"))
        assert refused.value.status == 503
        cookies = {"sessionid": session_of(gym.agent)}
        with (
            Client(base_url=address, cookies=cookies, timeout=30) as staff,
            staff.stream("GET", "/live/inbox") as response,
        ):
            assert response.status_code == 200
    with gatehouse.visitor_stream("late", "late"):
        pass


def test_one_address_opens_so_many_streams_and_no_more(gym: Installation, address: str) -> None:
    assert address
    gatehouse: Gatehouse = gym.app.state.gatehouse
    with ExitStack() as crowd:
        for number in range(20):
            crowd.enter_context(gatehouse.visitor_stream(f"v{number}", "one"))
        with pytest.raises(Refusal) as refused:
            crowd.enter_context(gatehouse.visitor_stream("late", "one"))
        assert refused.value.status == 429
        crowd.enter_context(gatehouse.visitor_stream("late", "another"))
    with gatehouse.visitor_stream("late", "one"):
        pass


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("", ""),
    ],
)
def test_an_address_counts_for_all_that_one_line_has(host: str, counted: str) -> None:
    client = (host, 1) if host else None
    assert address_of(Request({"type": "http", "client": client, "headers": []})) == counted


# -- staff ------------------------------------------------------------------------------


def session_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = user.id
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def test_staff_hear_that_their_inbox_changed(
    address: str, client: Client, gym: Installation
) -> None:
    cookies = {"sessionid": session_of(gym.agent)}
    with (
        Client(base_url=address, cookies=cookies, timeout=30) as staff,
        staff.stream("GET", "/live/inbox") as response,
    ):
        lines = response.iter_lines()
        assert next(lines) == "retry: 2000"
        # The first line is sent once the stream listens, so this ring is heard.
        a_visitor(client, gym).say("what time do you open?")
        gym.step()
        assert "event: inbox" in (next(lines), next(lines))
        # What one person alone should know is told to them, not to who looks on beside them.
        gym.house.bell.ring(notices.topic_of("another"))
        gym.house.bell.ring(notices.topic_of(gym.agent.id))
        assert next(line for line in lines if line.startswith("event: n")) == "event: notice"


@pytest.mark.parametrize("cookie", ["", "x", "a" * 32, "é"])
def test_strangers_hear_nothing_of_an_inbox(client: Client, gym: Installation, cookie: str) -> None:
    assert gym.agent.id
    headers = {b"Cookie": b"sessionid=" + cookie.encode("latin-1")}
    assert client.get("/live/inbox", headers=headers).status_code == 401


def test_a_closed_account_hears_nothing(client: Client, gym: Installation) -> None:
    key = session_of(gym.agent)
    User.objects.update(is_active=False)
    assert client.get("/live/inbox", headers={"Cookie": f"sessionid={key}"}).status_code == 401


# -- pages ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["widget.js", "widget-more.js", "widget-push.js"])
def test_the_widget_is_two_small_scripts_without_inner_html(client: Client, name: str) -> None:
    answer = client.get(f"/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["x-content-type-options"] == "nosniff"
    source = (SCRIPTS / name).read_text("utf-8")
    lines = (line.lstrip("\t").partition(" // ")[0] for line in source.split("\n"))
    assert answer.text == "\n".join(line for line in lines if not line.startswith("//"))
    assert len(answer.content) < 20_000
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", answer.text
    )


def test_the_trial_page_embeds_the_widget_and_shows_the_line(
    client: Client, gym: Installation
) -> None:
    answer = client.get(f"/try/{gym.inbox.token}")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert f'data-inbox="{gym.inbox.token}"' in answer.text
    host = str(client.base_url).rstrip("/")
    assert f"&lt;script src=&quot;{host}/widget.js&quot;" in answer.text
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", answer.text)


def test_the_trial_page_shows_a_name_as_text(client: Client, gym: Installation) -> None:
    gym.workspace.name = '<img src=x onerror="alert(1)">'
    gym.workspace.revision += 1
    gym.workspace.save()
    page = client.get(f"/try/{gym.inbox.token}").text
    assert "<img" not in page
    assert "&lt;img" in page


def test_every_other_address_is_djangos(client: Client) -> None:
    assert client.get("/").headers["location"].startswith("/sign-in")
    assert client.get("/nothing/here").status_code == 404


def test_errors_of_ingress_are_json(client: Client) -> None:
    for answer in (client.get("/chat/nothing"), client.put("/chat/messages"), client.get("/try/x")):
        assert answer.status_code in {404, 405}
        assert answer.json()["error"]["message"]


def test_the_server_stops_while_streams_are_open(gym: Installation) -> None:
    with served(gym.app) as address, Client(base_url=address, timeout=30) as client:
        ann = a_visitor(client, gym)
        stream = listening(address, ann.token)
        events = stream.__enter__()
        done = threading.Thread(target=lambda: list(events))
        done.start()
    # `served` has returned: the server waited for no one.
    done.join(10)
    assert not done.is_alive()
    stream.__exit__()


# -- roles and back-pressure ----------------------------------------------------------


def test_a_server_is_ready_with_its_database_and_a_worker_once_it_can_read(
    gym: Installation,
) -> None:
    whole = install(SystemClock())
    may_be_ready = threading.Event()

    def slowly(name: str) -> ReaderPort:
        may_be_ready.wait(30)
        return gym.house.reader_of(name)

    house = dataclasses.replace(whole.house, reader_of=slowly)
    is_told = threading.Event()
    worker = serving.create_application(
        lambda: house, front=Front(part=Part.WORKER), on_ready=is_told.set
    )
    with (
        served(whole.app) as web_address,
        served(worker) as worker_address,
        Client(base_url=web_address, timeout=30) as web,
        Client(base_url=worker_address, timeout=30) as worker_client,
    ):
        assert web.get("/readyz").json() == {"ready": True, "lacks": []}
        early = worker_client.get("/readyz")
        assert (early.status_code, early.json()["lacks"]) == (503, ["reader"])
        assert worker_client.get("/widget.js").status_code == 404  # it shows strangers nothing
        ann = a_visitor(web, whole)
        ann.say("what time do you open?")
        may_be_ready.set()
        with listening(web_address, ann.token) as events:
            replies = (text for name, text in events if name == "message")
            assert '"author":"contact"' in next(replies)
            assert '"author":"bot"' in next(replies)  # by the worker beside it
        assert is_told.wait(30)
        assert worker_client.get("/readyz").status_code == 200
        whole.app.state.gatehouse.close_streams()
        assert web.get("/readyz").json()["lacks"] == ["stopping"]
    assert not RuntimeLease.objects.exists()  # given back, whatever it had


def test_beyond_the_limit_of_waiting_senders_are_asked_to_come_again(gym: Installation) -> None:
    app = serving.create_application(
        lambda: gym.house, front=Front(part=Part.WEB, refuse_after=timedelta(minutes=1))
    )
    with served(app) as address, Client(base_url=address, timeout=30) as client:
        ann = a_visitor(client, gym)
        assert ann.say("hello").status_code == 202
        gym.pass_time(50)
        assert ann.say("anybody there?").status_code == 202
        gym.pass_time(50)
        refused = ann.say("really nobody?")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
        assert refused.json()["error"]["code"] == "busy"
        gym.crew.loop.run_idle()
        gym.pass_time(3)
        assert ann.say("and now?").status_code == 202


@pytest.mark.req("P6")
def test_where_people_come_by_https_browsers_are_told_to_do_no_other(gym: Installation) -> None:
    plain = "http://127.0.0.1:8000"
    told = {}
    for url in (plain, "https://care.example.com"):
        settings = Settings.from_environment({"BATON_BASE_URL": url, "BATON_ROLE": "web"})
        app = serving.create_application(lambda: gym.house, front=serving.front_of(settings))
        with served(app) as address, Client(base_url=address, timeout=30) as client:
            paths = ("/healthz", "/sign-in", "/widget.js", "/no-such-page", "/u/nothing")
            told[url] = {client.get(one).headers.get("strict-transport-security") for one in paths}
    assert told == {plain: {None}, "https://care.example.com": {"max-age=31536000"}}


# -- figures --------------------------------------------------------------------------


def test_figures_are_told_to_who_bears_the_token_and_name_nobody(gym: Installation) -> None:
    token = "a-token-for-the-watchers"
    app = serving.create_application(lambda: gym.house, front=Front(part=Part.WEB, metrics=token))
    with served(app) as address, Client(base_url=address, timeout=30) as client:
        ann = a_visitor(client, gym)
        ann.say("I am Zorvina Quill, +44 7719 100 007")
        client.get("/no-such-page/zorvina@planted.example")
        assert client.get("/metrics").status_code == 401
        assert client.get("/metrics", headers={"Authorization": "Bearer no"}).status_code == 401
        told = client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
        text = told.text
    assert told.headers["content-type"].startswith("text/plain")
    assert 'baton_request_seconds_count{method="POST",route="/chat/messages",status="202"} 1.0' in (
        text
    )
    assert 'route="/chat/{inbox_token}/sessions"' in text
    assert "baton_queue_waiting 1.0" in text
    assert "baton_database_up 1.0" in text
    assert "process_resident_memory_bytes" in text
    for secret in ("zorvina", "7719", "planted", gym.inbox.token, gym.workspace.name):
        assert secret.lower() not in text.lower()


def test_loops_are_timed_and_without_the_setting_nothing_is_offered(
    client: Client, gym: Installation
) -> None:
    assert client.get("/metrics").status_code == 404
    figures = Metrics("open")
    done = iter([3, 0])
    turn = figures.timed("worker", lambda: next(done))
    assert (turn(), turn()) == (3, 0)
    text = generate_latest(figures.registry).decode()
    assert 'baton_work_total{loop="worker"} 3.0' in text
    assert 'baton_turn_seconds_count{loop="worker"} 1.0' in text
    assert gym.inbox.id


def test_spans_go_to_a_collector_and_name_nobody(gym: Installation) -> None:
    with running() as collector:
        collector.answers({})
        app = serving.create_application(
            lambda: gym.house, front=Front(part=Part.WEB, traces=f"{collector.url}/v1/traces")
        )
        with served(app) as address, Client(base_url=address, timeout=30) as client:
            ann = a_visitor(client, gym)
            ann.say("I am Zorvina Quill, +44 7719 100 007")
            client.get("/no-such-page/zorvina@planted.example")
        sent = b"".join(one.body for one in collector.asked)
    assert b"POST /chat/messages" in sent
    assert b"POST /chat/{inbox_token}/sessions" in sent
    for secret in ("zorvina", "7719", "planted", gym.inbox.token, gym.workspace.name):
        assert secret.lower().encode() not in sent.lower()


@pytest.mark.parametrize(
    ("path", "values", "told"),
    [
        ("/chat/abc/sessions", {"inbox_token": "abc"}, "/chat/{inbox_token}/sessions"),
        ("/chat/s/sessions", {"inbox_token": "s"}, "/chat/{inbox_token}/sessions"),
        ("/healthz", {}, "/healthz"),
    ],
)
def test_a_route_is_told_by_its_template(path: str, values: dict[str, str], told: str) -> None:
    scope = {"endpoint": pages.serve_widget, "path": path, "path_params": values}
    assert route_of(scope) == told
    assert route_of({**scope, "endpoint": object()}) == "console"
    assert route_of({"path": path}) == "none"
