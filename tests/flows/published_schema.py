"""Writes docs/flow.schema.json anew: python -m tests.flows.published_schema"""

import json
from pathlib import Path

from baton.flows import schema

if __name__ == "__main__":
    path = Path(__file__).parents[2] / "docs/flow.schema.json"
    path.write_text(json.dumps(schema.flow_schema(), indent=2) + "\n", "utf-8")
