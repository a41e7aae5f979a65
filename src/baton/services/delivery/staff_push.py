"""A call on its way to a browser of somebody of the staff, whose console is not open.

It says how much of what kind waits and nothing of a contact: a locked telephone shows it to
anybody. It calls for nothing that was seen meanwhile, nobody who is away or keeps quiet, and no
browser in which its person is not signed in any more.
"""

from datetime import timedelta

import msgspec

from baton.channels.push import posting
from baton.channels.push.keys import VapidKey
from baton.channels.push.posting import Posted
from baton.channels.push.subscriptions import Subscription
from baton.channels.wire import PublicWire
from baton.core import alerts, web_address
from baton.runtime.ports import Again, Done, Effect, Outcome
from baton.services import inbox, sign_in
from baton.services.delivery import staff_post
from baton.services.house import House
from baton.services.staff_calls import CallOrder
from baton.store.models import Notice, StaffBrowser, StaffPushKey, User

LASTS = timedelta(minutes=10)
"""How old a call may be; later its notices wait in the console."""

_PATIENCE = 20.0


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What the console's service worker shows; it reads these very names.

    Attributes:
        id: of a call; a second one with the same takes its place.
        body: what waits, a line each.
        page: where a click leads, a path of the console.
        is_silent: whether it is only shown.
    """

    id: str
    body: str
    page: str
    is_silent: bool


def perform(house: House, effect: Effect) -> Outcome:
    """Call somebody by one of their browsers; for nothing, not at all."""
    order = msgspec.json.decode(effect.body, type=CallOrder)
    browser = StaffBrowser.objects.filter(id=order.browser_id).first()
    if browser is None or house.clock.now() > effect.due_at + LASTS:
        return Done()
    user = _person_of(browser)
    if user is None:
        browser.delete()
        return Done()
    call = _call_of(house, user, effect)
    if call is None:
        return Done()
    outcome = _post(house, user, browser, call)
    if isinstance(outcome, (Done, Again)):
        return outcome
    browser.delete()  # it permits it no more: the console offers to call there anew
    return Done()


def _person_of(browser: StaffBrowser) -> User | None:
    """Return whom a browser calls, None once they have signed out or were closed."""
    signed_in = sign_in.find_signed_in(browser.session_key)
    if signed_in is None or signed_in.user_id != browser.user_id:
        return None
    return User.objects.get(id=browser.user_id)


def _call_of(house: House, user: User, effect: Effect) -> Call | None:
    chosen, zone = alerts.parse(user.alerts), inbox.zone_of(user.workspace_id)
    since = effect.due_at - alerts.CALL_GAP  # what came before was told by the call before
    waiting = [
        one
        for one in Notice.objects.filter(
            user_id=user.id, seen_at=None, at__gt=since, at__lte=effect.due_at
        ).order_by("id")
        if alerts.calls(chosen, one.kind, zone, is_here=user.is_available, now=house.clock.now())
    ]
    if not waiting:
        return None
    [about, *others] = {one.conversation_id for one in waiting}
    return Call(
        id=effect.id,
        body="\n".join(staff_post.lines_of([one.kind for one in waiting])),
        page=f"/inbox/{about}" if about and not others else "/notices",
        is_silent=not chosen.has_sound,
    )


def _post(house: House, user: User, browser: StaffBrowser, call: Call) -> Outcome:
    pair = StaffPushKey.objects.get(workspace_id=browser.workspace_id)
    place = f"staff_push_key:{browser.workspace_id}"
    key = msgspec.json.decode(house.keyset.unseal_bytes(pair.pair_sealed, place), type=VapidKey)
    permission = msgspec.json.decode(
        house.keyset.unseal_bytes(browser.permission_sealed, f"staff_browser:{browser.id}"),
        type=Subscription,
    )
    is_public = house.base_url.startswith("https://")
    allows_loopback = web_address.is_here(house.base_url)
    wire = PublicWire(patience=_PATIENCE, allows_loopback=allows_loopback)
    posted = Posted(
        id=call.id,
        content=msgspec.json.encode(call),
        subject=house.base_url if is_public else f"mailto:{user.email}",
        lasts=LASTS,
        urgency="high",
    )
    try:
        return posting.post(wire, posted, permission, key)
    finally:
        wire.close()
