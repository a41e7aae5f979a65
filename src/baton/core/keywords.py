"""Words that a channel gives a fixed meaning, whatever flow is running (Part 2, C18, C24)."""

import re
from enum import StrEnum

from baton.core import text


class Keyword(StrEnum):
    """A reply of one word with a meaning of its own."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    AGENT = "agent"
    MAP = "map"


# The opt-out words that carriers oblige senders to honour, and the usual way back:
# https://www.twilio.com/docs/messaging/guides/opt-out-keywords
# "end", "quit" and "cancel" count as opt-out on SMS; in a chat they mean the matter at hand.
_WORDS: dict[Keyword, frozenset[str]] = {
    Keyword.STOP: frozenset(
        {
            "stop",
            "stopall",
            "stop all",
            "unsubscribe",
            "opt out",
            "optout",
            "revoke",
            "arret",
            "arrêt",  # French: carriers in Canada and France oblige it
            "alto",
            "parar",  # Spanish, Portuguese
            "stopp",  # German, Swedish, Norwegian
        }
    ),
    Keyword.START: frozenset({"start", "unstop", "subscribe", "opt in", "optin"}),
    Keyword.HELP: frozenset({"help", "info", "aide"}),  # the last for French in Canada
    Keyword.AGENT: frozenset({"agent", "human", "person", "operator", "representative"}),
    Keyword.MAP: frozenset({"map", "directions"}),
}
_MEANING = {word: keyword for keyword, words in _WORDS.items() for word in words}
_EDGES = re.compile(r"^\W+|\W+$")  # quotation marks copied with the word, and emoji
_ON_SMS = {"end": Keyword.STOP, "quit": Keyword.STOP}


def find(message: str, *, channel: str = "") -> Keyword | None:
    """Return the keyword that a whole message is, or None; a word inside a sentence is none.

    A bare "cancel" is the matter at hand everywhere (X4): a provider that takes it for an
    opt-out says so beside the message, and then it is one.
    """
    word = _EDGES.sub("", text.bare(message)).replace("-", " ")
    own = _ON_SMS.get(word) if channel == "sms" else None
    return own or _MEANING.get(word)
