"""allauth's forms of passkeys, which would fail on what no browser sends, made to refuse it."""

from collections.abc import Callable
from typing import Any, TypeVar

from allauth.mfa.webauthn import forms
from django.core.exceptions import ValidationError

Cleaned = TypeVar("Cleaned")

_FAULTS = (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError)
_WORDS = "That is no passkey that is known here. Try again."


def _read(clean: Callable[[], Cleaned]) -> Cleaned:
    """Return what a form reads of a credential; raises ValidationError for what is none."""
    try:
        return clean()
    except _FAULTS:
        raise ValidationError(_WORDS) from None


class AddForm(forms.AddWebAuthnForm):  # type: ignore[misc] # allauth ships no types
    """A passkey that is made."""

    def clean(self) -> dict[str, Any]:
        """Read the new credential."""
        return _read(super().clean)


class LoginForm(forms.LoginWebAuthnForm):  # type: ignore[misc] # allauth ships no types
    """A passkey that somebody signs in with."""

    def clean_credential(self) -> object:
        """Read and prove the credential."""
        return _read(super().clean_credential)


class AuthenticateForm(forms.AuthenticateWebAuthnForm):  # type: ignore[misc] # allauth ships no types
    """A passkey as the second step."""

    def clean_credential(self) -> object:
        """Read and prove the credential."""
        return _read(super().clean_credential)


class ReauthenticateForm(forms.ReauthenticateWebAuthnForm):  # type: ignore[misc] # allauth ships no types
    """A passkey that confirms who somebody is."""

    def clean_credential(self) -> object:
        """Read and prove the credential."""
        return _read(super().clean_credential)
