"""The browsers in which somebody of the staff is called with no console open."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from baton.channels.push import keys, subscriptions
from baton.channels.push.keys import VapidKey
from baton.channels.push.subscriptions import Subscription
from baton.core import web_address
from baton.core.errors import InvalidInput, NotFound
from baton.services.desk import own_sign_in
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.store.models import StaffBrowser, StaffPushKey, User

MOST = 5
"""Browsers that call one person; another takes the place of the oldest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """One browser that calls its person."""

    id: str
    name: str  # in words, as "Chrome on Android"
    since: datetime
    is_this: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What a browser tells when its person lets it call them; all of it is a stranger's word."""

    endpoint: str
    p256dh: str
    auth: str
    key: str


def list_for(user: User, session_key: str) -> tuple[Called, ...]:
    """Return the browsers that call a person, as seen from one of them; the newest first."""
    found = StaffBrowser.objects.filter(user_id=user.id).order_by("-since", "-id")
    return tuple(
        Called(id=one.id, name=one.name, since=one.since, is_this=one.session_key == session_key)
        for one in found
    )


def is_called_in(user: User, session_key: str) -> bool:
    """Return whether the browser of a session calls its person."""
    return StaffBrowser.objects.filter(user_id=user.id, session_key=session_key).exists()


def public_key(house: House, user: User) -> str:
    """Return what a browser gives its permission to; made when it is first asked for."""
    place = f"staff_push_key:{user.workspace_id}"
    fresh = house.keyset.seal_bytes(msgspec.json.encode(keys.fresh()), place)
    kept, _is_first = StaffPushKey.objects.get_or_create(
        workspace_id=user.workspace_id, defaults={"pair_sealed": fresh}
    )
    pair = house.keyset.unseal_bytes(kept.pair_sealed, place)
    return msgspec.json.decode(pair, type=VapidKey).public


def permit(house: House, user: User, told: Permission, *, session_key: str, agent: str) -> None:
    """Call a person in one of their browsers, for as long as they are signed in there.

    Raises InvalidInput for what is no permission, or was not given to our key.
    """
    if told.key != public_key(house, user):
        raise InvalidInput({"key": "ask for the permission anew; the keys have changed"})
    permission = subscriptions.check(
        Subscription(
            endpoint=told.endpoint,
            p256dh=told.p256dh,
            auth=told.auth,
            key=told.key,
            page=house.base_url,
        ),
        origin="",
        allows_loopback=web_address.is_here(house.base_url),
    )
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        row_id = ledger.next_id()
        mark = house.keyset.fingerprint("staff_browser", told.endpoint)
        StaffBrowser.objects.filter(mark=mark).delete()  # of who sat here before
        StaffBrowser.objects.create(
            id=row_id,
            workspace_id=user.workspace_id,
            user_id=user.id,
            mark=mark,
            session_key=session_key,
            name=own_sign_in.browser_of(agent),
            permission_sealed=house.keyset.seal_bytes(
                msgspec.json.encode(permission), f"staff_browser:{row_id}"
            ),
            since=ledger.now,
            calls_at=ledger.now,
        )
        _drop_oldest(user)
        _note(ledger, user, "browser_calls")


def end(house: House, user: User, browser_id: str) -> None:
    """Call a person in a browser no more; raises NotFound for anybody else's."""
    with house.engine.transaction():
        if not StaffBrowser.objects.filter(id=browser_id, user_id=user.id).delete()[0]:
            raise NotFound("browser", browser_id)
        _note(Ledger(house, house.clock.now()), user, "browser_calls_ended")


def _drop_oldest(user: User) -> None:
    kept = StaffBrowser.objects.filter(user_id=user.id).order_by("-since", "-id")
    StaffBrowser.objects.filter(id__in=list(kept.values_list("id", flat=True)[MOST:])).delete()


def _note(ledger: Ledger, user: User, action: str) -> None:
    actor = f"user:{user.id}"
    ledger.audit(user.workspace_id, actor, action, actor)
    ledger.flush()
