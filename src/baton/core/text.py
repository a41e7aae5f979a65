"""What a person wrote, made safe to store, compare and show."""

import re
import unicodedata

MAX_MESSAGE_CHARACTERS = 4_000
MAX_MESSAGE_LINES = 200
_CUT = "\n[…]"

# Control characters other than tab and line feed carry no meaning in a message
# and can break terminals, logs and HTML. Bidirectional overrides (U+202A-E,
# U+2066-9) let a text show something else than it says; the marks that
# right-to-left writing needs (U+200E, U+200F) and emoji joiners stay.
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
# Signs that stack on a letter: putting a run of them in order takes the square of its length,
# and UAX #15 (stream-safe text) knows no writing with more than thirty.
_STACKED = "".join(filter(unicodedata.combining, map(chr, range(0x300, 0x1F000))))
_STACK = re.compile(f"([{_STACKED}]{{30}})[{_STACKED}]+")
_BLANK_RUN = re.compile(r"\n{3,}")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n\s*")
_EDGE_PUNCTUATION = " \t\n.,;:!?\"'()[]*_~-"


def clean(text: str) -> str:
    """Return the text in NFC, without control characters or outer blanks."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = unicodedata.normalize("NFC", _STACK.sub(r"\1", lines))
    return _BLANK_RUN.sub("\n\n", _UNSAFE.sub("", plain)).strip()


def problem_with(text: str) -> str | None:
    """Return why a cleaned message cannot be taken, in words for its writer, or None."""
    if not text:
        return "The message is empty. Write a few words, please."
    if len(text) > MAX_MESSAGE_CHARACTERS:
        return f"The message is too long. Please keep it under {MAX_MESSAGE_CHARACTERS} characters."
    if text.count("\n") >= MAX_MESSAGE_LINES:
        return f"The message has too many lines. Please keep it under {MAX_MESSAGE_LINES}."
    return None


def bounded(text: str) -> str:
    """Return as much of a cleaned message as one may hold, where nobody can be asked to shorten."""
    lines = text.split("\n")
    if len(lines) >= MAX_MESSAGE_LINES:
        text = "\n".join(lines[: MAX_MESSAGE_LINES - 2]) + _CUT
    if len(text) > MAX_MESSAGE_CHARACTERS:
        text = text[: MAX_MESSAGE_CHARACTERS - len(_CUT)] + _CUT
    return text


def bare(text: str) -> str:
    """Return a short reply as a key: case folded, without outer punctuation."""
    return text.strip(_EDGE_PUNCTUATION).casefold()


def sentences(text: str) -> tuple[str, ...]:
    """Split a message at sentence ends and line breaks, for compound requests (T20)."""
    return tuple(part for part in _SENTENCE_END.split(text) if part.strip(_EDGE_PUNCTUATION))
