"""Consents from a file: what another system kept, with its provenance; nothing is sent (P15).

A line is a word that somebody said elsewhere: on which address, for what, where and when.
It is kept as it was said, so a withdrawal of since then still counts, and STOP is lifted by
nobody's file. A file may be imported again: what is kept already is passed over.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import partial
from zoneinfo import ZoneInfo

from baton.channels.email import addresses
from baton.channels.sms import numbers
from baton.core import language, privacy
from baton.core.errors import InvalidInput
from baton.core.json import Json
from baton.core.language import Teller
from baton.core.roles import Action
from baton.services import arrivals, inbox
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people import consents, contacts, languages
from baton.services.people.consents import Said
from baton.store.models import Consent, Inbox, User
from baton.store.queries import people, turns, ways
from baton.store.rows import ContactRow

REQUIRED = ("channel", "address", "purpose", "status", "source", "at")
OPTIONAL = ("wording", "evidence", "name", "language")
MAX_BYTES = 5_000_000
MAX_LINES = 20_000
MAX_PROBLEMS = 200
"""So many are told one by one; more are counted."""

_GIVEN = frozenset({"yes", "true", "1", "given", "granted", "subscribed", "opted in"})
_TAKEN = frozenset({"no", "false", "0", "withdrawn", "revoked", "unsubscribed", "opted out"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What keeps a line of a file from being taken; lines are counted from the heading on."""

    line: int
    column: str
    message: str


@dataclass(slots=True, kw_only=True)
class Report:
    """What came of a file; with `is_dry` it is what would come of it."""

    is_dry: bool
    lines: int = 0
    added: int = 0
    known: int = 0
    newcomers: int = 0
    refused: int = 0
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, line: int, fields: Mapping[str, str]) -> None:
        """Count a line that is not taken, and tell why while there is room."""
        self.refused += 1
        for column, message in fields.items():
            if len(self.problems) < MAX_PROBLEMS:
                self.problems.append(Problem(line=line, column=column, message=message))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One line, read: whose word, and what they said."""

    number: int
    channel: str
    inbox_id: str
    address: str
    name: str
    language: str
    said: Said


def import_as(house: House, user: User, content: bytes, *, is_dry: bool) -> Report:
    """Import a file for a person; see `import_file`. Raises Forbidden for a role."""
    inbox.require(user, Action.CONFIGURE)
    return import_file(house, user.workspace_id, content, actor=f"user:{user.id}", is_dry=is_dry)


def import_file(
    house: House, workspace_id: str, content: bytes, *, actor: str, is_dry: bool
) -> Report:
    """Keep every line that can be taken, or only tell what would be kept.

    Raises InvalidInput for what is no such file at all.
    """
    report, reader = Report(is_dry=is_dry), _Reader(house, workspace_id)
    taken: set[tuple[str, Said]] = set()
    for number, row in rows_of(content):
        report.lines += 1
        try:
            line = reader.read(number, row)
        except InvalidInput as refusal:
            report.refuse(number, refusal.fields)
            continue
        mark = (arrivals.lane_of(house.keyset, workspace_id, line.channel, line.address), line.said)
        if mark in taken:
            report.known += 1
            continue
        taken.add(mark)
        _take(house, workspace_id, line, report, actor=actor)
    if report.added and not is_dry:
        _note(house, workspace_id, report, actor)
    return report


def rows_of(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the lines of a file with their numbers; raises InvalidInput for what is none."""
    if len(content) > MAX_BYTES:
        raise _no_file(f"It has more than {MAX_BYTES // 1_000_000} MB. Split it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_file("It is not in UTF-8. Save it as “CSV UTF-8”.") from error
    first = text.partition("\n")[0]
    dialect = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=dialect, strict=True)
    try:
        heading = [name.strip().casefold() for name in next(reader, [])]
        _check(heading)
        for count, cells in enumerate(reader, start=1):
            if count > MAX_LINES:
                raise _no_file(f"It has more than {MAX_LINES:,} lines. Split it.")
            if any(cell.strip() for cell in cells):
                yield reader.line_num, dict(zip(heading, map(str.strip, cells), strict=False))
    except csv.Error as error:
        raise _no_file(f"Line {reader.line_num} cannot be read as CSV: {error}.") from error


def _check(heading: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in heading]
    unknown = [name for name in heading if name not in (*REQUIRED, *OPTIONAL)]
    if missing:
        raise _no_file(f"Its first line lacks: {', '.join(missing)}.")
    if unknown:
        raise _no_file(f"Its first line has columns that nobody knows: {', '.join(unknown)[:200]}.")


class _Reader:
    """Reads lines as this workspace understands them."""

    def __init__(self, house: House, workspace_id: str) -> None:
        self._now = house.clock.now()
        self._workspace_id = workspace_id
        self._zone = inbox.zone_of(workspace_id)
        self._inboxes: dict[str, tuple[str, str] | None] = {}

    def read(self, number: int, row: Mapping[str, str]) -> _Line:
        """Return a line's meaning; raises InvalidInput with all that is wrong in it."""
        channel, problems = row.get("channel", "").casefold(), dict[str, str]()
        known = self._inbox_of(channel)
        address = None
        if known is None:
            problems["channel"] = f"no inbox is connected for {channel[:20]!r}"
        else:
            address = _READERS[channel](row.get("address", ""), known[1])
            if address is None:
                problems["address"] = f"it is no address of {channel}"
        status = row.get("status", "").casefold().replace("-", " ")
        if status not in _GIVEN | _TAKEN:
            problems["status"] = "write yes or no"
        at = moment_of(row.get("at", ""), self._zone)
        if at is None:
            problems["at"] = "write when they said so, as 2026-03-02 or 2026-03-02T10:00:00+00:00"
        elif at > self._now:
            problems["at"] = "this is still to come"
        spoken = language.parse(row["language"]) if row.get("language") else ""
        if spoken is None:
            problems["language"] = "write it as es or es-MX"
        facts: dict[str, Json] = {
            **{name: row.get(name, "") for name in ("source", "wording")},
            "evidence": row.get("evidence", "") or f"line {number} of an import",
            "purpose": row.get("purpose", "").casefold(),
            "at": at.isoformat() if at else "",
        }
        said = _said(facts, channel, problems, is_granted=status in _GIVEN, now=self._now)
        if problems or said is None or known is None or address is None:
            raise InvalidInput(problems)
        return _Line(
            number=number,
            channel=channel,
            inbox_id=known[0],
            address=address,
            name=row.get("name", "")[: contacts.MAX_NAME],
            language=spoken or "",
            said=said,
        )

    def _inbox_of(self, channel: str) -> tuple[str, str] | None:
        """Return a channel's inbox and the country of its number, None without one."""
        if channel not in self._inboxes:
            found = ways.find_inbox(self._workspace_id, channel) if channel in _READERS else None
            sender = Inbox.objects.filter(id=found).values_list("sender", flat=True).first()
            self._inboxes[channel] = (found, numbers.region_of(sender or "")) if found else None
        return self._inboxes[channel]


def moment_of(raw: str, zone: ZoneInfo) -> datetime | None:
    """Return when something was said: a moment with its offset, or a day, as it began there."""
    try:
        if len(raw) == len("2026-03-02"):
            return datetime.combine(date.fromisoformat(raw), time(), zone)
        at = datetime.fromisoformat(raw)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _said(
    facts: Mapping[str, Json],
    channel: str,
    problems: dict[str, str],
    *,
    is_granted: bool,
    now: datetime,
) -> Said | None:
    try:
        said = consents.said_of(facts, is_granted=is_granted, channel=channel, now=now)
    except InvalidInput as refusal:
        problems.update({name: why for name, why in refusal.fields.items() if name not in problems})
        return None
    if not facts["source"]:
        problems["source"] = "say where they said so"
    return said


_READERS: Mapping[str, Callable[[str, str], str | None]] = {
    "sms": numbers.parse_number,
    "voice": numbers.parse_number,
    "whatsapp": numbers.parse_number,
    "email": lambda raw, _region: addresses.parse_address(raw),
}


def _take(house: House, workspace_id: str, line: _Line, report: Report, *, actor: str) -> None:
    """Keep a line's word with its contact, who becomes known by it if need be."""
    own = arrivals.lane_of(house.keyset, workspace_id, line.channel, line.address)
    lane = people.lane_of_address(workspace_id, own) or own
    with house.engine.transaction():
        house.engine.lock_lane(workspace_id, lane)
        if (people.lane_of_address(workspace_id, own) or own) != lane:
            report.refuse(line.number, {"address": "its contact was just merged; import again"})
            return
        snapshot = turns.list_lanes([lane]).get(lane)
        contact = snapshot.contact if snapshot else None
        if contact is not None and _is_kept(house, contact, line.said):
            report.known += 1
            return
        report.added += 1
        report.newcomers += contact is None
        if report.is_dry:
            return
        ledger = Ledger(house, house.clock.now())
        contact = contact or _welcomed(ledger, workspace_id, lane, line)
        contact = contacts.named(ledger, contact, line.name)
        if line.language:
            contact = languages.take(ledger, contact, line.language, Teller.IMPORT, actor=actor)
        ledger.keep(consents.tell(ledger, contact, line.said, actor=actor))
        ledger.flush()


def _welcomed(ledger: Ledger, workspace_id: str, lane: str, line: _Line) -> ContactRow:
    contact = ContactRow(
        id=ledger.next_id(), workspace_id=workspace_id, lane=lane, created_at=ledger.now
    )
    return contacts.welcome(
        ledger, contact, channel=line.channel, inbox_id=line.inbox_id, address=line.address
    )


def _is_kept(house: House, contact: ContactRow, said: Said) -> bool:
    source = privacy.mask(said.source, partial(house.keyset.token, contact.workspace_id))
    return Consent.objects.filter(
        contact_id=contact.id,
        channel=said.channel,
        purpose=said.purpose,
        is_granted=said.is_granted,
        source=source[: consents.LONGEST["source"]],
        at=said.at,
    ).exists()


def _note(house: House, workspace_id: str, report: Report, actor: str) -> None:
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        ledger.audit(
            workspace_id,
            actor,
            "consents_imported",
            f"workspace:{workspace_id}",
            added=report.added,
            known=report.known,
            refused=report.refused,
            newcomers=report.newcomers,
        )
        ledger.ring(f"workspace:{workspace_id}")
        ledger.flush()


def _no_file(message: str) -> InvalidInput:
    return InvalidInput({"file": message})
