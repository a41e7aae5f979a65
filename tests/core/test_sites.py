"""The sites that may show a web chat: whatever people paste, as browsers will name it."""

import pytest

from baton.core import sites
from baton.core.errors import InvalidInput


@pytest.mark.parametrize(
    ("line", "origin"),
    [
        ("https://www.example.com", "https://www.example.com"),
        ("www.example.com", "https://www.example.com"),
        (" https://Shop.Example.com/contact?from=mail#top ", "https://shop.example.com"),
        ("http://example.com:80/", "http://example.com"),
        ("https://example.com:8443", "https://example.com:8443"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_a_site_is_kept_as_browsers_name_it(line: str, origin: str) -> None:
    assert sites.origin_of(line, field="sites") == origin


@pytest.mark.parametrize(
    "line",
    [
        "ftp://example.com", "javascript:alert(1)", "https://ann:secret@example.com", "https://",
        "https://*.example.com", "not a site", "https://example.com:99999", "https://[", "-a.com",
        "https://a..b", "a" * 300, "https://exa\u202emple.com",
    ],
)  # fmt: skip
def test_what_is_no_site_is_refused_with_what_to_write(line: str) -> None:
    with pytest.raises(InvalidInput, match=r"Write one as|without \*") as refusal:
        sites.origin_of(line, field="sites")
    assert set(refusal.value.fields) == {"sites"}


def test_each_site_stands_once_and_not_without_end() -> None:
    text = "www.example.com\n\nhttps://www.example.com/\nhttps://shop.example\n"
    named = sites.parse_sites(text, field="sites")
    assert named == ("https://www.example.com", "https://shop.example")
    assert sites.parse_sites(" \n", field="sites") == ()
    with pytest.raises(InvalidInput, match="at most 50"):
        sites.parse_sites("\n".join(f"s{n}.example" for n in range(51)), field="sites")
