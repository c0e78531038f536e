"""A second reading by somebody else's code: hier_config predicts what our remediation does.

Its `future()` applies our lines to running; every port and VLAN must then stand as the twin
shows it after the same lines. What each writes in its own way is spelled out before: hidden
`no shutdown`, and trunk lists cut into lines.
"""

from __future__ import annotations

import re

import pytest
from hier_config import HConfig, get_hconfig
from hier_config import Platform as Os

from automation import platforms
from automation.model import sent_lines
from tests.platforms.test_circular import all_bound, compared, one_of_each
from tests.platforms.twin import send, switch

LIST = re.compile(r"switchport trunk allowed vlan (?:add )?(.*)")


def _members(text: str) -> set[int]:
    ends = [item.partition("-") for item in text.split(",")]
    return {vlan for low, _, high in ends for vlan in range(int(low), int(high or low) + 1)}


def spelled_out(config: HConfig) -> dict[str, set[str]]:
    """Return the lines of every port and VLAN, trunk lists spelled out an id a line."""
    found: dict[str, set[str]] = {}
    for block in config.children:
        if not re.match(r"interface \w+Ethernet|vlan \d", block.text):
            continue
        lines = found.setdefault(block.text, set())
        for child in block.children:
            match = LIST.fullmatch(child.text)
            lines |= {f"allowed {vlan}" for vlan in _members(match[1])} if match else {child.text}
        if "no shutdown" in lines:  # the last word, wherever it stands: a tree has no order
            lines -= {"shutdown", "no shutdown"}
    return found


@pytest.mark.parametrize("shift", range(6))
def test_hier_config_predicts_the_same_ports(shift: int) -> None:
    platform = platforms.get("cisco_ios")
    device, made = switch(platform), one_of_each("cisco_ios", shift)
    running = device.running()
    drift = compared(made, device, all_bound(made))
    lines = "\n".join(line for stanza in drift.stanzas for line in sent_lines(stanza))
    future = get_hconfig(Os.CISCO_IOS, running).future(get_hconfig(Os.CISCO_IOS, lines))
    send(device, platform, drift.stanzas)
    shown = spelled_out(get_hconfig(Os.CISCO_IOS, device.running()))
    assert len(shown) > 60
    assert spelled_out(future) == shown
