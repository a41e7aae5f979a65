"""The email digest: chosen by each, sent through the workspace's own inbox, only of something."""

from collections.abc import Iterator

import pytest

from baton.channels.email.settings import EmailSettings, Security, Server
from baton.services import notices
from baton.services.delivery import staff_post
from baton.services.ledger import Ledger
from baton.services.notices import Kind
from baton.services.workspace import inboxes
from baton.services.workspace.inboxes import Wanted
from tests.support import mail_server
from tests.support.mail_server import MailServer
from tests.web.conftest import Gym, Screen


@pytest.fixture
def server(gym: Gym) -> Iterator[MailServer]:
    with mail_server.running() as found:
        settings = EmailSettings(
            sender="desk@fit.example",
            outgoing=Server(host="127.0.0.1", port=found.port, security=Security.NONE),
        )
        wanted = Wanted(name="Mail", settings=settings)
        inboxes.connect(gym.house, gym.workspace.id, wanted, actor="user:u1")
        yield found


def told(gym: Gym, screen: Screen, *kinds: notices.Kind) -> None:
    with gym.house.engine.transaction():
        ledger = Ledger(gym.house, gym.house.clock.now())
        for kind in kinds:
            notices.tell(ledger, gym.workspace.id, [screen.user.id], kind, details="Mia")
        ledger.flush()


@pytest.mark.req("GV3")
def test_what_was_not_seen_is_mailed_once_by_its_kind_alone(
    gym: Gym, sam: Screen, robin: Screen, server: MailServer
) -> None:
    assert sam.post("/notices/alerts", htmx=False, digest="hourly").status == 302
    told(gym, sam, notices.Kind.CLOCK_BREACHED, notices.Kind.MENTIONED, notices.Kind.MENTIONED)
    told(gym, robin, notices.Kind.DAILY_CHECK)  # who chose nothing gets nothing
    gym.step(minutes=59)
    assert server.taken == []
    gym.step(minutes=2)
    [letter] = server.taken
    assert letter.recipients == [sam.user.email]
    mail = letter.parsed
    assert mail["Subject"] == "3 notices in Baton"
    words = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr] # it has one
    assert "2 x a note that mentions you" in words
    assert "1 x a promise overdue" in words
    assert f"{gym.house.base_url}/notices" in words
    assert "Mia" not in words
    gym.step(hours=3)
    assert len(server.taken) == 1  # each thing once, and nothing of nothing
    told(gym, sam, notices.Kind.TRANSFERRED)
    sam.post("/notices/seen")
    gym.step(hours=2)
    assert len(server.taken) == 1
    sam.post("/notices/alerts", htmx=False, digest="never")
    told(gym, sam, notices.Kind.TRANSFERRED)
    gym.step(hours=2)
    assert len(server.taken) == 1


def test_without_an_inbox_for_email_it_says_so(sam: Screen) -> None:
    refused = sam.post("/notices/alerts", htmx=False, digest="daily")
    assert refused.status == 422
    assert "An email inbox must be connected first." in refused.text
    assert "Email me what I have not seen" in sam.get("/notices").text
    assert sam.post("/notices/alerts", htmx=False, digest="weekly").status == 422


def test_every_kind_of_notice_has_words_of_its_own() -> None:
    for kind in Kind:
        said = staff_post.words_of([kind.value], "https://gym.example/notices")
        assert f"1 x {kind.value}\n" not in said
