"""The language in which a contact is written to: who said it, and which one may be theirs."""

from babel.languages import get_official_languages
from msgspec.structs import replace

from baton.channels.sms import numbers
from baton.core import language
from baton.core.errors import InvalidInput
from baton.core.language import Teller
from baton.services.ledger import Ledger
from baton.store.rows import ContactRow


def suggested_by(number: str, own: str) -> str:
    """Return the one official language of a number's country, "" for several or for `own`.

    People keep their numbers when they move, so it is shown to a person and never taken.
    """
    spoken = get_official_languages(numbers.region_of(number), de_facto=True)
    if len(spoken) != 1 or language.is_same(spoken[0], own):
        return ""
    return language.parse(spoken[0]) or ""


def take(
    ledger: Ledger, contact: ContactRow, told: str, teller: Teller, *, actor: str = "system"
) -> ContactRow:
    """Return the contact with their language, unless who knows better has said another.

    "" takes that of the texts again. Raises InvalidInput for what is no language.
    """
    spelt = language.parse(told) if told else ""
    if spelt is None:
        raise InvalidInput({"language": "Write it as es or es-MX; nothing for that of your texts."})
    if spelt == contact.language or not language.replaces(teller, contact.language_from):
        return contact
    ledger.audit(
        contact.workspace_id,
        actor,
        "language_changed",
        f"contact:{contact.id}",
        language=spelt or "any",
        told_by=teller.value,
    )
    return replace(contact, language=spelt, language_from=teller.value if spelt else "")
