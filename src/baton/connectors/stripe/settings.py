"""How a Stripe account is reached: by a key that may make Checkout Sessions."""

import re

import msgspec

KIND = "stripe"

_KEY = re.compile(r"(?:sk|rk)_(?:test|live)_[A-Za-z0-9]{10,240}")
_TEST = re.compile(r"(?:sk|rk)_test_")


class StripeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The account's secret or restricted key; `api_url` is where its API answers."""

    secret_key: str
    api_url: str = "https://api.stripe.com"

    @property
    def is_for_trial(self) -> bool:
        """Whether the key moves play money alone."""
        return bool(_TEST.match(self.secret_key))


def problems_with(settings: StripeSettings) -> dict[str, str]:
    """Return what cannot be used, by field."""
    if _KEY.fullmatch(settings.secret_key):
        return {}
    return {"secret_key": "A key begins with sk_ or rk_ and test_ or live_. Copy it whole."}
