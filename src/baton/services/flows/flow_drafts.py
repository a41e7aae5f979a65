"""Writing a flow: a draft, changed by a form or as YAML, that starts nothing (GV7, GV10).

Whoever writes says what they saw when they began. Two may write at once as long as it is
not the same part; for the same part the second is told, and nothing is lost.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.json import Json
from baton.core.roles import Action
from baton.services import inbox
from baton.services.flows import flow_sources
from baton.services.flows.flow_sources import NAME, Sketch
from baton.services.house import House
from baton.services.knowledge import knowledge
from baton.services.ledger import Ledger
from baton.services.workspace import editions
from baton.services.writing import yaml_edits
from baton.services.writing.documents import Path
from baton.store.models import FlowDraft, FlowVersion, User

_MEANWHILE = (
    "A colleague changed {} while you were writing. Your words are still here: copy them, "
    "open the page again and put them in."
)

_AUTHORS = {"system": "Baton"}
"""Who writes a draft and is no user: what came with a newer pack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A flow as whoever opens it finds it: the draft, or else the newest version.

    `base_version` is the version that a draft was begun from, or the version itself; 0 when
    nothing was ever published.
    """

    name: str
    source: str
    base_version: int
    newest_version: int
    is_draft: bool
    updated_by: str = ""
    updated_at: datetime | None = None

    @property
    def sketch(self) -> Sketch:
        """Return what can be understood of it."""
        return flow_sources.sketch_of(self.source, name=f"{self.name}.yaml")

    @property
    def is_behind(self) -> bool:
        """Return whether somebody published a version after the draft was begun."""
        return self.is_draft and self.base_version < self.newest_version


def open_flow(user: User, name: str) -> Writing:
    """Return a flow as it is being written; raises NotFound, or Forbidden for a role."""
    inbox.require(user, Action.READ_INBOX)
    newest = _newest(user, name)
    draft = FlowDraft.objects.filter(workspace_id=user.workspace_id, name=name).first()
    if draft is not None:
        author = draft.updated_by.removeprefix("user:")
        return Writing(
            name=name,
            source=draft.source,
            base_version=draft.base_version,
            newest_version=newest.version if newest else 0,
            is_draft=True,
            updated_by=_AUTHORS.get(author) or knowledge.names_of([author]).get(author, "Somebody"),
            updated_at=draft.updated_at,
        )
    if newest is None:
        raise NotFound("flow", name)
    return Writing(
        name=name,
        source=source_of(newest),
        base_version=newest.version,
        newest_version=newest.version,
        is_draft=False,
    )


def source_of(version: FlowVersion) -> str:
    """Return a version's YAML, written anew where nobody kept it."""
    return version.source or flow_sources.dumped(version.document)


def save_part(  # noqa: PLR0913 - a part is told by these
    house: House, user: User, name: str, path: Path, value: Json, *, seen: str
) -> None:
    """Save what stands at a path; `seen` is the digest of what stood there.

    Raises Conflict when a colleague changed that very part meanwhile, InvalidInput where the
    YAML cannot be changed by a form, NotFound, or Forbidden for a role.
    """

    def edit(source: str) -> str:
        found = flow_sources.value_at(flow_sources.read(source).value, path)
        if flow_sources.digest_of(found) != seen:
            raise Conflict(_MEANWHILE.format("this part"))
        return yaml_edits.with_value(source, path, value)

    _change(house, user, name, edit, part=".".join(map(str, path)))


def save_head(house: House, user: User, name: str, value: dict[str, Json], *, seen: str) -> None:
    """Save everything but the steps; `seen` is `seen_of_head` of what stood there.

    Raises as `save_part`.
    """

    def edit(source: str) -> str:
        raw = flow_sources.sketch_of(source).raw
        if seen_of_head(raw) != seen:
            raise Conflict(_MEANWHILE.format("the head of this flow"))
        return yaml_edits.with_value(source, (), {**value, "steps": raw.get("steps")})

    _change(house, user, name, edit, part="head")


def seen_of_head(raw: dict[str, Json]) -> str:
    """Return the digest of everything but the steps."""
    return flow_sources.digest_of({key: one for key, one in raw.items() if key != "steps"})


def save_source(house: House, user: User, name: str, source: str, *, seen: str) -> None:
    """Save the YAML as somebody wrote it; raises as `save_part`."""
    flow_sources.read(source)

    def edit(known: str) -> str:
        if flow_sources.digest_of(known) != seen:
            raise Conflict(_MEANWHILE.format("this flow"))
        return source

    _change(house, user, name, edit, part="source")


def add_step(  # noqa: PLR0913 - a step is told by these
    house: House, user: User, name: str, step: str, kind: str, *, after: str
) -> None:
    """Add a step behind another; raises InvalidInput for a name or type that cannot be."""
    _change(
        house,
        user,
        name,
        lambda source: flow_sources.with_step(source, step, kind, after=after),
        part=f"steps.{step} added",
    )


def rename_step(house: House, user: User, name: str, step: str, wanted: str) -> None:
    """Rename a step wherever it is named; raises InvalidInput for a name that cannot be."""
    _change(
        house,
        user,
        name,
        lambda source: flow_sources.with_step_renamed(source, step, wanted),
        part=f"steps.{step} renamed",
    )


def remove_step(house: House, user: User, name: str, step: str) -> None:
    """Take a step out; raises NotFound when there is none."""

    def edit(source: str) -> str:
        if step not in flow_sources.steps_of(flow_sources.sketch_of(source).raw):
            raise NotFound("step", step)
        return flow_sources.without_step(source, step)

    _change(house, user, name, edit, part=f"steps.{step} removed")


def begin(house: House, user: User, source: str) -> str:
    """Begin a draft with YAML from a file or a template; return the flow's name.

    The YAML of a flow that there is becomes its draft. Raises InvalidInput for what is no
    flow's YAML, Conflict when a draft of the flow is there already, or Forbidden.
    """
    raw = flow_sources.read(source).value
    name = raw.get("flow") if isinstance(raw, dict) else None
    if not isinstance(name, str) or not NAME.fullmatch(name) or name == "new":
        message = "Give the flow a name: flow: and small letters, digits and _."
        raise InvalidInput({"source": message})

    def edit(_known: str) -> str:
        if FlowDraft.objects.filter(workspace_id=user.workspace_id, name=name).exists():
            raise Conflict(f"There is a draft of {name} already. Publish or discard it first.")
        return source

    _change(house, user, name, edit, part="begun", may_be_new=True)
    return name


def discard(house: House, user: User, name: str) -> None:
    """Throw a draft away; raises NotFound, or Forbidden for a role."""
    inbox.require(user, Action.CONFIGURE)
    with house.engine.transaction():
        editions.lock(user.workspace_id)
        deleted, _ = FlowDraft.objects.filter(workspace_id=user.workspace_id, name=name).delete()
        if not deleted:
            raise NotFound("draft", name)
        ledger = Ledger(house, house.clock.now())
        ledger.audit(user.workspace_id, f"user:{user.id}", "flow_draft_discarded", f"flow:{name}")
        ledger.flush()


def _change(  # noqa: PLR0913 - a change has these
    house: House,
    user: User,
    name: str,
    edit: Callable[[str], str],
    *,
    part: str,
    may_be_new: bool = False,
) -> None:
    inbox.require(user, Action.CONFIGURE)
    with house.engine.transaction():
        editions.lock(user.workspace_id)
        draft = FlowDraft.objects.filter(workspace_id=user.workspace_id, name=name).first()
        newest = _newest(user, name)
        if draft is None and newest is None and not may_be_new:
            raise NotFound("flow", name)
        known = draft.source if draft else source_of(newest) if newest else ""
        source = edit(known)
        if len(source) > flow_sources.MAX_SOURCE:
            message = f"A flow may have at most {flow_sources.MAX_SOURCE:,} characters."
            raise InvalidInput({"source": message})
        if draft is None and source == known:
            return
        ledger = Ledger(house, house.clock.now())
        draft = draft or FlowDraft(
            id=ledger.next_id(),
            workspace_id=user.workspace_id,
            name=name,
            base_version=newest.version if newest else 0,
        )
        draft.source, draft.updated_at, draft.updated_by = source, ledger.now, f"user:{user.id}"
        draft.save()
        ledger.audit(
            user.workspace_id, f"user:{user.id}", "flow_draft_saved", f"flow:{name}", part=part
        )
        ledger.flush()


def _newest(user: User, name: str) -> FlowVersion | None:
    rows = FlowVersion.objects.filter(workspace_id=user.workspace_id, name=name)
    return rows.order_by("-version").first()
