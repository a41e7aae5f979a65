"""What the demo's people say and do, read from the pack's `demo.yaml`."""

import random
from datetime import date
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from baton.core.approvals import Kind
from baton.core.escalation_rules import EscalationRule
from baton.core.macros import Ending, Macro
from baton.core.roles import Role
from baton.services.conversation.proposals import Proposal
from baton.services.desk.rule_desk import Wish
from baton.services.workspace.workspaces import Place
from baton.services.writing import documents

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


class DemoScript(_Part):
    """The whole demo of a pack."""

    business: str
    place: PlacePart
    staff: tuple[Colleague, ...]
    names: tuple[str, ...]
    talks: tuple[Talk, ...]
    macros: tuple[MacroPart, ...] = ()
    rules: tuple[RulePart, ...] = ()
    unfinished: tuple[Unfinished, ...] = ()

    def any_talk(self, source: random.Random) -> Talk:
        """Choose a talk by its share."""
        return source.choices(self.talks, weights=[talk.share for talk in self.talks])[0]


def load(pack: str) -> DemoScript:
    """Read a pack's demo; raises InvalidDocument with the place of every fault."""
    path = files("baton") / "packs" / pack / "demo.yaml"
    return documents.parse(DemoScript, path.read_text(encoding="utf-8"), file=str(path))
