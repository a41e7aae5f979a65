"""Reports > Overview: each number opens what it counted, and takes it away."""

import csv
import html
import io
import re
import zlib
from base64 import a85decode
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from pyarrow import parquet

from baton.core.cells import csv_line
from baton.core.kpis import Grain
from baton.core.roles import Role
from baton.reports.sources import SOURCES
from baton.services.desk import agents, baselines
from baton.services.desk.kpi_views import VIEWS
from baton.store.models import (
    Baseline,
    Contact,
    Conversation,
    Episode,
    EvidenceDay,
    SavedView,
)
from baton.web.reports import charts
from tests.reports.world import a_booking, a_member, an_answer
from tests.web.conftest import START, Gym, Screen

_NUMBER = re.compile(r'<a href="(/reports/rows\?[^"]+)">(\d+)<')


def a_week(gym: Gym, sam: Screen) -> None:
    """Let eight people ask, three of them for a person, and one come back."""
    for number in range(5):
        gym.hear(f"asks{number}", "What time do you open?")
    for number in range(3):
        found = gym.hear(f"wants{number}", "Can I talk to a human?")
        if number:
            gym.step(minutes=number)
            agents.accept(gym.house, sam.user, found)
            agents.reply(gym.house, sam.user, found, "Here I am.")
            gym.step(minutes=3)
            agents.resolve(gym.house, sam.user, found, "answered")
    gym.step(minutes=20)
    gym.hear("asks0", "When do you open in the morning?")
    gym.step(minutes=20)


@pytest.mark.req("RP7", "RP15", "K20", "K21", "K30")
def test_every_number_opens_and_takes_away_what_it_counted(
    gym: Gym, sam: Screen, robin: Screen
) -> None:
    a_week(gym, sam)
    shown = robin.get("/reports")
    assert shown.status == 200
    numbers = {html.unescape(address): told for address, told in _NUMBER.findall(shown.text)}
    assert len(numbers) > 15
    for address, told in numbers.items():
        opened = robin.get(address).text
        assert f" {told} counted." in opened, address
        assert opened.count('<tr><th scope="row"') == int(told), address
    address = next(one for one in numbers if "kpi=containment&part=numerator" in one)
    file = f"{address.replace('/rows', '/rows/file')}&kind="
    lines = list(csv.DictReader(io.StringIO(robin.get(f"{file}csv").text)))
    assert len(lines) == int(numbers[address])
    assert {line["handoffs"] for line in lines} == {"0"}
    assert gym.deeds("kpi_exported") == [(f"user:{robin.user.id}", f"workspace:{gym.workspace.id}")]


@pytest.mark.req("RP15")
def test_a_workbook_holds_the_same_rows(gym: Gym, sam: Screen, robin: Screen) -> None:
    a_week(gym, sam)
    query = "days=28&kpi=time_to_human&part=denominator"
    robin.get("/reports")
    answer = robin.client.get(f"/reports/rows/file?{query}&kind=xlsx")
    sheet = load_workbook(io.BytesIO(answer.getvalue()), read_only=True).active
    assert sheet is not None
    head, *rows = sheet.iter_rows(values_only=True)
    assert head == SOURCES[Grain.STRETCH].columns
    assert sorted(str(row[head.index("waited")]) for row in rows) == ["120", "60"]
    answer = robin.client.get(f"/reports/rows/file?{query}&kind=parquet")
    table = parquet.read_table(io.BytesIO(answer.getvalue()))
    assert tuple(table.column_names) == SOURCES[Grain.STRETCH].columns
    assert set(table.column("waited").to_pylist()) == {60, 120}


@pytest.mark.req("K9", "FQ13")
def test_an_overview_is_narrowed_and_widened_again(gym: Gym, sam: Screen, robin: Screen) -> None:
    a_week(gym, sam)
    robin.get("/reports")
    flow = Episode.objects.exclude(flow="").values_list("flow", flat=True)[0]
    shown = robin.get(f"/reports?days=7&flow={flow}").text
    assert "From the first word to a close that held" in shown
    assert 'href="/reports?days=7"' in shown  # takes the flow off
    for title in ("Without a person", "Came back within 72 hours", "too few to judge"):
        assert title in shown
    assert "No-shows" not in shown
    assert "Nothing began in these 7 days that fits" in robin.get("/reports?days=7&flow=no").text


@pytest.mark.req("K30", "CH6", "PL22")
def test_every_dashboard_is_narrowed_by_what_its_matters_differ_in(gym: Gym, robin: Screen) -> None:
    gym.hear("anna", "What time do you open?")
    contact = Conversation.objects.get().contact_id
    Contact.objects.filter(id=contact).update(marks={"tags": ["at_risk"]})
    gym.step(minutes=20)
    gym.step(days=9)
    gym.hear("anna", "What time do you open?")
    shown = robin.get("/reports?view=quality").text
    assert '<select name="segment"' in shown
    assert '<option value="at_risk">At risk</option>' in shown
    assert '<select name="location"' not in shown  # all are alike there
    assert '<select name="segment"' not in robin.get("/reports?view=nps").text  # no mark knows it
    shown = robin.get("/reports?view=quality&segment=at_risk").text
    assert '<option value="at_risk" selected>At risk</option>' in shown
    opened = robin.get("/reports/rows?segment=at_risk&kpi=inquiries&part=denominator").text
    assert " 1 counted." in opened


@pytest.mark.req("K16", "K30")
def test_each_channel_is_held_to_how_soon_it_answers(gym: Gym, robin: Screen) -> None:
    began = gym.clock.now() - timedelta(days=2)
    for channel, minutes in (("webchat", 9), ("sms", 2), ("email", 90), ("whatsapp", 150)):
        Episode.objects.bulk_create(
            Episode(
                id=f"{channel}{number}", workspace_id=gym.workspace.id, conversation_id="c",
                number=0, began_at=began, channel=channel, inbox_id="i", opened_by="contact",
                answered_after=60 * minutes + number,
            )
            for number in range(30)
        )  # fmt: skip
    EvidenceDay.objects.create(
        id="d", workspace_id=gym.workspace.id, grain="episode", day=began.date()
    )
    shown = robin.get("/reports?view=channels&days=7").text
    assert shown.count("the aim is 5 min") == 2  # in the chat and on WhatsApp; not by email
    assert "the aim is 2 h" not in shown
    Episode.objects.filter(channel="email").update(answered_after=3 * 60 * 60)
    EvidenceDay.objects.update(digest="")
    assert "the aim is 2 h 00" in robin.get("/reports?view=channels&days=7").text


def test_an_empty_workspace_says_so(robin: Screen) -> None:
    assert "Nothing began in these 28 days." in robin.get("/reports").text


def test_who_may_not_read_reports_is_refused(gym: Gym, sam: Screen) -> None:
    assert sam.get("/reports").status == 403
    opened = "kpi=containment&part=numerator"
    assert sam.get(f"/reports/rows?{opened}").status == 403
    assert sam.get(f"/reports/rows/file?{opened}&kind=csv").status == 403
    lead = gym.screen_of(gym.hire("Rob", Role.OPERATIONS))
    for wrong in ("kpi=nothing&part=numerator", "kpi=csat&part=all", f"{opened}&days=3"):
        assert lead.get(f"/reports/rows?{wrong}").status == 422, wrong
    unknown = "kpi=no_show_rate&part=numerator&flow=faq"  # bookings know no flow
    assert lead.get(f"/reports/rows?{unknown}").status == 404


def test_what_begins_like_a_formula_is_none() -> None:
    assert (
        csv_line(["=1+1", "@x", "+2", "-3", "\tx", "plain"]) == "'=1+1,'@x,'+2,'-3,'\tx,plain\r\n"
    )


def test_a_chart_says_what_it_shows_and_escapes_it() -> None:
    curves = [
        charts.Curve(title="<b>", values=(0.5, None, 1.0)),
        charts.Curve(title="other", values=(0.1, 0.2, 1.0)),
    ]
    drawn = charts.lines(curves, ("1 Mar", "2 Mar", "3 Mar"), title='"over" time')
    assert "&lt;b&gt;" in drawn
    assert "<b>" not in drawn
    assert 'aria-label="&quot;over&quot; time"' in drawn
    assert drawn.count("<circle") == 2  # nothing is drawn where nothing was counted
    assert drawn.count("<rect") == 3
    assert charts.lines(curves, ("1 Mar",), title="") == ""
    assert charts.spark((None, 0.4)) == ""
    assert charts.spark((0.4, 0.4)).count("<circle") == 1


def test_days_go_by_the_clock_of_the_place(gym: Gym, robin: Screen) -> None:
    gym.clock.advance(timedelta(hours=13, minutes=30))  # half past eleven, half past twelve there
    gym.hear("late", "What time do you open?")
    gym.step(hours=30)
    gym.hear("later", "What time do you open?")
    shown = robin.get("/reports?days=7").text
    assert ">3 Mar<" in shown
    assert ">2 Mar<" not in shown


@pytest.mark.req("K23", "K22", "RP10")
def test_a_baseline_is_kept_with_a_reason_and_held_against(
    gym: Gym, sam: Screen, robin: Screen
) -> None:
    a_week(gym, sam)
    robin.get("/reports")
    assert "Keep a baseline" in robin.get("/reports").text
    assert robin.post("/reports/baselines/keep", days="28", flow="", reason="  ").status == 422
    assert (
        robin.post("/reports/baselines/keep", days="28", flow="", reason="our start").status == 302
    )
    median = Baseline.objects.get(kpi="first_response")
    kept = baselines.current(robin.user.workspace_id)["first_response"].interval
    assert kept is not None  # where a median lay cannot be told again later
    assert (kept.low, kept.high) == (median.low, median.high)
    assert kept.low <= median.value <= kept.high
    brought = {
        "kpi": "recontact_72h", "flow": "", "value": "12", "since": "2026-01-01",
        "until": "2026-01-31", "reason": "the old desk's sheet, ann@gym.example",
    }  # fmt: skip
    assert robin.post("/reports/baselines/bring", brought).status == 302
    listed = robin.get("/reports/baselines").text
    assert "our start" in listed
    assert "12 %" in listed
    assert "ann@gym.example" not in listed  # what is kept names nobody
    shown = robin.get("/reports").text
    assert "Against the baseline" in shown
    assert "0 % fewer" in shown  # as many as in the window that was kept
    assert len(gym.deeds("baseline_kept")) == 2
    refused = robin.post("/reports/baselines/bring", {**brought, "value": "112"})
    assert refused.status == 422
    assert sam.post("/reports/baselines/keep", days="28", reason="x").status == 403
    assert sam.get("/reports/baselines").status == 403


@pytest.mark.req("RP1", "RP2", "RP3")
def test_the_report_of_a_whole_week(gym: Gym, sam: Screen, robin: Screen) -> None:
    a_week(gym, sam)  # on a Monday
    assert "0 matters came in" in robin.get("/reports/weekly").text  # the week is not over
    gym.step(days=7)
    shown = robin.get("/reports/weekly").text
    assert "Week from 2 Mar 2026" in shown
    assert "9 matters came in" in shown  # one of them came back, which is a matter again
    numbers = _NUMBER.findall(shown)
    assert len(numbers) > 6
    for address, told in numbers:
        assert f" {told} counted." in robin.get(html.unescape(address)).text, address
    [by_flow] = re.findall(r'id="by-flow".*?</table>', shown, re.DOTALL)
    for words in ("Questions at the front desk", "Its business metric", "Matters with people, a"):
        assert words in by_flow
    titles = re.findall(r'data-label="Flow">([^<]+)', by_flow)
    assert (titles[0], len(titles) > 1) == ("Questions at the front desk", True)  # had the most
    counted = [int(number) for _, number in _NUMBER.findall(by_flow)]
    assert counted[0] == 6  # all who asked, and nobody who wanted a person at once
    for words in ("Nothing is urgent", "Two flows to tune", "Operational", "Quality"):
        assert words in shown
    assert "Week from 23 Feb 2026" in robin.get("/reports/weekly?back=1").text
    assert sam.get("/reports/weekly").status == 403
    assert robin.get("/reports/weekly?back=99").status == 422


@pytest.mark.req("RP15", "K20", "K26", "K30")
def test_each_dashboard_opens_what_it_counts(gym: Gym, sam: Screen, robin: Screen) -> None:
    a_week(gym, sam)
    an_answer(1, 3, ago=8, workspace_id=gym.workspace.id)
    a_member(1, joined=31, workspace_id=gym.workspace.id)
    a_booking(1, "no_show", workspace_id=gym.workspace.id, starts_at=START)
    told: dict[str, str] = {}
    for view, asked in VIEWS.items():
        shown = robin.get(f"/reports?view={view}&days=28")
        assert shown.status == 200
        assert asked.title in shown.text
        numbers = {html.unescape(found): told for found, told in _NUMBER.findall(shown.text)}
        assert numbers
        told |= dict(list(numbers.items())[-1:])
    for address in sorted(told)[:3]:
        assert f"{told[address]} counted" in robin.get(address).text


def _words(paper: bytes) -> str:
    """Return what a PDF of reportlab draws: its streams are packed, and told in ASCII."""
    streams = re.findall(rb"stream\r?\n(.*?~>)", paper, re.DOTALL)
    return "".join(zlib.decompress(a85decode(b"<~" + one, adobe=True)).decode() for one in streams)


@pytest.mark.req("RP3", "RP10", "RP12", "K22")
def test_a_quarter_is_told_in_the_same_way_and_on_paper(
    gym: Gym, sam: Screen, robin: Screen
) -> None:
    a_week(gym, sam)
    robin.get("/reports")
    robin.post("/reports/baselines/keep", days="28", flow="", reason="as we began")
    shown = robin.get("/reports/weekly?span=quarter").text
    assert "90 days from 2 Dec 2025" in shown
    assert "9 matters came in over 90 days" in shown
    assert "Against the baseline" in shown
    paper = robin.client.get("/reports/weekly/file?span=quarter")
    assert paper.headers["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")
    drawn = _words(paper.content)
    flows = drawn[drawn.index("(By flow)") :]
    assert "(Its business metric)" in flows
    assert "Questions at the front desk" in flows
    assert paper.content == robin.client.get("/reports/weekly/file?span=quarter").content
    assert sam.get("/reports/weekly/file").status == 403


@pytest.mark.req("RP15")
def test_a_view_is_saved_found_by_others_and_removed(gym: Gym, sam: Screen, robin: Screen) -> None:
    robin.get("/reports")
    kept = {"view": "people", "days": "7", "queue": "billing"}
    assert robin.post("/reports/saved", {**kept, "name": "  "}, htmx=False).status == 422
    saved = robin.post("/reports/saved", {**kept, "name": "Billing, this week"}, htmx=False)
    assert saved.status == 302
    shown = robin.get("/reports").text
    assert "Billing, this week" in shown
    assert "view=people&amp;days=7&amp;queue=billing" in shown
    # The same name takes its place; what no form knows is not kept.
    robin.post("/reports/saved", htmx=False, days="28", name="Billing, this week", next="//evil")
    assert SavedView.objects.get().query == "view=overview&days=28"
    assert robin.post("/reports/saved", htmx=False, days="5", name="x").status == 422
    assert sam.post("/reports/saved", htmx=False, days="28", name="x").status == 403
    there = robin.get("/reports?view=overview&days=28").text
    [address] = re.findall(r'action="(/reports/saved/[^"]+/remove)"', there)
    assert robin.post(address, htmx=False).status == 302
    assert robin.post(address, htmx=False).status == 404
    assert not SavedView.objects.exists()
    assert gym.deeds("view_removed")
