"""A page's forms as a browser fills them in and sends them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from typing_extensions import override

Posted = dict[str, list[str]]


@dataclass(slots=True)
class _Form:
    posted: Posted = field(default_factory=dict)

    def add(self, name: str, value: str) -> None:
        self.posted.setdefault(name, []).append(value)


class _Reader(HTMLParser):
    """Collects what each form would send as it stands; buttons are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, Posted] = {}
        self._form: _Form | None = None
        self._select = ""
        self._chosen: str | None = None
        self._text: tuple[str, list[str]] | None = None

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = _Form()
            self.forms[given.get("id") or given.get("action", "")] = self._form.posted
        elif self._form is None:
            return
        elif tag == "input":
            self._input(given)
        elif tag == "select":
            self._select, self._chosen = given["name"], None
        elif tag == "option" and self._select:
            if self._chosen is None or "selected" in given:
                self._chosen = given["value"]
        elif tag == "textarea":
            self._text = (given["name"], [])

    @override
    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text[1].append(data)

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select" and self._form is not None:
            self._form.add(self._select, self._chosen or "")
            self._select = ""
        elif tag == "textarea" and self._text is not None and self._form is not None:
            name, parts = self._text
            # A browser drops one line break at the start and sends each as CR LF.
            self._form.add(name, "".join(parts).removeprefix("\n").replace("\n", "\r\n"))
            self._text = None

    def _input(self, given: dict[str, str]) -> None:
        assert self._form is not None
        is_box = given.get("type") in {"checkbox", "radio"}
        if "name" in given and (not is_box or "checked" in given):
            self._form.add(given["name"], given.get("value", "on" if is_box else ""))


def forms_of(page: str) -> dict[str, Posted]:
    """Return what each form of a page would send, by the form's id or address."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms
