"""Every line that the shipped templates write for a lab is in the twin's language, and stays.

The twin's tables were written from public sources, not from the templates: a line that one of
them does not know is a disagreement between two readings of the documentation.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from automation import inventory, lab, platforms, render, workspace
from automation.inventory import ports_csv
from automation.lab.city import LabDevice
from automation.lab.fleet import Systems, switch_of
from automation.model import DeviceIntent

pytestmark = pytest.mark.integration
REMARKS = (
    "%Warning: portfast should only be enabled",
    "! portfast should only be enabled",
    "Setting device to VTP TRANSPARENT mode.",
    "QoS: ensure flow-control on all interfaces are OFF",
    "Info: ",
    "Warning: SNMPv1/SNMPv2c is not secure",
)


def _one_of_each(plan: lab.LabPlan) -> list[LabDevice]:
    """Return a device of each platform, train, role and estate."""
    kinds = {(one.platform, one.newer, one.role, one.estate): one for one in plan.fleet()}
    return list(kinds.values())


def _intents(folder: Path) -> dict[str, DeviceIntent]:
    network = inventory.load(folder / "inventory")
    rows = ports_csv.read((folder / "ports.csv").read_bytes(), "ports.csv", network)
    assert rows.faults == ()
    return render.intents(network, rows.ports, rows.subscriptions, date(2026, 11, 23))


def _rendered(folder: Path, device: LabDevice, intent: DeviceIntent) -> list[str]:
    space = workspace.find(folder, {})
    platform = platforms.get(device.platform)
    renderer = render.Renderer(space.templates(device.platform))
    config = renderer.config(intent, [feature.name for feature in platform.grammar.features])
    text = "".join(config.features.values())
    return text.replace("<secret:", "secret-").replace(">", "").splitlines()


def test_the_twin_takes_every_line_of_every_template(tmp_path: Path) -> None:
    plan = lab.write_workspace(tmp_path / "lab", "city")
    intents, systems = _intents(plan.folder), Systems()
    refused: list[str] = []
    for device in _one_of_each(plan):
        switch = switch_of(device, "127.0.0.1", systems)
        lines = _rendered(plan.folder, device, intents[device.name])
        assert len(lines) > 200
        for said in switch.edit(lines):
            line, _, words = said.partition(": ")
            if not words.startswith(REMARKS):
                refused.append(f"{device.platform} {line}: {words}")
        before = switch.running()
        switch.edit(before.splitlines())
        again = [one for one in switch.running().splitlines() if "%^%#" not in one]
        stamped = [one for one in before.splitlines() if "%^%#" not in one]
        assert len(again) == len(stamped), "what is printed can be typed again"
    assert refused == []
