"""What somebody wrote, without what their client put below it: quotations and signatures.

Rules over lines, each looking at a bounded part of a bounded number of lines: time grows
with the message alone. What no rule knows stays, so that no word of a person is lost.
"""

import re
from collections.abc import Sequence

_LINE = 400  # characters of a line that are looked at
_SPAN = 3  # lines over which clients break what stands above a quotation

_WROTE = (
    r"(?:wrote|writes|schrieb|schreibt|escribi[óo]|escreveu|a [ée]crit|ha scritto|scrisse|schreef|"
    r"skrev|kirjoitti|napisał(?:\(a\))?|napsal(?:a|\(a\))?|yazd\u0131)"
)
# "On Monday Anna wrote:", in languages with the verb at the end, or before the name.
_OPENED = re.compile(
    r"(?:on|am|el|le|il|op|em|den|dnia|w dniu|ma|il giorno)\b.{4,300}"
    rf"\b{_WROTE}(?:\b.{{0,150}})?\s*:\s*$",
    re.IGNORECASE,
)
# "Anna <anna@example.org> wrote:" and "2026-03-02 10:00, Anna wrote:".
_SIGNED = re.compile(
    r"(?:.{0,200}[<(][^<>()\s]{1,100}@[^<>()\s]{1,100}[>)]{1,2}.{0,60}"
    rf"|\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{1,4}}.{{0,200}})\b{_WROTE}\s*:\s*$",
    re.IGNORECASE,
)
_DIVIDER = re.compile(
    r"\s*(?:-{2,}|_{2,})\s*(?:original message|forwarded message|ursprüngliche nachricht|"
    r"weitergeleitete nachricht|mensaje original|mensaje reenviado|message d'origine|"
    r"message original|messaggio originale|oorspronkelijk bericht|mensagem original|"
    r"ursprungligt meddelande|oprindelig meddelelse)\b.{0,40}$",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"\*{0,2}(?:from|von|de|da|van|från|fra|od|lähettäjä)\*{0,2}\s?:\*{0,2}\s*\S", re.IGNORECASE
)
_ABOUT = re.compile(
    r"\*{0,2}(?:sent|date|subject|to|gesendet|datum|betreff|an|enviado(?: el)?|fecha|asunto|para|"
    r"envoyé|objet|à|inviato|data|oggetto|verzonden|onderwerp|aan|assunto|skickat|ämne|sendt|emne|"
    r"dato|til|wysłano|temat)\*{0,2}\s?:",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s*_{20,}\s*$")
_SIGNATURE = re.compile(r"(?:--|\u2014|\u2013)\s*$")
_DEVICE = re.compile(
    r"(?:sent from (?:my |yahoo|outlook|mail for|proton|samsung)|get outlook for|"
    r"von meine(?:m|r) .{1,40} gesendet|gesendet (?:von|mit)|enviado desde (?:mi|el)|"
    r"envoyé de(?:puis)? (?:mon|ma)|inviato da(?:l mio)?|verzonden vanaf mijn|enviado do meu|"
    r"skickat från min|sendt fra min).{0,80}$",
    re.IGNORECASE,
)
_ENDING = 4  # lines at the end among which a device's own line stands


def cut(text: str) -> str:
    """Return what is new in an answer; the whole text when nothing else would be left."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    own = _without_quotes(lines[: _end_of(lines)])
    own = _without_signature(own)
    kept = "\n".join(own).strip()
    return kept or text.strip()


def _end_of(lines: Sequence[str]) -> int:
    """Return where the quoted message begins that lies below all that is new."""
    for place, line in enumerate(lines):
        if _DIVIDER.match(line[:_LINE]) or _is_head(lines, place):
            return _above_rule(lines, place)
    return len(lines)


def _is_head(lines: Sequence[str], place: int) -> bool:
    """Return whether a quoted message's head begins: its sender, and two lines about it."""
    if not _FROM.match(lines[place][:_LINE]):
        return False
    following = [line for line in lines[place + 1 : place + 8] if line.strip()][:4]
    return sum(_ABOUT.match(line[:_LINE]) is not None for line in following) >= 2  # noqa: PLR2004


def _above_rule(lines: Sequence[str], place: int) -> int:
    while place and (not lines[place - 1].strip() or _RULE.match(lines[place - 1][:_LINE])):
        place -= 1
    return place


def _without_quotes(lines: Sequence[str]) -> list[str]:
    """Leave out quoted lines and what stands above them, also between a person's answers."""
    own: list[str] = []
    place = 0
    while place < len(lines):
        if lines[place].lstrip().startswith(">"):
            place += 1
            continue
        span = _attribution_at(lines, place)
        if span:
            place += span
            continue
        own.append(lines[place])
        place += 1
    return own


def _attribution_at(lines: Sequence[str], place: int) -> int:
    """Return over how many lines it is told who wrote the quotation below, 0 for none."""
    if _SIGNED.match(lines[place].strip()[:_LINE]) and _quotes_next(lines, place + 1):
        return 1
    said = ""
    for span, line in enumerate(lines[place : place + _SPAN], start=1):
        if not line.strip():
            return 0
        said = f"{said} {line.strip()}".strip()[:_LINE]
        if _OPENED.match(said) and _quotes_next(lines, place + span):
            return span
    return 0


def _quotes_next(lines: Sequence[str], place: int) -> bool:
    """Return whether a quotation follows at once, or nothing does."""
    following = next((line for line in lines[place : place + 4] if line.strip()), ">")
    return following.lstrip().startswith(">")


def _without_signature(lines: list[str]) -> list[str]:
    for place, line in enumerate(lines):
        if _SIGNATURE.match(line[:_LINE]) and any(one.strip() for one in lines[:place]):
            lines = lines[:place]
            break
    written = [place for place, line in enumerate(lines) if line.strip()][-_ENDING:]
    for place in written:
        if _DEVICE.match(lines[place].strip()[:_LINE]):
            return lines[:place]
    return lines
