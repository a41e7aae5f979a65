"""The parts of a story about a pilot: how a flow is rolled out, and stopped."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from baton.config.stories.basics import Name, Part, Text


class PilotAct(StrEnum):
    """What somebody does with a flow's rollout."""

    BEGIN = "begin"
    ANSWER = "answer"
    MOVE = "move"
    TAKE_BACK = "take_back"
    TAKE_UP = "take_up"
    PAUSE = "pause"
    RESUME = "resume"
    LOOK = "look"  # Baton looks by itself whether a flow harms
    BASELINE = "baseline"  # a figure from before Baton is kept to hold others against


class Pilots(Part):
    """Somebody moves a flow's rollout, or stops it."""

    who: Name
    flow: Name
    act: PilotAct
    plan: str = Field(
        "90_days", description="For begin: 90_days, six_weeks, 14_days or shadow_first."
    )
    stage: str = Field("", description="For move; and up to which all is answered for, for answer.")
    share: Annotated[float, Field(ge=0, le=1)] | None = Field(None, description="For move.")
    despite: bool = Field(False, description="For move: in spite of gates that are not met.")
    kpi: Name | None = Field(None, description="For baseline, with a value.")
    value: float | None = Field(None, description="For baseline, in the KPI's unit.")
    text: Text = Field("as planned", description="Why.")

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> "Pilots":
        is_figure = self.act is PilotAct.BASELINE
        if (self.kpi is None or self.value is None) is is_figure:
            message = "the act baseline needs kpi and value, and no other takes them"
            raise ValueError(message)
        return self
