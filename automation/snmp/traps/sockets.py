"""The sockets of a receiver: a buffer as large as the system allows, and what was lost there."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Final

from automation.errors import CannotListen, PortvaktError, UsageError

BUFFER: Final = 4 << 20
"""Octets of what waits for us that the kernel is asked to keep: some ten thousand traps."""
_SO_MEMINFO: Final = 55
_DROPS: Final = 8
_NUMBERS: Final = 9
"""SO_MEMINFO (asm-generic/socket.h, Linux 4.12) gives nine numbers of 32 bits (sk_meminfo of
linux/sock_diag.h); SK_MEMINFO_DROPS is the column `drops` of /proc/net/udp."""
_WRAP: Final = 1 << 32


def bound(listen: Sequence[tuple[str, int]]) -> list[socket.socket]:
    """Return a bound socket for each address and UDP port, or none at all.

    Raises:
        CannotListen: the address is not ours, or not yet; or somebody else listens there.
        UsageError: we may not listen there.
    """
    found: list[socket.socket] = []
    try:
        for place in listen:
            found.append(_bound(*place))
    except PortvaktError:
        for one in found:
            one.close()
        raise
    return found


def _bound(address: str, port: int) -> socket.socket:
    is_6 = ip_address(address).version == 6
    found = socket.socket(socket.AF_INET6 if is_6 else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        if is_6:
            found.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        found.setblocking(False)
        found.bind((address, port))
    except OSError as error:
        found.close()
        hint = "; ports below 1024 need CAP_NET_BIND_SERVICE" if port < 1024 else ""
        kind = UsageError if isinstance(error, PermissionError) else CannotListen
        raise kind(f"cannot listen on {address} port {port}: {error.strerror}{hint}") from None
    return found


def wanting(one: socket.socket) -> tuple[str, ...]:
    """Return what the system does not give a socket, and what a storm costs for that."""
    found = []
    granted = one.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // 2  # Linux says it twice over
    if granted < BUFFER // 2:
        found.append(
            f"the kernel lets {granted} octets wait, not {BUFFER}: it drops what more a storm "
            f"brings at once; sysctl net.core.rmem_max={BUFFER} allows it"
        )
    if dropped(one) is None:
        found.append("the kernel does not tell what it drops: what is lost in a storm is unknown")
    return tuple(found)


def dropped(one: socket.socket) -> int | None:
    """Return how many datagrams the kernel has dropped here, modulo 2^32; None: it does not say."""
    try:
        said = one.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, 4 * _NUMBERS)
    except OSError:
        return None
    numbers = memoryview(said).cast("I")
    return numbers[_DROPS] if len(numbers) > _DROPS else None


class Drops:
    """What the kernel drops of sockets, from one look to the next."""

    def __init__(self) -> None:
        """Begin with sockets that have lost nothing yet."""
        self._before: dict[int, int] = {}

    def new(self, one: socket.socket) -> int:
        """Return how many datagrams a socket has lost since the last look."""
        now = dropped(one) or 0
        lost = (now - self._before.get(one.fileno(), 0)) % _WRAP
        self._before[one.fileno()] = now
        return lost
