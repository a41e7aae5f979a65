"""Simulations: a flow's document is played on invented people, and nothing is written."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from baton.core import confidence
from baton.core.confidence import ConfidencePolicy
from baton.core.errors import InvalidInput, NotFound
from baton.core.hours import BusinessHours
from baton.core.json import Json
from baton.core.pack import Pack
from baton.core.policy import Policy, with_overrides
from baton.core.routing import OnDuty, Staffing
from baton.flows import document, signals
from baton.flows.document import Flow, Library
from baton.flows.simulation import people, report
from baton.flows.simulation.people import People
from baton.flows.simulation.report import Plan, Report
from baton.flows.standing import Setting
from baton.flows.trigger import TriggerKind
from baton.services.house import House
from baton.services.workspace import library
from baton.services.workspace.standards import standards_cache
from baton.services.writing import documents
from baton.services.writing.documents import Document, InvalidDocument

_TAKES_WORDS = (TriggerKind.MESSAGE, TriggerKind.KEYWORD)
_ONLY_VERSION = 1
# What texts may say of a business that is not there: the same names as those of a workspace.
_FACTS: dict[str, Json] = {
    "business": {"name": "Sample Business"},
    "location": {
        "name": "Sample Street",
        "address": "1 Sample Street",
        "phone": "555-0100",
        "map_url": "https://maps.example/sample",
        "hours": "every day, around the clock",
    },
}


def simulate_flow(  # noqa: PLR0913 - a simulation is told by these
    house: House,
    workspace_id: str,
    flow_document: Json,
    *,
    contacts: int,
    days: int,
    seed: int,
) -> Report:
    """Play a document, saved or not, on people of a workspace: its place, limits and flows.

    Raises InvalidInput for a document that cannot be used, and for too many contacts.
    """
    setting = standards_cache(house).setting_of(workspace_id)
    flow = document.parse(flow_document)
    plan = Plan(contacts=contacts, days=days, seed=seed)
    return report.simulate(flow, _with_flow(setting, flow), assumptions(), plan)


def simulate_document(
    pack: Pack, flow_document: Json, who: People, plan: Plan, *, zone: str = "UTC"
) -> Report:
    """Play a document on people of a business that has a pack and nothing else.

    Raises InvalidInput as `simulate_flow` does.
    """
    flow = document.parse(flow_document)
    return report.simulate(
        flow,
        _with_flow(setting_of_pack(pack, beside=_parts_of(flow, pack), zone=zone), flow),
        who,
        plan,
    )


def flow_document_of(pack: Pack, name: str) -> Json:
    """Return the document of a flow of a pack, or of the library; raises NotFound."""
    if name in pack.flows:
        return pack.flows[name]
    source = library.load_template(name).source
    return documents.read(source, file=f"library/{name}.yaml").value


@cache
def assumptions() -> People:
    """Return what is assumed of people where nobody says otherwise."""
    return people.parse(shipped())


def assumptions_with(path: Path) -> People:
    """Return the assumptions with a file's laid over them; raises InvalidDocument."""
    own = documents.read(path.read_text("utf-8"), file=path.name)
    try:
        return people.parse(people.merged(shipped(), own.value))
    except InvalidInput as error:
        raise _placed(own, error.fields) from error


def _placed(own: Document, problems: Mapping[str, str]) -> InvalidDocument:
    def path_of(dotted: str) -> tuple[str | int, ...]:
        return tuple(int(part) if part.isdecimal() else part for part in dotted.split("."))

    return InvalidDocument(
        tuple(own.problem(path_of(dotted), words) for dotted, words in problems.items())
    )


@cache
def shipped() -> Json:
    """Return the document of what is assumed where nobody says otherwise."""
    source = files("baton") / "packs" / "base" / "simulation.yaml"
    return documents.read(source.read_text("utf-8"), file="base/simulation.yaml").value


def setting_of_pack(pack: Pack, *, beside: Iterable[Flow] = (), zone: str = "UTC") -> Setting:
    """Return the setting of a business that has a pack, flows beside it, and nothing else."""
    policy = with_overrides(Policy(), pack.policy)
    queues = frozenset(queue.name for queue in pack.queues)
    flows = {
        (name, _ONLY_VERSION): document.parse(flow_document)
        for name, flow_document in pack.flows.items()
    } | {(part.name, _ONLY_VERSION): part for part in beside}
    return Setting(
        pack=pack,
        policy=policy,
        confidence=ConfidencePolicy(
            base=confidence.base_of(policy), guarded=signals.guarded_intents(pack, policy)
        ),
        library=Library(flows=flows, live=dict(flows.keys())),
        facts=_FACTS,
        staffing=Staffing(
            agents=(OnDuty(user_id="somebody", skills=queues, open_conversations=0),), waiting={}
        ),
        hours=BusinessHours(zone=ZoneInfo(zone)),
    )


def _parts_of(flow: Flow, pack: Pack) -> Iterator[Flow]:
    """Yield the library's flows that one goes through and that the pack does not have."""
    for name in flow.calls:
        if name not in pack.flows:
            try:
                part = library.load_template(name).flow
            except NotFound:
                continue  # the report says that there is no such flow
            yield part
            yield from _parts_of(part, pack)


def _with_flow(setting: Setting, flow: Flow) -> Setting:
    """Return a setting in which a flow is live beside those that it needs.

    Those are the flows that it goes through and those that take words; the messages of
    others are not the flow's.
    """
    known = setting.library
    version = max((v for name, v in known.flows if name == flow.name), default=0) + 1
    flows = {**known.flows, (flow.name, version): flow}
    whole = Library(flows=flows, live={**known.live, flow.name: version})
    needed = {flow.name, *whole.pins_of(flow)}
    takers = (one for kind in _TAKES_WORDS for one, _version in whole.started_by(kind))
    if flow.trigger.on is not TriggerKind.MESSAGE:
        needed |= {one.name for one in takers}
    live = {name: number for name, number in whole.live.items() if name in needed}
    return replace(setting, library=Library(flows=flows, live=live))
