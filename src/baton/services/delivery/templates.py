"""Templates of a workspace: written, handed in, approved, and kept as their provider has them.

On WhatsApp the provider decides. On SMS and by email a person who leads does, and another one
than the writer wherever there is another: what nobody approved is never sent.

A version that was handed in is changed no more: what is written next is another version,
and the approved one before goes on being sent until the next is approved.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import QuerySet

from baton.channels import TemplateDraft, TemplateFault, TemplateNews
from baton.channels.wire import Wire
from baton.core import template, template_rules
from baton.core.consent import Purpose
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.roles import Action, Role, may
from baton.core.template import TemplateState
from baton.core.template_rules import Parts
from baton.services import inbox
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import connections, editions, inboxes
from baton.services.workspace.connections import ChannelSettings
from baton.store.models import Inbox, TemplateVersion, User

CHANNEL = connections.WHATSAPP
MAX_WHY = 300
MAX_REASON = 300


class Verdict(StrEnum):
    """What a person says of words that go by SMS or email."""

    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"


_BECOMES = {
    Verdict.APPROVE: TemplateState.APPROVED,
    Verdict.REJECT: TemplateState.REJECTED,
    Verdict.WITHDRAW: TemplateState.PAUSED,
}
_DECIDED_FROM = {
    Verdict.APPROVE: frozenset({TemplateState.SUBMITTED.value, TemplateState.PAUSED.value}),
    Verdict.REJECT: frozenset({TemplateState.SUBMITTED.value}),
    Verdict.WITHDRAW: frozenset({TemplateState.APPROVED.value}),
}


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
    channel: str = template.WHATSAPP
    header: str = ""
    footer: str = ""
    link_label: str = ""
    link_url: str = ""

    @property
    def parts(self) -> Parts:
        """What is judged before it is kept."""
        return Parts(
            channel=self.channel,
            name=self.name,
            language=self.language,
            body=self.body,
            replies=self.replies,
            header=self.header,
            footer=self.footer,
            link_label=self.link_label,
            link_url=self.link_url,
        )


def save(house: House, workspace_id: str, written: Written, *, by: str) -> TemplateVersion:
    """Keep a draft: another version, unless the newest is a draft itself.

    Raises InvalidInput for what a provider would refuse unseen.
    """
    check(written)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        editions.lock(workspace_id)
        newest = list_of(workspace_id, written.channel, written.name, written.language).last()
        if newest is not None and newest.state == TemplateState.DRAFT.value:
            row = newest
            _write(row, written, ledger, by=by)
        else:
            row = next_version(ledger, workspace_id, written, by=by)
        row.save()
        note(ledger, row, by, "template_written", why=row.why)
        ledger.flush()
    return row


def next_version(
    ledger: Ledger, workspace_id: str, written: Written, *, by: str
) -> TemplateVersion:
    """Return a template's next version as it is written, not yet saved."""
    newest = list_of(workspace_id, written.channel, written.name, written.language).last()
    row = TemplateVersion(
        id=ledger.next_id(),
        workspace_id=workspace_id,
        name=written.name,
        channel=written.channel,
        language=written.language,
        number=newest.number + 1 if newest else 1,
    )
    _write(row, written, ledger, by=by)
    return row


def _write(row: TemplateVersion, written: Written, ledger: Ledger, *, by: str) -> None:
    row.body, row.purpose = written.body.strip(), written.purpose.value
    row.header, row.footer = written.header.strip(), written.footer.strip()
    row.link_label, row.link_url = written.link_label.strip(), written.link_url.strip()
    row.replies = [{"key": key, "label": label} for key, label in written.replies]
    row.examples = list(written.examples)
    row.written_by, row.why = by, written.why.strip()
    row.written_at = row.changed_at = ledger.now


def submit(house: House, workspace_id: str, version_id: str, *, by: str) -> TemplateVersion:
    """Hand a draft in; raises Conflict with the provider's no, NotFound."""
    row = get(workspace_id, version_id)
    if row.state != TemplateState.DRAFT.value:
        raise Conflict("Only a draft can be handed in. Write another version.")
    told = _handed_in(house, row)
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        row.provider_id = told.provider_id
        row.state, row.changed_at = TemplateState.SUBMITTED.value, ledger.now
        row.save(update_fields=["provider_name", "provider_id", "state", "changed_at"])
        note(ledger, row, by, "template_submitted")
        _stand(ledger, row, told, by=by)
        ledger.flush()
    return row


def _handed_in(house: House, row: TemplateVersion) -> TemplateNews:
    """Return how a version stands once it is handed in; a person is asked by looking."""
    if row.channel != CHANNEL:
        row.provider_name = row.name
        return _news_of(row, TemplateState.SUBMITTED)
    settings = _account(house, row.workspace_id)
    suffix = "" if row.number == 1 else f"_{row.number}"
    row.provider_name = f"{row.name}{suffix}"
    wire = Wire()
    try:
        told = connections.submit_template(settings, draft_of(row), wire=wire)
    finally:
        wire.close()
    if isinstance(told, TemplateFault):
        raise Conflict(told.problem)
    return told


def decide(house: House, user: User, version_id: str, verdict: Verdict, reason: str) -> None:
    """Approve or reject what was handed in, or take an approval back, in a person's name.

    A no needs a reason. Raises Forbidden, InvalidInput, NotFound, and Conflict for a version
    that does not wait for it, or for whoever wrote it while somebody else could decide.
    """
    inbox.require(user, Action.APPROVE_COPY)
    reason = reason.strip()
    if (verdict is not Verdict.APPROVE and not reason) or len(reason) > MAX_REASON:
        words = f"Say why, in {MAX_REASON} characters at most: its writer reads it."
        raise InvalidInput({"reason": words})
    with house.engine.transaction():
        editions.lock(user.workspace_id)  # of two who decide, the second is told
        row = get(user.workspace_id, version_id)
        refusal = why_not(user, row, verdict)
        if refusal:
            raise Conflict(refusal)
        ledger = Ledger(house, house.clock.now())
        _stand(ledger, row, _news_of(row, _BECOMES[verdict], reason), by=f"user:{user.id}")
        ledger.flush()


def why_not(user: User, row: TemplateVersion, verdict: Verdict) -> str:
    """Return what stands against a person's verdict on a version, "" for nothing."""
    if row.channel == CHANNEL:
        return "Meta decides about this one."
    if row.state not in _DECIDED_FROM[verdict]:
        return "It does not wait for that any more. Look at it again."
    is_own = row.written_by == f"user:{user.id}" and verdict is Verdict.APPROVE
    if is_own and approvers(user.workspace_id) - {user.id}:
        return "You wrote it: somebody else who may approve texts looks at it."
    return ""


def approvers(workspace_id: str) -> frozenset[str]:
    """Return who may approve texts."""
    people = User.objects.filter(workspace_id=workspace_id, is_active=True)
    return frozenset(
        user_id
        for user_id, role in people.values_list("id", "role")
        if may(Role(role), Action.APPROVE_COPY)
    )


def _news_of(row: TemplateVersion, state: TemplateState, reason: str = "") -> TemplateNews:
    return TemplateNews(
        name=row.name, language=row.language, provider_id="", state=state, reason=reason
    )


def sync(house: House, workspace_id: str, *, by: str) -> int:
    """Ask the provider how all stand; return how many changed. Raises Conflict."""
    return take_news(house, workspace_id, list_at_provider(house, workspace_id), by=by)


def list_at_provider(house: House, workspace_id: str) -> tuple[TemplateNews, ...]:
    """Ask the provider for every template of the account; raises Conflict with its no."""
    wire = Wire()
    try:
        told = connections.list_templates(_account(house, workspace_id), wire=wire)
    finally:
        wire.close()
    if isinstance(told, TemplateFault):
        raise Conflict(told.problem)
    return told


def take_news(
    house: House, workspace_id: str, news: Iterable[TemplateNews], *, by: str = "system"
) -> int:
    """Keep what a provider tells of templates; return how many of ours it changed."""
    changed = 0
    with house.engine.transaction():
        ledger = Ledger(house, house.clock.now())
        for one in news:
            row = TemplateVersion.objects.filter(
                workspace_id=workspace_id,
                channel=CHANNEL,
                provider_name=one.name,
                language=ours(one.language),
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
    return tuple(list_of(row.workspace_id, row.channel, row.name, row.language).reverse())


def draft_of(row: TemplateVersion) -> TemplateDraft:
    """Return a version as its provider takes it, with an example of each value."""
    samples = examples_of(row)
    in_header, in_body = template.places_in(row.header), template.places_in(row.body)
    return TemplateDraft(
        name=row.provider_name or row.name,
        language=row.language,
        body=template.numbered(row.body),
        examples=tuple(samples[place] for place in in_body),
        header=template.numbered(row.header),
        header_examples=tuple(samples[place] for place in in_header),
        footer=row.footer,
        link_label=row.link_label,
        link_url=template.numbered(row.link_url),
        link_example=template.fill(row.link_url, samples),
        replies=tuple(one["label"] for one in row.replies),
        purpose=Purpose(row.purpose),
    )


def examples_of(row: TemplateVersion) -> dict[str, str]:
    """Return an example for each place of a version; one without gets its name."""
    places = template.places_in(row.header, row.body, row.link_url)
    given = [*row.examples, *[""] * len(places)]
    return {place: given[number] or _in_words(place) for number, place in enumerate(places)}


def _in_words(place: str) -> str:
    return place.split("|", maxsplit=1)[0].strip().split(".")[-1].replace("_", " ")


def require(user: User) -> None:
    """Raise Forbidden unless a person may write and hand in templates."""
    inbox.require(user, Action.CONFIGURE)


def check(written: Written) -> None:
    """Raise InvalidInput for what a provider would refuse unseen."""
    problems = template_rules.problems_with(written.parts)
    if len(written.why) > MAX_WHY:
        problems["why"] = f"Say why in {MAX_WHY} characters at most."
    places = template.places_in(written.header, written.body, written.link_url)
    if len(written.examples) > len(places):
        problems["examples"] = "There are more examples than values to fill in."
    if problems:
        raise InvalidInput(problems)


def _stand(ledger: Ledger, row: TemplateVersion, told: TemplateNews, *, by: str) -> bool:
    """Keep how a version stands; return whether that is news."""
    state = told.state.value if told.state else row.state
    reason = told.reason[:MAX_REASON] if told.state else row.reason
    quality = told.quality or row.quality
    if (state, reason, quality) == (row.state, row.reason, row.quality):
        return False
    is_sendable_changed = state != row.state
    row.state, row.reason, row.quality, row.changed_at = state, reason, quality, ledger.now
    row.save(update_fields=["state", "reason", "quality", "changed_at"])
    note(ledger, row, by, f"template_{state}", reason=reason, quality=quality)
    if is_sendable_changed:
        editions.count_up(row.workspace_id)
    return True


def note(ledger: Ledger, row: TemplateVersion, by: str, action: str, **details: str) -> None:
    """Write into the audit trail what became of a version."""
    told = {name: value for name, value in details.items() if value}
    name = f"{row.name} {row.language} v{row.number}"
    ledger.audit(row.workspace_id, by, action, f"template:{row.id}", name=name, **told)


def list_of(workspace_id: str, channel: str, name: str, language: str) -> QuerySet[TemplateVersion]:
    """Return the versions of a template, the oldest first."""
    return TemplateVersion.objects.filter(
        workspace_id=workspace_id, name=name, channel=channel, language=language
    ).order_by("number")


def _account(house: House, workspace_id: str) -> ChannelSettings:
    """Return the settings of the account that templates belong to; raises Conflict."""
    rows = Inbox.objects.filter(workspace_id=workspace_id, channel=CHANNEL).order_by("id")
    connected = rows.exclude(settings_sealed=b"").first()
    if connected is None:
        raise Conflict("No WhatsApp number is connected. Connect one under Settings, Channels.")
    return inboxes.settings_of(house, connected)


def ours(language: str) -> str:
    """Return a provider's name of a language as it is kept here."""
    return language.replace("-", "_")
