"""What stands in a lab: invented switches, ports, customers and their services; by seed.

The same scale and seed give the same lab, whichever machine and process asks.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from automation.lab.values import Binding

Scale = Literal["demo", "city"]
_ACCESS_PORTS = 48
_PORTS: Mapping[str, str] = {
    "cisco_ios": "GigabitEthernet1/0/{}",
    "huawei_vrp": "GigabitEthernet0/0/{}",
    "arista_eos": "Ethernet{}",
}
_UPLINKS: Mapping[str, tuple[str, ...]] = {
    "cisco_ios": tuple(f"TenGigabitEthernet1/0/{n}" for n in (1, 2)),
    "huawei_vrp": tuple(f"XGigabitEthernet0/0/{n}" for n in (1, 2, 3, 4)),
    "arista_eos": tuple(f"Ethernet{n}" for n in (49, 50, 51, 52)),
}
_GROUPS: Mapping[str, str] = {
    "cisco_ios": "cisco_access",
    "huawei_vrp": "huawei_access",
    "arista_eos": "arista_transport",
}
_SITES: Mapping[str, tuple[str, ...]] = {
    "city": ("varvet", "kajen", "parken", "kvarnen", "torget", "bruket"),
    "mkb": ("lindangen", "bellevue", "rosen", "holma"),
}
_TIERS = ("t100", "t100", "t250", "t1000")
# (service, provider) and its VLAN; 0 where every customer has a VLAN of his own.
_INTERNET = (("nordlys", 1101), ("nordlys", 1101), ("sundet", 1102))
_OWN_VLAN = ("hamnen", 0)
_IPTV = (("nordlys", 1201), ("sundet", 1202))
_VOICE = ("nordlys", 1301)
_CARE = ("trygghet", 1401)


@dataclass(frozen=True, slots=True)
class Estate:
    """How many switches an estate has of each role."""

    name: str
    access: int
    transport: int
    core: int


_ESTATES: Mapping[Scale, tuple[Estate, ...]] = {
    "demo": (Estate("city", 7, 0, 0), Estate("mkb", 5, 0, 0)),
    "city": (Estate("city", 450, 28, 4), Estate("mkb", 280, 16, 2)),
}


@dataclass(frozen=True, slots=True)
class Service:
    """One service of a customer; `vlan` 0 stands for one that is allocated at import."""

    name: str
    provider: str
    vlan: int
    tier: str
    start: str


@dataclass(frozen=True, slots=True)
class PortRow:
    """One port as `ports.csv` has it."""

    name: str
    role: str
    outlet: str = ""
    services: tuple[Service, ...] = ()


@dataclass(frozen=True, slots=True)
class LabDevice:
    """One switch of a lab; `uplinks` are those of its range that are in use."""

    name: str
    estate: str
    role: str
    platform: str
    site: str
    newer: bool
    ports: tuple[PortRow, ...]
    uplinks: tuple[str, ...]

    @property
    def groups(self) -> tuple[str, str]:
        """The device's Nornir groups."""
        return self.role, _GROUPS[self.platform]

    @property
    def uplink_range(self) -> tuple[str, ...]:
        """Every port of the model's uplink range."""
        return _UPLINKS[self.platform]

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """The DHCP bindings of the device's customers: one for each with a service."""
        return tuple(_binding(row, service) for row in self.ports for service in row.services[:1])


def _binding(row: PortRow, service: Service) -> Binding:
    """Return an invented lease for the first service of a port."""
    number = int(row.outlet[2:])
    high, low = divmod(number % 65536, 256)
    mac = f"02:00:5E:{number // 65536 % 256:02X}:{high:02X}:{low:02X}"
    return Binding(row.name, service.vlan or 2001, mac, f"198.18.{high}.{low}")


def devices(scale: Scale, seed: int) -> tuple[LabDevice, ...]:
    """Return every switch of a lab, estate by estate, access first."""
    return tuple(device for estate in _ESTATES[scale] for device in _estate(estate, seed))


def _estate(estate: Estate, seed: int) -> Iterator[LabDevice]:
    for number in range(1, estate.access + 1):
        yield _access(estate, number, seed)
    for role, count in (("transport", estate.transport), ("core", estate.core)):
        for number in range(1, count + 1):
            yield _aggregating(estate, role, number, count)


def _access(estate: Estate, number: int, seed: int) -> LabDevice:
    """Return an access switch: platforms alternate, and so do the trains of each."""
    name = f"{estate.name}-acc-{number:03}"
    platform = "cisco_ios" if number % 2 else "huawei_vrp"
    chance = random.Random(f"{seed}/{name}")  # noqa: S311 - a lab is not a secret
    first = (0 if estate.name == "city" else 500_000) + (number - 1) * _ACCESS_PORTS
    return LabDevice(
        name=name,
        estate=estate.name,
        role="access",
        platform=platform,
        site=_SITES[estate.name][number % len(_SITES[estate.name])],
        newer=number % 4 < 2,
        ports=tuple(_access_rows(platform, estate.name, first, chance)),
        uplinks=_UPLINKS[platform][: 1 + number % 2],
    )


def _access_rows(
    platform: str, estate: str, first: int, chance: random.Random
) -> Iterator[PortRow]:
    """Yield 48 ports: the mix is the same on every switch, where each stands is chance."""
    mix = _mix(chance)
    chance.shuffle(mix)
    for number, (role, services) in enumerate(mix, 1):
        outlet = f"{estate[0].upper()}-{first + number:06}" if role == "customer" else ""
        yield PortRow(_PORTS[platform].format(number), role, outlet, services)


def _mix(chance: random.Random) -> list[tuple[str, tuple[Service, ...]]]:
    """Return the 48 ports of an access switch: 34 in service, 3 reserved, 11 others."""

    def net() -> Service:
        return _one("internet", chance.choice(_INTERNET), chance)

    def iptv() -> Service:
        return _one("iptv", chance.choice(_IPTV), chance)

    voice, care = _one("voice", _VOICE, chance), _one("care", _CARE, chance)
    singles = [(net(),) for _ in range(21)] + [(_one("internet", _OWN_VLAN, chance),)]
    doubles = [(net(), iptv()) for _ in range(5)] + [(net(), voice) for _ in range(3)]
    welfare = [(net(), care), (net(), care), (net(), iptv(), care), (care,)]
    customers: list[tuple[Service, ...]] = [*singles, *doubles, *welfare, (), (), ()]
    others = ["parked"] * 6 + ["wifi_ap"] * 2 + ["iot_gateway", "internal", "colo"]
    return [("customer", services) for services in customers] + [(role, ()) for role in others]


def _one(name: str, offer: tuple[str, int], chance: random.Random) -> Service:
    start = f"{chance.choice((2023, 2024, 2025))}-{chance.randint(1, 12):02}-01"
    return Service(name, offer[0], offer[1], chance.choice(_TIERS), start)


def _aggregating(estate: Estate, role: str, number: int, count: int) -> LabDevice:
    """Return a transport or core switch: its downlinks first, then the rest of its ports."""
    below = estate.access if role == "transport" else estate.transport
    share = -(-below // count)
    roles = ["downlink"] * min(share, below - (number - 1) * share) + ["internal"] * 2 + ["colo"]
    if role == "core":
        roles.append("interconnect")
    roles += ["parked"] * (_ACCESS_PORTS - len(roles))
    platform = "arista_eos"
    return LabDevice(
        name=f"{estate.name}-{role[:3] if role == 'core' else 'tra'}-{number:03}",
        estate=estate.name,
        role=role,
        platform=platform,
        site=_SITES[estate.name][number % len(_SITES[estate.name])],
        newer=number % 2 == 0,
        ports=tuple(PortRow(_PORTS[platform].format(at), name) for at, name in enumerate(roles, 1)),
        uplinks=_UPLINKS[platform][:2],
    )


HEADER = "device;port;role;outlet;service;provider;tier;state;from;to"


def csv_rows(fleet: Sequence[LabDevice]) -> Iterator[str]:
    """Yield the lines of `ports.csv`: a row a subscription, or one for a port without any."""
    yield HEADER
    for device in fleet:
        for row in device.ports:
            head = f"{device.name};{row.name};{row.role};{row.outlet}"
            for one in row.services:
                yield f"{head};{one.name};{one.provider};{one.tier};active;{one.start};"
            if not row.services:
                yield f"{head};;;;;;"
