"""Publishing a flow: a new version that never changes, with who, when and why (GV7, GV8).

Runs that are under way finish on the version that they began with (invariant 13); new ones
begin with the newest. Taking a version back publishes an older one anew.
"""

from functools import partial

from baton.core import privacy
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.roles import Action
from baton.flows import comparison, document
from baton.services import inbox
from baton.services.flows import flow_drafts, flow_faults, flow_sources, flow_surroundings
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import editions, schedules, windows
from baton.store.models import FlowDraft, FlowVersion, User

MAX_REASON = 300


def publish(  # noqa: PLR0913 - who, why, and what they saw
    house: House, user: User, name: str, *, reason: str, seen: str, newest: int
) -> int:
    """Make a draft the next version and return its number.

    `seen` is the digest of the draft's source and `newest` the version in force, as whoever
    publishes saw them. Raises InvalidInput for a draft with faults or without a reason,
    Conflict when a colleague changed or published something meanwhile, or while another kind
    of change is being validated, NotFound, or Forbidden for a role.
    """
    inbox.require(user, Action.CONFIGURE)
    _require_reason(reason)
    with house.engine.transaction():
        _begin(house, user, name)
        draft = FlowDraft.objects.filter(workspace_id=user.workspace_id, name=name).first()
        if draft is None:
            raise NotFound("draft", name)
        if flow_sources.digest_of(draft.source) != seen:
            message = "A colleague changed the draft meanwhile. Look at it again, then publish."
            raise Conflict(message)
        ledger = Ledger(house, house.clock.now())
        version = _add(ledger, user, name, draft.source, reason=reason, newest=newest)
        draft.delete()
        ledger.flush()
    return version


def revert(  # noqa: PLR0913 - see publish
    house: House, user: User, name: str, version: int, *, reason: str, newest: int
) -> int:
    """Publish an older version anew and return its number; raises as `publish`.

    A draft stays as it is.
    """
    inbox.require(user, Action.CONFIGURE)
    _require_reason(reason)
    with house.engine.transaction():
        _begin(house, user, name)
        old = version_of(user, name, version)
        ledger = Ledger(house, house.clock.now())
        told = f"Back to version {version}: {reason.strip()}"
        source = flow_drafts.source_of(old)
        made = _add(ledger, user, name, source, reason=told, newest=newest)
        ledger.flush()
    return made


def version_of(user: User, name: str, version: int) -> FlowVersion:
    """Return a version of a flow; raises NotFound."""
    found = FlowVersion.objects.filter(
        workspace_id=user.workspace_id, name=name, version=version
    ).first()
    if found is None:
        raise NotFound("version", str(version))
    return found


def _begin(house: House, user: User, name: str) -> None:
    schedules.hold(house, user.workspace_id, name)
    editions.lock(user.workspace_id)
    windows.refuse_publishing(user.workspace_id, purpose="flow", now=house.clock.now())


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput({"reason": "Say in a few words why; it stands beside the version."})
    if len(reason) > MAX_REASON:
        raise InvalidInput({"reason": f"Write at most {MAX_REASON} characters."})


def _add(  # noqa: PLR0913 - a version has these
    ledger: Ledger, user: User, name: str, source: str, *, reason: str, newest: int
) -> int:
    rows = FlowVersion.objects.filter(workspace_id=user.workspace_id, name=name)
    last = rows.order_by("-version").first()
    if (last.version if last else 0) != newest:
        message = "A colleague published a version meanwhile. Look at what it changed first."
        raise Conflict(message)
    sketch = flow_sources.sketch_of(source, name=f"{name}.yaml")
    known = flow_surroundings.around(ledger.house, user, name)
    faults = [one for one in flow_faults.faults_of(sketch, known, name=name) if one.is_error]
    if faults:
        count = f"{len(faults)} fault" + "s" * (len(faults) > 1)
        raise InvalidInput({"source": f"{count} must be mended before this can be published."})
    if last and comparison.compare(last.document, sketch.raw).is_empty:
        raise InvalidInput({"source": "This says the same as the version in force."})
    # A draft without an error can be read; a schedule begins, moves or ends with its version.
    flow = document.parse(sketch.raw)
    schedules.plan(ledger, user.workspace_id, flow, inbox.zone_of(user.workspace_id))
    tokenise = partial(ledger.house.keyset.token, user.workspace_id)
    row = FlowVersion.objects.create(
        id=ledger.next_id(),
        workspace_id=user.workspace_id,
        name=name,
        version=newest + 1,
        document=sketch.raw,
        source=source,
        published_at=ledger.now,
        published_by=f"user:{user.id}",
        # Somebody may quote a contact here; the trail holds tokens alone.
        reason=privacy.mask(reason.strip(), tokenise)[:MAX_REASON],
    )
    ledger.audit(
        user.workspace_id,
        f"user:{user.id}",
        "flow_published",
        f"flow:{name}",
        version=row.version,
        reason=row.reason,
    )
    editions.count_up(user.workspace_id)
    return row.version
