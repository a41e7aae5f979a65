"""The command `baton`, run as a person runs it: in a process and a home of its own."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.support import warm_commands


def baton(
    *arguments: str, home: Path, plain: bool = True, settings: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command; `settings` are further variables of its environment.

    Unless a test is about what is understood, the plain reader does: it is there at once.
    """
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("BATON_")
    }
    environment |= {"BATON_HOME": str(home), "DJANGO_SETTINGS_MODULE": "baton.config.django"}
    if plain:
        environment["BATON_READER"] = "plain"
    if cache := os.environ.get("BATON_CACHE"):
        environment["BATON_CACHE"] = cache
    environment |= settings or {}
    return warm_commands.run(arguments, environment, home)
