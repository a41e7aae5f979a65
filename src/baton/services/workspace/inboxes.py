"""Inboxes with a provider: connected, tried, given another secret, and taken away."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from baton.channels.push import keys
from baton.channels.push.settings import WebPushSettings
from baton.core.errors import NotFound
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import connections
from baton.services.workspace.connections import ChannelSettings
from baton.store.models import Inbox

FORMER_LASTS = timedelta(hours=24)
"""How long webhooks signed with the secret before are still believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An inbox as somebody wants it; `inbox_id` is the one to change, "" for another one.

    `sender` is what the provider says that contacts see, "" to take it from the settings.
    """

    name: str
    settings: ChannelSettings
    inbox_id: str = ""
    sender: str = ""


def open_web_chat(house: House, workspace_id: str, *, name: str, now: datetime) -> Inbox:
    """Open a web chat entrance with a public token and a signing secret of its own."""
    inbox_id = house.next_id(now)
    return Inbox.objects.create(
        id=inbox_id,
        workspace_id=workspace_id,
        channel="webchat",
        name=name,
        token=secrets.token_urlsafe(12),
        secret_sealed=house.keyset.seal(fresh_secret(), f"inbox.secret:{inbox_id}"),
    )


def connect(house: House, workspace_id: str, wanted: Wanted, *, actor: str) -> Inbox:
    """Connect a number, or change how one is connected; raises NotFound.

    What was signed with another auth token is believed for FORMER_LASTS longer.
    """
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        inbox = _wanted_inbox(house, ledger, workspace_id, wanted)
        _keep_former(house, ledger, inbox, wanted.settings)
        inbox.name = wanted.name
        inbox.provider = connections.provider_of(wanted.settings)
        inbox.sender = wanted.sender or wanted.settings.sender
        inbox.settings_sealed = house.keyset.seal(
            connections.pack(wanted.settings), _place(inbox.id)
        )
        inbox.save()
        ledger.audit(
            workspace_id,
            actor,
            "inbox_connected",
            f"inbox:{inbox.id}",
            channel=inbox.channel,
            provider=inbox.provider,
        )
        ledger.flush()
    return inbox


def rotate_secret(house: House, workspace_id: str, inbox_id: str, *, actor: str) -> str:
    """Give an inbox another signing secret, and return it; raises NotFound.

    The one before is believed for FORMER_LASTS, so that nothing is lost meanwhile.
    """
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        inbox = get_inbox(workspace_id, inbox_id)
        if _signs_by_secret(house, inbox):
            _remember(house, ledger, inbox, secret_of(house, inbox))
        secret = fresh_secret()
        inbox.secret_sealed = house.keyset.seal(secret, f"inbox.secret:{inbox.id}")
        inbox.save()
        ledger.audit(workspace_id, actor, "inbox_secret_rotated", f"inbox:{inbox.id}")
        ledger.flush()
    return secret


def rotate_keys(house: House, workspace_id: str, inbox_id: str, *, actor: str) -> None:
    """Give a push inbox another pair of keys; raises NotFound for any other inbox.

    Browsers that gave their permission to a pair before are still reached by it, until they
    come back and give it to this one.
    """
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        inbox = get_inbox(workspace_id, inbox_id)
        settings = settings_of(house, inbox)
        if not isinstance(settings, WebPushSettings):
            raise NotFound("keys of inbox", inbox_id)
        fresh = msgspec.structs.replace(settings, keys=keys.rotated(settings.keys))
        _keep_former(house, ledger, inbox, fresh)
        inbox.settings_sealed = house.keyset.seal(connections.pack(fresh), _place(inbox.id))
        inbox.save()
        ledger.audit(workspace_id, actor, "inbox_secret_rotated", f"inbox:{inbox.id}")
        ledger.flush()


def disconnect(house: House, workspace_id: str, inbox_id: str, *, actor: str) -> None:
    """Forget how a number is reached: nothing comes in or goes out; raises NotFound.

    The inbox stays, since conversations name it; connecting it again goes on with them.
    """
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        inbox = get_inbox(workspace_id, inbox_id)
        inbox.settings_sealed = inbox.former_sealed = b""
        inbox.former_until = None
        inbox.save()
        ledger.audit(workspace_id, actor, "inbox_disconnected", f"inbox:{inbox.id}")
        ledger.flush()


def get_inbox(workspace_id: str, inbox_id: str) -> Inbox:
    """Return an inbox of a workspace; raises NotFound."""
    inbox = Inbox.objects.filter(id=inbox_id, workspace_id=workspace_id).first()
    if inbox is None:
        raise NotFound("inbox", inbox_id)
    return inbox


def settings_of(house: House, inbox: Inbox) -> ChannelSettings:
    """Return how an inbox is connected; raises NotFound when it is not."""
    if not inbox.settings_sealed:
        raise NotFound("settings of inbox", inbox.id)
    return connections.unpack(house.keyset.unseal(inbox.settings_sealed, _place(inbox.id)))


def proofs_of(house: House, inbox: Inbox) -> tuple[str, ...]:
    """Return the secrets that may have signed an inbox's webhooks, the present one first."""
    settings = settings_of(house, inbox)
    present = _proof_of(house, inbox, settings)
    until = inbox.former_until
    if until is None or house.clock.now() >= until:
        return (present,)
    return (present, house.keyset.unseal(inbox.former_sealed, f"inbox.former:{inbox.id}"))


def secrets_of(house: House, inbox: Inbox) -> tuple[str, ...]:
    """Return the inbox's own secrets that may have signed something, the present one first."""
    present, until = secret_of(house, inbox), inbox.former_until
    if until is None or house.clock.now() >= until or not _signs_by_secret(house, inbox):
        return (present,)
    return (present, house.keyset.unseal(inbox.former_sealed, f"inbox.former:{inbox.id}"))


def script_line_of(base_url: str, token: str) -> str:
    """Return the line that puts an inbox's chat on a site; `base_url` ends without a slash."""
    return f'<script src="{base_url}/widget.js" data-inbox="{token}" async></script>'


def hook_url_of(house: House, inbox: Inbox) -> str:
    """Return where an inbox's provider posts to: what it signs, and what one pastes there."""
    path = connections.hook_path_of(inbox.channel, inbox.provider, inbox.token)
    return f"{house.base_url}{path}"


def verify_token_of(house: House, inbox: Inbox) -> str:
    """Return what a provider repeats when it first calls the inbox's address.

    It is worked out from the installation's key, so that it need not be kept.
    """
    return house.keyset.fingerprint(f"inbox.verify:{inbox.workspace_id}", inbox.id)[:32]


def secret_of(house: House, inbox: Inbox) -> str:
    """Return the inbox's own signing secret."""
    return house.keyset.unseal(inbox.secret_sealed, f"inbox.secret:{inbox.id}")


def fresh_secret() -> str:
    """Return a signing secret as https://www.standardwebhooks.com writes them."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _wanted_inbox(house: House, ledger: Ledger, workspace_id: str, wanted: Wanted) -> Inbox:
    if wanted.inbox_id:
        return get_inbox(workspace_id, wanted.inbox_id)
    inbox_id = ledger.next_id()
    return Inbox(
        id=inbox_id,
        workspace_id=workspace_id,
        channel=connections.channel_of(wanted.settings),
        token=secrets.token_urlsafe(12),
        secret_sealed=house.keyset.seal(fresh_secret(), f"inbox.secret:{inbox_id}"),
    )


def _keep_former(house: House, ledger: Ledger, inbox: Inbox, wanted: ChannelSettings) -> None:
    """Remember the auth token that another one replaces."""
    if not inbox.settings_sealed:
        return
    before = _proof_of(house, inbox, settings_of(house, inbox))
    if before != _proof_of(house, inbox, wanted):
        _remember(house, ledger, inbox, before)


def _remember(house: House, ledger: Ledger, inbox: Inbox, proof: str) -> None:
    inbox.former_sealed = house.keyset.seal(proof, f"inbox.former:{inbox.id}")
    inbox.former_until = ledger.now + FORMER_LASTS


def _proof_of(house: House, inbox: Inbox, settings: ChannelSettings) -> str:
    """Return what signs the webhooks: a key of the provider's, or the inbox's own secret."""
    return connections.signing_key_of(settings) or secret_of(house, inbox)


def _signs_by_secret(house: House, inbox: Inbox) -> bool:
    if not inbox.settings_sealed:
        return True
    return not connections.signing_key_of(settings_of(house, inbox))


def _place(inbox_id: str) -> str:
    return f"inbox.settings:{inbox_id}"
