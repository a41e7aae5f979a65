"""Signing in: accounts are made by the business, never by a visitor."""

from typing import ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from baton.services import house as houses
from baton.services import sign_in_key


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc] # allauth ships no types
    """Refuses sign-up, and says the same for an unknown e-mail as for a wrong password."""

    error_messages: ClassVar[dict[str, str]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "That e-mail and password do not match an account.",
        # The limit is ACCOUNT_RATE_LIMITS["login_failed"] of config.django.
        "too_many_login_attempts": (
            "Too many attempts failed. Please wait 5 minutes, then try again."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        """Return False: a colleague with the right makes accounts."""
        return False


class SealedSecondStep(DefaultMFAAdapter):  # type: ignore[misc] # allauth ships no types
    """Seals what a second step is proven by: whoever reads the database can prove nothing."""

    error_messages: ClassVar[dict[str, str]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That code does not fit. Take the newest one that the app shows.",
    }

    def encrypt(self, text: str) -> str:
        """Return a secret sealed, as text."""
        return sign_in_key.seal(houses.current(), text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret that was sealed here; raises SealBroken."""
        return sign_in_key.unseal(houses.current(), encrypted_text)
