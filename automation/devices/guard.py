"""Stops a run whose password is wrong before it locks the account everywhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from automation.devices.deadline import Deadline
from automation.errors import LoginFailed, Unreachable
from automation.model import Login


class LoginGuard:
    """Shared by every session of a run: no more logins after `limit` failed ones in a row.

    A login that has not yet succeeded anywhere may be under way on only so many devices that
    the limit holds even if all of them fail. One that has succeeded does not wait.
    """

    def __init__(self, limit: int = 5) -> None:
        """Stop after `limit` failed logins in a row."""
        self._limit = limit
        self._failed = 0
        self._unproven = 0
        self._proven: set[Login] = set()
        self._changed = threading.Condition()

    @contextmanager
    def watch(self, login: Login, deadline: Deadline) -> Iterator[None]:
        """Wait for leave to try `login`, and count how it went.

        Raises:
            LoginFailed: The limit is reached; nothing was sent.
            Unreachable: The deadline passed while others were logging in.
        """
        proven = self._enter(login, deadline)
        failed: bool | None = None
        try:
            yield
            failed = False
        except LoginFailed:
            failed = True
            raise
        finally:
            self._leave(login, proven, failed)

    def _enter(self, login: Login, deadline: Deadline) -> bool:
        """Wait until one more failure would not go past the limit; return whether it is proven."""
        with self._changed:
            while True:
                if self._failed >= self._limit:
                    raise LoginFailed(f"stopped after {self._limit} failed logins in a row")
                if login in self._proven:
                    return True
                if self._failed + self._unproven < self._limit:
                    self._unproven += 1
                    return False
                if not self._changed.wait(deadline.left):
                    raise Unreachable(f"no leave to log in came within {deadline}")

    def _leave(self, login: Login, proven: bool, failed: bool | None) -> None:
        """Count a login: None says that it did not come to a verdict."""
        with self._changed:
            self._unproven -= not proven
            if failed:
                self._failed += 1
                self._proven.discard(login)
            elif failed is not None:
                self._failed = 0
                self._proven.add(login)
            self._changed.notify_all()
