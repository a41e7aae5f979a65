"""Returns in the console and on the contact's page: by form, by one click, by rules one tries."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from baton.services.workspace import one_tap
from baton.services.workspace.one_tap import Errand
from baton.store.models import Contact, Order, OrderLine, Return, ReturnRules
from tests.support.orders import an_order
from tests.support.photos import a_photo
from tests.web.conftest import Gym, Screen


def an_order_of(gym: Gym, who: str = "mia", number: str = "10442", **named: object) -> Order:
    gym.hear(who, "What time do you open?", name=f"{who.title()} Moss")
    contact = Contact.objects.order_by("-id").first()
    assert contact
    return an_order(gym.house, gym.workspace.id, contact.id, number, **named)  # type: ignore[arg-type]


def form_of(gym: Gym, order: Order) -> str:
    url = one_tap.link(gym.house, Errand.RETURN, gym.workspace.id, order.id)
    return url.removeprefix(gym.house.base_url)


def sent(order: Order, *photos: bytes, reason: str = "size", **more: str) -> dict[str, object]:
    lines = OrderLine.objects.filter(order_id=order.id).values_list("id", flat=True)
    files = [SimpleUploadedFile(f"{n}.jpg", one) for n, one in enumerate(photos)]
    return {**{f"line-{one}": "1" for one in lines}, "reason": reason, "photos": files, **more}


@pytest.mark.req("RT1", "RT2", "RT4", "M23")
def test_a_return_by_form_shows_its_label_at_once(gym: Gym, client: Client) -> None:
    order = an_order_of(gym)
    form = form_of(gym, order)
    assert "Shirt" in client.get(form).content.decode()
    assert not Return.objects.exists()  # a look changes nothing
    assert client.post(form, sent(order, a_photo())).status_code == 302
    row = Return.objects.get()
    assert (row.state, row.source) == ("labelled", "form")
    shown = unescape(client.get(form).content.decode())
    assert "Accepted. Your label is ready." in shown
    assert "on its way back, or is back" in shown
    page = re.search(r'href="[^"]*(/t/label\.[^"]+)"', shown)
    assert page
    answer = client.get(f"{page[1]}?pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    client.post(form, sent(order, a_photo()))  # sent again, nothing is left to send
    assert Return.objects.filter(state="labelled").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"photos": [SimpleUploadedFile("a.jpg", b"<svg onload=x>")]},
        {"photos": [SimpleUploadedFile("a.pdf", b"%PDF-1.4 x")]},
        {"line": "none"},
    ],
)
def test_a_form_that_cannot_be_taken_changes_nothing(
    gym: Gym, client: Client, wrong: dict[str, object]
) -> None:
    order = an_order_of(gym)
    posted = sent(order) | wrong
    if "line" in wrong:
        posted = {"reason": "size", "line-somebody-elses": "1"}
    assert client.post(form_of(gym, order), posted).status_code == 409
    assert not Return.objects.exists()


@pytest.mark.req("RT4", "G39", "G40")
def test_a_specialist_has_everything_and_decides(gym: Gym, sam: Screen, alex: Screen) -> None:
    order = an_order_of(gym)
    Client().post(form_of(gym, order), sent(order, a_photo(), reason="damaged", words="A hole."))
    row = Return.objects.get()
    assert row.state == "specialist"
    assert "#1" in sam.get("/returns").text
    for words in ("10442", "1", "mia"):
        assert f"/returns/{row.id}" in sam.get(f"/returns?state=all&q={words}").text
    page = f"/returns/{row.id}"
    shown = unescape(sam.get(page).text)
    assert "A hole." in shown
    assert "No damage to be seen by a person" in shown
    photo = re.search(rf"{page}/photos/\w+", shown)
    assert photo and sam.get(photo[0]).status == 200  # noqa: PT018 - one thing: it is shown
    assert [by for by, _ in gym.deeds("attachment_opened")] == [f"user:{sam.user.id}"]
    assert alex.get(photo[0]).status == 403  # an auditor sees who saw what, not what was shown
    assert alex.post(f"{page}/approve", amount="10.00", htmx=False).status == 403
    for amount in ("", "42.001", "42.01", "NaN", "1e99"):
        assert sam.post(f"{page}/approve", amount=amount, htmx=False).status == 422
    assert sam.post(f"{page}/refund", htmx=False).status == 409
    sam.post(f"{page}/approve", amount="40.00", htmx=False)
    sam.post(f"{page}/label", htmx=False)
    assert sam.get(f"{page}/label.pdf").status == 200
    sam.post(f"{page}/void-label", htmx=False)
    sam.post(f"{page}/label", htmx=False)
    sam.post(f"{page}/refund", htmx=False)
    gym.crew.loop.run_idle()
    shown = unescape(sam.get(page).text)
    assert "paid back" in shown
    for deed in ("Asked for", "Accepted", "Label taken back", "Refund granted", "Paid back"):
        assert deed in shown
    assert sam.post(f"{page}/withdraw", why="Late", htmx=False).status == 409
    told = re.sub(r"<[^>]+>|\s+", " ", sam.get(f"/contacts/{row.contact_id}").text)
    for line in (
        "Return 1 +asked for",
        "Return 1 +left to a specialist",
        "Return 1 +label issued",
        "Refund of order 10442 +paid back, 40.00 USD",
    ):
        assert re.search(line, told), (line, told)


def test_what_waits_is_told_as_waiting_and_a_refund_under_way_as_that(
    gym: Gym, sam: Screen, client: Client
) -> None:
    order = an_order_of(gym)
    form = form_of(gym, order)
    client.post(form, sent(order, a_photo(), reason="damaged"))
    told = client.get(form).content.decode()
    assert "Send nothing that has no label yet" in told  # nobody has said yet that it may come
    assert "on its way back" not in told
    page = f"/returns/{Return.objects.get().id}"
    sam.post(f"{page}/approve", amount="40.00", htmx=False)
    assert "Send nothing that has no label yet" not in client.get(form).content.decode()
    sam.post(f"{page}/refund", htmx=False)
    assert "40.00 USD is granted and being carried out" in sam.get(page).text
    gym.crew.loop.run_idle()
    assert "being carried out" not in sam.get(page).text


def test_an_order_of_a_shop_is_paid_back_there_first(gym: Gym, sam: Screen) -> None:
    order = an_order_of(gym, system_id="shop")
    Client().post(form_of(gym, order), sent(order, a_photo()))
    page = f"/returns/{Return.objects.get().id}"
    assert sam.post(f"{page}/refund", htmx=False).status == 422
    sam.post(f"{page}/refund", reference="re_5521", htmx=False)
    gym.crew.loop.run_idle()
    assert Return.objects.get().state == "refunded"


@pytest.mark.req("RT18", "RT22", "RT23")
def test_rules_are_tried_before_they_hold_and_kept_in_versions(
    gym: Gym, robin: Screen, sam: Screen
) -> None:
    del gym
    page = sam.get("/returns/rules").text
    fields = dict(re.findall(r'<input type="(?:number|text)" name="(\w+)" value="([^"]*)"', page))
    fields |= {"case_reason": "size", "damage_by_person": "on"}
    tried = unescape(sam.post("/returns/rules", fields, do="try", htmx=False).text)
    assert "Accept." in tried
    tried = sam.post("/returns/rules", fields, do="try", most_minor="41.99", htmx=False).text
    assert "Leave it to a specialist." in tried
    assert not ReturnRules.objects.exists()
    assert sam.post("/returns/rules", fields, do="publish", over="0", htmx=False).status == 403
    wrong = {"do": "publish", "over": "0", "reason": ""}
    assert robin.post("/returns/rules", fields, **wrong, htmx=False).status == 422
    good = wrong | {"reason": "For the launch", "window_days": "14", "final_skus": "gift card"}
    assert robin.post("/returns/rules", fields, **good, htmx=False).status == 302
    assert robin.post("/returns/rules", fields, **good, htmx=False).status == 422  # over an old one
    [row] = ReturnRules.objects.all()
    assert (row.version, row.document["window_days"]) == (1, 14)
    assert row.document["final_skus"] == ["gift card"]
    assert "For the launch" in robin.get("/returns/rules").text
