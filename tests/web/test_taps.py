"""Contacts' own pages: a look changes nothing, a tap acts once, and a false link opens none."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from baton.connectors.stripe.settings import StripeSettings
from baton.core.billing import PaidBy
from baton.flows import render
from baton.services.billing import invoices
from baton.services.billing.invoices import Draft, Reported
from baton.services.systems import systems
from baton.services.systems.systems import Wanted
from baton.services.workspace import one_tap
from baton.services.workspace.one_tap import Errand
from baton.store.models import Contact, Invoice, Workspace
from baton.web.taps import words
from tests.nlu.outside.server import Server, running
from tests.web.conftest import Gym

_MOST_BYTES = 30_000
_STYLE = Path(__file__).parents[2] / "src/baton/web/static/baton/tap.css"


def a_contact(gym: Gym, language: str = "") -> Contact:
    gym.hear("mia", "What time do you open?", name="Mia Moss")
    Contact.objects.update(language=language)
    return Contact.objects.get()


def owed(gym: Gym, contact: Contact, memo: str = "Ten classes") -> str:
    due = gym.clock.now() + timedelta(days=9)
    draft = Draft(contact_id=contact.id, amount_minor=45_00, due_at=due, memo=memo)
    with invoices.written(gym.house, gym.workspace.id) as ledger:
        return invoices.issue(ledger, gym.workspace.id, draft, made_by="user:1")


def path_of(gym: Gym, errand: Errand, subject: str, workspace_id: str = "") -> str:
    url = one_tap.link(gym.house, errand, workspace_id or gym.workspace.id, subject)
    return url.removeprefix(gym.house.base_url)


@pytest.mark.req("BI1", "AP10")
def test_an_invoice_says_what_is_owed_and_how_it_is_paid_without_a_provider(gym: Gym) -> None:
    invoice_id = owed(gym, a_contact(gym))
    path = path_of(gym, Errand.PAY, invoice_id)
    shown = Client().get(path)
    text = shown.content.decode()
    assert shown.status_code == 200
    for told in ("Invoice 1", "$45.00", "Ten classes", "March 11, 2026", "at our desk"):
        assert told in text
    assert "Mia" not in text
    assert "<script" not in text
    assert len(shown.content) + _STYLE.stat().st_size < _MOST_BYTES
    Workspace.objects.update(policy={"payment_words": "Transfer to GB00 TEST."}, revision=9)
    assert "Transfer to GB00 TEST." in Client().get(path).content.decode()
    paid = Reported(
        paid_by=PaidBy.DESK, amount_minor=45_00, currency="USD", noted_by="user:1",
        at=gym.clock.now(),
    )  # fmt: skip
    with invoices.written(gym.house, gym.workspace.id) as ledger:
        invoices.settle(ledger, gym.workspace.id, invoice_id, paid)
    assert "this is paid" in Client().get(path).content.decode()
    assert Client(enforce_csrf_checks=True).post(path, {"do": "pay"}).status_code == 302


@pytest.fixture
def provider() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.mark.req("BI3")
def test_the_tap_opens_the_providers_page_once_and_its_word_alone_settles_it(
    gym: Gym, provider: Server
) -> None:
    settings = StripeSettings(secret_key=f"sk_test_{'a1' * 12}", api_url=provider.url)
    wanted = Wanted(kind="stripe", name="Stripe", settings=settings, secret="whsec_" + "a" * 32)
    systems.connect(gym.house, gym.workspace.id, wanted, actor="user:1")
    provider.answers({}, status=500)
    invoice_id = owed(gym, a_contact(gym))
    path = path_of(gym, Errand.PAY, invoice_id)
    shown = Client().get(path)
    assert "Pay $45.00 now" in shown.content.decode()
    assert not provider.asked  # a look asks for no page
    assert Client().post(path, {"do": "pay"}).status_code == 409  # and nothing was charged
    gym.step(minutes=1)
    until = int((gym.clock.now() + timedelta(hours=1)).timestamp())
    page = "https://checkout.stripe.com/c/pay/cs_test_1"
    provider.answers({"id": "cs_test_1", "url": page, "expires_at": until})
    for _ in range(2):
        onward = Client(enforce_csrf_checks=True).post(path, {"do": "pay"})
        assert (onward.status_code, onward.headers["Location"]) == (302, page)
    assert "form-action 'self' https:" in shown.headers["Content-Security-Policy"]
    assert len(provider.asked) == 2  # the one that failed, and one for both taps
    keys = {asked.headers["idempotency-key"] for asked in provider.asked}
    assert len(keys) == 2  # Stripe repeats its fault to whoever asks with the same key
    assert provider.asked[1].path == "/v1/checkout/sessions"
    assert Invoice.objects.get().state == "open"


def test_it_speaks_the_contacts_language(gym: Gym) -> None:
    invoice_id = owed(gym, a_contact(gym, "es-MX"))
    text = Client().get(path_of(gym, Errand.PAY, invoice_id)).content.decode()
    assert 'lang="es"' in text
    assert "Factura 1" in text
    assert "11 de marzo de 2026" in text


def test_false_foreign_and_ended_links(gym: Gym) -> None:
    contact = a_contact(gym)
    invoice_id = owed(gym, contact)
    path = path_of(gym, Errand.PAY, invoice_id)
    other = Workspace.objects.create(
        id="f" * 32, name="Other", pack="fitness", created_at=gym.clock.now()
    )
    false = (
        f"{path[:-1]}{'A' if path[-1] != 'A' else 'B'}",
        path.replace("/t/pay", "/t/cancel"),
        "/t/nonsense",
        "/t/pay.x.y.9",
        path_of(gym, Errand.PAY, contact.id),
        path_of(gym, Errand.PAY, invoice_id, other.id),
        f"/t/{'pay' * 999}",
    )
    for one in false:
        answer = Client().get(one)
        assert answer.status_code == 404
        assert "leads nowhere" in answer.content.decode()
        assert Client().post(one, {"do": "pay"}).status_code == 404
    gym.clock.move_to(gym.clock.now() + timedelta(days=200))
    ended = Client().get(path)
    assert ended.status_code == 410
    assert "+1 555 0100" in ended.content.decode()
    assert Client().post(path, {"do": "pay"}).status_code == 410
    assert Invoice.objects.get().state == "open"


def test_what_cannot_be_done_is_told_in_words_and_no_log_holds_a_link(
    gym: Gym, caplog: pytest.LogCaptureFixture
) -> None:
    # No provider is connected: the page offers no such button, and a post of it does nothing.
    path = path_of(gym, Errand.PAY, owed(gym, a_contact(gym)))
    missed = Client().post(path, {"do": "pay"})
    assert missed.status_code == 409
    assert "Nothing was charged" in missed.content.decode()
    assert path not in caplog.text


def test_every_text_is_there_in_every_language_and_names_the_same() -> None:
    english = words.LANGUAGES["en"]
    for language, texts in words.LANGUAGES.items():
        assert texts.keys() == english.keys(), language
        for name, text in texts.items():
            assert _named(text) == _named(english[name]), (language, name)
            assert not render.find_mistake(text)


def _named(text: str) -> set[str]:
    return set(re.findall(r"{{ (\w+)", text))
