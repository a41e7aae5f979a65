"""`baton parked`, run as a person runs it."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.config.conftest import Demo
from tests.support.command_line import baton


def told(home: Path, *arguments: str) -> list[dict[str, object]]:
    done = baton("parked", *arguments, "--json", home=home)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def set_aside(home: Path) -> None:
    """Leave one effect in doubt and one parked, as a sender leaves them."""
    with closing(sqlite3.connect(home / "baton.sqlite3")) as database, database:
        database.execute(
            "UPDATE runtime_effect SET state = 'parked', reason = 'no channel sms is connected'"
            " WHERE seq = (SELECT min(seq) FROM runtime_effect)"
        )
        database.execute(
            "UPDATE runtime_effect SET state = 'unknown', reason = 'the lease ran out'"
            " WHERE seq = (SELECT max(seq) FROM runtime_effect)"
        )


def test_what_is_set_aside_is_listed_settled_and_put_back(demo: Demo) -> None:
    assert told(demo.home, "list") == []
    set_aside(demo.home)
    parked, doubtful = told(demo.home, "list")
    assert (parked["state"], doubtful["state"]) == ("parked", "in doubt")
    assert parked["reason"] == "no channel sms is connected"
    refused = baton("parked", "redrive", str(doubtful["name"]), home=demo.home)
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
    assert baton("parked", "redrive", home=demo.home).returncode == 1
    told(demo.home, "resolve", str(doubtful["name"]), "--sent")
    assert told(demo.home, "redrive", "--all") == [{"redriven": 1}]
    assert told(demo.home, "list") == []
