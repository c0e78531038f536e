"""Every dialog in `dialogs/<platform>/` is what the twin says, character by character.

A dialog is a session as a terminal shows it. The line above it says where its texts come from;
the word `newer` or `enable` at its beginning chooses the train, or an unprivileged login.
"""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from automation.lab import Switch, device_for
from automation.lab.fleet import PlatformName
from automation.lab.switch import Cli

DIALOGS = sorted((Path(__file__).parent / "dialogs").glob("*/*.txt"))
PLATFORMS = get_args(PlatformName)


def _switch(path: Path, head: str) -> Switch:
    platform = next(name for name in PLATFORMS if name == path.parent.name)
    words = head.partition(".")[0].split()
    enable = "s3cret" if "enable" in words else None
    return device_for(platform, "sw", ports=2, newer="newer" in words, enable=enable)


def _replay(switch: Switch, said: str) -> str:
    """Type what the dialog has behind each prompt, and return the session as it looks then."""
    cli = Cli(switch, enabled=switch.os.logs_in_enabled(switch))
    heard = ""
    while len(heard) < len(said) and said.startswith(heard + cli.prompt):
        heard += cli.prompt
        typed = said[len(heard) :].partition("\n")[0]
        heard += f"{typed}\n{cli.enter(typed).text}"
    return heard


@pytest.mark.parametrize("path", DIALOGS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_twin_says_what_the_dialog_says(path: Path) -> None:
    head, _, said = path.read_text(encoding="utf-8").partition("\n\n")
    assert _replay(_switch(path, head), said) == said


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_has_dialogs(platform: str) -> None:
    assert len([path for path in DIALOGS if path.parent.name == platform]) >= 5
