"""The player: what it tells about a story that is wrong, and what it leaves behind."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from baton.config.stories import player
from baton.config.stories.document import parse_story, story_schema
from baton.core.errors import Conflict, NotFound
from baton.core.json import Json
from baton.services.conversation.case import Case
from baton.services.writing import documents
from baton.services.writing.documents import InvalidDocument
from baton.store.models import Message, User, Workspace
from tests.support.world import failures_of, played, story_files

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = jsonschema.Draft202012Validator(story_schema())
SAM = "  sam: {user: agent}"


# -- documents ---------------------------------------------------------------------------

GOOD = """\
story: short
title: A short story
pack: fitness
people:
  mia: {contact: webchat}
  sam: {user: agent}
steps:
  - says: {who: mia, text: Hi, id: first}
"""


def problems_of(text: str) -> list[str]:
    with pytest.raises(InvalidDocument) as caught:
        parse_story(text, file="s.yaml")
    return [problem.text for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("- say: {who: mia, text: Hi}", "s.yaml:9:5: steps[1].say: unknown key 'say'"),
        (
            "- says: {who: mia, text: Hi, words: Hi}",
            "s.yaml:9:32: steps[1].says.words: unknown key",
        ),
        ("- says: {who: mia, text: 1}", "s.yaml:9:22: steps[1].says.text: must be text: put it in"),
        ("- says: {who: zoe, text: Hi}", "s.yaml:9:12: steps[1].says.who: nobody is called 'zoe'"),
        ("- says: {who: sam, text: Hi}", "s.yaml:9:12: steps[1].says.who: must be a contact"),
        ("- says: {who: mia, text: Hi, id: first}", "the id 'first' stands twice"),
        ("- arrives: {who: mia, redelivery_of: x}", "'mia' said nothing above with the id 'x'"),
        (
            "- arrives: {who: mia}",
            "steps[1].arrives: write one of identity, redelivery_of and event",
        ),
        ("- passes: soon", "s.yaml:9:5: steps[1].passes: 'soon' is no duration"),
        ("- passes: 10", "s.yaml:9:5: steps[1].passes: '10' is no duration"),
        ("- {}", "s.yaml:9:5: steps[1]: a step is one of says, passes"),
        ("- {passes: 1m, expect: {}}", "steps[1]: a step is one of"),
        ("- does: {who: mia, act: accept, on: mia}", "steps[1].does.who: must be a user"),
        ("- does: {who: sam, act: accept}", "the act accept needs 'on'"),
        ("- does: {who: sam, act: go_off_duty, on: mia}", "takes no 'on'"),
        ("- does: {who: sam, act: reply, on: mia}", "the act reply needs 'text'"),
        ("- does: {who: sam, act: resolve, on: mia, text: x}", "the act resolve needs 'code'"),
        ("- does: {who: sam, act: accept, on: mia, text: x}", "the act accept takes no 'text'"),
        ("- does: {who: sam, act: dance, on: mia}", "s.yaml:9:22: steps[1].does.act: must be"),
        ("- expect: {owner: robot}", "s.yaml:9:14: steps[1].expect.owner: must be"),
        ("- expect: {replies: one}", "s.yaml:9:14: steps[1].expect.replies: must be"),
        ("- expect: {clock: {due_in: x}}", "steps[1].expect.clock.due_in: 'x' is no duration"),
        ("- expect: {card: {sumary: x}}", "did you mean 'summary'?"),
    ],
)
def test_a_mistake_in_a_step_is_told_with_its_place(step: str, expected: str) -> None:
    [problem] = problems_of(f"{GOOD}  {step}\n")
    assert expected in problem


@pytest.mark.parametrize(
    ("old", "written", "expected"),
    [
        ("pack: fitness", "pack: fitnes", "s.yaml:3:1: pack: no pack 'fitnes'"),
        ("pack: fitness", "pack: fitness\npolicy: {csat_delai: 1m}", "policy.csat_delai: unknown"),
        ("pack: fitness", "pack: fitness\npolicy: {csat_delay: 1}", "is no duration"),
        (
            "pack: fitness",
            "pack: fitness\nthresholds: [{intent: nothing, answer: 0.8, floor: 0.4}]",
            "thresholds[0].intent: no intent 'nothing'",
        ),
        (
            "pack: fitness",
            "pack: fitness\nthresholds: [{flow: nothing, answer: 0.8, floor: 0.4}]",
            "thresholds[0].flow: no flow 'nothing'",
        ),
        (
            "pack: fitness",
            "pack: fitness\nthresholds: [{answer: 0.6, floor: 0.6}]",
            "The floor must lie below the answer threshold",
        ),
        (
            "pack: fitness",
            "pack: fitness\nthresholds: [{intent: parking, flow: faq, answer: 0.8, floor: 0.4}]",
            "write an intent or a flow",
        ),
        ("pack: fitness", "pack: fitness\nstarts: today", "s.yaml:4:1: starts: "),
        ("pack: fitness", "pack: fitness\nrows: [e25]", "s.yaml:4:8: rows[0]: "),
        (
            "pack: fitness",
            (
                "pack: fitness\nown_flows: {news: {title: News, owner: CX, start: over, "
                "purpose: service, trigger: {on: fax}, steps: {over: {type: end}}}}"
            ),
            "own_flows.news: trigger",
        ),
        (
            "pack: fitness",
            "pack: fitness\nflows: [order_updates]\nswitched_on: {order_updates: [shipped]}",
            "switched_on.order_updates: no message 'shipped' is off there",
        ),
        (
            "pack: fitness",
            "pack: retail\nflows: [order_updates]",
            "s.yaml:4:9: flows[0]: the pack 'retail' begins with 'order_updates' already",
        ),
        ("pack: fitness", "pack: fitness\nover: [fax]", "over[0]: must be 'webchat'"),
        ("{contact: webchat}", "{contact: fax}", "people.mia.contact: must be 'webchat'"),
        ("{contact: webchat}", "{contact: webchat, user: agent}", "write either contact"),
        ("{contact: webchat}", "{contact: webchat, skills: [x]}", "belong to a user"),
        ("title: A short story\n", "", "the key 'title' is missing"),
    ],
)
def test_a_mistake_in_the_head_is_told_with_its_place(
    old: str, written: str, expected: str
) -> None:
    [problem] = problems_of(GOOD.replace(old, written))
    assert expected in problem


def test_every_mistake_of_a_kind_is_told_at_once() -> None:
    text = f"{GOOD}  - says: {{who: zoe, text: Hi}}\n  - expect: {{of: sam}}\n"
    assert len(problems_of(text)) == 2


def test_a_story_without_a_contact_is_refused() -> None:
    text = "story: s\ntitle: t\npack: fitness\npeople: {sam: {user: agent}}\nsteps: [{passes: 1m}]"
    assert "nobody writes here" in problems_of(text)[0]


# -- the schema --------------------------------------------------------------------------


def test_the_schema_in_the_docs_is_the_one_that_the_models_make() -> None:
    kept = (DOCS / "story.schema.json").read_text("utf-8")
    assert kept == json.dumps(story_schema(), indent=2) + "\n", (
        "run: baton play --schema > docs/story.schema.json"
    )


def value_of(text: str) -> Json:
    return documents.read(text, file="s.yaml").value


def test_the_schema_is_one_and_takes_every_story() -> None:
    jsonschema.Draft202012Validator.check_schema(story_schema())
    for path in story_files():
        assert SCHEMA.is_valid(value_of(path.read_text("utf-8"))), path.name


@pytest.mark.parametrize(
    "step",
    [
        "- say: {who: mia, text: Hi}",
        "- {passes: 1m, expect: {}}",
        "- passes: soon",
        "- expect: {owner: robot}",
        "- arrives: {who: mia}",
    ],
)
def test_the_schema_refuses_what_the_player_refuses(step: str) -> None:
    assert SCHEMA.is_valid(value_of(GOOD))
    assert not SCHEMA.is_valid(value_of(f"{GOOD}  {step}\n"))


@pytest.mark.django_db
def test_the_example_in_the_docs_plays() -> None:
    [example] = re.findall(
        r"```yaml\n(.*?)```", (DOCS / "stories.md").read_text("utf-8"), re.DOTALL
    )
    assert failures_of(player.play(parse_story(example, file="stories.md"))) == []


# -- playing -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_failed_expectation_says_where_what_and_what_instead() -> None:
    result = played(
        '  - says: {who: mia, text: "What time do you open?"}\n'
        "  - expect: {owner: agent, replies: 2, reply: closed}\n"
        "  - expect: {status: open}"
    )
    assert not result.passed
    assert [failure.step for failure in result.failures] == [2, 2, 2]
    owner, replies, reply = failures_of(result)
    assert owner == (
        "short.yaml:9:14: steps[1].expect.owner: expected owner 'agent', but it is 'bot'"
    )
    assert "steps[1].expect.replies: expected replies 2, but it is 1" in replies
    assert "expected 'closed' in reply, but there is ['Riverside is open" in reply


@pytest.mark.django_db
def test_a_story_over_channels_says_on_which_it_failed() -> None:
    text = GOOD.replace("pack: fitness", "pack: fitness\nover: [webchat, email]")
    text += "  - expect: {channel: email, replies: 1}\n"
    result = player.play(parse_story(text, file="s.yaml"))
    [failed] = failures_of(result)
    assert "expect.channel: over webchat: expected channel 'email'" in failed
    assert result.render().startswith("FAILED  short: A short story (over webchat, email)")


@pytest.mark.django_db
def test_what_is_not_there_is_said_to_be_missing() -> None:
    result = played(
        "  - expect: {owner: bot, replies: 0, card: {reason: flow}, clock: {state: met},"
        " survey: {rating: 5}, kpi: {joy: 1, csat: null, containment: 1}, choices: [a],"
        " intent: x, undelivered: opted_out, conversations: 0, messages: 0}"
    )
    told = "\n".join(failures_of(result))
    for words in (
        "expected owner 'bot', but it is 'no conversation'",
        "expected a card, but there is none",
        "expected a clock, but there is none",
        "expected rating 5, but it is 'no survey'",
        "there is no KPI 'joy'; there are ",
        "expected containment 1.0, but it is None",
        "expected choices ['a'], but it is 'no reply'",
        "expected intent 'x', but it is 'no turn'",
        "expected undelivered 'opted_out', but it is 'nothing'",
    ):
        assert words in told
    assert len(result.failures) == 9


@pytest.mark.django_db
def test_an_act_that_is_refused_unexpectedly_fails_the_story() -> None:
    steps = "  - does: {who: sam, act: accept, on: mia}"
    [failure] = failures_of(played(steps, people=SAM))
    assert "short.yaml:8:5: steps[0]: was refused: on: mia has no conversation yet" in failure
    [failure] = failures_of(played(f"{steps}\n  - expect: {{error: nonsense}}", people=SAM))
    assert "expected the act to be refused with 'nonsense', but 'on: mia has no" in failure
    assert played(f"{steps}\n  - expect: {{error: no conversation}}", people=SAM).passed


@pytest.mark.django_db
def test_an_act_that_is_not_refused_although_expected_fails_the_story() -> None:
    steps = "  - does: {who: sam, act: go_off_duty}\n  - expect: {error: may not}"
    assert "it was not refused" in failures_of(played(steps, people=SAM))[0]


@pytest.mark.django_db
def test_words_that_no_widget_would_take_are_refused() -> None:
    result = played(f'  - says: {{who: mia, text: "{"x" * 4001}"}}')
    assert "too long" in failures_of(result)[0]


@pytest.mark.django_db
def test_a_fact_that_cannot_be_decided_fails_the_story(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        message = "out of paper"
        raise RuntimeError(message)

    monkeypatch.setattr(Case, "hear", fail)
    failures = failures_of(played("  - says: {who: mia, text: Hi}\n  - passes: 1m"))
    assert any("message_received could not be decided: " in f for f in failures)
    assert any("RuntimeError" in f for f in failures)


@pytest.mark.django_db
def test_a_snoozed_conversation_comes_back_in_time() -> None:
    result = played(
        '  - says: {who: mia, text: "Can I talk to a human?"}\n'
        "  - does: {who: sam, act: accept, on: mia}\n"
        "  - does: {who: sam, act: note, on: mia, text: looks fine}\n"
        "  - expect: {replies: 0}\n"
        "  - does: {who: sam, act: snooze, on: mia, for: 2h}\n"
        "  - passes: 119m\n"
        "  - expect: {status: snoozed}\n"
        "  - passes: 1m\n"
        "  - expect: {status: open}\n"
        "  - does: {who: sam, act: go_off_duty}\n"
        "  - does: {who: sam, act: come_on_duty}\n"
        "  - expect: {audit: {availability_changed: 2}}",
        people=SAM,
    )
    assert failures_of(result) == []


@pytest.mark.django_db
def test_stories_leave_nothing_behind_and_never_see_each_other() -> None:
    steps = (
        '  - says: {who: mia, text: "Can I talk to a human?"}\n'
        "  - expect: {conversations: 1, messages: 1, audit: {handed_over: 1}}"
    )
    for _ in range(2):
        assert failures_of(played(steps, people=SAM)) == []
        assert not Workspace.objects.exists()
        assert not Message.objects.exists()
        assert not User.objects.exists()


@pytest.mark.django_db
def test_a_story_plays_the_same_twice() -> None:
    steps = '  - says: {who: mia, text: [Hi, "Can I talk to a human?"]}\n  - passes: 4h'
    first, second = (played(steps, people=SAM, explain=True) for _ in range(2))
    assert first == second


@pytest.mark.django_db
def test_a_story_may_start_on_a_clock_of_its_own() -> None:
    text = GOOD.replace("pack: fitness", "pack: fitness\nstarts: 2026-03-02T12:00:00+02:00")
    document = parse_story(f"{text}  - expect: {{replies: 1, chain: intact}}\n", file="s.yaml")
    assert failures_of(player.play(document)) == []


@pytest.mark.django_db
def test_a_database_in_use_is_left_alone() -> None:
    Workspace.objects.create(id="w", name="Real", pack="fitness", created_at="2026-01-01T00:00:00Z")
    with pytest.raises(Conflict, match="empty database"):
        played("  - passes: 1m")


@pytest.mark.django_db
def test_each_decision_is_explained_with_its_reason() -> None:
    result = played(
        '  - says: {who: mia, text: "I want a refund"}\n'
        "  - does: {who: sam, act: open_card, on: mia}\n"
        "  - arrives: {who: mia, identity: {id: crm-1}}\n"
        "  - does: {who: sam, act: resolve, on: mia, code: refunded}",
        people="  sam: {user: agent, skills: [billing]}",
        explain=True,
    )
    told = "\n".join(result.explanation)
    for words in (
        "mia says 'I want a refund'",
        "read: refund_request",
        "decided: handed_over, because hard_stop",
        "action: handed over to billing: refund",
        "trigger: refund on 'refund'",
        "clock: first_response of billing, due Mon 10:30:02",
        "message: bot, sent: \"Thanks, I'm passing you",
        "sam does open_card on mia",
        "card_opened",
        "an identity arrives for mia",
        "refused: Take the conversation first",
    ):
        assert words in told
    assert "steps[3]: was refused: Take the conversation first" in result.render()


@pytest.mark.django_db
def test_results_are_rows_of_json(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.yaml").write_text(GOOD)
    (tmp_path / "b.yaml").write_text(GOOD + "  - expect: {replies: 7}\n")
    (tmp_path / "c.yaml").write_text("story: [")
    (tmp_path / "d.yaml").write_bytes(b"\xff\xfe\x00")
    results = player.play_paths([tmp_path])
    rows = [json.loads(json.dumps(result.as_row())) for result in results]
    assert [row["passed"] for row in rows] == [False, False, False, True]
    assert rows[0]["failures"][0]["line"] == 9
    assert rows[0]["failures"][0]["step"] == 2
    assert "no valid YAML" in rows[1]["failures"][0]["message"]
    assert "no text" in rows[2]["failures"][0]["message"]
    assert rows[3]["steps"] == 1
    assert results[3].render() == "passed  short: A short story"


@pytest.mark.django_db
def test_a_story_may_end_at_its_first_failure(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(GOOD + "  - expect: {replies: 7}\n  - expect: {replies: 8}\n")
    for ends_at_failure, told in ((False, 2), (True, 1)):
        [result] = player.play_paths([wrong], ends_at_failure=ends_at_failure)
        assert len(result.failures) == told


def test_a_path_without_stories_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        player.play_paths([tmp_path])
    with pytest.raises(NotFound):
        player.play_paths([tmp_path / "nowhere.yaml"])
