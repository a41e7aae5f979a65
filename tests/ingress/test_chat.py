"""Sessions, messages and history of the web chat."""

import json

import pytest
from httpx import Client

from baton.channels.sandbox.settings import SandboxSettings
from baton.services import inbox
from baton.services.desk import agents
from baton.services.workspace import inboxes
from baton.services.workspace.inboxes import Wanted
from baton.store.models import Address, Contact, Conversation, Inbox, Message
from tests.ingress.installation import Installation
from tests.ingress.visitor import a_visitor, begin, signed_identity

ORIGIN = "https://shop.example"


def test_a_question_is_stored_answered_and_shown(client: Client, gym: Installation) -> None:
    ann = a_visitor(client, gym)

    answer = ann.say("what time do you open?")
    assert (answer.status_code, answer.json()) == (202, {"id": "m1"})
    gym.step()

    own, reply = ann.history()["messages"]
    assert (own["author"], own["client_id"], own["text"]) == (
        "contact",
        "m1",
        "what time do you open?",
    )
    assert reply["author"] == "bot"
    assert "06:00" in reply["text"] or "6" in reply["text"]
    assert ann.history()["owner"] == "bot"


def test_a_session_says_who_one_talks_to(client: Client, gym: Installation) -> None:
    session = begin(client, gym).json()
    assert session["business"] == "Northside Gym"
    assert "Northside Gym" in session["greeting"]
    assert session["name"] == ""


@pytest.mark.req("DI12")
def test_the_same_id_twice_is_one_message(client: Client, gym: Installation) -> None:
    ann = a_visitor(client, gym)
    for _ in range(2):
        assert ann.say("are you open on sunday?").status_code == 202
    gym.step()
    assert ann.say("are you open on sunday?").status_code == 202
    gym.step()
    assert [author for author, _ in ann.texts()].count("contact") == 1


def test_the_same_text_under_another_id_is_another_message(
    client: Client, gym: Installation
) -> None:
    ann = a_visitor(client, gym)
    ann.say("hello?", client_id="a")
    gym.step()
    ann.say("hello?", client_id="b")
    gym.step()
    assert [author for author, _ in ann.texts()].count("contact") == 2


def test_a_burst_is_answered_once(client: Client, gym: Installation) -> None:
    ann = a_visitor(client, gym)
    for number, text in enumerate(("hi", "quick question", "what time do you close?")):
        ann.say(text, client_id=f"m{number}")
    gym.step()
    assert [author for author, _ in ann.texts()] == ["contact"] * 3 + ["bot"]


@pytest.mark.req("C25", "DI19")
def test_an_earlier_token_resumes_the_conversation(client: Client, gym: Installation) -> None:
    ann = a_visitor(client, gym)
    ann.say("what time do you open?")
    gym.step()
    renewed = begin(client, gym, token=ann.token).json()
    assert renewed["visitor"] == ann.id
    headers = {"Authorization": f"Bearer {renewed['token']}"}
    assert len(client.get("/chat/messages", headers=headers).json()["messages"]) == 2


def test_a_false_earlier_token_begins_anew(client: Client, gym: Installation) -> None:
    ann = a_visitor(client, gym)
    assert begin(client, gym, token=ann.token + "x").json()["visitor"] != ann.id


def test_nobody_reads_another_visitors_words(client: Client, gym: Installation) -> None:
    ann, bob = a_visitor(client, gym), a_visitor(client, gym)
    ann.say("my secret")
    gym.step()
    assert bob.texts() == []


@pytest.mark.parametrize("spoil", ["", "x", "Bearer", "Bearer x", "Bearer \xff\xfe", "Basic abc"])
def test_without_a_valid_token_nothing_is_taken(
    client: Client, gym: Installation, spoil: str
) -> None:
    assert gym.inbox.token
    headers = {b"Authorization": spoil.encode("latin-1"), b"Content-Type": b"application/json"}
    for method, path in (
        ("POST", "/chat/messages"),
        ("GET", "/chat/messages"),
        ("GET", "/chat/stream"),
    ):
        answer = client.request(
            method,
            path,
            content=b'{"id": "a", "text": "hi"}' if method == "POST" else None,
            headers=headers,
        )
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "no_session"


def test_a_tampered_token_is_refused(client: Client, gym: Installation) -> None:
    ann = a_visitor(client, gym)
    for at in range(0, len(ann.token), 7):
        letter = "A" if ann.token[at] != "A" else "B"
        token = ann.token[:at] + letter + ann.token[at + 1 :]
        answer = client.get("/chat/messages", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401


def test_a_token_ends_after_90_days(client: Client, gym: Installation) -> None:
    ann = a_visitor(client, gym)
    gym.step(90 * 86_400 - 60)
    assert ann.say("still me").status_code == 202
    gym.step(120)
    assert ann.say("still me?", client_id="m2").status_code == 401


def test_a_closed_inbox_takes_no_more(client: Client, gym: Installation) -> None:
    ann = a_visitor(client, gym)
    Inbox.objects.all().delete()
    gym.step(10)
    assert ann.say("anybody there?").status_code == 401


# -- identity --------------------------------------------------------------------------


@pytest.mark.req("DI19")
def test_a_signed_person_has_one_conversation_on_all_devices(
    client: Client, gym: Installation
) -> None:
    identity = signed_identity(gym, "member-7", name="Ann Archer", membership="gold")
    phone, laptop = (a_visitor(client, gym, identity=identity) for _ in range(2))
    assert phone.id == laptop.id
    phone.say("what time do you open?")
    gym.step()
    assert len(laptop.texts()) == 2

    contact = Contact.objects.get()
    assert contact.is_identified
    assert contact.membership == "gold"
    assert "member-7" not in phone.id
    assert _name(gym) == "Ann Archer"


@pytest.mark.parametrize(
    "change",
    [
        {"signature": "0" * 64},
        {"signature": "é"},
        {"signature": ""},
        {"id": "member-8"},
        {"membership": "platinum"},  # nobody promotes themselves
        {"name": "Ben Baker"},  # nor takes another's name
        {"name": "", "membership": "Ann"},  # nor passes a name off as a membership
        {"name": ""},
    ],
)
def test_a_false_identity_is_refused(
    client: Client, gym: Installation, change: dict[str, str]
) -> None:
    identity = signed_identity(gym, "member-7", name="Ann") | change
    answer = begin(client, gym, identity=identity)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "wrong_signature"
    gym.step()
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    "identity",
    [
        [],
        "ann",
        7,
        {},
        {"id": "ann"},
        {"signature": "0"},
        {"id": 7, "signature": "0"},
        {"id": "", "signature": "0"},
        {"id": "a\nb", "signature": "0"},
        {"id": "a" * 201, "signature": "0"},
        {"id": "a", "signature": "0" * 129},
        {"id": "a", "signature": "0", "role": "admin"},
    ],
)
def test_a_malformed_identity_is_refused(
    client: Client, gym: Installation, identity: object
) -> None:
    answer = client.post(f"/chat/{gym.inbox.token}/sessions", json={"identity": identity})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_body"


def test_identifying_again_the_same_day_tells_nothing_anew(
    client: Client, gym: Installation
) -> None:
    for _ in range(3):
        a_visitor(client, gym, identity=signed_identity(gym, "member-7"))
    assert gym.house.engine.depth(now=gym.clock.now()).due == 1


def _name(gym: Installation) -> str:
    contact = Contact.objects.get()
    return inbox.name_of(gym.house, contact.id, bytes(contact.name_sealed))


def test_a_membership_that_changes_back_the_same_day_is_told_again(
    client: Client, gym: Installation
) -> None:
    token = ""
    for membership in ("gold", "silver", "gold"):
        answer = begin(
            client,
            gym,
            identity=signed_identity(gym, "member-7", membership=membership),
            token=token,
        )
        token = answer.json()["token"]
        gym.step()
        assert Contact.objects.get().membership == membership


def test_an_open_page_tells_the_same_identity_once_a_day(client: Client, gym: Installation) -> None:
    identity = signed_identity(gym, "member-7", name="Ann")
    token = begin(client, gym, identity=identity).json()["token"]
    for hours, due in ((1, 1), (24, 2)):
        gym.pass_time(hours * 3600)
        token = begin(client, gym, identity=identity, token=token).json()["token"]
        assert gym.house.engine.depth(now=gym.clock.now()).due == due


# -- what a visitor may see --------------------------------------------------------------


def test_notes_and_unsent_messages_stay_inside(client: Client, gym: Installation) -> None:
    ann = a_visitor(client, gym)
    ann.say("I want to talk to a person")
    gym.step()
    conversation = Conversation.objects.get()
    agents.accept(gym.house, gym.agent, conversation.id)
    agents.note(gym.house, gym.agent, conversation.id, "careful with this one")
    agents.reply(gym.house, gym.agent, conversation.id, "Hello, how can I help?")

    assert "Hello, how can I help?" not in [text for _, text in ann.texts()]  # not sent yet
    gym.step()

    history = ann.history()
    last = history["messages"][-1]
    assert (last["author"], last["name"], last["text"]) == (
        "agent",
        "Maya",
        "Hello, how can I help?",
    )
    assert "careful" not in json.dumps(history)
    assert history["owner"] == "agent"


def test_reading_goes_on_behind_a_message(client: Client, gym: Installation) -> None:
    ann = a_visitor(client, gym)
    for number in range(5):
        ann.say(f"word number {number}", client_id=f"m{number}")
    gym.step()
    everything = ann.history()["messages"]
    first = ann.history(limit=2)["messages"]
    assert first == everything[-2:]  # without a place to go on from: the newest
    behind = ann.history(after=everything[1]["id"], limit=2)
    assert behind["messages"] == everything[2:4]
    assert behind["cursor"] == everything[3]["id"]


def test_the_cursor_waits_for_what_is_still_being_sent(client: Client, gym: Installation) -> None:
    ann = a_visitor(client, gym)
    ann.say("what time do you open?")
    gym.step()
    own, reply = ann.history()["messages"]
    Message.objects.filter(id=reply["id"]).update(delivery="queued")
    ann.say("hello?", client_id="m2")
    gym.crew.worker.run_once()  # decides nothing yet: the burst's window is open

    held = ann.history()
    assert [m["id"] for m in held["messages"]] == [own["id"]]
    assert held["cursor"] == own["id"]
    Message.objects.filter(id=reply["id"]).update(delivery="sent")
    assert [m["id"] for m in ann.history(after=held["cursor"])["messages"]] == [reply["id"]]


@pytest.mark.parametrize(
    "query",
    [
        "after=1",
        "after=' OR 1=1",
        "after=%00",
        "limit=0",
        "limit=-1",
        "limit=201",
        "limit=x",
        "limit=²",
    ],
)
def test_a_senseless_query_is_refused(client: Client, gym: Installation, query: str) -> None:
    ann = a_visitor(client, gym)
    answer = client.get(f"/chat/messages?{query}", headers=ann.headers)
    assert answer.status_code == 400


# -- limits ------------------------------------------------------------------------------


def test_a_visitor_who_is_too_fast_is_told_when_to_come_back(
    client: Client, gym: Installation
) -> None:
    ann, bob = a_visitor(client, gym), a_visitor(client, gym)
    answers = [ann.say("hi", client_id=f"m{number}") for number in range(21)]
    assert [answer.status_code for answer in answers] == [202] * 20 + [429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 11
    assert bob.say("hi").status_code == 202
    gym.step(11)
    assert ann.say("hi", client_id="later").status_code == 202


def test_one_address_cannot_write_without_end(client: Client, gym: Installation) -> None:
    visitors = [a_visitor(client, gym) for _ in range(4)]
    codes = [who.say("hello", client_id=f"m{n}").status_code for who in visitors for n in range(16)]
    assert codes == [202] * 60 + [429] * 4
    gym.pass_time(10)
    assert visitors[0].say("hello", client_id="later").status_code == 202


def test_one_address_cannot_make_sessions_without_end(client: Client, gym: Installation) -> None:
    codes = [begin(client, gym).status_code for _ in range(31)]
    assert codes == [200] * 30 + [429]


# -- other sites --------------------------------------------------------------------------


def test_a_preflight_is_granted_without_cookies(client: Client) -> None:
    answer = client.options("/chat/messages", headers={"Origin": ORIGIN})
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "Authorization" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers


def test_any_site_may_embed_an_inbox_without_a_list(client: Client, gym: Installation) -> None:
    answer = client.post(f"/chat/{gym.inbox.token}/sessions", json={}, headers={"Origin": ORIGIN})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert answer.headers["vary"] == "Origin"


def test_only_listed_sites_may_embed_an_inbox_with_one(client: Client, gym: Installation) -> None:
    Inbox.objects.update(allowed_origins=[ORIGIN])
    path = f"/chat/{gym.inbox.token}/sessions"
    allowed = client.post(path, json={}, headers={"Origin": ORIGIN})
    own = client.post(path, json={}, headers={"Origin": str(client.base_url).rstrip("/")})
    foreign = client.post(path, json={}, headers={"Origin": "https://evil.example"})
    assert (allowed.status_code, own.status_code, foreign.status_code) == (200, 200, 403)
    assert "access-control-allow-origin" not in foreign.headers

    headers = {"Authorization": f"Bearer {allowed.json()['token']}", "Origin": "null"}
    assert client.get("/chat/messages", headers=headers).status_code == 403


def test_an_error_can_be_read_by_the_page(client: Client, gym: Installation) -> None:
    answer = client.post("/chat/messages", json={}, headers={"Origin": ORIGIN})
    assert gym.inbox.token
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == ORIGIN


@pytest.mark.req("X33")
def test_a_visitor_is_asked_for_an_email_only_where_one_can_be_sent(
    client: Client, gym: Installation
) -> None:
    assert begin(client, gym).json()["email_wording"] == ""
    wanted = Wanted(
        name="Mail", settings=SandboxSettings(channel="email", sender="gym@example.org")
    )
    inboxes.connect(gym.house, gym.workspace.id, wanted, actor="system")
    assert "email" in begin(client, gym).json()["email_wording"]
    ann = a_visitor(client, gym)
    ann.say("I want to speak to a person")
    gym.step()
    for email, status in (("Ann@Example.org", 202), ("no address", 422), ("x" * 300, 400)):
        answer = client.post("/chat/email", json={"email": email}, headers=ann.headers)
        assert answer.status_code == status, answer.text
    gym.step()
    assert Address.objects.get(channel="email").contact_id == Contact.objects.get().id
    assert client.post("/chat/email", json={"email": "a@b.example"}).status_code == 401
