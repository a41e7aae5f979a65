"""The photos of a return, and whether one came before, whole or looking the same."""

from django.db.models import Q

from baton.core.files import FileKind, FileState
from baton.core.returns import Photo
from baton.services.delivery import attachments
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import Attachment, Return, ReturnPhoto

MOST = 6
"""Photos of one return at most."""
_APART = 3
_QUARTER = 16


def show(ledger: Ledger, row: Return, attachment_id: str) -> None:
    """Keep a photo with its return, measured, once; a file that is no picture here is left out."""
    house = ledger.house
    file = Attachment.objects.filter(
        workspace_id=row.workspace_id,
        id=attachment_id,
        kind=FileKind.IMAGE.value,
        state=FileState.KEPT.value,
    ).first()
    shown = ReturnPhoto.objects.filter(return_id=row.id)
    if file is None or shown.filter(attachment_id=file.id).exists() or shown.count() >= MOST:
        return
    from baton.services.returns import photo_measures  # noqa: PLC0415 - dear to load, few show any

    found = photo_measures.measure(attachments.read(house, file.id))
    looks = _quarters(found.likeness) if found.likeness is not None else (None,) * 4
    ReturnPhoto.objects.create(
        id=ledger.next_id(),
        workspace_id=row.workspace_id,
        return_id=row.id,
        attachment_id=file.id,
        side=found.side,
        sharpness=round(found.sharpness, 1),
        digest=file.digest,
        look_a=looks[0],
        look_b=looks[1],
        look_c=looks[2],
        look_d=looks[3],
        is_known=_is_known(row, file.digest, found.likeness),
    )


def list_of(row: Return) -> tuple[Photo, ...]:
    """Return the photos of a return as its rules see them."""
    shown = ReturnPhoto.objects.filter(return_id=row.id).order_by("id")
    return tuple(Photo(side=p.side, sharpness=p.sharpness, is_known=p.is_known) for p in shown)


def read(house: House, photo: ReturnPhoto) -> bytes:
    """Return a photo's bytes."""
    return attachments.read(house, photo.attachment_id)


def _quarters(likeness: int) -> tuple[int, int, int, int]:
    a, b, c, d = ((likeness >> shift) & 0xFFFF for shift in (48, 32, 16, 0))
    return a, b, c, d


def _is_known(row: Return, digest: str, likeness: int | None) -> bool:
    """Return whether a photo, or one that looks the same, was shown for another return."""
    others = ReturnPhoto.objects.filter(workspace_id=row.workspace_id).exclude(return_id=row.id)
    if others.filter(digest=digest).exists():
        return True
    if likeness is None:
        return False
    a, b, c, d = _quarters(likeness)
    alike = others.filter(Q(look_a=a) | Q(look_b=b) | Q(look_c=c) | Q(look_d=d))
    return any(
        (_joined(*looks) ^ likeness).bit_count() <= _APART
        for looks in alike.values_list("look_a", "look_b", "look_c", "look_d")
    )


def _joined(*looks: int | None) -> int:
    a, b, c, d = (look or 0 for look in looks)
    return a << 3 * _QUARTER | b << 2 * _QUARTER | c << _QUARTER | d
