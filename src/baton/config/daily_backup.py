"""The daily backup: one process of all that serve makes it, in a process of its own."""

import logging
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import datetime, timedelta

from baton.config.settings import Settings
from baton.runtime.trial import Failed, tried
from baton.services.house import House
from baton.services.privacy import backing_up
from baton.store.models import Installation

_EVERY = timedelta(days=1)
_AFTER_FAILURE = timedelta(hours=1)
_LOOK_SECONDS = 60.0
_LEASE = timedelta(hours=1)  # renewed while it is made
_DUTY = "backup:daily"
_NICENESS = 10
_log = logging.getLogger(__name__)


def start(settings: Settings, house: House, stop: threading.Event) -> threading.Thread | None:
    """Start the thread that looks whether a backup is due; None where none is wanted."""
    if settings.backup_folder is None:
        return None
    duty = DailyBackup(settings=settings, house=house)
    thread = threading.Thread(target=duty.run_until, args=(stop,), name="backup", daemon=True)
    thread.start()
    return thread


class DailyBackup:
    """Makes a backup when the newest is a day old, whoever of all processes comes first."""

    def __init__(self, *, settings: Settings, house: House) -> None:
        self._settings = settings
        self._house = house
        self._owner = f"{socket.gethostname()}-{os.getpid()}"
        self._failed_at: datetime | None = None

    def run_until(self, stop: threading.Event) -> None:
        """Look once a minute until told to stop; a backup that is being made ends with it."""
        while not stop.wait(_LOOK_SECONDS):
            outcome = tried(lambda: self.run_once(stop))
            if isinstance(outcome, Failed):
                _log.error("the backup could not be looked after: %s", outcome.reason)
            self._house.engine.close()

    def run_once(self, stop: threading.Event) -> bool:
        """Make a backup if one is due and nobody else makes it; return whether it was made."""
        now = self._house.clock.now()
        if not self._is_due(now) or not self._acquire(now):
            return False
        try:
            is_made = self._make(stop)
        finally:
            self._house.engine.leases.release(_DUTY, self._owner)
        self._failed_at = None if is_made else now
        return is_made

    def _is_due(self, now: datetime) -> bool:
        if self._failed_at is not None and now - self._failed_at < _AFTER_FAILURE:
            return False
        last = Installation.objects.values_list("backed_up_at", flat=True).first()
        if last is None:  # never: a day after the keys were made, which is the first start
            made = (self._settings.home / "keyset.json").stat().st_mtime
            last = datetime.fromtimestamp(made, now.tzinfo)
        return now - last >= _EVERY

    def _acquire(self, now: datetime) -> bool:
        return self._house.engine.leases.acquire(_DUTY, self._owner, now=now, lease=_LEASE)

    def _make(self, stop: threading.Event) -> bool:
        command = [sys.executable, "-m", "baton.config.cli", "backup", "make", "--daily"]
        making = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        with suppress(OSError):  # it has ended already, or the service may not be nice
            os.setpriority(os.PRIO_PROCESS, making.pid, _NICENESS)
        while (code := _ended(making)) is None:
            if stop.is_set():
                making.terminate()
            self._acquire(self._house.clock.now())
        if code == 0:
            _log.info("the daily backup was made")
            return True
        if stop.is_set():
            return False
        _log.error("the daily backup was not made, code %s: run baton backup to see why", code)
        if code != 1:  # with 1 it has said why itself
            backing_up.note_problem(f"it ended with code {code}")
        return False


def _ended(making: "subprocess.Popen[str]") -> int | None:
    try:
        making.communicate(timeout=1.0)
    except subprocess.TimeoutExpired:
        return None
    return making.returncode
