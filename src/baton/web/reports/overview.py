"""Reports > Overview: verdicts and KPIs in pairs; each number opens its rows."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET

from baton.core import kpis as core
from baton.core.kpi_catalogue import CATALOGUE
from baton.core.kpis import Unit
from baton.reports import parquet
from baton.reports.kpis import PARTS, KpiReading
from baton.reports.sources import SOURCES
from baton.services import house as houses
from baton.services.desk import kpi_board, kpi_rows, kpi_saved, kpi_windows
from baton.services.desk.kpi_board import Board, Line, Table
from baton.services.desk.kpi_rows import Opened, RowsPage
from baton.services.desk.kpi_views import VIEWS
from baton.services.desk.kpi_windows import Sought
from baton.store.models import User
from baton.web import words
from baton.web.access import for_staff
from baton.web.forms import checked
from baton.web.reports import charts
from baton.web.shell import page
from baton.web.templatetags import console

_FILES = {
    "xlsx": (
        kpi_rows.export_sheet,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "parquet": (kpi_rows.export_parquet, "application/vnd.apache.parquet"),
}
"""What rows leave as in one piece; CSV goes line by line."""


class SoughtForm(forms.Form):
    """Which days are looked at, and what of them."""

    days = forms.TypedChoiceField(
        required=False, coerce=int, choices=[(days, days) for days in kpi_windows.WINDOWS]
    )
    flow = forms.CharField(required=False, max_length=60)
    version = forms.CharField(required=False, max_length=9)
    step = forms.CharField(required=False, max_length=60)
    channel = forms.CharField(required=False, max_length=20)
    inbox = forms.CharField(required=False, max_length=32)
    queue = forms.CharField(required=False, max_length=40)
    agent = forms.CharField(required=False, max_length=32)
    intent = forms.CharField(required=False, max_length=60)
    triage = forms.CharField(required=False, max_length=10)
    reason = forms.CharField(required=False, max_length=40)
    variant = forms.CharField(required=False, max_length=200)
    stage = forms.CharField(required=False, max_length=20)
    segment = forms.CharField(required=False, max_length=60)
    pack = forms.CharField(required=False, max_length=60)
    plan = forms.CharField(required=False, max_length=80)
    location = forms.CharField(required=False, max_length=32)
    activity = forms.CharField(required=False, max_length=32)
    view = forms.ChoiceField(required=False, choices=[(name, name) for name in VIEWS])


class RowsForm(SoughtForm):
    """Which number is opened, and how."""

    kpi = forms.ChoiceField(choices=[(name, name) for name in CATALOGUE])
    part = forms.ChoiceField(choices=[(part, part) for part in PARTS])
    week = forms.IntegerField(required=False, min_value=0, max_value=kpi_windows.MOST_BACK)
    page = forms.IntegerField(required=False, min_value=1)


class FileForm(RowsForm):
    """As what kind of file the rows are taken away."""

    kind = forms.ChoiceField(choices=[(kind, kind) for kind in ("csv", *_FILES)])


@require_GET
@for_staff
def overview_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the overview of a window."""
    asked = checked(SoughtForm, request.GET).cleaned_data
    sought, view = sought_of(asked), asked["view"] or "overview"
    board = kpi_board.show(houses.current(), user, sought, view)
    context = {
        "board": board,
        "groups": [
            (title, [(tile, charts.spark(tile.trend)) for tile in tiles])
            for title, tiles in board.groups
        ],
        "chart": _chart(board),
        "days": sought.days,
        "windows": kpi_windows.WINDOWS,
        "query": _query(sought),
        "of": urlencode(sought.only),
        "chips": _chips(board.sought, board.titles, view),
        "view": view,
        "choices": [(one, sought.only.get(one.dimension, "")) for one in board.choices],
        "held": {k: v for k, v in sought.only.items() if k not in kpi_board.NARROWED_BY},
        "saved": kpi_saved.list_all(user),
        "here": kpi_saved.query_of(view, sought),
        "kept": {"view": view, "days": sought.days, **sought.only},
        "views": [(name, one.title) for name, one in VIEWS.items()],
        "tables": [(table, _bars(table), _lines(table, sought)) for table in board.tables],
        "dimensions": words.DIMENSIONS,
        "may_be_baseline": sought.only.keys() <= {"flow"} and not user.locations,
        "section": "overview",
    }
    return page(request, user, "reports/overview.html", context)


@require_GET
@for_staff
def rows_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show the rows behind a number."""
    asked = checked(RowsForm, request.GET).cleaned_data
    opened = _opened(asked)
    shown = kpi_rows.list_rows(houses.current(), user, opened, page=asked["page"] or 1)
    rule = shown.kpi.numerator if opened.part == "numerator" else shown.kpi.among
    context = {
        "shown": shown,
        "kpi": shown.kpi,
        "grain": shown.kpi.grain.value,
        "part": opened.part,
        "note": words.PARTS[opened.part],
        "rule": core.told(rule),
        "days": opened.sought.days,
        "week": opened.sought.week,
        "since": shown.since,
        "query": f"{_query(opened.sought)}&kpi={opened.kpi}&part={opened.part}",
        "back": _query(opened.sought),
        "titles": shown.titles,
        "heads": [words.plain(name).capitalize() for name in _told(shown)],
        "lines": [
            [(words.plain(name).capitalize(), _cell(row[name])) for name in _told(shown)]
            for row in shown.rows
        ],
        "has_parquet": parquet.is_there(),
        "section": "overview",
    }
    return page(request, user, "reports/rows.html", context)


@require_GET
@for_staff
def rows_file(request: HttpRequest, user: User) -> StreamingHttpResponse | FileResponse:
    """Give the rows behind a number as a file."""
    asked = checked(FileForm, request.GET).cleaned_data
    opened, name = _opened(asked), f"{asked['kpi']}-{asked['part']}"
    kind = asked["kind"]
    if kind in _FILES:
        export, content_type = _FILES[kind]
        kept = export(houses.current(), user, opened)
        return FileResponse(
            kept, as_attachment=True, filename=f"{name}.{kind}", content_type=content_type
        )
    return StreamingHttpResponse(
        kpi_rows.export_csv(houses.current(), user, opened),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


_UNTOLD = (
    "_on", "_id", "day_1_at", "day_7_at", "day_30_at", "day_90_at", "soon_at", "week_on_at",
)  # fmt: skip


def _told(shown: RowsPage) -> tuple[str, ...]:
    """Return which columns of a row are for people; a file holds all."""
    return tuple(
        name
        for name in SOURCES[shown.kpi.grain].columns
        if name != "id" and not name.endswith(_UNTOLD)
    )


def _cell(value: object) -> str:
    match value:
        case None | "":
            return "\N{EN DASH}"
        case bool():
            return "yes" if value else "no"
        case datetime():
            return date_format(localtime(value), "j M Y, H:i")
        case timedelta():
            return console.seconds(int(value.total_seconds()))
        case _:
            return str(value)


def sought_of(asked: Mapping[str, Any]) -> Sought:
    """Return what a form asks for."""
    only = {name: asked[name] for name in kpi_windows.FILTERS if asked[name]}
    days = asked["days"] or kpi_windows.DEFAULT_DAYS
    return Sought(days=days, week=asked.get("week"), only=only)


def _opened(asked: Mapping[str, Any]) -> Opened:
    return Opened(kpi=asked["kpi"], part=asked["part"], sought=sought_of(asked))


def _query(sought: Sought) -> str:
    span = {"days": sought.days} if sought.week is None else {"week": sought.week}
    return urlencode({**span, **sought.only})


def _lines(table: Table, sought: Sought) -> list[tuple[Line, str]]:
    """Return the lines of a table, each with where its rows are opened."""
    opened = f"{reverse('kpi_rows')}?{_query(sought)}"
    return [(one, f"{opened}&{urlencode({table.dimension: one.value})}") for one in table.lines]


def _bars(table: Table) -> str:
    """Draw the first share of a table."""
    kpi = table.lines[0].readings[0].kpi if table.lines[0].readings else None
    if kpi is None or kpi.unit is not Unit.SHARE:
        return ""
    title = f"{kpi.title}, by {words.DIMENSIONS[table.dimension].lower()}"
    drawn = [
        charts.Bar(
            title=console.channel(line.value) if table.dimension == "channel" else line.title,
            value=first.value,
            low=first.interval.low if first.interval else first.value,
            high=first.interval.high if first.interval else first.value,
        )
        for line in table.lines[:_MOST_BARS]
        for first in line.readings[:1]
        if first.kpi is kpi and first.value is not None
    ]
    return charts.bars(drawn, title=title)


_MOST_BARS = 12


def _chips(sought: Sought, titles: Mapping[str, str], view: str) -> list[tuple[str, str, str]]:
    """Return what the overview is narrowed to, each with the query that takes it off."""
    return [
        (
            words.DIMENSIONS[name],
            console.channel(titles[name]) if name == "channel" else titles[name],
            urlencode(
                ({} if view == "overview" else {"view": view})
                | {"days": sought.days}
                | {k: v for k, v in sought.only.items() if k != name}
            ),
        )
        for name in sought.only
    ]


def _chart(board: Board) -> str:
    def values(found: tuple[KpiReading | None, ...]) -> list[float | None]:
        return [None if one is None else one.value for one in found]

    curves = [
        charts.Curve(title=CATALOGUE[name].title, values=values(board.trends[name]))
        for name in board.view.curves
    ]
    labels = [f"{day.day} {day:%b}" for day in board.days]
    if not any(value is not None for one in curves for value in one.values):
        return ""
    title = f"{' and '.join(one.title.lower() for one in curves)}, over time"
    return charts.lines(curves, labels, title=title.capitalize())
