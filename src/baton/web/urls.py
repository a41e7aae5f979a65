"""Every address of the console."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from baton.web import people

handler403 = "baton.web.errors.permission_denied"
handler404 = "baton.web.errors.page_not_found"
handler429 = "baton.web.errors.too_many_requests"  # allauth's, when a limit is reached
handler500 = "baton.web.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("baton.web.inbox.urls")),
    path("", include("baton.web.review.urls")),
    path("", include("baton.web.knowledge.urls")),
    path("", include("baton.web.flows.urls")),
    path("", include("baton.web.pilot.urls")),
    path("", include("baton.web.reports.urls")),
    path("", include("baton.web.settings.urls")),
    path("", include("baton.web.contacts.urls")),
    path("", include("baton.web.bookings.urls")),
    path("", include("baton.web.taps.urls")),
    path("", include("baton.web.billing.urls")),
    path("", include("baton.web.orders.urls")),
    path("", include("baton.web.returns.urls")),
    path("", include("baton.web.account.urls")),
    path("", include("baton.web.setup.urls")),
    path("settings", RedirectView.as_view(pattern_name="confidence"), name="settings"),
    path("availability", people.availability, name="availability"),
    path("sign-in/demo/<slug:who>", people.demo_sign_in, name="demo_sign_in"),
]

if find_spec("baton.web.lab") and find_spec("baton.web.lab.urls"):
    urlpatterns.append(path("lab/", include("baton.web.lab.urls")))
