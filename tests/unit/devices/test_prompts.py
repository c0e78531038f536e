"""Prompts are exact: the learned name, in full where the device writes it in full."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from automation import platforms
from automation.devices.prompts import Prompts, first_prompt, mode_prompt
from automation.model import Cli, Mode

IOS = platforms.get("cisco_ios").cli
VRP = replace(
    IOS,
    enable=None,
    exec_prompt="<{host}>",
    config_prompt=r"\[[~*]?{host}\]",
    modes=(Mode(r"interface (?P<name>\S+)", r"-{name}\]"),),
)
LONG = "sw-malmo-lindangen-building-7"


@pytest.mark.parametrize(
    ("cli", "line", "host"),
    [
        (IOS, "sw1#", "sw1"),
        (IOS, "sw1>", "sw1"),
        (IOS, "sw-1.net_x/y:z#", "sw-1.net_x/y:z"),
        (IOS, "sw1(config)#", "sw1(config)"),
        (IOS, "two words#", None),
        (IOS, "#", None),
        (IOS, "sw1", None),
        (IOS, "sw1#x", None),
        (VRP, "<sw1>", "sw1"),
        (VRP, "[sw1]", None),
        (VRP, "[V200R009C00SPC500]", None),
    ],
)
def test_the_first_prompt(cli: Cli, line: str, host: str | None) -> None:
    found = re.fullmatch(first_prompt(cli), line)
    assert (found and found["host"]) == host


@pytest.mark.parametrize(
    ("cli", "host", "prompt", "text", "is_it"),
    [
        (IOS, "sw1", IOS.exec_prompt, "sw1#", True),
        (IOS, "sw1", IOS.exec_prompt, "sw1# ", True),
        (IOS, "sw1", IOS.exec_prompt, "sw1>", False),
        (IOS, "sw1", IOS.exec_prompt, "sw11#", False),
        (IOS, "sw1", IOS.exec_prompt, "sw1(config)#", False),
        (IOS, "sw1", IOS.config_prompt, "sw1(config)#", True),
        (IOS, "s.1", IOS.config_prompt, "sx1(config)#", False),
        (IOS, LONG, IOS.config_prompt, f"{LONG}(config)#", True),
        (IOS, LONG, IOS.config_prompt, f"{LONG[:20]}(config)#", True),
        (IOS, LONG, IOS.config_prompt, f"{LONG[:16]}(config)#", True),
        (IOS, LONG, IOS.config_prompt, f"{LONG[:15]}(config)#", False),
        (IOS, LONG, IOS.config_prompt, f"{LONG[:20]}x(config)#", False),
        (VRP, "sw1", mode_prompt(VRP, r"-{name}\]", "Gi0/0/1"), "[sw1-Gi0/0/1]", True),
        (VRP, "sw1", mode_prompt(VRP, r"-{name}\]", "Gi0/0/1"), "[*sw1-Gi0/0/1]", True),
        (VRP, "sw1", mode_prompt(VRP, r"-{name}\]", "Gi0/0/1"), "[sw1-Gi0/0/2]", False),
        (VRP, "sw1", mode_prompt(VRP, r"-{name}\]", "Gi0.0"), "[sw1-Gi0x0]", False),
    ],
)
def test_a_prompt(cli: Cli, host: str, prompt: str, text: str, is_it: bool) -> None:
    assert bool(Prompts(cli, host).pattern(prompt).fullmatch(text)) is is_it


@pytest.mark.parametrize(
    ("cli", "text", "found"),
    [
        (IOS, "x\nsw1(config-if)#shutdown\nsw1(config)#", ["sw1(config-if)#", "sw1(config)#"]),
        (IOS, "description sw1#\n sw1#\nsw2#\nsw1>", ["sw1>"]),
        (VRP, "[sw1-Gi0/0/1]x\n<sw1>\n[~sw1]\n[sw2]", ["[sw1-Gi0/0/1]", "<sw1>", "[~sw1]"]),
    ],
)
def test_known_prompts_stand_at_the_start_of_a_line(cli: Cli, text: str, found: list[str]) -> None:
    assert [one[0] for one in Prompts(cli, "sw1").known.finditer(text)] == found
