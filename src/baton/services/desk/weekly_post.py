"""The weekly report by email, every Monday, to those who chose it, with the paper beside."""

from dataclasses import replace

import msgspec

from baton.channels import ChannelsPort, Letterhead, Outgoing, OutgoingFile
from baton.core import alerts, staff_digest
from baton.core.errors import InvalidInput
from baton.core.roles import Action, Role, may
from baton.runtime.ports import Done, Effect, Outcome, Refused
from baton.services import inbox
from baton.services.desk import weekly_board, weekly_paper
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.workspace import staff_digests
from baton.services.workspace.connections import EMAIL
from baton.services.workspace.staff_digests import WeeklyOrder
from baton.store.models import User
from baton.store.queries import ways


def want(house: House, user: User, *, is_wanted: bool) -> None:
    """Keep whether somebody gets the report by email every Monday.

    Raises Forbidden for a role, InvalidInput without an email inbox to send it through.
    """
    inbox.require(user, Action.READ_REPORTS)
    if is_wanted and ways.find_inbox(user.workspace_id, EMAIL) is None:
        raise InvalidInput({"weekly": "An email inbox must be connected first."})
    now = house.clock.now()
    monday = staff_digest.monday_of(now, inbox.zone_of(user.workspace_id))
    # The one of this week is on the page already: the next one is the first.
    chosen = replace(alerts.parse(user.alerts), has_weekly=is_wanted, weekly_on=monday)
    with house.engine.transaction():
        User.objects.filter(id=user.id).update(alerts=alerts.render(chosen))
        ledger = Ledger(house, now)
        if is_wanted:
            staff_digests.plan(ledger, user.workspace_id)
        actor = f"user:{user.id}"
        ledger.audit(user.workspace_id, actor, "weekly_chosen", actor, is_wanted=is_wanted)
        ledger.flush()


def deliver(house: House, channels: ChannelsPort, effect: Effect) -> Outcome:
    """Send the report to one reader; to nobody who may not read it any more."""
    order = msgspec.json.decode(effect.body, type=WeeklyOrder)
    user = User.objects.filter(id=order.user_id, is_active=True).first()
    if user is None or not may(Role(user.role), Action.READ_REPORTS):
        return Done()
    inbox_id = ways.find_inbox(effect.workspace_id, EMAIL)
    channel = channels.find(EMAIL, inbox_id) if inbox_id else None
    if channel is None:
        return Refused(reason="no_email_inbox")
    week = weekly_board.show(house, user)
    title = weekly_paper.title_of(week)
    return channel.send(
        Outgoing(
            message_id=effect.id,
            lane=effect.lane,
            text=weekly_paper.text_of(week, f"{house.base_url}/reports/weekly"),
            choices=(),
            address=user.email,
            files=(
                OutgoingFile(
                    name=f"week-{week.begins:%Y-%m-%d}.pdf",
                    media_type="application/pdf",
                    content=weekly_paper.pdf_of(week),
                ),
            ),
            letterhead=Letterhead(tag=effect.id, subject=title, sent_at=house.clock.now()),
        )
    )
