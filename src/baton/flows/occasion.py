"""Events that end a wait or a question early."""

from dataclasses import dataclass

from baton.flows.fields import Fields
from baton.flows.scene import Go, Happened, Scene, Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """An event that ends the wait, if its condition holds, and where it leads."""

    event: str
    when: str
    to: str

    @property
    def way(self) -> Way:
        """The edge that it is in the diagram."""
        return Way(to=self.to, label=self.event, waits=True)


Occasions = tuple[Occasion, ...]

# A run is found by the events that it waits for, its own and the goals of its flow and of
# those that called it: the column of them all holds 400 characters.
_MOST_TOGETHER = 200


def occasions_of(fields: Fields) -> Occasions:
    """Read a step's events."""
    found = fields.entries("events", "What ends the wait early.", _occasion_of, is_required=False)
    if sum(len(one.event) + 1 for one in found) > _MOST_TOGETHER:
        fields.problem(
            "events", f"must have at most {_MOST_TOGETHER} characters in their names together"
        )
    return found


def find_way(occasions: Occasions, scene: Scene, given: Happened) -> Go | None:
    """Return where an event leads; None when none of these is meant."""
    return next(
        (Go(to=one.to) for one in occasions if one.event == given.event and scene.holds(one.when)),
        None,
    )


def conditions_in(occasions: Occasions) -> dict[str, tuple[str, str]]:
    """Return their CEL sources by path, each with the type that it must give."""
    return {
        f"events.{place}.when": (one.when, "BOOL")
        for place, one in enumerate(occasions)
        if one.when
    }


def _occasion_of(fields: Fields) -> Occasion:
    return Occasion(
        event=fields.word("event", "What happens."),
        when=fields.condition("when", "Only if this holds.", default=""),
        to=fields.step("then", "Where it leads."),
    )
