"""The context card: small, valid, the same after saving, and free of identifiers."""

import json

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from baton.core import card, privacy
from baton.core.card import MAX_CARD_BYTES, SCHEMA, Authority, ContextCard, Material
from baton.core.escalation import Reason
from baton.core.hard_stops import HardStop, HardStopMatch
from tests.core.test_privacy import IDENTIFIERS, tokenise

VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
AUTHORITY = Authority(bot_minor=0, agent_minor=50_00, currency="USD")
TEXT = st.text(max_size=600)


def material(**changes: object) -> Material:
    known: dict[str, object] = {
        "reason": Reason.HARD_STOP,
        "trigger": "refund",
        "wants": "",
        "messages": ("Hello", "I want my money back"),
        "actions": ("answered opening hours",),
        "urgency": 65,
        "urgency_cause": "refund",
        "negative_messages": 1,
        "urgent_words": ("money back",),
        "asked_for_person": False,
        "tags": ("refund",),
        "membership": "",
        "authority": AUTHORITY,
        "consent": "service messages on webchat",
    }
    return Material(**(known | changes))  # type: ignore[arg-type] # by name, as Material has them


@pytest.mark.req("H16", "G17", "H1")
@pytest.mark.parametrize(
    ("matter", "reference"),
    [("IF-20417", "IF-20417"), ("BK7741", "BK7741"), ("Mia Brandt", ""), ("07700900123", "")],
)
def test_a_card_names_the_matter_by_its_number_alone_guarded_or_not(
    matter: str, reference: str
) -> None:
    for is_guarded in (True, False):
        told = material(matter=matter, messages=("It hurts",), is_guarded=is_guarded)
        assert card.build(told, tokenise).reference == reference


@pytest.mark.req("H5", "H7", "H8")
@pytest.mark.parametrize(
    ("references", "words", "reference"),
    [
        (("A-4471",), "charged twice for order #A-4471", "A-4471"),
        (("BK7741", "A-4471"), "please refund booking BK7741", "BK7741"),
        (("K7XQ2P",), "my booking ref is K7XQ2P", "K7XQ2P"),
        (("07700900123",), "order number 07700900123", ""),
        (("2079460123",), "order number 2079460123", ""),
        ((), "invoice INV-2041 is wrong", "INV-2041"),
    ],
)
def test_a_card_names_what_the_contact_named_unless_it_may_be_somebody_s_number(
    references: tuple[str, ...], words: str, reference: str
) -> None:
    told = material(references=references, messages=(words,))
    assert card.build(told, tokenise).reference == reference
    guarded = material(references=references, messages=(words,), is_guarded=True)
    assert card.build(guarded, tokenise).reference == ""


@pytest.mark.req("H13")
def test_what_people_settled_is_not_pushed_out_by_what_the_bot_asked_since() -> None:
    asked = ("asked one", "asked two", "asked three", "handed over to billing")
    told = material(settled=("before: a person closed it as refunded",), actions=asked)
    assert card.build(told, tokenise).last_actions == (
        "before: a person closed it as refunded",
        "asked three",
        "handed over to billing",
    )
    assert card.build(material(actions=asked), tokenise).last_actions == asked[-3:]


@pytest.mark.req("H9")
def test_urgent_words_stand_once_and_short_and_a_wish_for_a_person_is_none() -> None:
    said = (
        (HardStop.RED_FLAG, "chest pain"),
        (HardStop.RED_FLAG, "I have Chest pain after class"),
        (HardStop.REFUND, "my money back"),
        (HardStop.REFUND, "my money back"),
        (HardStop.PERSON, "talk"),
    )
    stops = [HardStopMatch(kind=kind, text=text, start=0, end=1) for kind, text in said]
    assert card.urgent_words_of(stops) == ("chest pain", "my money back")


MATERIALS = st.builds(
    Material,
    reason=st.sampled_from(Reason),
    trigger=st.sampled_from(["refund", "person", "triage", "not_helpful", "x" * 60]),
    wants=TEXT,
    messages=st.lists(TEXT, max_size=6).map(tuple),
    actions=st.lists(TEXT, max_size=6).map(tuple),
    urgency=st.integers(0, 100),
    urgency_cause=st.sampled_from(["waiting", "sentiment", "membership_cancellation"]),
    negative_messages=st.integers(0, 99),
    urgent_words=st.lists(TEXT, max_size=8).map(tuple),
    asked_for_person=st.booleans(),
    tags=st.lists(st.text(max_size=60), max_size=12).map(tuple),
    membership=st.text(max_size=100),
    authority=st.just(AUTHORITY),
    consent=st.sampled_from(["service messages on webchat", "opted out of webchat"]),
)
# The heaviest scripts: four bytes a letter, and two for a quotation mark that is escaped.
HEAVY = material(
    messages=("\U0001f525" * 600,) * 6, actions=("語" * 600,) * 6, wants='"' * 600,
    urgent_words=("\U0001f525" * 60,) * 8, tags=("語" * 60,) * 12, membership="\\" * 100,
    trigger="x" * 60, consent="opted out of webchat: do not write there",
)  # fmt: skip


@pytest.mark.req("H1", "H5", "H6", "H7", "H10")
@given(MATERIALS)
@example(HEAVY)
def test_any_card_is_small_valid_and_the_same_after_saving(given_material: Material) -> None:
    made = card.build(given_material, tokenise)
    text = card.render_json(made)
    assert len(text.encode()) <= MAX_CARD_BYTES
    VALIDATOR.validate(json.loads(text))
    assert card.parse_json(text) == made
    assert len(made.last_messages) <= 3
    assert len(made.last_actions) <= 3


@pytest.mark.req("H6", "P5", "P9")
@given(st.lists(IDENTIFIERS, min_size=1, max_size=3), st.sampled_from(["", "so: ", "please call "]))
def test_no_card_holds_an_identifier(identifiers: list[str], before: str) -> None:
    words = tuple(f"{before}{identifier} thanks" for identifier in identifiers)
    made = card.build(
        material(messages=words, actions=words, wants=words[0], urgent_words=words), tokenise
    )
    text = card.render_json(made)
    assert not [identifier for identifier in identifiers if identifier in text]


# What somebody might say in several turns: everyday words, harsh ones, symptoms, and numbers of
# their own in between, in any order and of any length.
_SAID = st.one_of(
    st.sampled_from(["my chest hurts since monday", "this is a scam", "I bleed after the class"]),
    st.text(st.characters(categories=["L", "Zs"]), min_size=4, max_size=300),
    IDENTIFIERS.map(lambda one: f"you can reach me at {one} today"),
)
TALKS = st.lists(_SAID, min_size=1, max_size=12).map(tuple)


@pytest.mark.req("H6", "H4", "H16", "G17", "P12")
@given(talk=TALKS, is_guarded=st.booleans(), is_identified=st.booleans())
def test_of_any_talk_a_card_tells_little_and_a_guarded_one_no_word(
    talk: tuple[str, ...], *, is_guarded: bool, is_identified: bool
) -> None:
    told = material(
        messages=talk,
        wants=talk[0],
        actions=tuple(f"asked about: {words}" for words in talk),
        urgent_words=talk[:2],
        tags=talk[:1],
        membership=talk[-1],
        context=f"Intake form FRM-20931 of somebody who said {talk[0]}" if is_guarded else "",
        is_guarded=is_guarded,
        is_identified=is_identified,
    )
    made = card.build(told, tokenise)
    text = card.render_json(made)
    VALIDATOR.validate(json.loads(text))
    assert len(text.encode()) <= MAX_CARD_BYTES
    # However long the talk, the last three messages at most, each cut.
    assert len(made.last_messages) <= min(len(talk), 3)
    if is_guarded:
        same_for_all = card.render_json(
            card.build(material(context="FRM-20931", is_guarded=True), tokenise)
        )
        assert text == same_for_all
        assert made.reference == "FRM-20931"
        assert made.privacy == card.GUARDED
    else:
        assert (made.privacy == card.UNPROVED) is not is_identified


def test_a_card_made_before_there_was_a_note_on_privacy_still_opens() -> None:
    row = json.loads(card.render_json(card.build(material(), tokenise)))
    del row["privacy"]
    assert card.parse_json(json.dumps(row)).privacy == ""


@pytest.mark.req("H6", "X6")
def test_the_schema_takes_no_transcript_and_no_probability() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    row = json.loads(card.render_json(card.build(material(), tokenise)))
    for field in ("transcript", "confidence", "score", "email", "name"):
        assert not VALIDATOR.is_valid(row | {field: "x"})
    assert not VALIDATOR.is_valid(row | {"urgency": 101})
    assert not VALIDATOR.is_valid(row | {"last_messages": ["a"] * 4})
    assert not VALIDATOR.is_valid({name: row[name] for name in row if name != "summary"})


def test_no_field_of_a_card_could_carry_a_fraction() -> None:
    row = json.loads(card.render_json(card.build(material(), tokenise)))

    def numbers(value: object) -> list[object]:
        if isinstance(value, dict):
            return [n for inner in value.values() for n in numbers(inner)]
        if isinstance(value, list):
            return [n for inner in value for n in numbers(inner)]
        return [value] if isinstance(value, float) else []

    assert numbers(row) == []


@pytest.mark.req("H4", "H5")
@pytest.mark.parametrize(
    ("changes", "summary"),
    [
        ({}, "The contact wants their money back; this is for a person to decide."),
        (
            {"membership": "gold"},
            "A member wants their money back; this is for a person to decide.",
        ),
        (
            {"trigger": "not_helpful", "reason": Reason.NOT_HELPFUL, "wants": "opening hours"},
            "The contact wants opening hours; the bot's answer did not help.",
        ),
        (
            {"trigger": "failed_attempts", "reason": Reason.FAILED_ATTEMPTS},
            (
                "The contact wants something the bot did not understand;"
                " the bot could not understand them."
            ),
        ),
    ],
)
def test_the_summary_is_one_sentence(changes: dict[str, object], summary: str) -> None:
    assert card.build(material(**changes), tokenise).summary == summary


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words(reason: Reason) -> None:
    assert card.build(material(reason=reason), tokenise).summary.endswith(".")


@pytest.mark.req("H8")
@pytest.mark.parametrize(
    ("messages", "reference"),
    [
        (("about #48213",), "48213"),
        (("about # 48213",), "48213"),
        (("ORD-1001 please", "no, ORD-1002"), "ORD-1002"),
        (("nothing here", "2 people"), ""),
        (("mail me@x-123.org",), ""),
    ],
)
def test_the_newest_reference_is_on_the_card(messages: tuple[str, ...], reference: str) -> None:
    assert card.build(material(messages=messages), tokenise).reference == reference


def test_long_texts_are_cut_with_a_mark() -> None:
    made = card.build(material(messages=("word " * 200,)), tokenise)
    assert len(made.last_messages[0]) <= 240
    assert made.last_messages[0].endswith("…")


def test_another_document_is_no_card() -> None:
    with pytest.raises((KeyError, TypeError)):
        card.parse_json("{}")


def test_masking_is_done_with_the_tokeniser_that_was_given() -> None:
    made: ContextCard = card.build(
        material(messages=("mia@example.org",)), lambda kind, _value: f"<{kind}>"
    )
    assert made.last_messages == ("<email>",)
    assert privacy.mask("mia@example.org", tokenise) != "<email>"


@pytest.mark.req("K35")
@pytest.mark.parametrize(
    ("changes", "lacks"),
    [
        ({"membership": "gold", "matter": "BK-7741"}, ()),
        ({"membership": "gold"}, ("reference",)),
        ({"matter": "BK-7741", "is_identified": False, "tags": ()},
         ("identity", "membership", "tags")),
        ({"trigger": "triage", "membership": "gold", "matter": "BK-7741"}, ("wants",)),
        ({"trigger": "flow", "context": "Wants a window seat.", "membership": "gold",
          "matter": "BK-7741"}, ()),
        ({"is_guarded": True, "tags": ()}, ("reference",)),  # the rest is withheld on purpose
        ({"is_guarded": True, "tags": (), "matter": "IF-20417"}, ()),
    ],
)  # fmt: skip
def test_what_a_card_could_not_tell_is_named(
    changes: dict[str, object], lacks: tuple[str, ...]
) -> None:
    told = material(**changes)
    assert card.missing_from(told, card.build(told, tokenise)) == lacks
