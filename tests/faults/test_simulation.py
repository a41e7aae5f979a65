"""The simulation with faults finds what is put into the code, and nothing without it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from pytest_django.plugin import DjangoDbBlocker

from baton.config.faults import plan as plans
from baton.config.faults.plan import Plan
from baton.config.faults.search import Search, search_in
from baton.config.faults.shrink import shrink
from tests.faults.planted import PLANTED
from tests.ingress.installation import migrated_database

STEPS = 150

# The first seeds that found each mistake; without it the same seeds pass.
FOUND_BY = {
    "dedupe_removed": 4,
    "policy_skipped": 19,
    "stop_not_asked_at_sending": 1,
    "timer_lost": 1,
    "timer_forgotten_as_it_fires": 1,
    "bot_speaks_over_people": 4,
    "claim_not_asked_for": 74,
    "silence_tried_again": 215,
    "sending_not_written_down": 13,
    "receipts_go_back": 20,
    "newest_words_first": 3,
    "fact_not_completed": 3,
    "answered_before_it_is_kept": 1,
    "handoff_without_clock": 1,
    "audit_row_skipped": 81,
    "what_was_not_begun_is_left": 1,
    "failed_fact_goes_to_the_back": 34,
    "signature_not_asked": 2,
    "refusal_undoes_receipts": 43,
    "room_not_counted": 29,
    "address_left_behind": 4,
}


@pytest.fixture(scope="module")
def search(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Search]:
    with (
        django_db_blocker.unblock(),
        closing(sqlite3.connect(migrated_database(tmp_path_factory))) as source,
        search_in(source) as found,
    ):
        yield found


@pytest.mark.req("DI12")
@pytest.mark.parametrize("seed", sorted(set(FOUND_BY.values())))
def test_the_promises_hold_whatever_fails(search: Search, seed: int) -> None:
    played = search.play(seed, STEPS)
    assert played.broken is None
    assert played.steps == STEPS


@pytest.mark.parametrize("name", FOUND_BY)
def test_a_mistake_is_found(search: Search, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    PLANTED[name](monkeypatch)
    assert search.play(FOUND_BY[name], STEPS).broken is not None


def test_every_mistake_has_a_seed() -> None:
    assert set(FOUND_BY) == set(PLANTED)


def test_a_finding_is_told_and_plays_again(search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    PLANTED["answered_before_it_is_kept"](monkeypatch)
    played = search.play(FOUND_BY["answered_before_it_is_kept"], STEPS)
    finding = search.explain(played, STEPS, most=6)
    assert finding.broken.law.endswith("answered with success and is not in the inbox")
    assert len(finding.plan.steps) <= finding.broken.step + 1
    assert finding.told[-1].endswith(finding.broken.law)
    assert any("the process dies" in line or "the disk" in line or "the connection" in line
               for line in finding.told)  # fmt: skip
    assert search.play(played.seed, STEPS).broken == played.broken


def test_a_plan_is_made_as_short_as_can_be() -> None:
    plan = plans.draw(3, 400)
    first, second = plan.steps[57], plan.steps[311]
    tries = 0

    def breaks(shorter: Plan) -> bool:
        nonlocal tries
        tries += 1
        steps = shorter.steps
        return first in steps and second in steps[steps.index(first) :]

    assert shrink(plan, breaks, most=10_000).steps == (first, second)
    assert tries < 200
    assert breaks(shrink(plan, breaks, most=20))  # whenever it stops, what is left breaks


def test_a_shorter_plan_is_the_beginning_of_a_longer_one() -> None:
    assert plans.draw(7, 50).steps == plans.draw(7, 80).steps[:50]
    assert plans.draw(7, 50) != plans.draw(8, 50)
