"""Words that are approved before they go out: how they are filled in, and who approves them.

A template's body is written as a flow writes its texts, `Your class {{ run.class_name }} is
tomorrow.` On WhatsApp its provider approves it, is shown numbers in place of the names, and
gets the values with each message. On SMS and by email somebody of the workspace approves it,
and its words go in place of the step's own, whenever that is.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from baton.core import sms, whatsapp
from baton.core.consent import Purpose

WHATSAPP, SMS, EMAIL = "whatsapp", "sms", "email"
COPY_CHANNELS = (SMS, EMAIL)
"""Where somebody of the workspace approves, in their provider's place."""
CHANNELS = (WHATSAPP, *COPY_CHANNELS)
MOST: Mapping[str, int] = {WHATSAPP: whatsapp.MAX_TEMPLATE, SMS: sms.MAX_CHARACTERS, EMAIL: 10_000}
"""How many characters a body may have, by channel."""

_PLACE = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_BLANKS = re.compile(r"\s+")


class TemplateState(StrEnum):
    """How far a version is on its way to approval."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    PAUSED = "paused"  # by its provider, since people found it a nuisance


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """Approved words, filled in for one contact, that stand for a message out of its window.

    `version_id` is the version that was approved, `name` and `language` what its provider
    knows it by; `text` is what the contact reads, `subject` that of an email. The provider is
    given `values` for the body, `header_values` for what stands above it, and `link_value`
    for the end of the button's address, None where that has no place.
    """

    version_id: str
    name: str
    language: str
    text: str
    values: tuple[str, ...] = ()
    replies: tuple[tuple[str, str], ...] = ()
    purpose: Purpose = Purpose.SERVICE
    subject: str = ""
    header_values: tuple[str, ...] = ()
    link_value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedTemplate:
    """A version that may be sent; `replies` are its quick replies, key and label.

    The `header` stands above a WhatsApp text and is the subject of an email, the `footer`
    below it; one button leads to `link_url`, which may end in a place.
    """

    version_id: str
    name: str
    provider_name: str
    language: str
    body: str
    replies: tuple[tuple[str, str], ...] = ()
    purpose: Purpose = Purpose.SERVICE
    channel: str = WHATSAPP
    header: str = ""
    footer: str = ""
    link_label: str = ""
    link_url: str = ""

    @property
    def places(self) -> tuple[str, ...]:
        """What it fills in, each once."""
        return places_in(self.header, self.body, self.link_url)

    def filled(self, values: Sequence[str]) -> StandIn | None:
        """Return the words with a value for each of `places`; None when one is missing.

        A value stands on one line, as providers want it.
        """
        flat = [_BLANKS.sub(" ", value).strip() for value in values]
        given = dict(zip(self.places, flat, strict=True))
        body = fill(self.body, given)
        if not all(flat) or len(body) > MOST[self.channel]:
            return None
        is_email = self.channel == EMAIL
        return StandIn(
            version_id=self.version_id,
            name=self.provider_name,
            language=self.language,
            text=body if is_email else self._as_read(body, given),
            subject=fill(self.header, given) if is_email else "",
            values=_values(self.body, given),
            header_values=() if is_email else _values(self.header, given),
            link_value=next(iter(_values(self.link_url, given)), None),
            replies=self.replies,
            purpose=self.purpose,
        )

    def _as_read(self, body: str, given: Mapping[str, str]) -> str:
        """Return the whole as a phone shows it, from top to bottom."""
        button = f"{self.link_label}: {fill(self.link_url, given)}" if self.link_url else ""
        parts = (fill(self.header, given), body, self.footer, button)
        return "\n\n".join(filter(None, parts))


def find(
    templates: Iterable[ApprovedTemplate], name: str, locale: str, channel: str = WHATSAPP
) -> ApprovedTemplate | None:
    """Return the template of a name for "es-MX", or for "es"; None where there is none."""
    wanted = _spelt(locale)
    own = {
        _spelt(one.language): one for one in templates if (one.name, one.channel) == (name, channel)
    }
    return own.get(wanted) or own.get(wanted.split("-")[0])


def places_in(*texts: str) -> tuple[str, ...]:
    """Return what texts fill in, each once, in the order in which it is first named."""
    return tuple(dict.fromkeys(place[1] for text in texts for place in _PLACE.finditer(text)))


def numbered(text: str) -> str:
    """Return a text as its provider is shown it: {{1}}, {{2}} in place of names."""
    places = places_in(text)
    return _PLACE.sub(lambda place: f"{{{{{places.index(place[1]) + 1}}}}}", text)


def fill(text: str, given: Mapping[str, str]) -> str:
    """Return a text with values in place of its names."""
    return _PLACE.sub(lambda place: given[place[1]], text)


def bare(text: str) -> str:
    """Return a text without its places."""
    return _PLACE.sub("", text)


def _values(text: str, given: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(given[place] for place in places_in(text))


def _spelt(language: str) -> str:
    return language.replace("_", "-").lower()
