"""What `baton doctor` looks at: each finding says what was found and what to do about it."""

from collections.abc import Iterator

from baton.config.doctor import database, machine, work
from baton.config.doctor.findings import Finding, State
from baton.config.settings import Settings
from baton.runtime.trial import Failed, tried


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield every finding; what needs the database is left out where that lacks something."""
    yield from machine.examine(settings)
    found = tried(lambda: list(database.examine(settings)))
    if isinstance(found, Failed):
        yield Finding(
            name="database",
            state=State.FAILS,
            found=f"does not answer ({found.reason})",
            remedy="Start it, or mend BATON_DATABASE_URL; nothing is taken until then.",
        )
        return
    yield from found
    if any(one.name == "schema" and one.state is State.FAILS for one in found):
        return
    yield from work.examine(settings)
