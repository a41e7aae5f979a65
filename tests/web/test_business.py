"""Where a business is and when it is open, and what people read where they agree."""

from datetime import UTC, datetime

import pytest

from baton.services.workspace.standards import standards_cache
from baton.store.models import Location, Message, RuntimeTimer, Workspace
from tests.support.pages import forms_of
from tests.web.conftest import Gym, Screen


def form_of(page: str, name: str) -> dict[str, str]:
    return {field: values[0] for field, values in forms_of(page)[name].items()}


def place_of(screen: Screen) -> dict[str, str]:
    return form_of(screen.get("/settings/business").text, "place-form-1")


def said_by_bot(gym: Gym, talk: str) -> str:
    sent = Message.objects.filter(conversation_id=talk, author="bot").latest("id")
    return gym.house.keyset.unseal(bytes(sent.body_sealed), f"message:{sent.id}")


def test_answers_speak_of_the_new_hours_from_the_next_message_on(gym: Gym, robin: Screen) -> None:
    wanted = place_of(robin) | {"hours": "Mon-Fri 7:00-13:00, 15:00-20:00", "name": "Mill Lane"}
    assert robin.post("/settings/business/place", wanted, htmx=False).status == 302
    said = said_by_bot(gym, gym.hear("mia", "What are your opening hours?"))
    assert "Mill Lane is open Mon-Fri 07:00-13:00, 15:00-20:00" in said
    assert len(gym.deeds("place_saved")) == 1


def test_a_day_off_is_shut(gym: Gym, robin: Screen) -> None:
    wanted = place_of(robin) | {"closed_on": "2026-12-25; 2026-12-24"}
    robin.post("/settings/business/place", wanted, htmx=False)
    hours = standards_cache(gym.house).standards_of(gym.workspace.id).hours
    assert not hours.is_open(datetime(2026, 12, 25, 12, tzinfo=UTC))
    assert hours.is_open(datetime(2026, 12, 26, 12, tzinfo=UTC))
    assert place_of(robin)["closed_on"] == "2026-12-24, 2026-12-25"


def test_the_daily_check_goes_by_the_new_clock(robin: Screen) -> None:
    before = RuntimeTimer.objects.get(key="daily_check").due_at
    wanted = place_of(robin) | {"timezone": "Asia/Tokyo"}
    robin.post("/settings/business/place", wanted, htmx=False)
    after = RuntimeTimer.objects.get(key="daily_check").due_at
    # Paris is eight hours behind Tokyo in winter.
    assert (before - after).total_seconds() % 86_400 == 8 * 3_600


def test_a_further_place_leaves_the_first_ones_clock(robin: Screen) -> None:
    before = RuntimeTimer.objects.get(key="daily_check").due_at
    wanted = place_of(robin) | {"place_id": "", "name": "Hill", "timezone": "Asia/Tokyo"}
    robin.post("/settings/business/place", wanted, htmx=False)
    assert set(Location.objects.values_list("name", flat=True)) == {"Canal Street", "Hill"}
    assert RuntimeTimer.objects.get(key="daily_check").due_at == before


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": " "}, "what the place is called"),
        ({"timezone": "Paris"}, "a time zone"),
        ({"timezone": "../../etc/passwd"}, "a time zone"),
        ({"hours": "always"}, "Mon-Fri 09:00-17:00"),
        ({"hours": "Mon 18:00-09:00"}, "must end after it begins"),
        ({"closed_on": "Christmas"}, "2027-12-25"),
        ({"closed_on": "2027-12-25 " * 101}, "at most 100 days"),
        ({"map_url": "javascript:alert(1)"}, "whole address"),
        ({"address": "x" * 301}, "at most 300"),
    ],
)
def test_what_cannot_be_is_refused_and_kept_in_the_form(
    gym: Gym, robin: Screen, given: dict[str, str], said: str
) -> None:
    wanted = place_of(robin) | {"phone": "+1 555 0199"} | given
    answer = robin.post("/settings/business/place", wanted, htmx=False)
    assert answer.status == 422
    assert said in answer.text
    assert "+1 555 0199" in answer.text
    assert Location.objects.get().phone == "+1 555 0100"
    assert not gym.deeds("place_saved")


def test_what_a_colleague_changed_meanwhile_is_not_overwritten(gym: Gym, robin: Screen) -> None:
    wanted = place_of(robin)
    named = form_of(robin.get("/settings/business").text, "name-form")
    robin.post("/settings/business/name", named | {"business": "Southside"}, htmx=False)
    assert robin.post("/settings/business/place", wanted, htmx=False).status == 409
    assert Workspace.objects.get().name == "Southside"
    assert len(gym.deeds("business_renamed")) == 1


def test_who_may_not_configure_changes_no_place(sam: Screen, robin: Screen) -> None:
    wanted = place_of(robin) | {"name": "Sam's"}
    assert sam.get("/settings/business").status == 403
    assert sam.post("/settings/business/place", wanted, htmx=False).status == 403
    assert sam.get("/settings/consent").status == 403
    assert Location.objects.get().name == "Canal Street"


@pytest.mark.req("P1")
def test_own_words_are_asked_and_baton_s_come_back_when_they_are_emptied(
    gym: Gym, robin: Screen
) -> None:
    words = "Write to me by email as well, as our privacy page says."
    form = form_of(robin.get("/settings/consent").text, "consent-form")
    robin.post("/settings/consent", form | {"email": words}, htmx=False)
    standards = standards_cache(gym.house).standards_of(gym.workspace.id)
    assert standards.wordings == {"email": words}
    form = form_of(robin.get("/settings/consent").text, "consent-form")
    assert form["email"] == words
    assert robin.post("/settings/consent", form | {"email": "x" * 401}, htmx=False).status == 422
    robin.post("/settings/consent", form | {"email": " "}, htmx=False)
    assert Workspace.objects.get().wordings == {}
    assert len(gym.deeds("consent_wording_changed")) == 2
