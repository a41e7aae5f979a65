"""The world of one story: a fresh workspace on a virtual clock, run by the real services.

Nothing is played past the services: a message goes through the inbox, is decided by
the worker and leaves through the outbox. Time jumps from one due moment to the next,
so that every timer fires at its own time, however long a story lets pass.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import JsonValue

from baton.channels.sandbox import settings as sandbox
from baton.channels.sandbox.settings import SandboxSettings
from baton.config import made_photos, wiring
from baton.config.clock import VirtualClock
from baton.config.stories.basics import Photo
from baton.config.stories.document import Story
from baton.config.stories.parts import Identity, Person, Says, SetThresholds
from baton.core import return_policy, text
from baton.core.consent import Purpose
from baton.core.errors import InvalidInput
from baton.core.policy import Policy
from baton.core.roles import Role
from baton.runtime.ports import Arrival
from baton.services import arrivals
from baton.services.calls import ActionPort, Performed
from baton.services.delivery import attachments, outgoing, templates
from baton.services.delivery.attachments import Upload
from baton.services.delivery.templates import Written
from baton.services.desk import agents
from baton.services.facts import (
    ArrivingFile,
    ContactIdentified,
    EventReported,
    Fact,
    MessageReceived,
)
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people import contacts, meeting
from baton.services.reading import thresholds
from baton.services.reading.thresholds import Wish
from baton.services.returns import rules
from baton.services.workspace import inboxes, library, workspaces
from baton.services.workspace.workspaces import Place, Standards, StandardsCache
from baton.services.writing import documents, yaml_edits
from baton.store.crypto import keyset_from
from baton.store.models import Address, Attachment, Contact, Inbox, User
from baton.store.models.runtime import RuntimeEffect, RuntimeEvent
from baton.store.queries import turns

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
_BETWEEN_WORDS = timedelta(seconds=1)
_NUMBER = "+15005550006"
"""The business's own, in the sandbox that carries a story's messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A workspace with its people, at one moment; `make` builds one."""

    house: House
    clock: VirtualClock
    run_idle: Callable[[], int]
    workspace_id: str
    inbox_ids: Mapping[str, str]
    standards: Standards
    people: dict[str, Person]
    users: dict[str, User]
    said: dict[str, list[Arrival]] = field(default_factory=dict)
    slots: dict[str, str] = field(default_factory=dict)

    @property
    def inbox_id(self) -> str:
        """The chat on the business's site."""
        return self.inbox_ids[outgoing.OWN_CHANNEL]

    @property
    def now(self) -> datetime:
        """The moment that the story has come to."""
        return self.clock.now()

    @property
    def policy(self) -> Policy:
        """The limits that the workspace lives by."""
        return self.standards.policy

    def say(self, says: Says) -> None:
        """Let a contact write, and time go on until the turn has been decided."""
        for place, words in enumerate(says.text or ("",)):
            if place:
                self._go_to(self.now + _BETWEEN_WORDS)
            self._hear(says, words, photo=None if place else says.photo)
        self.pass_time(self.policy.coalesce_window)

    def identify(self, who: str, identity: Identity) -> None:
        """Let the business's site vouch for a visitor."""
        fact = ContactIdentified(
            channel=self._channel(who),
            inbox_id=self._inbox(who),
            address=_address(who),
            external_id=identity.id,
            name=identity.name,
            membership=identity.membership,
        )
        key = f"identity:{_address(who)}:{self.house.next_id(self.now)}"
        self._append(self._arrival(who, fact, key, timedelta(0)))
        self.run_idle()

    def report(self, who: str, event: str, facts: Mapping[str, JsonValue]) -> None:
        """Let a connected system tell what happened in a contact's world."""
        fact = EventReported(
            event=event,
            facts=json.loads(json.dumps(dict(facts))),
            channel=self._channel(who),
            inbox_id=self._inbox(who),
            address=_address(who),
            name=self.people[who].name or "",
            language=self.people[who].language,
        )
        key = f"event:{_address(who)}:{self.house.next_id(self.now)}"
        self._append(self._arrival(who, fact, key, timedelta(0)))
        self.run_idle()
        self._reach_further(who)

    def known(self, who: str) -> str:
        """Return the id of the contact that somebody is, met by their address if nobody is yet."""
        contact_id = meeting.meet(
            self.house,
            self.workspace_id,
            channel=self._channel(who),
            inbox_id=self._inbox(who),
            address=_address(who),
            name=self.people[who].name or "",
            actor="system",
        )
        self._reach_further(who)
        return contact_id

    def _reach_further(self, who: str) -> None:
        """Keep the further addresses of somebody who has become known."""
        contact = self.find_contact(who)
        held = Address.objects.filter(contact_id=contact.id) if contact else Address.objects.none()
        known = set(held.values_list("channel", flat=True))
        further = [one for one in self.people[who].also if one not in known]
        if contact is None or not further:
            return
        lane = self._lane(who)
        with self.house.engine.transaction():
            ledger = Ledger(self.house, self.now)
            row = turns.list_lanes([lane])[lane].contact
            for channel in further:
                inbox_id, address = self.inbox_ids[channel], _address(who)
                contacts.add_address(
                    ledger, row, channel=channel, inbox_id=inbox_id, address=address
                )
            ledger.flush()

    def deliver_again(self, says_id: str) -> None:
        """Let the provider repeat what it has delivered before."""
        for arrival in self.said[says_id]:
            self._append(arrival)
        self.pass_time(self.policy.coalesce_window)

    def pass_time(self, span: timedelta) -> None:
        """Go on by a span, stopping wherever something is due."""
        self._go_to(self.now + span)
        self.run_idle()

    def find_contact(self, who: str) -> Contact | None:
        """Return the contact that somebody of the story has become, if they have."""
        lane = self._lane(who)
        return Contact.objects.filter(workspace_id=self.workspace_id, lane=lane).first()

    def faults(self) -> tuple[str, ...]:
        """Return why facts or sends failed: in a story, each is a mistake of the program."""
        undecided = RuntimeEvent.objects.filter(workspace_id=self.workspace_id, failures__gt=0)
        unsent = RuntimeEffect.objects.filter(
            workspace_id=self.workspace_id, state__in=["parked", "unknown"]
        )
        return tuple(
            [
                f"{kind} could not be decided: {why}"
                for kind, why in undecided.values_list("kind", "reason")
            ]
            + [
                f"{kind} could not be done: {why}"
                for kind, why in unsent.values_list("kind", "reason")
            ]
        )

    def _go_to(self, moment: datetime) -> None:
        """Do all that is due before a moment; whoever writes at that moment comes first."""
        self.run_idle()
        while (due := self.house.engine.next_due_at()) is not None and due < moment:
            stood_still = due <= self.now
            self.clock.move_to(due)
            if not self.run_idle() and stood_still:
                break  # what is due cannot be done now; `faults` tells of it
        self.clock.move_to(moment)

    def _hear(self, says: Says, words: str, *, photo: Photo | None = None) -> None:
        person, files = self.people[says.who], self._photos(says.who, photo)
        words = attachments.words_of(text.clean(words), files)
        if problem := text.problem_with(words):
            raise InvalidInput({"text": problem})
        fact = MessageReceived(
            channel=self._channel(says.who),
            inbox_id=self._inbox(says.who),
            address=_address(says.who),
            text=words,
            name=person.name or "",
            files=files,
        )
        client_id = self.house.next_id(self.now)
        key = f"chat:{_address(says.who)}:{client_id}"
        arrival = self._arrival(says.who, fact, key, self.policy.coalesce_window)
        self._append(arrival)
        if says.id:
            self.said.setdefault(says.id, []).append(arrival)

    def _photos(self, who: str, photo: Photo | None) -> tuple[ArrivingFile, ...]:
        """Keep the photos that come with a message, each of other things than any before."""
        if photo is None:
            return ()
        before = Attachment.objects.filter(workspace_id=self.workspace_id).count()
        drawn = (
            [made_photos.draw_tiny()]
            if photo == "tiny"
            else [made_photos.draw(before + place) for place in range(int(photo))]
        )
        lane = self._lane(who)
        uploads = [Upload(content=one, name="photo.jpg") for one in drawn]
        return tuple(attachments.keep(self.house, self.workspace_id, lane, one) for one in uploads)

    def _arrival(self, who: str, fact: Fact, key: str, delay: timedelta) -> Arrival:
        return arrivals.arrival_of(
            fact,
            self.house.keyset,
            workspace_id=self.workspace_id,
            lane=self._lane(who),
            dedupe_key=key,
            received_at=self.now,
            delay=delay,
        )

    def _append(self, arrival: Arrival) -> None:
        with self.house.engine.transaction():
            self.house.engine.inbox.append([arrival])

    def _lane(self, who: str) -> str:
        return arrivals.lane_of(
            self.house.keyset, self.workspace_id, self._channel(who), _address(who)
        )

    def _channel(self, who: str) -> str:
        return self.people[who].contact or outgoing.OWN_CHANNEL

    def _inbox(self, who: str) -> str:
        return self.inbox_ids[self._channel(who)]

    def conversation_of(self, who: str) -> str:
        """Return a contact's newest conversation; raises InvalidInput without one."""
        contact = self.find_contact(who)
        if contact is None or contact.conversation_id is None:
            raise InvalidInput({"on": f"{who} has no conversation yet"})
        return contact.conversation_id


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


def _address(who: str) -> str:
    return f"visitor-{who}"


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
