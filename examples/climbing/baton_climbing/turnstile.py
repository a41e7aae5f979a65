"""A kind of system of one's own: a turnstile that posts who came in.

POST {address of the system in Baton}
X-Turnstile-Digest: sha256 HMAC of the body, in hexadecimal, by the secret that Baton shows
{"id": "e-17", "hall": "north", "at": "2026-03-02T18:00:00+01:00", "email": "ana@example.com"}
"""

import hashlib
import hmac
from datetime import datetime
from typing import Annotated

import msgspec

from baton.connectors import Heard, Hook, Moment, heard_whole, require_digest, told_as
from baton.core.json import Json
from baton.core.records import CheckInRecord, Person, Record, stamp_at
from baton.services.systems.kinds import Kind

HEADER = "X-Turnstile-Digest"

_MOST = 40


class TurnstileSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the form asks for: a title and a hint for each field."""

    hall: Annotated[
        str,
        msgspec.Meta(
            title="Hall", description="Empty: whoever comes in anywhere.", max_length=_MOST
        ),
    ] = ""


class _Passage(msgspec.Struct):
    id: str
    at: Moment
    email: str
    hall: str = ""


class Turnstile:
    """The connector: it hears, and says what a webhook tells."""

    def __init__(self, settings: TurnstileSettings) -> None:
        self._hall = settings.hall

    def hear(self, hook: Hook, proof: str, *, now: datetime) -> Heard:  # noqa: ARG002 - every connector's form
        """Return what a webhook says; raises DisbelievedError or UnreadableError."""
        digest = hmac.new(proof.encode(), hook.body, hashlib.sha256).hexdigest()
        require_digest(hook, HEADER, digest)
        return heard_whole(hook)

    def records(self, said: Json, *, received_at: datetime) -> tuple[Record, ...]:  # noqa: ARG002 - likewise
        """Return who came in; nobody for another hall's."""
        passage = told_as(said, _Passage, "the turnstile's")
        if self._hall not in ("", passage.hall):
            return ()
        return (
            CheckInRecord(
                reference=passage.id,
                stamp=stamp_at(passage.at),
                person=Person(email=passage.email),
                at=passage.at,
            ),
        )


KIND = Kind(
    name="turnstile",
    title="The hall's turnstile",
    about="Tells who came in, by its webhook.",
    settings=TurnstileSettings,
    hears=Turnstile,
    reads=Turnstile,
)
