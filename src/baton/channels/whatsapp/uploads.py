"""Files that go out: handed to Meta before the message that shows them.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
To hand a file over sends nothing to anybody, so that may be done again, whatever happened.
"""

import hashlib
from dataclasses import replace

import msgspec

from baton.channels import Answer, NotSentError, OutgoingFile, UnclearError, WirePort
from baton.channels.whatsapp import codes, graph
from baton.channels.whatsapp.settings import CloudSettings
from baton.core.delivery import Undelivered
from baton.runtime.ports import Again, Park, Refused

_OK_FROM, _REDIRECT, _CLIENT = 200, 300, 400
_TIMED_OUT, _TOO_MANY, _SERVER = 408, 429, 500


class _Kept(msgspec.Struct):
    id: str


def upload(
    settings: CloudSettings, wire: WirePort, file: OutgoingFile
) -> str | Again | Refused | Park:
    """Hand a file over; return Meta's name for it."""
    boundary = f"baton{hashlib.sha256(file.content).hexdigest()}"
    path = f"/{settings.phone_number_id}/media"
    asked = graph.request(settings, "POST", path)
    headers = {**asked.headers, "Content-Type": f"multipart/form-data; boundary={boundary}"}
    try:
        answer = wire.ask(replace(asked, body=form_of(file, boundary), headers=headers))
    except (NotSentError, UnclearError) as error:
        return Again(reason=f"Meta does not take the file ({error})")
    kept = graph.read(answer, _Kept) if _OK_FROM <= answer.status < _REDIRECT else None
    return kept.id if kept and kept.id else _no(answer)


def form_of(file: OutgoingFile, boundary: str) -> bytes:
    """Return a file as the fields of a form; its name has no sign that could end a header."""
    name = file.name.replace("\\", "_").replace('"', "_").replace("\r", " ").replace("\n", " ")
    fields = (("messaging_product", "whatsapp"), ("type", file.media_type))
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields
    ]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: {file.media_type}\r\n\r\n"
    )
    before, after = f"{''.join(parts)}{head}", f"\r\n--{boundary}--\r\n"
    return b"".join((before.encode(), file.content, after.encode()))


def _no(answer: Answer) -> Again | Refused | Park:
    problem = graph.problem_of(answer)
    wait = codes.BUSY.get(problem.code)
    is_busy = answer.status in (_TOO_MANY, _TIMED_OUT) or answer.status >= _SERVER
    is_odd = _OK_FROM <= answer.status < _REDIRECT  # a yes without a name
    if wait or is_busy or is_odd:
        return Again(
            reason=f"Meta does not take the file ({answer.status})", after=answer.wait or wait
        )
    words = graph.setting_fault_of(answer, problem)
    if words or answer.status < _CLIENT:
        return Park(reason=words or f"Meta's address has moved ({answer.status}).")
    code = problem.code if problem.code >= 0 else answer.status
    return Refused(reason=Undelivered.PROVIDER_REFUSED.value, code=str(code))
