"""Every table that holds something of a person: how its rows are found, and what goes with them.

The list is what an export of a person takes out and what an erasure goes through. Rows that
figures are counted from stay, without what leads to the person; all others go. A test holds the
list against the tables, so that a new one is not forgotten.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr

from baton.store import models as tables
from baton.store.models import runtime

GONE = "erased:"
"""How a name begins that led to somebody; the row's own id follows."""
_OWN = Concat(Value(GONE), F("pk"), output_field=models.CharField())
_CHUNK = 500


class Of(StrEnum):
    """By what of a person a table's rows are found."""

    CONTACT = "contact"
    CONVERSATION = "conversation"
    MESSAGE = "message"
    TURN = "turn"
    LANE = "lane"
    TOKEN = "token"  # noqa: S105 - a word, no secret
    BOOKING = "booking"
    ORDER = "order"
    PARCEL = "parcel"
    RETURN = "return"
    ATTACHMENT = "attachment"
    EFFECT = "effect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A table that holds something of a person.

    Attributes:
        title: what it is, for people: in an export, on a certificate.
        column, of: the column by which a person's rows are found, and by what of theirs.
        kept_without: values that its columns get, where rows stay; None where they go.
        sealed_empty: sealed columns whose value becomes an empty text.
        is_theirs: whether an export tells it; what merely runs because of them is not.
    """

    model: type[models.Model]
    title: str
    column: str
    of: Of
    kept_without: Mapping[str, object] | None = None
    sealed_empty: tuple[str, ...] = ()
    is_theirs: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """The names by which everything of a person, or of some conversations, is found."""

    workspace_id: str
    names: Mapping[Of, Collection[str]] = field(default_factory=dict)

    def of(self, kind: Of) -> Collection[str]:
        """Return the names of one kind."""
        return self.names.get(kind, ())


_MIRRORED = {"reference": _OWN, "stamp": ""}

HOLDINGS: tuple[Holding, ...] = (
    # What goes. Parts go before what they are found by.
    Holding(model=tables.ReturnPhoto, title="photos of returns", column="return_id", of=Of.RETURN),
    Holding(
        model=tables.AttachmentPart, title="bytes of files", column="attachment_id",
        of=Of.ATTACHMENT, is_theirs=False,
    ),
    Holding(model=tables.Attachment, title="files", column="id", of=Of.ATTACHMENT),
    Holding(
        model=tables.Intake, title="intakes", column="conversation_id", of=Of.CONVERSATION
    ),
    Holding(model=tables.Letter, title="heads of emails", column="id", of=Of.MESSAGE),
    Holding(model=tables.StopMark, title="words that teach stops", column="turn_id", of=Of.TURN),
    Holding(model=tables.TaughtExample, title="words that teach", column="turn_id", of=Of.TURN),
    Holding(
        model=tables.ArticleSuggestion, title="suggested answers", column="conversation_id",
        of=Of.CONVERSATION, is_theirs=False,
    ),
    Holding(
        model=tables.Notice, title="notices to staff", column="conversation_id",
        of=Of.CONVERSATION, is_theirs=False,
    ),
    Holding(
        model=tables.WordMark, title="marks of words", column="conversation_id",
        of=Of.CONVERSATION, is_theirs=False,
    ),
    Holding(
        model=tables.Reversible, title="deeds that could be undone", column="conversation_id",
        of=Of.CONVERSATION, is_theirs=False,
    ),
    Holding(model=tables.Address, title="addresses", column="contact_id", of=Of.CONTACT),
    Holding(model=tables.Consent, title="consents", column="contact_id", of=Of.CONTACT),
    Holding(model=tables.Suppression, title="suppressions", column="contact_id", of=Of.CONTACT),
    Holding(model=tables.DigestLine, title="lines of digests", column="contact_id", of=Of.CONTACT),
    Holding(
        model=tables.SystemContact, title="names in other systems", column="contact_id",
        of=Of.CONTACT,
    ),
    Holding(model=tables.ContactSign, title="signs of leaving", column="contact_id", of=Of.CONTACT),
    Holding(model=tables.ChurnScore, title="scores of leaving", column="id", of=Of.CONTACT),
    Holding(model=tables.Merge, title="merges", column="contact_id", of=Of.CONTACT),
    Holding(model=tables.Merge, title="merges", column="other_id", of=Of.CONTACT),
    Holding(model=tables.ParcelScan, title="places of parcels", column="parcel_id", of=Of.PARCEL),
    Holding(
        model=tables.HeldFact, title="facts that waited", column="lane", of=Of.LANE,
        is_theirs=False,
    ),
    Holding(
        model=runtime.RuntimeEvent, title="facts in the queue", column="lane", of=Of.LANE,
        is_theirs=False,
    ),
    Holding(
        model=runtime.RuntimeTimer, title="timers", column="lane", of=Of.LANE, is_theirs=False
    ),
    Holding(
        model=runtime.RuntimeAttempt, title="attempts to send", column="effect_id", of=Of.EFFECT,
        is_theirs=False,
    ),
    Holding(
        model=runtime.RuntimeEffect, title="effects in the queue", column="lane", of=Of.LANE,
        is_theirs=False,
    ),
    Holding(
        model=runtime.RuntimeLane, title="lanes", column="lane", of=Of.LANE, is_theirs=False
    ),
    Holding(
        model=tables.VaultEntry, title="identifiers in the vault", column="token", of=Of.TOKEN
    ),
    # What stays for the figures, without the person.
    Holding(
        model=tables.Message, title="messages", column="conversation_id", of=Of.CONVERSATION,
        kept_without={
            "choices": [], "onward_sealed": b"", "stand_in_sealed": b"", "client_id": "",
            "address_lane": "",
        },
        sealed_empty=("body_sealed",),
    ),
    Holding(
        model=tables.Delivery, title="deliveries", column="id", of=Of.MESSAGE,
        kept_without={"receipt": ""},
    ),
    Holding(
        model=tables.ShortLink, title="short links", column="message_id", of=Of.MESSAGE,
        kept_without={"lane": _OWN, "token": Substr("id", 13)}, sealed_empty=("target_sealed",),
    ),
    Holding(
        model=tables.Conversation, title="conversations", column="id", of=Of.CONVERSATION,
        kept_without={"lane": _OWN, "address_lane": _OWN, "last_reply_hash": ""},
    ),
    Holding(
        model=tables.Turn, title="turns", column="conversation_id", of=Of.CONVERSATION,
        kept_without={},
    ),
    Holding(
        model=tables.Run, title="runs of flows", column="conversation_id", of=Of.CONVERSATION,
        kept_without={"subject": ""},
    ),
    Holding(
        model=tables.Handoff, title="context cards", column="conversation_id",
        of=Of.CONVERSATION, kept_without={},
    ),
    Holding(
        model=tables.Escalation, title="escalations", column="conversation_id",
        of=Of.CONVERSATION, kept_without={"evidence": ""},
    ),
    Holding(
        model=tables.Approval, title="approvals", column="conversation_id", of=Of.CONVERSATION,
        kept_without={"answer_sealed": b"", "reference_sealed": b""},
        sealed_empty=("subject_sealed", "note_sealed"),
    ),
    Holding(
        model=tables.ShadowDraft, title="drafts of shadows", column="conversation_id",
        of=Of.CONVERSATION, kept_without={}, sealed_empty=("text_sealed",),
    ),
    Holding(
        model=tables.SurveyResponse, title="survey answers", column="conversation_id",
        of=Of.CONVERSATION, kept_without={"words_sealed": b""},
    ),
    Holding(
        model=tables.Task, title="tasks", column="conversation_id", of=Of.CONVERSATION,
        kept_without={}, sealed_empty=("title_sealed",),
    ),
    Holding(
        model=tables.MacroRun, title="macros run", column="conversation_id", of=Of.CONVERSATION,
        kept_without={"before": {}}, is_theirs=False,
    ),
    Holding(
        model=tables.Review, title="reviews", column="conversation_id", of=Of.CONVERSATION,
        kept_without={}, is_theirs=False,
    ),
    Holding(
        model=tables.Failure, title="failures logged", column="conversation_id",
        of=Of.CONVERSATION, kept_without={"words": ""},
    ),
    Holding(
        model=tables.Retention, title="talks about leaving", column="conversation_id",
        of=Of.CONVERSATION, kept_without={},
    ),
    Holding(
        model=tables.Booking, title="bookings", column="contact_id", of=Of.CONTACT,
        kept_without={
            **_MIRRORED, "state_stamp": "", "reason": "", "party_sealed": b"", "said_sealed": b"",
            "page_url": "",
        },
    ),
    Holding(
        model=tables.BookingChange, title="changes of bookings", column="contact_id",
        of=Of.CONTACT, kept_without={"reason": ""},
    ),
    Holding(
        model=tables.Membership, title="memberships", column="contact_id", of=Of.CONTACT,
        kept_without=_MIRRORED,
    ),
    Holding(
        model=tables.CheckIn, title="visits", column="contact_id", of=Of.CONTACT,
        kept_without=_MIRRORED,
    ),
    Holding(
        model=tables.Invoice, title="invoices", column="contact_id", of=Of.CONTACT,
        kept_without={
            **_MIRRORED, "memo_sealed": b"", "checkout": "", "checkout_sealed": b"", "pay_url": "",
        },
    ),
    Holding(
        model=tables.Payment, title="payments", column="contact_id", of=Of.CONTACT,
        kept_without={"reference": _OWN},
    ),
    Holding(
        model=tables.OrderLine, title="lines of orders", column="order_id", of=Of.ORDER,
        kept_without={"reference": _OWN},
    ),
    Holding(
        model=tables.OrderMoney, title="money of orders", column="order_id", of=Of.ORDER,
        kept_without={"reference": _OWN},
    ),
    Holding(
        model=tables.Parcel, title="parcels", column="id", of=Of.PARCEL,
        kept_without={
            **_MIRRORED, "ordered": "", "hint": "", "tracking": "", "tracked": "", "page_url": "",
            "told": [],
        },
    ),
    Holding(
        model=tables.Order, title="orders", column="contact_id", of=Of.CONTACT,
        kept_without={
            **_MIRRORED, "number": "", "plain_number": "", "page_url": "", "dispute_stamp": "",
        },
    ),
    Holding(
        model=tables.ReturnItem, title="things returned", column="return_id", of=Of.RETURN,
        kept_without={},
    ),
    Holding(
        model=tables.Return, title="returns", column="contact_id", of=Of.CONTACT,
        kept_without={"words_sealed": b"", "label": ""},
    ),
    Holding(
        model=tables.OfferMade, title="offers made", column="contact_id", of=Of.CONTACT,
        kept_without={},
    ),
    Holding(
        model=tables.Exposure, title="variants seen", column="contact_id", of=Of.CONTACT,
        kept_without={}, is_theirs=False,
    ),
    Holding(
        model=tables.Contact, title="the contact", column="id", of=Of.CONTACT,
        kept_without={
            "lane": _OWN, "external_id": "", "name_sealed": b"", "is_identified": False,
            "membership": "", "timezone": "", "timezone_from": "", "language": "",
            "language_from": "", "opted_out": "", "marks": {}, "preferred_channel": "",
            "is_joined": False,
        },
    ),
)  # fmt: skip

OF_CONVERSATIONS = frozenset({Of.CONVERSATION, Of.MESSAGE, Of.TURN, Of.ATTACHMENT})
"""What is found by a conversation alone: what retention lets go of, whoever it is of."""


def rows_of(one: Holding, theirs: Theirs) -> Iterator["models.QuerySet[models.Model]"]:
    """Yield a person's rows of a table, in sets that one statement takes."""
    for part in _parts(theirs.of(one.of)):
        rows = one.model._default_manager.filter(**{f"{one.column}__in": part})  # noqa: SLF001 - Django's documented surface
        if any(known.name == "workspace_id" for known in one.model._meta.concrete_fields):  # noqa: SLF001 - as above
            rows = rows.filter(workspace_id=theirs.workspace_id)
        yield rows


def ids_of(model: type[models.Model], column: str, names: Collection[str]) -> list[str]:
    """Return the keys of rows that a column leads to."""
    found: list[str] = []
    for part in _parts(names):
        rows = model._default_manager.filter(**{f"{column}__in": part})  # noqa: SLF001 - Django's documented surface
        found += rows.values_list("pk", flat=True)
    return found


def _parts(names: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(names)
    for begin in range(0, len(ordered), _CHUNK):
        yield ordered[begin : begin + _CHUNK]
