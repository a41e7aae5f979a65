"""How well `baton assess` finds what is asked without being told, and how fast.

The groups are held against the true intents of the official test splits by normalised mutual
information. Beside them, in the same run and on the same meanings, stands k-means, which is
told the true number of intents. Nothing was chosen on these texts (docs/assess.md).
"""

import csv
import json
import platform
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sklearn.cluster import KMeans
from sklearn.metrics import normalized_mutual_info_score

from baton.connectors.files import past
from baton.core.policy import Policy, with_overrides
from baton.nlu import grouping
from baton.nlu.encoder import find_encoder
from baton.nlu.neighbours import last_layers
from baton.services.pilot import assessing, sorting
from baton.services.workspace import packs

_SEED = 11
_BEFORE = ("", "", "Hi, ", "Hello there. ", "Hey team, quick question: ", "Good morning! ")
_BEHIND = ("", "", " Thanks!", " Please let me know.", " Kind regards", " I need this today.")
_DAYS = 182
_BEGINS = datetime(2025, 1, 6, tzinfo=UTC)

Row = dict[str, object]


def grouped(data: Path, name: str) -> Row:
    """Group a test split without its labels, and hold the groups against them."""
    rows = list(_split(data, name, "test"))
    encoder = find_encoder()
    if encoder is None:
        raise SystemExit("the encoder's packages are not installed")
    began = time.process_time()
    meanings = encoder.meanings([text for text, _ in rows], on_text=lambda: None)
    encoded = time.process_time()
    groups = grouping.group(meanings)
    ended = time.process_time()
    truth = [intent for _, intent in rows]
    count = len(set(truth))
    rival = KMeans(count, n_init=10, random_state=_SEED).fit(last_layers(meanings))
    return {
        "part": name,
        "texts": len(rows),
        "intents": count,
        "groups": int(groups.max()) + 1,
        "nmi": round(float(normalized_mutual_info_score(truth, groups)), 4),
        "kmeans_nmi": round(float(normalized_mutual_info_score(truth, rival.labels_)), 4),
        "encoding_s": round(encoded - began, 1),
        "grouping_s": round(ended - encoded, 1),
    }


def timed(data: Path, tickets: int) -> Row:
    """Assess an export of so many tickets, all in one process; in seconds of one core."""
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
        path = Path(folder) / "tickets.json"
        _write(path, data, tickets)
        size = path.stat().st_size
        began, wall = time.process_time(), time.perf_counter()
        pack = packs.load_pack("fitness")
        policy = with_overrides(Policy(), pack.policy)
        sorter = sorting.sorter_of(
            pack, policy, knows_types=True, progress=lambda _words, _share: None
        )
        told = assessing.assess(sorter, past.read(path), zone=UTC, weeks=4)
    taken = time.process_time() - began
    return {
        "part": "speed",
        "tickets": told.conversations,
        "bytes": size,
        "read_closely": told.closely,
        "types": len(told.types),
        "cpu_s": round(taken, 1),
        "wall_s": round(time.perf_counter() - wall, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "python": platform.python_version(),
    }


def _split(data: Path, name: str, part: str) -> Iterator[tuple[str, str]]:
    if name == "clinc150":
        rows = json.loads((data / name / "data_full.json").read_text("utf-8"))[part]
        yield from ((text, intent) for text, intent in rows)
        return
    with (data / name / f"{part}.csv").open(encoding="utf-8", newline="") as file:
        yield from ((row["text"], row["category"]) for row in csv.DictReader(file))


def _write(path: Path, data: Path, tickets: int) -> None:
    """Write tickets as Zendesk exports them, from the training texts."""
    chance = random.Random(_SEED)  # noqa: S311 - invented tickets, the same each time
    texts = [text for name in ("clinc150", "banking77") for text, _ in _split(data, name, "train")]
    with path.open("w", encoding="utf-8") as file:
        for number in range(tickets):
            at = _BEGINS + timedelta(minutes=chance.randrange(_DAYS * 24 * 60))
            file.write(json.dumps(_ticket(number, at, texts, chance)) + "\n")


def _ticket(number: int, at: datetime, texts: list[str], chance: random.Random) -> Row:
    said = chance.choice(_BEFORE) + chance.choice(texts) + chance.choice(_BEHIND)
    asker = chance.randrange(20_000)
    comments = [{"author_id": asker, "body": said, "created_at": at.isoformat()}]
    comments += [
        {
            "author_id": 1,
            "body": f"Thank you for writing. {chance.choice(texts)}",
            "created_at": (at + timedelta(minutes=10 + 4 * place)).isoformat(),
        }
        for place in range(chance.randrange(1, 4))
    ]
    return {
        "id": number,
        "requester_id": asker,
        "created_at": at.isoformat(),
        "subject": said[:40],
        "description": said,
        "status": "closed",
        "via": {"channel": "email"},
        "comments": comments,
    }


def main() -> None:
    """Measure one part and print it: DATA, then the part, then for speed how many tickets."""
    data, part = Path(sys.argv[1]), sys.argv[2]
    row = timed(data, int(sys.argv[3])) if part == "speed" else grouped(data, part)
    print(json.dumps(row))  # noqa: T201 - the caller reads it


if __name__ == "__main__":
    main()
