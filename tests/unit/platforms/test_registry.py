"""Platforms are found by looking at the folders there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation import platforms
from automation.errors import UsageError


def test_every_folder_is_a_platform() -> None:
    folders = [path.name for path in Path(platforms.__file__).parent.iterdir() if path.is_dir()]
    assert platforms.names() == tuple(sorted(set(folders) - {"__pycache__"}))
    assert {name: one.name for name, one in platforms.every().items()} == {
        name: name for name in platforms.names()
    }


def test_an_unknown_platform_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"unknown platform 'cisco_iso'; there are: .*cisco_ios"):
        platforms.get("cisco_iso")
