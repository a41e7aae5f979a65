"""Makes the file of meanings that come with Baton anew: `python -m tests.nlu.seeding`.

The reader of each pack is taught on an empty cache, and every text whose meaning its
training asked for is kept. Worth doing after many changes of lessons and examples; until
then a first start encodes what is new.
"""

import os
import tempfile
from collections.abc import Sequence
from unittest.mock import patch

from baton.nlu.encoder import SEEDS, WIDTH, Encoder, find_encoder, form
from baton.nlu.reader import LocalReader
from baton.nlu.seeds import Seeds
from baton.nlu.shelf import Halves
from baton.services.workspace import packs


def main() -> None:
    """Write the file."""
    SEEDS.unlink(missing_ok=True)
    known: dict[str, Halves] = {}
    told = Encoder.corpus

    def noted(encoder: Encoder, texts: Sequence[str]) -> Halves:
        rows = told(encoder, texts)
        known.update(zip(texts, rows, strict=True))
        return rows

    with tempfile.TemporaryDirectory() as folder, patch.object(Encoder, "corpus", noted):
        os.environ["BATON_CACHE"] = folder
        for name in packs.list_packs():
            LocalReader(packs.load_pack(name), find_encoder())
    Seeds(SEEDS, form(), WIDTH).write(known)


if __name__ == "__main__":
    main()
