"""What a template may hold, told before anybody is asked to approve it.

The limits on WhatsApp are Meta's, which refuses what breaks them:
https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
An SMS has words alone, and an email its subject besides.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from baton.core import template
from baton.core.template import EMAIL, MOST, WHATSAPP

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Z]{2})?")
MAX_REPLIES, MAX_REPLY = 3, 25
MAX_PLACES = 20
MAX_HEADER, MAX_FOOTER, MAX_LABEL, MAX_URL = 60, 60, 25, 2_000
MAX_SUBJECT = 150

_TOUCHING = re.compile(r"\}\}\s*\{\{")
_ADDRESS = re.compile(r"https?://[^\s{}]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything that a template says; see `core.template.ApprovedTemplate`."""

    channel: str = WHATSAPP
    name: str
    language: str
    body: str
    replies: Sequence[tuple[str, str]] = ()
    header: str = ""
    footer: str = ""
    link_label: str = ""
    link_url: str = ""


def problems_with(parts: Parts) -> dict[str, str]:
    """Return what would be refused unseen, by field, in words for the writer."""
    problems = {
        field: words for field, judge in _JUDGES.items() if (words := next(judge(parts), ""))
    }
    if parts.channel not in template.CHANNELS:
        problems["channel"] = f"choose one of {', '.join(template.CHANNELS)}"
    return problems


def _name(parts: Parts) -> Iterator[str]:
    if not NAME.fullmatch(parts.name):
        yield "Write a name of small letters, digits and _, at most 60 of them."


def _language(parts: Parts) -> Iterator[str]:
    if not LANGUAGE.fullmatch(parts.language):
        yield "Write a language as en, es or en_US."


def _body(parts: Parts) -> Iterator[str]:
    text, most = parts.body.strip(), MOST.get(parts.channel, 0)
    if not template.bare(text).strip():
        yield "Write what is said; a template cannot be made of values alone."
    yield from _unfillable(text)
    if len(template.numbered(text)) > most:
        yield f"Shorten it: a template has {most:,} characters at most."
    if len(template.places_in(text)) > MAX_PLACES:
        yield f"Fill in {MAX_PLACES} values at most."
    if parts.channel != WHATSAPP:
        return
    if text.startswith("{{") or text.endswith("}}"):
        yield "WhatsApp refuses a template that begins or ends with a value: put words around it."
    if _TOUCHING.search(text):
        yield "Put words between two values."


def _header(parts: Parts) -> Iterator[str]:
    text = parts.header.strip()
    if parts.channel == EMAIL and not text:
        yield "Write the subject of the email."
    if not text:
        return
    if parts.channel not in (WHATSAPP, EMAIL):
        yield "An SMS has no line above its text."
    yield from _unfillable(text)
    most = MAX_SUBJECT if parts.channel == EMAIL else MAX_HEADER
    if len(template.numbered(text)) > most or "\n" in text:
        yield f"Write one line of {most} characters at most."
    if parts.channel == WHATSAPP and len(template.places_in(text)) > 1:
        yield "Fill in one value here at most."


def _footer(parts: Parts) -> Iterator[str]:
    text = parts.footer.strip()
    if text and parts.channel != WHATSAPP:
        yield "Only WhatsApp has a footer: write it at the end of the text."
    if len(text) > MAX_FOOTER or "\n" in text or "{{" in text or "{%" in text:
        yield f"Write one line of {MAX_FOOTER} characters at most, without values."


def _replies(parts: Parts) -> Iterator[str]:
    labels = [label for _key, label in parts.replies]
    if labels and parts.channel != WHATSAPP:
        yield "Only WhatsApp has quick replies: say in the text what to answer."
    if len(labels) > MAX_REPLIES:
        yield f"At most {MAX_REPLIES} quick replies."
    if any(not key or not label or len(label) > MAX_REPLY for key, label in parts.replies):
        yield f"Write each as key = label, the label of at most {MAX_REPLY} characters."
    if len(set(labels)) < len(labels):
        yield "Each quick reply needs a label of its own."


def _link_label(parts: Parts) -> Iterator[str]:
    if bool(parts.link_label) != bool(parts.link_url):
        yield "A button needs both, what it says and where it leads."
    if parts.link_label and parts.channel != WHATSAPP:
        yield "Only WhatsApp has such a button: write the address into the text."
    if len(parts.link_label) > MAX_LABEL or "{" in parts.link_label:
        yield f"Write at most {MAX_LABEL} characters, without values."
    if parts.link_label in {label for _key, label in parts.replies} - {""}:
        yield "A quick reply says the same already."


def _link_url(parts: Parts) -> Iterator[str]:
    url = parts.link_url
    if not url:
        return
    [*_before, last] = ["", *template.places_in(url)]
    fixed = template.bare(url)
    if not _ADDRESS.fullmatch(fixed) or len(url) > MAX_URL:
        yield f"Write an address that begins with https://, of {MAX_URL:,} characters at most."
    if len(template.places_in(url)) > 1 or (last and not url.endswith("}}")):
        yield "An address may have one value, at its end."


def _unfillable(text: str) -> Iterator[str]:
    rest = template.bare(text)
    if "{%" in text or "{{" in rest or "}}" in rest:
        yield "A template fills values in, as {{ run.class_name }}, and knows no conditions."


_JUDGES = {
    "name": _name,
    "language": _language,
    "body": _body,
    "replies": _replies,
    "header": _header,
    "footer": _footer,
    "link_label": _link_label,
    "link_url": _link_url,
}
