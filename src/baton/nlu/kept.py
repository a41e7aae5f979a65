"""Trained models kept between processes: training is exact, so a kept model is the same model.

The file's name is a fingerprint of everything that the training saw, so nothing is ever
out of date; a file that cannot be read is made anew.
"""

import hashlib
import pickle
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

from baton.nlu.cache import cache_folder, prune, write_whole

FORM = 38
"""Raise it when training itself changes."""

Model = TypeVar("Model")


def kept(kind: type[Model], told: Iterable[str], train: Callable[[], Model]) -> Model:
    """Return the model trained before on the same told lines, or train it and keep it.

    Processes that want the same model at once wait for the one that trains: it takes each of
    them as long, and the machine's time only once.
    """
    name = kind.__name__.lower()
    print_of = hashlib.sha256("\n".join((name, str(FORM), *told)).encode()).hexdigest()[:32]
    path = cache_folder() / f"{name}-{print_of}.model"
    if (model := _read(kind, path)) is not None:
        return model
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):
        if (model := _read(kind, path)) is None:
            model = train()
            data = pickle.dumps(model, protocol=5)
            write_whole(path, lambda place: place.write_bytes(data))
            prune(path)
    return model


def _read(kind: type[Model], path: Path) -> Model | None:
    """Return a model that was kept whole, else None."""
    try:
        # The user's own cache, written by this very module.
        model = pickle.loads(path.read_bytes())  # noqa: S301
    except FileNotFoundError:
        return None
    except (OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError, ValueError):
        path.unlink(missing_ok=True)
        return None
    if not isinstance(model, kind):
        return None
    path.touch()
    return model
