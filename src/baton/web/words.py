"""Words of the domain as people read them in the console."""

from babel import Locale, UnknownLocaleError

from baton.core.bookings import Reason, State
from baton.core.calling import CallOutcome
from baton.core.card import Need
from baton.core.churn import Sign
from baton.core.consent import Purpose
from baton.core.roles import Role
from baton.store.queries.inbox import Folder

FOLDERS = {
    Folder.MINE: "Mine",
    Folder.QUEUE: "Queue",
    Folder.PROMISED: "Promised",
    Folder.TEAM: "With colleagues",
    Folder.BOT: "Bot",
    Folder.FLAGGED: "Flagged",
    Folder.REVIEW: "To review",
    Folder.SNOOZED: "Snoozed",
    Folder.RESOLVED: "Resolved",
}
EMPTY = {
    Folder.MINE: "You have no conversations. Take the next one from the queue.",
    Folder.QUEUE: "Nobody is waiting. New conversations appear here by themselves.",
    Folder.PROMISED: "No promises are running. When nobody is free, conversations wait here.",
    Folder.TEAM: "None of your colleagues has a conversation at the moment.",
    Folder.BOT: "The bot is not talking to anybody at the moment.",
    Folder.FLAGGED: "Nothing is flagged. Upset words in a live conversation show up here.",
    Folder.REVIEW: "Every doubtful answer has been reviewed.",
    Folder.SNOOZED: "Nothing is snoozed.",
    Folder.RESOLVED: "Nothing has been resolved yet.",
}
ROLES = {
    Role.AGENT: "answers",
    Role.SPECIALIST: "answers for a queue of their skill",
    Role.CLINICIAN: "answers on health matters",
    Role.CONCIERGE: "answers contacts of high value, and grants as a senior",
    Role.SENIOR: "answers, grants more, trains the reader",
    Role.MANAGER: "leads: all but taking flows back",
    Role.OWNER: "owns automations; reads no conversation",
    Role.OPERATIONS: "leads, and takes flows back",
    Role.AUDITOR: "reads the trail and the reports, no words of customers",
    Role.ENGINEER: "connects systems; reads no conversation",
    Role.ADMIN: "says who works here; reads no conversation",
}

CODES = {
    "answered": "Answered",
    "booked": "Booked or moved",
    "refunded": "Refunded",
    "cancelled": "Cancelled",
    "retained": "Stayed with us",
    "no_action": "No action needed",
    "confirmed": "Confirmed by the contact",
}
SNOOZES = {
    "hour": "In 1 hour",
    "tomorrow": "Tomorrow, 9:00",
    "week": "Next Monday, 9:00",
    "reply": "Until they reply",
}
CAUSES = {
    "waiting": "waiting",
    "sentiment": "upset",
    "repeat_contact": "came back",
    "breached": "overdue",
    "clock": "clock running out",
    "person": "asked for a person",
    "orphaned": "forgotten",
    "unowned": "nobody's",
    "leaving": "wants to leave",
    "red_flag": "medical red flag",
}
REASONS = {
    "hard_stop": "Hard stop",
    "requested": "Asked for a person",
    "not_helpful": "Answer did not help",
    "sensitive": "Sensitive request",
    "strong_sentiment": "Upset",
    "failed_attempts": "Not understood twice",
    "repeating": "Going in circles",
    "opted_out": "Opted out",
    "flow": "Flow asks for a person",
    "in_flow": "By the flow",
    "stepped_in": "Agent stepped in",
    "unreadable": "A message could not be read",
    "rule": "A rule of the house",
}
DELIVERIES = {
    "queued": "Queued",
    "sending": "Being sent",
    "sent": "Sent",
    "delivered": "Delivered",
    "read": "Read",
    "failed": "Failed",
    "refused": "Not sent",
    "held": "Held",
    "unknown": "Unclear",
    "received": "",
    "none": "",
}
WITHHELD = {
    "opted_out": "they opted out",
    "suppressed": "the address is barred",
    "person_owns": "a person owns the conversation",
    "paused": "sending is paused",
    "no_consent": "no consent to it",
    "promotional_words": "it sells, and they agreed to no promotions",
    "frequency_cap": "they got enough for now",
    "does_not_fit": "too long for this channel",
    "too_late": "it would have come too late",
    "quiet_hours": "quiet hours",
    "rate_limit": "as fast as its inbox may send",
    "window_closed": "they last wrote to this number more than 24 hours ago",
    "reserved": "calls are kept for high value and for what did not arrive",
    "template_unapproved": "its template is not approved in their language",
}
BANDS = {
    "answered": "Answered",
    "reviewed": "Answered, looked at later",
    "failed": "Not understood",
}
SOURCES = {
    "own": "set here",
    "flow": "from the flow",
    "workspace": "from Everywhere",
    "pack": "as delivered",
}
TRIGGERS = {
    "flow_paused": "a paused flow was answered",
    "triage": "request for people",
    "sentiment": "upset words",
    "bot_turns": "too many bot replies",
    "identical_reply": "the same reply again",
    "refund": "refund demanded",
}
TRIAGE = {"automate": "Bot", "hybrid": "Bot, then a person", "human": "Person"}
COUNTED = {
    "all": "all of them",
    "handed_over": "handed over",
    "negative": "upset words",
    "hard_stop": "met a hard stop",
    "strained": "upset, or met a hard stop",
    "settled": "settled by the bot and verified",
    "recontacted": "came back within 72 hours",
    "right": "a person was needed",
    "misread": "taken for something else",
    "needless": "Escalations found needless",
    "unattended": "For people, and never with one",
}
HANDOFF_SHARES = {
    "dropped_context": (
        "Lost context",
        "Of those that people answered: without the card, or what had been said was said again.",
    ),
    "first_touch": (
        "Settled at the first touch",
        "Of those that are over: closed by the first person who had it, and nobody came back.",
    ),
    "noisy": (
        "Noisy escalations",
        "Of the rules that handed over and that people have looked at: nobody was needed.",
    ),
}
HANDOFF_CAUSES = {
    "moved": "Passed on or put back",
    "card_unseen": "Answered without opening the card",
    "restated": "Said again what had been said",
    "lacks_wants": "Card without what is wanted",
    "lacks_reference": "Card without the number of an order, booking or form",
    "lacks_identity": "Nobody vouched for who it is",
    "lacks_membership": "Card without the membership",
    "lacks_tags": "Card without tags",
}
HANDOFF_FAULTS = {
    "routing": "Routing",
    "context": "Missing context",
}
HANDOFF_MENDS = {
    "routing": "Look at which queue these matters go to, and at who serves it.",
    "context": "Look at what the flows and intents of these conversations tell the card.",
}
HANDOFF_NUMBERS = (
    {name: title for name, (title, _) in HANDOFF_SHARES.items()}
    | HANDOFF_CAUSES
    | {
        "taken": "Taken by a person, the longest wait first",
        "untaken": "Taken by nobody",
        "touches": "Manual touches of what was settled",
    }
)
PARTS = {
    "numerator": "What the number counts.",
    "denominator": "What it was counted among.",
    "settled": "Of those that were settled at the first touch.",
}
DIMENSIONS = {
    "flow": "Flow",
    "version": "Version",
    "step": "Step",
    "channel": "Channel",
    "inbox": "Entrance",
    "queue": "Queue",
    "agent": "Person",
    "intent": "Subject",
    "triage": "Triage",
    "reason": "Reason",
    "variant": "Variant",
    "stage": "Stage",
    "segment": "Segment",
    "pack": "Pack",
    "plan": "Plan",
    "location": "Location",
    "activity": "Activity",
}
REVIEW_REASONS = {
    "supervised": "Supervised",
    "below_answer_confidence": "Not sure",
    "failed_attempt": "Not understood",
    "not_helpful": "Did not help",
    "training_gap": "Training gaps",
    "escalated": "Handed over",
    "automated": "Closed by the bot",
}
VERSION_STATES = {
    "training": "Being trained",
    "failed": "Failed",
    "candidate": "Candidate",
    "validating": "Being validated",
    "live": "Live",
    "retired": "Retired",
}
EXAMPLE_SOURCES = {"review": "review", "by_hand": "by hand", "article": "an article"}
AUTHORS = {"contact": "Contact", "bot": "Bot", "agent": "Agent", "system": "Baton"}
PREFERENCES = {
    Purpose.TRANSACTIONAL: "News about what I booked, ordered or owe",
    Purpose.PROMOTIONAL: "Offers and news",
    Purpose.SERVICE: "Questions about how it was, and help",
}
"""What a contact agrees to by a tick on their own page; kept with the consent."""
ALIKE = {
    "number": "the same number or mailbox on another channel",
    "identity": "the same sign-in on your site",
    "browser": "wrote from the browser in which they signed in later",
}
NEEDS = {
    Need.REFERENCE: "the number of the order, booking or form",
    Need.IDENTITY: "who it is: nobody vouched for them yet",
    Need.MEMBERSHIP: "their membership",
}
ASKED_AT = {
    "email": "In the web chat, beside the field for an email",
    "push": "In the web chat, beside “Notify me”",
}
"""Where a contact reads the words that they agree to, by channel."""
CHANNELS = {
    "webchat": "Web chat",
    "whatsapp": "WhatsApp",
    "sms": "SMS",
    "email": "E-mail",
    "push": "Notification",
    "voice": "Call",
}
PROVIDERS = {
    "twilio": "Twilio",
    "gateway": "another provider",
    "cloud": "Meta",
    "smtp": "your mail server",
    "twilio_voice": "Twilio",
    "web_push": "the browsers' push services",
    "sandbox": "phone lab",
}
# Why a provider did not deliver, with what to do about it.
UNDELIVERED = {
    "unknown_number": "This number does not exist. Nothing more is sent there until it writes.",
    "not_textable": "This number takes no SMS, as a landline. Nothing more is sent there.",
    "unknown_address": "This mailbox does not exist. Nothing more is sent there until it writes.",
    "mailbox_full": "Their mailbox is full. Try again in some days, or another channel.",
    "complained": "They reported it as spam. Nothing more is sent there until they write.",
    "no_route": "Their mail server could not be reached. Try again later, or another channel.",
    "unsubscribed": "They opted out with the provider. Only their START brings them back.",
    "gone": "The browser takes no notifications any more. Nothing is sent until it allows them.",
    "line_busy": "The line was busy. Try again later, or another channel.",
    "not_picked_up": "Nobody picked up. Try again later, or another channel.",
    "unreachable": "The phone is off or out of reach. Try again later, or another channel.",
    "blocked": "The carrier or their server blocked it, often for words or links. Reword it.",
    "region_closed": "Your account may not send to that country. The provider can allow it.",
    "text_length": "The text is empty or longer than the channel carries.",
    "not_on_channel": "They have no WhatsApp on this number, or an old one. Use another channel.",
    "window_closed": "They last wrote more than 24 hours ago. Only an approved template goes.",
    "template_refused": "WhatsApp refused the template. Settings, Templates says how it stands.",
    "promotions_unwanted": "They stopped promotions in WhatsApp. Their consent to them is over.",
    "held_back": "WhatsApp held it back, for they get many such messages. Later it may go.",
    "provider_refused": "The provider refused it. Its code says why.",
    "provider_busy": "The provider asks to wait. It is tried again by itself.",
    "channel_settings": "The channel's settings are wrong. See Settings, Channels.",
    "no_address": "No address of theirs is known on this channel.",
    "no_channel": "The channel is not connected. See Settings, Channels.",
    "erased": "Whoever it was for was erased.",
    "no_answer": "The provider did not answer, so it may have gone. Its receipt will tell.",
    "not_found": "The provider does not know it, so it hardly went. Say it again if it matters.",
}
FLOW_FIELDS = {
    "thanks_in": "Thanks in other languages",
    "retry_in": "Asks again in other languages",
    "text_in": "Text in other languages",
    "opening_in": "Opening in other languages",
    "then": "Goes on with",
    "otherwise": "Otherwise",
    "if_past": "If that has passed",
    "on_message": "On a message",
    "on_silence": "After silence",
    "by_channel": "Text of its own by channel",
    "fallback": "Next channel without a receipt",
    "without": "Unless it is",
    "opt_out": "Opt-out line",
    "technical_owner": "Technical owner",
    "rollback": "May take it back",
    "kpis": "KPIs",
    "kpi": "KPI",
    "url": "Address",
    "on": "Started by",
    "when": "Only if",
    "instead_of": "In place of",
    "of": "Of the time",
    "at": "At",
    "for": "For",
    "at_most": "At most",
    "at_least": "At least",
    "start": "First step",
    "with": "With",
    "save": "Keeps",
    "failed": "If it fails",
    "taken": "If offered before",
    "metric": "Business metric",
    "triage": "Triage",
    "escalates_on": "Hands over on",
    "when_paused": "While it is paused",
    "frequency_per_week": "Frequency per week",
    "channels": "Channels, in order of fallback",
    "subject": "Subject",
}
STEP_TYPES = {
    "send": "says",
    "ask": "asks",
    "answer": "answers",
    "branch": "branches",
    "wait": "waits",
    "do": "acts",
    "score": "scores",
    "tag": "tags",
    "task": "gives a task",
    "handoff": "hands over",
    "offer": "offers",
    "survey": "asks for a rating",
    "split": "tries variants",
    "digest": "collects",
    "subflow": "goes through a flow",
    "set": "notes",
    "end": "ends",
}
FLOW_PURPOSES = {
    "transactional": "Transactional",
    "promotional": "Promotional",
    "service": "Service",
}
OUTCOMES = {
    "given": "Given",
    "not_helpful": "“Not helpful”",
    "handed_over": "Handed over right after",
    "recontacted": "Came back about it",
    "by_person": "Sent by people",
}
CLOCKS = {
    "first_response": "First response",
    "next_response": "Next answer",
    "async_promise": "Promised answer",
    "resolution": "Settled",
}

BREACHES = {
    "first_response": "First response late",
    "next_response": "Next answer late",
    "async_promise": "Promise not kept",
    "resolution": "Not settled in time",
    "orphaned": "Forgotten: not settled for too long",
    "outreach": "Not reached in time",
    "unowned": "Nobody has it",
}
RETENTION = {
    "cancel": "To cancel",
    "pause": "A pause",
    "change": "Another plan or better terms",
    "unsure": "They are not sure",
    "saved": "They stay",
    "left": "They leave",
    "undecided": "Not decided yet",
}
APPROVAL_FOLDERS = {
    "up_to_me": "Up to me",
    "mine": "Mine",
    "open": "All open",
    "past": "Past",
}
APPROVAL_STATES = {
    "proposed": "Waits for an answer",
    "approved": "Approved, to be carried out",
    "declined": "Declined",
    "withdrawn": "Withdrawn",
    "expired": "Expired",
    "being_done": "Being carried out",
    "done": "Carried out",
}
APPROVAL_STEPS = {
    "proposed": "Proposed",
    "approved": "Approved",
    "declined": "Declined",
    "withdrawn": "Withdrawn",
    "reconsidered": "Answer taken back",
    "passed_on": "Nobody answered in time; passed on",
    "expired": "Expired: nobody answered in time",
    "carried_out": "Told that it was carried out, with its number",
    "done": "Carried out",
    "failed": "Could not be carried out",
}
# {what} is a clock in words, or what the notice itself says.
NOTICES = {
    "clock_warned": "{what}: little time is left.",
    "clock_breached": "{what}: overdue.",
    "task_warned": "To do in {what}: little time is left.",
    "task_overdue": "To do in {what}: overdue.",
    "offered": "A conversation is offered to you: {what}.",
    "daily_check": "The daily check: {what}.",
    "low_rating": "A contact rated us low: {what}.",
    "csat_fell": "CSAT fell on {what}.",
    "flow_paused": "A flow paused itself: {what}.",
    "flow_rolled_back": "A flow was taken back: {what}.",
    "harm_found": "{what}",
    "audit_due": "A month of escalations wants its audit: {what}.",
    "mentioned": "{what} mentioned you in a note.",
    "approval_asked": "{what} waits for your answer.",
    "approval_answered": "{what}.",
    "escalation_orphaned": "An escalation was forgotten{what}.",
    "transferred": "{what} has passed a conversation on to you.",
    "reader_away": "The reader at {what} does not answer. Messages are read here until it does.",
    "system_silent": "Nothing has come from “{what}” for longer than you allow.",
    "deposit_late": "A deposit came when its place had gone: {what}. "
    "Find them another one, or give it back.",
    "review_due": "A review is due: {what}.",
    "week_audit_due": "A week of escalations wants its audit: {what}.",
    "failure_given": "You are to mend a failure: {what}.",
    "failure_overdue": "A failure should be mended by now: {what}.",
    "compliance_failed": "The compliance check fails, and holds every rollout: {what}.",
    "rule_review_due": "The escalation rule “{what}” is due for a look.",
}

READER_TROUBLES = {
    "late": "has been late",
    "down": "could not be reached",
    "refused": "has refused to answer",
    "wrong": "has answered in a form that nobody can read",
    "huge": "has answered with more than was asked for",
}
"""Why an outside reader is left alone, by the word of `nlu.outside.OutsideFailed`."""


VERDICTS = {
    "right": "Right",
    "noisy": "Noisy",
    "misrouted": "Misrouted",
    "untaught": "Training gap",
}
"""What people say of an escalation when they look at it again (FL8)."""
ROOT_CAUSES = {
    "misread_intent": "The intent was misread",
    "missing_field": "A field was missing",
    "overzealous_copy": "The bot's words were overzealous",
    "wrong_answer": "The answer was wrong",
    "not_in_knowledge": "Nothing was known of it",
    "noisy_rule": "A rule was too keen",
    "missed_rule": "A rule missed it",
    "misrouted": "It went to the wrong people",
    "system_failed": "A system failed",
    "left_unresolved": "Left unresolved: make it easier",
}
"""Root causes of failures; people add labels of their own (FL2)."""
ALERTS = {
    "offered": "a conversation is offered to me",
    "clock_warned": "a promise of mine is near its end",
    "clock_breached": "a promise of mine is overdue",
    "task_warned": "something to do is near its end",
    "task_overdue": "something to do is overdue",
    "approval_asked": "something waits for my approval",
    "approval_answered": "what I proposed was answered",
    "mentioned": "a colleague mentions me",
    "transferred": "a conversation is passed on to me",
    "escalation_orphaned": "an escalation was forgotten",
    "daily_check": "the daily check found something",
    "low_rating": "a contact rates us low",
    "csat_fell": "CSAT falls on a channel",
    "flow_paused": "a flow pauses itself",
    "flow_rolled_back": "a flow is taken back",
    "harm_found": "the automation seems to do harm",
    "failure_given": "a failure is given to me",
    "failure_overdue": "a failure should be mended by now",
}


def notice(kind: str, details: str) -> str:
    """Return what a notice tells, as a sentence."""
    what = CLOCKS.get(details, details)
    if kind == "escalation_orphaned":
        what = f" after the flow {details}" if details else ""
    return NOTICES[kind].format(what=what)


def title_of_number(kind: str, name: str, measure: str) -> str:
    """Return what a number of the triage report counts, as a heading."""
    what = COUNTED.get(measure, plain(measure))
    if kind == "drift":
        return COUNTED.get(name, plain(name))
    return f"{TRIGGERS.get(name, plain(name)).capitalize()}: {what}"


def language(code: str) -> str:
    """Return a language's name in English: "es" as "Spanish"."""
    try:
        return Locale.parse(code.replace("-", "_")).get_display_name("en") or code
    except (UnknownLocaleError, ValueError):
        return code


def own_name(code: str) -> str:
    """Return a language's name as who speaks it writes it: "es" as "Español"."""
    try:
        name = Locale.parse(code.replace("-", "_")).get_display_name() or code
    except (UnknownLocaleError, ValueError):
        return code
    return name[:1].upper() + name[1:]


def plain(name: str) -> str:
    """Return a name of the domain as words: "billing_dispute" as "billing dispute"."""
    return name.replace("_", " ")


def step_type(name: str) -> str:
    """Return what a type of step does in words; an extension's by its name."""
    return STEP_TYPES.get(name, plain(name))


def times(count: int) -> str:
    """Return how often in words: once, 2 times."""
    return "once" if count == 1 else f"{count:,} times"


CALLS = {
    CallOutcome.REACHED: "They were reached",
    CallOutcome.NOT_PICKED_UP: "Nobody picked up",
    CallOutcome.LINE_BUSY: "The line was busy",
    CallOutcome.MAILBOX: "A mailbox answered",
    CallOutcome.WRONG_NUMBER: "The number is somebody else's",
}
FILE_KINDS = {
    "image": "A picture",
    "video": "A video",
    "audio": "A recording",
    "document": "A file",
}
FILE_FAULTS = {
    "empty": "it was empty.",
    "size": "it is larger than this workspace takes.",
    "type": "files of this type are not taken.",
    "broken": "it is a picture that cannot be opened.",
    "unavailable": "its provider does not have it any more.",
}

SIGNS = {
    Sign.AWAY.value: "{one.seen} days without a visit, where {one.against} are unusual",
    Sign.FEWER.value: "{one.seen} visits in 30 days, usually {one.against}",
    Sign.RARE.value: "{one.seen} visits in a year; {one.against} make a habit",
    Sign.MISSED.value: "missed {one.seen} bookings in 30 days",
    Sign.PAYMENT.value: "a payment failed {one.seen} days ago",
    Sign.IDLE.value: "{one.seen} days without the app",
    Sign.QUIET.value: "read none of {one.seen} messages in 60 days",
}
"""What is seen of somebody who may leave, with its numbers."""

BOOKING_STATES = {
    State.WAITING.value: ("On the waiting list", ""),
    State.HELD.value: ("Held", "warn"),
    State.BOOKED.value: ("Booked", "accent"),
    State.CONFIRMED.value: ("Confirmed", "good"),
    State.ATTENDED.value: ("Came", "good"),
    State.NO_SHOW.value: ("Did not come", "bad"),
    State.CANCELLED.value: ("Cancelled", ""),
    State.RELEASED.value: ("Let go", ""),
}
BOOKING_REASONS = {
    Reason.ASKED.value: "as they asked, in time",
    Reason.LATE_CANCELLATION.value: "inside the cancellation window",
    Reason.BY_STAFF.value: "by the staff",
    Reason.SLOT_CANCELLED.value: "the whole time was called off",
    Reason.NO_ANSWER.value: "nobody answered in time",
    Reason.PASSED.value: "they passed",
    Reason.NO_DEPOSIT.value: "the deposit was not paid in time",
}
MEMBERSHIPS = {"active": "is a member", "paused": "paused", "ended": "left"}
SIGN_NAMES = {
    Sign.AWAY.value: "long without a visit",
    Sign.FEWER.value: "fewer visits",
    Sign.RARE.value: "no habit yet",
    Sign.MISSED.value: "missed bookings",
    Sign.PAYMENT.value: "a failed payment",
    Sign.IDLE.value: "app not opened",
    Sign.QUIET.value: "messages not read",
}

ROLLOUT_STATES = {
    "": "serves everybody",
    "completed": "serves everybody",
    "running": "on its way",
    "stopped": "off: stopped",
    "rolled_back": "off: taken back",
}

ROLLOUT_MARKS = {
    "begun": "Begun",
    "moved": "Moved",
    "moved_despite": "Moved in spite of a gate",
    "share_set": "Share set",
    "answered": "Answered for",
    "completed": "Completed",
    "stopped": "Stopped",
    "rolled_back": "Taken back",
    "taken_up": "Taken up again",
    "paused": "Paused",
    "resumed": "Resumed",
    "looked_back": "Looked back on",
}
OCCASIONS = {
    "standup": ("Standup", "15 minutes a day: blockers, incidents, what is late"),
    "ops_review": ("Operations review", "in the middle of the week"),
    "steering": ("Steering check", "weekly: product, compliance, those who answer"),
    "week_audit": ("Audit of the week", "every escalation: right, noisy, misrouted, untaught"),
    "release": ("Release", "what was mended goes out together, every two weeks"),
    "month_audit": ("Audit of the month", "triggers, recontacts and escalations"),
    "quarter": ("Tighten or relax", "once a quarter: rules, thresholds, limits"),
}
"""What is looked at together, and what that is."""


ROAD_STEPS = {
    "prioritise": "Prioritise",
    "targets": "Set targets",
    "connect": "Map data and systems",
    "build": "Build the flow and its words",
    "pilot": "Pilot it on a share",
    "scale": "Measure, mend, scale",
}
ROLLOUT_CHECKS = {
    "triage": ("Triage", "What it automates was weighed: complexity, emotion, how often."),
    "owner": ("Owner", "Somebody of operations or CX answers for it, and knows it."),
    "metrics": ("Metrics", "One business metric, a KPI of each side, and gates are set."),
    "baseline": ("Baseline", "What the KPIs were before is kept, to hold the pilot against."),
    "triggers": ("Escalation triggers", "What hands over to people is named and was tried."),
    "templates": ("Templates", "The words that go out are approved, where they must be."),
    "consent": ("Consent", "Whom it writes to unasked has agreed to it."),
    "compliance": ("Compliance", "Privacy, what is logged, and what a card shows were audited."),
    "agents": ("Agents briefed", "Those who take over know the flow, the card and the playbook."),
    "escalations_reviewed": (
        "Escalations reviewed",
        "Each one of the stage was looked at.",
    ),
    "fix": ("One fix", "What failed most was mended, and it is known what came of that."),
    "dashboards": ("Dashboards", "Those who watch it agree on the numbers that they look at."),
    "month_audited": (
        "The month audited",
        "Its returns and escalations were looked at, and that was signed under Review.",
    ),
}
