"""A contact's page: what they permit, what went and what did not, under the roles that exist."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from baton.core.errors import NotFound
from baton.core.roles import Role
from baton.services.bookings import activities, members, places
from baton.services.bookings.activities import Offer
from baton.services.bookings.members import Plan
from baton.services.bookings.places import Wish
from baton.services.facts import ChurnScored
from baton.services.ledger import Ledger
from baton.services.people import churn_marks, consent_export, languages, preferences
from baton.store.models import Consent, Contact, Merge, Message, Suppression
from baton.store.queries import turns
from tests.support.pages import forms_of
from tests.web.conftest import Gym, Screen, open_gym


@pytest.fixture
def mia(gym: Gym) -> str:
    """Return the id of a contact who asked something."""
    gym.hear("mia", "What time do you open?", name="Mia")
    return Contact.objects.get().id


def test_the_page_shows_permissions_and_the_fate_of_messages_but_no_words(
    sam: Screen, mia: str
) -> None:
    Message.objects.filter(author="bot").update(
        delivery="held",
        delivery_reason="quiet_hours",
        held_until=datetime(2026, 3, 3, 7, tzinfo=UTC),
        is_unprompted=True,
    )
    page = sam.get(f"/contacts/{mia}").text
    assert "Held until 3 Mar 08:00: quiet hours" in page  # by the clock of the console, in Paris
    assert "the contact wrote first" in page
    assert "What time do you open?" not in page
    assert "1 message did not go, or waits" in page


def test_the_conversation_leads_to_it_and_says_why_a_message_waits(
    gym: Gym, sam: Screen, mia: str
) -> None:
    conversation = Contact.objects.get().conversation_id
    assert f"/contacts/{mia}" in sam.get(f"/inbox/{conversation}").text
    Message.objects.filter(author="bot").update(delivery="refused", delivery_reason="no_consent")
    sam.post(f"/inbox/{conversation}/transcript")
    assert "Not sent: no consent to it" in sam.get(f"/inbox/{conversation}/transcript").text
    assert gym.deeds("transcript_opened")


@pytest.mark.req("P1", "P15")
def test_what_somebody_says_at_the_desk_is_recorded_with_who_heard_it(
    gym: Gym, sam: Screen, mia: str
) -> None:
    form = {
        key: value[0]
        for key, value in forms_of(sam.get(f"/contacts/{mia}").text)["consent"].items()
    }
    told = form | {
        "purpose": "promotional", "source": "front desk", "wording": "May we tell you of offers?",
    }  # fmt: skip
    assert sam.post(f"/contacts/{mia}/consent", told, htmx=False).status == 302
    kept = Consent.objects.get(purpose="promotional")
    assert (kept.is_granted, kept.source, kept.wording, kept.evidence) == (
        True, "front desk", "May we tell you of offers?", f"user:{sam.user.id}",
    )  # fmt: skip
    assert gym.deeds("consent_given") == [(f"user:{sam.user.id}", f"contact:{mia}")]
    assert "May we tell you of offers?" in sam.get(f"/contacts/{mia}").text


@pytest.mark.req("C24", "P18")
def test_who_wants_no_messages_at_all_has_opted_out_and_only_they_come_back(
    gym: Gym, sam: Screen, mia: str
) -> None:
    told = {"channel": "webchat", "purpose": "all", "source": "a call"}
    sam.post(f"/contacts/{mia}/consent", told, said="withdrawn", htmx=False)
    assert Contact.objects.get().opted_out == "webchat"
    sam.post(f"/contacts/{mia}/consent", told, said="given", htmx=False)
    assert Contact.objects.get().opted_out == "webchat"
    gym.hear("mia", "START")
    assert Contact.objects.get().opted_out == ""


def test_a_barred_channel_carries_nothing_until_that_is_lifted(
    gym: Gym, sam: Screen, mia: str
) -> None:
    sam.post(f"/contacts/{mia}/bar", channel="webchat", reason="a legal matter", htmx=False)
    assert "barred: a legal matter" in sam.get(f"/contacts/{mia}").text
    gym.hear("mia", "Where can I park?")
    assert Message.objects.filter(delivery="refused", delivery_reason="suppressed").count() == 1
    sam.post(f"/contacts/{mia}/lift", channel="webchat", htmx=False)
    gym.hear("mia", "Is there a sauna?")
    assert Message.objects.filter(delivery_reason="suppressed").count() == 1
    assert [action for action, _subject in gym.deeds("suppressed")] == [f"user:{sam.user.id}"]
    assert len(gym.deeds("suppression_lifted")) == 1


@pytest.mark.parametrize(
    ("deed", "fields"),
    [
        ("consent", {"channel": "sms", "purpose": "all", "said": "given", "source": "form"}),
        ("consent", {"channel": "webchat", "purpose": "sales", "said": "given", "source": "form"}),
        ("consent", {"channel": "webchat", "purpose": "all", "said": "given", "source": " "}),
        ("bar", {"channel": "webchat", "reason": ""}),
        ("bar", {"channel": "fax", "reason": "no"}),
        ("zone", {"timezone": "Mars/Olympus"}),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_reason(
    sam: Screen, mia: str, deed: str, fields: dict[str, str]
) -> None:
    assert sam.post(f"/contacts/{mia}/{deed}", fields, htmx=False).status == 422
    assert not Consent.objects.exclude(source="the contact wrote first").exists()
    assert not Suppression.objects.exists()
    assert Contact.objects.get().timezone == ""


def test_their_zone_can_be_set_and_taken_back(sam: Screen, mia: str) -> None:
    for zone in ("America/New_York", ""):
        sam.post(f"/contacts/{mia}/zone", timezone=zone, htmx=False)
        assert Contact.objects.get().timezone == zone


def test_an_auditor_reads_and_changes_nothing(gym: Gym, alex: Screen, mia: str) -> None:
    page = alex.get(f"/contacts/{mia}").text
    assert "What they permit" in page
    assert "Record what they told you" not in page
    fields = {"channel": "webchat", "reason": "no"}
    assert alex.post(f"/contacts/{mia}/bar", fields, htmx=False).status == 403
    assert alex.post(f"/contacts/{mia}/nonsense", htmx=False).status == 404
    assert not gym.deeds("suppressed")


def test_another_business_sees_nobody_of_this_one(gym: Gym, mia: str) -> None:
    other = open_gym("Southside Gym", house=gym.house, clock=gym.clock)
    stranger = other.screen_of(other.hire("Kim", Role.MANAGER))
    assert stranger.get(f"/contacts/{mia}").status == 404
    assert stranger.post(f"/contacts/{mia}/zone", timezone="", htmx=False).status == 404
    gym.hear("nia", "Where can I park?", name="Nia")
    Contact.objects.filter(id=mia).update(merged_into_id=Contact.objects.exclude(id=mia).get().id)
    assert stranger.get(f"/contacts/{mia}").status == 404  # nor of whom somebody is part


@pytest.mark.req("DI4", "G59")
def test_one_person_is_merged_on_their_page_and_parted_again(
    gym: Gym, sam: Screen, alex: Screen, mia: str
) -> None:
    gym.hear("nia", "Where can I park?", name="Nia")
    nia = Contact.objects.exclude(id=mia).get().id
    page = sam.get(f"/contacts/{mia}").text
    assert "a browser, not signed in on your site" in page
    link = f"https://gym.example/contacts/{nia}/"
    assert sam.post(f"/contacts/{mia}/merge", other=link, reason="", htmx=False).status == 422
    assert alex.post(f"/contacts/{mia}/merge", other=link, reason="x", htmx=False).status == 403
    sam.post(f"/contacts/{mia}/merge", other=link, reason="they told me", htmx=False)
    page = sam.get(f"/contacts/{mia}").text
    assert "they told me" in page
    assert "Nia" in page
    assert sam.get(f"/contacts/{nia}").status == 302  # to whom they are part of
    record = Merge.objects.get().id
    sam.post(f"/contacts/{mia}/parts/{record}", htmx=False)
    assert sam.get(f"/contacts/{nia}").status == 200
    assert [deed for deed, _subject in gym.deeds("unmerged")] == [f"user:{sam.user.id}"] * 2


@pytest.mark.req("P1", "P15")
def test_proof_is_exported_as_it_was_kept(mia: str) -> None:
    kept = consent_export.proof_of(mia)
    assert kept == [
        {
            "channel": "webchat",
            "purpose": "service",
            "granted": True,
            "at": "2026-03-02T10:00:00+00:00",
            "recorded_at": "2026-03-02T10:00:00+00:00",
            "source": "the contact wrote first",
            "wording": "",
            "evidence": "",
            "pending": False,
        }
    ]
    with pytest.raises(NotFound):
        consent_export.proof_of("nobody")


def test_a_contacts_language_is_theirs_to_say_and_a_persons_to_note(
    gym: Gym, sam: Screen, mia: str
) -> None:
    assert "their language is not known" in sam.get(f"/contacts/{mia}").text.lower()
    assert sam.post(f"/contacts/{mia}/language", {"language": "es_mx"}, htmx=False).status == 302
    assert "in Spanish (Mexico), as somebody of your team noted" in sam.get(f"/contacts/{mia}").text
    assert sam.post(f"/contacts/{mia}/language", {"language": "Klingon"}).status == 422
    assert Contact.objects.get().language == "es-MX"
    assert gym.deeds("language_changed") == [(f"user:{sam.user.id}", f"contact:{mia}")]
    link = preferences.link_of(gym.house, mia, gym.clock.now())
    path = link.removeprefix(gym.house.base_url)
    assert "Español" in Client().get(path).text
    Client().post(path, {"language": "es-MX"})  # left alone
    assert Contact.objects.get().language_from == "person"
    Client().post(path, {"language": "en"})
    assert (Contact.objects.get().language, Contact.objects.get().language_from) == (
        "en", "contact",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("number", "own", "suggested"),
    [
        ("+34600000000", "en", "es"),
        ("+447700900123", "en-GB", ""),
        ("+3225550000", "en", ""),  # Belgium speaks three
        ("nobody", "en", ""),
    ],
)
def test_the_country_of_a_number_is_a_hint(number: str, own: str, suggested: str) -> None:
    assert languages.suggested_by(number, own) == suggested


@pytest.mark.req("CH3", "AP14")
def test_the_timeline_tells_bookings_visits_memberships_scores_and_their_reasons(
    gym: Gym, sam: Screen, mia: str
) -> None:
    house, workspace_id = gym.house, gym.workspace.id
    activity = activities.save(house, workspace_id, Offer(name="Yoga"), actor="system")
    hour = timedelta(hours=1)
    [slot] = activities.add_slots(
        house, workspace_id, activity, [gym.clock.now() + 3 * hour], actor="system"
    )
    booking = places.book(
        house, workspace_id, Wish(contact_id=mia, slot_id=slot), actor=f"contact:{mia}"
    )
    places.cancel(house, workspace_id, booking.id, actor=f"contact:{mia}")
    members.begin(house, workspace_id, mia, Plan(name="Gold"), actor="system")
    sam.post(f"/contacts/{mia}/check-in", htmx=False)
    with house.engine.transaction():
        contact = turns.list_lanes([Contact.objects.get().lane])
        scored = ChurnScored(points=45, is_at_risk=True, is_high_value=False, signs=("away", "few"))
        ledger = Ledger(house, gym.clock.now())
        [known] = contact.values()
        ledger.keep(churn_marks.marked(ledger, known.contact, scored))
        ledger.flush()
    page = sam.get(f"/contacts/{mia}").text
    timeline = re.sub(r"<[^>]+>|\s+", " ", page[page.index('id="timeline-whole"') :])
    for told in (
        r"Yoga, Mon 2 Mar, 14:00 +Booked +by themselves",
        r"Yoga, Mon 2 Mar, 14:00 +Cancelled, inside the cancellation window",
        r"Membership Gold +is a member",
        r"Was here +checked in",
        r"Risk of leaving: 45 of 100 +at risk +long without a visit, few",
    ):
        assert re.search(told, timeline), (told, timeline)
    assert 'hx-trigger="changed from:body"' in page
