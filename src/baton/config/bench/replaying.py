"""Messages of a past log replayed a second, reading and deciding, under two candidates."""

import os
import platform
import random
import resource
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from baton.config import wiring
from baton.core.pack import Pack
from baton.core.policy import with_overrides
from baton.flows.replaying import Course, Line, Talked
from baton.nlu.reader import LocalReader
from baton.services.flows import candidates, replays, simulations
from baton.services.flows.candidates import Tried

_BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)
_SEED = 23
_EACH = 4
"""Messages of a conversation, on the average."""

_OPENINGS = ("", "Hi there. ", "Hello, ", "Good morning! ", "hey ")
_ENDINGS = ("", " please", " thanks", "?", "??", " asap", " today")
_OTHERS = ("Can I talk to a human?", "thanks", "that did not help", "blorp zif quux", "1", "ok")
_OTHER_SHARE = 0.2


def measured(messages: int) -> dict[str, object]:
    """Replay so many messages with the plain reader under two candidates; return one row."""
    pack = wiring.pack_of("fitness")
    setting = candidates.for_replay(simulations.setting_of_pack(pack))
    stricter = with_overrides(setting.policy, {"max_failed_attempts": 1})
    tried = [
        Tried(name="as it is", setting=setting),
        Tried(name="one attempt", setting=msgspec.structs.replace(setting, policy=stricter)),
    ]
    talked = tuple(_talks(pack, messages))
    reader = LocalReader(pack, plain=True)
    begun, used = time.perf_counter(), time.process_time()
    found = replays.replay(talked, tried, reader, lambda _examples: reader)
    took, used = time.perf_counter() - begun, time.process_time() - used
    again = replays.replay(talked[:_CHECKED], tried, reader, lambda _examples: reader)
    twice = replays.replay(talked[:_CHECKED], tried, reader, lambda _examples: reader)
    return {
        "bench": "replay",
        "messages": found.messages,
        "conversations": found.conversations,
        "texts": len({line.text for one in talked for line in one.lines}),
        "candidates": len(tried),
        "seconds": round(took, 1),
        "cpu_seconds": round(used, 1),
        "rate_per_s": round(found.messages / took),
        "changed": len(found.differences[0].moves),
        "automated": round(found.outcomes[0].share(Course.AUTOMATED) or 0.0, 3),
        "is_same_again": again == twice,
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "machine": f"{platform.machine()} {os.cpu_count()} cores, Python "
        f"{platform.python_version()}",
    }


_CHECKED = 500


def _talks(pack: Pack, messages: int) -> Iterator[Talked]:
    """Yield conversations made of the pack's own examples, worded anew by a seed."""
    chance = random.Random(_SEED)  # noqa: S311 - a measurement's own seed
    examples = [text for intent in pack.intents for text in intent.examples]
    left, number = messages, 0
    while left > 0:
        count = min(left, chance.randrange(1, 2 * _EACH))
        at = _BEGAN + timedelta(minutes=number)
        lines = []
        for _ in range(count):
            at += timedelta(seconds=chance.randrange(20, 900))
            lines.append(Line(at=at, text=_words(chance, examples)))
        yield Talked(id=f"t{number:07d}", channel="webchat", lines=tuple(lines))
        left, number = left - count, number + 1


def _words(chance: random.Random, examples: list[str]) -> str:
    if chance.random() < _OTHER_SHARE:
        return chance.choice(_OTHERS)
    said = chance.choice(examples)
    words = said.split()
    if len(words) > 3 and chance.random() < 0.5:  # noqa: PLR2004 - a word less still says it
        words.pop(chance.randrange(len(words)))
    return f"{chance.choice(_OPENINGS)}{' '.join(words)}{chance.choice(_ENDINGS)}"
