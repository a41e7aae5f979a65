"""A provider that stopped answering is left alone for a while, and then asked again."""

from datetime import timedelta

from baton.runtime.ports import Again, Done, Later, Outcome, Unknown
from baton.services.delivery.silences import Silences
from tests.support.effects import START

SECOND = timedelta(seconds=1)
SILENCE = Unknown(reason="nothing")


def told(*outcomes: Outcome) -> Silences:
    silences = Silences()
    for place, outcome in enumerate(outcomes):
        silences.note("sms", outcome, START + place * SECOND)
    return silences


def test_three_silences_in_a_row_rest_an_inbox_alone() -> None:
    silences = told(SILENCE, SILENCE, SILENCE)
    # No failed attempt: it is due again when the rest is over.
    rest = silences.rest_of("sms", START + 3 * SECOND)
    assert isinstance(rest, Later)
    assert rest.until == START + 32 * SECOND
    assert silences.rest_of("sms", START + 31 * SECOND)
    assert not silences.rest_of("sms", START + 32 * SECOND)
    assert not silences.rest_of("mail", START)


def test_one_silence_after_the_rest_is_enough_for_another() -> None:
    silences = told(SILENCE, SILENCE, SILENCE)
    silences.note("sms", SILENCE, START + 40 * SECOND)
    assert silences.rest_of("sms", START + 69 * SECOND)


def test_any_answer_ends_it() -> None:
    assert not told(SILENCE, SILENCE, Again(reason="busy"), SILENCE).rest_of("sms", START)
    assert not told(SILENCE, SILENCE, SILENCE, Done()).rest_of("sms", START)
