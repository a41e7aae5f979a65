"""A candidate goes live only if nothing that matters is lost (AB6, GV1)."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core import evaluation
from baton.core.evaluation import Ask, Evaluation, Guess, Judged, Sample
from baton.core.policy import Policy
from baton.services.workspace import packs

PACK = packs.load_pack("fitness")
KNOWN = frozenset(intent.name for intent in PACK.intents)
PEOPLE = evaluation.people_types(PACK, Policy())


def reads(intent: str, *, is_sure: bool = True, stops: Sequence[str] = ()) -> Ask:
    guess = Guess(intent=intent, is_sure=is_sure, stops=frozenset(stops))
    return lambda words: [guess for _ in words]


def samples(intent: str, count: int) -> list[Sample]:
    return [Sample(ref=f"pack:{n}", text=f"text {n}", intent=intent) for n in range(count)]


def report_of(
    split: Sequence[Judged], corrections: Sequence[Judged] = (), stops: Sequence[Judged] = ()
) -> Evaluation:
    return evaluation.evaluate(split, corrections, stops, pack=PACK, policy=Policy())


def judged(intent: str, count: int, live: str, candidate: str) -> tuple[Judged, ...]:
    return evaluation.judged(samples(intent, count), reads(live), reads(candidate))


FINE = judged("parking", 400, "parking", "parking")


@pytest.mark.req("AB6", "GV1")
def test_a_candidate_that_loses_nothing_may_go_live() -> None:
    assert evaluation.refusals(report_of(FINE), KNOWN) == ()


@pytest.mark.req("AB6", "E14")
def test_a_hard_stop_that_is_found_less_often_refuses() -> None:
    held = [Sample(ref="mark:1", text="I want my money back", stops=frozenset({"refund"}))]
    lost = evaluation.judged(held, reads("", stops=["refund"]), reads(""))
    report = report_of(FINE, stops=lost)
    [line] = report.stops
    assert (line.kind, line.found.live, line.found.candidate) == ("refund", 1, 0)
    assert line.fell == ("mark:1",)
    [why] = evaluation.refusals(report, KNOWN)
    assert "refund" in why
    gained = evaluation.judged(held, reads(""), reads("", stops=["refund"]))
    assert evaluation.refusals(report_of(FINE, stops=gained), KNOWN) == ()


def test_a_stop_found_where_none_is_is_told_and_refuses_nothing() -> None:
    free = [Sample(ref="pack:x", text="refund policy?", stops=frozenset())]
    told = evaluation.judged(free, reads(""), reads("", stops=["refund"]))
    report = report_of(FINE, stops=told)
    assert (report.stops[0].false_live, report.stops[0].false_candidate) == (0, 1)
    assert evaluation.refusals(report, KNOWN) == ()


@pytest.mark.req("AB6", "T3")
@pytest.mark.parametrize("intent", [one.name for one in PACK.intents if one.request_type in PEOPLE])
def test_one_reading_lost_to_people_refuses(intent: str) -> None:
    report = report_of((*FINE, *judged(intent, 1, intent, "parking")))
    [why] = evaluation.refusals(report, KNOWN)
    assert "for people" in why


def test_people_must_handle_what_triage_or_the_knowledge_base_says() -> None:
    assert {"medical", "membership_cancellation", "complaint"} <= PEOPLE
    assert "opening_hours" not in PEOPLE
    assert "small_talk" not in PEOPLE
    unanswered = replace(PACK, articles=())
    assert "opening_hours" in evaluation.people_types(unanswered, Policy())


@pytest.mark.parametrize(("lost", "is_refused"), [(4, False), (5, True)])
def test_the_tolerance_is_one_in_a_hundred(lost: int, *, is_refused: bool) -> None:
    split = (
        *judged("parking", 400 - lost, "parking", "parking"),
        *judged("parking", lost, "parking", ""),
    )
    assert bool(evaluation.refusals(report_of(split), KNOWN)) is is_refused


def test_a_new_intent_hides_no_loss() -> None:
    new = judged("kids_swimming", 50, "", "kids_swimming")
    lost = judged("parking", 5, "parking", "")
    report = report_of((*judged("parking", 95, "parking", "parking"), *lost), corrections=new)
    assert evaluation.refusals(report, KNOWN)


def test_nothing_to_judge_by_refuses() -> None:
    assert evaluation.refusals(report_of(()), KNOWN)


@pytest.mark.req("FL6")
def test_what_fell_and_what_rose_is_told_by_intent() -> None:
    split = judged("parking", 2, "parking", "location")
    corrections = judged("parking", 3, "location", "parking")
    [line] = report_of(split, corrections).intents
    assert (line.split.change, line.corrections.change) == (-2, 3)
    assert (len(line.fell), len(line.rose)) == (2, 3)
    assert report_of(split).sure_but_wrong.candidate == 2


@given(st.text(max_size=60))
def test_a_text_is_always_in_the_same_fold(text: str) -> None:
    fold = evaluation.fold_of(text)
    assert 0 <= fold < evaluation.FOLDS
    assert (
        fold == evaluation.fold_of(text.upper().upper())
        or text.casefold() != text.upper().casefold()
    )


def test_the_fixed_split_is_about_a_fifth() -> None:
    every = [text for intent in PACK.intents for text in intent.examples]
    held = [text for text in every if evaluation.fold_of(text) == evaluation.HELD_OUT]
    assert 0.15 < len(held) / len(every) < 0.25


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_a_candidate_that_is_right_wherever_the_live_one_is_is_never_refused(
    rights: list[tuple[bool, bool]],
) -> None:
    lines = tuple(
        Judged(
            sample=Sample(ref="pack:x", text="x", intent="parking"),
            live=Guess(intent="parking" if was else "", is_sure=True),
            candidate=Guess(intent="parking" if was or now else "", is_sure=True),
        )
        for was, now in rights
    )
    assert evaluation.refusals(report_of(lines), KNOWN) == ()
