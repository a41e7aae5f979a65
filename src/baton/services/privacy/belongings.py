"""What belongs to a person: the names by which all of it is found, wherever it lies."""

from collections.abc import Collection, Mapping

from baton.core import privacy
from baton.core.errors import NotFound
from baton.services.house import House
from baton.store import personal
from baton.store.models import (
    Address,
    Attachment,
    Booking,
    Contact,
    Conversation,
    Message,
    Order,
    Parcel,
    Return,
    Turn,
    VaultEntry,
    runtime,
)
from baton.store.personal import Of, Theirs
from baton.store.queries import people


def of_contact(house: House, workspace_id: str, contact_id: str) -> Theirs:
    """Return all that belongs to a contact and to whoever was found to be them.

    Raises NotFound for a contact of another workspace.
    """
    contacts = parts_of(workspace_id, contact_id)
    conversations = personal.ids_of(Conversation, "contact_id", contacts)
    lanes = {
        *Contact.objects.filter(id__in=contacts).values_list("lane", flat=True),
        *Address.objects.filter(contact_id__in=contacts).values_list("lane", flat=True),
    }
    orders = personal.ids_of(Order, "contact_id", contacts)
    names: Mapping[Of, Collection[str]] = {
        **_of_conversations(conversations),
        Of.CONTACT: contacts,
        Of.LANE: lanes,
        Of.BOOKING: personal.ids_of(Booking, "contact_id", contacts),
        Of.ORDER: orders,
        Of.PARCEL: personal.ids_of(Parcel, "order_id", orders),
        Of.RETURN: personal.ids_of(Return, "contact_id", contacts),
        Of.EFFECT: list(
            runtime.RuntimeEffect.objects.filter(
                workspace_id=workspace_id, lane__in=lanes
            ).values_list("effect_id", flat=True)
        ),
    }
    names = {**names, Of.ATTACHMENT: personal.ids_of(Attachment, "contact_id", contacts)}
    tokens = _tokens_of(house, workspace_id, contacts, names[Of.MESSAGE])
    return Theirs(workspace_id=workspace_id, names={**names, Of.TOKEN: tokens})


def of_conversations(workspace_id: str, ids: Collection[str]) -> Theirs:
    """Return all that belongs to some conversations alone."""
    return Theirs(workspace_id=workspace_id, names=_of_conversations(ids))


def parts_of(workspace_id: str, contact_id: str) -> list[str]:
    """Return a contact, and everybody who was found to be the same person; raises NotFound."""
    if not Contact.objects.filter(id=contact_id, workspace_id=workspace_id).exists():
        raise NotFound("contact", contact_id)
    found = [people.whole_of(contact_id)]
    newest = found
    while newest:
        newest = personal.ids_of(Contact, "merged_into_id", newest)
        found += newest
    return found


def handles_of(house: House, theirs: Theirs) -> list[str]:
    """Return the raw numbers and mailboxes by which a person is reached."""
    tokens = Address.objects.filter(contact_id__in=theirs.of(Of.CONTACT)).values("token")
    kept = VaultEntry.objects.filter(workspace_id=theirs.workspace_id, token__in=tokens)
    return [
        house.keyset.unseal(bytes(sealed), f"vault:{theirs.workspace_id}:{token}")
        for token, sealed in kept.values_list("token", "value_sealed")
    ]


def masked(reason: str) -> str:
    """Return what somebody gave for a reason, with kinds in place of identifiers and tokens.

    A certificate outlives the person: a token in it would lead to them still.
    """
    told = privacy.mask(reason.strip(), lambda kind, _value: f"[{kind}]")
    for token in privacy.tokens_in(told):
        told = told.replace(token, f"{token.partition(':')[0]}]")
    return told


def _of_conversations(ids: Collection[str]) -> dict[Of, Collection[str]]:
    return {
        Of.CONVERSATION: ids,
        Of.MESSAGE: personal.ids_of(Message, "conversation_id", ids),
        Of.TURN: personal.ids_of(Turn, "conversation_id", ids),
        Of.ATTACHMENT: personal.ids_of(Attachment, "conversation_id", ids),
    }


def _tokens_of(
    house: House, workspace_id: str, contacts: Collection[str], messages: Collection[str]
) -> set[str]:
    """Return the tokens of a person's addresses, and of what they wrote of themselves."""
    keyset = house.keyset
    tokens = set(Address.objects.filter(contact_id__in=contacts).values_list("token", flat=True))

    def note(kind: str, value: str) -> str:
        token = keyset.token(workspace_id, kind, value)
        tokens.add(token)
        return token

    for message_id in messages:
        sealed = Message.objects.values_list("body_sealed", flat=True).get(id=message_id)
        words = keyset.unseal(bytes(sealed), f"message:{message_id}")
        privacy.mask(words, note)
        tokens.update(privacy.tokens_in(words))
    for handle in _handles(house, workspace_id, tokens):
        privacy.mask(handle, note)
    return tokens


def _handles(house: House, workspace_id: str, tokens: Collection[str]) -> list[str]:
    kept = VaultEntry.objects.filter(workspace_id=workspace_id, token__in=list(tokens))
    return [
        house.keyset.unseal(bytes(sealed), f"vault:{workspace_id}:{token}")
        for token, sealed in kept.values_list("token", "value_sealed")
    ]
