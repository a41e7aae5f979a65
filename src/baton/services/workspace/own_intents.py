"""The intents that a workspace has beyond its pack's: made by its people (GV10, FQ10).

Each knows its request type, so that what is read as it is triaged and routed like all
else. A reader learns it from taught examples, once there are enough (`core.teaching`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from baton.core import teaching
from baton.core.errors import InvalidInput
from baton.core.pack import Intent, Pack
from baton.core.teaching import NewIntent
from baton.services.ledger import Ledger
from baton.store.models import OwnIntent, TaughtExample, Workspace

_NAME = re.compile(r"[a-z][a-z0-9_]{1,59}")
_SHORTEST_WANTS = 3
_MAX_WANTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnIntentLine:
    """An intent of the workspace's own, and how many examples it has."""

    name: str
    wants: str
    request_type: str
    examples: int

    @property
    def missing(self) -> int:
        """Return how many examples it lacks before a reader can learn it."""
        return max(teaching.MIN_EXAMPLES - self.examples, 0)


def with_own_intents(edition: Pack, workspace_id: str) -> Pack:
    """Return the edition with the workspace's own intents; a reader has their examples."""
    known = {intent.name for intent in edition.intents}
    own = [
        Intent(name=new.name, request_type=new.request_type, wants=new.wants, examples=())
        for new in list_all(workspace_id)
        if new.name not in known
    ]
    return replace(edition, intents=(*edition.intents, *own)) if own else edition


def list_all(workspace_id: str) -> tuple[NewIntent, ...]:
    """Return a workspace's own intents."""
    rows = OwnIntent.objects.filter(workspace_id=workspace_id, retired_at=None).order_by("id")
    return tuple(
        NewIntent(name=row.name, request_type=row.request_type, wants=row.wants) for row in rows
    )


def list_lines(workspace_id: str) -> tuple[OwnIntentLine, ...]:
    """Return the own intents with how many examples each has."""
    counted: dict[str, int] = {}
    known = TaughtExample.objects.filter(workspace_id=workspace_id, retired_at=None)
    for intent in known.values_list("intent", flat=True):
        counted[intent] = counted.get(intent, 0) + 1
    return tuple(
        OwnIntentLine(
            name=own.name,
            wants=own.wants,
            request_type=own.request_type,
            examples=counted.get(own.name, 0),
        )
        for own in list_all(workspace_id)
    )


def make(ledger: Ledger, edition: Pack, new: NewIntent, workspace_id: str, by: str) -> None:
    """Add an intent; raises InvalidInput that names each refused field."""
    if problems := _problems_with(new, edition):
        raise InvalidInput(problems)
    # The row's lock: of two who make the same one at once, the second finds the first one's.
    Workspace.objects.select_for_update().get(id=workspace_id)
    if any(own.name == new.name for own in list_all(workspace_id)):
        raise InvalidInput({"name": f"There is an intent {_plain(new.name)} already."})
    intent_id = ledger.next_id()
    OwnIntent.objects.create(
        id=intent_id,
        workspace_id=workspace_id,
        name=new.name,
        request_type=new.request_type,
        wants=new.wants,
        made_by_id=by,
        made_at=ledger.now,
    )
    ledger.audit(
        workspace_id,
        f"user:{by}",
        "intent_made",
        f"intent:{intent_id}",
        name=new.name,
        request_type=new.request_type,
    )


def name_from(words: str) -> str:
    """Return an intent's name as people write it in the form the database keeps."""
    return re.sub(r"[^a-z0-9]+", "_", words.strip().casefold()).strip("_")[:60]


def meant_by(words: str, intents: Sequence[Intent]) -> str:
    """Return the name of the intent meant by a name or by its plain words; raises InvalidInput."""
    wanted = words.strip().casefold()
    for intent in intents:
        if wanted in (intent.name, _plain(intent.name), intent.wants.casefold()):
            return intent.name
    raise InvalidInput({"intent": "Choose an intent of the list, or make a new one."})


def _problems_with(new: NewIntent, edition: Pack) -> dict[str, str]:
    problems = {}
    if not _NAME.fullmatch(new.name):
        problems["name"] = "Give it a short name of letters and digits, as in Kids swimming."
    elif edition.intent(new.name) is not None:
        problems["name"] = f"There is an intent {_plain(new.name)} already."
    if edition.request_type(new.request_type) is None:
        problems["request_type"] = "Choose a request type of the list."
    if not _SHORTEST_WANTS <= len(new.wants) <= _MAX_WANTS:
        problems["wants"] = 'Say what the customer wants, as in "to know the pool times".'
    return problems


def _plain(name: str) -> str:
    return name.replace("_", " ")
