"""What is said in a call, as TwiML: https://www.twilio.com/docs/voice/twiml/say.

The text is said twice, since whoever picks up misses the first words; one key leads to a
person. What is said is in one language, with a voice of that language.
"""

from collections.abc import Mapping
from types import MappingProxyType
from xml.sax.saxutils import escape, quoteattr

MAX_TEXT = 600
"""Nobody listens longer to a machine; both times together stay below Twilio's 4,000."""

_REST_SECONDS = 4
# By language: the voice's own word for it, the offer of a person, what follows the key.
_PHRASES: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "en": (
            "en-US",
            "To talk to a person, press 1.",
            "Thank you. A colleague will call you back on this number.",
        ),
        "es": (
            "es-ES",
            "Para hablar con una persona, pulse 1.",
            "Gracias. Un compañero le llamará a este número.",
        ),
    }
)


def is_spoken(language: str) -> bool:
    """Return whether calls can be made in a language."""
    return _bare(language) in _PHRASES


def call(text: str, language: str, *, heard_url: str) -> str:
    """Return a call that says a text, and hears a key at an address."""
    voice, offer, _thanks = _phrases_of(language)
    said = f"{_say(text, voice)}{_say(offer, voice)}"
    return _document(
        f'<Gather numDigits="1" timeout="{_REST_SECONDS}" action={quoteattr(heard_url)}'
        f' method="POST">{said}<Pause length="1"/>{said}</Gather>'
    )


def put_through(number: str, *, caller: str) -> str:
    """Return what connects a call with a person."""
    return _document(f"<Dial callerId={quoteattr(caller)}>{escape(number)}</Dial>")


def call_back(language: str) -> str:
    """Return what promises that somebody calls."""
    voice, _offer, thanks = _phrases_of(language)
    return _document(_say(thanks, voice))


def _say(text: str, voice: str) -> str:
    return f"<Say language={quoteattr(voice)}>{escape(text)}</Say>"


def _document(content: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{content}</Response>'


def _phrases_of(language: str) -> tuple[str, str, str]:
    voice, offer, thanks = _PHRASES.get(_bare(language), _PHRASES["en"])
    is_regional = "-" in language and is_spoken(language)
    return (language if is_regional else voice), offer, thanks


def _bare(language: str) -> str:
    return language.partition("-")[0]
