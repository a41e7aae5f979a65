"""What a workspace knows around its flows, for the check: names, limits, hours, its own words.

A name is known when something in the workspace says it: another flow, a template of the
library, Baton itself, or a system that has reported it. So a slip is found with what was
meant beside it, and a new name stops being doubted once it has come in.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from baton.core import kpi_catalogue
from baton.core.json import Json
from baton.core.kpi_catalogue import measures
from baton.core.template import ApprovedTemplate
from baton.flows.check import UNKNOWN, Approved, QuietHours, Surroundings
from baton.flows.document import Flow
from baton.flows.scene import OPT_OUT, footers_in
from baton.services.house import House
from baton.services.people import consents
from baton.services.workspace import connections, library
from baton.services.workspace.standards import facts_of, standards_cache
from baton.store.models import Location, User, Workspace
from baton.store.queries import flows as flow_queries
from baton.store.queries import ways

_OWN_EVENTS = (consents.GIVEN, consents.WITHDRAWN)


def around(house: House, user: User, name: str = "") -> Surroundings:
    """Return what is known around a workspace's flows; `name` is the flow that is looked at."""
    standards = standards_cache(house).standards_of(user.workspace_id)
    live = standards.library.live.items()
    found = {one: standards.library.at(one, version) for one, version in live}
    flows = {one: flow for one, flow in found.items() if flow is not None}
    others = (*(flow for one, flow in flows.items() if one != name), *_templates())
    needs = library.needs_of(*others)
    told = (*needs.events, *flow_queries.reported_events(user.workspace_id), *_OWN_EVENTS)
    places = _places_of(user.workspace_id)
    policy = standards.policy
    return Surroundings(
        flows=flows,
        events=dict.fromkeys(told, ()),
        named_actions=frozenset(needs.actions),
        templates=_approved(user.workspace_id, standards.templates),
        copy=_known(one for one in standards.templates if one.channel != connections.WHATSAPP),
        kpis=frozenset({*kpi_catalogue.CATALOGUE, *measures.MEASURES}),
        quiet_hours=QuietHours(start=policy.quiet_from, end=policy.quiet_until),
        places=frozenset(places),
        examples=places,
        policy=policy,
        opt_out=standards.pack.copy.get(OPT_OUT, UNKNOWN.opt_out),
        opt_outs=footers_in(standards.pack.copy),
    )


def _approved(
    workspace_id: str, templates: Iterable[ApprovedTemplate]
) -> frozenset[Approved] | None:
    """Return what is approved, each also under its language alone ("en" for "en_US").

    Before a WhatsApp number is connected nothing can be approved, and nothing is judged.
    """
    if ways.find_inbox(workspace_id, connections.WHATSAPP) is None:
        return None
    return _known(one for one in templates if one.channel == connections.WHATSAPP)


def _known(templates: Iterable[ApprovedTemplate]) -> frozenset[Approved]:
    return frozenset(
        Approved(
            name=one.name,
            language=language,
            body="\n".join(filter(None, (one.header, one.body, one.link_url))),
            channel=one.channel,
        )
        for one in templates
        for language in (one.language, one.language.replace("_", "-").split("-")[0])
    )


@cache
def _templates() -> tuple[Flow, ...]:
    return tuple(one.flow for one in library.list_templates())


def _places_of(workspace_id: str) -> dict[str, str]:
    """Return what texts may name of the business and its places, each with its longest value."""
    workspace = Workspace.objects.get(id=workspace_id)
    found: dict[str, str] = {}
    for location in Location.objects.filter(workspace_id=workspace_id):
        for name, value in _names_in(facts_of(workspace, location)):
            found[name] = max(found.get(name, ""), value, key=len)
    return found


def _names_in(facts: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    for owner, known in facts.items():
        for name, value in (known if isinstance(known, dict) else {}).items():
            yield f"{owner}.{name}", str(value)
