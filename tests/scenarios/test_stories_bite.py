"""A story is worth what it catches: with its rule broken, it fails."""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import pytest
from msgspec import structs
from msgspec.structs import replace

from baton.config.stories.player import play
from baton.core import (
    escalation,
    hearing,
    keywords,
    ownership,
    presend,
    privacy,
    quiet,
    roles,
    survey,
)
from baton.core.confidence import Bands
from baton.core.experiments import LimitTrial
from baton.core.hours import BusinessHours
from baton.core.keywords import Keyword
from baton.core.presend import Refusal
from baton.core.resolution import Thread
from baton.core.roles import Action, Role
from baton.core.rollout import Admission, Reach
from baton.flows import outreach, signals, turn
from baton.flows.scene import Said
from baton.flows.standing import Setting, Standing
from baton.reports import verdicts
from baton.reports.kpis import KpiReading
from baton.reports.verdicts import GateReading
from baton.runtime.ports import Arrival
from baton.services.bookings import member_actions
from baton.services.calls import Performed
from baton.services.conversation import conversations, invitations, scrutiny
from baton.services.desk import agents, desks, stepping_in
from baton.services.desk.desks import Desk
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people import consents
from baton.store.queries import clocks
from baton.store.queries.turns import LaneSnapshot
from baton.store.rows import ConversationRow
from baton.store.runtime_store.inbox import DjangoInbox
from tests.support.world import read_story, with_policy

pytestmark = pytest.mark.django_db

Break = Callable[[pytest.MonkeyPatch], None]


@pytest.mark.parametrize(
    ("story", "policy"),
    [
        ("G21-consent-gate", {"consent_free_channels": "webchat"}),
        ("quiet-hours", {"quiet_from": "23:00"}),
        ("one-story-over-each-channel", {"quiet_from": "23:00"}),
        ("one-story-over-each-channel", {"consent_free_channels": "email"}),
        ("quiet-hours", {"quiet_until": "07:00"}),
        ("quiet-hours", {"awake_window": "1m"}),
        ("G08-two-failed-intents", {"max_failed_attempts": 3}),
        ("G08-two-failed-intents", {"max_failed_attempts": 1}),
        ("G25-faq-menu", {"max_failed_attempts": 1}),
        ("G25-faq-menu", {"max_failed_attempts": 3}),
        ("G26-faq-csat", {"csat_delay": "1h"}),
        ("G26-faq-csat", {"csat_delay": "1m"}),
        ("G26-faq-csat", {"idle_after_answer": "1h"}),
        ("G26-faq-csat", {"recontact_window": "200h"}),
        ("G28-below-80-percent", {"answer_confidence": 0.5}),
        ("G28-below-80-percent", {"answer_confidence": 0.999}),
        ("G28-below-80-percent", {"floor_confidence": 0.75}),
        ("G58-bot-closes-too-fast", {"recontact_window": "1h"}),
        ("G58-bot-closes-too-fast", {"recontact_window": "100h"}),
        ("G11-authority-limit", {"agent_authority_minor": 1_000_00}),
        ("G11-authority-limit", {"approval_window": "9h"}),
        ("G19-retention-workflow", {"agent_authority_minor": 0}),
        ("G51-credit-confirmation", {"agent_authority_minor": 0}),
        ("burst-is-one-turn", {"coalesce_window": "0s"}),
        ("capacity-full-becomes-a-promise", {"agent_capacity": 5}),
        ("offered-one-after-another", {"offer_window": "1m"}),
        ("offered-one-after-another", {"offering_queues": ""}),
        ("promised-is-offered", {"agent_capacity": 5}),
        ("promised-is-offered", {"clock_warning_share": 0.9}),
        ("undone-stands-as-before", {"undo_window": "30s"}),
        ("undone-stands-as-before", {"undo_window": "5m"}),
        ("angry-customer", {"strong_sentiment": -1.0}),
        ("angry-customer", {"strong_sentiment": -0.3}),
        ("angry-customer", {"mild_sentiment": -0.5}),
    ],
)
def test_a_story_fails_under_another_limit(story: str, policy: dict[str, float | str]) -> None:
    assert not play(with_policy(read_story(story), **policy), ends_at_failure=True).passed


def without_rule(name: str) -> Break:
    left = tuple(rule for rule in escalation.RULES if rule.__name__ != name)
    assert len(left) == len(escalation.RULES) - 1
    return lambda patch: patch.setattr(escalation, "RULES", left)


def mask_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(privacy, "mask", lambda text, _tokenise: text)


def log_no_sight(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(agents, "_log_sight", lambda *_: None)


def let_auditors_read(patch: pytest.MonkeyPatch) -> None:
    allowed = {**roles._ALLOWED, Role.AUDITOR: frozenset(Action)}
    patch.setattr(roles, "_ALLOWED", allowed)


def never_ask(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(outreach, "starting", lambda *_args: iter(()))


def know_no_keyword(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(keywords, "_MEANING", {})


def always_speak(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ownership, "may_bot_speak", lambda _owner: True)
    patch.setattr(presend, "may_bot_speak", lambda _owner: True)


def keep_the_run(patch: pytest.MonkeyPatch) -> None:
    kept = desks.keep

    def keep(desk: Any, **changes: object) -> None:
        changes.pop("run_id", None)
        kept(desk, **changes)

    patch.setattr(desks, "keep", keep)
    patch.setattr(agents, "_stop_run", lambda _desk: None)


def forget_deliveries(patch: pytest.MonkeyPatch) -> None:
    append, numbers = DjangoInbox.append, count()

    def append_anew(self: DjangoInbox, arrivals: Sequence[Arrival]) -> tuple[bool, ...]:
        fresh = [replace(a, dedupe_key=f"{next(numbers)}{a.dedupe_key}") for a in arrivals]
        return append(self, fresh)

    patch.setattr(DjangoInbox, "append", append_anew)


def never_close(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(BusinessHours, "is_open", lambda _self, _moment: True)


def count_closed_hours(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(BusinessHours, "after", lambda _self, start, span: start + span)


def hear_one_thing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(signals, "things_said", lambda whole, _parts, _policy: (whole,))


def forget_the_prompt(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(signals, "_answers_prompt", lambda _said, _replies, _bands: False)


def read_ratings_anywhere(patch: pytest.MonkeyPatch) -> None:
    def parse_rating(message: str) -> int | None:
        return next((int(letter) for letter in message if letter in "12345"), None)

    patch.setattr(survey, "parse_rating", parse_rating)


def say_it_again(patch: pytest.MonkeyPatch) -> None:
    numbers = count()
    patch.setattr(turn, "reply_hash", lambda _text: str(next(numbers)))


def put_back_without_a_promise(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(clocks, "is_running", lambda _conversation_id: True)


def step_in_without_a_card(patch: pytest.MonkeyPatch) -> None:
    def own(
        _house: House, _ledger: Ledger, snapshot: LaneSnapshot, _user_id: str
    ) -> ConversationRow:
        assert snapshot.conversation is not None
        return replace(snapshot.conversation, handled_by="queue")

    patch.setattr(stepping_in, "hand_over", own)


def let_clocks_run_on(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(clocks, "stop", lambda _conversation_id, _now: ())


def put_back_asleep(patch: pytest.MonkeyPatch) -> None:
    kept = desks.keep

    def keep(desk: Desk, **changes: object) -> None:
        if desk.conversation.status == "snoozed":
            changes.pop("status", None)
        kept(desk, **changes)

    patch.setattr(desks, "keep", keep)


def reopen_for_nothing_beside_a_rating(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Said, "also_asks", lambda *_: False)


def leave_it_closed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(signals, "thread_of", lambda *_arguments, **_more: Thread.CONTINUE)
    patch.setattr(conversations, "reopen", lambda _ledger, known: known)


def take_any_thanks_for_a_yes(patch: pytest.MonkeyPatch) -> None:
    small_talk = turn._small_talk

    def confirm(intent: str, standing: Standing, setting: Setting) -> turn.Turn:
        return small_talk(intent, replace(standing, is_answered=True), setting)

    patch.setattr(turn, "_small_talk", confirm)


def hear_the_keyword_alone(patch: pytest.MonkeyPatch) -> None:
    def keyword(said: Said) -> Keyword | None:
        return next(filter(None, map(keywords.find, said.lines)), None)

    patch.setattr(signals, "_keyword", keyword)


def forget_own_thresholds(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Bands, "of", lambda bands, _intent: bands.rest)


def close_under_supervision(patch: pytest.MonkeyPatch) -> None:
    def may_close(conversation: Any, _supervision: object, *, is_confirmed: bool) -> bool:
        return is_confirmed or not conversation.needs_review

    patch.setattr(scrutiny, "may_close", may_close)


def ask_no_consent(patch: pytest.MonkeyPatch) -> None:
    without_presend(patch, Refusal.NO_CONSENT)


def stop_stops_nothing(patch: pytest.MonkeyPatch) -> None:
    left = tuple(rule for rule in presend._OF_ALL if rule[1] is not Refusal.OPTED_OUT)
    patch.setattr(presend, "_OF_ALL", left)


def without_presend(patch: pytest.MonkeyPatch, reason: Refusal) -> None:
    left = tuple(rule for rule in presend._OF_UNPROMPTED if rule[1] is not reason)
    assert len(left) == len(presend._OF_UNPROMPTED) - 1
    patch.setattr(presend, "_OF_UNPROMPTED", left)


def let_any_word_lift_a_stop(patch: pytest.MonkeyPatch) -> None:
    recorded = consents.tell

    def tell(ledger: Any, contact: Any, said: Any, *, actor: str) -> Any:
        return structs.replace(recorded(ledger, contact, said, actor=actor), opted_out="")

    patch.setattr(consents, "tell", tell)


def keep_no_quiet_hours(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(quiet, "is_quiet", lambda *_: False)


def take_anybody_for_a_member(patch: pytest.MonkeyPatch) -> None:
    found = Performed(result={"member": "M-1"})
    patch.setattr(member_actions, "_found", lambda *_: found)


def watch_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(scrutiny, "_is_watched", lambda _read, _supervision: False)


def forget_who_has_room(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(invitations, "free_room", lambda *_: None)


def forget_the_morning(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(invitations, "_invite_at_opening", lambda *_: None)


def forget_what_it_was_about(patch: pytest.MonkeyPatch) -> None:
    find = hearing.find
    patch.setattr(hearing, "find", lambda reading, **_: find(reading, last_object=None))


def judge_by_containment_alone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(verdicts, "_harms", lambda _now, _before: iter(()))


def serve_everybody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Reach, "admission_of", lambda *_: Admission.SERVED)


def let_any_gate_hold(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(GateReading, "is_within", True)


def praise_after_five_days(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(verdicts, "_few_to_praise", lambda _contained: "")


def ask_for_no_sample(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(KpiReading, "is_enough", True)


def deal_nobody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(LimitTrial, "arm_of", lambda trial, _contact: trial.arms[0])


@pytest.mark.parametrize(
    ("story", "break_rule"),
    [
        ("G03-containment-trap", judge_by_containment_alone),
        ("G55-a-quarter-of-new-bookings", serve_everybody),
        ("G56-acceptance-verdict", let_any_gate_hold),
        ("G57-sample-guard", praise_after_five_days),
        ("G57-sample-guard", ask_for_no_sample),
        ("G60-one-failed-intent-or-two", deal_nobody),
        ("G59-identity-unmatched", take_anybody_for_a_member),
        ("G21-consent-gate", ask_no_consent),
        ("G52-stop", stop_stops_nothing),
        ("G52-stop", let_any_word_lift_a_stop),
        ("quiet-hours", keep_no_quiet_hours),
        ("quiet-hours", stop_stops_nothing),
        ("supervised-phase", close_under_supervision),
        ("supervised-phase", watch_nothing),
        ("G07-hard-stops", without_rule("_hard_stop")),
        ("G09-human-on-request", without_rule("_requested")),
        ("G20-card-access-audit", log_no_sight),
        ("G20-card-access-audit", let_auditors_read),
        ("G20-card-access-audit", mask_nothing),
        ("G26-faq-csat", never_ask),
        ("G27-not-helpful", without_rule("_not_helpful")),
        ("stop-wins-over-everything", know_no_keyword),
        ("bot-silent-while-person-owns", always_speak),
        ("bot-silent-while-person-owns", keep_the_run),
        ("redelivery-is-one-message", forget_deliveries),
        ("out-of-hours", never_close),
        ("out-of-hours", count_closed_hours),
        ("card-holds-no-identifiers", mask_nothing),
        ("compound-question-gets-both-answers", hear_one_thing),
        ("one-means-what-was-last-asked", forget_the_prompt),
        ("one-means-what-was-last-asked", read_ratings_anywhere),
        ("identical-reply-hands-over", say_it_again),
        ("promised-is-offered", forget_who_has_room),
        ("promised-is-offered", forget_the_morning),
        ("bare-cancel-takes-its-object", forget_what_it_was_about),
        ("angry-customer", without_rule("_negative")),
        ("thresholds-of-an-intent", forget_own_thresholds),
        ("thresholds-of-an-intent", without_rule("_hard_stop")),
        ("no-handoff-without-a-clock", step_in_without_a_card),
        ("no-handoff-without-a-clock", put_back_without_a_promise),
        ("no-handoff-without-a-clock", put_back_asleep),
        ("no-handoff-without-a-clock", let_clocks_run_on),
        ("nothing-is-lost-after-a-close", reopen_for_nothing_beside_a_rating),
        ("nothing-is-lost-after-a-close", leave_it_closed),
        ("nothing-is-lost-after-a-close", take_any_thanks_for_a_yes),
        ("nothing-is-lost-after-a-close", hear_the_keyword_alone),
    ],
)
def test_a_story_fails_when_its_rule_is_broken(
    story: str, break_rule: Break, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_rule(monkeypatch)
    assert not play(read_story(story), ends_at_failure=True).passed
