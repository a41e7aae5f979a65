"""The fitness pack's reader: made when a test first asks for it, and once a process.

Made at import, every process that only collects tests would pay for it.
"""

from functools import cache

from baton.nlu.reader import LocalReader
from baton.services.workspace import packs


@cache
def reader() -> LocalReader:
    return LocalReader(packs.load_pack("fitness"))
