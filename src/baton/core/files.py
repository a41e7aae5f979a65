"""What a file is, told by its bytes and never by what its sender says of it.

Only what stands in `TYPES` is taken: formats that a browser shows without running
anything, and documents that are saved and opened elsewhere. Whatever a browser could run
(HTML, SVG), packs of files and programs are refused, however they are called.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from baton.core import text as texts
from baton.core.policy import Policy

_MAX_NAME = 120
_LOOKED_AT = 4_096  # bytes by which a text is told from other things


class FileKind(StrEnum):
    """What a file is to whoever gets it."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"


class FileState(StrEnum):
    """Where a file stands: still at its provider, kept here, never taken, or erased."""

    WAITING = "waiting"
    KEPT = "kept"
    REFUSED = "refused"
    GONE = "gone"


class FileFault(StrEnum):
    """Why a file was not taken."""

    EMPTY = "empty"
    SIZE = "size"
    TYPE = "type"
    BROKEN = "broken"  # a picture that cannot be drawn, or has too many pixels
    UNAVAILABLE = "unavailable"  # its provider does not have it, or not any more


@dataclass(frozen=True, slots=True, kw_only=True)
class FileType:
    """A format that is taken; one that is not `is_shown` is saved and never opened in a page."""

    kind: FileKind
    ending: str
    is_shown: bool = False


_IMAGE, _VIDEO, _AUDIO, _DOCUMENT = FileKind
PICTURES = frozenset({_IMAGE, _VIDEO})
"""What answers a question for a photo (M25)."""

_OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES: Mapping[str, FileType] = MappingProxyType(
    {
        "image/jpeg": FileType(kind=_IMAGE, ending=".jpg", is_shown=True),
        "image/png": FileType(kind=_IMAGE, ending=".png", is_shown=True),
        "image/gif": FileType(kind=_IMAGE, ending=".gif", is_shown=True),
        "image/webp": FileType(kind=_IMAGE, ending=".webp", is_shown=True),
        "image/heic": FileType(kind=_IMAGE, ending=".heic"),  # few browsers show it
        "video/mp4": FileType(kind=_VIDEO, ending=".mp4", is_shown=True),
        "video/webm": FileType(kind=_VIDEO, ending=".webm", is_shown=True),
        "video/quicktime": FileType(kind=_VIDEO, ending=".mov"),
        "video/3gpp": FileType(kind=_VIDEO, ending=".3gp"),
        "audio/mpeg": FileType(kind=_AUDIO, ending=".mp3", is_shown=True),
        "audio/ogg": FileType(kind=_AUDIO, ending=".ogg", is_shown=True),
        "audio/mp4": FileType(kind=_AUDIO, ending=".m4a", is_shown=True),
        "audio/wav": FileType(kind=_AUDIO, ending=".wav", is_shown=True),
        "audio/aac": FileType(kind=_AUDIO, ending=".aac", is_shown=True),
        "audio/amr": FileType(kind=_AUDIO, ending=".amr"),
        # A PDF may hold scripts of its own, so it is never opened beside the console.
        "application/pdf": FileType(kind=_DOCUMENT, ending=".pdf"),
        f"{_OFFICE}.wordprocessingml.document": FileType(kind=_DOCUMENT, ending=".docx"),
        f"{_OFFICE}.spreadsheetml.sheet": FileType(kind=_DOCUMENT, ending=".xlsx"),
        "text/plain": FileType(kind=_DOCUMENT, ending=".txt"),
    }
)

# Where each format says what it is: https://www.garykessler.net/library/file_sigs.html
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"#!AMR", "audio/amr"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_BRANDS = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heic",
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"isom": "video/mp4",
    b"iso2": "video/mp4",
    b"iso4": "video/mp4",
    b"iso5": "video/mp4",
    b"iso6": "video/mp4",
    b"mp41": "video/mp4",
    b"mp42": "video/mp4",
    b"avc1": "video/mp4",
    b"MSNV": "video/mp4",
    b"M4V ": "video/mp4",
}
# A packed document lists its parts by name, plainly, at its end.
_OFFICE_PARTS = {
    b"word/document.xml": f"{_OFFICE}.wordprocessingml.document",
    b"xl/workbook.xml": f"{_OFFICE}.spreadsheetml.sheet",
}
_MACROS = b"vbaProject.bin"
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")  # all but what a log colours with
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<[!?a-z]", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file that may be kept."""

    media_type: str
    kind: FileKind


def judge(content: bytes, policy: Policy) -> Found | FileFault:
    """Return what a file is, or why it is not taken."""
    if not content:
        return FileFault.EMPTY
    if len(content) > policy.attachment_bytes:
        return FileFault.SIZE
    media_type = type_of(content)
    known = TYPES.get(media_type)
    if known is None or known.kind.value not in policy.attachment_kinds.split(","):
        return FileFault.TYPE
    return Found(media_type=media_type, kind=known.kind)


def problem_with(fault: FileFault, policy: Policy) -> str:
    """Return why a file is not taken, in words for whoever sends it."""
    match fault:
        case FileFault.EMPTY:
            return "The file is empty."
        case FileFault.SIZE:
            most = policy.attachment_bytes / 1024 / 1024
            return f"The file is too large. Please keep it under {most:.3g} MB."
        case FileFault.TYPE:
            return "Files of this type are not taken. Send a picture, a video or a PDF."
        case FileFault.BROKEN:
            return "The picture cannot be opened, or is far too large. Send it as a JPEG."
        case FileFault.UNAVAILABLE:
            return "The file could not be fetched."


def type_of(content: bytes) -> str:
    """Return the media type that a file's bytes tell, "" for one that is never taken."""
    for beginning, media_type in _BEGINNINGS:
        if content.startswith(beginning):
            return media_type
    if content[:4] == b"RIFF":
        return _RIFF.get(content[8:12], "")
    if content[4:8] == b"ftyp":
        brand = content[8:12]
        return "video/3gpp" if brand.startswith(b"3g") else _BRANDS.get(brand, "")
    if content.startswith(b"\x1aE\xdf\xa3"):
        return "video/webm" if b"webm" in content[:64] else ""
    if content.startswith(b"PK\x03\x04"):
        return _packed_type(content)
    return "text/plain" if _is_text(content) else ""


def claimed_kind(media_type: str) -> FileKind:
    """Return the kind that a provider says a file is of, before anybody has seen its bytes."""
    first = media_type.partition("/")[0].strip().lower()
    return FileKind(first) if first in ("image", "video", "audio") else FileKind.DOCUMENT


def is_shown(media_type: str) -> bool:
    """Return whether a browser may show the file in a page."""
    known = TYPES.get(media_type)
    return known is not None and known.is_shown


def safe_name(name: str, media_type: str) -> str:
    """Return a file's name as it may be shown and saved: no path, and the ending of its type."""
    ending = TYPES[media_type].ending if media_type in TYPES else ""
    bare = texts.clean(name.replace("\\", "/").rpartition("/")[2]).replace("\n", " ")
    stem = bare.strip(". ")[:_MAX_NAME] or "file"
    same = {".jpeg": ".jpg", ".jpe": ".jpg", ".m4v": ".mp4", ".oga": ".ogg", ".csv": ".txt"}
    has = f".{stem.rpartition('.')[2].lower()}" if "." in stem else ""
    return stem if ending in ("", same.get(has, has)) else f"{stem}{ending}"


_STAND_INS = {_IMAGE: "[picture]", _VIDEO: "[video]", _AUDIO: "[audio]", _DOCUMENT: "[file]"}


def stand_in(kinds: Iterable[FileKind]) -> str:
    """Return words for files that came without any: the fact that they came is not lost."""
    return " ".join(dict.fromkeys(_STAND_INS[kind] for kind in kinds))


def is_stand_in(text: str) -> bool:
    """Return whether a text says nothing but that files came."""
    return bool(text) and all(word in _STAND_INS.values() for word in text.split(" "))


def _packed_type(content: bytes) -> str:
    if _MACROS in content:
        return ""
    return next((kind for part, kind in _OFFICE_PARTS.items() if part in content), "")


def _is_text(content: bytes) -> bool:
    """Return whether a file is plain words: no markup, no bytes that a text does not have."""
    head = content[:_LOOKED_AT]
    if _NOT_TEXT.search(content) or _MARKUP.match(head):
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
