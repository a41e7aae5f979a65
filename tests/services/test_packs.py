"""Packs: the fitness pack is whole, and a mistake in any file is found where it stands."""

import shutil
from importlib.resources import files
from pathlib import Path

import liquid
import pytest

from baton.core import playbook
from baton.core.errors import NotFound
from baton.core.pack import Pack, StopExample
from baton.core.policy import Policy, with_overrides
from baton.core.stop_rules import RULES
from baton.flows import document
from baton.flows.steps.ask import Ask
from baton.flows.steps.survey import Survey
from baton.services.knowledge import article_checks
from baton.services.workspace import library, packs, playbooks
from baton.services.workspace.pack_files import StopsFile, lines_of
from baton.services.writing import documents
from baton.services.writing.documents import InvalidDocument

FITNESS = packs.load_pack("fitness")
RETAIL = packs.load_pack("retail")
PACKS = tuple(map(packs.load_pack, packs.list_packs()))
each_pack = pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
WORLD = {
    "business": {"name": "FitLocal"},
    "location": {
        "name": "FitLocal Downtown",
        "address": "1 Main Street",
        "hours": "Mon-Fri 6:00-22:00",
        "phone": "+15550100",
        "map_url": "https://maps.example/1",
    },
    "wait": "5 minutes",
    "window": "2 hours",
    "link": "https://fitlocal.example/p/1",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(
        shutil.copytree(Path(str(files("baton"))) / "packs" / "fitness", tmp_path / "fitness")
    )


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(InvalidDocument) as caught:
        packs.read_pack(folder)
    return [problem.text for problem in caught.value.problems]


def replace(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), "utf-8")


def test_packs_are_listed_and_an_unknown_one_is_not_found() -> None:
    assert "fitness" in packs.list_packs()
    assert "base" not in packs.list_packs()
    with pytest.raises(NotFound):
        packs.load_pack("../fitness")


@pytest.mark.req("FQ2", "FQ8", "T1")
def test_the_fitness_pack_covers_the_everyday_questions() -> None:
    answered = {article.intent for article in FITNESS.articles}
    kinds = {intent.request_type for intent in FITNESS.intents if intent.name in answered}
    assert len(answered) >= 30
    assert len(kinds) >= 14
    assert all(len(intent.examples) >= 10 for intent in FITNESS.intents)


@pytest.mark.req("IN1", "IN6", "T1", "T19")
@each_pack
def test_a_pack_is_whole(pack: Pack) -> None:
    answered = {article.intent for article in pack.articles}
    assert len(pack.request_types) >= 30
    assert len(answered) >= 40
    assert all(len(intent.examples) >= 10 for intent in pack.intents)
    used = {intent.request_type for intent in pack.intents}
    assert used == {kind.name for kind in pack.request_types}
    assert len(pack.canned) >= 9
    assert {"faq", "csat"} <= set(pack.flows)


@each_pack
def test_what_a_packs_flows_go_through_and_hand_over_to_is_there(pack: Pack) -> None:
    begins = {name: library.load_template(name).flow for name in pack.library}
    assert {name for flow in begins.values() for name in flow.calls} <= {*begins, *pack.flows}
    queues = {queue.name for queue in pack.queues}
    own = tuple(document.parse(raw) for raw in pack.flows.values())
    assert set(library.needs_of(*begins.values(), *own).queues) - {""} <= queues
    known = {one.name: {intent.name for intent in one.intents} for one in PACKS}
    for flow in begins.values():
        called = set(flow.trigger.intents)
        # One flow serves packs that ask for the same by different names.
        assert called <= set().union(*known.values()), flow.name
        assert not called or called & known[pack.name], flow.name


@pytest.mark.req("IN6")
def test_a_shop_begins_with_the_flows_of_its_trade() -> None:
    assert {"where_is_my_order", "order_updates", "failed_delivery", "returns"} <= set(
        RETAIL.library
    )


@pytest.mark.req("H25", "TP12", "GV4")
@each_pack
def test_what_people_must_decide_has_a_card_to_work_from(pack: Pack) -> None:
    plays = playbooks.playbook_of(pack.name)
    for kind in pack.request_types:
        if "retention" in kind.tags or kind.emotion >= Policy().human_min_emotion:
            assert playbook.find(plays, kind.name), kind.name


@pytest.mark.req("T3", "T5", "T7", "T8", "U2", "X35")
@each_pack
def test_what_people_must_decide_has_no_article_and_the_rest_may_be_automated(pack: Pack) -> None:
    limits = with_overrides(Policy(), pack.policy)
    for intent in pack.intents:
        kind = pack.request_type(intent.request_type)
        assert kind is not None
        for_people = (
            kind.emotion >= limits.human_min_emotion
            or kind.complexity >= limits.human_min_complexity
        )
        if for_people:
            assert pack.article_for(intent.name) is None


@pytest.mark.req("T3", "X35")
def test_questions_about_bills_are_answered_and_disputes_are_not() -> None:
    for name in ("invoice_copy", "invoice_due", "pay_link"):
        assert FITNESS.article_for(name) is not None
    for name in ("billing_dispute", "refund_request", "cancel_membership", "medical_question"):
        assert FITNESS.article_for(name) is None


@pytest.mark.req("FQ3")
@each_pack
def test_every_answer_is_short_and_knows_only_the_business_and_the_location(pack: Pack) -> None:
    strict = liquid.Environment(undefined=liquid.StrictUndefined)
    for article in pack.articles:
        answer = strict.from_string(article.answer).render(**WORLD)
        assert len(answer) <= 240, article.name
        assert answer.count(". ") + answer.count("? ") <= 1, article.name
        assert strict.from_string(article.cta_url).render(**WORLD) or not article.cta_label
        for channel, text in article.channel_answers.items():
            most = article_checks.MAX_SMS if channel == "sms" else article_checks.MAX_EMAIL
            assert len(strict.from_string(text).render(**WORLD)) <= most, article.name
    for key, text in pack.copy.items():
        assert strict.from_string(text).render(**WORLD), key


@pytest.mark.req("E14", "TP8", "M20", "M28")
def test_the_copy_says_what_the_contract_demands() -> None:
    assert "{{ window }}" in FITNESS.copy["handed_over_async"]
    assert "emergency number" in FITNESS.copy["handed_over_medical"]
    menu = " ".join(str(FITNESS.flows["faq"]).split())
    assert "Reply with 1 for billing, 2 for bookings, 3 for other." in menu


@pytest.mark.req("P21", "IN4", "IN8", "IN11", "P3")
def test_what_the_law_asks_of_an_industry_is_its_packs_policy() -> None:
    """What may be automated, how it is logged, and what people are shown, by industry."""
    limits = {pack.name: with_overrides(Policy(), pack.policy) for pack in PACKS}
    strict, open_ = ("healthcare", "wellness"), ("fitness", "retail", "family_entertainment")
    for name in strict:  # words go sooner, patients' numbers are tokens, a queue sees no words
        assert limits[name].keep_conversations < limits["fitness"].keep_conversations
        assert limits[name].tokenises_patients
        assert limits[name].guarded_queues
    for name in open_:
        assert not limits[name].tokenises_patients
        assert not limits[name].guarded_queues
    practice = limits["healthcare"]
    assert practice.promotional_per_day == 0
    assert practice.double_opt_in
    assert practice.closed_queues == "clinical"
    assert practice.answer_confidence > limits["fitness"].answer_confidence


@pytest.mark.req("E14")
@each_pack
def test_the_clinical_queue_comes_first_and_answers_within_a_quarter_of_an_hour(
    pack: Pack,
) -> None:
    clinical = pack.queue("clinical")
    assert clinical.priority == max(queue.priority for queue in pack.queues)
    assert clinical.first_response_minutes == clinical.async_window_minutes == 15


@pytest.mark.req("E20", "U16")
def test_no_pack_can_take_the_hard_stops_words_away(folder: Path) -> None:
    (folder / "vocabulary.yaml").write_text("words:\n  cancel: [zap]\n", "utf-8")
    words = packs.read_pack(folder).vocabulary.words
    assert {rule.concept for rule in RULES} <= set(words)
    assert {"cancel", "zap"} <= set(words["cancel"])


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (
            "intents.yaml",
            "request_type: opening_hours\n",
            "request_type: opening_times\n",
            "fitness/intents.yaml:4:5: intents[0].request_type: no request type 'opening_times'",
        ),
        ("intents.yaml", "- name: holiday_hours", "- name: opening_hours", "stands twice"),
        ("intents.yaml", "      hours?\n", "      where can i park\n", "is an example of"),
        ("intents.yaml", "wants:", "want:", "unknown key 'want'; did you mean 'wants'?"),
        ("knowledge.yaml", "intent: location\n", "intent: place\n", "no intent 'place'"),
        ("knowledge.yaml", "    cta_label: Call us\n", "", "write both cta_label and cta_url"),
        ("knowledge.yaml", "{{ location.name }}", "{{ location.name", "no valid Liquid"),
        ("knowledge.yaml", "intent: location\n", "intent: parking\n", "'parking' stands twice"),
        (
            "knowledge.yaml",
            "channel_answers:\n      sms:",
            "channel_answers:\n      fax:",
            "must be 'webchat', 'whatsapp', 'sms' or 'email'",
        ),
        ("copy.yaml", "greeting:", "greating:", "the key 'greeting' is missing"),
        ("pack.yaml", "queue: billing,", "queue: bills,", "no queue 'bills'; the pack has billing"),
        ("pack.yaml", "library: [", "library: [frobnicate, ", "no flow 'frobnicate'"),
        ("pack.yaml", "complexity: 0,", "complexity: 9,", "must be less than or equal to 5"),
        ("pack.yaml", "complexity: 0,", 'complexity: "0",', "must be a valid integer, not '0'"),
        ("pack.yaml", "recontact_window: 72h", "recontact: 72h", "policy.recontact: unknown"),
        ("pack.yaml", "recontact_window: 72h", "recontact_window: soon", "is no duration"),
        ("pack.yaml", "short_code: look", "short_code: hello", "'hello' stands twice"),
        ("vocabulary.yaml", "  competitor:", "  Competitor:", "String should match pattern"),
    ],
)
def test_a_mistake_is_found_where_it_stands(
    folder: Path, name: str, old: str, new: str, expected: str
) -> None:
    replace(folder, name, old, new)
    assert any(expected in problem for problem in problems_of(folder)), problems_of(folder)


def test_too_few_examples_are_refused(folder: Path) -> None:
    text = (folder / "intents.yaml").read_text("utf-8")
    head, _, tail = text.partition("      are you open on sunday\n")
    (folder / "intents.yaml").write_text(
        head + tail[tail.index("  - name: holiday_hours") :], "utf-8"
    )
    assert any("examples; write at least 8, one a line" in p for p in problems_of(folder))


def test_every_problem_is_told_at_once(folder: Path) -> None:
    replace(folder, "pack.yaml", "recontact_window", "recontact")
    replace(folder, "knowledge.yaml", "intent: location\n", "intent: place\n")
    assert len(problems_of(folder)) == 2


def test_flows_are_read_as_they_stand(folder: Path) -> None:
    (folder / "flows").mkdir(exist_ok=True)
    (folder / "flows" / "extra.yaml").write_text("name: extra\nsteps: []\n", "utf-8")
    assert packs.read_pack(folder).flows["extra"] == {"name": "extra", "steps": []}


@pytest.mark.req("E21")
def test_an_industry_adds_hard_stops_of_its_own_and_takes_none_away(folder: Path) -> None:
    own = "our reformer spring snapped mid session"
    stops = folder / "hard_stops.yaml"
    before = set(packs.read_pack(folder).stop_examples)
    stops.write_text(
        f"owner: Studio safety lead\nstops:\n  safety:\n    for: |\n      {own}\n", "utf-8"
    )
    after = set(packs.read_pack(folder).stop_examples)
    assert StopExample(text=own, kind="safety") in after - before
    base = {one for one in before if one.kind} - set(_of_trade("fitness"))
    assert base <= after  # what the base and other trades teach stays
    for trade in ("wellness", "healthcare", "retail", "family_entertainment"):
        found = {one.kind for one in _of_trade(trade)}
        assert {"safety", "legal", "refund"} <= found, trade
        assert set(_of_trade(trade)) <= after, trade


def _of_trade(name: str) -> list[StopExample]:
    source = documents.read(
        (files("baton") / "packs" / name / "hard_stops.yaml").read_text("utf-8"), file=name
    )
    stops = documents.parse_document(StopsFile, source).stops
    return [
        StopExample(text=line, kind=kind.value)
        for kind, part in stops.items()
        for line in lines_of(part.for_)
    ]


@pytest.mark.req("TP3", "U19")
def test_the_fitness_pack_says_in_spanish_all_that_it_says_by_itself() -> None:
    for pack in PACKS:
        keys = {key for key in pack.copy if not key.endswith("_es")} - {"map"}
        assert {f"{key}_es" for key in keys} <= set(pack.copy), pack.name
    steps = [step for raw in FITNESS.flows.values() for step in document.parse(raw).steps.values()]
    asked = [step.wording for step in steps if isinstance(step, Ask | Survey)]
    assert len(asked) == 5
    assert all(wording.translation_to("es-MX") for wording in asked)
