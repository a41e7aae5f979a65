"""Workspaces: made from a pack, with their flows and their people."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from baton.core import hours
from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.core.pack import Pack
from baton.core.policy import Policy, with_overrides
from baton.core.roles import Role
from baton.flows import document
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import (
    articles,
    daily_check,
    inboxes,
    library,
    pack_drafts,
    packs,
    schedules,
    supervision,
)
from baton.store.models import CannedResponse, FlowVersion, Location, User, Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The first location of a new workspace."""

    name: str
    address: str
    phone: str
    map_url: str
    timezone: str
    week: dict[str, list[list[str]]]


def create(  # noqa: PLR0913 - a business is told by these
    house: House,
    *,
    name: str,
    pack_name: str,
    place: Place,
    policy: dict[str, Json] | None = None,
    is_supervised: bool = True,
    is_set_up: bool = True,
) -> Workspace:
    """Make a workspace from a pack, with its flows, canned responses and a web chat inbox.

    One that is not set up yet gets its flows as drafts. It starts supervised: nothing closes
    without a person until an operator ends that (FQ10). One whose intents were watched before,
    as in a story, may start without.

    Raises InvalidInput for hours, a zone or a policy that cannot be used.
    """
    now, pack = house.clock.now(), house.pack_of(pack_name)
    limits = with_overrides(with_overrides(Policy(), pack.policy), policy or {})
    hours.parse_hours(place.week, zone=place.timezone)
    with house.engine.transaction():
        workspace = Workspace.objects.create(
            id=house.next_id(now),
            name=name,
            pack=pack_name,
            policy=policy or {},
            created_at=now,
            is_setting_up=not is_set_up,
        )
        Location.objects.create(
            id=house.next_id(now),
            workspace_id=workspace.id,
            name=place.name,
            address=place.address,
            phone=place.phone,
            map_url=place.map_url,
            timezone=place.timezone,
            hours=place.week,
        )
        if is_set_up:
            _publish_shipped(house, workspace.id, pack, now=now)
        else:
            pack_drafts.lay_down(house, workspace.id, pack, now=now)
        for canned in pack.canned:
            CannedResponse.objects.create(
                id=house.next_id(now),
                workspace_id=workspace.id,
                short_code=canned.short_code,
                text=canned.text,
            )
        inboxes.open_web_chat(house, workspace.id, name="Website chat", now=now)
        ledger = Ledger(house, now)
        articles.adopt(ledger, workspace.id, pack)
        ledger.audit(
            workspace.id, "system", "workspace_created", f"workspace:{workspace.id}", pack=pack_name
        )
        daily_check.plan(
            ledger,
            workspace.id,
            at=limits.daily_check_at,
            zone=ZoneInfo(place.timezone),
        )
        if is_supervised:
            supervision.begin(ledger, workspace.id, actor="system")
        ledger.flush()
    return workspace


def _publish_shipped(house: House, workspace_id: str, pack: Pack, *, now: datetime) -> None:
    sources = packs.flow_texts_of(pack.name)
    for name, flow_document in pack.flows.items():
        publish(
            house,
            workspace_id,
            name,
            flow_document,
            now=now,
            reason="shipped with the pack",
            source=sources.get(f"{pack.name}/flows/{name}.yaml", ""),
        )
    for name in pack.library:
        start_from(house, workspace_id, name, now=now)


def start_from(house: House, workspace_id: str, name: str, *, now: datetime) -> None:
    """Publish a flow of the library as it stands; raises NotFound."""
    template = library.load_template(name)
    publish(
        house,
        workspace_id,
        name,
        template.written,
        now=now,
        reason="started from the library",
        source=template.source,
    )


def find_user(workspace_id: str, email: str) -> User | None:
    """Return who signs in with an address, None for nobody who is here still."""
    people = User.objects.filter(workspace_id=workspace_id, is_active=True)
    return people.filter(email__iexact=email).first()


def pack_of(workspace_id: str) -> str:
    """Return the name of a workspace's pack."""
    return Workspace.objects.values_list("pack", flat=True).get(id=workspace_id)


def create_user(  # noqa: PLR0913 - a person has these
    house: House,
    workspace_id: str,
    *,
    email: str,
    name: str,
    role: Role,
    password: str | None,
    skills: tuple[str, ...] = (),
    locations: tuple[str, ...] = (),
    by: str = "system",
) -> User:
    """Make a staff account, for some locations or for all; InvalidInput for a taken e-mail.

    Nobody can sign in to an account whose password is None.
    """
    now = house.clock.now()
    if User.objects.filter(email__iexact=email).exists():
        raise InvalidInput({"email": f"{email} has an account already"})
    with house.engine.transaction():
        user = User(
            id=house.next_id(now),
            workspace_id=workspace_id,
            email=email.lower(),
            name=name,
            role=role.value,
            skills=list(skills),
            locations=list(locations),
        )
        user.set_password(password)
        user.save()
        ledger = Ledger(house, now)
        ledger.audit(workspace_id, by, "user_created", f"user:{user.id}", role=role.value)
        ledger.flush()
    return user


def publish(  # noqa: PLR0913 - a version is told by these
    house: House,
    workspace_id: str,
    name: str,
    flow_document: Json,
    *,
    now: datetime,
    reason: str,
    source: str = "",
) -> None:
    """Publish the first version of a flow; raises InvalidInput for a faulty document.

    `source` is its YAML with the comments, where somebody wrote it as such.
    """
    flow = document.parse(flow_document)
    zone = Location.objects.filter(workspace_id=workspace_id).order_by("id").first()
    ledger = Ledger(house, now)
    schedules.plan(ledger, workspace_id, flow, ZoneInfo(zone.timezone if zone else "UTC"))
    ledger.flush()
    FlowVersion.objects.create(
        id=house.next_id(now),
        workspace_id=workspace_id,
        name=name,
        version=1,
        document=flow_document,
        source=source,
        published_at=now,
        published_by=flow.charter.owner,
        reason=reason,
    )
