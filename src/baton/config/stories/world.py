"""The world of one story: a fresh workspace on a virtual clock, run by the real services.

Nothing is played past the services: a message goes through the inbox, is decided by
the worker and leaves through the outbox. Time jumps from one due moment to the next,
so that every timer fires at its own time, however long a story lets pass.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import JsonValue

from baton.config import made_photos
from baton.config.clock import VirtualClock
from baton.config.stories.basics import Photo
from baton.config.stories.parts import Identity, Person, Says
from baton.core import text
from baton.core.errors import InvalidInput
from baton.core.policy import Policy
from baton.runtime.ports import Arrival
from baton.services import arrivals
from baton.services.delivery import attachments, outgoing
from baton.services.delivery.attachments import Upload
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
from baton.services.workspace.standards import Standards
from baton.store.models import Address, Attachment, Contact, User
from baton.store.models.runtime import RuntimeEffect, RuntimeEvent
from baton.store.queries import turns

_BETWEEN_WORDS = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A workspace with its people, at one moment; `founding.make` builds one."""

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


def _address(who: str) -> str:
    return f"visitor-{who}"
