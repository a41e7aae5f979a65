"""Settings > Channels: what is connected, how it is doing, and how another number is connected."""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.db.models import Q

from baton.channels import Health
from baton.channels.wire import Wire
from baton.core import widening
from baton.core.errors import InvalidInput
from baton.core.roles import Action
from baton.services import inbox as desk
from baton.services.delivery.outgoing import OWN_CHANNEL
from baton.services.house import House
from baton.services.workspace import connections, inboxes
from baton.services.workspace.connections import ChannelSettings
from baton.services.workspace.inboxes import Wanted
from baton.store.models import Delivery, FlowVersion, Inbox, MailPlace, Message, User
from baton.store.queries import channels
from baton.store.queries.channels import Traffic

LOOKS_BACK = timedelta(days=7)
_STUCK_AFTER = timedelta(minutes=5)
_MAX_NAME = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One inbox and how it is doing.

    `problem` is why nothing comes in, in plain words. `hook_url`, and where it asks for one
    `verify_token`, are what its provider has to be told; `script_line` puts a web chat on
    a site, and is "" for any other inbox.
    """

    id: str
    name: str
    channel: str
    provider: str
    sender: str
    token: str
    hook_url: str
    verify_token: str
    script_line: str
    is_connected: bool
    traffic: Traffic
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderFate:
    """What a provider said of a message, for whoever reads the transcript.

    `cost` is in millionths of `currency`.
    """

    reason: str
    code: str
    parts: int
    cost: int
    currency: str


def list_lines(house: House, workspace_id: str) -> tuple[Line, ...]:
    """Return a workspace's inboxes, the oldest first."""
    seen = list_traffic(house, workspace_id)
    rows = Inbox.objects.filter(workspace_id=workspace_id).order_by("id")
    problems = dict(
        MailPlace.objects.filter(workspace_id=workspace_id).values_list("id", "problem")
    )
    return tuple(
        _line_of(house, row, seen.get(row.id, Traffic()), problems.get(row.id, "")) for row in rows
    )


def list_traffic(house: House, workspace_id: str) -> dict[str, Traffic]:
    """Return what went through each inbox lately; one without any is not among them."""
    now = house.clock.now()
    local = now.astimezone(desk.zone_of(workspace_id))
    today = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return channels.list_traffic(
        workspace_id, since=now - LOOKS_BACK, today=today, stuck=now - _STUCK_AFTER
    )


def list_channels(house: House, user: User) -> tuple[Line, ...]:
    """Return the inboxes for somebody who may change settings; raises Forbidden."""
    desk.require(user, Action.CONFIGURE)
    return list_lines(house, user.workspace_id)


def get_line(house: House, user: User, inbox_id: str) -> Line:
    """Return one inbox; raises Forbidden or NotFound."""
    desk.require(user, Action.CONFIGURE)
    row = inboxes.get_inbox(user.workspace_id, inbox_id)
    return _line_of(house, row, Traffic())


def find_settings(house: House, user: User, inbox_id: str) -> ChannelSettings | None:
    """Return how an inbox is connected, None when it is not; raises Forbidden or NotFound."""
    desk.require(user, Action.CONFIGURE)
    row = inboxes.get_inbox(user.workspace_id, inbox_id)
    return inboxes.settings_of(house, row) if row.settings_sealed else None


def list_unsteady(house: House, user: User, provider: str = "") -> tuple[str, ...]:
    """Return the titles of flows too fresh for the channel of a provider, "" for any other one.

    Raises Forbidden.
    """
    desk.require(user, Action.CONFIGURE)
    own = Inbox.objects.filter(workspace_id=user.workspace_id)
    working = own.filter(Q(channel=OWN_CHANNEL) | ~Q(settings_sealed=b""))
    # By version, so that the newest of each flow is the last to be noted.
    versions = FlowVersion.objects.filter(workspace_id=user.workspace_id).order_by("version")
    rows = list(versions.values_list("name", "published_at", "document__title"))
    found = widening.unsteady(
        {name: published_at for name, published_at, _ in rows},
        set(working.values_list("channel", flat=True)),
        connections.CHANNELS.get(provider, ""),
        now=house.clock.now(),
    )
    titles = {name: title for name, _, title in rows}
    return tuple(titles[name] for name in found)


def try_out(settings: ChannelSettings) -> Health:
    """Ask the provider whether the settings hold, which sends nothing.

    Raises InvalidInput that names what cannot be used.
    """
    if problems := connections.problems_with(settings):
        raise InvalidInput(problems)
    wire = Wire()
    try:
        return connections.check(settings, wire=wire)
    finally:
        wire.close()


def connect(house: House, user: User, wanted: Wanted) -> Inbox:
    """Connect a number whose settings were tried out; raises Forbidden, InvalidInput, NotFound."""
    desk.require(user, Action.CONFIGURE)
    name = wanted.name.strip()
    if not name or len(name) > _MAX_NAME:
        raise InvalidInput({"name": f"Give the inbox a name of at most {_MAX_NAME} characters."})
    if problems := connections.problems_with(wanted.settings):
        raise InvalidInput(problems)
    wanted = replace(wanted, name=name)
    return inboxes.connect(house, user.workspace_id, wanted, actor=f"user:{user.id}")


def rotate_secret(house: House, user: User, inbox_id: str) -> str:
    """Give an inbox another signing secret, and return it; raises Forbidden or NotFound."""
    desk.require(user, Action.CONFIGURE)
    return inboxes.rotate_secret(house, user.workspace_id, inbox_id, actor=f"user:{user.id}")


def rotate_keys(house: House, user: User, inbox_id: str) -> None:
    """Give a push inbox another pair of keys; raises Forbidden or NotFound."""
    desk.require(user, Action.CONFIGURE)
    inboxes.rotate_keys(house, user.workspace_id, inbox_id, actor=f"user:{user.id}")


def disconnect(house: House, user: User, inbox_id: str) -> None:
    """Forget how a number is reached; raises Forbidden or NotFound."""
    desk.require(user, Action.CONFIGURE)
    inboxes.disconnect(house, user.workspace_id, inbox_id, actor=f"user:{user.id}")


def fates_of(user: User, conversation_id: str) -> dict[str, ProviderFate]:
    """Return what providers said of a conversation's messages, by message."""
    desk.require(user, Action.READ_TRANSCRIPT)
    messages = Message.objects.filter(
        conversation_id=conversation_id, workspace_id=user.workspace_id
    )
    reasons = dict(messages.values_list("id", "delivery_reason"))
    return {
        row.id: ProviderFate(
            reason=reasons[row.id],
            code=row.code,
            parts=row.parts,
            cost=row.cost,
            currency=row.currency,
        )
        for row in Delivery.objects.filter(id__in=list(reasons))
    }


def _line_of(house: House, row: Inbox, traffic: Traffic, problem: str = "") -> Line:
    return Line(
        id=row.id,
        name=row.name,
        channel=row.channel,
        provider=row.provider,
        sender=row.sender,
        token=row.token,
        verify_token=inboxes.verify_token_of(house, row),
        hook_url=inboxes.hook_url_of(house, row),
        script_line="" if row.provider else inboxes.script_line_of(house.base_url, row.token),
        is_connected=row.channel == OWN_CHANNEL or bool(row.settings_sealed),
        traffic=traffic,
        problem=problem if row.settings_sealed else "",
    )
