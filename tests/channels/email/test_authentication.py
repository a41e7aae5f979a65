"""Whose word on a message's sender counts, and what it says."""

import pytest

from baton.channels.email.authentication import is_disproved
from baton.channels.email.parsing import parse

MX = "mx.fit.example"
SENDER = "mia@example.org"
PASSED = f"{MX}; dmarc=pass header.from=example.org"
FAILED = f'{MX}; dmarc=fail (p=none; "dmarc=pass") header.from=example.org'


@pytest.mark.parametrize(
    ("headers", "disproved"),
    [
        ([], False),
        ([PASSED], False),
        ([FAILED], True),
        ([FAILED, PASSED], True),  # what stands below was there before the server wrote
        ([PASSED, FAILED], False),
        (["mx.evil.example; dmarc=pass", FAILED], True),
        (["mx.evil.example; dmarc=fail"], False),
        ([f"{MX} 1; spf=fail smtp.mailfrom=x@evil.example; dmarc=none"], True),
        ([f"{MX}; spf=softfail smtp.mailfrom=x@evil.example"], False),
        ([f"{MX}; spf=fail; dkim=pass header.d=example.org"], False),
        ([f"{MX}; spf=fail; dkim=pass header.d=evil.example; dkim=pass header.i=@mail.example.org"],
         False),
        ([f"{MX}; spf=fail; dkim=pass header.d=evil.example"], True),
        ([f"{MX}; spf=fail; dkim=pass header.d=org"], True),
        ([f"({'(' * 900}{MX}; dmarc=fail", "=;;=", MX, ""], False),
        ([FAILED.upper()], True),
        # The local part of an address is its sender's to choose.
        ([f'{MX}; spf=fail smtp.mailfrom="x; dmarc=pass"@evil.example; dmarc=fail'], True),
        ([f'{MX}; spf=fail smtp.mailfrom="(x"@evil.example; dmarc=fail (a \\) ")") p=none'], True),
        ([f'{MX}; spf=fail smtp.mailfrom="x@evil.example; dmarc=pass'], True),
        # What came in the server's name stands below what it wrote itself.
        ([f"{MX}; spf=fail; dkim=none", PASSED], True),
        ([f"{MX}; spf=fail; dkim=none", f"{MX}; dkim=pass header.d=example.org"], True),
        ([f"{MX}; dkim=none", f"{MX}; dkim=pass header.d=example.org", f"{MX}; spf=fail"], True),
        ([f"{MX}; dmarc=fail", f"{MX}; dkim=pass header.d=example.org"], True),
        ([f"{MX}; spf=fail", f"{MX}; dkim=pass header.d=example.org"], False),
        ([f'{MX}; spf=fail; dkim=pass header.d="example.org"'], False),
    ],
)  # fmt: skip
def test_the_trusted_servers_first_word_counts(headers: list[str], *, disproved: bool) -> None:
    assert is_disproved(headers, SENDER, MX) is disproved
    assert not is_disproved(headers, SENDER, "")


def test_the_headers_are_read_from_the_message_and_bounded() -> None:
    lines = [f"Authentication-Results: {FAILED}"] * 40
    mail = parse("\r\n".join([*lines, f"From: {SENDER}", "", "Hello"]).encode())
    assert len(mail.checks) == 10
    assert is_disproved(mail.checks, mail.sender, MX)
