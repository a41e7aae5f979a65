"""Orders as the staff handle them: written, found, sent, seen, cancelled; mirrors are read only."""

import re
from html import unescape

import pytest

from baton.store.models import Contact, Order, Parcel
from tests.web.conftest import Gym, Screen


def written(gym: Gym, sam: Screen) -> str:
    """Write an order for Mia, and return its page."""
    gym.hear("mia", "What time do you open?", name="Mia Moss")
    form = f"/orders/new/{Contact.objects.get().id}"
    assert "Mia Moss" in sam.get(form).text
    for number, total in (("", "4"), ("#", "4"), ("A-1", "-4"), ("x" * 41, "4"), ("A-1", "much")):
        assert sam.post(form, number=number, total=total, htmx=False).status == 422
    sam.post(form, number="#A-1001", total="42.00", htmx=False)
    assert sam.post(form, number="a1001", total="42.00", htmx=False).status == 422
    return f"/orders/{Order.objects.get().id}"


@pytest.mark.req("OR1", "OR18")
def test_an_order_is_written_found_and_followed(gym: Gym, sam: Screen) -> None:
    assert "Nothing is on its way" in sam.get("/orders").text
    page = written(gym, sam)
    row = Order.objects.get()
    assert (row.number, row.total_minor, row.currency) == ("A-1001", 42_00, "USD")
    assert row.made_by == f"user:{sam.user.id}"
    assert sam.post(f"{page}/see", state="delivered", htmx=False).status == 409  # nothing was sent
    sam.post(f"{page}/pack", htmx=False)
    sam.post(f"{page}/send", carrier="UPS", tracking="1z 99", htmx=False)
    for words in ("", "a1001", "%23A-1001", "1z99", "mia"):
        assert "A-1001" in sam.get(f"/orders?q={words}").text
    assert "No order fits" in sam.get("/orders?q=nobody&state=all&page=x").text
    sam.post(f"{page}/see", state="failed", htmx=False)
    assert "A-1001" in sam.get("/orders?state=amiss").text
    shown = unescape(sam.get(page).text)
    assert "1 failed delivery." in shown
    assert re.search(r"/t/track\.\w+", shown)
    assert "42.00 USD was paid" in shown
    assert sam.post(f"{page}/see", state="lost", htmx=False).status == 422
    sam.post(f"{page}/see", state="delivered", htmx=False)
    assert Order.objects.get().state == "delivered"
    told = re.sub(r"<[^>]+>|\s+", " ", sam.get(f"/contacts/{row.contact_id}").text)
    for line in (
        r"Order A-1001 +ordered, 42.00 USD",
        r"Parcel of order A-1001 +could not be delivered",
        r"Parcel of order A-1001 +delivered",
    ):
        assert re.search(line, told), (line, told)
    assert "No parcel is in trouble" in sam.get("/orders?state=amiss").text
    assert sam.post(f"{page}/cancel", htmx=False).status == 409
    assert len(gym.deeds("order_seen")) == 2


def test_who_reads_only_changes_nothing_and_a_mirror_is_changed_in_its_own_system(
    gym: Gym, sam: Screen, alex: Screen
) -> None:
    page = written(gym, sam)
    assert "It was handed over" not in alex.get(page).text
    assert alex.post(f"{page}/pack", htmx=False).status == 403
    Order.objects.update(system_id="s" * 32)
    assert "It was handed over" not in sam.get(page).text
    assert sam.post(f"{page}/send", carrier="", tracking="", htmx=False).status == 409
    assert not Parcel.objects.exists()
    Order.objects.update(system_id="", workspace_id="f" * 32)
    assert sam.get(page).status == 404
    assert sam.post(f"{page}/pack", htmx=False).status == 404
