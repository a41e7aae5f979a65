"""Files at the console: previews in the transcript, the whole behind a logged click."""

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET

from baton.core import files
from baton.core.errors import InvalidInput
from baton.core.files import FileFault
from baton.services import house as houses
from baton.services.delivery import attachments, file_links
from baton.services.delivery.attachments import ShownFile, Upload
from baton.services.desk import file_viewing
from baton.services.house import House
from baton.store.models import User
from baton.web.access import for_staff, for_staff_kept

_KEPT = "private, max-age=3600"  # a transcript that is drawn again asks for no picture again


@require_GET
@for_staff
def file_page(
    request: HttpRequest, user: User, conversation_id: str, file_id: str
) -> HttpResponseBase:
    """Open a file, or save it with `?save`; that it was opened is logged."""
    house = houses.current()
    file = file_viewing.open_file(house, user, conversation_id, file_id, is_preview=False)
    return _answer(house, file, is_saved="save" in request.GET)


@require_GET
@for_staff_kept
def preview(
    _request: HttpRequest, user: User, conversation_id: str, file_id: str
) -> HttpResponseBase:
    """Show a picture, a video or a recording within its transcript."""
    house = houses.current()
    file = file_viewing.open_file(house, user, conversation_id, file_id, is_preview=True)
    answer = _answer(house, file, is_saved=False)
    answer.headers["Cache-Control"] = _KEPT
    return answer


def uploads_in(request: HttpRequest, user: User) -> tuple[Upload, ...]:
    """Return the files of a reply; raises InvalidInput before it reads one that is too large."""
    policy = attachments.policy_of(houses.current(), user.workspace_id)
    given = request.FILES.getlist("files")
    for one in given:
        if (one.size or 0) > policy.attachment_bytes:
            problem = files.problem_with(FileFault.SIZE, policy)
            raise InvalidInput({"files": f"{one.name}: {problem}"})
    return tuple(Upload(content=one.read(), name=one.name or "") for one in given)


def _answer(house: House, file: ShownFile, *, is_saved: bool) -> StreamingHttpResponse:
    headers = file_links.headers_of(file, is_saved=is_saved)
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return StreamingHttpResponse(file_links.parts_of(house, file), headers=headers)
