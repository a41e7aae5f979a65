"""What a mail server's no means: RFC 5321 codes, and RFC 3463 codes, which say it better."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from baton.core.delivery import Undelivered

_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_BY_DETAIL: Mapping[str, Undelivered] = MappingProxyType(
    {
        "1.1": Undelivered.UNKNOWN_ADDRESS,  # bad destination mailbox
        "1.2": Undelivered.UNKNOWN_ADDRESS,  # bad destination system
        "1.3": Undelivered.UNKNOWN_ADDRESS,  # bad syntax
        "1.6": Undelivered.UNKNOWN_ADDRESS,  # the mailbox has moved
        "1.10": Undelivered.UNKNOWN_ADDRESS,  # the domain takes no mail (RFC 7505)
        "2.1": Undelivered.UNKNOWN_ADDRESS,  # the mailbox is closed
        "2.2": Undelivered.MAILBOX_FULL,
        "2.3": Undelivered.TEXT_LENGTH,
        "3.4": Undelivered.TEXT_LENGTH,
    }
)
_BY_SUBJECT: Mapping[str, Undelivered] = MappingProxyType(
    {
        "4": Undelivered.NO_ROUTE,  # network and routing
        "7": Undelivered.BLOCKED,  # security and policy
    }
)
_NOBODY = re.compile(
    r"user unknown|unknown (?:user|recipient|address|mailbox)|no such (?:user|mailbox|recipient|"
    r"person)|(?:user|recipient|mailbox|address|account)[^.]{0,40}(?:not found|unknown|"
    r"does(?: not|n't) exist|unavailable)|invalid (?:recipient|mailbox|address)",
    re.IGNORECASE,
)
_FULL = re.compile(r"mailbox (?:is )?full|over ?quota|quota exceeded", re.IGNORECASE)
_SPAM = re.compile(r"\bspam\b|blocked|blacklist|blocklist|reputation|policy", re.IGNORECASE)
_RELAY = re.compile(r"relay(?:ing)?\b.{0,30}(?:denied|not permitted|not allowed)|unable to relay"
                    r"|authentication (?:is )?required", re.IGNORECASE)  # fmt: skip
_MAX_WORDS = 2_000


def code_of(code: int, said: str) -> str:
    """Return the code that says most: "5.1.1" where the server tells one, else "550"."""
    told = _ENHANCED.search(said[:_MAX_WORDS])
    return told[0] if told else str(code)


def undelivered_of(said: str) -> Undelivered:
    """Return what a final no says of the message; `said` is the server's words with its codes."""
    said = said[:_MAX_WORDS]
    if told := _ENHANCED.search(said):
        known = _BY_DETAIL.get(f"{told[2]}.{told[3]}") or _BY_SUBJECT.get(told[2])
        if known:
            return known
    for words, meaning in _BY_WORDS:
        if words.search(said):
            return meaning
    return Undelivered.PROVIDER_REFUSED


def is_setting(said: str) -> bool:
    """Return whether a no to a recipient is about us: the server does not send for us."""
    return _RELAY.search(said[:_MAX_WORDS]) is not None


_BY_WORDS = (
    (_NOBODY, Undelivered.UNKNOWN_ADDRESS),
    (_FULL, Undelivered.MAILBOX_FULL),
    (_SPAM, Undelivered.BLOCKED),
)
