"""What holds for all tests."""

from __future__ import annotations

import signal

import pytest


@pytest.fixture(autouse=True, scope="session")
def _hangup_ends_a_program() -> None:
    """Undo a `nohup` above us: it would be handed down to every command that the tests start."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
