"""Exports of past conversations: each helpdesk's own objects, tables, mailboxes, and bad files."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baton.connectors.files import past
from baton.connectors.files.past import elements, fields
from baton.connectors.files.past.fields import Fields
from baton.core.past import PastConversation, Unread

_AT = "2025-03-04T10:00:00Z"

ZENDESK = {
    "id": 1,
    "requester_id": 5,
    "created_at": _AT,
    "subject": "Late order",
    "description": "Where is it?",
    "status": "solved",
    "via": {"channel": "web"},
    "satisfaction_rating": {"score": "good"},
    "metric_set": {"reopens": 1, "replies": 2},
    "comments": [
        {"author_id": 5, "body": "Where is it?", "created_at": _AT},
        {"author_id": 9, "body": "On its way", "created_at": "2025-03-04T10:10:00Z"},
        {"author_id": 9, "body": "internal", "public": False},
        {"author_id": 9, "body": "It is there", "created_at": "2025-03-04T10:13:00Z"},
    ],
}
INTERCOM = {
    "type": "conversation",
    "created_at": 1741082400,
    "state": "closed",
    "source": {"type": "email", "body": "<p>Where is it?</p>", "author": {"type": "lead"}},
    "contacts": {"contacts": [{"id": "5"}]},
    "conversation_rating": {"rating": 5},
    "statistics": {"handling_time": 180, "count_reopens": 1},
    "conversation_parts": {
        "conversation_parts": [
            {"part_type": "assignment", "body": None, "author": {"type": "admin"}},
            {"part_type": "comment", "body": "<p>A robot</p>", "author": {"type": "bot"}},
            {
                "part_type": "comment",
                "body": "<p>An answer of the AI agent</p>",
                "author": {"type": "admin", "from_ai_agent": True, "is_ai_answer": True},
            },
            {"part_type": "comment", "body": "<p>On its way</p>", "author": {"type": "admin"}},
            {"part_type": "note", "body": "<p>internal</p>", "author": {"type": "admin"}},
        ]
    },
}
CHATWOOT = {
    "inbox_id": 3,
    "status": "resolved",
    "created_at": 1741082400,
    "meta": {"sender": {"id": 5}, "channel": "Channel::WebWidget"},
    "messages": [
        {"content": "Where is it?", "message_type": 0, "created_at": 1741082400},
        {"content": "internal", "message_type": 1, "private": True, "created_at": 1741082410},
        {"content": "On its way", "message_type": 1, "created_at": 1741082460},
        {
            "content": "Please rate us",
            "message_type": 3,
            "content_type": "input_csat",
            "content_attributes": {"submitted_values": {"csat_survey_response": {"rating": 4}}},
            "created_at": 1741082500,
        },
    ],
}
GORGIAS = {
    "created_datetime": "2025-03-04T10:00:00",
    "channel": "chat",
    "status": "closed",
    "customer": {"id": 5},
    "satisfaction_survey": {"score": 5},
    "messages": [
        {"from_agent": False, "public": True, "stripped_text": "Where is it?"},
        {"from_agent": True, "public": False, "body_text": "internal"},
        {"from_agent": True, "public": True, "body_text": "On its way"},
    ],
}
FRESHDESK = {
    "helpdesk_ticket": {
        "display_id": 1,
        "subject": "Where is it?",
        "description": "Where is it?",
        "created_at": "2025-03-04T15:30:00+05:30",
        "requester_id": 5,
        "status_name": "Closed",
        "source": 1,
        "notes": [
            {"helpdesk_note": {"body": "internal", "private": True}},
            {"helpdesk_note": {"body": "On its way", "incoming": False}},
        ],
    }
}
SAMPLES = {
    "zendesk": ZENDESK,
    "intercom": INTERCOM,
    "chatwoot": CHATWOOT,
    "gorgias": GORGIAS,
    "freshdesk": FRESHDESK,
}


def _read(tmp_path: Path, text: str, name: str = "export", **how: Any) -> list[Any]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return list(past.read(path, **how))


def test_the_last_message_alone_is_no_conversation(tmp_path: Path) -> None:
    thanks = {"content": "Thanks!", "message_type": 0, "created_at": 1741086000}
    [whole, last] = _read(tmp_path, json.dumps([CHATWOOT, {**CHATWOOT, "messages": [thanks]}]))
    assert whole.mark == 75.0
    assert isinstance(last, Unread)
    assert "its last message alone" in last.reason


@pytest.mark.parametrize("name", SAMPLES)
def test_each_helpdesk_is_known_and_read(tmp_path: Path, name: str) -> None:
    [told] = _read(tmp_path, json.dumps([SAMPLES[name]]))
    assert isinstance(told, PastConversation)
    assert told.words.endswith("Where is it?")
    assert told.answer == "On its way"
    assert told.contact == "5"
    assert told.opened_at == datetime(2025, 3, 4, 10, tzinfo=UTC)
    assert told.is_closed is True
    assert told.answers == (2 if name == "zendesk" else 1)


def test_what_it_cost_and_how_it_was_liked_is_read(tmp_path: Path) -> None:
    for sample in (ZENDESK, INTERCOM):
        [told] = _read(tmp_path, json.dumps([sample]))
        assert (told.handled, told.mark, told.reopened) == (180.0, 100.0, 1)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ZENDESK) + "\n" + json.dumps(ZENDESK),
        json.dumps([ZENDESK, ZENDESK], indent=2),
        json.dumps({"count": 2, "tickets": [ZENDESK, ZENDESK]}),
        json.dumps({"data": {"payload": [ZENDESK, ZENDESK]}}, indent=1),
        json.dumps({"tickets": [ZENDESK]}) + "\n" + json.dumps({"tickets": [ZENDESK]}),
    ],
    ids=["a line each", "an array", "a wrapper", "two wrappers", "a page a line"],
)
def test_every_shape_of_a_file_gives_the_same(tmp_path: Path, text: str) -> None:
    assert len([one for one in _read(tmp_path, text) if isinstance(one, PastConversation)]) == 2


def test_bad_lines_are_told_and_cost_no_other(tmp_path: Path) -> None:
    good = json.dumps(ZENDESK)
    told = _read(tmp_path, f'{good}\n{{broken\n[]\n{{"requester_id": 1}}\n{good}')
    assert [one.line for one in told if isinstance(one, PastConversation)] == [1, 5]
    faults = [one for one in told if isinstance(one, Unread)]
    assert [one.line for one in faults] == [2, 3, 4]
    assert "no JSON" in faults[0].reason
    assert faults[2].reason == "has no words"


def test_an_array_that_breaks_keeps_what_stood_before(tmp_path: Path) -> None:
    text = json.dumps([ZENDESK], indent=1).removesuffix("\n]") + ",\n{broken"
    good, fault = _read(tmp_path, text)
    assert good.words.startswith("Late order")
    assert fault.line > 1
    assert fault.reason.endswith("the rest was not read")


def test_an_object_longer_than_a_read_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elements, "_CHUNK", 64)
    told = _read(tmp_path, json.dumps([ZENDESK] * 3))
    assert [one.words for one in told] == ["Late order. Where is it?"] * 3


def test_a_table_is_read_by_its_usual_headings(tmp_path: Path) -> None:
    text = (
        "Ticket ID,Subject,Description,Created at,Requester,Status,Handle time\n"
        '1,Hours,"When do you\nopen?",2025-03-04 10:00,a@example.org,Closed,3\n'
        "2,,,2025-03-04,x,Open,\n"
        "3,Late,Where is it?,some day,x,Open,\n"
        "4,a,b,c,d,e,f,g\n"
        "5,Ok,Fine,13/03/2025 09:30,x,Open,\n"
    )
    told = _read(tmp_path, text)
    good = [one for one in told if isinstance(one, PastConversation)]
    assert [one.words for one in good] == ["Hours. When do you\nopen?", "Ok. Fine"]
    assert (good[0].handled, good[0].is_closed) == (180.0, True)
    assert good[1].opened_at == datetime(2025, 3, 13, 9, 30, tzinfo=UTC)
    faults = [(one.line, one.reason) for one in told if isinstance(one, Unread)]
    assert [line for line, _ in faults] == [4, 5, 6]
    assert faults[1][1].startswith("Created at")


def test_a_table_is_read_by_a_mapping(tmp_path: Path) -> None:
    text = "Frage,Wann\nWo ist es?,2025-03-04\n"
    with pytest.raises(past.UnreadableFileError, match="words=COLUMN"):
        _read(tmp_path, text)
    [told] = _read(tmp_path, text, columns={"words": "Frage", "opened_at": "Wann"})
    assert told.words == "Wo ist es?"
    with pytest.raises(past.UnreadableFileError, match="no column 'Antwort'"):
        _read(tmp_path, text, columns={"words": "Antwort"})


_HEAD = "Subject,Body\n"


@pytest.mark.parametrize(
    ("text", "words", "faults"),
    [
        ('A,"one\nB,two\nC,three\n', ["B. two", "C. three"], [(2, "never closed")]),
        ('A,one\nB,"two\nC,"three"\nD,four\n', ["A. one", "C. three", "D. four"],
         [(3, "never closed")]),
        ('A,"one\ntwo" ,\nB,"say ""hi"" now"\n', ["A. one\ntwo", 'B. say "hi" now'], []),
        ('A,so "it" is\nB,"what" ever\n', ['A. so "it" is', "B. what ever"], []),
        ('A,"one\n' + "x" * 140_000 + "\nB,two\n", ["B. two"],
         [(2, "never closed"), (3, "too long")]),
        ('A,"one', ["A. one"], []),
    ],
)  # fmt: skip
def test_a_quotation_mark_that_nothing_closes_costs_its_own_line(
    tmp_path: Path, text: str, words: list[str], faults: list[tuple[int, str]]
) -> None:
    told = _read(tmp_path, _HEAD + text)
    assert [one.words for one in told if isinstance(one, PastConversation)] == words
    found = [one for one in told if isinstance(one, Unread)]
    assert [one.line for one in found] == [line for line, _why in faults]
    assert all(why in one.reason for one, (_line, why) in zip(found, faults, strict=True))


def test_a_first_line_with_an_open_quotation_mark_is_refused(tmp_path: Path) -> None:
    with pytest.raises(past.UnreadableFileError, match="first line cannot be read: a quotation"):
        _read(tmp_path, '"Subject,Body\nA,one\nB,two\n')


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16"])
def test_two_bytes_a_letter_are_read_or_refused_in_words(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "export"
    for heading, cell in (("Body", "Zoë asks: where?"), ("Betreff,Body", "\u4e00,どこですか")):
        path.write_bytes(f"{heading}\n{cell}\n".encode(encoding))
        [told] = past.read(path)
        assert isinstance(told, PastConversation)
        assert told.words == cell.rpartition(",")[2]
    path.write_bytes(json.dumps([ZENDESK]).encode(encoding))
    for kind in ("auto", "zendesk"):
        with pytest.raises(past.UnreadableFileError, match="UTF-16"):
            list(past.read(path, kind=kind))


def test_subjects_alone_are_not_taken_beside_what_people_wrote(tmp_path: Path) -> None:
    text = "Subject,Anliegen,Agent\nOrder,I want to know where my parcel is,Sam Lee\n"
    with pytest.raises(past.UnreadableFileError, match="words=Anliegen; or words=Subject"):
        _read(tmp_path, text)
    [told] = _read(tmp_path, text, columns={"words": "Anliegen"})
    assert told.words == "Order. I want to know where my parcel is"
    [told] = _read(tmp_path, text, columns={"words": "Subject"})
    assert told.words == "Order"
    [told] = _read(tmp_path, "Subject,Agent,Id\nWhere is my order,Sam Lee,7\n")
    assert told.words == "Where is my order"


def test_a_mailbox_is_joined_to_conversations(tmp_path: Path) -> None:
    text = (
        "From a\nFrom: Ann <ann@example.org>\nTo: help@gym.example\nSubject: Re: Hours\n"
        "Message-ID: <1@x>\nDate: Tue, 4 Mar 2025 10:00:00 +0000\n\nWhen do you open?\n\n"
        "From b\nFrom: help@gym.example\nTo: ann@example.org\nSubject: Re: Hours\n"
        "Message-ID: <2@x>\nIn-Reply-To: <1@x>\nDate: Tue, 4 Mar 2025 10:05:00 +0000\n\n"
        "At six.\n\nOn Tue, Ann wrote:\n> When do you open?\n\n"
        "From c\nFrom: m@example.org\nTo: help@gym.example\nAuto-Submitted: auto-replied\n\nx\n"
    )
    told = _read(tmp_path, text)
    [good] = [one for one in told if isinstance(one, PastConversation)]
    assert (good.words, good.answer, good.answers) == ("Hours. When do you open?", "At six.", 1)
    assert [one.reason for one in told if isinstance(one, Unread)] == ["was sent by a machine"]


@pytest.mark.parametrize("text", ["", "{}", "[1, 2]", '{"a": [1]}', "just words\nand more\n"])
def test_no_export_is_refused_in_words(tmp_path: Path, text: str) -> None:
    with pytest.raises(past.UnreadableFileError):
        _read(tmp_path, text)


_KEYS = st.sampled_from(
    [
        "requester", "comments", "source", "body", "author", "type", "messages", "meta", "sender",
        "created_at", "conversation_parts", "statistics", "subject", "helpdesk_ticket", "notes",
    ]
)  # fmt: skip
_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=15, deadline=None)
@given(found=st.dictionaries(_KEYS, _JSON, max_size=6))
def test_whatever_an_object_holds_it_is_read_or_refused(found: dict[str, object]) -> None:
    for source in past.SOURCES.values():
        source.knows(Fields(found))
        assert isinstance(source.read(Fields(found)), PastConversation | str)


def test_markup_quotes_and_signatures_are_no_words() -> None:
    body = (
        "<style>p{color:red}</style><p>Hi,<br>is it&nbsp;open?</p>\nOn Tue 4 Mar, Ann wrote:\nold"
    )
    assert fields.plain(body) == "Hi,\nis it open?"


def test_hostile_markup_is_read_in_one_go() -> None:
    for bad in ("<script" * 3_000, "<" * 20_000, "<a " * 7_000, "On " * 7_000, "<style>x"):
        assert len(fields.plain("Where is it? " + bad)) <= 2_000
    assert fields.plain("Where is it?<SCRIPT>alert(1)</SCRIPT> Thanks") == "Where is it? Thanks"


def test_customers_at_the_business_mail_provider_are_no_colleagues(tmp_path: Path) -> None:
    letter = "From a\nFrom: ann{}@gmail.com\nTo: gym@gmail.com\nMessage-ID: <{}>\n\nOpen?\n\n"
    told = _read(tmp_path, "".join(letter.format(number, number) for number in range(3)))
    assert [one.contact for one in told] == ["ann0@gmail.com", "ann1@gmail.com", "ann2@gmail.com"]


def test_a_letter_in_an_unknown_character_set_is_read(tmp_path: Path) -> None:
    letter = 'From a\nFrom: a@x.example\nTo: us@gym.example\nContent-Type: {}; charset="none-8"\n\n'
    [told] = _read(tmp_path, letter.format("text/html") + "<p>Do you <b>open</b>?</p>\n")
    assert told.words.split() == ["Do", "you", "open", "?"]


def test_a_table_may_name_its_columns_as_we_do(tmp_path: Path) -> None:
    [told] = _read(tmp_path, "subject,words,opened_at\nHours,Are you open?,2025-03-04\n")
    assert told.words == "Hours. Are you open?"
    assert told.opened_at == datetime(2025, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize("day", ["9999-12-31T23:59:59-05:00", "0001-01-01", "1970-01-01"])
def test_a_day_out_of_all_bounds_stretches_no_span(day: str) -> None:
    assert fields.moment_of(day) is None


@pytest.mark.parametrize("given_at", [True, -5, 10**30, "soon", "9" * 40, None, {}])
def test_what_is_no_moment_is_none(given_at: object) -> None:
    assert fields.moment_of(given_at) is None
