"""The audit page: who did what, and a chain that shows every kind of tampering."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from baton.core import audit
from baton.core.audit import Deed
from baton.core.errors import Conflict, Forbidden, NotFound
from baton.services.desk import agents, auditing
from baton.services.desk.auditing import Sought
from baton.services.ledger import Ledger
from baton.services.privacy import anchoring
from baton.services.privacy.anchoring import Anchorer
from baton.services.workspace import supervision
from baton.store.models import AuditEntry, SupervisedPhase, Workspace
from tests.web.conftest import Gym, Screen, open_gym

REFUND = "I want my money back, this is a scam"


@pytest.fixture
def busy(gym: Gym, sam: Screen, robin: Screen) -> str:
    conversation = gym.hear("mia", REFUND)
    sam.get(f"/inbox/{conversation}")
    sam.post(f"/inbox/{conversation}/take")
    robin.get(f"/inbox/{conversation}")
    return conversation


@pytest.mark.usefixtures("busy")
@pytest.mark.req("P10")
def test_the_page_says_who_opened_which_card(robin: Screen) -> None:
    page = robin.get("/audit?action=card_opened").text
    assert "Sam" in page
    assert "Robin" in page
    assert page.count("<tr>") == 3


def test_filters_by_person_action_and_subject(sam: Screen, robin: Screen, busy: str) -> None:
    def actions(**sought: str) -> set[str]:
        asked = replace(Sought(), **sought)  # type: ignore[arg-type] # texts alone
        return {e.action for e in auditing.list_entries(robin.user, asked).entries}

    assert actions(actor="sam") == {"card_opened", "accepted"}
    assert actions(actor=sam.user.id, action="accepted") == {"accepted"}
    assert actions(actor="bot") == {"handed_over"}
    assert "accepted" in actions(subject=busy[-6:])
    assert actions(action="no_such_thing") == set()
    assert "No entry fits" in robin.get("/audit?action=no_such_thing").text


@pytest.mark.usefixtures("busy")
def test_pages_run_from_the_newest_to_the_first(gym: Gym, robin: Screen) -> None:
    for _ in range(auditing.PAGE_SIZE):
        agents.set_availability(gym.house, robin.user, is_available=True)
    first = auditing.list_entries(robin.user, Sought())
    second = auditing.list_entries(robin.user, Sought(), before=first.following)
    seqs = [entry.seq for entry in (*first.entries, *second.entries)]
    assert seqs == list(range(len(seqs), 0, -1))
    assert second.following is None
    assert "Older entries" in robin.get("/audit").text


@pytest.mark.req("P5", "P10")
def test_a_reason_tells_nobodys_address(gym: Gym, robin: Screen) -> None:
    with gym.house.engine.transaction():
        ledger = Ledger(gym.house, gym.clock.now())
        supervision.begin(ledger, gym.workspace.id, actor="system")
        ledger.flush()
    [phase] = supervision.list_running(gym.house, robin.user)
    supervision.end(gym.house, robin.user, phase.id, "Anna (anna@example.org) complained")
    [entry] = auditing.list_entries(robin.user, Sought(action="supervision_ended")).entries
    assert str(entry.details["reason"]).startswith("Anna ([email:")
    assert "anna@example.org" not in SupervisedPhase.objects.get().reason


def test_agents_may_not_read_it(sam: Screen) -> None:
    assert sam.get("/audit").status == 403
    assert sam.post("/audit/verify").status == 403
    with pytest.raises(Forbidden):
        auditing.list_entries(sam.user, Sought())


def test_other_workspaces_entries_are_not_shown(gym: Gym, robin: Screen) -> None:
    other = open_gym("Southside", house=gym.house, clock=gym.clock)
    other.hear("mia", REFUND)
    shown = auditing.list_entries(robin.user, Sought()).entries
    assert "handed_over" not in {entry.action for entry in shown}


@pytest.mark.usefixtures("busy")
@pytest.mark.req("P10")
def test_a_whole_chain_verifies(gym: Gym, alex: Screen) -> None:
    assert auditing.verify(gym.workspace.id) is None
    assert "The chain is whole" in alex.post("/audit/verify").text
    assert "The chain is whole" in alex.post("/audit/verify", htmx=False).text


@pytest.mark.usefixtures("busy")
def test_every_kind_of_tampering_is_found(gym: Gym, alex: Screen) -> None:
    entries = AuditEntry.objects.filter(workspace_id=gym.workspace.id)
    length = entries.count()
    third = entries.get(seq=3)
    for field, value in (("actor", "bot2"), ("details", '{"x":1}'), ("subject", "card:1")):
        entries.filter(seq=3).update(**{field: value})
        assert auditing.verify(gym.workspace.id) == 3, field
        entries.filter(seq=3).update(**{field: getattr(third, field)})
    assert auditing.verify(gym.workspace.id) is None
    last = entries.get(seq=length)
    entries.filter(seq=length).delete()
    assert auditing.verify(gym.workspace.id) == length
    assert f"breaks at entry {length}" in alex.post("/audit/verify").text
    last.save(force_insert=True)
    entries.filter(seq=2).delete()
    assert auditing.verify(gym.workspace.id) == 2


@pytest.mark.usefixtures("busy")
def test_a_chain_cut_off_whole_is_found(gym: Gym) -> None:
    AuditEntry.objects.filter(workspace_id=gym.workspace.id).delete()
    assert auditing.verify(gym.workspace.id) == 1


@pytest.mark.usefixtures("busy")
def test_a_head_that_was_moved_is_found(gym: Gym) -> None:
    Workspace.objects.filter(id=gym.workspace.id).update(audit_head="0" * 64)
    assert auditing.verify(gym.workspace.id) == AuditEntry.objects.count()


@pytest.mark.usefixtures("gym")
def test_an_unknown_workspace_has_no_chain() -> None:
    with pytest.raises(NotFound):
        auditing.verify("0" * 32)


@pytest.mark.usefixtures("busy")
@pytest.mark.req("P10", "PE8")
def test_entries_are_found_by_words_and_days_and_taken_away_by_who_may(
    gym: Gym, sam: Screen, robin: Screen
) -> None:
    def count(**sought: object) -> int:
        return len(auditing.list_entries(robin.user, Sought(**sought)).entries)  # type: ignore[arg-type]

    today = gym.clock.now().date()
    before = count()
    assert 0 < count(words="REFUND") < before
    assert count(since=today, until=today) == before
    assert count(until=today - timedelta(days=1)) == count(since=today + timedelta(days=1)) == 0
    gym.clock.advance(timedelta(hours=13, minutes=30))  # 23:30 in UTC is the next day in Paris
    agents.set_availability(gym.house, robin.user, is_available=False)
    assert count(since=today + timedelta(days=1)) == 1
    assert sam.get("/audit.csv").status == 403
    assert f"/audit.csv?since={today}" in robin.get(f"/audit?since={today}").text
    assert robin.get("/audit?since=yesterday").status == 422
    lines = robin.get(f"/audit.csv?until={today}").text.splitlines()
    assert lines[0] == ",".join(auditing.COLUMNS)
    assert len(lines) == 1 + before
    assert lines[2].rsplit(",", 2)[1] == lines[1].rsplit(",", 2)[2], "the chain can be followed"
    [noted] = auditing.list_entries(robin.user, Sought(action="audit_exported")).entries
    assert noted.details == {"until_on": str(today)}


@pytest.mark.usefixtures("busy")
@pytest.mark.req("P10", "H12")
def test_a_chain_that_was_written_anew_does_not_hold_against_its_anchors(
    gym: Gym, tmp_path: Path
) -> None:
    path = tmp_path / "audit-anchors.jsonl"
    anchorer = Anchorer(house=gym.house, path=path)
    anchorer.run_once()
    gym.hear("mia", "hello?")
    anchorer.run_once()
    assert len(path.read_text().splitlines()) == 1, "once an hour is enough"
    gym.clock.advance(timedelta(hours=1))
    anchorer.run_once()
    noted = anchoring.read(path, gym.house.keyset)[gym.workspace.id]
    assert len(noted) == 2
    assert auditing.verify(gym.workspace.id, noted) is None
    # Somebody who can write to the database leaves an entry out and makes the chain anew.
    rows = list(AuditEntry.objects.filter(workspace_id=gym.workspace.id).order_by("seq"))
    deeds = [
        Deed(
            at=row.at,
            actor=row.actor,
            action=row.action,
            subject=row.subject,
            details=json.loads(row.details),
        )
        for row in rows
        if row.action != "card_opened"
    ]
    AuditEntry.objects.filter(workspace_id=gym.workspace.id).delete()
    links = audit.chain(deeds, seq=0, head="")
    AuditEntry.objects.bulk_create(
        [AuditEntry(workspace_id=gym.workspace.id, **msgspec.structs.asdict(one)) for one in links]
    )
    Workspace.objects.filter(id=gym.workspace.id).update(
        audit_seq=links[-1].seq, audit_head=links[-1].hash
    )
    assert auditing.verify(gym.workspace.id) is None
    assert auditing.verify(gym.workspace.id, noted) == min(noted)
    # Nor can they write an anchor: its proof takes the keyset.
    path.write_text(path.read_text().replace(noted[min(noted)], links[0].hash))
    with pytest.raises(Conflict, match="line 1"):
        anchoring.read(path, gym.house.keyset)
    path.write_text("nonsense\n")
    with pytest.raises(Conflict, match="no anchor"):
        anchoring.read(path, gym.house.keyset)
    assert anchoring.read(tmp_path / "none", gym.house.keyset) == {}
