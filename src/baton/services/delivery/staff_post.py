"""A digest on its way to somebody of the staff, through the workspace's own email inbox.

It counts notices by kind and says nothing of a contact: mail lies about on phones.
"""

from collections import Counter

import msgspec

from baton.channels import ChannelsPort, Letterhead, Outgoing
from baton.runtime.ports import Done, Effect, Outcome, Refused
from baton.services.house import House
from baton.services.notices import Kind
from baton.services.workspace.connections import EMAIL
from baton.services.workspace.staff_digests import MailOrder
from baton.store.models import Notice, User
from baton.store.queries import ways

_LINES = {
    Kind.CLOCK_WARNED: "a promise near its end",
    Kind.CLOCK_BREACHED: "a promise overdue",
    Kind.OFFERED: "a conversation offered to you",
    Kind.TASK_WARNED: "something to do, near its end",
    Kind.TASK_OVERDUE: "something to do, overdue",
    Kind.LOW_RATING: "a low rating by a contact",
    Kind.CSAT_FELL: "a fall of CSAT on a channel",
    Kind.FLOW_PAUSED: "a flow that paused itself",
    Kind.FLOW_ROLLED_BACK: "a flow that was taken back",
    Kind.HARM_FOUND: "a sign that the automation does harm",
    Kind.AUDIT_DUE: "a month of escalations to audit",
    Kind.DAILY_CHECK: "a finding of the daily check",
    Kind.MENTIONED: "a note that mentions you",
    Kind.TRANSFERRED: "a conversation passed on to you",
    Kind.APPROVAL_ASKED: "something that waits for your approval",
    Kind.APPROVAL_ANSWERED: "an answer to what you proposed",
    Kind.DEPOSIT_LATE: "a deposit whose place is gone",
    Kind.READER_AWAY: "a reader elsewhere that does not answer",
    Kind.SYSTEM_SILENT: "a connected system that is silent",
    Kind.REVIEW_DUE: "a review whose day has come",
    Kind.WEEK_AUDIT_DUE: "a week of escalations to audit",
    Kind.FAILURE_GIVEN: "a failure that you are to mend",
    Kind.FAILURE_OVERDUE: "a failure that should be mended by now",
    Kind.COMPLIANCE_FAILED: "a compliance check that fails",
    Kind.RULE_REVIEW_DUE: "an escalation rule due for a look",
    Kind.ESCALATION_ORPHANED: "a forgotten escalation",
}

_CHOSEN = "You chose to get this; change it on the same page."
_AT_ONCE = "It goes at once to everybody who leads or owns the automation."


def deliver(house: House, channels: ChannelsPort, effect: Effect) -> Outcome:
    """Send a digest of what its person has still not seen; of nothing, nothing."""
    order = msgspec.json.decode(effect.body, type=MailOrder)
    user = User.objects.filter(id=order.user_id, is_active=True).first()
    unseen = Notice.objects.filter(id__in=order.notice_ids, seen_at=None)
    kinds = list(unseen.values_list("kind", flat=True))
    if user is None or not kinds:
        return Done()
    inbox_id = ways.find_inbox(effect.workspace_id, EMAIL)
    channel = channels.find(EMAIL, inbox_id) if inbox_id else None
    if channel is None:
        return Refused(reason="no_email_inbox")
    return channel.send(
        Outgoing(
            message_id=effect.id,
            lane=effect.lane,
            text=words_of(kinds, f"{house.base_url}/notices"),
            choices=(),
            address=user.email,
            letterhead=Letterhead(
                tag=effect.id, subject=subject_of(len(kinds)), sent_at=house.clock.now()
            ),
        )
    )


def subject_of(count: int) -> str:
    """Return the subject of a digest."""
    return f"{count} notice{'' if count == 1 else 's'} in Baton"


def words_of(kinds: list[str], address: str) -> str:
    """Return what a digest says: how much of what kind, and where it stands."""
    return "\n".join(
        ["You have not seen:", "", *lines_of(kinds), "", f"See them: {address}", "",
         _AT_ONCE if set(kinds) == {Kind.HARM_FOUND.value} else _CHOSEN]
    )  # fmt: skip


def lines_of(kinds: list[str]) -> list[str]:
    """Return how much of what kind some notices tell, a line each, the most first."""
    counted = sorted(Counter(kinds).items(), key=lambda one: (-one[1], one[0]))
    return [f"{count} x {_LINES.get(Kind(kind), kind)}" for kind, count in counted]
