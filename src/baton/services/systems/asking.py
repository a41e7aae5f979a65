"""What a system told, completed by asking it: outside of any decision, and as often as it takes.

Asking changes nothing there, so a question whose answer was lost is asked again.
"""

import time
from collections.abc import Mapping

import msgspec

from baton.channels import (
    Answer,
    ForbiddenPlaceError,
    NotSentError,
    Request,
    UnclearError,
    wire,
)
from baton.channels.wire import Wire
from baton.connectors import UnreadableError, json_of, parse_answered, render_answered
from baton.core.deeds import Asking
from baton.core.fates import Fate
from baton.core.json import Json
from baton.runtime.ports import Again, Done, Effect, Outcome, Park
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.systems import bodies, kinds, systems
from baton.services.systems.budget import SPENT, Budget
from baton.services.systems.kinds import SystemSettings
from baton.store.models import ConnectedSystem, SystemDelivery

ASK_SYSTEM = "ask_system"

_OK = frozenset({200, 201, 207})
_GONE = 404
_DENIED = frozenset({401, 403})
_FIRST_FAULT = 500
_BUDGET = Budget()
_BUSY = 429


class _Order(msgspec.Struct, frozen=True, kw_only=True):
    """Which delivery is completed."""

    delivery_id: str


def find_asks(house: House, system: ConnectedSystem, said: Json) -> Mapping[str, Asking]:
    """Return what has to be asked before a payload can be taken; raises UnreadableError."""
    settings = systems.settings_of(house, system)
    asks = kinds.asks_of(settings)
    kept = parse_answered(said)
    if asks is None or kept.answers:
        return {}
    return asks.asks(kept.told)


def order(ledger: Ledger, delivery: SystemDelivery) -> None:
    """Have a system asked for what a delivery of it did not tell."""
    ledger.send(
        Effect(
            id=ledger.next_id(),
            workspace_id=delivery.workspace_id,
            lane=systems.lane_of(delivery.system_id),
            kind=ASK_SYSTEM,
            intent_key=f"ask:{delivery.id}:{delivery.takes}",
            body=msgspec.json.encode(_Order(delivery_id=delivery.id)),
            due_at=ledger.now,
            repeatable=True,
        )
    )


def perform(house: House, effect: Effect) -> Outcome:
    """Ask, keep the answers beside what was told, and have it taken with them."""
    found = msgspec.json.decode(effect.body, type=_Order)
    delivery = SystemDelivery.objects.filter(id=found.delivery_id).first()
    if delivery is None or delivery.fate != Fate.ASKING:
        return Done()  # too old, or taken with its answers before
    system = ConnectedSystem.objects.get(id=delivery.system_id)
    said = bodies.open_body(house, delivery)
    told = answers_to(find_asks(house, system, said))
    if isinstance(told, Again | Park):
        _note(delivery, told)
        return told
    with house.engine.transaction():
        kept = bodies.seal_body(house, delivery.id, render_answered(said, told))
        SystemDelivery.objects.filter(id=delivery.id).update(body_sealed=kept, reason="")
        bodies.retake(house, delivery)
    return Done()


def problem_with(settings: SystemSettings) -> str:
    """Ask a system whether its settings hold; return what is wrong, "" for nothing."""
    check = kinds.check_of(settings)
    told = answers_to({"check": check}) if check else {}
    return told.reason if isinstance(told, Again | Park) else ""


def answers_to(
    asked: Mapping[str, Asking], *, patience: float = wire.ANSWER_SECONDS
) -> dict[str, Json] | Again | Park:
    """Return what a system answers by name, None for what it does not know; or what may follow.

    `patience` is how many seconds each answer may take.
    """
    answers: dict[str, Json] = {}
    line = Wire(patience=patience)
    try:
        for name, asking in asked.items():
            if wait := _BUDGET.take(asking, time.monotonic()):
                return Again(reason=SPENT, after=wait)
            answer = line.ask(_request_of(asking))
            if refusal := _refusal_of(answer):
                return refusal
            answers[name] = None if answer.status == _GONE else _json_of(answer.body)
    except (NotSentError, UnclearError, UnreadableError) as error:
        return Again(reason=f"the system could not be asked: {_why(str(error))}")
    finally:
        line.close()
    return answers


def deliver(asking: Asking) -> Done | Again | Park:
    """Hand a system what it need not answer; any success will do."""
    if wait := _BUDGET.take(asking, time.monotonic()):
        return Again(reason=SPENT, after=wait)
    line = Wire()
    try:
        answer = line.ask(_request_of(asking))
    except ForbiddenPlaceError as error:
        return Park(reason=str(error))
    except (NotSentError, UnclearError) as error:
        return Again(reason=f"the system could not be told: {_why(str(error))}")
    finally:
        line.close()
    if answer.status // 100 == 2:  # noqa: PLR2004 - any success
        return Done()
    return _refusal_of(answer) or Park(reason=f"the system answered {answer.status}")


def _request_of(asking: Asking) -> Request:
    return Request(method=asking.method, url=asking.url, headers=asking.headers, body=asking.body)


def _why(told: str) -> str:
    """Return in plain words what the wire tells; it names a fault by its class."""
    return _WHY.get(told, "the connection broke" if told.endswith("Error") else told)


_NOWHERE = "its address cannot be reached; look whether it is written right"
_WHY = {
    "gaierror": _NOWHERE,
    "NameResolutionError": _NOWHERE,
    "NewConnectionError": _NOWHERE,
    "ConnectTimeoutError": "it did not answer in time",
    "ReadTimeoutError": "it did not answer in time",
    "SSLError": "its certificate cannot be believed",
}


def _refusal_of(answer: Answer) -> Again | Park | None:
    if answer.status in _OK or answer.status == _GONE:
        return None
    if answer.status in _DENIED:
        return Park(reason="the system does not believe the token: give it a fresh one")
    if answer.status == _BUSY or answer.status >= _FIRST_FAULT:
        return Again(reason=f"the system answered {answer.status}", after=answer.wait)
    return Park(reason=f"the system answered {answer.status}")


def _json_of(body: bytes) -> Json:
    try:
        return json_of(body)
    except UnreadableError:
        raise UnreadableError("its answer is not JSON") from None


def _note(delivery: SystemDelivery, why: Again | Park) -> None:
    """Note why a delivery has no answer; what needs somebody is parked."""
    fate = Fate.PARKED if isinstance(why, Park) else Fate.ASKING
    kept = SystemDelivery.objects.filter(id=delivery.id, fate=Fate.ASKING)
    kept.update(fate=fate.value, reason=why.reason)
