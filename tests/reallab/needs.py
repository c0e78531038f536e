"""What the machine must have before a lab can stand on it; every lack is named at once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.reallab.commands import PATH, LabError, attempt

PROGRAMS: Final[Mapping[str, str]] = {
    "ip": "iproute2",
    "tc": "iproute2",
    "ping": "iputils-ping",
    "ethtool": "ethtool",
    "unshare": "util-linux",
    "nsenter": "util-linux",
    "setsid": "util-linux",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "sshd": "openssh-server",
    "openssl": "openssl",
    "ovs-vsctl": "openvswitch-switch",
    "ovsdb-server": "openvswitch-switch",
    "ovs-vswitchd": "openvswitch-switch",
    "snmpd": "snmpd",
    "snmpget": "snmp",
    "lldpd": "lldpd",
    "dnsmasq": "dnsmasq-base",
    "busybox": "busybox",
    "vtysh": "frr",
    "zebra": "frr",
    "bgpd": "frr",
    "ospfd": "frr",
    "staticd": "frr",
    "iperf3": "iperf3",
}
"""What is run, and the Debian package that has it."""

_ALONE: Final = ("unshare", "--net", "--mount", "--uts", "--pid", "--fork", "sh", "-ec")
_KERNEL: Final[Mapping[str, str]] = {
    "namespaces (net, mount, uts, pid)": "true",
    "veth": "ip link add v0 type veth peer name v1",
    "bridge": "ip link add v0 type bridge",
    "tap devices (/dev/net/tun)": "ip tuntap add dev v0 mode tap",
    "policy routing": "ip rule add pref 10 iif lo to 192.0.2.0/24 blackhole",
    "the queueing discipline htb": "ip link add v0 type veth peer name v1; ip link set v0 up;"
    " tc qdisc add dev v0 root handle 1: htb",
    "tmpfs and overlayfs": "mount -t tmpfs t /mnt; mkdir /mnt/u /mnt/w /mnt/m;"
    " mount -t overlay o /mnt/m -o lowerdir=/etc,upperdir=/mnt/u,workdir=/mnt/w; touch /mnt/m/new",
}


def check() -> None:
    """Raise LabError, with everything that is missing, where a lab cannot stand."""
    check_rights()
    if packages := missing_packages():
        raise LabError(
            f"these Debian packages are not installed: {', '.join(packages)}."
            " Get them, without starting a daemon: python -m tests.reallab install"
        )
    if lacks := tuple(_kernel_lacks()):
        raise LabError(f"this kernel cannot do: {'; '.join(lacks)}")


def check_rights() -> None:
    """Raise LabError for anybody but root."""
    if os.geteuid() != 0:
        raise LabError("the real lab makes network namespaces: run it as root (sudo make reallab)")


def missing_packages() -> tuple[str, ...]:
    """Return the Debian packages whose programs are not there, sorted."""
    lacking = {
        package for name, package in PROGRAMS.items() if shutil.which(name, path=PATH) is None
    }
    return tuple(sorted(lacking))


def _kernel_lacks() -> Iterator[str]:
    """Yield what the kernel refuses, tried in namespaces that end with the trial."""
    if not Path("/proc/self/ns/pid").exists():
        yield "PID namespaces"
        return
    for what, trial in _KERNEL.items():
        done = attempt(*_ALONE, trial)
        if done.code:
            yield f"{what} ({done.err.strip().splitlines()[-1:] or done.code})"
