"""The script that a customer's DHCP client calls when it is given an address."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.reallab.place import Place

_SCRIPT: Final = """#!/bin/sh
# What udhcpc calls: it takes the address and says what the server gave.
[ "$1" = bound ] || exit 0
ip addr flush dev "$interface"
ip addr add "$ip/24" dev "$interface"
ip route replace default via "$router" dev "$interface"
echo "LEASE $ip FROM $serverid VIA $router"
"""


def client(place: Place) -> Path:
    """Return where the script of a lab is."""
    return place.folder / "udhcpc.sh"


def write_client(place: Place) -> None:
    """Write the script."""
    client(place).write_text(_SCRIPT, encoding="utf-8")
    client(place).chmod(0o755)
