"""The parts of a story about a system that tells by files alone: what its newest export says."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from baton.config.stories.basics import Name, Part, Text


class ExportLine(Part):
    """A booking as a line of the file has it."""

    who: Name
    booking: Text = Field(description="Its number.")
    class_name: Text
    starts_at: AwareDatetime
    state: Text = "booked"


class Exports(Part):
    """A system without webhooks exports its bookings, and the file is imported."""

    lines: Annotated[tuple[ExportLine, ...], Field(min_length=1, max_length=50)]
