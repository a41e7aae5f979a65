"""A signed call of a workspace's own address, by which other systems hear of harm.

Signed as Standard Webhooks are, and never to a private network: what people type here must not
let a stranger look around inside (AL2).
"""

import secrets
from base64 import b64encode

import msgspec

from baton.channels import ForbiddenPlaceError, NotSentError, Request, UnclearError
from baton.channels.wire import PublicWire
from baton.core import web_address, webhook_signature
from baton.core.errors import NotFound
from baton.runtime.ports import Again, Done, Effect, Outcome, Park
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import AlertHook, User

POST_ALERT = "post_alert"
_SECRET_BYTES = 24
_PATIENCE = 20.0
_FIRST_FAULT, _BUSY = 500, 429
_MAX_PROBLEM = 200


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What an address is told; `details` names no contact."""

    type: str
    harm: str
    details: str
    stops_outreach: bool
    at: str


def find(workspace_id: str) -> AlertHook | None:
    """Return where a workspace's alerts go, None for nowhere but the console."""
    return AlertHook.objects.filter(workspace_id=workspace_id).first()


def connect(ledger: Ledger, user: User, url: str) -> str:
    """Have alerts told to an address; return its fresh secret. Raises InvalidInput."""
    web_address.check(url, field="url")
    house, secret = ledger.house, "whsec_" + b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    AlertHook.objects.update_or_create(
        workspace_id=user.workspace_id,
        defaults={
            "url": url,
            "secret_sealed": house.keyset.seal(secret, _place(user.workspace_id)),
            "set_at": ledger.now,
            "set_by_id": user.id,
            "told_at": None,
            "problem": "",
        },
    )
    host = web_address.host_of(url)
    ledger.audit(user.workspace_id, f"user:{user.id}", "alert_hook_set", _subject(user), host=host)
    return secret


def disconnect(ledger: Ledger, user: User) -> None:
    """Tell no address any more; raises NotFound where none is told."""
    if not AlertHook.objects.filter(workspace_id=user.workspace_id).delete()[0]:
        raise NotFound("alert webhook", user.workspace_id)
    ledger.audit(user.workspace_id, f"user:{user.id}", "alert_hook_taken", _subject(user))


def order(ledger: Ledger, workspace_id: str, told: Told) -> None:
    """Have an address told, if there is one."""
    if find(workspace_id) is None:
        return
    effect_id = ledger.next_id()
    ledger.send(
        Effect(
            id=effect_id,
            workspace_id=workspace_id,
            lane=f"alerts:{workspace_id}",
            kind=POST_ALERT,
            intent_key=f"alert:{effect_id}",
            body=msgspec.json.encode(told),
            due_at=ledger.now,
            repeatable=True,  # the webhook's id tells a second one from the first
        )
    )


def perform(house: House, effect: Effect) -> Outcome:
    """Tell the address; what it does not take is tried again, and shown beside the address."""
    hook = find(effect.workspace_id)
    if hook is None:
        return Done()
    outcome = _posted(house, hook, effect)
    kept = AlertHook.objects.filter(workspace_id=effect.workspace_id, url=hook.url)
    if isinstance(outcome, Done):
        kept.update(told_at=house.clock.now(), problem="")
    else:
        kept.update(problem=outcome.reason[:_MAX_PROBLEM])
    return outcome


def _posted(house: House, hook: AlertHook, effect: Effect) -> Done | Again | Park:
    wire = PublicWire(patience=_PATIENCE, allows_loopback=hook.url.startswith("http://"))
    try:
        answer = wire.ask(_request(house, hook, effect))
    except ForbiddenPlaceError as error:
        return Park(reason=str(error))
    except (NotSentError, UnclearError) as error:
        return Again(reason=f"the address could not be told: {error}")
    finally:
        wire.close()
    if answer.status // 100 == 2:  # noqa: PLR2004 - any success
        return Done()
    said = f"the address answered {answer.status}"
    if answer.status == _BUSY or answer.status >= _FIRST_FAULT:
        return Again(reason=said, after=answer.wait)
    return Park(reason=said)


def _request(house: House, hook: AlertHook, effect: Effect) -> Request:
    secret = house.keyset.unseal(bytes(hook.secret_sealed), _place(effect.workspace_id))
    at = str(int(house.clock.now().timestamp()))
    return Request(
        method="POST",
        url=hook.url,
        body=effect.body,
        headers={
            "content-type": "application/json",
            "webhook-id": effect.id,
            "webhook-timestamp": at,
            "webhook-signature": webhook_signature.sign(effect.id, at, effect.body, secret),
        },
    )


def _place(workspace_id: str) -> str:
    return f"alert_hook.secret:{workspace_id}"


def _subject(user: User) -> str:
    return f"workspace:{user.workspace_id}"
