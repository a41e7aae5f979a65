"""The compliance check-list: each check counts what there is, and says what to do about it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Q

from baton.core import roles
from baton.core.compliance import IDLE, KEY_AGE, LOOKED_BACK, REVIEW_AGE, Finding, held, looked
from baton.core.consent import EVERY, Purpose
from baton.core.delivery import Delivery
from baton.core.policy import Policy
from baton.core.roles import Action, Role
from baton.core.template import TemplateState
from baton.services import inbox
from baton.services.desk import auditing
from baton.services.house import House
from baton.services.workspace import monthly_audit
from baton.services.workspace.standards import standards_cache
from baton.store.models import (
    ApiKey,
    Attachment,
    AuditEntry,
    Consent,
    Contact,
    Conversation,
    Inbox,
    LetGo,
    Message,
    OutsideReader,
    TemplateVersion,
    User,
    Workspace,
)

REVIEWED = "access_reviewed"
KEY_ADDED = "key_added"
_GRACE = timedelta(days=2)  # what is over is let go of within the day
_LOCAL = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a check may look at: a workspace, its policy, and the moment."""

    house: House
    workspace_id: str
    policy: Policy
    now: datetime


def look_at(house: House, workspace_id: str) -> Look:
    """Return what the checks look at now; raises NotFound."""
    policy = standards_cache(house).standards_of(workspace_id).policy
    return Look(house=house, workspace_id=workspace_id, policy=policy, now=house.clock.now())


def find_all(look: Look) -> tuple[Finding, ...]:
    """Return what every check of the list finds, in its order."""
    return tuple(check(look) for check in CHECKS)


def _consent(look: Look) -> Finding:
    sent = Message.objects.filter(
        workspace_id=look.workspace_id,
        purpose=Purpose.PROMOTIONAL.value,
        is_unprompted=True,
        created_at__gte=look.now - LOOKED_BACK,
        author__in=("bot", "agent"),
    ).exclude(delivery__in=(Delivery.REFUSED.value, Delivery.HELD.value))
    written = set(sent.values_list("contact_id", "channel").distinct())
    granted = Consent.objects.filter(
        workspace_id=look.workspace_id,
        is_granted=True,
        purpose__in=(Purpose.PROMOTIONAL.value, EVERY),
    )
    agreed = set(granted.values_list("contact_id", "channel").distinct())
    free = set(look.policy.consent_free_channels.split(","))
    lacking = {pair for pair in written if pair not in agreed and pair[1] not in free}
    return held(
        "consent",
        "Consent for promotions",
        f"{len(written) - len(lacking)} of {len(written)} contacts and channels that promotions "
        "went to in 90 days have a consent on record",
        "Find out where the others came from, and bring their consents or their opt-outs in.",
        failed=bool(lacking),
    )


def _templates(look: Look) -> Finding:
    found = TemplateVersion.objects.filter(workspace_id=look.workspace_id)
    newest: dict[tuple[str, str, str], str] = {}
    for name, channel, language, state in found.order_by("number").values_list(
        "name", "channel", "language", "state"
    ):
        newest[name, channel, language] = state
    bad = (TemplateState.REJECTED.value, TemplateState.PAUSED.value)
    refused = sum(state in bad for state in newest.values())
    return looked(
        "templates",
        "Templates",
        f"{len(newest) - refused} of {len(newest)} templates stand as their provider wants them",
        "Mend the ones that were rejected or paused, or take them out of their flows.",
        odd=refused > 0,
    )


def _retention(look: Look) -> Finding:
    kept_for = look.policy.keep_conversations
    if not kept_for:
        return looked(
            "retention",
            "Retention",
            "Words of conversations are kept for good",
            "Set how long they are kept (keep_conversations).",
            odd=True,
        )
    before = look.now - kept_for - _GRACE
    place = LetGo.objects.filter(workspace_id=look.workspace_id).first()
    reached = place.words_before if place else None
    mine = Conversation.objects.filter(
        workspace_id=look.workspace_id, status="resolved", last_message_at__lt=before
    )
    late = mine.filter(last_message_at__gte=reached) if reached else mine
    return held(
        "retention",
        "Retention",
        f"{late.count()} conversations are kept for longer than {kept_for.days} days",
        "Look whether the worker runs: it lets go of them by itself, but for legal holds.",
        failed=late.exists(),
    )


def _key_age(look: Look) -> Finding:
    began = Workspace.objects.values_list("created_at", flat=True).get(id=look.workspace_id)
    renewed = AuditEntry.objects.filter(workspace_id=look.workspace_id, action=KEY_ADDED)
    since = renewed.order_by("-seq").values_list("at", flat=True).first() or began
    age = look.now - since
    return held(
        "key_age",
        "Age of the key",
        f"The key that seals was made {age.days} days ago",
        "Run baton keys rotate: it seals everything anew while Baton works.",
        failed=age > KEY_AGE,
    )


def _access(look: Look) -> Finding:
    entries = AuditEntry.objects.filter(workspace_id=look.workspace_id, action=REVIEWED)
    last = entries.order_by("-seq").values_list("at", flat=True).first()
    people = User.objects.filter(workspace_id=look.workspace_id, is_active=True)
    before = look.now - IDLE
    idle = people.filter(Q(last_login=None) | Q(last_login__lt=before)).count()
    keys = ApiKey.objects.filter(workspace_id=look.workspace_id, revoked_at=None)
    keys = keys.filter(Q(ends_at=None) | Q(ends_at__gt=look.now), made_at__lt=before)
    unused = keys.filter(Q(used_at=None) | Q(used_at__lt=before)).count()
    told = f"reviewed {(look.now - last).days} days ago" if last else "never reviewed"
    return looked(
        "access",
        "Access review",
        f"{people.count()} accounts, {told}; {idle} of them not signed in for 90 days, and "
        f"{unused} API keys not used for as long",
        "Go through Settings > People, close what is not needed, and note the review there.",
        odd=last is None or look.now - last > REVIEW_AGE or idle > 0 or unused > 0,
    )


def _second_step(look: Look) -> Finding:
    reading = [role.value for role in Role if roles.may(role, Action.READ_TRANSCRIPT)]
    people = User.objects.filter(workspace_id=look.workspace_id, is_active=True, role__in=reading)
    proven = Authenticator.objects.exclude(type="recovery_codes").filter(user__in=people)
    has = set(proven.values_list("user_id", flat=True))
    lacking = [one for one in people.values_list("id", "role") if one[0] not in has]
    return looked(
        "second_step",
        "Second step at sign-in",
        f"{len(has)} of {len(has) + len(lacking)} who may open transcripts sign in with one",
        "Ask their roles for it under Settings > People.",
        odd=bool(lacking),
    )


def _chain(look: Look) -> Finding:
    broken = auditing.verify(look.workspace_id)
    length = Workspace.objects.values_list("audit_seq", flat=True).get(id=look.workspace_id)
    return held(
        "audit",
        "Audit trail",
        f"{length} entries, each bound to the one before"
        if broken is None
        else f"Entry {broken} was changed, or one before it is missing",
        "Keep the database as it is, find out who changed it, and restore the trail's backup.",
        failed=broken is not None,
    )


def _escalations(look: Look) -> Finding:
    month = monthly_audit.last_month(look.now, inbox.zone_of(look.workspace_id))
    waiting = len(monthly_audit.handed_over_in(look.workspace_id, month))
    done = AuditEntry.objects.filter(
        workspace_id=look.workspace_id, action=monthly_audit.AUDITED, subject=month.subject
    ).exists()
    return looked(
        "escalations",
        "Monthly audit of escalations",
        f"{month.title}: {'finished' if done else 'not finished'}, {waiting} escalations",
        "Finish it under Reports > Escalations.",
        odd=waiting > 0 and not done,
    )


def _orphans(look: Look) -> Finding:
    known = Contact.objects.filter(workspace_id=look.workspace_id).values("id")
    mine = Conversation.objects.filter(workspace_id=look.workspace_id)
    lost = mine.exclude(contact_id__in=known).count()
    files = Attachment.objects.filter(
        workspace_id=look.workspace_id, message_id=None, conversation_id=None
    ).filter(created_at__lt=look.now - IDLE)
    left = files.count()
    return looked(
        "orphans",
        "Data of nobody",
        f"{lost} conversations without their contact, {left} files without a message for 90 days",
        "Ask the technical owner to look why they were left, then erase them.",
        odd=lost + left > 0,
    )


def _address(look: Look) -> Finding:
    parts = urlsplit(look.house.base_url)
    is_local = parts.hostname in _LOCAL
    faults = []
    if parts.scheme != "https" and not is_local:
        faults.append("people reach this server without encryption")
    if settings.BATON_DEMO and not is_local:
        faults.append("anybody may sign in as the demo's people")
    if settings.DEBUG:
        faults.append("tracebacks are shown in the browser")
    return held(
        "server",
        "How the server is reached",
        "; ".join(faults).capitalize() if faults else "Encrypted, or from this machine alone",
        "Set BATON_BASE_URL to an address with https, and BATON_DEMO and BATON_DEBUG to nothing.",
        failed=bool(faults),
    )


def _outside(look: Look) -> Finding:
    asked = OutsideReader.objects.filter(workspace_id=look.workspace_id).count()
    chats = Inbox.objects.filter(workspace_id=look.workspace_id, channel="webchat")
    anywhere = chats.filter(allowed_origins=[]).count()
    return looked(
        "openings",
        "Openings to the outside",
        f"{anywhere} web chats that any site may show; {asked} NLUs elsewhere that "
        "get masked texts",
        "Name the sites of each web chat under Settings > Channels; have a contract with the NLU.",
        odd=anywhere + asked > 0,
    )


def _stuck(look: Look) -> Finding:
    count = Conversation.objects.filter(
        workspace_id=look.workspace_id,
        handled_by="queue",
        status="open",
        handed_over_at__lt=look.now - look.policy.orphan_after,
    ).count()
    return looked(
        "waiting",
        "People who wait for people",
        f"{count} conversations wait for a person for longer than they may",
        "Staff their queues, or answer them, before more is automated.",
        odd=count > 0,
    )


CHECKS: tuple[Callable[[Look], Finding], ...] = (
    _consent,
    _templates,
    _retention,
    _key_age,
    _access,
    _second_step,
    _chain,
    _escalations,
    _orphans,
    _address,
    _outside,
    _stuck,
)
