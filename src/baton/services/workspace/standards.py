"""What a workspace's turns are decided by: loaded whole, and kept until its revision changes."""

import logging
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from baton.core import confidence, hours
from baton.core.confidence import ConfidencePolicy
from baton.core.errors import InvalidInput, NotFound
from baton.core.escalation_rules import EscalationRule
from baton.core.experiments import LimitTrial
from baton.core.hours import BusinessHours
from baton.core.json import Json
from baton.core.pack import Pack
from baton.core.policy import Policy, with_overrides
from baton.core.reading import ReaderPort
from baton.core.teaching import Supervision
from baton.core.template import ApprovedTemplate
from baton.flows import document, signals
from baton.flows.document import Flow, Library
from baton.flows.standing import Setting
from baton.nlu.outside import GuardedReader, OutsideSettings
from baton.services.house import House
from baton.services.workspace import (
    editions,
    escalation_rules,
    limit_trials,
    outside_readers,
    reaching,
    reader_editions,
    supervision,
)
from baton.services.workspace.outside_readers import guardroom_of
from baton.services.workspace.shelf import ReaderEdition, shelf_of
from baton.store import sql
from baton.store.models import FlowVersion, Inbox, Location, Workspace
from baton.store.queries import flows as flow_queries
from baton.store.queries import templates, thresholds, turns

_REVISION = "SELECT revision FROM store_workspace WHERE id = %s"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standards:
    """What a workspace's turns are decided by, as long as its revision stays."""

    revision: int
    pack: Pack
    policy: Policy
    confidence: ConfidencePolicy
    library: Library
    facts: dict[str, Json]
    hours: BusinessHours
    location_id: str
    supervision: Supervision
    reader: ReaderEdition
    outside: OutsideSettings | None
    reported: frozenset[str]
    templates: tuple[ApprovedTemplate, ...]
    rules: tuple[EscalationRule, ...]
    trials: tuple[LimitTrial, ...]
    wordings: dict[str, str]
    entrances: dict[str, str]  # the location of each inbox that has one


@lru_cache(maxsize=8)
def standards_cache(house: House) -> "StandardsCache":
    """Return the house's cache of standards, one for all its services."""
    return StandardsCache(house)


class StandardsCache:
    """Keeps each workspace's standards until its revision changes."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._kept: dict[str, Standards] = {}

    def begin_with(self, earlier: "StandardsCache") -> None:
        """Begin with what an earlier house on this database knew; what changed is asked again."""
        self._kept.update(earlier._kept)  # noqa: SLF001 - of its own kind

    def setting_of(self, workspace_id: str) -> Setting:
        """Return the setting of a turn: standards, and who is on duty right now."""
        standards = self.standards_of(workspace_id)
        return Setting(
            pack=standards.pack,
            policy=standards.policy,
            confidence=standards.confidence,
            library=standards.library,
            facts=standards.facts,
            staffing=turns.staffing_of(
                workspace_id,
                policy=standards.policy,
                zone=standards.hours.zone,
                now=self._house.clock.now(),
                priorities={queue.name: queue.priority for queue in standards.pack.queues},
            ),
            hours=standards.hours,
            location_id=standards.location_id,
            supervision=standards.supervision,
            reported=standards.reported,
            templates=standards.templates,
            rules=standards.rules,
            trials=standards.trials,
            entrances=standards.entrances,
        )

    def reader_of(self, workspace_id: str) -> ReaderPort:
        """Return the reader of a workspace's messages, as of the standards last asked for."""
        kept = self._kept[workspace_id]
        return guardroom_of(self._house).reader_of(
            workspace_id,
            self.local_reader_of(workspace_id),
            kept.outside,
            kept.confidence.guarded,
        )

    def recalling_reader_of(self, workspace_id: str) -> ReaderPort:
        """Return the same reader as it reads while locks are held: it asks nobody outside."""
        reader = self.reader_of(workspace_id)
        return reader.recalling if isinstance(reader, GuardedReader) else reader

    def local_reader_of(self, workspace_id: str) -> ReaderPort:
        """Return a workspace's reader without the outside one that it may ask."""
        return shelf_of(self._house).reader_of(self._kept[workspace_id].reader)

    def last_of(self, workspace_id: str) -> Standards:
        """Return a workspace's standards as last asked for, without asking again."""
        return self._kept.get(workspace_id) or self.standards_of(workspace_id)

    def standards_of(self, workspace_id: str) -> Standards:
        """Return a workspace's standards; raises NotFound."""
        # Asked for every send and every batch, so by plain SQL.
        found = sql.select(_REVISION, [workspace_id])
        if not found:
            raise NotFound("workspace", workspace_id)
        kept = self._kept.get(workspace_id)
        if kept is None or kept.revision != found[0][0]:
            kept = _load(self._house, workspace_id)
            self._kept[workspace_id] = kept
        return kept


def _entrances_of(workspace_id: str) -> dict[str, str]:
    placed = Inbox.objects.filter(workspace_id=workspace_id).exclude(location_id="")
    return dict(placed.values_list("id", "location_id"))


def _load(house: House, workspace_id: str) -> Standards:
    workspace = Workspace.objects.get(id=workspace_id)
    location = Location.objects.filter(workspace_id=workspace_id).order_by("id").first()
    if location is None:
        raise NotFound("location", workspace_id)
    pack = editions.edition_of(house, workspace_id)
    ruled = escalation_rules.in_force(
        workspace_id, with_overrides(with_overrides(Policy(), pack.policy), workspace.policy)
    )
    policy = ruled.policy
    return Standards(
        revision=workspace.revision,
        pack=pack,
        policy=policy,
        confidence=thresholds.with_changes(
            ConfidencePolicy(
                base=confidence.base_of(policy), guarded=signals.guarded_intents(pack, policy)
            ),
            workspace_id,
        ),
        library=_library_of(workspace_id),
        facts=facts_of(workspace, location),
        hours=hours.parse_hours(
            location.hours, zone=location.timezone, closed_on=location.closed_on
        ),
        location_id=location.id,
        entrances=_entrances_of(workspace_id),
        supervision=supervision.supervision_of(workspace_id),
        reader=reader_editions.edition_over(house, workspace_id, pack),
        outside=outside_readers.settings_for(house, workspace_id, pack),
        reported=flow_queries.reported_events(workspace_id),
        templates=templates.list_approved(workspace_id),
        rules=ruled.rules,
        trials=limit_trials.running(workspace_id),
        wordings=workspace.wordings,
    )


def _library_of(workspace_id: str) -> Library:
    """Return a workspace's flows, less the versions that this Baton cannot read.

    A flow whose newest version is one of them starts nothing: its people had replaced the
    older ones for a reason. Runs on such a version wait.
    """
    flows: dict[tuple[str, int], Flow] = {}
    live: dict[str, int] = {}
    for version in FlowVersion.objects.filter(workspace_id=workspace_id).order_by("version"):
        live.pop(version.name, None)
        try:
            flows[version.name, version.version] = _parsed(msgspec.json.encode(version.document))
        except InvalidInput as error:
            # The fields alone: what stands in them may be anybody's words.
            where = ", ".join(sorted(error.fields))
            _log.error("flow %s v%d is unusable: %s", version.name, version.version, where)
            continue
        live[version.name] = version.version
    return Library(
        flows=flows,
        live=live,
        paused=flow_queries.paused_flows(workspace_id),
        reaches=reaching.reaches_of(workspace_id),
    )


@lru_cache(maxsize=512)
def _parsed(written: bytes) -> Flow:
    """A published version never changes, and many workspaces start from the same documents."""
    return document.parse(msgspec.json.decode(written))


def facts_of(workspace: Workspace, location: Location) -> dict[str, Any]:
    """Return what texts may say of a business and one of its locations."""
    return {
        "business": {"name": workspace.name},
        "location": {
            "name": location.name,
            "address": location.address,
            "phone": location.phone,
            "map_url": location.map_url,
            "hours": hours.render_hours(location.hours),
        },
    }
