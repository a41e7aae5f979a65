"""A change is tried on the last days from the console, before anybody puts it live."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from baton.core.errors import InvalidInput, NotFound
from baton.core.escalation_rules import BUILT_IN
from baton.core.json import Json
from baton.core.reading import ReaderPort
from baton.core.roles import Action
from baton.services import inbox
from baton.services.flows import candidates, flow_drafts, replays
from baton.services.flows.candidates import Candidate, Tried
from baton.services.flows.replays import Replayed
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.services.writing import documents
from baton.store.models import FlowDraft, User

DAYS = (7, 28, 90)
MOST = 1_000
"""Conversations that the console plays, the newest: somebody waits for the page."""

MAX_SOURCE = 60_000
_NAME = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A change as a form tells it; what is None or "" stays as it is.

    `limits` are fields of built-in rules; `draft` names a flow whose draft is tried; `source` is
    a candidate's YAML, for whatever the form has no field for.
    """

    days: int = 28
    answer: float | None = None
    floor: float | None = None
    limits: Mapping[str, float] | None = None
    draft: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitNow:
    """A limit that can be tried: its words, its bounds, and what holds."""

    field: str
    label: str
    least: float
    most: float
    now: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the form begins with: what holds now, and the drafts that there are."""

    answer: float
    floor: float
    limits: tuple[LimitNow, ...]
    drafts: tuple[str, ...]


def standing(house: House, user: User) -> Standing:
    """Return what holds now; raises Forbidden for a role that may not configure."""
    inbox.require(user, Action.CONFIGURE)
    standards = standards_cache(house).standards_of(user.workspace_id)
    rest = standards.confidence.in_flow("").rest
    names = FlowDraft.objects.filter(workspace_id=user.workspace_id).order_by("name")
    return Standing(
        answer=rest.answer,
        floor=rest.floor,
        limits=tuple(
            LimitNow(
                field=limit.field,
                label=f"{rule.title}: {limit.label.lower()}",
                least=limit.least,
                most=limit.most,
                now=float(getattr(standards.policy, limit.field)),
            )
            for rule in BUILT_IN
            for limit in rule.limits
        ),
        drafts=tuple(names.values_list("name", flat=True)),
    )


def try_change(house: House, user: User, wish: Wish) -> Replayed:
    """Play the last days as they are and with the change; nothing is sent, and nothing is kept.

    Raises InvalidInput for a change that cannot be, Forbidden for a role.
    """
    inbox.require(user, Action.CONFIGURE)
    if wish.days not in DAYS:
        raise InvalidInput({"days": "Choose one of the windows."})
    setting = replays.setting_of(house, user.workspace_id)
    changed = candidates.applied(_candidate(user, wish), setting)
    if changed.examples:
        raise InvalidInput({"source": "Examples need a new reader: try them with baton replay."})
    tried = (Tried(name=candidates.AS_IT_IS, setting=setting), changed)
    talked = replays.past_of(house, user.workspace_id, days=wish.days, most=MOST)
    reader = standards_cache(house).local_reader_of(user.workspace_id)

    def teach(_examples: Mapping[str, tuple[str, ...]]) -> ReaderPort:
        return reader

    return replays.replay(talked, tried, reader, teach)


def _candidate(user: User, wish: Wish) -> Candidate:
    told = _written(wish.source)
    if (wish.answer is None) is not (wish.floor is None):
        raise InvalidInput({"answer": "Write both thresholds, or none."})
    if wish.answer is not None:
        told["thresholds"] = [{"answer": wish.answer, "floor": wish.floor}]
    if wish.limits:
        told["policy"] = {**_mapping(told.get("policy")), **_whole(wish.limits)}
    if wish.draft:
        told["flows"] = {**_mapping(told.get("flows")), wish.draft: _draft_of(user, wish.draft)}
    try:
        candidate = Candidate.model_validate({**told, "candidate": _NAME})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidInput({"source": f"{place}: {first['msg']}"}) from error
    if candidate == Candidate(candidate=_NAME):
        raise InvalidInput({"source": "Change something first: all of it is as it is."})
    return candidate


def _written(source: str) -> dict[str, Json]:
    """Return what somebody wrote as YAML; raises InvalidInput where it is no mapping."""
    if not source.strip():
        return {}
    written = documents.read(source, file="change").value
    if not isinstance(written, dict):
        raise InvalidInput({"source": "Write it as YAML, such as: policy: {...}"})
    return dict(written)


def _mapping(value: Json) -> dict[str, Json]:
    return dict(value) if isinstance(value, dict) else {}


def _whole(limits: Mapping[str, float]) -> dict[str, Json]:
    """Return limits as the policy keeps them: counts are whole numbers."""
    return {
        name: int(value) if float(value).is_integer() and value >= 1 else value
        for name, value in limits.items()
    }


def _draft_of(user: User, name: str) -> Json:
    writing = flow_drafts.open_flow(user, name)
    if not writing.is_draft:
        raise NotFound("draft", name)
    written = documents.read(writing.source, file=name).value
    return {k: v for k, v in written.items() if k != "flow"} if isinstance(written, dict) else {}
