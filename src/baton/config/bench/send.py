"""Messages from the outbox through the policy and rendering to a provider on loopback.

The floor is the same requests by the same client, without anything around them. The
process keeps to one core; the provider has the other, and so has a PostgreSQL server,
on which two senders take turns as in a worker. The floor is asked by one thread.
"""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from baton.channels import Outgoing
from baton.channels.sms.settings import TwilioSettings
from baton.channels.sms.twilio import TwilioSms
from baton.channels.wire import Wire
from baton.config import boot

_START = datetime(2026, 3, 2, 10, tzinfo=UTC)
_TEXT = "Tomorrow 18:00: Yoga. Do you come?"
_WARM_UP = 100
_BATCH = 500
_ACCOUNT = f"AC{0:032x}"


def main(messages: int) -> None:
    """Measure, and print one JSON object."""
    cores = sorted(os.sched_getaffinity(0))
    with _provider(cores[-1]) as url:
        os.sched_setaffinity(0, {cores[0]})
        boot.boot()
        boot.migrate()
        row = _measured(messages, url)
    print(json.dumps(row))  # noqa: T201 - the result


def _measured(messages: int, url: str) -> dict[str, object]:
    from django.db import connection  # noqa: PLC0415 - Django must be set up first

    from baton.config import wiring  # noqa: PLC0415
    from baton.config.bench.queued import Queued  # noqa: PLC0415

    settings = TwilioSettings(
        account_sid=_ACCOUNT, auth_token=f"{1:032x}", sender="+15005550006", base=url
    )
    place = Queued(_START, settings, _TEXT)
    place.fill(_WARM_UP)
    place.send()
    place.fill(messages, batch=_BATCH)
    wiring.settle()  # as a server does
    begun, cpu = time.perf_counter(), time.process_time()
    sent = place.send()
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    floor = _bare(messages, settings)
    return {
        "bench": "send",
        "database": connection.vendor,
        "messages": messages,
        "sent": sent,
        "rate_per_s": round(sent / seconds),
        "cpu_us_per_message": round(cpu / sent * 1_000_000),
        "bare_posts_per_s": round(messages / floor),
        "bare_ratio": round(sent / seconds / (messages / floor), 3),
        "machine": f"{platform.machine()} {os.cpu_count()} cores, Python "
        f"{platform.python_version()}, measured on one core, the provider on another",
    }


def _bare(messages: int, settings: TwilioSettings) -> float:
    """Return how many seconds the same requests take alone."""
    wire = Wire()
    channel = TwilioSms(settings=settings, hook_url="https://gym.example/sms", wire=wire)
    going = Outgoing(
        message_id="0" * 32,
        lane="",
        text=_TEXT,
        choices=(("1", "Yes"), ("2", "No")),
        address="+447700900123",
    )
    begun = time.perf_counter()
    for _each in range(messages):
        channel.send(going)
    seconds = time.perf_counter() - begun
    wire.close()
    return seconds


@contextmanager
def _provider(core: int) -> Iterator[str]:
    """Run the provider on a core of its own, where there is one."""
    with subprocess.Popen(
        [sys.executable, "-m", "baton.config.bench.provider"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        os.sched_setaffinity(process.pid, {core})
        port = process.stdout.readline().strip() if process.stdout else ""
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


if __name__ == "__main__":
    main(int(sys.argv[1]))
