"""Macros and saved replies: written by a manager, run and undone by an agent."""

import pytest

from baton.services.desk import replies
from baton.store.models import (
    CannedResponse,
    Contact,
    Conversation,
    Macro,
    MacroRun,
    Message,
)
from tests.web.conftest import Gym, Screen

HELLO = "Hi {{ contact.name | default: 'there' }}, {{ agent.name }} here."


def written(robin: Screen, **changes: str) -> str:
    form = {"name": "look", "title": "I look into it", "reply": HELLO} | changes
    answered = robin.post("/settings/replies/new", form, htmx=False)
    assert answered.status == 302, answered.text
    return answered.headers["Location"].rpartition("/")[2]


@pytest.fixture
def conversation(gym: Gym, sam: Screen) -> str:
    conversation = gym.hear("mia", "Can I talk to a human?", name="Mia")
    sam.post(f"/inbox/{conversation}/take")
    return conversation


def test_a_manager_writes_one_and_sees_it_as_contacts_do(robin: Screen, sam: Screen) -> None:
    macro = written(robin)
    shown = robin.get(f"/settings/replies/{macro}").text
    assert "Hi Mia, Robin here." in shown
    assert "Hi there, Robin here." in shown
    assert "I look into it" in robin.get("/settings/replies").text
    assert sam.get("/settings/replies").status == 403
    assert (
        sam.post("/settings/replies/new", {"name": "x", "title": "X", "reply": "x"}).status == 403
    )
    robin.post(f"/settings/replies/{macro}/remove")
    assert "I look into it" not in robin.get("/settings/replies").text


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"reply": "Hi {{ contact.name }}"}, "not everybody has one"),
        ({"reply": "Hi {{ contact.email }}"}, "there is no contact.email"),
        ({"reply": "Hi {{ agent.name"}, "expected"),
        ({"reply": "Hi {{ agent.name | shout }}"}, "there is no filter"),
        ({"reply": "Hi {{ agent.name | divided_by: 0 }}"}, "divide"),
        ({"ending": "resolve:gone"}, "choose how it ends"),
        ({"ending": "erase:all"}, "choose how it ends"),
        ({"name": "Look!"}, "small letters"),
    ],
)
def test_what_cannot_be_saved_says_why(
    changes: dict[str, str], problem: str, robin: Screen
) -> None:
    form = {"name": "look", "title": "I look into it", "reply": HELLO} | changes
    answered = robin.post("/settings/replies/new", form, htmx=False)
    assert answered.status == 422
    assert problem in answered.text
    assert not Macro.objects.exists()


def test_one_click_does_all_of_it_and_undo_what_goes(
    gym: Gym, sam: Screen, robin: Screen, conversation: str
) -> None:
    macro = written(robin, tag="waits", note="Seen", ending="snooze:hour")
    assert "Hi Mia, Sam here." in sam.get(f"/inbox/{conversation}", htmx=True).text
    sam.post(f"/inbox/{conversation}/macro", macro=macro)
    gym.step(seconds=0)
    row = Conversation.objects.get(id=conversation)
    assert row.status == "snoozed"
    assert Message.objects.filter(author="agent").count() == 2  # the reply and the note
    assert "waits" in str(Contact.objects.get(id=row.contact_id).marks)
    assert "Undo macro" in sam.get(f"/inbox/{conversation}", htmx=True).text

    sam.post(f"/inbox/{conversation}/macro/undo")
    row.refresh_from_db()
    assert row.status == "open"
    assert "waits" not in str(Contact.objects.get(id=row.contact_id).marks)
    assert Message.objects.filter(author="agent").count() == 2
    assert sam.post(f"/inbox/{conversation}/macro/undo").status == 404


def test_put_into_another_queue_and_taken_back(
    gym: Gym, sam: Screen, robin: Screen, conversation: str
) -> None:
    macro = written(robin, reply="", ending="queue:billing")
    sam.post(f"/inbox/{conversation}/macro", macro=macro)
    row = Conversation.objects.get(id=conversation)
    assert (row.handled_by, row.queue) == ("queue", "billing")
    sam.post(f"/inbox/{conversation}/macro/undo")
    row.refresh_from_db()
    assert (row.handled_by, row.queue, row.assignee_id) == ("agent", "general", sam.user.id)
    assert gym.deeds("macro_undone")

    # Whoever has had it since, and gave it to the bot, is not undone with it.
    sam.post(f"/inbox/{conversation}/macro", macro=macro)
    for act in ("take", "return"):
        assert robin.post(f"/inbox/{conversation}/{act}").status == 204
    assert sam.post(f"/inbox/{conversation}/macro/undo").status == 409
    row.refresh_from_db()
    assert row.handled_by == "bot"


def test_of_a_macro_that_is_refused_nothing_happens(gym: Gym, sam: Screen, robin: Screen) -> None:
    conversation = gym.hear("ben", "cancel my membership please")
    sam.post(f"/inbox/{conversation}/take")
    macro = written(robin, tag="lost", ending="resolve:cancelled")
    refused = sam.post(f"/inbox/{conversation}/macro", macro=macro)
    assert refused.status == 409  # nothing is cancelled silently
    assert not Message.objects.filter(author="agent").exists()
    assert not MacroRun.objects.exists()
    assert "lost" not in str(Contact.objects.get().marks)
    other = gym.hear("ann", "Can I talk to a human?")
    assert sam.post(f"/inbox/{other}/macro", macro=macro).status == 409  # not yet hers


def test_a_macro_that_cannot_be_filled_in_shuts_no_conversation(
    sam: Screen, robin: Screen, conversation: str
) -> None:
    macro = written(robin)
    Macro.objects.update(reply="{{ agent.name | money }}")  # as kept before it was tried
    assert "I look into it" in sam.get(f"/inbox/{conversation}", htmx=True).text
    assert robin.get(f"/settings/replies/{macro}").status == 200
    assert sam.post(f"/inbox/{conversation}/macro", macro=macro).status == 422


def test_saved_replies_are_checked_added_and_removed(robin: Screen, gym: Gym) -> None:
    for code in CannedResponse.objects.values_list("text", flat=True):
        assert not replies.check(code)  # what the pack brings
    refused = robin.post("/settings/replies/canned", short_code="hey", text="{{ contact.name }}")
    assert refused.status == 422
    robin.post("/settings/replies/canned", short_code="hey", text=HELLO)
    assert HELLO.replace("'", "&#x27;") in robin.get("/settings/replies").text
    robin.post("/settings/replies/canned", short_code="hey", text="Hey")
    assert CannedResponse.objects.get(short_code="hey").text == "Hey"
    robin.post("/settings/replies/canned", short_code="hey", text="Hey", remove="hey")
    assert not CannedResponse.objects.filter(short_code="hey").exists()
    assert robin.post("/settings/replies/canned", remove="hey" * 40).status == 404
    assert len(gym.deeds("canned_removed")) == 1


def test_a_colleague_who_is_mentioned_is_told(
    sam: Screen, robin: Screen, conversation: str
) -> None:
    sam.post(f"/inbox/{conversation}/note", text="@robin, was this promised? Ask sam@gym.example")
    assert "Sam mentioned you in a note." in robin.get("/notices").text
    assert "mentioned you" not in sam.get("/notices").text
