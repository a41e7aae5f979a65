"""Short links lead to plain web pages alone, and count people."""

import pytest

from baton.core.links import is_by_person, may_lead_to

BROWSER = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://shop.example/orders/1?x=2#part", True),
        ("http://shop.example:8080/", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//shop.example/", False),
        ("/orders", False),
        ("https://", False),
        ("https://user:word@shop.example/", False),
        ("https://shop.example/a b", False),
        ("https://shop.example/\r\nX: y", False),
        ("https://[", False),
        ("https://shop.example/" + "a" * 2_000, False),
    ],
)
def test_where_a_short_link_may_lead(url: str, may: bool) -> None:  # noqa: FBT001 - a table
    assert may_lead_to(url) is may


@pytest.mark.parametrize(
    ("method", "headers", "is_click"),
    [
        ("GET", {"user-agent": BROWSER}, True),
        ("HEAD", {"user-agent": BROWSER}, False),
        ("GET", {"user-agent": BROWSER, "sec-purpose": "prefetch;prerender"}, False),
        ("GET", {"user-agent": BROWSER, "x-moz": "prefetch"}, False),
        ("GET", {"user-agent": "facebookexternalhit/1.1"}, False),
        ("GET", {"user-agent": "WhatsApp/2.24 A"}, False),
        ("GET", {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}, False),
        ("GET", {}, False),
    ],
)
def test_who_opened_it(method: str, headers: dict[str, str], is_click: bool) -> None:  # noqa: FBT001 - a table
    assert is_by_person(method, headers) is is_click
