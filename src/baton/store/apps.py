"""The Django app that holds every table."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """All rooms share one schema and one migration history."""

    name = "baton.store"
    label = "store"
