"""The parts of a story about a pilot: how a flow is rolled out, and stopped."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

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


class Pilots(Part):
    """Somebody moves a flow's rollout, or stops it."""

    who: Name
    flow: Name
    act: PilotAct
    plan: str = Field("90_days", description="For begin: 90_days, six_weeks or 14_days.")
    stage: str = Field("", description="For move; and up to which all is answered for, for answer.")
    share: Annotated[float, Field(ge=0, le=1)] | None = Field(None, description="For move.")
    despite: bool = Field(False, description="For move: in spite of gates that are not met.")
    text: Text = Field("as planned", description="Why.")
