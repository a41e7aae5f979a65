"""Meanings of the texts that Baton's own packs teach, which come with it: none is encoded anew.

Encoding them took four fifths of a first start. They are kept in their main directions, as whole
numbers in steps of `_STEP`: far closer than one way of asking lies to the next. A text
that is not among them costs its encoding and nothing else, so this file may be older than the
lessons; `python -m tests.nlu.seeding` makes it anew.
"""

import io
import lzma
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from baton.nlu.shelf import Halves, fingerprint

_DIRECTIONS = 448
_STEP = 0.02
_MOST = 127  # a byte's largest number


class Seeds:
    """Knows meanings by their texts' fingerprints; `form` names how they were made."""

    def __init__(self, path: Path, form: str, layer: int) -> None:
        """Name the file, which need not be there, and how many numbers a layer holds."""
        self._path, self._form, self._layer = path, form, layer

    def find(self, texts: Sequence[str]) -> dict[str, Halves]:
        """Return the known meanings of some texts."""
        if not texts or not self._path.is_file():
            return {}
        packed = io.BytesIO(lzma.decompress(self._path.read_bytes()))
        prints, mean, directions, codes = (np.load(packed, allow_pickle=False) for _ in range(4))
        asked = np.array([self._print(text) for text in texts], np.uint64)
        places = np.minimum(np.searchsorted(prints, asked), len(prints) - 1)
        known = np.flatnonzero(prints[places] == asked)
        told = codes[:, places[known]].T * np.float32(_STEP)
        rows = told @ directions.astype(np.float32) + mean
        layers = rows.reshape(len(rows), rows.shape[1] // self._layer, self._layer)
        layers /= np.linalg.norm(layers, axis=2, keepdims=True)
        return dict(
            zip((texts[place] for place in known.tolist()), rows.astype(np.float16), strict=True)
        )

    def write(self, meanings: Mapping[str, Halves]) -> None:
        """Write the file; the same meanings give the same bytes."""
        prints = np.array([self._print(text) for text in meanings], np.uint64)
        order = np.argsort(prints)
        rows = np.stack(list(meanings.values())).astype(np.float32)[order]
        mean = rows.mean(axis=0)
        rows -= mean
        _, directions = np.linalg.eigh(rows.T @ rows)
        widest = directions[:, -_DIRECTIONS:].T.astype(np.float16)
        codes = np.clip(np.rint(widest.astype(np.float32) @ rows.T / _STEP), -_MOST, _MOST)
        packed = io.BytesIO()
        for part in (prints[order], mean, widest, codes.astype(np.int8)):
            np.save(packed, part, allow_pickle=False)
        self._path.write_bytes(lzma.compress(packed.getvalue(), preset=9 | lzma.PRESET_EXTREME))

    def _print(self, text: str) -> int:
        return int.from_bytes(fingerprint(self._form, text)[:8], "big")
