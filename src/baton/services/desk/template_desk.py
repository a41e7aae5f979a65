"""Settings > Templates: what is written and how it stands, and what flows name and nobody wrote."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from baton.channels import TemplateNews
from baton.core import consent, template
from baton.core.consent import Purpose
from baton.core.errors import NotFound
from baton.core.policy import Policy
from baton.core.roles import Action, Role, may
from baton.core.template import EMAIL, TemplateState
from baton.flows.document import Flow
from baton.flows.steps.ask import Ask
from baton.flows.wording import Wording
from baton.services.delivery import adopting, templates
from baton.services.delivery.templates import CHANNEL, Verdict, Written
from baton.services.house import House
from baton.services.workspace.standards import standards_cache
from baton.store.models import TemplateVersion, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One version as a page shows it.

    `text` is what a contact reads, with the examples, `heading` what stands above it, `link`
    where its button leads; `verdicts` are what its reader may say of it, `refusal` why they may not
    approve what waits for it.
    """

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
    header: str
    heading: str
    footer: str
    link_label: str
    link_url: str
    link: str
    examples: tuple[str, ...]
    provider_name: str
    by: str
    why: str
    written_at: datetime
    changed_at: datetime
    verdicts: tuple[Verdict, ...] = ()
    refusal: str = ""

    @property
    def is_copy(self) -> bool:
        """Whether a person of the workspace approves it."""
        return self.channel in template.COPY_CHANNELS

    @property
    def is_draft(self) -> bool:
        """Whether it may still be changed, and handed in."""
        return self.state is TemplateState.DRAFT


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A template that a live flow names; `text` is what the flow says in its place."""

    name: str
    flow: str
    channel: str
    language: str
    purpose: Purpose
    text: str
    subject: str
    replies: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Every template's newest version, and those that flows name and nobody wrote.

    `waiting` are those that their reader may approve.
    """

    cards: tuple[Card, ...]
    waiting: tuple[Card, ...]
    missing: tuple[Named, ...]


def get_board(house: House, user: User) -> Board:
    """Return how templates stand; raises Forbidden for a role."""
    templates.require(user)
    rows = templates.list_newest(user.workspace_id)
    written = {(row.name, row.channel, row.language.split("_")[0]) for row in rows}
    named = {(one.name, one.channel, one.language): one for one in _named(house, user.workspace_id)}
    missing = tuple(one for place, one in sorted(named.items()) if place not in written)
    cards = _cards(rows, user)
    waits = tuple(
        one
        for one in cards
        if one.state is TemplateState.SUBMITTED and Verdict.APPROVE in one.verdicts
    )
    return Board(cards=cards, waiting=waits, missing=missing)


def list_versions(user: User, version_id: str) -> tuple[Card, ...]:
    """Return every version of a template, the newest first; raises Forbidden, NotFound."""
    templates.require(user)
    row = templates.get(user.workspace_id, version_id)
    return _cards(templates.list_history(row), user)


def find_named(
    house: House, user: User, name: str, language: str, channel: str = CHANNEL
) -> Named | None:
    """Return what a flow says where it names a template; raises Forbidden."""
    templates.require(user)
    found = _named(house, user.workspace_id)
    wanted = name, language, channel or CHANNEL
    return next((one for one in found if (one.name, one.language, one.channel) == wanted), None)


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


def decide(house: House, user: User, version_id: str, verdict: str, reason: str) -> None:
    """Say yes or no to words that go by SMS or email; raises as `templates.decide`."""
    templates.require(user)
    if verdict not in tuple(Verdict):
        raise NotFound("verdict", verdict)
    templates.decide(house, user, version_id, Verdict(verdict), reason)


def sync(house: House, user: User) -> int:
    """Ask how all stand and return how many changed; raises Forbidden, Conflict."""
    templates.require(user)
    return templates.sync(house, user.workspace_id, by=f"user:{user.id}")


def list_foreign(house: House, user: User) -> tuple[TemplateNews, ...]:
    """Return what Meta has and nobody wrote here; raises Forbidden, Conflict."""
    templates.require(user)
    return adopting.list_foreign(house, user.workspace_id)


def find_foreign(house: House, user: User, name: str, language: str) -> TemplateNews:
    """Return one that may be taken over; raises Forbidden, Conflict, NotFound."""
    templates.require(user)
    return adopting.find_foreign(house, user.workspace_id, name, language)


def adopt(house: House, user: User, provider_name: str, written: Written) -> TemplateVersion:
    """Take one over; raises as `adopting.adopt`, and Forbidden."""
    templates.require(user)
    return adopting.adopt(house, user.workspace_id, provider_name, written, by=f"user:{user.id}")


def _named(house: House, workspace_id: str) -> Iterator[Named]:
    standards = standards_cache(house).standards_of(workspace_id)
    library = standards.library
    flows = (library.at(name, version) for name, version in library.live.items())
    for flow in filter(None, flows):
        for step in flow.steps.values():
            options = step.options if isinstance(step, Ask) else ()
            for wording in filter(lambda one: one.template, step.wordings.values()):
                for channel in _approved_on(flow, wording, standards.policy):
                    yield from (
                        Named(
                            name=wording.template,
                            flow=flow.name,
                            channel=channel,
                            language=language,
                            purpose=flow.charter.purpose,
                            text=wording.body_on(channel, language),
                            subject=wording.subject_in(language) if channel == EMAIL else "",
                            replies=tuple(
                                (one.choice.key, one.choice_in(language).label) for one in options
                            ),
                        )
                        for language in (flow.locale, *wording.translations)
                    )


def _approved_on(flow: Flow, wording: Wording, policy: Policy) -> tuple[str, ...]:
    """Return the channels on which a text goes in approved words alone, now or later."""
    listed, purpose = policy.approved_copy, flow.charter.purpose
    return tuple(
        channel
        for channel in wording.channels or flow.channels
        if channel == CHANNEL or consent.is_listed(listed, channel, purpose)
    )


def _cards(rows: tuple[TemplateVersion, ...], user: User | None = None) -> tuple[Card, ...]:
    ids = {row.written_by.removeprefix("user:") for row in rows}
    names = dict(User.objects.filter(id__in=ids).values_list("id", "name"))
    return tuple(_card(row, names, user) for row in rows)


def _card(row: TemplateVersion, names: dict[str, str], user: User | None) -> Card:
    samples = templates.examples_of(row)
    may_decide = user is not None and may(Role(user.role), Action.APPROVE_COPY)
    against = {one: templates.why_not(user, row, one) for one in Verdict if user and may_decide}
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
        text=template.fill(row.body, samples),
        header=row.header,
        heading=template.fill(row.header, samples),
        footer=row.footer,
        link_label=row.link_label,
        link_url=row.link_url,
        link=template.fill(row.link_url, samples),
        replies=tuple((one["key"], one["label"]) for one in row.replies),
        examples=tuple(row.examples),
        provider_name=row.provider_name,
        by=names.get(row.written_by.removeprefix("user:"), row.written_by),
        why=row.why,
        written_at=row.written_at,
        changed_at=row.changed_at,
        verdicts=tuple(one for one, words in against.items() if not words),
        refusal=_refusal_shown(row, against),
    )


def _refusal_shown(row: TemplateVersion, against: dict[Verdict, str]) -> str:
    """Return why its reader may not approve what waits for a person's word."""
    if row.channel == CHANNEL or row.state != TemplateState.SUBMITTED.value:
        return ""
    return against.get(Verdict.APPROVE, "It waits for somebody who may approve texts.")
