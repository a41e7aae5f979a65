"""Small worlds of counted rows, and the moment at which they are looked at."""

from datetime import UTC, datetime, timedelta
from typing import Any

from baton.core import kpis as core
from baton.core.kpis import Grain
from baton.core.policy import Policy
from baton.reports.slices import Slice
from baton.store.models import (
    Booking,
    CheckIn,
    Consent,
    Conversation,
    Episode,
    EvidenceDay,
    Exposure,
    Handoff,
    Invoice,
    Membership,
    Message,
    OfferMade,
    Return,
    Run,
    ShortLink,
    Slot,
    Stretch,
    SurveyResponse,
    Task,
)

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
WORKSPACE = "w1"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
H = 3600
ALL = Slice(workspace_id=WORKSPACE)
LIMITS = core.limits_of(Policy(), NOW)


def an_episode(number: int, *, ago: float = 100, took: float | None = None, **known: Any) -> str:
    """Keep an episode that began so many hours ago, and took so many."""
    began = NOW - ago * HOUR
    row: dict[str, Any] = {
        "id": f"e{number}", "workspace_id": WORKSPACE, "conversation_id": f"c{number}",
        "number": 0, "began_at": began, "channel": "webchat", "inbox_id": "i",
        "opened_by": "contact", "ended_at": None if took is None else began + took * HOUR,
        "resolved_after": None if took is None else int(took * H),
    }  # fmt: skip
    Episode.objects.create(**{**row, **known})
    on_its_day(Grain.EPISODE, began)
    return f"e{number}"


def on_its_day(grain: Grain, began: datetime) -> None:
    """Say that a day has rows, as `services.evidence` does where it writes them."""
    day = began.date()
    EvidenceDay.objects.get_or_create(
        workspace_id=WORKSPACE,
        grain=grain.value,
        day=day,
        defaults={"id": f"{grain.value}{day:%Y%m%d}"},
    )


def a_stretch(number: int, **known: Any) -> None:
    row: dict[str, Any] = {
        "id": f"h{number}", "workspace_id": WORKSPACE, "conversation_id": f"c{number}",
        "episode_id": f"e{number}", "nth": 1, "began_at": NOW - 9 * HOUR, "channel": "webchat",
        "inbox_id": "i", "handoffs": 1, "touches": 1, "state": "resolved", "reason": "requested",
    }  # fmt: skip
    Stretch.objects.create(**{**row, **known})
    on_its_day(Grain.STRETCH, NOW)


def a_booking(number: int, state: str, **known: Any) -> None:
    row: dict[str, Any] = {
        "id": f"b{number}", "workspace_id": WORKSPACE, "reference": f"B{number}",
        "contact_id": "p", "activity_id": "yoga", "starts_at": NOW - HOUR, "ends_at": NOW,
        "state": state, "made_by": "x", "made_at": NOW - 50 * HOUR, "changed_at": NOW,
    }  # fmt: skip
    Booking.objects.create(**{**row, **known})


def an_invoice(
    number: int, state: str, *, due: int, ended: int | None = None, **known: Any
) -> None:
    """Keep an invoice that is due, and ended, so many hours from now."""
    row: dict[str, Any] = {
        "id": f"i{number}", "workspace_id": WORKSPACE, "reference": f"I{number}",
        "number": f"I{number}", "contact_id": "p", "amount_minor": 100, "currency": "USD",
        "state": state, "made_by": "x", "issued_at": NOW - 90 * HOUR, "due_at": NOW + due * HOUR,
        "ended_at": None if ended is None else NOW + ended * HOUR,
    }  # fmt: skip
    Invoice.objects.create(**{**row, **known})


def a_member(number: int, *, joined: int, **known: Any) -> str:
    """Keep a membership that began so many days ago; return its contact."""
    contact = f"m{number}"
    row: dict[str, Any] = {
        "id": contact, "workspace_id": WORKSPACE, "reference": contact, "contact_id": contact,
        "plan": "basic", "state": "active", "joined_at": NOW - joined * DAY, "changed_at": NOW,
    }  # fmt: skip
    Membership.objects.create(**{**row, **known})
    return contact


def a_visit(contact: str, *, ago: float) -> None:
    name = f"{contact}-{ago}"
    CheckIn.objects.create(
        id=name, workspace_id=WORKSPACE, reference=name, contact_id=contact, at=NOW - ago * DAY
    )


def a_talk(contact: str, *, with_person: bool, ago: float = 5) -> None:
    """Keep a conversation of a contact's, with a handoff or without."""
    at = NOW - ago * DAY
    Conversation.objects.create(
        id=f"t{contact}", workspace_id=WORKSPACE, contact_id=contact, inbox_id="i", lane=contact,
        address_lane=contact, channel="sms", status="open", handled_by="bot",
        first_message_at=at, last_message_at=at,
    )  # fmt: skip
    if with_person:
        Handoff.objects.create(
            id=f"h{contact}", workspace_id=WORKSPACE, conversation_id=f"t{contact}",
            state="resolved", reason="requested", queue="general", card_sealed=b"", offered_at=at,
        )  # fmt: skip


def an_offer(contact: str, *, ago: float, **known: Any) -> None:
    OfferMade.objects.create(
        id=f"o{contact}", workspace_id=WORKSPACE, contact_id=contact, flow="onboarding",
        offer="pass", at=NOW - ago * DAY, **known,
    )  # fmt: skip


def an_answer(number: int, rating: int | None, *, ago: float = 40, **known: Any) -> str:
    """Keep a question whether somebody recommends us, asked so many days ago; return who."""
    contact = f"s{number}"
    row: dict[str, Any] = {
        "id": f"q{number}", "workspace_id": WORKSPACE, "conversation_id": f"t{contact}",
        "contact_id": contact, "kind": "nps", "asked_at": NOW - ago * DAY, "rating": rating,
        "answered_at": None if rating is None else NOW - ago * DAY,
        "score": None if rating is None else rating * 10.0,
    }  # fmt: skip
    SurveyResponse.objects.create(**{**row, **known})
    return contact


def a_call(contact: str, *, ago: float, outcome: str = "reached") -> None:
    Task.objects.create(
        id=f"k{contact}", workspace_id=WORKSPACE, contact_id=contact, conversation_id="x",
        flow="nps_recovery", queue="retention", title_sealed=b"", created_at=NOW - 90 * DAY,
        due_at=NOW, done_at=NOW - ago * DAY, outcome=outcome,
    )  # fmt: skip


def a_return(number: int, decided_by: str, *, refunded_after: int | None, **known: Any) -> None:
    """Keep a return that was asked for five days ago, its money sent so many hours later."""
    asked = NOW - 5 * DAY
    row: dict[str, Any] = {
        "id": f"r{number}", "workspace_id": WORKSPACE, "number": f"R{number}", "contact_id": "p",
        "order_id": "o", "reason": "size", "source": "form", "state": "refunded",
        "outcome": "approved", "currency": "USD", "asked_at": asked,
        "decided_at": asked if decided_by else None, "decided_by": decided_by,
        "refunded_at": None if refunded_after is None else asked + refunded_after * HOUR,
    }  # fmt: skip
    Return.objects.create(**{**row, **known})


def a_slot(number: int, capacity: int, taken: int, **known: Any) -> None:
    row: dict[str, Any] = {
        "id": f"v{number}", "workspace_id": WORKSPACE, "reference": f"V{number}",
        "activity_id": "yoga", "starts_at": NOW - HOUR, "ends_at": NOW, "capacity": capacity,
    }  # fmt: skip
    Slot.objects.create(**{**row, **known})
    for place in range(taken):
        a_booking(1000 + 100 * number + place, "held", slot_id=f"v{number}")


def a_link(number: int, *, is_opened: bool) -> None:
    ShortLink.objects.create(
        id=f"l{number}", workspace_id=WORKSPACE, contact_id="p", message_id="m", lane="p",
        token=f"l{number}", target_sealed=b"", created_at=NOW - DAY,
        first_opened_at=NOW - HOUR if is_opened else None,
    )  # fmt: skip


def a_round(number: int, variant: str, *, ago: float = 40, sent: float | None = None) -> str:
    """Keep a contact who was dealt a variant of winning back so many days ago; return who."""
    contact = f"w{number}"
    Exposure.objects.create(
        id=contact, workspace_id=WORKSPACE, contact_id=contact, flow="winback", version=1,
        split="winback_timing", variant=variant, at=NOW - ago * DAY,
    )  # fmt: skip
    if sent is not None:
        a_message(number, contact, ago=sent, purpose="promotional")
    return contact


def a_message(number: int, contact: str, *, ago: float, **known: Any) -> None:
    """Keep a message that we began so many days ago."""
    row: dict[str, Any] = {
        "id": f"x{number}", "workspace_id": WORKSPACE, "contact_id": contact,
        "conversation_id": "x", "author": "bot", "body_sealed": b"", "delivery": "sent",
        "is_unprompted": True, "created_at": NOW - ago * DAY,
    }  # fmt: skip
    Message.objects.create(**{**row, **known})


def a_stop(number: int, contact: str, *, ago: float, **known: Any) -> None:
    """Keep that a contact wanted no more of a channel so many days ago."""
    at = NOW - ago * DAY
    row: dict[str, Any] = {
        "id": f"s{number}", "workspace_id": WORKSPACE, "contact_id": contact, "channel": "sms",
        "purpose": "all", "is_granted": False, "source": "keyword", "at": at, "recorded_at": at,
    }  # fmt: skip
    Consent.objects.create(**{**row, **known})


def a_run(number: int, status: str, **known: Any) -> None:
    row: dict[str, Any] = {
        "id": f"n{number}", "workspace_id": WORKSPACE, "conversation_id": "x", "contact_id": "p",
        "flow": "intake", "version": 1, "step": "done", "status": status, "state_sealed": b"",
        "started_at": NOW - DAY, "updated_at": NOW,
    }  # fmt: skip
    Run.objects.create(**{**row, **known})
