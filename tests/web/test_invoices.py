"""Invoices as the staff handle them: written, found, ended, taken back, and on the timeline."""

import re
from datetime import timedelta
from html import unescape

import pytest

from baton.store.models import Contact, Invoice
from tests.web.conftest import START, Gym, Screen


@pytest.mark.req("BI1", "BI6")
def test_an_invoice_is_written_and_found(gym: Gym, sam: Screen) -> None:
    gym.hear("mia", "What time do you open?", name="Mia Moss")
    contact = Contact.objects.get()
    assert "Nothing is to be paid" in sam.get("/invoices").text
    form = f"/invoices/new/{contact.id}"
    assert "Mia Moss" in sam.get(form).text
    for amount, due in (
        ("", "2026-03-20"),
        ("-1", "2026-03-20"),
        ("45.00", "2026-03-01"),
        ("1e9", "x"),
    ):
        assert sam.post(form, amount=amount, due=due, memo="", htmx=False).status == 422
    sam.post(form, amount="45.00", due="2026-03-20", memo="Ten classes", htmx=False)
    row = Invoice.objects.get()
    assert (row.amount_minor, row.currency, row.made_by) == (45_00, "USD", f"user:{sam.user.id}")
    assert row.due_at.isoformat() == "2026-03-20T22:59:00+00:00"  # the day's end in Paris
    for words in ("", "#1", "mia"):
        assert "45.00 USD" in sam.get(f"/invoices?q={words.replace('#', '%23')}").text
    assert "No invoice fits" in sam.get("/invoices?q=nobody&state=all&page=x").text


@pytest.mark.req("BI6")
def test_what_was_noted_is_taken_back(gym: Gym, sam: Screen, alex: Screen) -> None:
    gym.hear("mia", "What time do you open?", name="Mia Moss")
    contact = Contact.objects.get()
    form = f"/invoices/new/{contact.id}"
    sam.post(form, amount="45.00", due="2026-03-20", memo="Ten classes", htmx=False)
    row = Invoice.objects.get()
    page = f"/invoices/{row.id}"
    shown = unescape(sam.get(page).text)
    assert "Ten classes" in shown
    assert re.search(r"/t/pay\.\w+", shown)
    assert sam.post(f"{page}/void", reason=" ", htmx=False).status == 422
    assert sam.post(f"{page}/pay", how="card", htmx=False).status == 422
    sam.post(f"{page}/pay", how="desk", htmx=False)
    assert sam.post(f"{page}/pay", how="desk", htmx=False).status == 409
    assert "45.00 USD, paid" in sam.get(f"/contacts/{contact.id}").text
    sam.post(f"{page}/undo", htmx=False)
    assert sam.post(f"{page}/undo", htmx=False).status == 409
    sam.post(f"{page}/void", reason="Written twice", htmx=False)
    assert "Nothing is to be paid" in sam.get("/invoices").text
    assert "#1" in sam.get("/invoices?state=void").text
    sam.post(f"{page}/undo", htmx=False)
    gym.clock.move_to(START + timedelta(days=40))
    assert "overdue" in sam.get("/invoices?state=overdue").text
    # Who reads only, reads; what is another workspace's is nobody's here.
    assert "Note it as paid" not in alex.get(page).text
    assert alex.post(f"{page}/pay", how="desk", htmx=False).status == 403
    Invoice.objects.update(workspace_id="f" * 32)
    assert sam.get(page).status == 404
    assert sam.post(f"{page}/pay", how="desk", htmx=False).status == 404
    assert [actor for actor, _ in gym.deeds("invoice_reopened")] == [f"user:{sam.user.id}"] * 2
