"""Files that contacts open by a signed link: shown where that is safe, saved otherwise."""

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from baton.ingress.gatehouse import Gatehouse, gatehouse_of
from baton.ingress.refusal import Refusal
from baton.services.delivery import attachments, file_links
from baton.services.delivery.attachments import ShownFile
from baton.services.delivery.file_links import Ended

_HEADERS = {
    "Cache-Control": "private, max-age=3600",
    "Cross-Origin-Resource-Policy": "cross-origin",  # the widget shows it on the business's site
    "X-Robots-Tag": "noindex",
}


async def serve_file(request: Request) -> Response:
    """Return the file behind a link; refuses with 404, and with 410 when the link has ended."""
    gatehouse = gatehouse_of(request)
    house = gatehouse.house
    found = await gatehouse.threads.run(
        file_links.find_linked, house, request.path_params["token"], house.clock.now()
    )
    if isinstance(found, Ended):
        raise Refusal(410, "file_gone", "This file is no longer here. Ask for it once more.")
    if found is None:
        raise Refusal(404, "unknown_file", "There is no such file.")
    headers = _HEADERS | file_links.headers_of(found, is_saved=False)
    return StreamingResponse(_parts(gatehouse, found), headers=headers)


async def _parts(gatehouse: Gatehouse, file: ShownFile) -> AsyncIterator[bytes]:
    """Read a part when the one before has gone: a slow reader holds one part, not a file."""
    for number in range(file_links.count_parts(file)):
        yield await gatehouse.threads.run(attachments.read_part, gatehouse.house, file.id, number)
