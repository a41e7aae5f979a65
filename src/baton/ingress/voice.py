"""Twilio's webhooks for calls: how a call ended, and whoever asks for a person by a key.

Signed as those for SMS, stored once, answered with what the call does next.
"""

from starlette.requests import Request
from starlette.responses import Response

from baton.channels import ArrivingMessage
from baton.channels.sms import twilio_hooks
from baton.channels.voice import hooks, speech
from baton.channels.voice.hooks import Pressed
from baton.channels.voice.settings import TWILIO_VOICE, TwilioVoiceSettings
from baton.core.keywords import Keyword
from baton.ingress.gatehouse import Gatehouse, gatehouse_of
from baton.ingress.provider_calls import believed, store
from baton.ingress.wire import read_body
from baton.services.doors.provider_hooks import ProviderEntrance
from baton.services.workspace import connections, inboxes


async def take_call(request: Request) -> Response:
    """Store what Twilio tells of a call; a false signature is refused with 403."""
    gatehouse = gatehouse_of(request)
    entrance = await gatehouse.provider_entrance(
        connections.VOICE, TWILIO_VOICE, request.path_params["inbox_token"]
    )
    body = await read_body(request)
    query = request.url.query
    url = f"{entrance.hook_url}?{query}" if query else entrance.hook_url
    signature = request.headers.get(twilio_hooks.HEADER, "")
    fields = believed(
        entrance,
        lambda proof: twilio_hooks.verified(body, url=url, signature=signature, auth_token=proof),
    )
    told = hooks.read(fields, url=url)
    if isinstance(told, Pressed):
        return await _lead_on(gatehouse, entrance, told)
    await store(gatehouse, entrance, [told] if told else [])
    return _spoken(twilio_hooks.EMPTY_TWIML)


async def _lead_on(gatehouse: Gatehouse, entrance: ProviderEntrance, told: Pressed) -> Response:
    """Put a caller through to a person; where nobody can be, let somebody call them back."""
    house = gatehouse.house
    inbox = await gatehouse.threads.run(inboxes.get_inbox, entrance.workspace_id, entrance.inbox_id)
    settings = await gatehouse.threads.run(inboxes.settings_of, house, inbox)
    # It stands in the inbox in either case: who was put through has asked for a person.
    asked = ArrivingMessage(
        receipt=f"{told.call}:1", sender=told.number, text=Keyword.AGENT.value.upper()
    )
    await store(gatehouse, entrance, [asked])
    reach = settings.reach if isinstance(settings, TwilioVoiceSettings) else ""
    if reach:
        return _spoken(speech.put_through(reach, caller=inbox.sender).encode())
    return _spoken(speech.call_back(told.language).encode())


def _spoken(content: bytes) -> Response:
    return Response(content, media_type="text/xml")
