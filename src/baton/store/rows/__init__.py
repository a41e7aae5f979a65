"""Rows of the hot path, as frozen values: what a batch reads and writes in sets.

Field names are column names; `tests/store` holds them against the models.
JSON columns carry their text, sealed columns their bytes. They are msgspec's
structs, because a turn changes its conversation several times and copies of
wide rows are what it would spend its time on (docs/adr). What is `fixed` is
never written again, which spares the indexes that it stands in.

Those that a batch reads take their columns by place as well, in a tenth of the time that
as many names take; so what has no default comes first in them.
"""

from baton.store.rows.automation import (
    AuditRow,
    DigestLineRow,
    ExposureRow,
    HeldFactRow,
    OfferMadeRow,
    ReportedEventRow,
    RunRow,
    ShadowDraftRow,
    TaskRow,
)
from baton.store.rows.evidence import EpisodeRow, StretchRow
from baton.store.rows.handoff import (
    ApprovalRow,
    BreachRow,
    EscalationRow,
    HandoffRow,
    NoticeRow,
    SlaClockRow,
)
from baton.store.rows.people import (
    AddressRow,
    ChurnRow,
    ConsentRow,
    ContactRow,
    VaultRow,
)
from baton.store.rows.talk import (
    ArticleUseRow,
    AttachmentRow,
    ConversationRow,
    LetterRow,
    MessageRow,
    ReviewRow,
    ShortLinkRow,
    SurveyRow,
    TurnRow,
)

Kept = ContactRow | ConversationRow | RunRow
"""Rows that change: kept under their id, and replaced."""

Row = (
    ContactRow
    | AddressRow
    | ConsentRow
    | VaultRow
    | ConversationRow
    | MessageRow
    | AttachmentRow
    | LetterRow
    | ShortLinkRow
    | TurnRow
    | ArticleUseRow
    | EscalationRow
    | HandoffRow
    | SlaClockRow
    | BreachRow
    | NoticeRow
    | ApprovalRow
    | ReviewRow
    | RunRow
    | TaskRow
    | ExposureRow
    | DigestLineRow
    | HeldFactRow
    | OfferMadeRow
    | ShadowDraftRow
    | ReportedEventRow
    | SurveyRow
    | AuditRow
    | ChurnRow
    | EpisodeRow
    | StretchRow
)

__all__ = [
    "AddressRow",
    "ApprovalRow",
    "ArticleUseRow",
    "AttachmentRow",
    "AuditRow",
    "BreachRow",
    "ChurnRow",
    "ConsentRow",
    "ContactRow",
    "ConversationRow",
    "DigestLineRow",
    "EpisodeRow",
    "EscalationRow",
    "ExposureRow",
    "HandoffRow",
    "HeldFactRow",
    "Kept",
    "LetterRow",
    "MessageRow",
    "NoticeRow",
    "OfferMadeRow",
    "ReportedEventRow",
    "ReviewRow",
    "Row",
    "RunRow",
    "ShadowDraftRow",
    "ShortLinkRow",
    "SlaClockRow",
    "StretchRow",
    "SurveyRow",
    "TaskRow",
    "TurnRow",
    "VaultRow",
]
