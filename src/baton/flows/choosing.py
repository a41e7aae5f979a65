"""Which flow a contact's words start: the one that they call, else one that takes any message."""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import replace

from baton.core import text as texts
from baton.core import wishing
from baton.core.confidence import Band
from baton.core.json import Json
from baton.core.rollout import Admission
from baton.flows import interpreter, outreach, replies
from baton.flows.document import Flow, Library
from baton.flows.interpreter import Advance
from baton.flows.scene import Said, Scene
from baton.flows.standing import Moment
from baton.flows.trigger import Trigger, TriggerKind

MOST_WORDS = 500
"""So many characters of what somebody said a flow is given to act by."""


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """What words start: one flow, and those in shadow that would have taken them.

    `is_left` says that a flow was meant, and does not take this contact (PL22).
    """

    served: tuple[Flow, int] | None
    shadowed: tuple[tuple[Flow, int], ...] = ()
    is_left: bool = False


def find_called(said: Said, at: Moment, scene: Scene) -> tuple[Flow, int] | None:
    """Return the flow that a turn calls: by its keyword, else by what all of it means.

    Where a further question stands beside, each is answered instead, and no flow begins (T20).
    """
    return next(iter(_served(_taking(_calling(said, at), at, scene), at.setting.library)), None)


def choose(called: tuple[Flow, int] | None, said: Said, at: Moment, scene: Scene) -> Chosen:
    """Return what a turn starts: the flow that was called, else one that takes any message."""
    library = at.setting.library
    if called is not None and not library.reaches:
        return Chosen(served=called)
    meant = (*_calling(said, at), *library.started_by(TriggerKind.MESSAGE))
    taking = tuple(_taking(meant, at, scene))
    return Chosen(
        served=called or next(iter(_served(taking, at.setting.library)), None),
        shadowed=tuple(one for one, admission in taking if admission is Admission.SHADOWED),
        is_left=bool(taking),
    )


def begun(said: Said, at: Moment, scene: Scene, flow: Flow, version: int) -> Advance:
    """Start a flow with a turn's words, and with what they name: an order or a booking.

    A flow that declares the fact `words` is given them, so that it can act by what they say.
    """
    reference = replies.named_in(said)
    named: dict[str, Json] = {"words": said.text[:MOST_WORDS]}
    named |= {"reference": reference} if reference else {}
    brought = outreach.facts_of(flow, named)
    scene = replace(scene, bands=at.setting.bands_in(flow.name), variables=brought)
    return interpreter.start(flow, version, scene, said, at.setting.library)


def _calling(said: Said, at: Moment) -> Iterator[tuple[Flow, int]]:
    words = {texts.bare(line) for line in said.lines}
    found = at.setting.library.started_by(TriggerKind.KEYWORD)
    yield from (one for one in found if texts.bare(one[0].trigger.keyword) in words)
    if found:
        meant = _meant(said, at)
        yield from (one for one in found if _is_meant(one[0].trigger, meant, said))


def _taking(
    meant: "Iterator[tuple[Flow, int]] | tuple[tuple[Flow, int], ...]", at: Moment, scene: Scene
) -> Iterator[tuple[tuple[Flow, int], Admission]]:
    """Yield the flows whose condition holds, each with how it takes the contact."""
    for flow, version in meant:
        if outreach.admits(flow, flow.trigger.when, scene):
            yield (flow, version), outreach.admission_of(flow, scene, at.setting.library)


def _served(
    taking: Iterable[tuple[tuple[Flow, int], Admission]], library: Library
) -> tuple[tuple[Flow, int], ...]:
    return library.foremost([one for one, how in taking if how is Admission.SERVED])


def _is_meant(trigger: Trigger, meant: set[str], said: Said) -> bool:
    if not meant or not meant <= {*trigger.intents}:
        return False
    return not (trigger.wishes and wishing.asks_how(said.text))


def _meant(said: Said, at: Moment) -> set[str]:
    """Return the intents of a turn, "" for a part that nobody is sure enough of."""
    bands = at.setting.bands_in("")
    best = [reading.best for reading in said.readings]
    return {
        one.name if one and bands.band_of(one.name, one.confidence) is not Band.FAILED else ""
        for one in best
    }
