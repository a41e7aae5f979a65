"""Reports > Experiments: a design, its size, its beginning, what it says, and its end."""

import pytest

from baton.core.errors import Conflict
from baton.core.roles import Role
from baton.services.ledger import Ledger
from baton.services.workspace import editions, library, windows, workspaces
from baton.services.writing import documents
from baton.store.models import AuditEntry, Conversation, Exposure
from tests.support.pages import forms_of
from tests.web.conftest import Gym, Screen

FORM = {
    "name": "one_failed_intent",
    "subject": "limit:max_failed_attempts",
    "values": "2, 1",
    "tries": "threshold",
    "metric": "recontact_72h",
    "effect": "5",
    "baseline": "10",
    "least_days": "56",
    "hypothesis": "Who is not understood once comes back.",
}


def begun(screen: Screen, **changed: str) -> str:
    """Plan an experiment as a person does, then begin it; return the page that came."""
    form = FORM | changed
    planned = screen.post("/reports/experiments/begin", form | {"act_on": "plan"}, htmx=False)
    assert planned.status == 200, planned.text
    shown = forms_of(planned.text)["experiment-form"]["shown"][0]
    wanted = form | {"act_on": "begin", "shown": shown}
    return screen.post("/reports/experiments/begin", wanted, htmx=False).headers["Location"]


@pytest.mark.req("AB1", "AB2", "G60", "X28")
def test_one_failed_intent_against_two(gym: Gym, robin: Screen) -> None:
    assert "Nothing was tried yet" in robin.get("/reports/experiments").text
    begin = "/reports/experiments/begin"
    planned = robin.post(begin, FORM | {"act_on": "plan"}, htmx=False)
    assert "It takes " in planned.text
    # What was planned is what begins: another design is worked out first.
    shown = forms_of(planned.text)["experiment-form"]["shown"][0]
    other = FORM | {"act_on": "begin", "shown": shown, "effect": "2"}
    assert "It takes " in robin.post(begin, other, htmx=False).text
    assert begun(robin) == "/reports/experiments/one_failed_intent"

    talks = [gym.hear(f"who{number}", "blorp zif quux") for number in range(12)]
    arms = dict(Exposure.objects.filter(flow="").values_list("contact_id", "variant"))
    assert set(arms.values()) == {"1", "2"}
    for one in Conversation.objects.filter(id__in=talks):
        assert (one.handled_by == "bot") is (arms[one.contact_id] == "2")
    gym.hear("who0", "blorp zif quux")
    gym.hear("other", "What time do you open?")  # understood: the same in both arms
    assert Exposure.objects.filter(split="one_failed_intent").count() == 12

    gym.step(minutes=1)
    shown_page = robin.get("/reports/experiments/one_failed_intent").text
    assert "too few to judge" in shown_page
    assert "Paid in 30 days" in shown_page
    opened = robin.get("/reports/experiments/one_failed_intent/contacts?arm=1").text
    assert opened.count('<tr><th scope="row"') == list(arms.values()).count("1")


@pytest.mark.req("AB6")
def test_two_changes_at_once_are_refused_and_an_end_has_a_reason(gym: Gym, robin: Screen) -> None:
    begun(robin)
    for changed, said in (({}, "choose another name"), ({"name": "again"}, "Two at once")):
        form = FORM | changed
        planned = robin.post("/reports/experiments/begin", form | {"act_on": "plan"}, htmx=False)
        shown = forms_of(planned.text)["experiment-form"]["shown"][0]
        refused = robin.post(
            "/reports/experiments/begin", form | {"act_on": "begin", "shown": shown}, htmx=False
        )
        assert (refused.status, said in refused.text) == (409, True)
    ledger = Ledger(gym.house, gym.clock.now())
    with pytest.raises(Conflict, match="is running"), gym.house.engine.transaction():
        windows.open_window(
            ledger, gym.workspace.id, purpose=windows.READER, subject="v2", actor="user:1"
        )
    end = "/reports/experiments/one_failed_intent/end"
    assert robin.post(end, {"kept": "1"}, htmx=False).status == 422
    assert robin.post(end, {"kept": "7", "reason": "clear"}, htmx=False).status == 422
    assert robin.post(end, {"kept": "1", "reason": "clear"}, htmx=False).status == 302
    assert "was kept" in robin.get("/reports/experiments/one_failed_intent").text
    assert "1 kept" in robin.get("/reports/experiments").text
    gym.hear("late", "blorp zif quux")
    assert not Exposure.objects.exists()  # nobody is dealt an arm any more
    told = [
        AuditEntry.objects.get(action=action).actor
        for action in ("experiment_begun", "experiment_ended")
    ]
    assert told == [f"user:{robin.user.id}"] * 2


@pytest.mark.req("AB4", "AB5")
def test_a_split_of_a_live_flow_can_be_tried(gym: Gym, robin: Screen) -> None:
    text = library.load_template("winback").source
    workspaces.publish(
        gym.house, gym.workspace.id, "winback", documents.read(text, file="winback.yaml").value,
        now=gym.clock.now(), reason="tested",
    )  # fmt: skip
    editions.count_up(gym.workspace.id)
    shown = robin.get("/reports/experiments/begin").text
    assert 'value="winback/winback_timing"' in shown
    form = FORM | {
        "subject": "winback/winback_timing", "values": "", "tries": "copy", "control": "nothing",
        "metric": "csat", "baseline": "80", "act_on": "plan",
    }  # fmt: skip
    planned = robin.post("/reports/experiments/begin", form, htmx=False).text
    assert "Try when to write and what to tap first" in planned
    assert "Nothing, " in planned or "nothing, " in planned
    assert "Nobody came this way" in planned


def test_what_cannot_tell_is_said_beside_its_field(robin: Screen) -> None:
    for changed, said in (
        ({"name": "Big Name"}, "Begin with a small letter"),
        ({"values": "1"}, "Write two different numbers"),
        ({"values": "1, 9"}, "Write two different numbers"),
        ({"values": "one"}, "Write whole numbers"),
        ({"baseline": ""}, "Nothing was counted yet"),
        ({"effect": "0"}, "more than nothing"),
        ({"guards": "recontact_72h"}, "The metric decides already"),
    ):
        form = FORM | changed | {"act_on": "plan"}
        answer = robin.post("/reports/experiments/begin", form, htmx=False)
        assert (answer.status, said in answer.text) == (422, True), changed


def test_who_may_not_configure_may_look_at_most(gym: Gym, robin: Screen, alex: Screen) -> None:
    begun(robin)
    assert "End it" not in alex.get("/reports/experiments/one_failed_intent").text
    assert alex.get("/reports/experiments/begin").status == 403
    assert alex.post("/reports/experiments/one_failed_intent/end", {"reason": "x"}).status == 403
    sam = gym.screen_of(gym.hire("Sam", Role.AGENT))
    assert sam.get("/reports/experiments").status == 403
