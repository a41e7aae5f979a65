"""Extensions: packages of others that bring step types, kinds of systems, and packs.

An extension is a package of Python that is installed beside Baton and says in its metadata, by
entry points, what it brings (docs/extending.md, ADR 43). What cannot be loaded is left out and
told: one extension's fault keeps nobody from being answered.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.resources import files
from types import ModuleType

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """One thing that a package brings.

    Attributes:
        kind: what it is, as `step`.
        name: how the package calls it.
        package: the package with its version.
        problem: why it was left out, "" for one that works.
    """

    kind: str
    name: str
    package: str
    problem: str = ""


@cache
def load() -> tuple[Extension, ...]:
    """Load every extension once a process; return them, with those that were left out."""
    found = tuple(_load_all())
    for one in found:
        if one.problem:
            _log.error("left out: %s %s of %s: %s", one.kind, one.name, one.package, one.problem)
    return found


def _load_all() -> Iterator[Extension]:
    for group, (kind, adopt) in _GROUPS.items():
        for entry in sorted(entry_points(group=group), key=lambda entry: (entry.name, entry.value)):
            package = f"{entry.dist.name} {entry.dist.version}" if entry.dist else "no package"
            problem = _problem_of(entry, adopt)
            yield Extension(kind=kind, name=entry.name, package=package, problem=problem)


def _problem_of(entry: EntryPoint, adopt: Callable[[object], None]) -> str:
    try:
        adopt(entry.load())
    except Exception as error:  # noqa: BLE001 - it is somebody else's code: anything may fail in it
        return f"{type(error).__name__}: {error}"
    return ""


def _adopt_step(found: object) -> None:
    # Imported where it is needed: without extensions no command waits for it; so below.
    from baton.flows import steps  # noqa: PLC0415
    from baton.flows.scene import Step  # noqa: PLC0415

    if not (isinstance(found, type) and issubclass(found, Step)):
        raise TypeError("it is no Step")
    steps.register(found)


def _adopt_kind(found: object) -> None:
    from baton.services.systems import kinds  # noqa: PLC0415

    if not isinstance(found, kinds.Kind):
        raise TypeError("it is no Kind")
    kinds.register(found)


def _adopt_packs(found: object) -> None:
    from baton.services.workspace import packs  # noqa: PLC0415

    if not isinstance(found, ModuleType):
        raise TypeError("it is no package: name the one whose folders are packs")
    packs.look_in(files(found))


_GROUPS: dict[str, tuple[str, Callable[[object], None]]] = {
    "baton.steps": ("step", _adopt_step),
    "baton.systems": ("system", _adopt_kind),
    "baton.packs": ("packs", _adopt_packs),
}
