"""Stops a run whose password is wrong before it locks the account everywhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from automation.devices.deadline import Deadline
from automation.errors import LoginFailed, Unreachable


class LoginGuard:
    """Shared by every session of a run: no more logins after `limit` failed ones in a row.

    Until a login has succeeded, only so many may be under way that the limit holds even if all
    of them fail; after a success there is no such wait, and after a failure it is back.
    """

    def __init__(self, limit: int = 5) -> None:
        """Stop after `limit` failed logins in a row."""
        self._limit = limit
        self._failed = 0
        self._proven = False
        self._under_way = 0
        self._changed = threading.Condition()

    @contextmanager
    def login(self, deadline: Deadline) -> Iterator[None]:
        """Wait for leave to log in, and count how it went.

        Raises:
            LoginFailed: The limit is reached; nothing was sent.
            Unreachable: The deadline passed while others were logging in.
        """
        self._enter(deadline)
        failed: bool | None = None
        try:
            yield
            failed = False
        except LoginFailed:
            failed = True
            raise
        finally:
            self._leave(failed)

    def _enter(self, deadline: Deadline) -> None:
        """Wait until one more failure would not go past the limit."""
        with self._changed:
            while True:
                if self._failed >= self._limit:
                    raise LoginFailed(f"stopped after {self._limit} failed logins in a row")
                if self._proven or self._failed + self._under_way < self._limit:
                    self._under_way += 1
                    return
                if not self._changed.wait(deadline.left):
                    raise Unreachable("the deadline passed while waiting for leave to log in")

    def _leave(self, failed: bool | None) -> None:
        """Count a login: None says that it did not come to a verdict."""
        with self._changed:
            self._under_way -= 1
            if failed is not None:
                self._failed = self._failed + 1 if failed else 0
                self._proven = not failed
            self._changed.notify_all()
