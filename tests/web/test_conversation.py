"""One conversation on the screen: card first, words behind a logged click, one owner at a time."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F

from baton.core.errors import InvalidInput
from baton.core.roles import Role
from baton.services import inbox
from baton.services.desk import agents
from baton.store.models import Contact, Conversation, Message, Review, Workspace
from tests.web.conftest import START, Gym, Screen, open_gym

REFUND = "I want my money back, this is a scam. Call me on +1 415 555 2671 or mia@example.org"


@pytest.fixture
def refund(gym: Gym, sam: Screen) -> str:
    assert sam.user.is_available  # somebody is there, so it is offered, not promised
    return gym.hear("mia", REFUND, name="Mia Lang")


def _texts(conversation_id: str) -> int:
    return Message.objects.filter(conversation_id=conversation_id, author="agent").count()


@pytest.mark.req("H5", "H9", "X6")
def test_the_card_comes_first(sam: Screen, refund: str) -> None:
    page = sam.get(f"/inbox/{refund}").text
    assert "The contact wants their money back" in page
    for part in (
        "Reference",
        "Done so far",
        "An agent may grant",
        "50.00 USD",
        "Consent",
        "Negative messages",
        "Urgent words",
        "Asked for a person",
    ):
        assert part in page


@pytest.mark.req("H6", "P5")
def test_the_card_page_holds_no_raw_identifier_no_transcript_and_no_probability(
    gym: Gym, sam: Screen, refund: str
) -> None:
    gym.hear("mia", "it happened on the second of March and nobody cares")
    Message.objects.get(conversation_id=refund, author="bot")
    page = sam.get(f"/inbox/{refund}").text
    for raw in ("415 555 2671", "mia@example.org", "second of March", "confidence", "0.9", "%"):
        assert raw not in page, raw
    assert 'class="bubble"' not in page


@pytest.mark.req("H5")
def test_the_card_is_as_urgent_as_its_row_in_the_list(gym: Gym, sam: Screen, refund: str) -> None:
    def scores() -> set[str]:
        card = sam.get(f"/inbox/{refund}").text.partition('id="card"')[2]  # the list lies before it
        pages = (card, sam.get("/inbox/list?folder=queue").text)
        shown = r'Urgency </span>(\d+) <span class="cause">([^<]+)<'
        return {" ".join(found) for page in pages for found in re.findall(shown, page)[:1]}

    assert scores() == {"65 refund"}
    gym.step(hours=2)
    assert scores() == {"100 overdue"}


@pytest.mark.req("T19")
def test_the_card_says_what_is_still_to_be_found_out(sam: Screen, refund: str) -> None:
    assert "Still to find out" not in sam.get(f"/inbox/{refund}").text  # nothing is needed for it
    Conversation.objects.update(request_type="membership_pause")
    page = sam.get(f"/inbox/{refund}").text
    assert "nobody vouched for them yet; their membership" in page
    Contact.objects.update(is_identified=True)
    assert "Still to find out</dt><dd>their membership<" in sam.get(f"/inbox/{refund}").text
    Contact.objects.update(membership="Gold")
    assert "Still to find out" not in sam.get(f"/inbox/{refund}").text


@pytest.mark.req("H12", "P10")
def test_opening_a_card_is_logged_with_who_and_which(gym: Gym, sam: Screen, refund: str) -> None:
    assert gym.deeds("card_opened") == []
    sam.get(f"/inbox/{refund}")
    [(actor, subject)] = gym.deeds("card_opened")
    assert actor == f"user:{sam.user.id}"
    assert subject.startswith("handoff:")


def test_a_refresh_is_no_second_opening(gym: Gym, sam: Screen, refund: str) -> None:
    sam.get(f"/inbox/{refund}", htmx=True)
    sam.get(f"/inbox/{refund}/standing", htmx=True)
    sam.get("/inbox/list", htmx=True)
    assert len(gym.deeds("card_opened")) == 1


@pytest.mark.req("H4", "P10")
def test_the_transcript_opens_by_one_logged_click(gym: Gym, sam: Screen, refund: str) -> None:
    assert sam.get(f"/inbox/{refund}/transcript", htmx=True).status == 404
    opened = sam.post(f"/inbox/{refund}/transcript")
    assert "this is a scam" in opened.text
    assert "Sent" in opened.text or "Queued" in opened.text
    assert gym.deeds("transcript_opened") == [(f"user:{sam.user.id}", f"conversation:{refund}")]
    again = sam.get(f"/inbox/{refund}/transcript", htmx=True)
    assert "this is a scam" in again.text
    assert len(gym.deeds("transcript_opened")) == 1


def test_a_look_ends_after_a_working_day_and_is_one_person_s(
    gym: Gym, sam: Screen, robin: Screen, refund: str
) -> None:
    sam.post(f"/inbox/{refund}/transcript")
    assert robin.get(f"/inbox/{refund}/transcript").status == 404
    gym.step(hours=9)
    assert sam.get(f"/inbox/{refund}/transcript").status == 404


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ENGINEER])
def test_some_roles_are_refused_the_words_and_told_so(gym: Gym, role: Role, refund: str) -> None:
    screen = gym.screen_of(gym.hire("Alex", role))
    page = screen.get(f"/inbox/{refund}").text
    assert "may not open transcripts" in page
    assert "Open transcript" not in page
    assert "this is a scam" not in page
    assert "Last messages" not in page
    assert 'id="reply"' not in page
    refused = screen.post(f"/inbox/{refund}/transcript")
    assert refused.status == 403
    assert f"Your role ({role.value}) may not open transcripts." in refused.text
    assert screen.get(f"/inbox/{refund}/transcript").status == 403
    assert screen.post(f"/inbox/{refund}/take").status == 403
    assert gym.deeds("transcript_opened") == []


@pytest.mark.parametrize(
    "path", ["", "/standing", "/transcript", "/take", "/reply", "/note", "/resolve", "/snooze"]
)
@pytest.mark.parametrize("whose", ["unknown", "another workspace's"])
def test_what_is_not_this_workspace_s_is_not_there(
    gym: Gym, sam: Screen, path: str, whose: str
) -> None:
    other = open_gym("Southside", house=gym.house, clock=gym.clock)
    conversation = other.hear("mia", REFUND) if whose != "unknown" else "0" * 32
    address = f"/inbox/{conversation}{path}"
    if path in ("", "/standing", "/transcript"):
        assert sam.get(address).status == 404
    if path not in ("", "/standing"):
        fields = {"text": "hello", "code": "answered", "until": "hour"}
        assert sam.post(address, fields).status == 404
    assert gym.deeds("card_opened") == other.deeds("card_opened") == []


def test_an_unknown_act_is_not_found_and_a_get_changes_nothing(sam: Screen, refund: str) -> None:
    assert sam.post(f"/inbox/{refund}/explode").status == 404
    assert sam.get(f"/inbox/{refund}/take").status == 405


def test_of_two_agents_the_second_is_told_who_has_it(
    sam: Screen, robin: Screen, refund: str
) -> None:
    assert robin.post(f"/inbox/{refund}/take").status == 204
    refused = sam.post(f"/inbox/{refund}/take")
    assert (refused.status, refused.text.strip()) == (409, "<p>Robin has this conversation.</p>")
    refused = sam.post(f"/inbox/{refund}/reply", text="Hello")
    assert (refused.status, _texts(refund)) == (409, 0)
    assert "Robin" in sam.get(f"/inbox/{refund}/standing", htmx=True).text
    assert 'id="take"' not in sam.get(f"/inbox/{refund}/standing", htmx=True).text


def test_taking_replying_noting_and_resolving(gym: Gym, sam: Screen, refund: str) -> None:
    assert sam.post(f"/inbox/{refund}/reply", text="Hello").status == 409
    took = sam.post(f"/inbox/{refund}/take")
    assert took.told == {
        "changed": {},
        "done": {"act": "take", "said": "The conversation is yours."},
    }
    assert 'data-mine="true"' in sam.get(f"/inbox/{refund}/standing", htmx=True).text
    assert sam.post(f"/inbox/{refund}/reply", text="Hello <b>Mia</b>").status == 204
    assert sam.post(f"/inbox/{refund}/note", text="she is right").status == 204
    gym.step(seconds=1)
    words = sam.post(f"/inbox/{refund}/transcript").text
    assert "Hello &lt;b&gt;Mia&lt;/b&gt;" in words
    assert "note, never sent" in words
    assert words.index("this is a scam") < words.index("Hello &lt;b&gt;")
    assert sam.post(f"/inbox/{refund}/resolve", code="refunded").status == 204
    assert Conversation.objects.get(id=refund).resolution_code == "refunded"
    assert "Refunded" in sam.get(f"/inbox/{refund}/standing", htmx=True).text


@pytest.mark.parametrize("words", ["", "   ", "x" * 4_001, "line\n" * 201])
def test_words_that_cannot_be_sent_are_refused_with_the_reason(
    sam: Screen, refund: str, words: str
) -> None:
    sam.post(f"/inbox/{refund}/take")
    for act in ("reply", "note"):
        refused = sam.post(f"/inbox/{refund}/{act}", text=words)
        assert refused.status == 422
        assert "The message" in refused.text
    assert _texts(refund) == 0


@pytest.mark.parametrize(
    ("act", "fields"), [("resolve", {"code": "whatever"}), ("snooze", {"until": "doomsday"})]
)
def test_a_choice_that_is_not_offered_is_refused(
    sam: Screen, refund: str, act: str, fields: dict[str, str]
) -> None:
    sam.post(f"/inbox/{refund}/take")
    assert sam.post(f"/inbox/{refund}/{act}", fields).status == 422


def test_putting_back_and_returning_to_the_bot(sam: Screen, refund: str) -> None:
    sam.post(f"/inbox/{refund}/take")
    sam.post(f"/inbox/{refund}/release")
    assert Conversation.objects.get(id=refund).handled_by == "queue"
    sam.post(f"/inbox/{refund}/return")
    assert Conversation.objects.get(id=refund).handled_by == "bot"
    assert "Step in" in sam.get(f"/inbox/{refund}/standing", htmx=True).text


def test_what_was_just_done_can_be_undone_from_the_page(gym: Gym, sam: Screen, refund: str) -> None:
    sam.post(f"/inbox/{refund}/take")
    assert "Undo:" not in sam.get(f"/inbox/{refund}/standing").text
    told = sam.post(f"/inbox/{refund}/resolve", code="answered").told["done"]
    assert told == {"act": "resolve", "said": "Resolved.", "undo": f"/inbox/{refund}/undo"}
    assert "Undo: resolved" in sam.get(f"/inbox/{refund}/standing").text
    undone = sam.post(f"/inbox/{refund}/undo").told["done"]
    assert undone == {"act": "undo", "said": "Open again, and yours."}
    assert "Yours" in sam.get(f"/inbox/{refund}/standing").text
    sam.post(f"/inbox/{refund}/release")
    gym.step(minutes=3)
    assert "Undo:" not in sam.get(f"/inbox/{refund}/standing").text
    assert sam.post(f"/inbox/{refund}/undo").status == 409


def test_a_snooze_until_they_reply_ends_with_their_word_and_not_before(
    gym: Gym, sam: Screen, refund: str
) -> None:
    sam.post(f"/inbox/{refund}/take")
    sam.post(f"/inbox/{refund}/snooze", until="hour")
    sam.post(f"/inbox/{refund}/snooze", until="reply")
    gym.step(days=2)
    assert Conversation.objects.get(id=refund).status == "snoozed"
    gym.hear("mia", "are you there?")
    found = Conversation.objects.get(id=refund)
    assert (found.status, found.assignee_id) == ("open", sam.user.id)


def test_a_snooze_of_an_hour_ends_by_itself(gym: Gym, sam: Screen, refund: str) -> None:
    sam.post(f"/inbox/{refund}/take")
    sam.post(f"/inbox/{refund}/snooze", until="hour")
    assert "11:00" not in sam.get(f"/inbox/{refund}/standing", htmx=True).text
    assert "12:00" in sam.get(f"/inbox/{refund}/standing", htmx=True).text  # Paris, in winter
    gym.step(minutes=61)
    assert Conversation.objects.get(id=refund).status == "open"


@pytest.mark.parametrize(
    ("choice", "wanted"),
    [
        ("hour", START + timedelta(hours=1)),
        ("tomorrow", datetime(2026, 3, 3, 8, tzinfo=UTC)),
        ("week", datetime(2026, 3, 9, 8, tzinfo=UTC)),
        ("reply", None),
    ],
)
def test_snoozes_end_at_nine_where_the_business_is(choice: str, wanted: datetime | None) -> None:
    assert inbox.next_wake(choice, ZoneInfo("Europe/Paris"), now=START) == wanted


def test_nine_stays_nine_when_the_clocks_change() -> None:
    saturday = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert inbox.next_wake("tomorrow", ZoneInfo("Europe/Paris"), now=saturday) == datetime(
        2026, 3, 29, 7, tzinfo=UTC
    )


def test_an_unknown_snooze_is_refused() -> None:
    with pytest.raises(InvalidInput):
        inbox.next_wake("never", ZoneInfo("UTC"), now=START)


def test_canned_replies_come_filled_in(sam: Screen, refund: str) -> None:
    page = sam.get(f"/inbox/{refund}").text
    assert "Hi Mia Lang, this is Sam at Northside Gym." in page
    assert "{{" not in page


def test_a_later_handoff_offers_its_card_and_does_not_open_it(
    gym: Gym, sam: Screen, refund: str
) -> None:
    page = sam.get(f"/inbox/{refund}").text
    address = page.split('id="standing" hx-get="')[1].split('"')[0].replace("&amp;", "&")
    assert "handed over again" not in sam.get(address, htmx=True).text
    agents.return_to_bot(gym.house, sam.user, refund)
    gym.step(minutes=1)
    gym.hear("mia", "I will sue you, my attorney will call")
    assert "handed over again" in sam.get(address, htmx=True).text
    assert len(gym.deeds("card_opened")) == 1


def test_stepping_into_a_conversation_of_the_bot_has_no_card(gym: Gym, sam: Screen) -> None:
    chat = gym.hear("ann", "what are your opening hours?")
    assert "there is no card" in sam.get(f"/inbox/{chat}").text
    assert sam.post(f"/inbox/{chat}/take").status == 204
    assert "stepped in" in sam.get(f"/inbox/{chat}").text


def test_without_scripts_the_forms_lead_back_to_the_page(sam: Screen, refund: str) -> None:
    took = sam.post(f"/inbox/{refund}/take", htmx=False)
    assert (took.status, took.headers["Location"]) == (302, f"/inbox/{refund}")
    assert "Robin" not in sam.post(f"/inbox/{refund}/reply", htmx=False, text="").text
    refused = sam.post(f"/inbox/{refund}/reply", htmx=False, text="")
    assert refused.status == 422
    assert "The message is empty" in refused.text


def test_a_conversation_page_costs_a_bounded_number_of_queries(
    gym: Gym, sam: Screen, refund: str, django_assert_max_num_queries: object
) -> None:
    for number in range(12):
        gym.hear("mia", f"and another thing, number {number}")
    sam.post(f"/inbox/{refund}/transcript")
    with django_assert_max_num_queries(14):  # type: ignore[operator] # pytest-django's fixture
        assert sam.get(f"/inbox/{refund}/transcript", htmx=True).status == 200
    with django_assert_max_num_queries(37):  # type: ignore[operator] # pytest-django's fixture
        assert sam.get(f"/inbox/{refund}").status == 200
    assert Review.objects.count() == 0


@pytest.mark.req("C27")
def test_what_failed_goes_again_once_and_in_whose_name_it_does(
    gym: Gym, sam: Screen, alex: Screen, refund: str
) -> None:
    sam.post(f"/inbox/{refund}/take")
    agents.reply(gym.house, sam.user, refund, "Your refund is on its way.")
    gym.crew.loop.run_idle()
    first = Message.objects.get(conversation_id=refund, author="agent")
    sam.post(f"/inbox/{refund}/transcript")
    again = f"/inbox/{refund}/again"
    # What arrived offers nothing to press, and is not sent again by whoever presses all the same.
    assert "Send again" not in sam.get(f"/inbox/{refund}/transcript", htmx=True).text
    assert sam.post(again, message=first.id).status == 409
    # What may have arrived goes again only for a reason.
    Message.objects.filter(id=first.id).update(delivery="unknown", delivery_reason="no_answer")
    assert "Why again?" in sam.get(f"/inbox/{refund}/transcript", htmx=True).text
    assert sam.post(again, message=first.id).status == 422
    assert sam.post(again, message=first.id, reason="they say nothing came").status == 204
    assert sam.post(again, message=first.id, reason="a double click").status == 409
    assert alex.post(again, message=first.id, reason="I may only read").status == 403
    gym.crew.loop.run_idle()
    written = Message.objects.filter(conversation_id=refund, author="agent").order_by("id")
    assert [(one.delivery, one.instead_of_id) for one in written] == [
        ("unknown", None),
        ("sent", first.id),
    ]
    assert gym.deeds("sent_again") == [(f"user:{sam.user.id}", f"message:{first.id}")]
    assert "Send again" not in sam.get(f"/inbox/{refund}/transcript", htmx=True).text


@pytest.mark.req("P1", "C24")
@pytest.mark.parametrize(
    ("facts", "status"),
    [({}, 409), ({"is_unprompted": False, "purpose": "service"}, 204)],
    ids=["a promotion nobody agreed to", "an answer"],
)
def test_the_rules_are_asked_again(
    sam: Screen, refund: str, facts: dict[str, object], status: int
) -> None:
    sam.post(f"/inbox/{refund}/take")
    words = Message.objects.get(conversation_id=refund, author="bot")
    refused = {"is_unprompted": True, "purpose": "promotional", "delivery": "refused", **facts}
    Message.objects.filter(id=words.id).update(**refused)
    assert sam.post(f"/inbox/{refund}/again", message=words.id).status == status


@pytest.mark.req("C6", "C16")
def test_a_reply_knows_its_ways_and_is_weighed_as_it_is_written(
    gym: Gym, sam: Screen, alex: Screen, refund: str
) -> None:
    ways = sam.get(f"/inbox/{refund}/ways", htmx=True)
    assert (ways.status, "is-shut" in ways.text) == (200, False)
    assert sam.post(f"/inbox/{refund}/weigh", text="Hello").status == 200
    assert alex.get(f"/inbox/{refund}/ways", htmx=True).status == 403
    sam.post(f"/inbox/{refund}/take")
    refused = sam.post(f"/inbox/{refund}/reply", text="Hello", channel="sms")
    assert refused.status == 409
    assert "no address on that channel" in refused.text
    gym.hear("mia", "STOP")
    assert "They opted out of webchat" in sam.get(f"/inbox/{refund}/ways", htmx=True).text


@pytest.mark.req("H16", "G17", "X5", "P12")
def test_a_guarded_queue_gets_form_and_consent_and_no_word_of_the_contact(
    gym: Gym, sam: Screen
) -> None:
    opened = gym.hear("ann", "my chest hurts and I am short of breath")
    agents.open_transcript(gym.house, sam.user, opened)
    Workspace.objects.update(policy={"guarded_queues": "clinical"}, revision=F("revision") + 1)
    clinical = gym.hear("mia", "my chest hurts and I am short of breath")
    page = sam.get(f"/inbox/{clinical}").text
    assert "Words withheld" in page
    assert "its transcripts stay closed" in page
    for word in ("chest", "breath", "hurts"):
        assert word not in page
    assert sam.post(f"/inbox/{clinical}/transcript").status == 409
    # And what was opened before the queue was guarded is closed as well.
    assert sam.get(f"/inbox/{opened}/transcript").status == 404
