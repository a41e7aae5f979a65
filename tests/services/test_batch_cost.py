"""A batch costs as many statements as one of its parts, so that speed does not erode unseen."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import pytest
from django.db import connection

from baton.channels.sms.settings import TwilioSettings
from baton.config.bench.queued import Queued
from baton.config.bench.timers import _REMINDER
from baton.config.bench.waiting import Waiting
from baton.runtime.trial import Failed, tried
from baton.store.models import Message
from tests.nlu.outside.server import Answer, running
from tests.support.effects import START

HOUR = timedelta(hours=1)
T = TypeVar("T")


class OneGo:
    """Hands that tell what has ended when all has, however busy the machine is."""

    def do(self, work: Sequence[Callable[[], T]]) -> Iterator[list[tuple[int, T | Failed]]]:
        yield [(place, tried(piece)) for place, piece in enumerate(work)]

    def close(self) -> None:
        """Hold nothing."""


def statements_of(work: Callable[[], object]) -> int:
    counted: list[str] = []

    def count(execute: Callable[..., object], statement: str, *rest: Any) -> object:
        counted.append(statement)
        return execute(statement, *rest)

    with connection.execute_wrapper(count):
        work()
    return len(counted)


@pytest.mark.django_db
def test_timers_of_a_batch_are_taken_with_the_statements_of_one() -> None:
    place = Waiting(_REMINDER, START, random.Random(3))  # noqa: S311 - the same every time
    spent = []
    for hour, count in enumerate((1, 1, 20), start=1):  # the first loads what stays
        place.fill(count, at=START + hour * HOUR)
        spent.append(statements_of(partial(place.fire, until=START + hour * HOUR)))
    assert Message.objects.filter(author="bot", delivery="queued").count() == 22
    assert spent[2] <= spent[1]


@pytest.mark.django_db
def test_messages_of_a_batch_are_sent_with_the_statements_of_one() -> None:
    numbers = iter(range(1_000))
    with running() as provider:
        provider.answer = lambda _asked: Answer(
            status=201, pieces=(b'{"sid": "SM%032x"}' % next(numbers),)
        )
        settings = TwilioSettings(
            account_sid=f"AC{0:032x}", auth_token="t", sender="+15005550006", base=provider.url
        )
        place = Queued(START, settings, "Tomorrow 18:00: Yoga.")
        place.crew.sender.hands = OneGo()
        spent = []
        for count in (1, 1, 20):
            place.fill(count)
            spent.append(statements_of(place.send))
        place.crew.close()
    assert len(provider.asked) == 22
    assert spent[2] <= spent[1]
