"""Past conversations become an assessment: types, evidence, a backlog, and no identifiers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from baton.core.errors import InvalidInput
from baton.core.past import PastConversation, Unread
from baton.core.policy import Policy
from baton.services.pilot import assessing, sorting, telling, use_cases
from baton.services.pilot.sorting import Sorter
from baton.services.workspace import packs
from baton.web.pilot import assessment_paper

_MONDAY = datetime(2025, 3, 3, 18, tzinfo=UTC)
_CHARGER = (
    "is the electric car charger free", "how do i use the car charger",
    "the electric car charger is out of order", "what does the car charger cost",
    "can i charge my electric car there", "how fast is the electric car charger",
    "which plug has the car charger", "is the car charger in use",
)  # fmt: skip
_HOURS = (
    "what time do you open", "when do you close tonight", "what are your opening hours",
    "are you open on sunday", "closing time on saturdays?", "how late are you open",
    "when does the gym shut", "what are the hours tomorrow",
)  # fmt: skip
_CHARGED = (
    "you charged me twice", "i was charged twice this month", "there is a wrong charge on my card",
    "why was i charged twice", "you took the money twice and i dispute it",
    "i dispute this charge", "wrong amount charged, i want this fixed",
    "my card was charged twice again",
)  # fmt: skip


def _past() -> Iterator[PastConversation | Unread]:
    yield Unread(7, "has no words")
    for kind, texts in enumerate((_CHARGER, _HOURS, _CHARGED)):
        for number in range(40):
            yield PastConversation(
                line=number,
                words=f"{texts[number % 8]} 07700 900123 ann@example.org",
                answer="We are open from six to ten." if kind == 1 else f"It depends {number}",
                contact=f"{kind}-{number // 2}",
                opened_at=_MONDAY + timedelta(weeks=number // 4, hours=number % 2 * 2),
                answers=1,
                handled=240.0,
            )


@pytest.fixture(scope="module")
def sorter() -> Sorter:
    pack = packs.load_pack("fitness")
    return sorting.sorter_of(pack, Policy(), knows_types=True, progress=lambda _words, _of: None)


@pytest.fixture(scope="module")
def told(sorter: Sorter) -> dict[str, Any]:
    found = assessing.assess(sorter, _past(), zone=UTC, weeks=4)
    return telling.told(found)


def _type(told: dict[str, Any], wanted: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        one for one in told["types"] if wanted in (one["name"], *one["words"])
    )
    return found


@pytest.mark.req("T22", "PL3")
def test_the_packs_types_are_known_and_others_named_by_their_own_words(
    told: dict[str, Any],
) -> None:
    hours, charger = _type(told, "opening_hours"), _type(told, "car charger")
    assert not hours["is_own"]
    assert hours["count"] >= 30
    assert charger["is_own"]
    assert "charger" in charger["title"]
    assert (told["conversations"], told["refused"]) == (120, 1)


def test_evidence_is_counted(told: dict[str, Any]) -> None:
    hours = _type(told, "opening_hours")
    assert hours["handled_minutes"] == 4.0
    assert hours["answers_alike"] == 1.0
    assert hours["came_back"] == pytest.approx(0.5, abs=0.1)  # each contact came twice in a day
    assert hours["season"]["weekday"] == 0
    assert hours["season"]["hour"] in (18, 20)


@pytest.mark.req("T5")
def test_what_only_people_can_judge_stays_with_them_and_says_why(told: dict[str, Any]) -> None:
    dispute = _type(told, "billing_dispute")
    assert dispute["outcome"] == "human"
    assert "billing_dispute" in told["for_people"]
    assert any("billing dispute" in reason for reason in dispute["reasons"])
    assert dispute["template"] is None


@pytest.mark.req("T21")
def test_the_backlog_names_a_template_with_its_signal_and_its_work(told: dict[str, Any]) -> None:
    first = told["backlog"][0]
    assert first["template"] == "faq_triage"
    assert "opening_hours" in first["types"]
    assert (first["metric"], first["days"]) == ("deflection_rate", [2.0, 4.0])
    assert first["hours_at_worst"] < first["hours"]


@pytest.mark.req("PL27", "AP26")
def test_quick_wins_take_the_days_that_the_contract_names() -> None:
    days = {one.template.name: one.template.days for one in use_cases.list_known()}
    assert (days["appointment_reminders"], days["billing_reminder"]) == ((2, 3), (3, 5))
    assert (days["faq_triage"], days["renewal"]) == ((2, 4), (3, 6))


@pytest.mark.req("PL10")
def test_nobody_is_named_anywhere(told: dict[str, Any]) -> None:
    page, text = assessment_paper.page_of(told), assessment_paper.text_of(told)
    for part in (str(told), page, text):
        assert "900123" not in part
        assert "example.org" not in part
    assert "[phone]" in page
    assert "<script" not in page


def test_a_page_escapes_what_people_wrote(told: dict[str, Any]) -> None:
    own = {**told["types"][0], "examples": ["<img src=x onerror=alert(1)>"]}
    page = assessment_paper.page_of({**told, "types": [own, *told["types"][1:]]})
    assert "<img" not in page


def test_without_a_pack_there_are_groups_alone_and_the_same_each_time(sorter: Sorter) -> None:
    texts = [one.words for one in _past() if isinstance(one, PastConversation)]
    bare = replace(sorter, knows_types=False)
    types = bare.sort(texts).types
    assert types == bare.sort(texts).types
    assert all(name.startswith("group_") or not name for name in types)


def test_an_export_without_a_conversation_is_refused(sorter: Sorter) -> None:
    with pytest.raises(InvalidInput):
        assessing.assess(sorter, [Unread(1, "has no words")], zone=UTC, weeks=4)


def test_a_large_export_is_read_in_part_and_sorted_whole(
    sorter: Sorter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sorting, "SAMPLE_CHARACTERS", 1_500)
    texts = [text for _ in range(12) for group in (_CHARGER, _HOURS) for text in group]
    found = sorter.sort(texts)
    assert len(found.sample) < len(texts) == len(found.types)
    for number, name in enumerate(found.types):
        assert (name == "opening_hours") == (texts[number] in _HOURS), texts[number]


def test_every_use_case_is_in_the_library_and_has_a_signal() -> None:
    known = use_cases.list_known()
    assert use_cases.faq().name == "faq_triage"
    for one in known:
        assert one.template.metric
        assert 0 < one.template.days[0] <= one.template.days[1]


@pytest.mark.req("PL27")
def test_what_a_use_case_connects_is_what_comes_in_and_what_is_done_elsewhere() -> None:
    known = {one.template.name: one.template for one in use_cases.list_known()}
    held = known["spot_hold"]
    assert (held.connects, held.days) == (5, (3.25, 6.5))  # three events, two actions
    assert known["renewal"].connects == 2
    assert known["where_is_my_order"].connects == 1
    assert known["faq_triage"].connects == 0
