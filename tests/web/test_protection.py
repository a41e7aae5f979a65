"""What is known of a contact, on its page: taken out, held and erased, by who leads alone."""

import json
from pathlib import Path

import pytest

from baton.core.policy import Policy
from baton.services.privacy.forgetting import Forgetter
from baton.services.privacy.manifest import Manifest
from baton.store.models import AuditEntry, Contact, VaultEntry
from tests.web.conftest import Gym, Screen


@pytest.mark.req("P9", "P14")
def test_a_contact_is_held_then_erased_and_the_certificate_stays(
    gym: Gym, sam: Screen, robin: Screen, alex: Screen, tmp_path: Path
) -> None:
    gym.hear("mia", "What time do you open?", name="Mia Moss")
    mia = Contact.objects.get().id
    page = f"/contacts/{mia}/data"
    for who in (sam, alex):
        assert who.get(page).status == 403
        assert who.post(f"{page}.zip").status == 403
        assert who.post(f"{page}/erase", reason="they asked").status == 403
        assert page not in who.get(f"/contacts/{mia}").text
    assert page in robin.get(f"/contacts/{mia}").text
    assert robin.post(f"{page}/erase", reason=" ").status == 422
    assert robin.post(f"{page}/burn", reason="x").status == 404
    robin.post(f"{page}/hold", reason="a claim at court")
    held = robin.get(page).text
    assert "a claim at court" in held
    assert "has to be lifted first" in held
    robin.post(f"{page}/lift")
    robin.post(f"{page}/erase", reason="they asked by letter")
    assert "Keep them after all" in robin.get(page).text
    robin.post(f"{page}/keep")
    robin.post(f"{page}/erase", reason="they asked by letter")
    gym.clock.advance(Policy().erase_after)
    manifest = Manifest(path=tmp_path / "erased.jsonl")
    assert Forgetter(house=gym.house, manifest=manifest, owner="test").run_once() == 1
    done = robin.get(page).text
    assert "leads to nobody any more" in done
    assert "Mia" not in done
    assert mia not in robin.get("/contacts").text
    assert "was erased on" in robin.get(f"/contacts/{mia}").text
    entries = alex.get("/audit?action=contact_erased").text
    assert mia[-6:] in entries


@pytest.mark.req("P5", "H12")
def test_a_token_is_opened_by_role_for_a_reason_and_always_noted(
    gym: Gym, sam: Screen, alex: Screen
) -> None:
    gym.hear("mia", "agent please, call me on 020 7946 0018", name="Mia Moss")
    token = VaultEntry.objects.get(kind="phone").token
    assert alex.get("/contacts/token").status == 403
    assert alex.post("/contacts/token", token=token, reason="a look").status == 403
    assert sam.post("/contacts/token", token=token, reason=" ", htmx=False).status == 422
    assert sam.post("/contacts/token", token="020", reason="x", htmx=False).status == 422
    unknown = sam.post("/contacts/token", token=f"[phone:{'0a' * 8}]", reason="x", htmx=False)
    assert "does not know" in unknown.text
    shown = sam.post("/contacts/token", token=token, reason="call 020 7946 0018", htmx=False)
    assert "02079460018" in shown.text
    entries = AuditEntry.objects.filter(action="token_opened").order_by("seq")
    assert [json.loads(entry.details)["found"] for entry in entries] == [False, True]
    assert token in entries[1].details
    assert "7946" not in entries[1].details
