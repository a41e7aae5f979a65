"""Every table, for Django and for the queries beside them."""

from baton.store.models.access import ApiKey, SignInProvider, SignInSubject
from baton.store.models.alert import AlertHook, StaffBrowser, StaffPushKey
from baton.store.models.approval import Approval
from baton.store.models.assessment import OwnRequestType, PastAssessment
from baton.store.models.attachment import Attachment, AttachmentPart
from baton.store.models.audit import AuditEntry
from baton.store.models.automation import (
    CannedResponse,
    DigestLine,
    Exposure,
    FlowPause,
    FlowVersion,
    HeldFact,
    OfferMade,
    ReportedEvent,
    Run,
    Task,
)
from baton.store.models.billing import Invoice, Payment
from baton.store.models.booking import (
    Activity,
    Booking,
    BookingChange,
    BookingName,
    CheckIn,
    Membership,
    Slot,
)
from baton.store.models.churn import ChurnModel, ChurnScore, ContactSign
from baton.store.models.compliance import ComplianceRun
from baton.store.models.confidence import ThresholdChange
from baton.store.models.conversation import (
    Conversation,
    Intake,
    Message,
    Review,
    SurveyResponse,
    Turn,
)
from baton.store.models.delivery import Delivery
from baton.store.models.drafts import FlowDraft
from baton.store.models.escalation import EscalationRuleVersion, MissedEscalation
from baton.store.models.evidence import (
    Baseline,
    Episode,
    EvidenceDay,
    EvidenceMark,
    EvidencePlace,
    SavedView,
    Stretch,
)
from baton.store.models.experiment import Experiment
from baton.store.models.failing import Failure
from baton.store.models.handoff import (
    Assignment,
    Breach,
    Escalation,
    Handoff,
    Invitation,
    Notice,
    QueuePace,
    SlaClock,
)
from baton.store.models.installation import Installation, SignInKey
from baton.store.models.knowledge import (
    Article,
    ArticleSuggestion,
    ArticleUse,
    ArticleVersion,
)
from baton.store.models.letter import Letter
from baton.store.models.link import ShortLink
from baton.store.models.macro import Macro, MacroRun
from baton.store.models.mailbox import MailPlace
from baton.store.models.order import Order, OrderLine, OrderMoney, Parcel, ParcelScan
from baton.store.models.outside import OutsideReader
from baton.store.models.pace import SenderPace
from baton.store.models.people import (
    Address,
    Consent,
    Contact,
    Inbox,
    Location,
    Merge,
    Suppression,
    User,
    VaultEntry,
    Workspace,
)
from baton.store.models.pilot import Rollout, RolloutMark, ShadowDraft
from baton.store.models.privacy import Erasure, KeptStop, LegalHold, LetGo, WordMark, WordsPlace
from baton.store.models.retention import Retention
from baton.store.models.returning import Return, ReturnItem, ReturnPhoto, ReturnRules
from baton.store.models.runtime import (
    RuntimeAttempt,
    RuntimeEffect,
    RuntimeEvent,
    RuntimeLane,
    RuntimeLease,
    RuntimeTimer,
)
from baton.store.models.system import (
    ConnectedSystem,
    Import,
    ImportFault,
    ImportPage,
    SystemContact,
    SystemDelivery,
)
from baton.store.models.teaching import (
    OwnIntent,
    ReaderVersion,
    ReviewSample,
    ReviewVerdict,
    StopMark,
    SupervisedPhase,
    TaughtExample,
    ValidationWindow,
)
from baton.store.models.template import TemplateVersion
from baton.store.models.undo import Reversible

__all__ = [
    "Activity",
    "Address",
    "AlertHook",
    "ApiKey",
    "Approval",
    "Article",
    "ArticleSuggestion",
    "ArticleUse",
    "ArticleVersion",
    "Assignment",
    "Attachment",
    "AttachmentPart",
    "AuditEntry",
    "Baseline",
    "Booking",
    "BookingChange",
    "BookingName",
    "Breach",
    "CannedResponse",
    "CheckIn",
    "ChurnModel",
    "ChurnScore",
    "ComplianceRun",
    "ConnectedSystem",
    "Consent",
    "Contact",
    "ContactSign",
    "Conversation",
    "Delivery",
    "DigestLine",
    "Episode",
    "Erasure",
    "Escalation",
    "EscalationRuleVersion",
    "EvidenceDay",
    "EvidenceMark",
    "EvidencePlace",
    "Experiment",
    "Exposure",
    "Failure",
    "FlowDraft",
    "FlowPause",
    "FlowVersion",
    "Handoff",
    "HeldFact",
    "Import",
    "ImportFault",
    "ImportPage",
    "Inbox",
    "Installation",
    "Intake",
    "Invitation",
    "Invoice",
    "KeptStop",
    "LegalHold",
    "LetGo",
    "Letter",
    "Location",
    "Macro",
    "MacroRun",
    "MailPlace",
    "Membership",
    "Merge",
    "Message",
    "MissedEscalation",
    "Notice",
    "OfferMade",
    "Order",
    "OrderLine",
    "OrderMoney",
    "OutsideReader",
    "OwnIntent",
    "OwnRequestType",
    "Parcel",
    "ParcelScan",
    "PastAssessment",
    "Payment",
    "QueuePace",
    "ReaderVersion",
    "ReportedEvent",
    "Retention",
    "Return",
    "ReturnItem",
    "ReturnPhoto",
    "ReturnRules",
    "Reversible",
    "Review",
    "ReviewSample",
    "ReviewVerdict",
    "Rollout",
    "RolloutMark",
    "Run",
    "RuntimeAttempt",
    "RuntimeEffect",
    "RuntimeEvent",
    "RuntimeLane",
    "RuntimeLease",
    "RuntimeTimer",
    "SavedView",
    "SenderPace",
    "ShadowDraft",
    "ShortLink",
    "SignInKey",
    "SignInProvider",
    "SignInSubject",
    "SlaClock",
    "Slot",
    "StaffBrowser",
    "StaffPushKey",
    "StopMark",
    "Stretch",
    "SupervisedPhase",
    "Suppression",
    "SurveyResponse",
    "SystemContact",
    "SystemDelivery",
    "Task",
    "TaughtExample",
    "TemplateVersion",
    "ThresholdChange",
    "Turn",
    "User",
    "ValidationWindow",
    "VaultEntry",
    "WordMark",
    "WordsPlace",
    "Workspace",
]
