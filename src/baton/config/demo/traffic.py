"""A day's live traffic for the demo: people write while one watches, and one can answer them."""

import random
import threading

from baton.config.demo import script
from baton.config.demo.script import DemoScript, Talk
from baton.services import arrivals
from baton.services.delivery import outgoing
from baton.services.facts import MessageReceived
from baton.services.house import House
from baton.store.models import Conversation, Inbox, Workspace

_SHORTEST_PAUSE, _LONGEST_PAUSE = 8, 35  # seconds between two people
_TYPING = (4, 12)  # seconds that one takes for the next line
_MANY_WAITING = 12  # people stop adding to a queue that nobody works on


def start(house: House, stop: threading.Event) -> threading.Thread | None:
    """Play traffic until `stop` is set; None when there is no demo workspace."""
    demos = {told.business: told for told in map(script.load, script.list_packs())}
    workspace = Workspace.objects.filter(name__in=demos).order_by("created_at").first()
    inbox = workspace and _entrance_of(workspace.id)
    if not workspace or not inbox:
        return None
    told = demos[workspace.name]
    crowd = _Crowd(house, told, inbox, stop)
    thread = threading.Thread(target=crowd.come_and_go, name="demo-traffic", daemon=True)
    thread.start()
    return thread


def _entrance_of(workspace_id: str) -> Inbox | None:
    inboxes = Inbox.objects.filter(workspace_id=workspace_id, channel=outgoing.OWN_CHANNEL)
    return inboxes.order_by("id").first()


class _Crowd:
    """Contacts who come one after the other."""

    def __init__(self, house: House, told: DemoScript, inbox: Inbox, stop: threading.Event) -> None:
        self._house = house
        self._told = told
        self._inbox = inbox
        self._stop = stop
        self._random = random.Random(house.clock.now().isoformat())  # noqa: S311 - play, no secret

    def come_and_go(self) -> None:
        """Let people come until the server stops."""
        while not self._stop.wait(self._random.uniform(_SHORTEST_PAUSE, _LONGEST_PAUSE)):
            talk = self._told.any_talk(self._random)
            if talk.ends and self._is_crowded():
                continue
            self._talk(talk)
        self._house.engine.close()

    def _talk(self, talk: Talk) -> None:
        address = self._house.next_id(self._house.clock.now())
        name = self._random.choice(self._told.names)
        for place, text in enumerate(talk.says):
            if place and self._stop.wait(self._random.uniform(*_TYPING)):
                return
            self._write(address, name, place, text)

    def _write(self, address: str, name: str, place: int, text: str) -> None:
        keyset, workspace_id = self._house.keyset, self._inbox.workspace_id
        arrival = arrivals.arrival_of(
            MessageReceived(
                channel="webchat", inbox_id=self._inbox.id, address=address, text=text, name=name
            ),
            keyset,
            workspace_id=workspace_id,
            lane=arrivals.lane_of(keyset, workspace_id, "webchat", address),
            dedupe_key=f"demo:{address}:{place}",
            received_at=self._house.clock.now(),
        )
        with self._house.engine.transaction():
            self._house.engine.inbox.append([arrival])

    def _is_crowded(self) -> bool:
        waiting = Conversation.objects.filter(
            workspace_id=self._inbox.workspace_id, status="open", handled_by__in=["queue", "async"]
        )
        return waiting.count() >= _MANY_WAITING
