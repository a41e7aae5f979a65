"""The addresses of this room: contacts' own pages."""

from django.urls import URLPattern, path

from baton.web.taps import pages

urlpatterns: list[URLPattern] = [
    path("t/<str:token>", pages.tap_page, name="tap"),
]
