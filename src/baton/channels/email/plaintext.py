"""HTML as plain text, in one pass over it: lines where blocks are, "> " where it quotes."""

import re
from html import unescape

MOST = 300_000
"""Characters of HTML that are read; what people write is in front."""

_NAME = re.compile(r"/?([a-z][a-z0-9]{0,20})")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_HIDDEN = frozenset({"head", "script", "style", "title", "template", "noscript", "svg"})
_SPACED = frozenset({"p", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = frozenset(
    {"p", "div", "br", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
     "blockquote", "pre", "section", "article", "header", "footer"}
)  # fmt: skip


def text_of(source: str) -> str:
    """Return the words of an HTML message, as its reader would see them."""
    page = _Page()
    source = source[:MOST]
    folded = source.lower()
    at, no_more_tags = 0, False
    while at < len(source):
        opens = -1 if no_more_tags else source.find("<", at)
        if opens < 0:
            page.say(source[at:])
            break
        page.say(source[at:opens])
        closes = _end_of(source, opens)
        if closes < 0:
            no_more_tags, at = True, opens
            continue
        at = page.tag(folded, opens, closes)
    return page.text


def _end_of(source: str, opens: int) -> int:
    """Return where a tag or a comment ends, -1 when it does not."""
    if source.startswith("<!--", opens):
        end = source.find("-->", opens)
        return end + 2 if end >= 0 else -1
    return source.find(">", opens)


class _Page:
    """The text so far; `depth` counts the quotations that it stands in."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._words: list[str] = []
        self._depth = 0
        self._open: set[str] = set()

    @property
    def text(self) -> str:
        self._break()
        return "\n".join(self._lines).strip("\n")

    def say(self, raw: str) -> None:
        if raw:
            self._words.append(_BLANKS.sub(" ", unescape(raw)))

    def tag(self, folded: str, opens: int, closes: int) -> int:
        """Take a tag of a page in lower case; return where reading goes on."""
        inside = folded[opens + 1 : closes]
        found = _NAME.match(inside)
        if found is None:
            return closes + 1
        name, ends = found[1], inside.startswith("/")
        if name in _HIDDEN and not ends:
            behind = -1 if name in self._open else folded.find(f"</{name}", closes)
            if behind >= 0:
                return behind
            self._open.add(name)  # it never ends: looking again would only take time
            return closes + 1
        if name in _BLOCKS or name == "li":
            self._break()
        if name == "li" and not ends:
            self._words.append("- ")
        elif name in _SPACED and self._lines and self._lines[-1] != self._mark:
            self._lines.append(self._mark)
        elif name == "blockquote":
            self._depth = max(0, self._depth + (-1 if ends else 1))
        return closes + 1

    def _break(self) -> None:
        line = "".join(self._words).strip()
        self._words = []
        if line:
            self._lines.append(f"{self._mark}{line}")

    @property
    def _mark(self) -> str:
        return "> " * min(self._depth, 5)
