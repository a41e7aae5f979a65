"""The daily look at memberships: who goes on after a pause, whose ends, whose will end soon."""

from datetime import date

from django.db.models import F, Q

from baton.core.memberships import Standing
from baton.flows.standing import Setting
from baton.services import arrivals
from baton.services.facts import MembershipDue
from baton.services.ledger import Ledger
from baton.store.models import Contact, Membership

_AT_ONCE = 500


def look(ledger: Ledger, workspace_id: str, setting: Setting) -> None:
    """Have every membership for which a day has come decided in its contact's lane.

    Those that another system keeps are told to end soon, and are ended there.
    """
    today = ledger.now.astimezone(setting.hours.zone).date()
    soon = today + setting.policy.renewal_notice
    ends = Q(ends_on__lte=soon, renews=False) & (
        Q(ends_on__lt=today, system_id="")
        | (Q(ends_on__gte=today, state=Standing.ACTIVE) & ~Q(told_end=F("ends_on")))
    )
    back = Q(state=Standing.PAUSED, resume_on__lte=today, system_id="")
    known = Membership.objects.filter(workspace_id=workspace_id).exclude(state=Standing.ENDED)
    found = known.filter(ends | back).order_by("id").values_list("id", "contact_id")
    page: list[tuple[str, str]] = []
    for one in found.iterator(chunk_size=_AT_ONCE):
        page.append(one)
        if len(page) == _AT_ONCE:
            _plan(ledger, workspace_id, today, page)
            page = []
    _plan(ledger, workspace_id, today, page)


def _plan(ledger: Ledger, workspace_id: str, today: date, page: list[tuple[str, str]]) -> None:
    known = Contact.objects.filter(id__in=[contact_id for _id, contact_id in page])
    lanes = dict(known.values_list("id", "lane"))
    told = [
        arrivals.arrival_of(
            MembershipDue(membership_id=membership_id, on=today),
            ledger.house.keyset,
            workspace_id=workspace_id,
            lane=lanes[contact_id],
            dedupe_key=f"membership:{membership_id}:{today.isoformat()}",
            received_at=ledger.now,
        )
        for membership_id, contact_id in page
        if contact_id in lanes
    ]
    if told:
        ledger.house.engine.inbox.append(told)
