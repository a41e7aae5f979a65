"""The table of contents: every page, under what somebody wants of it.

A page is named by its path in the repository without its ending. One that stands nowhere here, or
twice, fails `script/docs` and its test.
"""

from typing import Final

CONTENTS: Final[dict[str, tuple[str, ...]]] = {
    "Begin": ("docs/tutorial", "docs/people", "docs/set-up", "docs/packs"),
    "Understand": (
        "docs/explained",
        "docs/reading",
        "docs/confidence",
        "docs/triage",
        "docs/handoffs",
        "docs/privacy",
        "docs/security",
    ),
    "Connect": (
        "docs/channels",
        "docs/widget",
        "docs/one-tap",
        "docs/systems",
        "src/baton/connectors/calcom/README",
        "src/baton/connectors/calendly/README",
        "src/baton/connectors/square/README",
        "src/baton/connectors/mindbody/README",
        "src/baton/connectors/caldav/README",
        "src/baton/connectors/ics/README",
        "src/baton/connectors/shopify/README",
        "src/baton/connectors/woocommerce/README",
        "src/baton/connectors/easypost/README",
        "src/baton/connectors/aftership/README",
        "src/baton/connectors/hubspot/README",
        "src/baton/connectors/crm/README",
        "src/baton/connectors/zendesk/README",
        "src/baton/connectors/helpdesk/README",
        "docs/import",
        "docs/api",
    ),
    "Answer": ("docs/knowledge", "docs/learning", "docs/replay", "docs/outside-nlu"),
    "Automate": (
        "docs/library",
        "docs/flow-editor",
        "docs/flows",
        "docs/flows-check",
        "docs/simulate",
        "docs/sending",
        "docs/bookings",
        "docs/orders",
        "docs/returns",
        "docs/billing",
        "docs/feedback",
        "docs/churn",
    ),
    "Hand over": (
        "docs/escalation",
        "docs/routing",
        "docs/clocks",
        "docs/approvals",
        "docs/replies",
    ),
    "Prove": (
        "docs/assess",
        "docs/pilot",
        "docs/kpis",
        "docs/money",
        "docs/alerts",
        "docs/experiments",
    ),
    "Run": ("docs/operate", "docs/scale", "docs/faults", "SECURITY"),
    "Look up": (
        "reference/commands",
        "reference/settings",
        "reference/flow",
        "reference/story",
        "reference/kpis",
        "reference/api",
        "reference/roles",
        "docs/glossary",
    ),
    "Change Baton": (
        "docs/architecture",
        "docs/extending",
        "CONTRIBUTING",
        "docs/stories",
        "reference/rules",
        "src/baton/channels/email/README",
        "src/baton/channels/push/README",
        "src/baton/channels/sms/README",
        "src/baton/channels/voice/README",
        "src/baton/channels/webchat/README",
        "src/baton/channels/sandbox/README",
        "src/baton/channels/whatsapp/README",
    ),
}
"""The parts in order, each with its pages in order."""

DECISIONS: Final = "docs/adr/"
"""The folder of the decisions, which the last part takes in by their numbers."""


def front(decisions: list[str]) -> str:
    """Return the first page: what there is, as a list to read and a tree to walk."""
    parts = {**CONTENTS, "Decisions": tuple(decisions)}
    trees = "\n".join(_tree(title, pages) for title, pages in parts.items())
    return f"{_OPENING}\n{trees}"


def _tree(title: str, pages: tuple[str, ...]) -> str:
    lines = "\n".join(pages)
    return f"```{{toctree}}\n:caption: {title}\n:maxdepth: 1\n:hidden:\n\n{lines}\n```\n"


_OPENING = """\
# Baton

Customer-service automation that knows when to hand over. It answers the repetitive part of a
business's messages, stops at what is not its to answer, and passes those to a person with a compact
card and a running clock.

| you want | begin at |
| --- | --- |
| to see it work, from nothing, in half an hour | [The first half hour](docs/tutorial.md) |
| what concerns you: operations lead, agent, compliance officer, technical owner | \
[Who does what](docs/people.md) |
| to know why it does what it does | [Explained](docs/explained.md) |
| to connect WhatsApp, a telephone number or a mailbox | [Channels](docs/channels.md) |
| to add a booking system, a shop or a CRM | [Connected systems](docs/systems.md) |
| a rule of your own for what goes to people | [Escalation rules](docs/escalation.md) |
| to prove who saw what | [The audit trail](docs/privacy.md#the-audit-trail) |
| a command, a setting, a field, a KPI | [Commands](reference/commands.md), \
[settings](reference/settings.md), [flows](reference/flow.md), [KPIs](reference/kpis.md) |
"""
