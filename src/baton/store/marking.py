"""What the database itself notes when a row changes that a number may count.

What dashboards count where it stands is kept in columns too (`reports.frames`). Whoever writes a
row, by whatever way, need not know: a trigger beside the row notes in the same transaction which
rows of which grain have to be read again. A note is added and never changed, so that two who
write wait for nobody.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from baton.store import sql

GRAINS: Mapping[str, tuple[str, str]] = {
    "booking": ("store_booking", "starts_at"),
    "slot": ("store_slot", "starts_at"),
    "invoice": ("store_invoice", "due_at"),
    "member": ("store_membership", "joined_at"),
    "survey": ("store_surveyresponse", "asked_at"),
    "return": ("store_return", "asked_at"),
    "link": ("store_shortlink", "created_at"),
    "outreach": ("store_message", "created_at"),
    "run": ("store_run", "started_at"),
    "round": ("store_exposure", "at"),
}
"""Of each grain that stands: its table, and the moment that places a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Touch:
    """Rows `g` of a grain that a row `{r}` of some table has to do with, and whether it does."""

    grain: str
    whose: str
    when: str = ""


_CONTACTS = "g.contact_id = {r}.contact_id"
_OF_TALK = "g.contact_id = (SELECT contact_id FROM store_conversation WHERE id = {r}.{c})"
_IS_BEGUN = "{r}.is_unprompted"

_OF: Mapping[str, tuple[str, Sequence[_Touch]]] = {
    # table: the columns that count, and what they have to do with
    "store_booking": (
        (
            "contact_id starts_at state changed_at made_at places slot_id rating price_minor entry"
            " activity_id made_by"
        ),
        (
            _Touch(
                grain="booking",
                whose=f"{_CONTACTS} AND g.starts_at <= {{r}}.made_at"
                " AND {week_on} >= {r}.made_at AND g.id <> {r}.id",
            ),
            _Touch(grain="slot", whose="g.id = {r}.slot_id"),
            _Touch(grain="member", whose=f"{_CONTACTS} AND g.joined_at <= {{r}}.made_at"),
            _Touch(grain="round", whose=f"{_CONTACTS} AND g.at <= {{r}}.made_at"),
        ),
    ),
    "store_bookingchange": (
        "booking_id state",
        (_Touch(grain="booking", whose="g.id = {r}.booking_id", when="{r}.state = 'confirmed'"),),
    ),
    "store_episode": (
        "conversation_id ended_by ended_at",
        (
            _Touch(
                grain="booking",
                whose=f"{_OF_TALK.replace('{c}', 'conversation_id')}"
                " AND g.made_at >= {r}.ended_at",
                when="{r}.ended_by = 'bot'",
            ),
        ),
    ),
    "store_slot": (
        "location_id starts_at ends_at capacity taken_there cancelled_at activity_id",
        (_Touch(grain="booking", whose="g.slot_id = {r}.id"),),
    ),
    "store_invoice": ("state amount_minor due_at ended_at cause issued_at", ()),
    "store_membership": (
        "contact_id state plan joined_at ends_on value_event valued_at",
        (_Touch(grain="survey", whose=_CONTACTS),),
    ),
    "store_checkin": (
        "contact_id at",
        (
            _Touch(grain="member", whose=f"{_CONTACTS} AND g.joined_at <= {{r}}.at"),
            _Touch(grain="round", whose=f"{_CONTACTS} AND g.at <= {{r}}.at"),
        ),
    ),
    "store_surveyresponse": (
        "contact_id conversation_id asked_at answered_at rating score kind flow follows_id",
        (
            _Touch(grain="survey", whose="g.id = {r}.follows_id"),
            _Touch(
                grain="survey",
                whose=f"{_CONTACTS} AND g.asked_at <= {{r}}.asked_at",
                when="{r}.kind = 'csat' AND {r}.contact_id <> ''",
            ),
        ),
    ),
    "store_task": ("contact_id outcome done_at", (_Touch(grain="survey", whose=_CONTACTS),)),
    "store_return": (
        (
            "state outcome decided_at decided_by refund_minor is_unattended refunded_at audit"
            " order_id reason source asked_at"
        ),
        (),
    ),
    "store_order": (
        "system_id",
        (_Touch(grain="return", whose="g.order_id = {r}.id"),),
    ),
    "store_shortlink": ("clicks first_opened_at message_id created_at", ()),
    "store_message": (
        "contact_id delivery is_unprompted channel flow purpose created_at",
        (
            _Touch(grain="link", whose="g.message_id = {r}.id"),
            _Touch(
                grain="member",
                whose=f"{_CONTACTS} AND g.joined_at <= {{r}}.created_at",
                when=_IS_BEGUN,
            ),
            _Touch(
                grain="round", whose=f"{_CONTACTS} AND g.at <= {{r}}.created_at", when=_IS_BEGUN
            ),
        ),
    ),
    "store_consent": (
        "contact_id is_granted at",
        (
            _Touch(
                grain="outreach",
                whose=f"{_CONTACTS} AND g.is_unprompted AND g.created_at <= {{r}}.at"
                " AND {soon} >= {r}.at",
                when="NOT {r}.is_granted",
            ),
        ),
    ),
    "store_run": ("flow version step status started_at is_shadow updated_at", ()),
    "store_exposure": ("flow version split variant at contact_id", ()),
    "store_offermade": (
        "contact_id at cost_minor worth_minor",
        (
            _Touch(grain="member", whose=f"{_CONTACTS} AND g.joined_at <= {{r}}.at"),
            _Touch(grain="round", whose=f"{_CONTACTS} AND g.at <= {{r}}.at"),
        ),
    ),
    "store_conversation": (
        "contact_id channel opened_by first_message_at",
        (
            _Touch(grain="member", whose=_CONTACTS),
            _Touch(grain="survey", whose="g.conversation_id = {r}.id"),
            _Touch(grain="booking", whose=f"{_CONTACTS} AND g.made_at >= {{r}}.first_message_at"),
            _Touch(grain="round", whose=_CONTACTS),
        ),
    ),
    "store_handoff": (
        "conversation_id offered_at",
        tuple(
            _Touch(grain=grain, whose=_OF_TALK.replace("{c}", "conversation_id"))
            for grain in ("member", "round")
        ),
    ),
}

_OWN_WHEN = {
    "outreach": _IS_BEGUN,
    "survey": "{r}.kind <> 'csat' AND {r}.follows_id IS NULL",
    "run": "NOT {r}.is_shadow",
    "round": "{r}.flow = 'winback'",
}
_ROUNDS_ONLY = "g.flow = 'winback'"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dialect:
    day: str  # of a moment, by the UTC clock
    week_on: str
    soon: str
    differs: str


_DIALECTS = {
    "sqlite": _Dialect(
        day="substr({at}, 1, 10)",
        week_on="strftime('%%Y-%%m-%%d %%H:%%M:%%f', g.starts_at, '+7 days', '+1 seconds')",
        soon="strftime('%%Y-%%m-%%d %%H:%%M:%%f', g.created_at, '+72 hours', '+1 seconds')",
        differs="IS NOT",
    ),
    "postgresql": _Dialect(
        day="({at} AT TIME ZONE 'UTC')::date",
        week_on="g.starts_at + interval '7 days 1 second'",
        soon="g.created_at + interval '72 hours 1 second'",
        differs="IS DISTINCT FROM",
    ),
}
_THERE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": (
        "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE relnamespace = current_schema()::regnamespace AND tgenabled <> 'D'"
    ),
}
_ROWS = {"INSERT": ("NEW",), "DELETE": ("OLD",), "UPDATE": ("OLD", "NEW")}
_FUNCTION = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
{body}
RETURN NULL;
END $$"""


def install() -> None:
    """Put the triggers beside their tables, in place of those that may be there.

    Done after every migration: SQLite loses them with a table that is made anew.
    """
    for statement in _statements(connection.vendor):
        sql.execute(statement)


def remove() -> None:
    """Take the triggers away, for who fills tables and notes whole days afterwards."""
    for table in _OF:
        for deed in _ROWS:
            sql.execute(_dropped(connection.vendor, table, deed))


def missing() -> frozenset[str]:
    """Return the names of the triggers that should be there and are not."""
    return frozenset(_wanted(connection.vendor)) - {
        name for (name,) in sql.select(_THERE[connection.vendor])
    }


def note_all(workspace_id: str | None = None) -> None:
    """Note all days that have rows, of one workspace or of all: each is read as a whole."""
    dialect = _DIALECTS[connection.vendor]
    among = "" if workspace_id is None else "WHERE g.workspace_id = %s"
    for grain, (table, at) in GRAINS.items():
        day = dialect.day.format(at=f"g.{at}")
        sql.execute(
            "INSERT INTO store_evidencemark (workspace_id, grain, row_id, day)"
            f" SELECT DISTINCT g.workspace_id, '{grain}', '', {day} FROM {table} g {among}",
            [] if workspace_id is None else [workspace_id],
        )


def _wanted(vendor: str) -> Iterator[str]:
    return (_name(table, deed) for table in _OF for deed in _ROWS if _body(vendor, table, deed))


def _body(vendor: str, table: str, deed: str) -> str:
    dialect, rows = _DIALECTS[vendor], _ROWS[deed]
    return "\n".join([*_own(dialect, table, rows), *_joined(dialect, table, rows)])


def _statements(vendor: str) -> Iterator[str]:
    dialect = _DIALECTS[vendor]
    for table, (watched, _) in _OF.items():
        for deed in _ROWS:
            yield _dropped(vendor, table, deed)
            body = _body(vendor, table, deed)
            if not body:
                continue
            name = _name(table, deed)
            when = ""
            if deed == "UPDATE":
                differs = (f"OLD.{c} {dialect.differs} NEW.{c}" for c in watched.split())
                when = f"WHEN ({' OR '.join(differs)})"
            head = f"CREATE TRIGGER {name} AFTER {deed} ON {table} FOR EACH ROW {when}"
            if vendor == "sqlite":
                yield f"{head} BEGIN\n{body}\nEND"
            else:
                yield _FUNCTION.format(name=name, body=body)
                yield f"{head} EXECUTE FUNCTION {name}()"


def _own(dialect: _Dialect, table: str, rows: Sequence[str]) -> Iterator[str]:
    """Return what is noted of the row itself: once, unless the change moves it to another day."""
    now = rows[-1]
    for grain, (of, at) in GRAINS.items():
        if of != table:
            continue
        # A row that is counted no longer is read again too: the day then loses it.
        counts = " OR ".join(_OWN_WHEN[grain].format(r=r) for r in rows if grain in _OWN_WHEN)
        for r in rows:
            tests = [f"({counts})"] if counts else []
            if r != now:
                tests.append(f"{r}.{at} <> {now}.{at}")
            when = f"WHERE {' AND '.join(tests)}" if tests else ""
            day = dialect.day.format(at=f"{r}.{at}")
            yield f"{_INTO} SELECT {r}.workspace_id, '{grain}', {r}.id, {day} {when};"


def _joined(dialect: _Dialect, table: str, rows: Sequence[str]) -> Iterator[str]:
    """Return what is noted of rows that a row was joined to, or is joined to now."""
    for r in rows:
        for one in _OF[table][1]:
            of, at = GRAINS[one.grain]
            tests = [one.whose, one.when, _ROUNDS_ONLY if one.grain == "round" else ""]
            given = {"r": r, "week_on": dialect.week_on, "soon": dialect.soon}
            told = " AND ".join(test.format(**given) for test in tests if test)
            day = dialect.day.format(at=f"g.{at}")
            noted = f"SELECT g.workspace_id, '{one.grain}', g.id, {day} FROM {of} g WHERE {told}"
            yield f"{_INTO} {noted};"


_INTO = "INSERT INTO store_evidencemark (workspace_id, grain, row_id, day)"


def _name(table: str, deed: str) -> str:
    return f"evidence_{table.removeprefix('store_')}_{deed.lower()}"


def _dropped(vendor: str, table: str, deed: str) -> str:
    on = "" if vendor == "sqlite" else f" ON {table}"
    return f"DROP TRIGGER IF EXISTS {_name(table, deed)}{on}"
