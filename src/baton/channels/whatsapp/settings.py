"""How a WhatsApp number is connected: what names it at Meta, and what proves each side."""

import re

import msgspec

CLOUD = "cloud"
# https://developers.facebook.com/documentation/business-messaging/whatsapp/changelog
API = "https://graph.facebook.com"
VERSION = "v25.0"

_ID = re.compile(r"[0-9]{5,32}")
_SECRET = re.compile(r"[0-9a-f]{32}")
_TOKEN = re.compile(r"[\x21-\x7e]{20,1000}")


class CloudSettings(msgspec.Struct, frozen=True, kw_only=True, tag=CLOUD, tag_field="provider"):
    """A number of a WhatsApp business account.

    Attributes:
        phone_number_id: Meta's name for the number, which is not the number itself.
        business_account_id: the account that the number and its templates belong to.
        access_token: proves our requests; of a system user, so that it does not expire.
        app_secret: signs what Meta posts to us, and proves our requests once more.
        sender: the number as contacts see it, told by Meta.
        base: another address than Meta's for tests.
    """

    phone_number_id: str
    business_account_id: str
    access_token: str
    app_secret: str
    sender: str = ""
    base: str = API


def problems_with(settings: CloudSettings) -> dict[str, str]:
    """Return what cannot be used, by field, in words for whoever fills in the form."""
    problems = {}
    if not _ID.fullmatch(settings.phone_number_id):
        problems["phone_number_id"] = "Copy the phone number ID: digits alone, not the number."
    if not _ID.fullmatch(settings.business_account_id):
        problems["business_account_id"] = "Copy the WhatsApp business account ID: digits alone."
    if not _TOKEN.fullmatch(settings.access_token):
        problems["access_token"] = "Paste the access token of a system user, whole."  # noqa: S105 - words about one
    if not _SECRET.fullmatch(settings.app_secret):
        problems["app_secret"] = "Copy the app secret: 32 characters, 0-9 and a-f."  # noqa: S105 - words about one
    return problems
