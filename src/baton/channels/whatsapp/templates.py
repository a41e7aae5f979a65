"""Templates at Meta: handed in for approval, and how each stands.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import msgspec

from baton.channels import (
    Answer,
    NotSentError,
    TemplateDraft,
    TemplateFault,
    TemplateNews,
    UnclearError,
    WirePort,
)
from baton.channels.whatsapp import graph, listing
from baton.channels.whatsapp.payloads import TemplateQuality, TemplateStatus
from baton.channels.whatsapp.settings import CloudSettings
from baton.core.consent import Purpose
from baton.core.json import Json
from baton.core.template import TemplateState

STATUS_FIELD = "message_template_status_update"
QUALITY_FIELD = "message_template_quality_update"

_OK_FROM, _OK_TO = 200, 300
_PAGE, _MOST_PAGES = "100", 20
_FIELDS = "id,name,language,status,rejected_reason,quality_score,category,components"
_NO_REASON = frozenset({"", "NONE"})
# Meta's words for how a template stands; those that are not here change nothing.
_STATES: Mapping[str, TemplateState] = MappingProxyType(
    {
        "APPROVED": TemplateState.APPROVED,
        "REINSTATED": TemplateState.APPROVED,
        "PENDING": TemplateState.SUBMITTED,
        "IN_APPEAL": TemplateState.SUBMITTED,
        "REJECTED": TemplateState.REJECTED,
        "DELETED": TemplateState.REJECTED,
        "PENDING_DELETION": TemplateState.REJECTED,
        "PAUSED": TemplateState.PAUSED,
        "DISABLED": TemplateState.PAUSED,
    }
)


class _Taken(msgspec.Struct):
    id: str
    status: str = ""


class _Score(msgspec.Struct):
    score: str = ""


class _Listed(msgspec.Struct):
    id: str = ""
    name: str = ""
    language: str = ""
    status: str = ""
    rejected_reason: str | None = ""
    quality_score: _Score = msgspec.field(default_factory=_Score)
    category: str = ""
    components: msgspec.Raw = msgspec.Raw(b"[]")


class _Cursors(msgspec.Struct):
    after: str = ""


class _Paging(msgspec.Struct):
    cursors: _Cursors = msgspec.field(default_factory=_Cursors)
    next: str = ""


class _Page(msgspec.Struct):
    data: list[_Listed]
    paging: _Paging = msgspec.field(default_factory=_Paging)


def submit(
    settings: CloudSettings, wire: WirePort, draft: TemplateDraft
) -> TemplateNews | TemplateFault:
    """Hand a template in; what Meta finds wrong is said in its words."""
    path = f"/{settings.business_account_id}/message_templates"
    try:
        answer = wire.ask(graph.request(settings, "POST", path, body=body_of(draft)))
    except (NotSentError, UnclearError) as error:
        return TemplateFault(problem=f"Meta cannot be reached from this server ({error}).")
    taken = graph.read(answer, _Taken) if _is_ok(answer) else None
    if taken is None:
        return TemplateFault(problem=_words_of(answer))
    return TemplateNews(
        name=draft.name,
        language=draft.language,
        provider_id=taken.id,
        state=_STATES.get(taken.status, TemplateState.SUBMITTED),
    )


def list_all(settings: CloudSettings, wire: WirePort) -> tuple[TemplateNews, ...] | TemplateFault:
    """Ask how every template of the account stands."""
    found: list[TemplateNews] = []
    query = {"fields": _FIELDS, "limit": _PAGE}
    path = f"/{settings.business_account_id}/message_templates"
    for _page in range(_MOST_PAGES):
        try:
            answer = wire.ask(graph.request(settings, "GET", path, query=query))
        except (NotSentError, UnclearError) as error:
            return TemplateFault(problem=f"Meta cannot be reached from this server ({error}).")
        page = graph.read(answer, _Page) if _is_ok(answer) else None
        if page is None:
            return TemplateFault(problem=_words_of(answer))
        found += [_news_of(one) for one in page.data]
        if not page.paging.next or not page.paging.cursors.after:
            break
        query["after"] = page.paging.cursors.after
    return tuple(found)


def body_of(draft: TemplateDraft) -> dict[str, Json]:
    """Return a template as Meta takes it; a service message counts as utility."""
    is_promotion = draft.purpose is Purpose.PROMOTIONAL
    return {
        "name": draft.name,
        "language": draft.language.replace("-", "_"),
        "category": "MARKETING" if is_promotion else "UTILITY",
        "components": [*_components(draft)],
    }


def _components(draft: TemplateDraft) -> Iterator[dict[str, Json]]:
    if draft.header:
        above: dict[str, Json] = {"type": "HEADER", "format": "TEXT", "text": draft.header}
        if draft.header_examples:
            above["example"] = {"header_text": [*draft.header_examples]}
        yield above
    text: dict[str, Json] = {"type": "BODY", "text": draft.body}
    if draft.examples:
        samples: list[Json] = [[*draft.examples]]
        text["example"] = {"body_text": samples}
    yield text
    if draft.footer:
        yield {"type": "FOOTER", "text": draft.footer}
    # Quick replies stand together, and what leads elsewhere after them.
    buttons: list[Json] = [{"type": "QUICK_REPLY", "text": label} for label in draft.replies]
    if draft.link_url:
        button: dict[str, Json] = {
            "type": "URL",
            "text": draft.link_label,
            "url": draft.link_url,
        }
        if "{{" in draft.link_url:
            button["example"] = [draft.link_example]
        buttons.append(button)
    if buttons:
        yield {"type": "BUTTONS", "buttons": buttons}


def told_of_status(told: TemplateStatus) -> TemplateNews:
    """Return what a webhook tells of a template's approval."""
    described = told.other_info.description if told.other_info else ""
    reason = "" if told.reason in _NO_REASON else told.reason or ""
    return TemplateNews(
        name=told.message_template_name,
        language=told.message_template_language,
        provider_id=str(told.message_template_id),
        state=_STATES.get(told.event),
        reason=" ".join(filter(None, (reason, described))),
    )


def told_of_quality(told: TemplateQuality) -> TemplateNews:
    """Return what a webhook tells of how people take a template."""
    return TemplateNews(
        name=told.message_template_name,
        language=told.message_template_language,
        provider_id=str(told.message_template_id),
        quality=told.new_quality_score,
    )


def news_in(changes: Iterator[tuple[str, msgspec.Raw]]) -> tuple[TemplateNews, ...]:
    """Return what the changes of a webhook tell of templates; odd ones are passed over."""
    found = []
    for field, raw in changes:
        try:
            if field == STATUS_FIELD:
                found.append(told_of_status(msgspec.json.decode(raw, type=TemplateStatus)))
            elif field == QUALITY_FIELD:
                found.append(told_of_quality(msgspec.json.decode(raw, type=TemplateQuality)))
        except (msgspec.DecodeError, RecursionError):
            continue
    return tuple(found)


def _news_of(listed: _Listed) -> TemplateNews:
    words = listing.words_of(listed.name, listed.language, listed.category, listed.components)
    return TemplateNews(
        name=listed.name,
        language=listed.language,
        provider_id=listed.id,
        state=_STATES.get(listed.status),
        reason="" if listed.rejected_reason in _NO_REASON else listed.rejected_reason or "",
        quality=listed.quality_score.score,
        words=words if isinstance(words, TemplateDraft) else None,
        unfit=words if isinstance(words, str) else "",
    )


def _is_ok(answer: Answer) -> bool:
    return _OK_FROM <= answer.status < _OK_TO


def _words_of(answer: Answer) -> str:
    problem = graph.problem_of(answer)
    if words := graph.setting_fault_of(answer, problem):
        return words
    told = problem.error_user_msg or problem.message
    return f"Meta refused it: {told[:200]}" if told else f"Meta answered {answer.status}."
