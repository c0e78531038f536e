"""Lock files: who looks is in nobody's way."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from automation.cli import locking
from automation.cli.locking import held, is_held
from automation.errors import AlreadyRunning

pytestmark = pytest.mark.integration


def test_a_lock_is_one_processs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "_PATIENCE", 0.0)
    lock = tmp_path / "trap.lock"
    assert not is_held(lock)
    with held(lock, "another is running"):
        assert is_held(lock)
        with (
            pytest.raises(AlreadyRunning, match="another is running"),
            held(lock, "another is running"),
        ):
            pass
    assert not is_held(lock)


def test_who_looks_does_not_keep_another_from_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locking, "_PATIENCE", 60.0)
    lock = tmp_path / "trap.lock"

    def begin() -> bool:
        with held(lock, "another is running"):
            return is_held(lock)

    with ThreadPoolExecutor(1) as pool:
        with FileLock(lock):  # as one does that looks
            begun = pool.submit(begin)
            time.sleep(0.2)  # long enough to be refused, if it were
        assert begun.result()
