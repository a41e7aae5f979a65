"""What an answer says: by the day and the channel of the scene, and never by a clock (FQ3)."""

import dataclasses
from datetime import date, datetime

import pytest
from msgspec.structs import replace

from baton.core import hours
from baton.core.errors import InvalidInput
from baton.core.pack import Article
from baton.flows import signals, turn
from baton.flows.effects import Answered, SendText
from baton.flows.render import render
from baton.flows.scene import Go, Outcome, Scene
from baton.flows.standing import Standing
from baton.flows.steps.answer import Answer, words_of
from tests.flows.scenes import FACTS, a_pack, a_scene, said
from tests.flows.test_turn import BANDS, SAID, SETTING

STEP = Answer(answered="settle", unanswered="menu")
HOURS = Article(
    name="hours",
    intent="hours",
    question="When?",
    answer="From six until nine, every day of the week.",
    channel_answers={"sms": "6-21 daily."},
    cta_label="Map",
    cta_url="https://m.example",
)
CLOSED = Article(
    name="closed",
    intent="hours",
    question="When?",
    answer="We are closed this week.",
    valid_from=date(2026, 3, 2),
    valid_until=date(2026, 3, 8),
    version=4,
)


def asked(scene: Scene) -> Outcome:
    return STEP.enter(scene, said("when are you open", ("hours", 0.9)))


def text_of(outcome: Outcome) -> str:
    assert isinstance(outcome, Go)
    return next(effect.text for effect in outcome.effects if isinstance(effect, SendText))


@pytest.mark.req("FQ3")
def test_each_channel_reads_its_own_answer_with_the_same_call_to_action() -> None:
    scene = replace(a_scene(), pack=a_pack(articles=(HOURS,)))
    assert text_of(asked(replace(scene, channel="sms"))) == "6-21 daily.\nMap: https://m.example"
    for channel in ("webchat", "email", ""):
        shown = text_of(asked(replace(scene, channel=channel)))
        assert shown == "From six until nine, every day of the week.\nMap: https://m.example"


@pytest.mark.req("FQ3")
def test_an_article_answers_on_its_days_only() -> None:
    scene = replace(a_scene(), pack=a_pack(articles=(HOURS, CLOSED)))
    assert text_of(asked(replace(scene, day=date(2026, 3, 8)))).startswith("We are closed")
    assert text_of(asked(replace(scene, day=date(2026, 3, 9)))).startswith("From six")
    alone = replace(scene, pack=a_pack(articles=(CLOSED,)), day=date(2026, 3, 9))
    outcome = asked(alone)
    assert isinstance(outcome, Go)
    assert outcome.to == "menu"  # nothing fits, so it was a failed attempt


def test_the_day_is_that_of_the_place_not_of_greenwich() -> None:
    tokyo = hours.parse_hours({}, zone="Asia/Tokyo")
    setting = replace(SETTING, pack=a_pack(articles=(HOURS, CLOSED)), hours=tokyo)
    read = signals.read(SAID, None, "", setting.pack, BANDS)
    before, after = (datetime.fromisoformat(f"2026-03-01T{at}Z") for at in ("14:59", "15:00"))
    replies = [
        turn.decide(SAID, read, Standing(channel="webchat"), setting, now=now).reply
        for now in (before, after)
    ]
    assert replies[0] is not None
    assert replies[0].text.startswith("From six")
    assert replies[1] is not None
    assert replies[1].text.startswith("We are closed")


def test_what_was_given_names_its_version() -> None:
    scene = replace(a_scene(), pack=a_pack(articles=(CLOSED,)), day=date(2026, 3, 3))
    outcome = asked(scene)
    assert isinstance(outcome, Go)
    [given] = [effect for effect in outcome.effects if isinstance(effect, Answered)]
    assert (given.article.name, given.article.version) == ("closed", 4)


def test_no_text_can_hold_a_worker_up() -> None:
    endless = "{% for i in (1..1000000) %}{% for j in (1..1000000) %}x{% endfor %}{% endfor %}"
    with pytest.raises(InvalidInput, match="limit"):
        render(endless, FACTS)
    with pytest.raises(InvalidInput):
        words_of(dataclasses.replace(HOURS, answer="{{ location.nowhere }}"), "webchat", FACTS)
