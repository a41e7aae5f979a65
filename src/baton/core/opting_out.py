"""An opt-out in plain words: "please stop texting me" means what STOP means (C24).

Only a whole sentence that asks for no messages at all is one. "Stop sending me razors" is
about razors, "don't text me at home" about where, and "no more promo texts" about some of
them: those are for the flow, and for people.
"""

import re

from baton.core import text

_MESSAGES = r"(?:texts?|text messages?|messages?|sms|e-?mails?|whatsapps?|notifications?|spam)"
_WRITING = r"(?:texting|messaging|contacting|writing(?: to)?|e-?mailing|whatsapping|spamming)"
_WRITE = r"(?:text|message|contact|write(?: to)?|e-?mail|whatsapp|spam)"
_ALL = r"(?:(?:any|more|all|these|those|your|the|this|of|me|us) )*"
_LIST = r"(?:(?:mailing|texting|text|sms|contact|message|e-?mail) )?list"
_ASKED = (
    r"stop",  # with a "please" or a "now" to it; alone it is the keyword
    rf"stop {_WRITING} (?:me|us)",
    rf"stop (?:sending|with) {_ALL}{_MESSAGES}",
    rf"stop {_ALL}{_MESSAGES}",
    rf"(?:do not|don'?t|never) (?:you )?(?:ever )?{_WRITE} (?:me|us)",
    rf"(?:do not|don'?t) send {_ALL}{_MESSAGES}",
    rf"no more {_MESSAGES}",
    rf"i (?:do not|don'?t) (?:want|wish|need) (?:to (?:get|receive) )?{_ALL}{_MESSAGES}",
    rf"(?:take|remove|delete) (?:me|my number|us) (?:off|from) (?:your|the|this) {_LIST}",
    r"unsubscribe (?:me|us)|opt (?:me|us) out",
    r"i(?:'d like| would like| want| wish) to (?:unsubscribe|opt out)",
)
_BEFORE = (
    r"(?:(?:please|pls|plz|just|ok|okay|hey|hi|hello|and|now|so|can|could|would|will|you|u) )*"
)
_AFTER = (
    r"(?: (?:please|pls|plz|thanks|thank you|thx|now|already|again|any ?more|ever|ever again"
    r"|at once|immediately|from you|from now on|at all|period))*"
)
_WHOLE = re.compile(rf"{_BEFORE}(?:{'|'.join(_ASKED)}){_AFTER}")
_BETWEEN = re.compile(r"[\s,;:]+")


# Each way to ask has one of these in it: most messages are let through at a glance.
_STEMS = re.compile(r"stop|not|don|never|no[\s,;:]+more|take|remove|delete|unsub|opt")


def may_be_asked(message: str) -> bool:
    """Return False where no sentence of a message can ask to be written to no more."""
    return _STEMS.search(message.casefold()) is not None


def is_asked(sentence: str) -> bool:
    """Return whether a whole sentence asks to be written to no more."""
    words = text.bare(sentence).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return _WHOLE.fullmatch(_BETWEEN.sub(" ", words)) is not None
