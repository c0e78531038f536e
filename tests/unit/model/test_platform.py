"""What a platform says of how it is spoken to."""

from __future__ import annotations

import pytest

from automation import platforms
from automation.model import Cli


@pytest.mark.parametrize("name", platforms.names())
def test_a_command_line_is_there_or_its_absence_is_told(name: str) -> None:
    platform = platforms.get(name)
    if isinstance(platform.control, Cli):
        assert platform.cli is platform.control
    else:
        with pytest.raises(TypeError, match=f"{name} has no command line"):
            _ = platform.cli
