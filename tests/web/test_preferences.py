"""A contact's own page: a link that ends, ticks that are consents, a click that ends a channel."""

from datetime import timedelta

import pytest
from django.test import Client

from baton.core.consent import Purpose, changes_of
from baton.services.ledger import Ledger
from baton.services.people import contacts, preferences
from baton.store.models import Consent, Contact, Message
from baton.store.queries import turns
from tests.web.conftest import Gym


@pytest.fixture
def link(gym: Gym) -> str:
    """Return the path of the page of a contact who asked something."""
    gym.hear("mia", "What time do you open?", name="Mia")
    url = preferences.link_of(gym.house, Contact.objects.get().id, gym.clock.now())
    return url.removeprefix(gym.house.base_url)


def page(path: str) -> str:
    return Client().get(path).content.decode()


@pytest.mark.req("P1", "C16")
def test_a_tick_is_a_consent_with_the_words_beside_it_and_looking_is_none(
    gym: Gym, link: str
) -> None:
    before = Consent.objects.count()
    shown = page(link)
    assert "Offers and news" in shown
    assert "Mia" not in shown
    assert Consent.objects.count() == before
    wants = ["webchat:service", "webchat:promotional", "webchat:nonsense", "sms:service"]
    answer = Client(enforce_csrf_checks=True).post(link, {"wants": wants, "preferred": "webchat"})
    assert "Saved" in answer.content.decode()
    kept = Consent.objects.order_by("-id").first()
    assert kept is not None
    assert Consent.objects.count() == before + 1  # the rest stood already, or was never asked
    assert (kept.channel, kept.purpose, kept.is_granted, kept.source, kept.wording) == (
        "webchat", "promotional", True, "preference page", "Web chat: Offers and news",
    )  # fmt: skip
    assert Contact.objects.get().preferred_channel == "webchat"
    assert gym.deeds("channel_preferred")
    Client().post(link, {"wants": ["webchat:service", "webchat:promotional"]})
    assert Consent.objects.count() == before + 1  # said again, nothing changes
    Client().post(link, {"wants": []})
    assert Consent.objects.filter(is_granted=False, source="preference page").count() == 2


@pytest.mark.req("C24", "P18")
def test_one_click_ends_a_channel_and_only_start_opens_it(gym: Gym, link: str) -> None:
    assert "Nothing more will come by Web chat" in Client().post(link, {"end": "webchat"}).text
    assert Contact.objects.get().opted_out == "webchat"
    assert "Write START in the chat" in page(link)
    Client().post(link, {"wants": ["webchat:promotional"]})
    assert not Consent.objects.filter(purpose="promotional").exists()
    assert not Message.objects.filter(body_sealed=b"").exists()
    gym.hear("mia", "START")
    assert "Nothing at all by Web chat" in page(link)


def test_a_link_ends_and_cannot_be_made_up(gym: Gym, link: str) -> None:
    assert Client().get(link[:-1] + ("A" if link[-1] != "A" else "B")).status_code == 404
    assert Client().post("/preferences/nonsense", {"end": "webchat"}).status_code == 404
    other = link.replace(Contact.objects.get().id, "0" * 32)
    assert Client().get(other).status_code == 404
    assert Client().post(link, {"end": "fax"}).status_code == 422
    gym.clock.move_to(gym.clock.now() + timedelta(days=31))
    ended = Client().get(link)
    assert ended.status_code == 404
    assert "not good any more" in ended.content.decode()


def test_copy_may_name_it(gym: Gym, link: str) -> None:
    contact = turns.list_lanes([Contact.objects.get().lane])[Contact.objects.get().lane].contact
    facts = contacts.facts_of(Ledger(gym.house, gym.clock.now()), contact, "webchat")
    assert str(facts["preferences_url"]).endswith(link)


def test_what_was_never_asked_and_is_not_ticked_is_no_withdrawal() -> None:
    standing = {
        ("sms", Purpose.SERVICE): True,
        ("sms", Purpose.TRANSACTIONAL): None,
        ("sms", Purpose.PROMOTIONAL): False,
    }
    assert changes_of(standing, {("sms", Purpose.PROMOTIONAL)}) == (
        (("sms", Purpose.SERVICE), False),
        (("sms", Purpose.PROMOTIONAL), True),
    )
    assert changes_of(standing, {("sms", Purpose.SERVICE)}) == ()
