"""Trained models kept between processes: training is exact, so a kept model is the same model.

The file's name is a fingerprint of everything that the training saw, so nothing is ever
out of date; a file that cannot be read is made anew.
"""

import hashlib
import pickle
from collections.abc import Callable, Iterable
from typing import TypeVar

from baton.nlu.cache import cache_folder, prune, write_whole

FORM = 29
"""Raise it when training itself changes."""

Model = TypeVar("Model")


def kept(kind: type[Model], told: Iterable[str], train: Callable[[], Model]) -> Model:
    """Return the model trained before on the same told lines, or train it and keep it."""
    name = kind.__name__.lower()
    print_of = hashlib.sha256("\n".join((name, str(FORM), *told)).encode()).hexdigest()[:32]
    path = cache_folder() / f"{name}-{print_of}.model"
    try:
        # The user's own cache, written by this very function.
        model = pickle.loads(path.read_bytes())  # noqa: S301
        if isinstance(model, kind):
            path.touch()
            return model
    except FileNotFoundError:
        pass
    except (OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError, ValueError):
        path.unlink(missing_ok=True)
    model = train()
    write_whole(path, lambda place: place.write_bytes(pickle.dumps(model, protocol=5)))
    prune(path)
    return model
