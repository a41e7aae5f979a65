"""The sign-in page: allauth's, with the demo's buttons where there is a demo."""

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings

from baton.services.desk import sign_in_providers
from baton.web.people import DEMO_PEOPLE


class SignInView(LoginView):  # type: ignore[misc] # allauth ships no types
    """Signs staff in by e-mail and password."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the form, who else vouches for people, and the demo's people in a demo."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["providers"] = sign_in_providers.list_all()
        if settings.BATON_DEMO:
            context["demo_people"] = [
                {"who": who, "name": name, "role": role}
                for who, (_email, name, role) in DEMO_PEOPLE.items()
            ]
        return context
