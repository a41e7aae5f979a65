"""Which sites may show a web chat: as people write them down, and as browsers name them."""

import re
from urllib.parse import SplitResult, urlsplit

from baton.core.errors import InvalidInput

MAX_SITES = 50
_MAX_LENGTH = 260
_PORTS = {"http": 80, "https": 443}
_LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(\.{_LABEL})*")


def parse_sites(text: str, *, field: str) -> tuple[str, ...]:
    """Return the sites of a text, one a line, each once and as `origin_of` writes it.

    Raises InvalidInput that names the field.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MAX_SITES:
        raise InvalidInput({field: f"Name at most {MAX_SITES} sites."})
    return tuple(dict.fromkeys(origin_of(line, field=field) for line in lines))


def origin_of(line: str, *, field: str) -> str:
    """Return a site as browsers name it: `https://www.example.com`, without path or slash.

    A line without a scheme means https. Raises InvalidInput that names the field.
    """
    raw = line.strip()
    try:
        parts = urlsplit(raw if "://" in raw else f"https://{raw}")
        host, port = _host_of(parts), parts.port
    except ValueError as error:
        raise _fault(raw, field) from error
    is_plain = len(raw) <= _MAX_LENGTH and raw.isprintable() and "@" not in parts.netloc
    if not is_plain or parts.scheme not in _PORTS or not _HOST.fullmatch(host):
        raise _fault(raw, field)
    is_usual = port in (None, _PORTS[parts.scheme])
    return f"{parts.scheme}://{host}" if is_usual else f"{parts.scheme}://{host}:{port}"


def _host_of(parts: SplitResult) -> str:
    """Return a host in the letters that browsers send: an ü as `xn--…`."""
    return (parts.hostname or "").encode("idna").decode("ascii").lower()


def _fault(raw: str, field: str) -> InvalidInput:
    if "*" in raw:
        return InvalidInput({field: f"{raw[:60]}: name each site by itself, without *."})
    return InvalidInput({field: f"{raw[:60]} is no site. Write one as https://www.example.com."})
