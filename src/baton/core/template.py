"""Words that are approved before they go out: what they may hold, and how they are filled in.

A template's body is written as a flow writes its texts, `Your class {{ run.class_name }} is
tomorrow.` Its provider is shown numbers in place of the names, and gets the values with each
message. The limits are WhatsApp's, which has the strictest:
https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from baton.core import whatsapp
from baton.core.consent import Purpose

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Z]{2})?")
MAX_REPLIES, MAX_REPLY = 3, 25
MAX_PLACES = 20

_PLACE = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_TOUCHING = re.compile(r"\}\}\s*\{\{")
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
    knows it by; `text` is what the contact reads, `values` what the provider is given.
    """

    version_id: str
    name: str
    language: str
    text: str
    values: tuple[str, ...] = ()
    replies: tuple[tuple[str, str], ...] = ()
    purpose: Purpose = Purpose.SERVICE


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedTemplate:
    """A version that may be sent; `replies` are its quick replies, key and label."""

    version_id: str
    name: str
    provider_name: str
    language: str
    body: str
    replies: tuple[tuple[str, str], ...] = ()
    purpose: Purpose = Purpose.SERVICE

    def filled(self, values: Sequence[str]) -> StandIn | None:
        """Return the words with values for `places_in` its body; None when one is missing.

        A value stands on one line, as providers want it.
        """
        flat = tuple(_BLANKS.sub(" ", value).strip() for value in values)
        text = fill(self.body, flat)
        if not all(flat) or len(text) > whatsapp.MAX_TEMPLATE:
            return None
        return StandIn(
            version_id=self.version_id,
            name=self.provider_name,
            language=self.language,
            text=text,
            values=flat,
            replies=self.replies,
            purpose=self.purpose,
        )


def find(templates: Iterable[ApprovedTemplate], name: str, locale: str) -> ApprovedTemplate | None:
    """Return the template of a name for "es-MX", or for "es"; None where there is none."""
    wanted = _spelt(locale)
    own = {_spelt(one.language): one for one in templates if one.name == name}
    return own.get(wanted) or own.get(wanted.split("-")[0])


def places_in(body: str) -> tuple[str, ...]:
    """Return what a body fills in, each once, in the order in which it is first named."""
    return tuple(dict.fromkeys(place[1] for place in _PLACE.finditer(body)))


def numbered(body: str) -> str:
    """Return a body as its provider is shown it: {{1}}, {{2}} in place of names."""
    places = places_in(body)
    return _PLACE.sub(lambda place: f"{{{{{places.index(place[1]) + 1}}}}}", body)


def fill(body: str, values: Sequence[str]) -> str:
    """Return a body with values in place of its names."""
    given = dict(zip(places_in(body), values, strict=True))
    return _PLACE.sub(lambda place: given[place[1]], body)


def problems_with(
    *, name: str, language: str, body: str, replies: Sequence[tuple[str, str]]
) -> dict[str, str]:
    """Return what a provider would refuse unseen, by field, in words for the writer."""
    problems = {}
    if not NAME.fullmatch(name):
        problems["name"] = "Write a name of small letters, digits and _, at most 60 of them."
    if not LANGUAGE.fullmatch(language):
        problems["language"] = "Write a language as en, es or en_US."
    if words := _body_problem(body):
        problems["body"] = words
    if words := _replies_problem(replies):
        problems["replies"] = words
    return problems


def _body_problem(body: str) -> str:
    text = body.strip()
    bare = _PLACE.sub("", text)
    if not bare.strip():
        return "Write what is said; a template cannot be made of values alone."
    if "{%" in text or "{{" in bare or "}}" in bare:
        return "A template fills values in, as {{ run.class_name }}, and knows no conditions."
    if len(numbered(text)) > whatsapp.MAX_TEMPLATE:
        return f"Shorten it: a template has {whatsapp.MAX_TEMPLATE:,} characters at most."
    return _places_problem(text)


def _places_problem(text: str) -> str:
    if len(places_in(text)) > MAX_PLACES:
        return f"Fill in {MAX_PLACES} values at most."
    if text.startswith("{{") or text.endswith("}}"):
        return "WhatsApp refuses a template that begins or ends with a value: put words around it."
    return "Put words between two values." if _TOUCHING.search(text) else ""


def _replies_problem(replies: Sequence[tuple[str, str]]) -> str:
    labels = [label for _key, label in replies]
    if len(replies) > MAX_REPLIES:
        return f"At most {MAX_REPLIES} quick replies."
    if any(not key or not label or len(label) > MAX_REPLY for key, label in replies):
        return f"Write each as key = label, the label of at most {MAX_REPLY} characters."
    if len(set(labels)) < len(labels):
        return "Each quick reply needs a label of its own."
    return ""


def _spelt(language: str) -> str:
    return language.replace("_", "-").lower()
