"""Reads messages on this machine, from a pack's own examples and vocabulary (FQ2, FQ7).

Nothing is downloaded and nothing is drawn by chance: the same pack gives the same
reader. A message of several sentences is read as a whole and sentence by sentence, so
that a greeting does not hide the question behind it and a second request is kept (T20).
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources import files

from typing_extensions import override

from baton.core.pack import Pack
from baton.core.reading import IntentScore, Reading, ReaderPort
from baton.nlu import sentiment
from baton.nlu.intents import Example, IntentModel
from baton.nlu.spotter import Spotter
from baton.nlu.text import Token, clean, tokens
