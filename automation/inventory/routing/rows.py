"""The shapes that people may write in `routing.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field

from automation.inventory.schema import Row, distinct

T = TypeVar("T")


def _ipv4(text: str) -> str:
    try:
        return str(IPv4Address(text))
    except ValueError:
        raise ValueError(f"{text!r} is no IPv4 address; expected such as 192.0.2.1") from None


def _interface(text: str) -> str:
    try:
        found = IPv4Interface(text)
    except ValueError:
        found = None
    if found is None or "/" not in text:
        what = f"{text!r} is no IPv4 address with a length; expected such as 192.0.2.1/30"
        raise ValueError(what)
    ends = (found.network.network_address, found.network.broadcast_address)
    if found.network.prefixlen < 31 and found.ip in ends:
        raise ValueError(f"{text!r} is no host's address; expected one inside {found.network}")
    return str(found)


def _prefix(text: str) -> str:
    try:
        return str(IPv4Network(text))
    except ValueError:
        what = f"{text!r} is no IPv4 network; expected such as 192.0.2.0/24, no host bits set"
        raise ValueError(what) from None


def _filled(items: tuple[T, ...]) -> tuple[T, ...]:
    if not items:
        raise ValueError("empty; expected at least one")
    return items


IPv4 = Annotated[str, AfterValidator(_ipv4)]
IPv4Addresses = Annotated[
    tuple[Annotated[str, AfterValidator(_interface)], ...],
    AfterValidator(distinct),
    AfterValidator(_filled),
]
Prefixes = Annotated[tuple[Annotated[str, AfterValidator(_prefix)], ...], AfterValidator(distinct)]
Asn = Annotated[int, Field(ge=1, le=4_294_967_294)]
Area = Annotated[int, Field(ge=0, le=4_294_967_295)]


class SystemRow(Row):
    """An autonomous system: its number, and the networks that it announces."""

    asn: Asn
    prefixes: Prefixes = ()


class InterfaceRow(Row):
    """A router's interface: its addresses, and its OSPF area if it has one."""

    addresses: IPv4Addresses
    area: Area | None = None
    passive: bool = False


class RouterRow(Row):
    """A router: its interfaces by name, and its neighbours' systems by address."""

    router_id: IPv4
    interfaces: Mapping[str, InterfaceRow] = {}
    neighbours: Mapping[IPv4, str] = {}
