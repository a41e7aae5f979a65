"""Log lines tell where and what kind, never what somebody wrote."""

import json
import logging

import pytest

from baton.config.logs import JsonLines, Lines

SAID = "call me at +44 7719 100 007"


def breaks() -> None:
    try:
        int(SAID)
    except ValueError as error:
        raise RuntimeError(SAID) from error


def raised() -> logging.LogRecord:
    with pytest.raises(RuntimeError) as seen:
        breaks()
    what = (seen.type, seen.value, seen.tb)
    return logging.LogRecord("baton.x", logging.ERROR, __file__, 1, "it broke: %s", ("here",), what)


def test_json_lines_hold_one_object_and_no_words_of_an_error() -> None:
    line = JsonLines().format(raised())
    told = json.loads(line)
    assert "\n" not in line
    assert (told["level"], told["logger"], told["message"]) == (
        "error",
        "baton.x",
        "it broke: here",
    )
    assert told["error"] == "RuntimeError from ValueError"
    assert any("test_logs.py" in place and "breaks" in place for place in told["places"])
    assert SAID not in line


def test_lines_for_people_tell_the_same_and_all_only_when_told_to() -> None:
    text = Lines().format(raised())
    assert "ERROR baton.x: it broke: here" in text
    assert "RuntimeError from ValueError" in text
    assert "test_logs.py" in text
    assert SAID not in text
    assert SAID in Lines(tells_all=True).format(raised())
