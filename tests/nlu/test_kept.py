"""What the cache keeps: the same model again, a spoiled file made anew, old files let go."""

import os
from pathlib import Path

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
