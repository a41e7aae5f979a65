"""Whether a message's From is proved, by the word of the business's own mail server (RFC 8601).

The server that took a message notes in `Authentication-Results` what SPF, DKIM and DMARC said.
Anybody can write such a header, so only those that begin with the name of the one trusted
server count, and of those the first: a server writes above what it was given. One that
writes a header for each check takes out what claims to be its own (RFC 8601, 5). What a
sender chose, as the address in `smtp.mailfrom`, stands in the header too, in quotation marks:
nothing in those is a result.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

HEADER = "Authentication-Results"
MOST = 10
"""Headers that are looked at; a server writes one, or one for each check."""

_SIGN = re.compile(r'"(?:[^"\\]|\\.)*"?|\\.|[()]', re.DOTALL)
_TELLING = re.compile(r"[\s;=()\"\\]")
_RESULT = re.compile(r"\s*([a-z][a-z0-9-]*)(?:\s*/\s*\d+)?\s*=\s*([a-z]+)")
_PROPERTY = re.compile(r"\b((?:header|smtp)\.[a-z]+)\s*=\s*\"?([^\s;\"]+)")


def is_disproved(headers: Iterable[str], sender: str, trusted: str) -> bool:
    """Return whether the trusted server says that a message is not from its `sender`.

    What it says nothing of is believed as before: many domains publish no rule, and mail
    within one server is not checked.
    """
    if not trusted or not sender:
        return False
    found: dict[str, tuple[str, Mapping[str, str]]] = {}
    for header in headers:
        here: dict[str, tuple[str, Mapping[str, str]]] = {}
        for method, result, told in _results_of(header, trusted.lower()):
            here.setdefault(method, (result, told))
            if method == "dkim" and _is_aligned(result, told, sender, "header.d", "header.i"):
                here["dkim"] = (result, told)  # of several signatures, the sender's own
        found = here | found
        if len(here) > 1:
            break  # a server that tells several things in one header tells all of them there
    dmarc = found.get("dmarc", ("", {}))[0]
    if dmarc in ("pass", "fail"):
        return dmarc == "fail"
    signature, properties = found.get("dkim", ("", {}))
    is_signed = _is_aligned(signature, properties, sender, "header.d", "header.i")
    return found.get("spf", ("", {}))[0] == "fail" and not is_signed


def _results_of(header: str, trusted: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    name, *told = _plain(header).lower().split(";")
    if name.split()[:1] != [trusted]:
        return
    for one in told:
        if found := _RESULT.match(one):
            yield found[1], found[2], dict(_PROPERTY.findall(one))


def _plain(header: str) -> str:
    """Return a header without comments, and without what quotation marks keep from telling."""
    kept, depth, place = [], 0, 0
    for sign in _SIGN.finditer(header):
        if not depth:
            kept.append(header[place : sign.start()])
        place = sign.end()
        if sign[0] in "()":
            depth = max(0, depth + (1 if sign[0] == "(" else -1))
            kept.append(" ")
        elif not depth:
            kept.append(_TELLING.sub("", sign[0]))
    return "".join(kept) + ("" if depth else header[place:])


def _is_aligned(result: str, told: Mapping[str, str], sender: str, *names: str) -> bool:
    """Return whether a check passed for the sender's domain, or for one above or below it."""
    domain = sender.lower().rpartition("@")[2]
    for name in names:
        other = told.get(name, "").rpartition("@")[2]
        is_same = other == domain or domain.endswith(f".{other}") or other.endswith(f".{domain}")
        if result == "pass" and "." in other and is_same:
            return True
    return False
