"""The one place of the runtime where any exception is caught.

A worker must outlive every bug in what it runs, so each kind of work is tried
here and its failure becomes a value. The reason is the exception's type name
alone: its message may hold a customer's words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A piece of work raised."""

    error: Exception

    @property
    def reason(self) -> str:
        """What may be stored and logged about it."""
        return type(self.error).__name__


def tried(work: Callable[[], T]) -> T | Failed:
    """Do a piece of work; an exception becomes a `Failed`."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - see the module's docstring
        return Failed(error=error)
