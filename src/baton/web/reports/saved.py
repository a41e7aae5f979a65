"""Dashboards saved under a name: kept from the page that shows them, and taken off there."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from baton.services import house as houses
from baton.services.desk import kpi_saved
from baton.store.models import User
from baton.web.access import for_staff
from baton.web.forms import checked
from baton.web.reports.overview import SoughtForm, sought_of


class SaveForm(SoughtForm):
    """A dashboard and its name."""

    name = forms.CharField(required=False, max_length=kpi_saved.MAX_NAME)


@require_POST
@for_staff
def save(request: HttpRequest, user: User) -> HttpResponse:
    """Save a dashboard."""
    given = checked(SaveForm, request.POST).cleaned_data
    sought, view = sought_of(given), given["view"] or "overview"
    kpi_saved.save(houses.current(), user, given["name"], view, sought)
    return redirect(f"{reverse('overview')}?{kpi_saved.query_of(view, sought)}")


@require_POST
@for_staff
def remove(_request: HttpRequest, user: User, view_id: str) -> HttpResponse:
    """Forget a saved dashboard."""
    kpi_saved.remove(houses.current(), user, view_id)
    return redirect("overview")
