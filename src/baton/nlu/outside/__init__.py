"""Outside readers: an NLU elsewhere tells intents, the local reader stays on guard."""

from collections.abc import Callable, Collection
from datetime import datetime

from baton.core.reading import ReaderPort
from baton.nlu.outside.asking import Budget
from baton.nlu.outside.dialogflow import DialogflowReader
from baton.nlu.outside.guarded import GuardedReader
from baton.nlu.outside.http import HttpReader
from baton.nlu.outside.ports import OutsideFailed, OutsidePort
from baton.nlu.outside.settings import (
    DIALOGFLOW,
    HTTP,
    DialogflowSettings,
    HttpSettings,
    OutsideSettings,
    check,
)

__all__ = [
    "DIALOGFLOW",
    "HTTP",
    "Budget",
    "DialogflowSettings",
    "GuardedReader",
    "HttpSettings",
    "OutsideFailed",
    "OutsidePort",
    "OutsideSettings",
    "check",
    "connect",
    "guarded",
]


def connect(
    settings: OutsideSettings, *, now: Callable[[], datetime], new_id: Callable[[], str]
) -> OutsidePort:
    """Return the outside reader that settings describe; nothing is sent yet."""
    if isinstance(settings, HttpSettings):
        return HttpReader(settings, now=now, new_id=new_id)
    return DialogflowReader(settings, now=now, new_id=new_id)


def guarded(
    local: ReaderPort,
    settings: OutsideSettings,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
    guards: Collection[str] = (),
) -> GuardedReader:
    """Return the local reader with the outside one in front of it."""
    return GuardedReader(
        local,
        connect(settings, now=now, new_id=new_id),
        Budget(seconds=settings.ask_seconds),
        mapping=settings.mapping,
        guards=guards,
    )
