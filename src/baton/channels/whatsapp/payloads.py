"""The parts of Meta's webhooks that are kept; whatever else they hold is passed over.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
A field that is missing has a value that says nothing, for Meta adds kinds of messages, and
leaves fields out, without asking.
"""

from msgspec import Raw, Struct, field


class Text(Struct):
    """What somebody typed."""

    body: str = ""


class Media(Struct):
    """A file that Meta keeps for us under its id."""

    id: str = ""
    mime_type: str = ""
    caption: str = ""
    filename: str = ""


class Button(Struct):
    """A tapped quick reply of a template; `payload` is what we gave it."""

    payload: str = ""
    text: str = ""


class Chosen(Struct):
    """A tapped button or row; `id` is the key that we gave it."""

    id: str = ""
    title: str = ""


class Interactive(Struct):
    """A reply by tapping."""

    button_reply: Chosen | None = None
    list_reply: Chosen | None = None


class Location(Struct):
    """A place on the map."""

    latitude: float = 0
    longitude: float = 0
    name: str | None = ""
    address: str | None = ""


class Envelope(Struct):
    """What every message has, whatever is in it."""

    id: str = ""
    sender: str = field(name="from", default="")
    type: str = ""


class Message(Envelope):
    """Something that somebody sent us."""

    text: Text = field(default_factory=Text)
    button: Button = field(default_factory=Button)
    interactive: Interactive = field(default_factory=Interactive)
    location: Location = field(default_factory=Location)
    image: Media | None = None
    video: Media | None = None
    audio: Media | None = None
    document: Media | None = None
    sticker: Media | None = None


class Failure(Struct):
    """Why a message did not arrive."""

    code: int = 0


class Status(Struct):
    """What became of a message of ours."""

    id: str = ""
    status: str = ""
    recipient_id: str = ""
    biz_opaque_callback_data: str = ""
    errors: list[Failure] = []


class Profile(Struct):
    """How somebody calls themselves."""

    name: str = ""


class Contact(Struct):
    """Who wrote."""

    wa_id: str = ""
    profile: Profile = field(default_factory=Profile)


class Metadata(Struct):
    """The number of ours that it is about."""

    phone_number_id: str = ""
    display_phone_number: str = ""


class Value(Struct):
    """What is told of one number."""

    metadata: Metadata = field(default_factory=Metadata)
    contacts: list[Raw] = []  # each is read by itself, so that an odd one costs no other
    messages: list[Raw] = []
    statuses: list[Raw] = []


class TemplateInfo(Struct):
    """What Meta says besides of a template that it paused."""

    description: str = ""


class TemplateStatus(Struct):
    """How a template stands now."""

    event: str = ""
    message_template_id: int | str = 0
    message_template_name: str = ""
    message_template_language: str = ""
    reason: str | None = ""
    other_info: TemplateInfo | None = None


class TemplateQuality(Struct):
    """How people take a template now."""

    new_quality_score: str = ""
    message_template_id: int | str = 0
    message_template_name: str = ""
    message_template_language: str = ""


class NumberLimit(Struct):
    """How many people a business may write to first in a day, and why that is told."""

    event: str = ""
    current_limit: str = ""  # of older versions; with some events it tells of the throughput
    max_daily_conversations_per_business: str = ""


class Change(Struct):
    """One kind of news; `field` says of what."""

    value: Raw = Raw(b"{}")  # its shape depends on the field
    field: str = ""


class Entry(Struct):
    """The news of one business account."""

    id: str = ""
    changes: list[Change] = []


class Hook(Struct):
    """A whole webhook."""

    entry: list[Entry] = []
