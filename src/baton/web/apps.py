"""The console for staff, as a Django app."""

from django.apps import AppConfig
from typing_extensions import override


class WebConfig(AppConfig):
    """Brings the console's pages, forms, styles and scripts."""

    name = "baton.web"
    label = "web"

    @override
    def ready(self) -> None:
        """Hear what allauth tells of people who sign in."""
        from baton.web import sign_in_notes  # noqa: PLC0415 - needs the models, loaded by now

        sign_in_notes.listen()
