"""Files that came with messages, from where Meta keeps them.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
Meta is asked for the address of a file, which holds for five minutes, and then for the file.
"""

from urllib.parse import urlsplit

import msgspec

from baton.channels import (
    Answer,
    FetchedFile,
    HugeAnswerError,
    NotSentError,
    Request,
    UnclearError,
    WirePort,
)
from baton.channels.whatsapp import codes, graph
from baton.channels.whatsapp.settings import CloudSettings
from baton.core.files import FileFault
from baton.runtime.ports import Again, Park, Refused

# Where Meta keeps files; the token goes there with the request, and nowhere else.
_HOSTS = (".fbsbx.com", ".facebook.com", ".whatsapp.net")
_OK, _TIMED_OUT, _TOO_MANY, _SERVER = 200, 408, 429, 500


class _Place(msgspec.Struct):
    url: str = ""
    file_size: int = 0


def fetch(
    settings: CloudSettings, wire: WirePort, reference: str, *, most: int
) -> FetchedFile | Again | Refused | Park:
    """Get a file by Meta's id of it; see `channels.MediaPort`."""
    asked = {"phone_number_id": settings.phone_number_id}
    try:
        told = wire.ask(graph.request(settings, "GET", f"/{reference}", query=asked))
        place = graph.read(told, _Place) if told.status == _OK else None
        if place is None or not _is_metas(settings, place.url):
            return _missing(told)
        if place.file_size > most:
            return Refused(reason=FileFault.SIZE.value)
        answer = wire.ask(_download(settings, place.url, most))
    except HugeAnswerError:
        return Refused(reason=FileFault.SIZE.value)
    except (NotSentError, UnclearError) as error:
        return Again(reason=f"Meta does not hand it out ({error})")
    return FetchedFile(content=answer.body) if answer.status == _OK else _missing(answer)


def _download(settings: CloudSettings, url: str, most: int) -> Request:
    proof = {"Authorization": f"Bearer {settings.access_token}"}
    return Request(method="GET", url=url, headers=proof, most=most)


def _is_metas(settings: CloudSettings, url: str) -> bool:
    parts = urlsplit(url)
    is_known = parts.scheme == "https" and (parts.hostname or "").endswith(_HOSTS)
    return is_known or url.startswith(f"{settings.base}/")


def _missing(answer: Answer) -> Again | Refused | Park:
    problem = graph.problem_of(answer)
    is_busy = problem.code in codes.BUSY or answer.status in (_TOO_MANY, _TIMED_OUT)
    if is_busy or answer.status >= _SERVER:
        return Again(reason=f"Meta does not hand it out ({answer.status})", after=answer.wait)
    if words := codes.setting_fault_of(problem.code):
        return Park(reason=words)
    return Refused(reason=FileFault.UNAVAILABLE.value, code=str(answer.status))
