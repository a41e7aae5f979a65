"""Make the contact an offer, and remember until when it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from typing_extensions import override

from baton.flows.effects import MakeOffer
from baton.flows.fields import Fields
from baton.flows.scene import Go, Outcome, Said, Scene, Step, Way
from baton.flows.wording import Wording, wording_of

_A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Step):
    """Say what is offered and note it, so that nobody is offered the same twice (C21).

    A contact who was made this offer goes to `taken` instead, without a word; so does
    everybody once the budget of offers is spent.

    Example:
        {type: offer, offer: towel, text: "Book now for a free towel.", expires: 48h,
         then: done, taken: done}
    """

    type: ClassVar[str] = "offer"
    about: ClassVar[str] = "Makes an offer that runs out."
    offer: str
    wording: Wording
    expires: timedelta
    then: str
    taken: str

    @classmethod
    @override
    def parse(cls, fields: Fields) -> "Offer":
        """Read the step's fields; without `expires` it stands for a week."""
        return cls(
            offer=fields.word("offer", "The offer's name."),
            wording=wording_of(fields, about="What is offered."),
            expires=fields.duration("expires", "How long it stands.") or _A_WEEK,
            then=fields.step("then", "What follows."),
            taken=fields.step("taken", "What follows when it was made before, or may not be."),
        )

    @override
    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Make the offer, unless it was made before or costs more than may be spent."""
        contact = scene.facts.get("contact")
        made = contact.get("offers") if isinstance(contact, Mapping) else None
        passes_on = said is not None
        is_spent = isinstance(contact, Mapping) and contact.get("may_be_offered") is False
        if is_spent or (isinstance(made, list) and self.offer in made):
            return Go(to=self.taken, passes_on=passes_on)
        offer = MakeOffer(offer=self.offer, expires_after=self.expires)
        return Go(to=self.then, effects=(offer, scene.say(self.wording)), passes_on=passes_on)

    @property
    @override
    def ways(self) -> tuple[Way, ...]:
        """Where a new offer and one made before lead."""
        return (Way(to=self.then, label="offered"), Way(to=self.taken, label="offered before"))

    @property
    @override
    def wordings(self) -> Mapping[str, Wording]:
        """What is offered."""
        return {"": self.wording}
