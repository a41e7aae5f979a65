"""The form of a template; the service judges what it brings."""

from django import forms

from baton.channels import TemplateDraft
from baton.core import template
from baton.core.consent import Purpose
from baton.services.delivery import templates
from baton.services.delivery.templates import Written
from baton.services.desk.template_desk import Card, Named
from baton.web.words import CHANNELS, FLOW_PURPOSES

HINTS = {
    "channel": "WhatsApp templates are approved by Meta; of SMS and email by a person who leads.",
    "header": "An email's subject, or a line above a WhatsApp text: at most 60 characters there.",
    "footer": "WhatsApp alone: a small line below, without values.",
    "link_label": "WhatsApp alone: a button that opens a page, and what it says.",
    "link_url": "Where the button leads. One value may stand at its end.",
    "name": "As a flow names it: small letters, digits and _.",
    "language": "As en, es or en_US. A contact without one in theirs gets that of your texts.",
    "purpose": "Promotional ones cost more, and go to those alone who agreed to promotions.",
    "body": "Values stand as in a flow: {{ run.class_name }}, {{ run.starts_at | time }}.",
    "replies": "WhatsApp alone: up to three, one a line: what it answers = what the button says.",
    "examples": "A value for each place from top to bottom, one a line: whoever approves sees it.",
    "why": "Stands in the history and the audit trail.",
}


class TemplateForm(forms.Form):
    """What is said, where, in which language and why."""

    channel = forms.ChoiceField(
        choices=[(one, CHANNELS[one]) for one in template.CHANNELS], label="Channel"
    )
    name = forms.CharField(max_length=60, label="Name")
    language = forms.CharField(max_length=10, label="Language", initial="en")
    purpose = forms.ChoiceField(
        choices=[(one.value, FLOW_PURPOSES[one.value]) for one in Purpose], label="Purpose"
    )
    header = forms.CharField(max_length=400, required=False, label="Subject or header")
    body = forms.CharField(
        max_length=12_000,
        label="Text",
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "true"}),
    )
    footer = forms.CharField(max_length=100, required=False, label="Footer")
    replies = forms.CharField(
        max_length=300,
        required=False,
        label="Quick replies",
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "1 = I come"}),
    )
    link_label = forms.CharField(max_length=60, required=False, label="Button")
    link_url = forms.CharField(max_length=2_000, required=False, label="Its address")
    examples = forms.CharField(
        max_length=1_000, required=False, label="Examples", widget=forms.Textarea(attrs={"rows": 3})
    )
    why = forms.CharField(max_length=templates.MAX_WHY, required=False, label="Why")


def fields_on(channel: str) -> frozenset[str]:
    """Return what a template of a channel has: a header where it has one, the rest on WhatsApp."""
    lacks = {
        template.SMS: {"header", "footer", "replies", "link_label", "link_url"},
        template.EMAIL: {"footer", "replies", "link_label", "link_url"},
    }
    return frozenset(TemplateForm.base_fields) - lacks.get(channel, set())


def written_of(form: TemplateForm) -> Written:
    """Return the template that a valid form holds."""
    given = form.cleaned_data
    return Written(
        name=given["name"].strip(),
        language=given["language"].strip().replace("-", "_"),
        purpose=Purpose(given["purpose"]),
        body=given["body"].replace("\r\n", "\n"),
        replies=tuple(_reply_of(line) for line in _lines(given["replies"])),
        examples=tuple(_lines(given["examples"])),
        why=given["why"],
        channel=given["channel"],
        header=given["header"],
        footer=given["footer"],
        link_label=given["link_label"],
        link_url=given["link_url"],
    )


def shown_of(card: Card) -> dict[str, object]:
    """Return what the form of a further version begins with."""
    return {
        "name": card.name,
        "language": card.language,
        "purpose": card.purpose.value,
        "body": card.body,
        "replies": _replies_shown(card.replies),
        "examples": "\n".join(card.examples),
        "channel": card.channel,
        "header": card.header,
        "footer": card.footer,
        "link_label": card.link_label,
        "link_url": card.link_url,
    }


def shown_of_named(named: Named) -> dict[str, object]:
    """Return what the form begins with where a flow says what is meant."""
    return {
        "name": named.name,
        "language": named.language.replace("-", "_"),
        "purpose": named.purpose.value,
        "body": named.text,
        "channel": named.channel,
        "header": named.subject,
        "replies": _replies_shown(named.replies[:3] if named.channel == template.WHATSAPP else ()),
    }


def shown_of_foreign(name: str, words: TemplateDraft) -> dict[str, object]:
    """Return what the form of one begins with that is taken over: its words at Meta."""
    return {
        "name": name,
        "language": words.language.replace("-", "_"),
        "purpose": words.purpose.value,
        "body": words.body,
        "channel": template.WHATSAPP,
        "header": words.header,
        "footer": words.footer,
        "link_label": words.link_label,
        "link_url": words.link_url,
        "replies": _replies_shown(
            tuple((str(number), label) for number, label in enumerate(words.replies, start=1))
        ),
        "examples": "\n".join((*words.header_examples, *words.examples)),
    }


def _replies_shown(replies: tuple[tuple[str, str], ...]) -> str:
    return "\n".join(f"{key} = {label}" for key, label in replies)


def _reply_of(line: str) -> tuple[str, str]:
    key, _, label = line.partition("=")
    return key.strip(), label.strip()


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
