"""Flows in the console: read, written by forms and as YAML, published, taken back, moved to."""

import re
from collections.abc import Callable

import pytest

from baton.core.errors import BatonError, Conflict, InvalidInput, NotFound
from baton.core.roles import Role
from baton.flows.run import RunState
from baton.services.conversation import runs
from baton.services.desk import auditing
from baton.services.flows import (
    flow_desk,
    flow_drafts,
    flow_migration,
    flow_publishing,
    flow_sources,
    run_search,
)
from baton.services.ledger import Ledger
from baton.services.workspace import library, windows
from baton.store import sql
from baton.store.models import (
    Conversation,
    FlowDraft,
    FlowVersion,
    Message,
    ReportedEvent,
    Rollout,
    Run,
    RuntimeTimer,
    Workspace,
)
from baton.store.rows import RunRow
from tests.support.flows import REMINDERS
from tests.support.pages import Posted, forms_of
from tests.web.conftest import Gym, Screen

UNKNOWN = "blorp zebra"  # words that no intent covers: the menu is offered


def last_reply(gym: Gym, conversation_id: str) -> str:
    message = Message.objects.filter(conversation_id=conversation_id, author="bot").latest("id")
    return gym.house.keyset.unseal(message.body_sealed, f"message:{message.id}")


def drafts_of(screen: Screen) -> dict[str, str]:
    """The sources of the person's workspace by flow: a database may hold other workspaces."""
    found = FlowDraft.objects.filter(workspace_id=screen.user.workspace_id)
    return {draft.name: draft.source for draft in found}


def form_of(screen: Screen, path: str, form: str) -> Posted:
    return forms_of(screen.get(path).text)[form]


def send(screen: Screen, path: str, posted: Posted) -> int:
    response = screen.client.post(path, posted)
    return response.status_code


def change(screen: Screen, path: str, form: str = "step-form", **fields: str) -> int:
    """Change some fields of a page's form and send it, as a browser does."""
    posted = form_of(screen, path, form)
    for name, value in fields.items():
        posted[name.replace("__", ".")] = [value]
    return send(screen, path, posted)


def publish(screen: Screen, name: str, reason: str = "a reason") -> int:
    posted = form_of(screen, f"/flows/{name}/publish", "publish-form")
    return send(screen, f"/flows/{name}/publish", {**posted, "reason": [reason]})


def begin(gym: Gym, screen: Screen, source: str = REMINDERS) -> None:
    flow_drafts.begin(gym.house, screen.user, source)


def state_of(gym: Gym, row: Run) -> RunState:
    columns = {name: getattr(row, name) for name in RunRow.__struct_fields__}
    return runs.open_state(Ledger(gym.house, gym.clock.now()), RunRow(**columns))


# -- reading --------------------------------------------------------------------------------------

PAGES = (
    "/flows",
    "/flows/faq",
    "/flows/faq/head",
    "/flows/faq/yaml",
    "/flows/faq/steps/menu",
    "/flows/faq/versions",
    "/flows/faq/versions/1",
    "/flows/faq/runs",
    "/flows/faq/export",
    "/flows/faq/try",
    "/flows/faq/messages",
)

DEEDS = (
    "steps/menu", "head", "yaml", "steps", "steps/menu/rename", "steps/menu/remove",
    "steps/menu/preview", "discard", "publish", "versions/1/revert", "runs", "pause", "resume",
    "runs/change", "messages", "place",
)  # fmt: skip
FILLED = {
    "name": "x", "type": "end", "source": "a: 1", "seen": "x", "newest": "1", "version": "1",
    "to": "1", "reason": "why", "deed": "stop", "scope": "all",
    "step": "menu", "other": "faq",
}  # fmt: skip


@pytest.mark.req("GV2")
@pytest.mark.parametrize("role", list(Role))
def test_every_role_reads_flows_and_only_those_who_configure_write(gym: Gym, role: Role) -> None:
    screen = gym.screen_of(gym.hire("Pat", role))
    leads = {Role.MANAGER, Role.OPERATIONS}
    may_write = role in {*leads, Role.ENGINEER, Role.OWNER, Role.ADMIN}
    for path in PAGES:
        assert screen.get(path).status == 200, path
    assert ("Save to the draft" in screen.get("/flows/faq/steps/menu").text) is may_write
    assert ("Start a flow" in screen.get("/flows").text) is may_write
    wanted = 200 if may_write else 403
    assert screen.get("/flows/new").status == wanted
    for path in DEEDS:
        answer = screen.post(f"/flows/faq/{path}", FILLED)
        wants = may_write and (path != "resume" or role in leads)  # X38
        assert (answer.status != 403) is wants, path


@pytest.mark.req("K24", "K25")
def test_the_list_tells_trigger_owner_metric_and_what_is_open(gym: Gym, robin: Screen) -> None:
    begin(gym, robin, REMINDERS.replace("subject: Your class", "subjct: x"))
    gym.hear("mia", UNKNOWN)
    page = robin.get("/flows").text
    row = next(one for one in page.split("<tr>") if "Appointment reminders" in one)
    for words in ("booking created, if event.kind", "CX lead", "no show rate", "Draft", "1 fault"):
        assert words in row
    faq = next(one for one in page.split("<tr>") if "Questions at the front desk" in one)
    assert "a message that no other flow waits for" in faq
    assert re.search(r'data-label="Waiting">1<', faq)


def test_a_flow_is_a_picture_and_the_same_as_a_list(gym: Gym, sam: Screen) -> None:
    gym.hear("mia", UNKNOWN)
    page = sam.get("/flows/faq").text
    picture = page[page.index('class="diagram"') :].partition("</svg>")[0]
    for step in ("answer", "settle", "menu", "billing", "close", "leave"):
        assert f'href="/flows/faq/steps/{step}"' in picture
        assert f'href="/flows/faq/steps/{step}"' in page.replace(picture, "")
    assert 'aria-label="menu, asks, 1 waiting"' in picture
    assert "other words" in picture
    gym.hear("nia", UNKNOWN)
    page = sam.get("/flows/faq").text
    assert "<title>not answered: taken 2 times</title>" in page
    assert 'menu <span class="way-count">2</span>' in page
    assert sam.get("/flows/nothing").status == 404
    assert sam.get("/flows/faq/steps/nothing").status == 404


# -- forms ----------------------------------------------------------------------------------------


def test_a_form_sent_as_it_is_changes_nothing(gym: Gym, robin: Screen) -> None:
    begin(gym, robin)
    steps = flow_sources.steps_of(flow_sources.sketch_of(REMINDERS).raw)
    for path, form in (("head", "head-form"), *((f"steps/{one}", "step-form") for one in steps)):
        address = f"/flows/reminders/{path}"
        assert send(robin, address, form_of(robin, address, form)) == 302
        assert drafts_of(robin)["reminders"] == REMINDERS, path


@pytest.mark.req("GV10")
def test_a_form_writes_what_differs_and_keeps_the_page(gym: Gym, robin: Screen) -> None:
    begin(gym, robin)
    address = "/flows/reminders/steps"
    assert change(robin, f"{address}/day_before", before="12h", events__1__event="weather",
                  events__1__then="done") == 302  # fmt: skip
    assert change(robin, f"{address}/remind", by_channel__sms="Soon!", by_channel__email="Longer.",
                  translations__0__remove="1", opt_out="") == 302  # fmt: skip
    assert change(robin, "/flows/reminders/head", "head-form", channels__0="sms", channels__1="",
                  facts__0__name="", subject="", gates__0__at_most="0.2", title="Class reminders",
                  facts__4__name="seats", facts__4__value="number") == 302  # fmt: skip
    source = drafts_of(robin)["reminders"]
    assert "before: 12h # the manager's choice" in source
    assert "- {event: weather, then: done}" in source
    assert "sms: Soon!" in source
    assert "translations" not in source
    assert "opt_out" not in source
    raw = flow_sources.sketch_of(source).raw
    assert raw["channels"] == ["sms", "email"]
    assert raw["facts"] == {
        "class_name": "text", "starts_at": "time", "price": "money", "seats": "number"
    }  # fmt: skip
    assert raw["gates"] == [{"kpi": "escalation_rate", "at_most": 0.2}]
    assert re.findall("#.*", source) == re.findall("#.*", REMINDERS)


def test_a_fault_is_told_at_its_field_and_kept_in_the_draft(gym: Gym, robin: Screen) -> None:
    begin(gym, robin)
    path = "/flows/reminders/steps/day_before"
    assert change(robin, path, before="soon") == 302
    page = robin.get(path).text
    assert "2 faults in this step" in page
    assert re.search(r'value="soon"[^>]*aria-invalid="true"', page)
    assert "2 faults to mend" in robin.get("/flows/reminders").text
    assert "must be mended first" in robin.get("/flows/reminders/publish").text
    with pytest.raises(InvalidInput, match="2 faults"):
        flow_publishing.publish(
            gym.house, robin.user, "reminders", reason="why", newest=0,
            seen=flow_sources.digest_of(drafts_of(robin)["reminders"]),
        )  # fmt: skip
    assert not FlowVersion.objects.filter(name="reminders").exists()


def test_the_list_of_steps_tells_a_fault_from_what_is_only_to_be_looked_at(
    gym: Gym, robin: Screen
) -> None:
    def chips_of(step: str) -> list[tuple[str, str]]:
        listed = robin.get("/flows/reminders").text.partition("List of steps")[2]
        [row] = [row for row in listed.split("<tr>") if f"steps/{step}" in row]
        return re.findall(r'class="chip (\w+)">([^<]+)', row)

    begin(gym, robin, REMINDERS.replace("Are you coming?", "It is soon. We wait. We ask. Coming?"))
    assert chips_of("sure") == [("warn", "2 to look at")]
    assert change(robin, "/flows/reminders/steps/day_before", before="soon") == 302
    assert chips_of("day_before") == [("bad", "2 faults")]


def test_a_slip_is_found_by_what_the_workspace_knows(gym: Gym, robin: Screen) -> None:
    wrong = (
        REMINDERS.replace("event: booking_created", "event: booking_creatd")
        .replace("metric: no_show_rate", "metric: no_shows_rate")
        .replace("Are you coming?", "Are you coming to {{ location.adress }}?")
        .replace("    of: starts_at\n", '    of: starts_at\n    at: "23:30"\n')
    )
    begin(gym, robin, wrong)
    page = robin.get("/flows/reminders").text
    for words in (
        "Write &#x27;booking_created&#x27;, if that is meant",
        "Write &#x27;no_show_rate&#x27;, if that is meant",
        "location.address",
        "23:30 lies in the quiet hours",
    ):
        assert words in page
    ReportedEvent.objects.create(
        id="e1",
        workspace_id=robin.user.workspace_id,
        name="booking_creatd",
        first_at=gym.clock.now(),
    )
    assert "no event" not in robin.get("/flows/reminders").text


@pytest.mark.req("GV10")
def test_a_draft_is_tried_before_anybody_receives_it(gym: Gym, robin: Screen) -> None:
    begin(
        gym,
        robin,
        REMINDERS.replace("Are you coming?", "Will you be there?").replace(
            ', when: event.kind == "class"', ""
        ),
    )
    path = "/flows/reminders/try"

    posted = form_of(robin, path, "try-form") | {"kind": ["begins"], "channel": ["sms"]}
    posted |= {"fact:class_name": ["Spin"], "fact:starts_at": ["2026-03-02T18:00:00+01:00"]}
    page = robin.client.post(path, posted).content.decode()
    assert "Spin 6:00" in page
    assert "Will you be there?" in page
    moves = forms_of(page)["try-form"]
    page = robin.client.post(path, {**moves, "kind": ["says"], "text": ["2"]}).content.decode()
    assert "A person takes over" in page
    assert "The run is over." in page
    assert not Message.objects.filter(workspace_id=robin.user.workspace_id).exists()
    for wrong in ("[", "[[1,2]]", '[["flies",""]]', "[" * 100_000):
        answer = robin.client.post(path, {**moves, "moves": [wrong], "kind": ["time"]})
        assert answer.status_code == 422
    answer = robin.client.post(path, {**moves, "fact:starts_at": ["soon"], "kind": ["time"]})
    assert (answer.status_code, b"must be a time" in answer.content) == (422, True)


@pytest.mark.req("TP2", "TP10")
def test_a_preview_shows_each_channel_and_language_before_anything_is_saved(
    gym: Gym, robin: Screen
) -> None:
    begin(gym, robin)
    path = "/flows/reminders/steps/remind"
    posted = form_of(robin, path, "step-form")
    posted["text"] = [
        "Hi {{ contact.first_name }}, {{ run.class_name }} costs {{ run.price | money }}"
    ]
    page = robin.client.post(f"{path}/preview", posted).content.decode()
    assert page.count("Hi Robin, class name costs $45.00") == 2  # WhatsApp and e-mail
    assert page.count("Reply STOP to opt out.") == 3  # as many as channels, in each language
    assert page.count("Responda STOP para darse de baja.") == 3
    assert "Spanish" in page
    assert "Te esperamos en class name." in page
    assert "1 SMS" in page
    assert "Subject:</span> Your class" in page
    posted["text"] = ["Hi {{ run.nothing }}"]
    page = robin.client.post(f"{path}/preview", posted).content.decode()
    assert "run.nothing" in page
    posted["by_channel.sms"] = ["Soon ✓"]
    assert "special: ✓" in robin.client.post(f"{path}/preview", posted).content.decode()
    assert drafts_of(robin)["reminders"] == REMINDERS


def test_steps_are_added_renamed_and_taken_out(gym: Gym, robin: Screen) -> None:
    begin(gym, robin)
    address = "/flows/reminders/steps"
    answer = robin.post(address, {"name": "note", "type": "tag", "after": "remind"}, htmx=False)
    assert answer.headers["Location"] == f"{address}/note"
    assert change(robin, f"{address}/note", add="reminded, warm") == 302
    assert robin.post(f"{address}/note/rename", {"name": "mark"}, htmx=False).status == 302
    assert robin.post(f"{address}/sure/remove", {}, htmx=False).status == 302
    steps = flow_sources.steps_of(flow_sources.sketch_of(drafts_of(robin)["reminders"]).raw)
    assert list(steps) == ["day_before", "remind", "mark", "person", "done"]
    assert steps["mark"] == {"type": "tag", "add": ["reminded", "warm"], "then": "sure"}
    assert robin.post(address, {"name": "mark", "type": "tag"}).status == 422
    assert robin.post(address, {"name": "Not so", "type": "tag"}).status == 422


# -- together -------------------------------------------------------------------------------------


def test_two_who_write_different_parts_do_not_meet(gym: Gym, robin: Screen) -> None:
    maya = gym.screen_of(gym.hire("Maya", Role.OPERATIONS))
    one, other = "/flows/faq/steps/menu", "/flows/faq/steps/billing"
    hers, his = form_of(maya, one, "step-form"), form_of(robin, other, "step-form")
    assert send(maya, one, {**hers, "text": ["Choose 1, 2 or 3."]}) == 302
    assert send(robin, other, {**his, "text": ["What about money?"]}) == 302
    assert "Choose 1, 2 or 3." in drafts_of(robin)["faq"]
    assert "What about money?" in drafts_of(robin)["faq"]


def test_who_writes_the_same_part_second_is_told_and_loses_nothing(gym: Gym, robin: Screen) -> None:
    write_the_same_part(gym.screen_of(gym.hire("Maya", Role.OPERATIONS)), robin)


def write_the_same_part(maya: Screen, robin: Screen) -> None:
    for path, form, field in (
        ("/flows/faq/steps/menu", "step-form", "text"),
        ("/flows/faq/head", "head-form", "title"),
    ):
        hers, his = form_of(maya, path, form), form_of(robin, path, form)
        assert send(maya, path, {**hers, field: ["Her words"]}) == 302
        answer = robin.post(path, {**{k: v[0] for k, v in his.items()}, field: "His words"})
        assert answer.status == 409
        assert "A colleague changed" in answer.text
        assert "His words" in answer.text
    seen = form_of(robin, "/flows/faq/yaml", "yaml-form")["seen"][0]
    edited = {"source": drafts_of(robin)["faq"] + "# his\n", "seen": seen}
    assert robin.post("/flows/faq/yaml", edited, htmx=False).status == 302
    answer = maya.post("/flows/faq/yaml", {"source": "flow: hers\n", "seen": seen})
    assert answer.status == 409
    assert "flow: hers" in answer.text
    assert drafts_of(robin)["faq"].endswith("# his\n")


# -- YAML -----------------------------------------------------------------------------------------


def test_what_cannot_be_read_is_never_half_loaded(robin: Screen) -> None:
    seen = form_of(robin, "/flows/faq/yaml", "yaml-form")["seen"][0]
    for source in ("steps: [", "- a", "a: &x {}\nb: !tag\n", "x" * 250_000):
        answer = robin.post("/flows/faq/yaml", {"source": source, "seen": seen})
        assert answer.status == 422
        assert not drafts_of(robin)
    for posted in ({"source": "flow: [", "template": ""}, {"source": "title: no name"}, {}):
        assert robin.post("/flows/new", posted).status == 422
    assert not drafts_of(robin)


def test_a_flow_goes_out_and_comes_in_with_its_comments(robin: Screen) -> None:
    assert robin.post("/flows/new", {"source": REMINDERS}, htmx=False).status == 302
    out = robin.get("/flows/reminders/export")
    assert out.text == REMINDERS
    assert out.headers["Content-Disposition"] == 'attachment; filename="reminders.yaml"'
    answer = robin.post("/flows/new", {"source": REMINDERS})
    assert answer.status == 409
    assert "There is a draft of reminders already" in answer.text


def test_a_template_is_started_from_with_what_it_needs(robin: Screen) -> None:
    page = robin.get("/flows/new").text
    assert "conversation resolved" in page  # what starts it
    assert '<span class="chip">conversation resolved' not in page  # Baton tells that itself
    assert '<span class="chip">booking created' in page
    template = {"template": "appointment_reminders"}
    assert robin.post("/flows/new", template, htmx=False).status == 302
    source = library.load_template("appointment_reminders").source
    assert drafts_of(robin)["appointment_reminders"] == source
    assert robin.get("/flows/appointment_reminders").status == 200
    assert robin.post("/flows/new", {"template": "nothing"}).status == 404


# -- publishing -----------------------------------------------------------------------------------


@pytest.mark.req("PL1", "PL9")
def test_a_flow_that_the_same_words_start_goes_in_place_of_the_one_in_force(
    gym: Gym, robin: Screen
) -> None:
    begin(gym, robin, library.load_template("faq_triage").source)
    assert "&#x27;faq&#x27; takes any message too" in robin.get("/flows/faq_triage/publish").text
    assert robin.post("/flows/faq_triage/place", other="csat").status == 422
    assert robin.post("/flows/faq_triage/place", other="faq", htmx=False).status == 302
    page = robin.get("/flows/faq_triage/publish").text
    assert "It stands in for" in page
    assert "# Any message that no other flow is waiting for." in drafts_of(robin)["faq_triage"]
    seen = form_of(robin, "/flows/faq_triage/publish", "publish-form")["seen"][0]
    given = {"reason": "a try", "seen": seen, "newest": "0"}
    assert robin.post("/flows/faq_triage/publish", given | {"plan": "soon"}).status == 422
    robin.post("/flows/faq_triage/publish", given | {"plan": "14_days"}, htmx=False)
    assert Rollout.objects.get().flow == "faq_triage"
    assert "stands in for it" in robin.get("/flows/faq").text
    served = gym.hear("mia", "What are your opening hours?")
    assert Run.objects.get(conversation_id=served).flow == "faq"
    Rollout.objects.update(stage="smoke", share=1.0)
    Workspace.objects.update(revision=99)
    served = gym.hear("ben", "What are your opening hours?")
    assert Run.objects.get(conversation_id=served).flow == "faq_triage"


@pytest.mark.req("GV7", "GV8")
def test_a_version_has_who_when_and_why_and_never_changes(gym: Gym, robin: Screen) -> None:
    begin(gym, robin)
    assert publish(robin, "reminders", " ") == 422
    assert publish(robin, "reminders", "no-shows rose") == 302
    row = FlowVersion.objects.get(name="reminders")
    assert (row.version, row.source, row.reason) == (1, REMINDERS, "no-shows rose")
    assert (row.published_by, row.published_at) == (f"user:{robin.user.id}", gym.clock.now())
    assert not drafts_of(robin)
    assert gym.deeds("flow_published") == [(f"user:{robin.user.id}", "flow:reminders")]
    assert auditing.verify(gym.workspace.id) is None
    page = robin.get("/flows/reminders/versions").text
    for words in ("Version 1", "Robin", "no-shows rose", "in force"):
        assert words in page


@pytest.mark.req("GV7")
def test_a_running_contact_keeps_the_old_version_and_a_new_one_gets_the_new(
    gym: Gym, robin: Screen
) -> None:
    mia = gym.hear("mia", UNKNOWN)
    old = last_reply(gym, mia)
    assert change(robin, "/flows/faq/steps/menu", text="Choose 1, 2 or 3.") == 302
    assert change(robin, "/flows/faq/steps/billing", text="What about money?") == 302
    assert last_reply(gym, gym.hear("ann", UNKNOWN)) == old  # a draft starts nothing
    assert publish(robin, "faq", "shorter") == 302
    assert "What about billing?" in last_reply(gym, gym.hear("mia", "1"))
    assert last_reply(gym, gym.hear("ben", UNKNOWN)) == "Choose 1, 2 or 3."
    assert last_reply(gym, gym.hear("ben", "1")) == "What about money?"
    newest = {"newest": "2", "reason": "the old one was clearer"}
    assert robin.post("/flows/faq/versions/1/revert", newest, htmx=False).status == 302
    assert last_reply(gym, gym.hear("eve", UNKNOWN)) == old
    assert FlowVersion.objects.get(name="faq", version=3).reason == (
        "Back to version 1: the old one was clearer"
    )


@pytest.mark.req("TP13")
def test_what_changed_is_told_in_words_and_in_pictures(gym: Gym, robin: Screen) -> None:
    begin(gym, robin)
    publish(robin, "reminders")
    change(robin, "/flows/reminders/steps/day_before", before="12h")
    change(robin, "/flows/reminders/steps/remind", by_channel__sms="{{ run.class_name }} soon.")
    robin.post("/flows/reminders/steps", {"name": "note", "type": "tag", "after": "remind"})
    change(robin, "/flows/reminders/steps/note", add="reminded")
    dialog = robin.get("/flows/reminders/publish").text
    assert publish(robin, "reminders") == 302
    for page in (dialog, robin.get("/flows/reminders/versions/2").text):
        assert "Before was “24h”, is now “12h”" in page
        assert "Text of its own by channel, SMS reads differently" in page
        assert "<ins>" in page
        assert "The step is new" in page
        assert 'class="box type-tag added"' in page
        assert page.count('class="box type-wait first changed"') == 2  # after and before
    assert robin.get("/flows/reminders/versions/2?against=0").status == 200


def test_a_draft_that_is_behind_is_told_and_published_knowingly(gym: Gym, robin: Screen) -> None:
    change(robin, "/flows/faq/steps/menu", text="Hers.")
    version = FlowVersion.objects.get(name="faq")
    FlowVersion.objects.create(
        id=gym.house.next_id(gym.clock.now()), workspace_id=gym.workspace.id, name="faq", version=2,
        document=version.document, published_at=gym.clock.now(), published_by="x", reason="y",
    )  # fmt: skip
    assert "was published after this draft was begun" in robin.get("/flows/faq").text
    with pytest.raises(Conflict, match="published a version meanwhile"):
        flow_publishing.publish(
            gym.house, robin.user, "faq", reason="why", newest=1,
            seen=flow_sources.digest_of(drafts_of(robin)["faq"]),
        )  # fmt: skip
    with pytest.raises(Conflict, match="changed the draft"):
        flow_publishing.publish(
            gym.house, robin.user, "faq", reason="why", newest=2, seen="something else"
        )
    assert publish(robin, "faq") == 302
    assert FlowVersion.objects.filter(name="faq", version=3).exists()


def test_nothing_is_published_while_another_change_is_validated(gym: Gym, robin: Screen) -> None:
    change(robin, "/flows/faq/steps/menu", text="Choose.")
    with gym.house.engine.transaction():
        ledger = Ledger(gym.house, gym.clock.now())
        windows.open_window(
            ledger, gym.workspace.id, purpose="reader", subject="reader:2", actor="system"
        )
        ledger.flush()
    assert publish(robin, "faq") == 409
    assert FlowVersion.objects.filter(name="faq").count() == 1
    assert "Choose." in drafts_of(robin)["faq"]


@pytest.mark.req("PL31", "GV8")
def test_a_flow_is_paused_and_resumed_from_its_page(gym: Gym, robin: Screen) -> None:
    gym.hear("mia", UNKNOWN)
    asked = form_of(robin, "/flows/faq/pause", "pause-form")
    assert asked["when_paused"] == ["hold"]
    assert send(robin, "/flows/faq/pause", {**asked, "reason": [""]}) == 422
    assert send(robin, "/flows/faq/pause", {**asked, "reason": ["wrong hours"]}) == 302
    assert "wrong hours" in robin.get("/flows/faq").text
    assert "Paused" in robin.get("/flows").text
    assert send(robin, "/flows/faq/pause", {**asked, "reason": ["again"]}) == 409
    gym.hear("nia", "What time do you open?")
    assert Conversation.objects.latest("id").handled_by != "bot"
    asked = form_of(robin, "/flows/faq/pause", "resume-form")
    assert send(robin, "/flows/faq/resume", {**asked, "reason": ["mended"]}) == 302
    gym.hear("pia", "What time do you open?")
    assert Conversation.objects.latest("id").handled_by == "bot"
    assert {"flow_paused", "flow_resumed"} <= set(auditing.list_actions(robin.user))


def test_a_draft_can_be_thrown_away(gym: Gym, robin: Screen) -> None:
    change(robin, "/flows/faq/steps/menu", text="Choose.")
    assert robin.post("/flows/faq/discard", htmx=False).headers["Location"] == "/flows/faq"
    begin(gym, robin)
    assert robin.post("/flows/reminders/discard", htmx=False).headers["Location"] == "/flows"
    assert robin.post("/flows/faq/discard").status == 404
    assert not drafts_of(robin)


# -- moving runs ----------------------------------------------------------------------------------


def with_renamed_menu(gym: Gym, screen: Screen) -> None:
    """Publish version 2 of the front desk, in which the menu is called choose."""
    flow_drafts.rename_step(gym.house, screen.user, "faq", "menu", "choose")
    change(screen, "/flows/faq/steps/billing", text="What about money?")
    assert publish(screen, "faq") == 302


def test_waiting_runs_move_when_somebody_says_where_to(gym: Gym, robin: Screen) -> None:
    mia = gym.hear("mia", UNKNOWN)
    ben = gym.hear("ben", "What time do you open?")
    with_renamed_menu(gym, robin)
    plan = {one.step: one for one in flow_migration.plan(gym.house, robin.user, "faq", 1, 2)}
    assert {step: one.waiting for step, one in plan.items()} == {"menu": 1, "settle": 1}
    assert (plan["menu"].proposed, plan["menu"].possible) == ("", ("choose",))
    assert plan["settle"].proposed == "settle"
    assert flow_desk.waiting_by_step(robin.user, "faq", 2) == {}

    posted = {"version": "1", "to": "2", "step:menu": "choose", "step:settle": "settle"}
    assert "Say in a few words why" in robin.post("/flows/faq/runs", posted).text
    page = robin.post("/flows/faq/runs", {**posted, "reason": "one wording for all"}).text
    assert "2 runs moved." in page
    assert flow_desk.waiting_by_step(robin.user, "faq", 2) == {"choose": 1, "settle": 1}
    for row in Run.objects.filter(workspace_id=gym.workspace.id, status="waiting"):
        assert (state_of(gym, row).version, state_of(gym, row).step) == (2, row.step)
    assert gym.deeds("flow_runs_migrated") == [(f"user:{robin.user.id}", "flow:faq")]

    assert last_reply(gym, gym.hear("mia", "1")) == "What about money?"
    assert Conversation.objects.get(id=ben).status == "open"
    gym.step(hours=3)  # the timers that were set before still wake both
    assert Conversation.objects.get(id=ben).status == "resolved"
    assert Run.objects.filter(conversation_id=mia, status="waiting", step="billing").count() == 0


def test_a_renamed_step_keeps_its_moment(gym: Gym, robin: Screen) -> None:
    mia = gym.hear("mia", UNKNOWN)
    due = RuntimeTimer.objects.get(key__startswith="run:").due_at
    with_renamed_menu(gym, robin)
    moved = flow_migration.migrate(
        gym.house, robin.user, "faq", 1, to=2, mapping={"menu": "choose"}, reason="why"
    )
    assert (moved.moved, moved.before, moved.after) == (1, {"menu": 1}, {"choose": 1})
    assert RuntimeTimer.objects.get(key__startswith="run:").due_at == due
    gym.step(hours=3)
    assert not Run.objects.filter(conversation_id=mia, status="waiting").exists()


def test_runs_are_found_by_name_and_stopped_from_their_page(gym: Gym, robin: Screen) -> None:
    gym.hear("mia", UNKNOWN)
    gym.hear("nia", UNKNOWN)
    page = robin.get("/flows/faq/runs").text
    assert page.count('name="run"') == 2
    assert robin.get("/flows/faq/runs?who=nobody").text.count('name="run"') == 0
    posted = form_of(robin, "/flows/faq/runs", "runs-form")
    asked = {**posted, "deed": ["stop"], "scope": ["ticked"], "reason": ["a test"], "run": []}
    assert send(robin, "/flows/faq/runs/change", asked) == 422
    run_id = Run.objects.filter(workspace_id=robin.user.workspace_id).latest("id").id
    assert send(robin, "/flows/faq/runs/change", {**asked, "run": [run_id]}) == 200
    assert robin.get("/flows/faq/runs").text.count('name="run"') == 1


def test_runs_are_paged_and_the_page_says_when_older_names_are_left(
    gym: Gym, robin: Screen
) -> None:
    gym.hear("mia", UNKNOWN)
    run = Run.objects.get(workspace_id=robin.user.workspace_id)
    columns = {name: getattr(run, name) for name in RunRow.__struct_fields__}
    ids = [gym.house.next_id(gym.clock.now()) for _each in range(run_search.LOOKED_AT)]
    sql.insert([RunRow(**{**columns, "id": one}) for one in ids])
    page = robin.get("/flows/faq/runs").text
    assert (page.count('name="run"'), "Newest" in page, ">Older<" in page) == (25, False, True)
    page = robin.get("/flows/faq/runs?who=nobody").text
    assert "5000 names were looked through, and none fit. Older runs are left." in page
    [older] = re.findall(r'rel="next" href="([^"]+)"', page)
    page = robin.get(older.replace("&amp;", "&")).text
    assert ("No older run fits." in page, ">Newest<" in page) == (True, True)


def test_runs_without_a_place_stay(gym: Gym, robin: Screen) -> None:
    gym.hear("mia", UNKNOWN)
    with_renamed_menu(gym, robin)
    moved = flow_migration.migrate(gym.house, robin.user, "faq", 1, to=2, mapping={}, reason="why")
    assert (moved.moved, moved.stayed) == (0, 1)
    assert gym.deeds("flow_runs_migrated") == []
    refused: list[tuple[Callable[[], object], type[BatonError]]] = [
        (lambda: _migrate(gym, robin, {"menu": "settle"}), InvalidInput),
        (lambda: _migrate(gym, robin, {"menu": "billing"}), InvalidInput),
        (lambda: _migrate(gym, robin, {}, to=7), NotFound),
    ]
    for act, error in refused:
        with pytest.raises(error):
            act()
    assert "What about billing?" in last_reply(gym, gym.hear("mia", "1"))


def _migrate(gym: Gym, screen: Screen, mapping: dict[str, str], *, to: int = 2) -> object:
    return flow_migration.migrate(
        gym.house, screen.user, "faq", 1, to=to, mapping=mapping, reason="why"
    )
