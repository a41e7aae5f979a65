"""The same stories on a real PostgreSQL server, through the command that people use."""

import json
import os
import subprocess
import sys

import pytest

from tests.support.postgres import PostgresServer
from tests.support.world import STORIES, story_files


@pytest.mark.long
@pytest.mark.postgres
def test_every_story_passes_on_postgresql(postgres_server: PostgresServer) -> None:
    postgres_server.create_database("stories")
    url = f"postgresql://{postgres_server.user}@/stories?host={postgres_server.host}"
    done = subprocess.run(
        [sys.executable, "-m", "baton.config.cli", "play", str(STORIES), "--json",
         "--database", url],
        capture_output=True, text=True, check=False, env=dict(os.environ),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(results) == len(story_files())
