"""What any other CRM is told: JSON under the names that it was given, signed as Standard Webhooks.

https://www.standardwebhooks.com: three headers hold the message's name, which is the same at every
try, the moment, and a signature with each secret that is in use.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from baton.connectors.crm.settings import CrmSettings
from baton.core import webhook_signature
from baton.core.deeds import Asking
from baton.core.json import Json
from baton.core.tidings import Tiding, Told


@dataclass(frozen=True, slots=True)
class CrmTidings:
    """The part of the connector that tells."""

    settings: CrmSettings

    def hears(self, about: Tiding) -> bool:
        """Return whether it is told of such."""
        return about in self.settings.hears

    def body(self, told: Told) -> Json:
        """Return a message as the CRM gets it; what was given no name is left out."""
        facts = {"type": told.about.value, "at": told.at.isoformat(), **told.facts}
        said: dict[str, Json] = {}
        for name, place in self.settings.places.items():
            if place and name in facts:
                _put(said, place, facts[name])
        return said

    def tell(self, told: Told, *, secrets: Sequence[str], now: datetime) -> Asking:
        """Return what hands a message over."""
        body = msgspec.json.encode(self.body(told))
        moment = str(int(now.timestamp()))
        signed = (webhook_signature.sign(told.mark, moment, body, one) for one in secrets)
        token = self.settings.api_token
        return Asking(
            method="POST",
            url=self.settings.url,
            headers={
                "Content-Type": "application/json",
                "webhook-id": told.mark,
                "webhook-timestamp": moment,
                "webhook-signature": " ".join(signed),
                **({"Authorization": f"Bearer {token}"} if token else {}),
            },
            body=body,
        )


def _put(said: dict[str, Json], place: str, value: Json) -> None:
    *outer, last = place.split(".")
    for name in outer:
        inner = said.setdefault(name, {})
        assert isinstance(inner, dict)  # noqa: S101 - settings refuse a place below another
        said = inner
    said[last] = value
