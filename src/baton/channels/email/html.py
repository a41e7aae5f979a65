"""A text as plain, safe HTML: paragraphs, links, and one button where it has one call to action."""

import re
from collections.abc import Sequence
from html import escape

_URL = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")
_CALL = re.compile(rf"(?P<label>[^:\n]{{1,60}}): (?P<url>{_URL.pattern})\Z")
_BREAK = re.compile(r"\n{2,}")

_BODY = (
    "margin:0;padding:24px 16px;background:#ffffff;color:#1f2328;"
    "font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif"
)
_BUTTON = (
    "display:inline-block;padding:10px 20px;border-radius:6px;background:#1f4fd8;"
    "color:#ffffff;text-decoration:none;font-weight:600"
)
_CHOICE = (
    "display:inline-block;margin:0 8px 8px 0;padding:8px 16px;border:1px solid #1f4fd8;"
    "border-radius:6px;color:#1f4fd8;text-decoration:none"
)
_FOOT = "margin:24px 0 0;padding:12px 0 0;border-top:1px solid #d0d7de;color:#57606a;font-size:13px"


def page(text: str, *, title: str, choices: Sequence[tuple[str, str]], foot: str) -> str:
    """Return a whole page; `choices` are labels with the address that each one opens."""
    calls = [line for line in text.splitlines() if _CALL.fullmatch(line)]
    button = calls[0] if len(calls) == 1 else ""
    paragraphs = [_paragraph(part, button) for part in _BREAK.split(text.strip("\n"))]
    offers = [
        f'<a href="{escape(url)}" style="{_CHOICE}">{escape(label)}</a>' for label, url in choices
    ]
    if offers:
        paragraphs.append(f"<p>{''.join(offers)}</p>")
    if foot:
        paragraphs.append(f'<p style="{_FOOT}">{_lines(foot.splitlines())}</p>')
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title></head>"
        f'<body style="{_BODY}"><div style="max-width:600px;margin:0 auto">'
        f"{''.join(paragraphs)}</div></body></html>"
    )


def _paragraph(part: str, button: str) -> str:
    lines = part.splitlines()
    if button not in lines or not button:
        return f"<p>{_lines(lines)}</p>"
    place = lines.index(button)
    before, after = lines[:place], lines[place + 1 :]
    return "".join(
        (
            f"<p>{_lines(before)}</p>" if before else "",
            f"<p>{_button(button)}</p>",
            f"<p>{_lines(after)}</p>" if after else "",
        )
    )


def _button(call: str) -> str:
    found = _CALL.fullmatch(call)
    if found is None:
        return escape(call)
    return f'<a href="{escape(found["url"])}" style="{_BUTTON}">{escape(found["label"])}</a>'


def _lines(lines: Sequence[str]) -> str:
    return "<br>".join(_linked(line) for line in lines)


def _linked(line: str) -> str:
    """Return a line escaped, with its web addresses as links."""
    shown, last = [], 0
    for found in _URL.finditer(line):
        url = escape(found[0])
        shown += [escape(line[last : found.start()]), f'<a href="{url}">{url}</a>']
        last = found.end()
    return "".join((*shown, escape(line[last:])))
