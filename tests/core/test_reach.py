"""Which places may be asked: the public internet, and of one's own network what was named."""

import pytest

from baton.core import reach
from baton.core.reach import Reach

METADATA = "169.254.169.254"  # a cloud's own credentials


@pytest.mark.req("P24")
@pytest.mark.parametrize(
    ("named", "host", "number", "may"),
    [
        ("localhost", "shop.example", "203.0.114.7", True),
        ("localhost", "shop.example", "2606:4700::6810:84e5", True),
        ("localhost", "shop.example", "10.0.0.5", False),
        ("localhost", "shop.example", METADATA, False),
        ("localhost", METADATA, METADATA, False),
        ("localhost", "shop.example", "fe80::1%eth0", False),
        ("localhost", "shop.example", "0.0.0.0", False),  # noqa: S104 - not to listen on
        ("localhost", "shop.example", "224.0.0.1", False),
        # What wraps a private number leads there in the end.
        ("localhost", "shop.example", "::ffff:10.0.0.5", False),
        ("localhost", "shop.example", "64:ff9b::a00:5", False),
        ("localhost", "shop.example", "64:ff9b:1::a00:5", False),
        ("localhost", "shop.example", "::10.0.0.5", False),
        # This machine is asked by whoever says so, and by no name that leads here unseen.
        ("localhost", "localhost", "127.0.0.1", True),
        ("localhost", "127.0.0.1", "127.0.0.1", True),
        ("localhost", "[::1]", "::1", True),
        ("localhost", "shop.example", "127.0.0.1", False),
        ("none", "localhost", "127.0.0.1", False),
        ("10.1.0.0/16", "localhost", "127.0.0.1", False),
        ("10.1.0.0/16, mail.internal", "modem.internal", "10.1.2.3", True),
        ("10.1.0.0/16, mail.internal", "modem.internal", "10.2.2.3", False),
        ("10.1.0.0/16, mail.internal", "Mail.Internal", "192.168.1.9", True),
        ("10.1.0.0/16, mail.internal", "other.internal", "192.168.1.9", False),
        ("127.0.0.0/8", "shop.example", "127.0.0.1", True),
    ],
)
def test_one_s_own_network_is_closed_unless_it_is_named(
    named: str, host: str, number: str, *, may: bool
) -> None:
    assert reach.parse(named).allows(host, number) is may


def test_what_is_no_network_is_refused() -> None:
    for wrong in ("10.0.0.300", "10.0.0.1/8", "1::2::3"):
        with pytest.raises(ValueError, match=r"has host bits|does not appear"):
            reach.parse(wrong)
    assert reach.parse("") == Reach(hosts=frozenset())
