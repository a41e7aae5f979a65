"""The providers' own documents, read where they lie: beside the repository, or as set."""

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

_DATA = Path(os.environ.get("BATON_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))


@lru_cache(maxsize=1)
def twilio_api() -> dict[str, Any]:
    """Return Twilio's OpenAPI document; skips where nobody has it."""
    path = _DATA / "twilio" / "twilio_api_v2010.json"
    if not path.exists():
        pytest.skip(f"no {path}: set BATON_TEST_DATA to a folder with twilio/")
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found
