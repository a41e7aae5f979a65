"""What changed between two versions of a flow."""

import copy
from typing import Any

from baton.flows.comparison import compare
from baton.services.writing import documents
from tests.support.flows import REMINDERS


def a_document() -> dict[str, Any]:
    found = documents.read(REMINDERS, file="").value
    assert isinstance(found, dict)
    return copy.deepcopy(found)


def test_the_same_is_no_change_whatever_its_order() -> None:
    turned = dict(reversed(a_document().items()))
    assert compare(a_document(), turned).is_empty


def test_each_value_is_told_by_its_path() -> None:
    old, new = a_document(), a_document()
    new["steps"]["remind"]["by_channel"]["sms"] = "Soon."
    new["steps"]["day_before"]["before"] = "12h"
    new["channels"] = ["sms"]
    del new["goal"]
    found = compare(old, new)
    assert {(change.path, change.step) for change in found.changes} == {
        (("steps", "remind", "by_channel", "sms"), "remind"),
        (("steps", "day_before", "before"), "day_before"),
        (("channels",), ""),
        (("goal",), ""),
    }
    assert set(found.changed) == {"remind", "day_before"}
    before = next(change for change in found.changes if change.step == "day_before")
    assert (before.old, before.new) == ("24h", "12h")


def test_steps_come_and_go() -> None:
    old, new = a_document(), a_document()
    new["steps"]["later"] = new["steps"].pop("person")
    found = compare(old, new)
    assert (found.added, found.removed, found.changed) == (("later",), ("person",), ())


def test_entries_of_a_list_are_held_against_their_like() -> None:
    old, new = a_document(), a_document()
    choices = new["steps"]["sure"]["choices"]
    choices.insert(0, {"key": "0", "label": "Maybe", "then": "done"})
    choices[2]["label"] = "Not this time"
    found = compare(old, new).changes
    assert [(change.path[2:], change.old, change.new) for change in found] == [
        (("choices", 0), None, choices[0]),
        (("choices", 2, "label"), "No", "Not this time"),
    ]
