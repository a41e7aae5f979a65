"""Sets a workspace up from an assessment: request types, intents with examples, flows as drafts.

Nothing of it reaches a customer: a draft starts nothing until it is published and rolled out, and
an intent is read once a reader that learned it is live.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from baton.core.errors import Conflict, InvalidInput
from baton.core.roles import Action
from baton.core.teaching import NewIntent
from baton.core.triage import TriageScore
from baton.services import inbox
from baton.services.flows import flow_drafts
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.pilot import assessments
from baton.services.workspace import editions, lessons, library, own_intents, own_types
from baton.services.writing import yaml_edits
from baton.store.models import User

_MOST_WORDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """What was set up: request types by title, flows by name; `there` had a draft already."""

    types: tuple[str, ...]
    flows: tuple[str, ...]
    there: tuple[str, ...]


def set_up(
    house: House, user: User, assessment_id: str, *, flows: Collection[str], types: Collection[str]
) -> SetUp:
    """Keep chosen request types as the workspace's own, and begin chosen flows as drafts.

    Raises InvalidInput where nothing is chosen or somebody removed it from the findings, Conflict
    while it is not done, NotFound, or Forbidden for a role.
    """
    inbox.require(user, Action.RUN_PILOT)
    inbox.require(user, Action.CONFIGURE)
    inbox.require(user, Action.TEACH)
    line = assessments.open_one(house, user, assessment_id)
    if line.state != assessments.DONE:
        message = "It is not assessed yet. Wait until it is done."
        raise Conflict(message)
    cases = [one for one in line.told["backlog"] if one["template"] in flows]
    found = [one for one in line.told["types"] if one["name"] in types]
    if not cases and not found:
        raise InvalidInput({"chosen": "Choose a flow or a request type first."})
    titles = _kept_types(house, user, assessment_id, found)
    begun, there = [], []
    for case in cases:
        kinds = [one for one in line.told["types"] if one["name"] in case["types"]]
        try:
            begun.append(flow_drafts.begin(house, user, _source_of(case, kinds)))
        except Conflict:
            there.append(str(case["template"]))
    return SetUp(types=tuple(titles), flows=tuple(begun), there=tuple(there))


def suggested(told: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what an assessment proposes to begin with: one flow, and what matters most (T21)."""
    flows = tuple(str(one["template"]) for one in told["backlog"][:1])
    return flows, tuple(str(one) for one in told["map"])


def _source_of(case: Mapping[str, Any], kinds: list[Mapping[str, Any]]) -> str:
    """Return a template's YAML with how often it is asked here, as it was counted."""
    source = library.load_template(case["template"]).source
    often = round(sum(one["per_week"] for one in kinds))
    return yaml_edits.with_value(source, ("triage", "frequency_per_week"), often)


def _kept_types(
    house: House, user: User, assessment_id: str, found: list[Mapping[str, Any]]
) -> list[str]:
    edition = editions.edition_of(house, user.workspace_id)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        for one in found:
            name = _name_of(one)
            axes = TriageScore(
                complexity=one["complexity"],
                emotion=one["emotion"],
                frequency=one["frequency"],
                value=one["value"],
            )
            own_types.keep(
                ledger,
                user.workspace_id,
                name,
                _title_of(one),
                axes,
                assessment_id=assessment_id,
                by=f"user:{user.id}",
            )
            if one["is_own"] and edition.intent(name) is None:
                _teach(house, ledger, user, name, one)
        if found:
            editions.count_up(user.workspace_id)
        ledger.flush()
    return [_title_of(one) for one in found]


def _teach(house: House, ledger: Ledger, user: User, name: str, one: Mapping[str, Any]) -> None:
    """Make the intent of a request type of its own, with its most typical messages as examples."""
    edition = editions.edition_of(house, user.workspace_id)  # with the type that was just kept
    new = NewIntent(name=name, request_type=name, wants=f"something about {_title_of(one)}")
    own_intents.make(ledger, edition, new, user.workspace_id, user.id)
    lessons.teach_lines(ledger, user, name, "\n".join(one["examples"]))


def _title_of(one: Mapping[str, Any]) -> str:
    title = str(one["title"]).strip("\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}")
    return title[:1].upper() + title[1:] if one["is_own"] else title


def _name_of(one: Mapping[str, Any]) -> str:
    """Return the name under which a request type is kept: the pack's, or made of its words."""
    if not one["is_own"]:
        return str(one["name"])
    words = "_".join(one["words"][:_MOST_WORDS]).casefold()
    plain = re.sub(r"[^a-z0-9]+", "_", words).strip("_")[:60].strip("_")
    return plain if re.match(r"[a-z]", plain) else str(one["name"])
