"""A file of another system: checked, kept, and twice the same as once (G54)."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from baton.channels.sandbox.settings import SandboxSettings
from baton.connectors.files import settings as files
from baton.core.errors import Conflict, InvalidInput
from baton.core.fates import Step
from baton.core.mapping import PERSON_FIELDS, FieldMap
from baton.core.roles import Role
from baton.services.systems import importing, pruning, systems
from baton.services.workspace import inboxes
from baton.store.models import (
    Booking,
    CheckIn,
    ConnectedSystem,
    Contact,
    Import,
    ImportFault,
    ImportPage,
    Membership,
    ReportedEvent,
    RuntimeEvent,
    Slot,
)
from tests.web.conftest import Gym, Screen

FIELDS = {
    "reference": "No",
    "activity": "Class",
    "starts_at": "Starts",
    "state": "State",
    "phone": "Phone",
    "email": "Email",
    "name": "Name",
}
EXPORT = """No,Class,Starts,State,Phone,Email,Name
1,Yoga,2026-03-04 18:00,booked,+447700900101,ann@example.org,Ann
2,Yoga,2026-03-04 18:00,booked,+447700900102,,Bo
3,Spin,2026-02-20 18:00,attended,+447700900101,,Ann
4,Spin,soon,odd,+447700900103,,Cy
5,Spin,2026-03-05 18:00,booked,none,at home,Di
"""


@pytest.fixture
def system_id(gym: Gym) -> str:
    for channel in ("sms", "email"):
        sandbox = SandboxSettings(channel=channel, sender="")
        wanted = inboxes.Wanted(name=channel, settings=sandbox)
        inboxes.connect(gym.house, gym.workspace.id, wanted, actor="test")
    own = systems.Wanted(kind=files.KIND, name="Export", settings=files.FileSettings())
    system, _secret = systems.connect(gym.house, gym.workspace.id, own, actor="test")
    _map(gym, system.id, FieldMap(name="bookings", makes="booking", fields=FIELDS))
    return system.id


def _map(gym: Gym, system_id: str, wanted: FieldMap) -> None:
    systems.save_map(gym.house, gym.workspace.id, system_id, wanted, replacing="", actor="test")


def _begin(gym: Gym, system_id: str, text: str, tmp_path: Path, *, is_dry: bool = False) -> Import:
    path = tmp_path / "export.csv"
    path.write_text(text, "utf-8")
    return importing.begin(
        gym.house, gym.workspace.id, system_id, path, name=path.name, is_dry=is_dry, actor="test"
    )


def _counts(import_id: str) -> tuple[str, int, int, int, int]:
    one = Import.objects.get(id=import_id)
    return one.state, one.told, one.kept, one.unchanged, one.refused


def _told() -> int:
    return RuntimeEvent.objects.filter(kind="event_reported").count()


@pytest.mark.req("G54", "AP24", "DI6")
def test_a_file_is_checked_then_kept_and_kept_again_to_no_effect(
    gym: Gym, system_id: str, tmp_path: Path
) -> None:
    checked = _begin(gym, system_id, EXPORT, tmp_path, is_dry=True)
    gym.step()
    assert _counts(checked.id) == (Step.CHECKED, 0, 3, 0, 2)
    assert not Contact.objects.exists()
    assert not Booking.objects.exists()
    faults = ImportFault.objects.filter(import_id=checked.id).order_by("line", "column")
    assert list(faults.values_list("line", "column")) == [(5, "Starts"), (5, "State"), (6, "")]

    importing.import_now(gym.house, gym.workspace.id, checked.id, actor="test")
    gym.step()
    assert _counts(checked.id) == (Step.DONE, 2, 1, 0, 2)
    assert not ImportPage.objects.exists()
    assert Contact.objects.count() == 2
    assert Booking.objects.count() == 3
    # What is over is kept and is no news; what is ahead starts the reminders.
    assert _told() == 2
    assert ReportedEvent.objects.filter(name="booking_created").exists()

    gym.step(hours=1)
    again = _begin(gym, system_id, EXPORT, tmp_path)
    gym.step()
    assert _counts(again.id) == (Step.DONE, 0, 0, 3, 2)
    moved = EXPORT.replace("2026-03-04 18:00,booked,+447700900102", "2026-03-06 18:00,booked,")
    cancelled = moved.replace(
        "2026-03-04 18:00,booked,+447700900101", "2026-03-04 18:00,cancelled,+447700900101"
    )
    # Who has neither phone nor email is known by nothing in this file: that line is refused.
    gym.step(hours=1)
    third = _begin(gym, system_id, cancelled, tmp_path)
    gym.step()
    assert _counts(third.id) == (Step.DONE, 1, 0, 1, 3)
    assert ReportedEvent.objects.filter(name="booking_cancelled").exists()
    assert Booking.objects.get(reference="1").state == "cancelled"


@pytest.mark.req("DI6")
def test_memberships_and_check_ins_come_by_files_too(
    gym: Gym, system_id: str, tmp_path: Path
) -> None:
    systems.remove_map(gym.house, gym.workspace.id, system_id, "bookings", actor="test")
    who = {"phone": "Phone", "person_id": "Member"}
    plan = {**who, "plan": "Plan", "joined_at": "Since"}
    _map(gym, system_id, FieldMap(name="m", makes="membership", when="Plan", fields=plan))
    _map(gym, system_id, FieldMap(name="c", makes="check_in", fields={**who, "at": "At"}))
    text = "Member,Phone,Plan,Since,At\n7,+447700900101,Gold,2026-03-01,\n7,,,,2026-03-02 09:00\n"
    going = _begin(gym, system_id, text, tmp_path)
    gym.step()
    assert _counts(going.id) == (Step.DONE, 1, 1, 0, 0)
    again = _begin(gym, system_id, text, tmp_path)
    gym.step()
    assert _counts(again.id)[1:] == (0, 0, 2, 0)
    assert (Membership.objects.count(), CheckIn.objects.count()) == (1, 1)
    assert Contact.objects.count() == 1


@pytest.mark.req("AP1", "DI6", "DI8")
def test_what_another_system_keeps_stands_on_the_calendar(
    gym: Gym, system_id: str, tmp_path: Path, sam: Screen
) -> None:
    assert "Nothing can be booked yet" in sam.get("/calendar?on=2026-03-04").text
    _begin(gym, system_id, EXPORT, tmp_path)
    gym.step()
    shown = sam.get("/calendar?on=2026-03-04").text
    assert "2 booked" in shown
    first = Booking.objects.filter(activity_id__isnull=False).order_by("starts_at").last()
    assert first is not None
    who = sam.get(f"/calendar/booked/{first.id}").text
    assert "Ann" in who
    assert "Bo" in who
    assert "Another system keeps it" in who
    assert "Book for somebody" not in who
    assert sam.get("/calendar/booked/nobody").status == 404
    # Once it tells of its times too, they stand for their bookings, with so many places.
    fields = {"activity": "Class", "starts_at": "Starts", "capacity": "Room", "taken": "Taken"}
    times = FieldMap(name="times", makes="slot", when="Room", fields=fields)
    systems.remove_map(gym.house, gym.workspace.id, system_id, "bookings", actor="test")
    _map(gym, system_id, times)
    told = "Class,Starts,Room,Taken\nYoga,2026-03-04 18:00,8,1\nSpin,2026-03-04 19:00,10,7\n"
    for counts in ((0, 2, 0, 0), (0, 0, 2, 0)):
        going = _begin(gym, system_id, told, tmp_path)
        gym.step(hours=1)
        assert _counts(going.id)[1:] == counts
    shown = sam.get("/calendar?on=2026-03-04").text
    assert "2 booked" not in shown
    assert "2 of 8" in shown  # more are known than it says
    assert "7 of 10" in shown
    slot = Slot.objects.get(capacity=8)
    assert "Ann" in sam.get(f"/calendar/slots/{slot.id}").text


def test_an_import_is_stopped_and_no_file_at_all_is_refused(
    gym: Gym, system_id: str, tmp_path: Path
) -> None:
    going = _begin(gym, system_id, EXPORT, tmp_path)
    importing.cancel(gym.house, gym.workspace.id, going.id, actor="test")
    gym.step()
    assert _counts(going.id) == (Step.CANCELLED, 0, 0, 0, 0)
    assert not ImportPage.objects.exists()
    for refused in (importing.import_now, importing.cancel):
        with pytest.raises(Conflict):
            refused(gym.house, gym.workspace.id, going.id, actor="test")
    with pytest.raises(InvalidInput, match="empty"):
        _begin(gym, system_id, "", tmp_path)
    assert Import.objects.count() == 1


def test_a_command_takes_every_page_while_it_waits(
    gym: Gym, system_id: str, tmp_path: Path
) -> None:
    going = _begin(gym, system_id, EXPORT, tmp_path)
    pages: list[int] = []
    ended = importing.run_whole(gym.house, going, on_page=lambda now: pages.append(now.done_pages))
    assert pages == [1]
    assert _counts(ended.id) == (Step.DONE, 2, 1, 0, 2)
    gym.clock.advance(timedelta(seconds=1))
    gym.step()  # the fact that would have taken the first page finds nothing to do
    assert _counts(ended.id) == (Step.DONE, 2, 1, 0, 2)


@pytest.mark.req("DI6", "AP24")
def test_a_manager_maps_checks_and_imports_a_file(gym: Gym) -> None:  # noqa: PLR0915 - one story
    for channel in ("sms", "email"):
        sandbox = SandboxSettings(channel=channel, sender="")
        wanted = inboxes.Wanted(name=channel, settings=sandbox)
        inboxes.connect(gym.house, gym.workspace.id, wanted, actor="test")
    robin = gym.screen_of(gym.hire("Robin", Role.MANAGER))
    form = {"name": "Export", "dates": "unsaid"}
    assert robin.post("/settings/systems/new/file", form, htmx=False).status == 302
    system_id = ConnectedSystem.objects.get().id
    address = f"/settings/systems/{system_id}"
    assert "No file has been taken yet" in robin.get(address).text
    assert "Secret" not in robin.get(address).text

    refused = _upload(robin, address, b"")
    assert refused.status_code == 422
    assert "It is empty" in refused.content.decode()
    assert _upload(robin, address, b"=1+1,Class\nx,Yoga\n").status_code == 302
    going = f"/settings/imports/{Import.objects.get().id}"
    gym.step()
    assert "not mapped yet" in robin.get(going).text

    # What was uploaded last is the example that the form maps by.
    assert _upload(robin, address, EXPORT.encode()).status_code == 302
    gym.step()
    shown = robin.get(f"{address}/map").text
    assert 'value="Phone"' in shown
    assert "Begins (needed)" in shown
    own = {
        **{f"target_{name}": place for name, place in FIELDS.items() if name not in PERSON_FIELDS},
        **{f"person_{name}": place for name, place in FIELDS.items() if name in PERSON_FIELDS},
    }
    written = {"name": "Bookings", "makes": "booking", **own}
    seen = robin.post(f"{address}/map", {**written, "deed": "preview"}).text
    assert "2026-03-04 17:00:00+00:00" in seen  # 18:00 in Paris
    other = robin.post(
        f"{address}/map", {**written, "makes": "check_in", "deed": "preview"}, htmx=False
    )
    assert "When they came (needed)" in other.text
    lacking = {**written, "target_starts_at": "", "deed": "save"}
    assert "say where it stands" in robin.post(f"{address}/map", lacking, htmx=False).text
    assert robin.post(f"{address}/map", {**written, "deed": "save"}, htmx=False).status == 302

    going = f"/settings/imports/{Import.objects.latest('id').id}"
    assert robin.post(f"{going}/act", {"deed": "check"}, htmx=False).status == 302
    assert "Checking" in robin.get(going, htmx=True).text
    gym.step()
    checked = robin.get(going).text
    assert "3 can be taken" in checked
    assert "Download all" in checked
    robin.post(f"{going}/act", {"deed": "import"}, htmx=False)
    gym.step()
    assert "2 told, 1 kept, 0 unchanged" in robin.get(going).text
    assert "export.csv" in robin.get(address).text
    assert robin.post(f"{going}/act", {"deed": "import"}, htmx=False).status == 409
    sam = gym.screen_of(gym.hire("Sam", Role.AGENT))
    assert [sam.get(path).status for path in (going, f"{going}/faults.csv")] == [403, 403]
    assert _upload(sam, address, b"a").status_code == 403


def test_the_report_of_faults_starts_no_formula(gym: Gym, system_id: str, tmp_path: Path) -> None:
    going = _begin(gym, system_id, EXPORT, tmp_path)
    gym.step()
    ImportFault.objects.filter(import_id=going.id, line=6).update(column="=cmd|'/c calc'!A1")
    robin = gym.screen_of(gym.hire("Robin", Role.MANAGER))
    told = robin.get(f"/settings/imports/{going.id}/faults.csv").text.splitlines()
    assert told[0] == "line,column,reason"
    assert told[-1].startswith("6,'=cmd")


def _upload(screen: Screen, address: str, content: bytes) -> HttpResponse:
    file = SimpleUploadedFile("export.csv", content, content_type="text/csv")
    answer: HttpResponse = screen.client.post(f"{address}/upload", {"file": file})  # type: ignore[assignment] # Django's own answer
    return answer


@pytest.mark.req("DI6")
def test_a_file_that_was_checked_and_left_alone_is_dropped(
    gym: Gym, system_id: str, tmp_path: Path
) -> None:
    kept = _begin(gym, system_id, EXPORT, tmp_path)
    left = _begin(gym, system_id, EXPORT, tmp_path, is_dry=True)
    gym.step()
    assert _counts(left.id)[0] == Step.CHECKED
    pruning.prune(gym.workspace.id, gym.clock.now() + timedelta(days=6))
    assert Import.objects.filter(id=left.id).exists()
    fresh = _begin(gym, system_id, EXPORT, tmp_path, is_dry=True)
    Import.objects.filter(id=fresh.id).update(made_at=gym.clock.now() + timedelta(days=3))
    gym.step()
    pruning.prune(gym.workspace.id, gym.clock.now() + timedelta(days=8))
    assert set(Import.objects.values_list("id", flat=True)) == {kept.id, fresh.id}
    assert not ImportPage.objects.filter(import_id=left.id).exists()
    assert not ImportFault.objects.filter(import_id=left.id).exists()
    assert ImportFault.objects.filter(import_id=kept.id).exists()
