"""A visitor as the server meets them: HTTP and nothing else."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from httpx import Client, Response

from tests.ingress.installation import Installation


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody with a session."""

    client: Client
    token: str
    id: str

    @property
    def headers(self) -> dict[str, str]:
        """What proves who they are."""
        return {"Authorization": f"Bearer {self.token}"}

    def say(self, text: str, *, client_id: str = "m1") -> Response:
        """Send a message."""
        return self.client.post(
            "/chat/messages", json={"id": client_id, "text": text}, headers=self.headers
        )

    def upload(self, content: bytes) -> Response:
        """Send a file, for a message to come."""
        return self.client.post("/chat/files", content=content, headers=self.headers)

    def history(self, **query: object) -> dict[str, Any]:
        """Read the conversation."""
        answer = self.client.get(
            "/chat/messages",
            params={name: str(value) for name, value in query.items()},
            headers=self.headers,
        )
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def texts(self) -> list[tuple[str, str]]:
        """Return who said what."""
        return [(m["author"], m["text"]) for m in self.history()["messages"]]


def begin(
    client: Client, gym: Installation, *, identity: dict[str, str] | None = None, token: str = ""
) -> Response:
    """Ask for a session."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    body = {"identity": identity} if identity else {}
    return client.post(f"/chat/{gym.inbox.token}/sessions", json=body, headers=headers)


def a_visitor(
    client: Client, gym: Installation, *, identity: dict[str, str] | None = None
) -> Visitor:
    """Return a visitor with a session."""
    answer = begin(client, gym, identity=identity)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return Visitor(client=client, token=body["token"], id=body["visitor"])


def signed_identity(gym: Installation, person: str, **claims: str) -> dict[str, str]:
    """Return an identity as the business's own server signs it."""
    name, membership = claims.get("name", ""), claims.get("membership", "")
    said = f"{person}\n{name}\n{membership}" if name or membership else person
    signature = hmac.new(gym.secret.encode(), said.encode(), hashlib.sha256).hexdigest()
    return {"id": person, "signature": signature, **claims}


def hook_headers(
    secret: str, body: bytes, *, webhook_id: str, at: int, version: str = "v1"
) -> dict[str, str]:
    """Return the headers of a webhook, signed as its convention says."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{webhook_id}.{at}.".encode() + body
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"{version},{digest}",
        "content-type": "application/json",
    }
