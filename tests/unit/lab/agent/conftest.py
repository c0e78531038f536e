"""A demo lab without a wire, new for each test."""

from __future__ import annotations

import pytest

from tests.unit.lab.agent.demo import Demo, demo_lab


@pytest.fixture
def demo() -> Demo:
    return demo_lab()
