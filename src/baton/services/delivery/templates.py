"""Templates of a workspace: written, handed in, approved, and kept as their provider has them.

A version that was handed in is changed no more: what is written next is another version,
and the approved one before goes on being sent until the next is approved.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet

from baton.channels import TemplateDraft, TemplateFault, TemplateNews
from baton.channels.wire import Wire
from baton.core import template
from baton.core.consent import Purpose
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.roles import Action
from baton.core.template import TemplateState
from baton.services import inbox
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import connections, editions, inboxes
from baton.services.workspace.connections import ChannelSettings
from baton.store.models import Inbox, TemplateVersion, User

CHANNEL = connections.WHATSAPP
MAX_WHY = 300
_MAX_REASON = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A template as somebody writes it; `why` is kept with the version."""

    name: str
    language: str
    purpose: Purpose
    body: str
    replies: tuple[tuple[str, str], ...] = ()
    examples: tuple[str, ...] = field(default=())
    why: str = ""


def save(house: House, workspace_id: str, written: Written, *, by: str) -> TemplateVersion:
    """Keep a draft: another version, unless the newest is a draft itself.

    Raises InvalidInput for what a provider would refuse unseen.
    """
    _check(written)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        editions.lock(workspace_id)
        newest = _versions(workspace_id, written.name, written.language).last()
        row = newest if newest and newest.state == TemplateState.DRAFT.value else None
        if row is None:
            number = newest.number + 1 if newest else 1
            row = TemplateVersion(
                id=ledger.next_id(),
                workspace_id=workspace_id,
                name=written.name,
                channel=CHANNEL,
                language=written.language,
                number=number,
            )
        row.body, row.purpose = written.body.strip(), written.purpose.value
        row.replies = [{"key": key, "label": label} for key, label in written.replies]
        row.examples = list(written.examples)
        row.written_by, row.why = by, written.why.strip()
        row.written_at = row.changed_at = ledger.now
        row.save()
        _note(ledger, row, by, "template_written", why=row.why)
        ledger.flush()
    return row


def submit(house: House, workspace_id: str, version_id: str, *, by: str) -> TemplateVersion:
    """Hand a draft in to its provider; raises Conflict with the provider's no, NotFound."""
    row = get(workspace_id, version_id)
    if row.state != TemplateState.DRAFT.value:
        raise Conflict("Only a draft can be handed in. Write another version.")
    settings = _account(house, workspace_id)
    suffix = "" if row.number == 1 else f"_{row.number}"
    row.provider_name = f"{row.name}{suffix}"
    wire = Wire()
    try:
        told = connections.submit_template(settings, draft_of(row), wire=wire)
    finally:
        wire.close()
    if isinstance(told, TemplateFault):
        raise Conflict(told.problem)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        row.provider_id = told.provider_id
        row.save(update_fields=["provider_name", "provider_id"])
        _note(ledger, row, by, "template_submitted")
        _stand(ledger, row, told, by=by)
        ledger.flush()
    return row


def sync(house: House, workspace_id: str, *, by: str) -> int:
    """Ask the provider how all stand; return how many changed. Raises Conflict, NotFound."""
    wire = Wire()
    try:
        told = connections.list_templates(_account(house, workspace_id), wire=wire)
    finally:
        wire.close()
    if isinstance(told, TemplateFault):
        raise Conflict(told.problem)
    return take_news(house, workspace_id, told, by=by)


def take_news(
    house: House, workspace_id: str, news: Iterable[TemplateNews], *, by: str = "system"
) -> int:
    """Keep what a provider tells of templates; return how many of ours it changed."""
    changed = 0
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        for one in news:
            row = TemplateVersion.objects.filter(
                workspace_id=workspace_id, provider_name=one.name, language=_ours(one.language)
            ).first()
            if row is not None:
                changed += _stand(ledger, row, one, by=by)
        ledger.flush()
    return changed


def get(workspace_id: str, version_id: str) -> TemplateVersion:
    """Return a version; raises NotFound."""
    row = TemplateVersion.objects.filter(id=version_id, workspace_id=workspace_id).first()
    if row is None:
        raise NotFound("template", version_id)
    return row


def list_newest(workspace_id: str) -> tuple[TemplateVersion, ...]:
    """Return the newest version of each template, by name and language."""
    rows = TemplateVersion.objects.filter(workspace_id=workspace_id).order_by("number")
    newest = {(row.name, row.channel, row.language): row for row in rows}
    return tuple(newest[key] for key in sorted(newest))


def list_history(row: TemplateVersion) -> tuple[TemplateVersion, ...]:
    """Return every version of a template, the newest first."""
    return tuple(_versions(row.workspace_id, row.name, row.language).reverse())


def draft_of(row: TemplateVersion) -> TemplateDraft:
    """Return a version as its provider takes it; a place without an example gets its name."""
    places = template.places_in(row.body)
    named = (place.split("|")[0].strip().split(".")[-1].replace("_", " ") for place in places)
    given = [*row.examples, *[""] * len(places)]
    examples = (given[n] or name for n, name in enumerate(named))
    return TemplateDraft(
        name=row.provider_name or row.name,
        language=row.language,
        body=template.numbered(row.body),
        examples=tuple(examples),
        replies=tuple(one["label"] for one in row.replies),
        purpose=Purpose(row.purpose),
    )


def require(user: User) -> None:
    """Raise Forbidden unless a person may write and hand in templates."""
    inbox.require(user, Action.CONFIGURE)


def _check(written: Written) -> None:
    problems = template.problems_with(
        name=written.name, language=written.language, body=written.body, replies=written.replies
    )
    if len(written.why) > MAX_WHY:
        problems["why"] = f"Say why in {MAX_WHY} characters at most."
    if len(written.examples) > len(template.places_in(written.body)):
        problems["examples"] = "There are more examples than values to fill in."
    if problems:
        raise InvalidInput(problems)


def _stand(ledger: Ledger, row: TemplateVersion, told: TemplateNews, *, by: str) -> bool:
    """Keep how a version stands; return whether that is news."""
    state = told.state.value if told.state else row.state
    reason = told.reason[:_MAX_REASON] if told.state else row.reason
    quality = told.quality or row.quality
    if (state, reason, quality) == (row.state, row.reason, row.quality):
        return False
    is_sendable_changed = state != row.state
    row.state, row.reason, row.quality, row.changed_at = state, reason, quality, ledger.now
    row.save(update_fields=["state", "reason", "quality", "changed_at"])
    _note(ledger, row, by, f"template_{state}", reason=reason, quality=quality)
    if is_sendable_changed:
        editions.count_up(row.workspace_id)
    return True


def _note(ledger: Ledger, row: TemplateVersion, by: str, action: str, **details: str) -> None:
    told = {name: value for name, value in details.items() if value}
    name = f"{row.name} {row.language} v{row.number}"
    ledger.audit(row.workspace_id, by, action, f"template:{row.id}", name=name, **told)


def _versions(workspace_id: str, name: str, language: str) -> QuerySet[TemplateVersion]:
    return TemplateVersion.objects.filter(
        workspace_id=workspace_id, name=name, channel=CHANNEL, language=language
    ).order_by("number")


def _account(house: House, workspace_id: str) -> ChannelSettings:
    """Return the settings of the account that templates belong to; raises Conflict."""
    rows = Inbox.objects.filter(workspace_id=workspace_id, channel=CHANNEL).order_by("id")
    connected = rows.exclude(settings_sealed=b"").first()
    if connected is None:
        raise Conflict("No WhatsApp number is connected. Connect one under Settings, Channels.")
    return inboxes.settings_of(house, connected)


def _ours(language: str) -> str:
    return language.replace("-", "_")
