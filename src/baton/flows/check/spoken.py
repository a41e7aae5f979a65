"""Every text as a contact would read it: by channel and language, with all that stands below."""

from collections.abc import Iterator
from dataclasses import dataclass

from baton.flows.check import samples
from baton.flows.check.faults import Path
from baton.flows.check.subject import Said, Subject
from baton.flows.wording import Wording, in_language

USUAL_CHANNELS = ("whatsapp", "sms", "email", "webchat")
"""What a flow is measured against that names no channel, where none is known to be on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A text on one channel in one language; `text` has the longest values in it.

    `path` is where its words stand; `source` are they as written.
    """

    said: Said
    channel: str
    locale: str
    path: Path
    source: str
    text: str


def channels_of(subject: Subject, wording: Wording | None = None) -> tuple[str, ...]:
    """Return the channels that a flow, or one text of it, may go out on.

    They are those that it names, as far as they are switched on.
    """
    enabled = subject.around.channels
    own = wording.channels if wording else ()
    named = own or subject.flow.channels or enabled or USUAL_CHANNELS
    return tuple(one for one in named if enabled is None or one in enabled)


def spoken_in(subject: Subject) -> Iterator[Spoken]:
    """Yield every text as it is read; one that cannot be filled in is left out."""
    for said in subject.said():
        wording = said.wording
        for locale in dict.fromkeys((subject.flow.locale, *wording.translations)):
            for channel in channels_of(subject, wording):
                text = _whole(said, channel, locale, subject)
                if text is not None:
                    path = (*said.path, *_place(said, channel, locale))
                    source = wording.body_on(channel, locale)
                    yield Spoken(
                        said=said,
                        channel=channel,
                        locale=locale,
                        path=path,
                        source=source,
                        text=text,
                    )


_SHORT = f"https://{'x' * 16}/l/{'x' * 14}"
"""What a short link takes of a text, on a host of usual length."""


def _whole(said: Said, channel: str, locale: str, subject: Subject) -> str | None:
    """Return what `Scene.say` would make of it, None when it cannot be filled in."""
    wording = said.wording
    sources = [wording.body_on(channel, locale)]
    if wording.link:
        url = _SHORT if wording.link.is_short else wording.link.url
        sources.append(f"{wording.link_label_in(locale)}: {url}")
    if wording.is_signed_off:
        around = subject.around
        sources.append(in_language(around.opt_outs or {}, locale) or around.opt_out)
    filled = [samples.fill(source, subject, locale) for source in sources]
    lines = [line for line in filled if line is not None]
    return "\n".join(lines) if len(lines) == len(filled) else None


def _place(said: Said, channel: str, locale: str) -> Path:
    """Return where the words for a channel and a language stand, below the wording."""
    wording = said.wording
    translated = wording.translation_to(locale)
    if translated is not None:
        place = next(n for n, one in enumerate(wording.translations.values()) if one is translated)
        below: Path = ("translations", place)
        return (
            *below,
            *(("by_channel", channel) if channel in translated.by_channel else ("text",)),
        )
    return ("by_channel", channel) if channel in wording.by_channel else ("text",)
