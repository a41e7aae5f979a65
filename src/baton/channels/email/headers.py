"""Headers of a hostile message: read raw, decoded leniently, bounded.

The standard library's own structured parsing is not asked: it takes long on crafted
addresses, and what people write is not always what it expects.
"""

import codecs
from binascii import Error as NotBase64
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

_MOST = 4_000
# No texts, or slow ones: nobody's mail is written in them.
_NO_CHARSETS = frozenset(
    {"idna", "punycode", "unicode_escape", "raw-unicode-escape", "raw_unicode_escape",
     "unicode-escape", "undefined", "utf-7"}
)  # fmt: skip


def raw_headers(message: Message, name: str) -> Iterator[str]:
    """Yield what stands under a header, each time that it stands there."""
    wanted = name.lower()
    for key, value in message.raw_items():
        if key.lower() == wanted:
            yield _readable(str(value)[:_MOST])


def raw_header(message: Message, name: str) -> str:
    """Return what first stands under a header, unfolded; "" for nothing."""
    found = next(raw_headers(message, name), "")
    return " ".join(found.split())


def decoded(value: str) -> str:
    """Return a header's text with its encoded words read."""
    if "=?" not in value:
        return value
    try:
        parts = decode_header(value)
    except (HeaderParseError, NotBase64, ValueError):
        return value
    return "".join(
        part if isinstance(part, str) else text_of(part, charset or "ascii")
        for part, charset in parts
    )


def text_of(content: bytes, charset: str) -> str:
    """Return bytes as text by what they claim to be; what is not so is read as far as it goes."""
    for name in (charset, "utf-8"):
        try:
            if codecs.lookup(name).name not in _NO_CHARSETS:
                return content.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    return content.decode("windows-1252", "replace")


def _readable(value: str) -> str:
    """Return a raw value as text: bytes beyond ASCII stand in it as surrogates."""
    content = value.encode("utf-8", "surrogateescape")
    return text_of(content, "utf-8") if not value.isascii() else value
