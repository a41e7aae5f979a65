"""Builds the world of one story: its workspace, its people, what it connects and begins with."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Final

from pydantic import JsonValue

from baton.channels.sandbox import settings as sandbox
from baton.channels.sandbox.settings import SandboxSettings
from baton.config import wiring
from baton.config.clock import VirtualClock
from baton.config.stories.document import Story
from baton.config.stories.parts import Person, SetThresholds
from baton.config.stories.world import World
from baton.core import return_policy
from baton.core.consent import Purpose
from baton.core.roles import Role
from baton.services.calls import ActionPort, Performed
from baton.services.delivery import outgoing, templates
from baton.services.delivery.templates import Written
from baton.services.desk import agents
from baton.services.house import House
from baton.services.reading import thresholds
from baton.services.reading.thresholds import Wish
from baton.services.returns import rules
from baton.services.workspace import inboxes, library, workspaces
from baton.services.workspace.standards import StandardsCache
from baton.services.workspace.workspaces import Place
from baton.services.writing import documents, yaml_edits
from baton.store.crypto import keyset_from
from baton.store.models import Inbox, User

PLACE: Final = Place(
    name="Riverside",
    address="12 Mill Lane, Riverside",
    phone="555-0123",
    map_url="https://maps.example.org/riverside",
    timezone="Europe/London",
    week={day: [["06:00", "21:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
)
"""Where every story takes place: open Monday to Friday from 6 to 21 o'clock (FQ16)."""

_BUSINESS = "FitLocal"
_NUMBER = "+15005550006"
"""The business's own, in the sandbox that carries a story's messages."""


def make(story: Story) -> World:
    """Build a story's world in Django's current database."""
    clock = VirtualClock(story.starts.astimezone(UTC))
    house = wiring.build_house(keyset_from(story.story.encode()), clock, seed=0)
    workspace = workspaces.create(
        house,
        name=_BUSINESS,
        pack_name=story.pack,
        place=PLACE,
        policy=dict(story.policy),
        is_supervised=story.supervised,
    )
    for name in story.flows:
        _start_from(house, workspace.id, name, story.switched_on.get(name, ()))
    for name, written in story.own_flows.items():
        document = {**json.loads(json.dumps(written)), "flow": name}
        workspaces.publish(
            house, workspace.id, name, document, now=house.clock.now(), reason="written for a story"
        )
    users = {
        name: _hire(house, workspace.id, name, person, person.user)
        for name, person in story.people.items()
        if person.user is not None
    }
    if story.return_rules:
        policy = return_policy.parse_policy(json.loads(json.dumps(story.return_rules)))
        rules.publish(house, workspace.id, policy, over=0, by="system", reason="as it begins")
    if story.thresholds:
        _set_thresholds(house, workspace.id, story.thresholds)
    inbox_ids = _inboxes(house, workspace.id, story)
    # A story over several channels is on WhatsApp one of the times.
    needed = story.templates if "whatsapp" in inbox_ids or not story.over else {}
    for name, body in needed.items():
        _approve(house, workspace.id, name, body)
    return World(
        house=house,
        clock=clock,
        run_idle=wiring.crew_of(house, owner="story", actions=_actions(story)).loop.run_idle,
        workspace_id=workspace.id,
        inbox_ids=inbox_ids,
        standards=StandardsCache(house).standards_of(workspace.id),
        people=story.people,
        users=users,
    )


def _actions(story: Story) -> dict[str, ActionPort]:
    """Return connected systems that answer as the story says, at once."""

    def answering(result: Mapping[str, JsonValue]) -> ActionPort:
        return lambda _call: Performed(result=json.loads(json.dumps(dict(result))))

    return {name: answering(result) for name, result in story.actions.items()}


def _inboxes(house: House, workspace_id: str, story: Story) -> dict[str, str]:
    """Open an inbox of the sandbox for each channel that somebody of the story writes on."""
    own = Inbox.objects.get(workspace_id=workspace_id, channel=outgoing.OWN_CHANNEL)
    opened = {outgoing.OWN_CHANNEL: own.id}
    for channel in sandbox.CHANNELS:
        if any(channel in (one.contact, *one.also) for one in story.people.values()):
            settings = SandboxSettings(channel=channel, sender=_NUMBER)
            wanted = inboxes.Wanted(name=channel, settings=settings)
            opened[channel] = inboxes.connect(house, workspace_id, wanted, actor="system").id
    return opened


def _approve(house: House, workspace_id: str, name: str, body: str) -> None:
    """Write a template and hand it in; the sandbox approves every one."""
    written = Written(name=name, language="en", purpose=Purpose.SERVICE, body=body)
    row = templates.save(house, workspace_id, written, by="system")
    templates.submit(house, workspace_id, row.id, by="system")


def _hire(house: House, workspace_id: str, key: str, person: Person, role: Role) -> User:
    user = workspaces.create_user(
        house,
        workspace_id,
        email=f"{key}@example.org",
        name=person.name or key.title(),
        role=role,
        password=None,
        skills=person.skills,
    )
    if not person.available:
        agents.set_availability(house, user, is_available=False)
    return user


def _set_thresholds(house: House, workspace_id: str, wanted: tuple[SetThresholds, ...]) -> None:
    """Let somebody who may change settings set the story's thresholds."""
    lead = workspaces.create_user(
        house, workspace_id, email="lead@example.org", name="Lead", role=Role.OPERATIONS,
        password=None,
    )  # fmt: skip
    for one in wanted:
        newest = thresholds.newest(lead, one.scope, one.name)
        wish = Wish(
            scope=one.scope,
            name=one.name,
            wanted=one.value,
            reason="as the story begins",
            review_on=thresholds.default_review(house.clock.now()),
            seen=newest.version if newest else 0,
        )
        thresholds.change(house, lead, wish)


def _start_from(house: House, workspace_id: str, name: str, switched_on: Sequence[str]) -> None:
    """Start from a template, with some of the messages that come switched off."""
    now = house.clock.now()
    if not switched_on:
        workspaces.start_from(house, workspace_id, name, now=now)
        return
    source = library.load_template(name).source
    for step in switched_on:
        source = yaml_edits.with_value(source, ("steps", step, "muted"), value=False)
    document = documents.read(source, file=name).value
    workspaces.publish(
        house, workspace_id, name, document, now=now, reason="switched on", source=source
    )
