"""What is SQLite's own: the line of writers, and one process on a database."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from baton.store.runtime_store import DatabaseInUse, exclusive
from baton.store.runtime_store.sqlite import FairLock


def test_the_lock_is_handed_over_in_the_order_of_asking() -> None:
    lock = FairLock()
    order: list[int] = []
    waiting = threading.Semaphore(0)

    def work(number: int) -> None:
        waiting.release()
        with lock.held():
            order.append(number)

    lock.acquire()
    threads = []
    for number in range(8):
        thread = threading.Thread(target=work, args=(number,))
        thread.start()
        waiting.acquire()
        while len(lock._queue) <= number:  # it has asked, but may not stand in line yet
            thread.join(0.001)
        threads.append(thread)
    lock.release()
    for thread in threads:
        thread.join(10)
    assert order == list(range(8))
    with lock.held():
        assert lock._is_held
    assert not lock._is_held


def test_a_second_process_is_told_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "baton.sqlite3"
    holder = (
        "import sys, pathlib; from baton.store.runtime_store.sqlite import exclusive\n"
        f"with exclusive(pathlib.Path({str(path)!r})):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        expected = f"baton.sqlite3 is in use by process {process.pid}: stop that process"
        with pytest.raises(DatabaseInUse, match=expected), exclusive(path):
            pass
        process.kill()
        process.wait()
        with exclusive(path):
            pass


def test_the_lock_can_be_taken_again(tmp_path: Path) -> None:
    for _ in range(2):
        with exclusive(tmp_path / "baton.sqlite3"):
            pass
