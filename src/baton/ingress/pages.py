"""The widget's script and the trial page: a gym's home page that embeds it by one line."""

import re
from functools import lru_cache
from html import escape
from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from baton.ingress.chat import open_entrance_in_path
from baton.ingress.gatehouse import gatehouse_of
from baton.services.workspace import inboxes

_FOR_PEOPLE = re.compile(rb"(?m)^\t*//.*\n| // .*$|^\t+")
_HERE = Path(__file__).parent
_SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
_PAGE_SECURITY = {
    **_SECURITY,
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
}
_ANYWHERE = {"Cross-Origin-Resource-Policy": "cross-origin"}
# A fixed table: no path that a stranger sends is ever opened.
_FILES = {
    "widget.js": "text/javascript",
    "widget-more.js": "text/javascript",
    "widget-push.js": "text/javascript",
    "push-worker.js": "text/javascript",
    "try.css": "text/css",
    "try.js": "text/javascript",
    "try.svg": "image/svg+xml",
}


async def serve_widget(_request: Request) -> Response:
    """Return the widget, for any site to load."""
    return _file("widget.js", _ANYWHERE)


async def serve_widget_more(_request: Request) -> Response:
    """Return what the widget loads when it is opened first."""
    # A module is loaded by the rules of other sites' content, unlike a plain script.
    return _file("widget-more.js", {**_ANYWHERE, "Access-Control-Allow-Origin": "*"})


async def serve_widget_push(_request: Request) -> Response:
    """Return what the widget loads where notifications may be permitted."""
    return _file("widget-push.js", {**_ANYWHERE, "Access-Control-Allow-Origin": "*"})


async def serve_push_worker(_request: Request) -> Response:
    """Return what shows notifications while no page is open; other sites' own worker loads it."""
    return _file("push-worker.js", _ANYWHERE)


async def serve_trial_style(_request: Request) -> Response:
    """Return the trial page's style."""
    return _file("try.css", {})


async def serve_trial_script(_request: Request) -> Response:
    """Return the trial page's script."""
    return _file("try.js", {})


async def serve_trial_icon(_request: Request) -> Response:
    """Return the trial page's icon."""
    return _file("try.svg", {})


async def serve_trial(request: Request) -> Response:
    """Return a gym's home page with the widget of this inbox on it."""
    entrance = await open_entrance_in_path(gatehouse_of(request), request)
    here = str(request.base_url).rstrip("/")
    snippet = inboxes.script_line_of(here, entrance.token)
    page = _template().substitute(
        business=escape(entrance.business), inbox=escape(entrance.token), snippet=escape(snippet)
    )
    return HTMLResponse(page, headers={**_PAGE_SECURITY, "Cache-Control": "no-store"})


def _file(name: str, headers: dict[str, str]) -> Response:
    # Five minutes: an upgrade reaches every site soon, and without anybody's help.
    kept = {"Cache-Control": "public, max-age=300"}
    return Response(
        _content(name), media_type=_FILES[name], headers={**_SECURITY, **kept, **headers}
    )


@lru_cache
def _content(name: str) -> bytes:
    """Return a file as it goes out: a script without the indentation and remarks for people."""
    content = (_HERE / "static" / name).read_bytes()
    return _FOR_PEOPLE.sub(b"", content) if name.endswith(".js") else content


@lru_cache
def _template() -> Template:
    return Template((_HERE / "templates" / "try.html").read_text(encoding="utf-8"))
