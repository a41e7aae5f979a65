"""Templates that somebody made at the provider, taken over with their approval.

Their words are approved as they stand there, so nothing of them changes here but that each
value gets the name of what a flow fills in, and each quick reply what it answers.
"""

from collections.abc import Iterator

from baton.channels import TemplateDraft, TemplateNews
from baton.core import template
from baton.core.consent import Purpose
from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.template import TemplateState
from baton.services.delivery import templates
from baton.services.delivery.templates import CHANNEL, Written
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import editions
from baton.store.models import TemplateVersion


def list_foreign(house: House, workspace_id: str) -> tuple[TemplateNews, ...]:
    """Return the provider's templates that nobody wrote here, by name; raises Conflict."""
    told = templates.list_at_provider(house, workspace_id)
    known = frozenset(
        TemplateVersion.objects.filter(workspace_id=workspace_id, channel=CHANNEL)
        .exclude(provider_name="")
        .values_list("provider_name", "language")
    )
    foreign = [one for one in told if (one.name, templates.ours(one.language)) not in known]
    return tuple(sorted(foreign, key=lambda one: (one.name, one.language)))


def find_foreign(house: House, workspace_id: str, name: str, language: str) -> TemplateNews:
    """Return one that may be taken over; raises NotFound, and Conflict for one that is unfit."""
    wanted = name, templates.ours(language)
    for one in list_foreign(house, workspace_id):
        if (one.name, templates.ours(one.language)) == wanted:
            if one.words is None or one.state is None:
                raise Conflict(one.unfit or "Meta does not say how it stands. Ask again later.")
            return one
    raise NotFound("template", name)


def adopt(
    house: House, workspace_id: str, provider_name: str, written: Written, *, by: str
) -> TemplateVersion:
    """Take a template over as it stands at the provider; it may be sent at once if approved.

    Raises Conflict for one that is unfit or was taken over meanwhile, InvalidInput where its
    words differ from those that were approved, NotFound.
    """
    found = find_foreign(house, workspace_id, provider_name, written.language)
    templates.check(written)
    if problems := dict(_differences(found.words, written) if found.words else ()):
        raise InvalidInput(problems)
    with house.engine.transaction():
        editions.lock(workspace_id)
        taken = TemplateVersion.objects.filter(
            workspace_id=workspace_id,
            channel=CHANNEL,
            provider_name=provider_name,
            language=written.language,
        )
        if taken.exists():
            raise Conflict("Somebody has just taken it over. Look at the list again.")
        ledger = Ledger(house, house.clock.now())
        row = templates.next_version(ledger, workspace_id, written, by=by)
        row.provider_name, row.provider_id = found.name, found.provider_id
        row.state = (found.state or TemplateState.SUBMITTED).value
        row.reason, row.quality = found.reason[: templates.MAX_REASON], found.quality
        row.save()
        templates.note(ledger, row, by, "template_adopted", why=row.why)
        editions.count_up(workspace_id)
        ledger.flush()
    return row


def _differences(approved: TemplateDraft, written: Written) -> Iterator[tuple[str, str]]:
    """Tell by field what is not as the provider approved it, or not named yet."""
    pairs = {
        "header": (approved.header, template.numbered(written.header.strip())),
        "body": (approved.body.strip(), template.numbered(written.body.strip())),
        "footer": (approved.footer, written.footer.strip()),
        "link_label": (approved.link_label, written.link_label.strip()),
        "link_url": (approved.link_url, template.numbered(written.link_url.strip())),
    }
    for field, (theirs, own) in pairs.items():
        if theirs != own:
            yield (
                field,
                (
                    f"Meta approved these words: {theirs or 'none'} Change nothing but what stands "
                    "between {{ and }}, and give each value a name of its own."
                ),
            )
    if any(place.isdigit() for place in template.places_in(written.body, written.header)):
        yield "body", "Name what each number stands for, as {{ contact.first_name }}."
    if any(place.isdigit() for place in template.places_in(written.link_url)):
        yield "link_url", "Name what the number stands for, as {{ run.order }}."
    if tuple(label for _key, label in written.replies) != approved.replies:
        yield "replies", f"Its buttons say, in this order: {', '.join(approved.replies) or 'none'}."
    if (written.purpose is Purpose.PROMOTIONAL) != (approved.purpose is Purpose.PROMOTIONAL):
        yield "purpose", "Promotional is what Meta calls marketing, and nothing else."
