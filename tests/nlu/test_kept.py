"""What the cache keeps: the same model again, a spoiled file made anew, old files let go."""

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from baton.nlu.kept import kept


class Small:
    def __init__(self, value: int) -> None:
        self.value = value


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BATON_CACHE", str(tmp_path))
    return tmp_path


def test_a_model_is_trained_once_for_the_same_lines() -> None:
    trained: list[int] = []

    def train() -> Small:
        trained.append(1)
        return Small(len(trained))

    assert kept(Small, ["a", "b"], train).value == 1
    assert kept(Small, ["a", "b"], train).value == 1
    assert kept(Small, ["a", "c"], train).value == 2


def test_a_spoiled_file_is_made_anew(cache: Path) -> None:
    kept(Small, ["a"], lambda: Small(1))
    [path] = cache.glob("*.model")
    path.write_bytes(b"spoiled")
    assert kept(Small, ["a"], lambda: Small(2)).value == 2


def test_what_nobody_used_for_long_is_let_go(cache: Path) -> None:
    kept(Small, ["a"], lambda: Small(1))
    [path] = cache.glob("*.model")
    os.utime(path, (0, 0))
    other = cache / "keyset.json"
    other.write_text("{}")
    os.utime(other, (0, 0))
    kept(Small, ["b"], lambda: Small(2))
    assert not path.exists()
    assert other.exists()


def test_who_wants_what_another_trains_waits_for_it() -> None:
    asked, trained = Event(), list[str]()

    def told() -> Iterator[str]:
        yield "a"
        asked.set()

    def first() -> Small:
        trained.append("first")
        other.start()
        assert asked.wait(30)
        return Small(1)

    def second() -> Small:
        trained.append("second")
        return Small(2)

    found = list[Small]()
    other = Thread(target=lambda: found.append(kept(Small, told(), second)))
    assert kept(Small, ["a"], first).value == 1
    other.join(30)
    assert [one.value for one in found] == [1]
    assert trained == ["first"]
