"""Files that come and go with messages: kept sealed, bound to their message, handed out.

How a channel brings files in:

- It has the bytes (an upload, an e-mail): `keep` stores them, in the same transaction as
  the arrival where there is one, and returns what goes into `MessageReceived.files`. What
  may not be kept is noted with its reason, so that whoever reads the message sees that
  something was there.
- Its provider has the bytes: `expect` names them. Once the message is decided they are
  fetched through the channel's `MediaPort`, outside of any transaction (`fetching`).

A picture is drawn anew before it is kept (`redrawing`): nobody needs to know where it was taken.

A message of files alone has `core.files.stand_in` for its text. Files that an agent sends
are kept with the reply (`attach`) and go out as `Outgoing.files` where the transport
carries them (`FilesPort`), else as signed links in the text.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

from baton.channels import HeldFile
from baton.core import files
from baton.core import text as texts
from baton.core.errors import InvalidInput
from baton.core.files import FileFault, FileKind, FileState
from baton.core.policy import Policy
from baton.runtime.ports import Done, Effect, Outcome
from baton.services.delivery import redrawing
from baton.services.delivery.redrawing import Taken
from baton.services.facts import ArrivingFile
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace.standards import standards_cache
from baton.store.models import Attachment, AttachmentPart, Message
from baton.store.queries import attachments as rows
from baton.store.rows import AttachmentRow, ConversationRow

FETCH_FILE = "fetch_file"
DROP_FILE = "drop_file"
PART_BYTES = 262_144
_LOOSE_LASTS = timedelta(hours=24)
_MAX_REFERENCE = 2_000
_MAX_NAME = 200


class FileOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Which file to fetch from which inbox's provider; ids alone, so it needs no seal."""

    attachment_id: str
    channel: str = ""
    inbox_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as somebody gave it; its name is not to be trusted."""

    content: bytes = field(repr=False)
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFile:
    """A file of a message, as a person sees it; `size` is in bytes, 0 before it is here."""

    id: str
    kind: FileKind
    media_type: str
    size: int
    name: str
    state: FileState
    reason: str

    @property
    def is_kept(self) -> bool:
        """Whether its bytes are here."""
        return self.state is FileState.KEPT

    @property
    def is_shown(self) -> bool:
        """Whether a page may show it; anything else is saved."""
        return self.is_kept and files.is_shown(self.media_type)


# -- in --------------------------------------------------------------------------------


def keep(house: House, workspace_id: str, lane: str, upload: Upload) -> ArrivingFile:
    """Store a file that came, or note why it is not taken; return it for its message."""
    found = redrawing.taken(upload.content, policy_of(house, workspace_id))
    if isinstance(found, Taken):
        return _kept(house, workspace_id, lane, upload.name, found)
    now = house.clock.now()
    row = Attachment(
        id=house.next_id(now),
        workspace_id=workspace_id,
        lane=lane,
        kind=FileKind.DOCUMENT.value,
        size=len(upload.content),
        state=FileState.REFUSED.value,
        reason=found.value,
        created_at=now,
    )
    with house.engine.transaction():
        row.save(force_insert=True)
    return ArrivingFile(id=row.id, kind=row.kind, name=upload.name)


def keep_for_later(
    house: House, workspace_id: str, lane: str, upload: Upload
) -> ArrivingFile | FileFault:
    """Store a file whose message is still being written; it goes when none comes in a day."""
    found = redrawing.taken(upload.content, policy_of(house, workspace_id))
    if isinstance(found, FileFault):
        return found
    with house.engine.transaction():
        kept = _kept(house, workspace_id, lane, upload.name, found)
        now = house.clock.now()
        drop = Effect(
            id=house.next_id(now),
            workspace_id=workspace_id,
            lane=_lane_of(lane),
            kind=DROP_FILE,
            intent_key=f"drop_file:{kept.id}",
            body=msgspec.json.encode(FileOrder(attachment_id=kept.id)),
            due_at=now + _LOOSE_LASTS,
            repeatable=True,
        )
        house.engine.outbox.put([drop])
    return kept


def expect(house: House, held: Iterable[HeldFile]) -> tuple[ArrivingFile, ...]:
    """Return files that their provider holds, for their message."""
    return tuple(
        ArrivingFile(
            id=house.next_id(house.clock.now()),
            kind=files.claimed_kind(one.media_type).value,
            name=one.name[:_MAX_NAME],
            reference=one.reference,
        )
        for one in held
        if len(one.reference) <= _MAX_REFERENCE
    )


def words_of(text: str, came: Sequence[ArrivingFile]) -> str:
    """Return a message's text, or words for its files where it has none."""
    return text or files.stand_in(FileKind(file.kind) for file in came)


def receive(
    ledger: Ledger,
    conversation: ConversationRow,
    message_id: str,
    came: Sequence[ArrivingFile],
) -> None:
    """Bind the files of a contact's message to it, and have those fetched that are not here."""
    policy = policy_of(ledger.house, conversation.workspace_id)
    for file in came[: policy.attachments_per_message]:
        if file.reference:
            _await(ledger, conversation, message_id, file)
        else:
            rows.bind(conversation, message_id, file.id, _sealed_name(ledger.house, file))


def find_uploads(
    workspace_id: str, lane: str, names: Mapping[str, str]
) -> tuple[ArrivingFile, ...]:
    """Return what was uploaded in a lane under these ids, called by these names.

    Those too that a message has already: it may be told of again.
    """
    found = Attachment.objects.filter(
        workspace_id=workspace_id, lane=lane, id__in=names, state=FileState.KEPT.value
    ).order_by("id")
    return tuple(
        ArrivingFile(id=one, kind=kind, name=names[one])
        for one, kind in found.values_list("id", "kind")
    )


def drop(house: House, effect: Effect) -> Outcome:
    """Forget an upload that no message came for."""
    order = msgspec.json.decode(effect.body, type=FileOrder)
    with house.engine.transaction():
        # The condition is part of the statement: a message may come at this very moment.
        loose = Attachment.objects.filter(id=order.attachment_id, message_id=None)
        if loose.delete()[0]:
            AttachmentPart.objects.filter(attachment_id=order.attachment_id).delete()
    return Done()


# -- out -------------------------------------------------------------------------------


def check(
    house: House, workspace_id: str, uploads: Sequence[Upload]
) -> tuple[tuple[str, Taken], ...]:
    """Return files that somebody wants to send, as they are called and kept.

    Raises InvalidInput with words.
    """
    policy = policy_of(house, workspace_id)
    if len(uploads) > policy.attachments_per_message:
        most = f"Send at most {policy.attachments_per_message} files with one message."
        raise InvalidInput({"files": most})
    found = [(one.name, redrawing.taken(one.content, policy)) for one in uploads]
    faults = [
        f"{name}: {files.problem_with(f, policy)}" for name, f in found if isinstance(f, FileFault)
    ]
    if faults:
        raise InvalidInput({"files": " ".join(faults)})
    return tuple((name, one) for name, one in found if isinstance(one, Taken))


def attach(
    ledger: Ledger,
    conversation: ConversationRow,
    message_id: str,
    sent: Iterable[tuple[str, Taken]],
) -> None:
    """Keep the files that go out with a message, as they were checked."""
    house, lane = ledger.house, conversation.address_lane
    for name, one in sent:
        kept = _kept(house, conversation.workspace_id, lane, name, one)
        rows.bind(conversation, message_id, kept.id, _sealed_name(house, kept))


def list_of(house: House, message_ids: Sequence[str]) -> dict[str, tuple[ShownFile, ...]]:
    """Return the files of some messages, by message, in the order in which they came."""
    shown: dict[str, tuple[ShownFile, ...]] = {}
    if message_ids:
        for row in Attachment.objects.filter(message_id__in=message_ids).order_by("id"):
            before = shown.get(row.message_id or "", ())
            shown[row.message_id or ""] = (*before, shown_of(house, row))
    return shown


def list_with(house: House, message_id: str) -> tuple[ShownFile, ...]:
    """Return the files that go out with a message: its own, or of the one whose place it takes."""
    own = list_of(house, [message_id]).get(message_id, ())
    before = Message.objects.filter(id=message_id).values_list("instead_of_id", flat=True).first()
    return own if own or not before else list_with(house, before)


def words_beside(text: str, sent: Sequence[ShownFile]) -> str:
    """Return what was said; nothing where files speak for themselves."""
    return "" if sent and files.is_stand_in(text) else text


def shown_of(house: House, row: Attachment) -> ShownFile:
    """Return a file as a person sees it."""
    sealed = bytes(row.name_sealed)
    name = house.keyset.unseal(sealed, _place_of_name(row.id)) if sealed else ""
    return ShownFile(
        id=row.id,
        kind=FileKind(row.kind),
        media_type=row.media_type,
        size=row.size,
        name=files.safe_name(name or row.kind, row.media_type),
        state=FileState(row.state),
        reason=row.reason,
    )


def read_part(house: House, attachment_id: str, number: int) -> bytes:
    """Return one stretch of a file's bytes, from 0 on; empty behind the last."""
    part = AttachmentPart.objects.filter(attachment_id=attachment_id, number=number).first()
    if part is None:
        return b""
    return house.keyset.unseal_bytes(part.bytes_sealed, _place_of_part(attachment_id, number))


def read(house: House, attachment_id: str) -> bytes:
    """Return all of a file's bytes."""
    parts = AttachmentPart.objects.filter(attachment_id=attachment_id).order_by("number")
    return b"".join(
        house.keyset.unseal_bytes(part.bytes_sealed, _place_of_part(attachment_id, part.number))
        for part in parts
    )


def fill(house: House, row: Attachment, taken: Taken) -> bool:
    """Keep the bytes of a file that was waited for; False when nobody waits any more.

    Must run inside a transaction.
    """
    _describe(house, row, taken)
    waits = Attachment.objects.filter(id=row.id, state=FileState.WAITING.value)
    is_filled = waits.update(
        kind=row.kind,
        media_type=row.media_type,
        size=row.size,
        digest=row.digest,
        state=row.state,
        reason="",
    )
    if is_filled:
        _write_parts(house, row.id, taken.content)
    return bool(is_filled)


def policy_of(house: House, workspace_id: str) -> Policy:
    """Return the limits that files of a workspace keep."""
    return standards_cache(house).standards_of(workspace_id).policy


def _kept(house: House, workspace_id: str, lane: str, name: str, taken: Taken) -> ArrivingFile:
    now = house.clock.now()
    row = Attachment(id=house.next_id(now), workspace_id=workspace_id, lane=lane, created_at=now)
    _describe(house, row, taken)
    with house.engine.transaction():
        row.save(force_insert=True)
        _write_parts(house, row.id, taken.content)
    return ArrivingFile(id=row.id, kind=row.kind, name=name)


def _describe(house: House, row: Attachment, taken: Taken) -> None:
    place, content, found = f"file:{row.workspace_id}", taken.content, taken.found
    row.kind, row.media_type, row.size = found.kind.value, found.media_type, len(content)
    row.digest = house.keyset.fingerprint(place, hashlib.sha256(content).hexdigest())
    row.state = FileState.KEPT.value


def _write_parts(house: House, attachment_id: str, content: bytes) -> None:
    AttachmentPart.objects.bulk_create(
        AttachmentPart(
            attachment_id=attachment_id,
            number=number,
            bytes_sealed=house.keyset.seal_bytes(
                content[begin : begin + PART_BYTES], _place_of_part(attachment_id, number)
            ),
        )
        for number, begin in enumerate(range(0, len(content), PART_BYTES))
    )


def _await(
    ledger: Ledger, conversation: ConversationRow, message_id: str, file: ArrivingFile
) -> None:
    keyset = ledger.house.keyset
    ledger.add(
        AttachmentRow(
            id=file.id,
            workspace_id=conversation.workspace_id,
            lane=conversation.address_lane,
            contact_id=conversation.contact_id,
            conversation_id=conversation.id,
            message_id=message_id,
            kind=file.kind,
            name_sealed=_sealed_name(ledger.house, file),
            state=FileState.WAITING.value,
            reference_sealed=keyset.seal(file.reference, place_of_reference(file.id)),
            created_at=ledger.now,
        )
    )
    order = FileOrder(
        attachment_id=file.id, channel=conversation.channel, inbox_id=conversation.inbox_id
    )
    ledger.send(
        Effect(
            id=ledger.next_id(),
            workspace_id=conversation.workspace_id,
            lane=_lane_of(conversation.address_lane),
            kind=FETCH_FILE,
            intent_key=f"fetch_file:{file.id}",
            body=msgspec.json.encode(order),
            due_at=ledger.now,
            repeatable=True,
        )
    )


def _lane_of(lane: str) -> str:
    """Return a lane beside the contact's: a file that hangs must not hold up an answer."""
    return f"files:{lane}"


def _sealed_name(house: House, file: ArrivingFile) -> bytes:
    return house.keyset.seal(texts.clean(file.name)[:_MAX_NAME], _place_of_name(file.id))


def _place_of_name(attachment_id: str) -> str:
    return f"attachment.name:{attachment_id}"


def place_of_reference(attachment_id: str) -> str:
    """Return where a provider's name for a file is sealed."""
    return f"attachment.reference:{attachment_id}"


def _place_of_part(attachment_id: str, number: int) -> str:
    return f"attachment:{attachment_id}:{number}"
