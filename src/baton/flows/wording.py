"""What a flow says: one text with its versions by channel and by language.

The first text is what every channel carries; a channel that is short or long gets its
own. At most one call to action goes with it (TP4, FQ3), on a line of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from baton.core.patience import LEAST, MOST, Patience, Proof
from baton.flows.fields import Fields

Version = TypeVar("Version")

CHANNELS = ("whatsapp", "sms", "email", "webchat", "push", "voice")


_MOST_TEMPLATE = 512  # as WhatsApp has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The one thing to do: what the button says, and where it leads (Liquid).

    One that `is_short` goes out as a short address, and whether it was opened is counted.
    """

    label: str
    url: str
    is_short: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """The same in another language."""

    text: str
    by_channel: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""
    link_label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A text as it is written in the document.

    Attributes:
        text: for every channel that has none of its own; Liquid.
        by_channel: texts of some channels.
        channels: where this text goes, in order of fallback; the flow's own where none is named.
        patience: how long it waits for a receipt before the next channel is tried; None for ever.
        subject: an email's subject; the business's name where there is none.
        template: the approved WhatsApp template that stands for it outside an open window (C6).
        is_signed_off: whether "Reply STOP to opt out" is put below it (TP10).
        translations: the same by language, such as "es".
    """

    text: str
    by_channel: Mapping[str, str] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    patience: Patience | None = None
    subject: str = ""
    link: Link | None = None
    template: str = ""
    is_signed_off: bool = False
    translations: Mapping[str, Translation] = field(default_factory=dict)

    @property
    def is_alike_everywhere(self) -> bool:
        """Whether one text is all there is of it, whatever the channel and the language."""
        return not (
            self.by_channel
            or self.translations
            or self.subject
            or self.link
            or self.template
            or self.is_signed_off
        )

    def body_on(self, channel: str, locale: str) -> str:
        """Return the text for a channel in a language; the flow's own language where none is."""
        translated = self.translation_to(locale)
        if translated is not None:
            return translated.by_channel.get(channel, translated.text)
        return self.by_channel.get(channel, self.text)

    def others_than(self, body: str, locale: str) -> Mapping[str, str]:
        """Return the channels that do not carry `body` in a language, with what they carry."""
        translated = self.translation_to(locale)
        if not (translated or self).by_channel:
            return {}
        texts = {channel: self.body_on(channel, locale) for channel in CHANNELS}
        return {channel: text for channel, text in texts.items() if text != body}

    def alone_on(self, channel: str, locale: str) -> "Wording":
        """Return it as one channel carries it in one language, whatever is wrong elsewhere."""
        return replace(
            self,
            text=self.body_on(channel, locale),
            by_channel={},
            channels=(),
            subject=self.subject_in(locale),
            link=self.link and replace(self.link, label=self.link_label_in(locale)),
            translations={},
        )

    def channel_for(self, channel: str) -> str:
        """Return the channel that it goes on: the one at hand, if it may go there."""
        return channel if not self.channels or channel in self.channels else self.channels[0]

    def subject_in(self, locale: str) -> str:
        """Return an email's subject in a language."""
        translated = self.translation_to(locale)
        return (translated.subject if translated else "") or self.subject

    def link_label_in(self, locale: str) -> str:
        """Return what the call to action says in a language, "" where there is none."""
        translated = self.translation_to(locale)
        own = translated.link_label if translated else ""
        return own or (self.link.label if self.link else "")

    def translation_to(self, locale: str) -> Translation | None:
        """Return the translation for "es-MX", or for "es"; None where there is none."""
        return in_language(self.translations, locale)

    @property
    def sources(self) -> Mapping[str, str]:
        """Every Liquid text in it, by its path below the step."""
        found = {"text": self.text, "subject": self.subject}
        found |= {f"by_channel.{name}": text for name, text in self.by_channel.items()}
        if self.link:
            found |= {"link.label": self.link.label, "link.url": self.link.url}
        for place, (_language, one) in enumerate(self.translations.items()):
            path = f"translations.{place}"
            found |= {f"{path}.text": one.text, f"{path}.subject": one.subject}
            found[f"{path}.link_label"] = one.link_label
            found |= {f"{path}.by_channel.{name}": text for name, text in one.by_channel.items()}
        return {path: text for path, text in found.items() if text}


def in_language(versions: Mapping[str, Version], locale: str) -> Version | None:
    """Return the version for "es-MX", or for "es"; None where there is none."""
    if not versions:  # as most texts have it, which are asked several times each
        return None
    language = locale.replace("_", "-").split("-")[0]
    return versions.get(locale) or versions.get(language)


def copy_in(copy: Mapping[str, str], key: str, locale: str) -> str:
    """Return a pack's sentence in a language ("help_es" for "help"), else in the pack's own."""
    return in_language(_versions_of(copy, key), locale) or copy[key]


def is_said_in(copy: Mapping[str, str], key: str, locale: str) -> bool:
    """Return whether a pack says a sentence in a language besides its own."""
    return in_language(_versions_of(copy, key), locale) is not None


def _versions_of(copy: Mapping[str, str], key: str) -> dict[str, str]:
    begins = f"{key}_"
    return {name.removeprefix(begins): copy[name] for name in copy if name.startswith(begins)}


def versions_below(field: str, versions: Mapping[str, str]) -> dict[str, str]:
    """Return versions of a text by their path below the step: "thanks_in.es"."""
    return {f"{field}.{language}": text for language, text in versions.items()}


def wording_of(fields: Fields, *, name: str = "text", about: str = "What is said.") -> Wording:
    """Read a step's text with all its versions; `name` is the key of the text itself."""
    return Wording(
        text=fields.text(name, about),
        by_channel=fields.texts(
            "by_channel", "A text of its own for some channels.", options=CHANNELS
        ),
        channels=fields.words(
            "channels", "Channels of this text alone, in order of fallback.", options=CHANNELS
        ),
        patience=fields.entry(
            "fallback",
            "When the next channel is tried though nothing failed.",
            _patience_of,
            is_required=False,
        ),
        subject=fields.text("subject", "The subject, when it goes by email.", default=""),
        link=fields.entry("link", "The one call to action.", _link_of, is_required=False),
        template=fields.word(
            "template",
            "The approved WhatsApp template that stands for it.",
            default="",
            most=_MOST_TEMPLATE,
        ),
        is_signed_off=fields.flag("opt_out", 'Whether "Reply STOP to opt out" stands below it.'),
        translations=_by_language(fields),
    )


def _link_of(fields: Fields) -> Link:
    return Link(
        label=fields.text("label", "What the button says."),
        url=fields.text("url", "Where it leads."),
        is_short=fields.flag("short", "Whether it goes out as a short link that is counted."),
    )


def _patience_of(fields: Fields) -> Patience:
    after = fields.duration("after", "How long a receipt is waited for.")
    proof = fields.word(
        "without",
        "What has to be known of it by then.",
        default=Proof.DELIVERED.value,
        options=tuple(Proof),
    )
    if after is None or not LEAST <= after <= MOST:
        fields.problem("after", "must be a span from 1m to 7d")
    # A wrong word is noted above; the flow is not made then.
    return Patience(after=after or MOST, proof=Proof(proof) if proof in tuple(Proof) else _PLAIN)


_PLAIN = Proof.DELIVERED


def _by_language(fields: Fields) -> dict[str, Translation]:
    found = fields.entries(
        "translations", "The same in other languages.", _translation_of, is_required=False
    )
    return dict(found)


def _translation_of(fields: Fields) -> tuple[str, Translation]:
    return fields.word("language", 'The language, such as "es".'), Translation(
        text=fields.text("text", "What is said."),
        by_channel=fields.texts(
            "by_channel", "A text of its own for some channels.", options=CHANNELS
        ),
        subject=fields.text("subject", "The subject, when it goes by email.", default=""),
        link_label=fields.text("link_label", "What the button says.", default=""),
    )
