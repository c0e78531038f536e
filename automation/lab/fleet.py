"""The switches of a lab as objects: built from its plan, bootstrapped, and at their addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from automation.lab.arista_eos import AristaEos
from automation.lab.cisco_ios import CiscoIos
from automation.lab.city import LabDevice
from automation.lab.files import SECRETS
from automation.lab.huawei_vrp import HuaweiVrp
from automation.lab.switch import Os, Switch
from automation.lab.values import Identity

PlatformName = Literal["cisco_ios", "huawei_vrp", "arista_eos"]
_PORTS: Mapping[str, tuple[str, str, int]] = {
    "cisco_ios": ("GigabitEthernet1/0/{}", "TenGigabitEthernet1/0/{}", 2),
    "huawei_vrp": ("GigabitEthernet0/0/{}", "XGigabitEthernet0/0/{}", 4),
    "arista_eos": ("Ethernet{}", "Ethernet{}", 4),
}


class Systems:
    """The network operating systems of one lab; all its switches of a kind share one."""

    def __init__(self) -> None:
        """Build nothing yet."""
        self._built: dict[tuple[str, bool], Os] = {}

    def get(self, platform: str, *, newer: bool) -> Os:
        """Return the system of a platform and train."""
        if (platform, newer) not in self._built:
            self._built[platform, newer] = build(platform, newer=newer)
        return self._built[platform, newer]


def build(platform: str, *, newer: bool) -> Os:
    """Return a new system of `platform`; ValueError for one that the twin does not speak."""
    makers: dict[str, Callable[[], Os]] = {
        "cisco_ios": lambda: CiscoIos(edge=newer),
        "huawei_vrp": HuaweiVrp,
        "arista_eos": AristaEos,
    }
    if platform not in makers:
        raise ValueError(f"the twin does not speak {platform!r}")
    return makers[platform]()


def device_for(
    platform: PlatformName,
    hostname: str = "sw",
    *,
    ports: int = 48,
    newer: bool = False,
    enable: str | None = None,
    community: str = "bootstrap-ro",
) -> Switch:
    """Return a bootstrapped switch without a wire, for tests: `.enter(line)`, `.running()`."""
    port, uplink, uplinks = _PORTS[platform]
    first = ports + 1 if port == uplink else 1
    identity = Identity(
        hostname,
        "127.0.0.1",
        tuple(port.format(number) for number in range(1, ports + 1)),
        tuple(uplink.format(number) for number in range(first, first + uplinks)),
        enable=enable,
        community=community,
        newer=newer,
    )
    return Switch(build(platform, newer=newer), identity)


def switch_of(device: LabDevice, address: str, systems: Systems) -> Switch:
    """Return the switch of a lab's plan, bootstrapped, with its customers' bindings."""
    identity = Identity(
        device.name,
        address,
        tuple(row.name for row in device.ports),
        device.uplink_range,
        password=SECRETS[device.estate],
        enable=SECRETS.get(f"{device.estate}_enable") if device.platform == "cisco_ios" else None,
        community=SECRETS["snmp_read"],
        newer=device.newer,
    )
    switch = Switch(systems.get(device.platform, newer=device.newer), identity)
    switch.bindings = device.bindings
    return switch
