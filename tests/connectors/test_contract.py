"""What every connector that mirrors has to prove: whom it believes, and what it makes of bytes."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from baton.connectors import (
    DisbelievedError,
    Hook,
    HookPort,
    RecordsPort,
    UnreadableError,
    render_answered,
)
from baton.core.json import Json
from baton.core.records import HappenedRecord, PersonRecord
from baton.services.systems import kinds
from tests.connectors.examples import CARRIERS, EXAMPLES, SECRET, SHOPS, URL, Example, Signed

MIRRORS = (*EXAMPLES, *SHOPS, *CARRIERS)
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
each = pytest.mark.parametrize("one", MIRRORS, ids=lambda one: one.kind)


def _hooks(one: Example) -> HookPort:
    hooks = kinds.hooks_of(one.settings)
    assert hooks is not None
    return hooks


def _reads(one: Example) -> RecordsPort:
    reads = kinds.records_of(one.settings)
    assert reads is not None
    return reads


def _hook(one: Example, signed: Signed) -> Hook:
    return Hook(body=signed.body, headers=one.sign(signed), url=signed.url)


def test_every_kind_that_mirrors_has_an_example() -> None:
    mirroring = {kind.name for kind in kinds.KINDS.values() if kind.reads and kind.hears}
    assert mirroring == {one.kind for one in MIRRORS}


@pytest.mark.req("DI5", "DI12")
@each
def test_its_signature_proves_every_byte(one: Example) -> None:
    body = json.dumps(one.told[0]).encode()
    good = _hook(one, Signed(body=body))
    heard = _hooks(one).hear(good, SECRET, now=NOW)
    assert json.loads(heard.body) == one.told[0]
    assert len(heard.reference) == 64
    assert _hooks(one).hear(good, SECRET, now=NOW).reference == heard.reference
    for place in (0, len(body) // 2, len(body) - 1):
        flipped = bytes([*body[:place], body[place] ^ 1, *body[place + 1 :]])
        with pytest.raises(DisbelievedError):
            _hooks(one).hear(replace(good, body=flipped), SECRET, now=NOW)
    for header, value in good.headers.items():
        for false in ({}, {header: ""}, {header: value[:-2] + "x="}, {header: "é" * 40}):
            headers = {**good.headers, header: "", **false}
            with pytest.raises(DisbelievedError):
                _hooks(one).hear(replace(good, headers=headers), SECRET, now=NOW)
    with pytest.raises(DisbelievedError):
        _hooks(one).hear(_hook(one, Signed(body=body, secret="another secret")), SECRET, now=NOW)


@each
def test_one_webhook_is_not_another(one: Example) -> None:
    bodies = [json.dumps(told).encode() for told in one.told]
    names = {
        _hooks(one).hear(_hook(one, Signed(body=body)), SECRET, now=NOW).reference
        for body in bodies
    }
    assert len(names) == len(bodies)


def _signs_the_moment(one: Example) -> bool:
    """Return whether a moment is signed; what comes again is known by its name elsewhere."""
    signed = Signed(body=b"{}")
    return one.sign(signed) != one.sign(replace(signed, at=NOW + timedelta(hours=1)))


@pytest.mark.parametrize(
    "one", [one for one in MIRRORS if _signs_the_moment(one)], ids=lambda one: one.kind
)
def test_what_signs_the_moment_is_no_more_believed_later(one: Example) -> None:
    signed = Signed(body=json.dumps(one.told[0]).encode())
    for late in (timedelta(minutes=6), timedelta(minutes=-6)):
        with pytest.raises(DisbelievedError, match="too old"):
            _hooks(one).hear(_hook(one, signed), SECRET, now=NOW + late)


@each
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"a":' * 2_000, b"\xff\xfe"])
def test_what_is_believed_and_unreadable_says_so(one: Example, body: bytes) -> None:
    hook = _hook(one, Signed(body=body, url=URL))
    try:
        said = json.loads(_hooks(one).hear(hook, SECRET, now=NOW).body)
    except UnreadableError:
        return
    with pytest.raises(UnreadableError):
        _reads(one).records(said, received_at=NOW)


@each
def test_no_field_of_another_type_breaks_it(one: Example) -> None:
    said = {_said_of(one, broken) for told in one.told for broken in _broken(told)}
    assert not any("@example" in why for why in said)  # nobody's address in a reason


def _said_of(one: Example, told: Json) -> str:
    """Return why a payload cannot be read, "" where it can."""
    try:
        _reads(one).records(told, received_at=NOW)
    except UnreadableError as error:
        return str(error)
    return ""


_ODD: tuple[Json, ...] = (None, [], {}, 7, "odd", True)


def _broken(said: Json) -> list[Json]:
    """Return a payload with each of its values, at any depth, of another type in turn."""
    found: list[Json] = []
    if isinstance(said, dict):
        for name, value in said.items():
            found += [{**said, name: odd} for odd in _ODD]
            found += [{**said, name: inner} for inner in _broken(value)]
            found.append({key: kept for key, kept in said.items() if key != name})
    return found


@pytest.mark.req("DI10")
def test_hubspot_tells_a_property_as_it_is_now() -> None:
    hubspot = next(one for one in EXAMPLES if one.kind == "hubspot")
    [answer] = [said for said in hubspot.answers.values() if "status" in said]  # type: ignore[operator] # JSON of ours
    said = render_answered(hubspot.told[0], {"contacts": answer})
    person, change = _reads(hubspot).records(said, received_at=NOW)
    assert isinstance(person, PersonRecord)
    assert person.person.name == "Ann Lee"
    assert isinstance(change, HappenedRecord)
    # The webhook said "lead"; by the time that we asked they were a customer.
    assert change.facts == {
        "property": "lifecyclestage",
        "value": "customer",
        "lifecyclestage": "customer",
    }
