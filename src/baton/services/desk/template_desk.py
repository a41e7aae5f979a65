"""Settings > Templates: what is written and how it stands, and what flows name and nobody wrote."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from baton.channels import TemplateDraft
from baton.core import template
from baton.core.consent import Purpose
from baton.core.template import TemplateState
from baton.flows.steps.ask import Ask
from baton.services.delivery import templates
from baton.services.delivery.templates import CHANNEL, Written
from baton.services.house import House
from baton.services.workspace.workspaces import standards_cache
from baton.store.models import TemplateVersion, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One version as a page shows it; `text` is what a contact reads, with the examples."""

    id: str
    name: str
    channel: str
    language: str
    number: int
    state: TemplateState
    reason: str
    quality: str
    purpose: Purpose
    body: str
    text: str
    replies: tuple[tuple[str, str], ...]
    examples: tuple[str, ...]
    provider_name: str
    by: str
    why: str
    written_at: datetime
    changed_at: datetime

    @property
    def is_draft(self) -> bool:
        """Whether it may still be changed, and handed in."""
        return self.state is TemplateState.DRAFT


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A template that a live flow names; `text` is what the flow says in its place."""

    name: str
    flow: str
    language: str
    purpose: Purpose
    text: str
    replies: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Every template's newest version, and those that flows name and nobody wrote."""

    cards: tuple[Card, ...]
    missing: tuple[Named, ...]


def get_board(house: House, user: User) -> Board:
    """Return how templates stand; raises Forbidden for a role."""
    templates.require(user)
    rows = templates.list_newest(user.workspace_id)
    written = {(row.name, row.language.split("_")[0]) for row in rows}
    named = {(one.name, one.language): one for one in _named(house, user.workspace_id)}
    missing = tuple(one for place, one in sorted(named.items()) if place not in written)
    return Board(cards=_cards(rows), missing=missing)


def list_versions(user: User, version_id: str) -> tuple[Card, ...]:
    """Return every version of a template, the newest first; raises Forbidden, NotFound."""
    templates.require(user)
    row = templates.get(user.workspace_id, version_id)
    return _cards(templates.list_history(row))


def find_named(house: House, user: User, name: str, language: str) -> Named | None:
    """Return what a flow says where it names a template; raises Forbidden."""
    templates.require(user)
    found = _named(house, user.workspace_id)
    return next((one for one in found if (one.name, one.language) == (name, language)), None)


def list_cards(workspace_id: str) -> tuple[Card, ...]:
    """Return the newest version of each template, for scripts."""
    return _cards(templates.list_newest(workspace_id))


def save(house: House, user: User, written: Written) -> TemplateVersion:
    """Keep a draft; raises Forbidden, InvalidInput."""
    templates.require(user)
    return templates.save(house, user.workspace_id, written, by=f"user:{user.id}")


def submit(house: House, user: User, version_id: str) -> TemplateVersion:
    """Hand a draft in; raises Forbidden, Conflict, NotFound."""
    templates.require(user)
    return templates.submit(house, user.workspace_id, version_id, by=f"user:{user.id}")


def sync(house: House, user: User) -> int:
    """Ask how all stand and return how many changed; raises Forbidden, Conflict."""
    templates.require(user)
    return templates.sync(house, user.workspace_id, by=f"user:{user.id}")


def _named(house: House, workspace_id: str) -> Iterator[Named]:
    library = standards_cache(house).standards_of(workspace_id).library
    flows = (library.at(name, version) for name, version in library.live.items())
    for flow in filter(None, flows):
        for step in flow.steps.values():
            options = step.options if isinstance(step, Ask) else ()
            for wording in step.wordings.values():
                if not wording.template or CHANNEL not in (wording.channels or flow.channels):
                    continue
                for language in (flow.locale, *wording.translations):
                    yield Named(
                        name=wording.template,
                        flow=flow.name,
                        language=language,
                        purpose=flow.charter.purpose,
                        text=wording.body_on(CHANNEL, language),
                        replies=tuple(
                            (one.choice.key, one.choice_in(language).label) for one in options
                        ),
                    )


def _cards(rows: tuple[TemplateVersion, ...]) -> tuple[Card, ...]:
    ids = {row.written_by.removeprefix("user:") for row in rows}
    names = dict(User.objects.filter(id__in=ids).values_list("id", "name"))
    return tuple(_card(row, names) for row in rows)


def _card(row: TemplateVersion, names: dict[str, str]) -> Card:
    draft: TemplateDraft = templates.draft_of(row)
    return Card(
        id=row.id,
        name=row.name,
        channel=row.channel,
        language=row.language,
        number=row.number,
        state=TemplateState(row.state),
        reason=row.reason,
        quality=row.quality,
        purpose=Purpose(row.purpose),
        body=row.body,
        text=template.fill(row.body, draft.examples),
        replies=tuple((one["key"], one["label"]) for one in row.replies),
        examples=tuple(row.examples),
        provider_name=row.provider_name,
        by=names.get(row.written_by.removeprefix("user:"), row.written_by),
        why=row.why,
        written_at=row.written_at,
        changed_at=row.changed_at,
    )
