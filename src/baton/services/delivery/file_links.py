"""Files handed out to browsers, and to contacts behind a signed link.

A link is for one file and ends; whoever has it may open the file, as with a letter. It is
the same each time that it is made, so that a message repeats itself word for word.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.utils.http import content_disposition_header

from baton.channels import ChannelPort, FilesPort, OutgoingFile
from baton.core import files
from baton.services.delivery import attachments
from baton.services.delivery.attachments import ShownFile
from baton.services.house import House
from baton.store.models import Attachment

LINK_LASTS = timedelta(days=30)
_SALT = "baton.services.delivery.file_links"
# Nothing in a file may run, load or post, whatever a browser takes it for.
_POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"


def headers_of(file: ShownFile, *, is_saved: bool) -> dict[str, str]:
    """Return the headers with which a file goes to a browser: shown only where that is safe."""
    disposition = content_disposition_header(is_saved or not file.is_shown, file.name)
    return {
        "Content-Type": file.media_type,
        "Content-Length": str(file.size),
        "Content-Disposition": disposition or "attachment",
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }


def parts_of(house: House, file: ShownFile) -> Iterator[bytes]:
    """Yield a file's bytes stretch by stretch."""
    for number in range(count_parts(file)):
        yield attachments.read_part(house, file.id, number)


def count_parts(file: ShownFile) -> int:
    """Return in how many stretches a file is read."""
    return -(-file.size // attachments.PART_BYTES)


def link_of(house: House, file: ShownFile) -> str:
    """Return the address at which a contact opens a file until `LINK_LASTS` after it came."""
    return f"{house.base_url}/files/{signing.Signer(salt=_SALT).sign(file.id)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A link that was good once: too old, or its file is no longer kept."""


def find_linked(house: House, token: str, now: datetime) -> ShownFile | Ended | None:
    """Return the file behind a link's token; None for one that was never given."""
    try:
        attachment_id = signing.Signer(salt=_SALT).unsign(token)
    except signing.BadSignature:
        return None
    found = Attachment.objects.filter(id=attachment_id).first()
    if found is None or found.created_at + LINK_LASTS <= now:
        return Ended()
    file = attachments.shown_of(house, found)
    return file if file.is_kept else Ended()


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A message with its files, as one transport takes it."""

    text: str
    files: tuple[OutgoingFile, ...]


def carried_by(house: House, channel: ChannelPort, message_id: str, text: str) -> Carried:
    """Return a message's text and files: as files where they are carried, else as links."""
    asked: object = channel  # whatever it can do besides
    going: list[OutgoingFile] = []
    said = "" if files.is_stand_in(text) else text
    lines = [said] if said else []
    known = attachments.list_with(house, message_id)
    for file in known:
        if isinstance(asked, FilesPort) and asked.carries(
            file.media_type, file.size, text=said, others=len(known) - 1
        ):
            content = attachments.read(house, file.id)
            going.append(OutgoingFile(name=file.name, media_type=file.media_type, content=content))
        else:
            lines.append(f"{file.name}: {link_of(house, file)}")
    if not going and not lines:
        lines = [text]
    return Carried(text="\n".join(lines), files=tuple(going))
