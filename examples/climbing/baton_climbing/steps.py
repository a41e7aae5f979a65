"""A step of one's own: one way on weekdays, another at the weekend."""

from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from baton.flows.fields import Fields
from baton.flows.scene import Go, Outcome, Said, Scene, Step, Way

_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ByWeekday(Step):
    """Go one way from Monday to Friday, and another at the weekend.

    Example:
        {type: by_weekday, weekdays: quiet, weekend: crowded}
    """

    type: ClassVar[str] = "by_weekday"
    about: ClassVar[str] = "Goes one way on weekdays, another at the weekend."
    weekdays: str
    weekend: str

    @classmethod
    @override
    def parse(cls, fields: Fields) -> "ByWeekday":
        """Read the step's fields."""
        return cls(
            weekdays=fields.step("weekdays", "What follows from Monday to Friday."),
            weekend=fields.step("weekend", "What follows on Saturday and Sunday."),
        )

    @override
    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Choose by today where the business is."""
        day = scene.day or scene.now.date()
        to = self.weekend if day.weekday() >= _SATURDAY else self.weekdays
        return Go(to=to, passes_on=said is not None)

    @property
    @override
    def ways(self) -> tuple[Way, ...]:
        """Both ways, as the diagram shows them."""
        return (
            Way(to=self.weekdays, label="Monday to Friday"),
            Way(to=self.weekend, label="at the weekend"),
        )
