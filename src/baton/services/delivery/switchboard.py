"""Finds the transport of a message: one adapter for each inbox, as its settings stand now."""

import threading

from baton.channels import ChannelPort
from baton.channels.webchat.adapter import WebChat
from baton.channels.wire import Wire
from baton.services.delivery.outgoing import OWN_CHANNEL
from baton.services.house import House
from baton.services.workspace import connections, inboxes
from baton.store.models import Inbox
from baton.store.queries import channels


class Switchboard:
    """Keeps adapters while their inbox's settings stay as they were."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._own = WebChat()
        self._wire = Wire()
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[bytes, ChannelPort]] = {}

    def find(self, channel: str, inbox_id: str) -> ChannelPort | None:
        """Return the transport of an inbox, or None when nothing is connected there."""
        if channel == OWN_CHANNEL:
            return self._own
        sealed = channels.find_settings(inbox_id, channel)
        if not sealed:
            return None
        with self._lock:
            kept = self._kept.get(inbox_id)
            if kept is None or kept[0] != sealed:
                kept = (sealed, self._connected(Inbox.objects.get(id=inbox_id)))
                self._kept[inbox_id] = kept
            return kept[1]

    def close(self) -> None:
        """Close every connection."""
        self._wire.close()

    def _connected(self, inbox: Inbox) -> ChannelPort:
        settings = inboxes.settings_of(self._house, inbox)
        hook_url = inboxes.hook_url_of(self._house, inbox)
        return connections.adapter_of(settings, hook_url=hook_url, wire=self._wire)
