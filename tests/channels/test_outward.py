"""Whoever types an address reaches nothing of the network inside, whatever its name says."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date

import pytest

from baton.channels import ForbiddenPlaceError, Request
from baton.channels.email import imap
from baton.channels.email.session import NoSessionError, smtp_session
from baton.channels.email.settings import Security, Server
from baton.channels.wire import Wire
from baton.core import reach
from baton.nlu.outside.ports import OutsideFailed
from baton.nlu.outside.wire import Wire as OutsideWire
from baton.runtime import outward
from tests.nlu.outside.server import Server as Provider

NAME = "shop.example"
PRIVATE = "10.0.0.5"
Named = Callable[..., list[str]]


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> Iterator[Named]:
    """Give a name numbers: each look-up takes the next ones, as a name that rebinds does."""
    looked_up: list[str] = []

    def name(*answers: str) -> list[str]:
        left = list(answers)

        def look_up(host: str, port: int, *_told: object, **_named: object) -> list[object]:
            if host[0].isdigit():  # what was judged
                return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
            looked_up.append(host)
            number = left.pop(0) if len(left) > 1 else left[0]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port))]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        return looked_up

    yield name
    outward.permit(reach.Reach())


@pytest.mark.req("P24")
@pytest.mark.parametrize("number", [PRIVATE, "169.254.169.254", "127.0.0.1"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_name_leads_inside(wire: Wire, named: Named, scheme: str, number: str) -> None:
    named(number)
    with pytest.raises(ForbiddenPlaceError, match="BATON_OWN_NETWORK"):
        wire.ask(Request(method="POST", headers={}, url=f"{scheme}://{NAME}:8443/latest/meta-data"))
    with (
        closing(OutsideWire()) as outside,
        pytest.raises(OutsideFailed, match="BATON_OWN_NETWORK"),
    ):
        outside.post(f"{scheme}://{NAME}/read", b"{}", {}, within=1)


@pytest.mark.req("P24")
@pytest.mark.parametrize("security", list(Security))
def test_no_mail_server_stands_inside_unless_it_is_named(named: Named, security: Security) -> None:
    named(PRIVATE)
    server = Server(host=NAME, port=25, security=security)
    trust = ssl.create_default_context()
    with pytest.raises(NoSessionError, match="BATON_OWN_NETWORK"), smtp_session(server, trust):
        """It is not reached."""
    box = imap.Mailbox(server=server, folder="INBOX", trust=trust)
    with pytest.raises(NoSessionError, match="BATON_OWN_NETWORK"):
        box.read_new(None, print, today=date(2026, 3, 2))


@pytest.mark.req("P24")
def test_what_was_judged_is_what_is_asked(wire: Wire, named: Named, provider: Provider) -> None:
    port = provider.url.rpartition(":")[2]
    outward.permit(reach.parse("127.0.0.0/8"))
    provider.answers({"ok": True})
    looked_up = named("127.0.0.1", PRIVATE)  # a moment later the name says something else
    assert wire.ask(Request(method="POST", headers={}, url=f"http://{NAME}:{port}/a")).status == 200
    assert looked_up == [NAME]
    [asked] = provider.asked
    assert asked.headers["host"] == f"{NAME}:{port}"
    named("127.0.0.1", PRIVATE)
    with closing(OutsideWire()) as outside:
        assert outside.post(f"http://{NAME}:{port}/read", b"{}", {}, within=5)
    assert provider.asked[-1].headers["host"] == f"{NAME}:{port}"


def test_a_redirect_is_not_followed(wire: Wire, provider: Provider) -> None:
    provider.answers({}, status=302, Location=f"{provider.url}/inside")
    told = wire.ask(Request(method="POST", headers={}, url=f"{provider.url}/a"))
    assert (told.status, len(provider.asked)) == (302, 1)
