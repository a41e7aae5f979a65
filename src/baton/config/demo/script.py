"""What the demo's people say and do, read from the pack's `demo.yaml`."""

import random
from datetime import date

from pydantic import BaseModel, ConfigDict

from baton.core.approvals import Kind
from baton.core.escalation_rules import EscalationRule
from baton.core.macros import Ending, Macro
from baton.core.records import LineRecord
from baton.core.roles import Role
from baton.services.conversation.proposals import Proposal
from baton.services.desk.rule_desk import Wish
from baton.services.pilot.rollouts import Beginning
from baton.services.workspace import packs
from baton.services.workspace.workspaces import Place
from baton.services.writing import documents

_FILE = "demo.yaml"
PASSWORD = "let-me-look-around"  # noqa: S105 - of invented people, on a demo's own database


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PlacePart(_Part):
    """The demo's only location."""

    name: str
    address: str
    phone: str
    map_url: str
    timezone: str
    week: dict[str, list[list[str]]]

    def as_place(self) -> Place:
        """Return the place as services take it."""
        return Place(**self.model_dump())


class Colleague(_Part):
    """Someone who works there."""

    email: str
    name: str
    role: Role
    skills: tuple[str, ...]


class Talk(_Part):
    """What one contact writes, and how people end it if it reaches them."""

    share: int
    says: tuple[str, ...]
    ends: str = ""
    answer: str = ""


class MacroPart(_Part):
    """A macro that the manager has written."""

    name: str
    title: str
    tag: str = ""
    note: str = ""
    reply: str = ""
    ending: Ending = Ending.KEEP
    ending_value: str = ""

    def as_macro(self) -> Macro:
        """Return the macro as services take it."""
        return Macro(**self.model_dump())


class RulePart(_Part):
    """A rule that flags a conversation for people, with why the manager set it."""

    title: str
    words: tuple[str, ...]
    reason: str

    def as_wish(self, *, review_on: date) -> Wish:
        """Return the rule as services take it."""
        rule = EscalationRule(name="", title=self.title, words=self.words)
        return Wish(name="", rule=rule, reason=self.reason, review_on=review_on)


class AskPart(_Part):
    """What an agent asks for on behalf of a contact, beyond what they may grant."""

    kind: Kind
    amount_minor: int
    reason: str
    subject: str
    note: str

    def as_proposal(self) -> Proposal:
        """Return the proposal as services take it."""
        return Proposal(**self.model_dump())


class Unfinished(_Part):
    """A talk that is under way: what an agent `asks` for waits for a yes, else the bot has it."""

    says: tuple[str, ...]
    answer: str = ""
    asks: AskPart | None = None


class BookingsPart(_Part):
    """What it offers to book: classes at hours of the day, and plans to join."""

    classes: tuple[str, ...]
    hours: tuple[int, ...]
    small_class: str
    plans: tuple[str, ...]


class ArticlePart(_Part):
    """Something that it sells."""

    title: str
    sku: str
    category: str
    price_minor: int

    def as_line(self) -> LineRecord:
        """Return one piece of it as a line of an order."""
        return LineRecord(
            reference=self.sku,
            title=self.title,
            sku=self.sku,
            category=self.category,
            price_minor=self.price_minor,
        )


class RolloutPart(_Part):
    """A flow that the manager proves on a share before it serves everybody."""

    flow: str
    plan: str
    reason: str

    def as_beginning(self) -> Beginning:
        """Return what it begins with, as services take it."""
        return Beginning(plan=self.plan, reason=self.reason)


class ShopPart(_Part):
    """What it sells and sends: from which number, to which towns, and what buyers say of it."""

    first_number: int
    carrier: str
    articles: tuple[ArticlePart, ...]
    towns: tuple[str, ...]
    said: tuple[str, ...]


class DemoScript(_Part):
    """The whole demo of a pack; `library` are flows that it has started from."""

    business: str
    place: PlacePart
    email: str
    memberships: tuple[str, ...] = ()
    library: tuple[str, ...] = ()
    bookings: BookingsPart | None = None
    shop: ShopPart | None = None
    staff: tuple[Colleague, ...]
    names: tuple[str, ...]
    talks: tuple[Talk, ...]
    macros: tuple[MacroPart, ...] = ()
    rules: tuple[RulePart, ...] = ()
    rollouts: tuple[RolloutPart, ...] = ()
    unfinished: tuple[Unfinished, ...] = ()

    def any_talk(self, source: random.Random) -> Talk:
        """Choose a talk by its share."""
        return source.choices(self.talks, weights=[talk.share for talk in self.talks])[0]


def list_packs() -> tuple[str, ...]:
    """Return the packs that come with a demo."""
    named = packs.list_packs()
    return tuple(name for name in named if (packs.folder_of(name) / _FILE).is_file())


def load(pack: str) -> DemoScript:
    """Read a pack's demo; raises InvalidDocument with the place of every fault."""
    text = (packs.folder_of(pack) / _FILE).read_text(encoding="utf-8")
    return documents.parse(DemoScript, text, file=f"{pack}/{_FILE}")
