"""What a switch of the twin is born with, what it counts, and how others see it: plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PortView:
    """What one port lets through, told from the configuration alone; for judges.

    `up` says that the port is not shut. `untagged` is the VLAN of untagged frames, None when
    they go nowhere. `tagged` are the VLANs let through with a tag; `every` says that all are,
    whatever `tagged` holds. `negotiates` says that a neighbour may turn it into a trunk.
    """

    up: bool
    untagged: int | None
    tagged: frozenset[int] = frozenset()
    every: bool = False
    negotiates: bool = False
    isolated: bool = False
    snooped: bool = False
    trusted: bool = False
    source_guarded: bool = False
    arp_guarded: bool = False
    bpdu_guarded: bool = False
    storm_limited: bool = False
    mac_limit: int | None = None
    rate: str = ""


@dataclass(frozen=True, slots=True)
class Binding:
    """A DHCP snooping binding, invented: who got which address on which port, in which VLAN."""

    port: str
    vlan: int
    mac: str
    address: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What a switch is born with. `newer` picks the newer of the two trains of
    its platform (IOS: portfast edge; VRP: asks before a link type changes).

    `enable` is the enable secret; with one, a login starts unprivileged.
    """

    hostname: str
    address: str
    ports: tuple[str, ...]
    uplinks: tuple[str, ...]
    username: str = "portvakt"
    password: str = "lab"  # noqa: S105 - a sample
    enable: str | None = None
    community: str = "public-lab"
    newer: bool = False


@dataclass(slots=True)
class Counts:
    """What happened to a device since it was started."""

    sessions: int = 0
    logins_failed: int = 0
    configured: int = 0
    """How often configuration mode was entered."""
    lines: int = 0
    """Lines received in configuration mode."""
    saves: int = 0
    commands: int = 0
    """Lines received outside configuration mode."""
