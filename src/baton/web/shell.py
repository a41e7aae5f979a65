"""What every page of the console shows around its content."""

from functools import cache, partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from baton.core import roles
from baton.core.roles import Action, Role
from baton.services import house as houses
from baton.services import inbox, sight
from baton.services.desk import approval_board, offers, parked
from baton.services.pilot import checklist
from baton.services.workspace import authority
from baton.store import copies
from baton.store.models import User

_MOST_PAGES = 1_000
_AREAS = {
    **dict.fromkeys(("", "day", "tasks", "monitor", "wall", "playbook"), "inbox"),
    "learning": "review",
    "failures": "review",
    "contact": "contacts",
    "invoices": "contacts",
    "returns": "contacts",
    "return_rules": "contacts",
    "orders": "contacts",
    "activities": "calendar",
    "members": "calendar",
    **dict.fromkeys(
        (
            "overview",
            "weekly",
            "triage",
            "handoffs",
            "escalations",
            "retention",
            "breaches",
            "feedback",
            "leaving",
            "winback",
            "experiments",
            "money",
            "audit",
            "compliance",
        ),
        "reports",
    ),
    **dict.fromkeys(
        (
            "business",
            "confidence",
            "consent",
            "pack",
            "set_up",
            "rules",
            "replies",
            "channels",
            "systems",
            "templates",
            "sending",
            "parked",
            "routing",
            "members_settings",
            "alert_settings",
            "money_settings",
            "team",
            "people",
            "api_keys",
        ),
        "settings",
    ),
}
"""Where in the main menu a section stands that has no place of its own there."""

LIVE_URL = "/live/inbox"  # served by ingress, which holds many open streams


def page_number(request: HttpRequest) -> int:
    """Return which page of a list is asked for, 1 to 1,000; 1 for what is no number."""
    asked = request.GET.get("page", "1")
    return min(max(int(asked), 1), _MOST_PAGES) if asked.isascii() and asked.isdecimal() else 1


def page(request: HttpRequest, user: User, template: str, context: dict[str, Any]) -> HttpResponse:
    """Render a page or fragment with what all of them need."""
    role = Role(user.role)
    section = context.get("section", "")
    waiting = cache(partial(approval_board.waiting_for, user))
    zone = inbox.zone_of(user.workspace_id)
    with timezone.override(zone):
        return render(
            request,
            template,
            {
                "person": user,
                "area": _AREAS.get(section, section),
                "zone": zone.key,
                "now": houses.current().clock.now(),
                "live_url": LIVE_URL,
                "lab_url": _lab_url(),
                "may_answer": roles.may(role, Action.ANSWER),
                "may_read_transcript": roles.may(role, Action.READ_TRANSCRIPT),
                "may_review": roles.may(role, Action.REVIEW),
                "may_mend": roles.may(role, Action.MEND),
                "may_teach": roles.may(role, Action.TEACH),
                "may_protect": roles.may(role, Action.PROTECT),
                "may_configure": roles.may(role, Action.CONFIGURE),
                "may_read_reports": roles.may(role, Action.READ_REPORTS),
                "reports_of": partial(sight.places_named, user),
                "reports_copy": copies.standing if copies.is_set() else None,
                "may_read_audit": roles.may(role, Action.READ_AUDIT),
                "set_up_left": partial(_set_up_left, user),
                "may_manage_access": partial(authority.may_manage_access, user),
                # They are asked by whole pages alone.
                "parked_count": partial(parked.count, user),
                "unseen_count": lambda: waiting().unseen,
                "has_offers": partial(offers.are_made, houses.current(), user),
                "up_to_me_count": lambda: waiting().up_to_them,
                **context,
            },
        )


def _set_up_left(user: User) -> int | None:
    """Return how many steps of the set-up are left for who may do them; None for no set-up."""
    may_do = roles.may(Role(user.role), Action.CONFIGURE)
    return checklist.left_in(user.workspace_id) if may_do else None


def _lab_url() -> str:
    try:
        return reverse("lab")
    except NoReverseMatch:
        return ""
