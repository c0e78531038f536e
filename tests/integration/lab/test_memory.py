"""A city in one process: its memory after every port was configured and everybody logged in."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncssh
import pytest

from automation import lab
from automation.lab.city import LabDevice
from automation.lab.files import SECRETS, address

pytestmark = pytest.mark.integration
MOST = 300 * 1024
"""kB, for 780 devices (issue 2, "The twin")."""


def _lines(device: LabDevice) -> list[str]:
    """Return a dozen lines a port, none of them the same as on any other port."""
    tail = {
        "cisco_ios": [
            "switchport mode access",
            "switchport nonegotiate",
            "switchport protected",
            "storm-control broadcast level 1.00",
            "ip dhcp snooping limit rate 15",
        ],
        "huawei_vrp": [
            "port link-type hybrid",
            "undo port hybrid vlan 1",
            "mac-limit maximum 5",
            "qos lr inbound cir 100000",
            "port-isolate enable group 1",
        ],
        "arista_eos": [
            "switchport mode trunk",
            "no lldp transmit",
            "mtu 9000",
            "storm-control broadcast level 1",
            "spanning-tree bpduguard enable",
        ],
    }[device.platform]
    return [
        line
        for row in device.ports
        for line in (f"interface {row.name}", f"description {device.name} {row.name}", *tail)
    ]


async def _log_in(plan: lab.LabPlan) -> int:
    """Log in to every device, fifty at a time; return how many greeted with a prompt."""
    limit = asyncio.Semaphore(50)

    async def greeted(index: int, device: LabDevice) -> bool:
        async with (
            limit,
            asyncssh.connect(
                address(plan.network, index),
                plan.port,
                username="portvakt",
                password=SECRETS[device.estate],
                known_hosts=None,
                config=None,
                client_keys=None,
            ) as connection,
        ):
            process = await connection.create_process(term_type="vt100")
            heard = ""
            while device.name not in heard.rpartition("\n")[2]:
                heard += await process.stdout.read(4096)
            process.close()
            return True

    return sum(await asyncio.gather(*(greeted(*pair) for pair in enumerate(plan.fleet()))))


def test_a_configured_city_stays_below_its_limit(city: Path) -> None:
    plan, status = lab.read_plan(city), lab.status(city)
    for device in plan.fleet():
        assert lab.edit(city, device.name, _lines(device)) == []
    assert asyncio.run(_log_in(plan)) == plan.devices
    text = Path(f"/proc/{status.pid}/status").read_text()
    resident = next(line for line in text.splitlines() if line.startswith("VmRSS:"))
    assert int(resident.split()[1]) < MOST, resident
