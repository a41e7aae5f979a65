"""The phone lab, as a Django app of its own: it may be left out of an installation."""

from django.apps import AppConfig


class LabConfig(AppConfig):
    """Brings the lab's page, style and script."""

    name = "baton.web.lab"
    label = "lab"
