"""Reports > Escalations: each one of a week or month is looked at, and that is said (P11, RP5)."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from baton.core import roles
from baton.core.roles import Action, Role
from baton.services import house as houses
from baton.services.desk import escalation_audit
from baton.store.models import User
from baton.web import words
from baton.web.access import for_staff
from baton.web.forms import checked
from baton.web.shell import page


class MonthForm(forms.Form):
    """Which month is looked at, and the page of its list."""

    month = forms.CharField(required=False, max_length=8)
    page = forms.IntegerField(required=False, min_value=1)


@require_GET
@for_staff
def audit_page(request: HttpRequest, user: User) -> HttpResponse:
    """Show a month's escalations, those that nobody looked at first."""
    asked = checked(MonthForm, request.GET).cleaned_data
    shown = escalation_audit.show(houses.current(), user, asked["month"], page=asked["page"] or 1)
    context = {
        "shown": shown,
        "may_finish": roles.may(Role(user.role), Action.TEACH),
        "may_judge": roles.may(Role(user.role), Action.REVIEW),
        "verdicts": words.VERDICTS.items(),
        "section": "escalations",
    }
    return page(request, user, "reports/escalations.html", context)


@require_POST
@for_staff
def finish(request: HttpRequest, user: User) -> HttpResponse:
    """Take the word that a month is audited."""
    month = checked(MonthForm, request.POST).cleaned_data["month"]
    escalation_audit.finish(houses.current(), user, month)
    return redirect(f"{reverse('escalation_audit')}?month={month}")
