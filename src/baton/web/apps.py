"""The console for staff, as a Django app."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Brings the console's pages, forms, styles and scripts."""

    name = "baton.web"
    label = "web"
