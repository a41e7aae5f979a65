"""The same stories on a real PostgreSQL server, through the command that people use."""

import json
import os
import subprocess
import sys

import pytest

from tests.support.postgres import PostgresServer
from tests.support.world import story_files


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.parametrize("reader", ["full", "plain"])
def test_every_story_passes_on_postgresql(reader: str, postgres_server: PostgresServer) -> None:
    """As on SQLite, the packs whose stories hang on no full reader are read by the plain one."""
    files = [
        path
        for path in story_files()
        if ("\npack: fitness\n" in path.read_text()) == (reader == "full")
    ]
    database = postgres_server.create_database(f"stories-{reader}")
    url = f"postgresql://{postgres_server.user}@/{database}?host={postgres_server.host}"
    done = subprocess.run(
        [sys.executable, "-m", "baton.config.cli", "play", *map(str, files), "--json",
         "--database", url],
        capture_output=True, text=True, check=False, env={**os.environ, "BATON_READER": reader},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert len([json.loads(line) for line in done.stdout.splitlines()]) == len(files) > 0
