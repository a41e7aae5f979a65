"""Stories on a real PostgreSQL server, through the command that people use."""

import json
from pathlib import Path

import pytest

from tests.scenarios.statements import left_out
from tests.support.command_line import baton
from tests.support.postgres import PostgresServer
from tests.support.world import story_files


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.parametrize("reader", ["full", "plain"])
def test_stories_that_run_every_statement_pass_on_postgresql(
    reader: str, migrated_postgres: PostgresServer, tmp_path: Path
) -> None:
    """As on SQLite, the packs whose stories hang on no full reader are read by the plain one."""
    files = [
        path
        for path in story_files()
        if path.stem not in left_out()
        and ("\npack: fitness\n" in path.read_text()) == (reader == "full")
    ]
    database = migrated_postgres.create_migrated(f"stories-{reader}")["NAME"]
    url = f"postgresql://{migrated_postgres.user}@/{database}?host={migrated_postgres.host}"
    done = baton(
        "play", *map(str, files), "--json", "--database", url,
        home=tmp_path, plain=reader == "plain",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert len([json.loads(line) for line in done.stdout.splitlines()]) == len(files) > 0
