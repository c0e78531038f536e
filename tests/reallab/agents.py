"""The agents of a node: net-snmp's snmpd for what it counts, lldpd for who is at the other end.

The estates differ, as in life: one is asked over SNMPv2c, the other over SNMPv3, authenticated and
encrypted. An agent reports to the NOC by the login that it is asked with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tests.reallab.topology import NOC_ADDRESS, Node

TRAP_PORT: Final = 1162
"""Where the NOC listens for traps: above 1024, so that it needs no rights for it."""
USER: Final = "portvakt"
_IF_ENTRY: Final = ".1.3.6.1.2.1.2.2.1"
_IF_NAME: Final = ".1.3.6.1.2.1.31.1.1.1.1"


@dataclass(frozen=True, slots=True)
class Login:
    """What an agent is asked with: a community (v2c), or the passwords of our user (v3)."""

    community: str = ""
    auth: str = ""
    priv: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The login as net-snmp's programs take it (snmpcmd(1))."""
        if self.community:
            return ("-v2c", "-c", self.community)
        keys = ("-a", "SHA-256", "-A", self.auth, "-x", "AES", "-X", self.priv)
        return ("-v3", "-l", "authPriv", "-u", USER, *keys)


def snmpd_conf(node: Node, login: Login, internal: str) -> Iterator[str]:
    """Yield the lines of snmpd.conf(5); what concerns links is that of docs/monitoring.md.

    It looks every two seconds (-r) for links that went down, and asks itself as a user whose
    password is `internal`.
    """
    yield f"agentaddress udp:{node.address}:161"
    yield f"sysName {node.name}"
    yield "master agentx"
    yield "agentXSocket /run/agentx.sock"
    yield "authtrapenable 1"
    yield "interface_replace_old yes"
    if login.community:
        yield f"rocommunity {login.community} {NOC_ADDRESS}"
    else:
        yield f'createUser {USER} SHA-256 "{login.auth}" AES "{login.priv}"'
        yield f"rouser {USER} priv"
    yield f"trapsess {' '.join(login.words)} {NOC_ADDRESS}:{TRAP_PORT}"
    yield f'createUser internal SHA-256 "{internal}"'
    yield "rouser internal auth"
    yield "iquerySecName internal"
    objects = " ".join((*(f"{_IF_ENTRY}.{column}" for column in (1, 7, 8)), _IF_NAME))
    for name, notification, test in (
        ("linkDown", ".1.3.6.1.6.3.1.1.5.3", "== 2"),
        ("linkUp", ".1.3.6.1.6.3.1.1.5.4", "!= 2"),
    ):
        yield f"notificationEvent {name} {notification} {objects}"
        yield f'monitor -S -r 2 -e {name} "{name}" {_IF_ENTRY}.8 {test}'


def snmp() -> Iterator[str]:
    """Yield how snmpd is started, with its own default files.

    Its engine's id and how often it began outlive a reboot, as on any machine.
    """
    yield "mkdir -p $own/disk/snmp && mount --bind $own/disk/snmp /var/lib/snmp"
    yield "MIBS= snmpd -Lf $own/log/snmpd.log -p /run/snmpd.pid </dev/null"


LLDPD_CONF: Final = (
    "configure lldp portidsubtype ifname",
    "configure lldp tx-interval 5",
)
"""Lldpd reads its settings at start: told by lldpcli just after, it stays paused for good."""


def lldp(node: Node) -> Iterator[str]:
    """Yield how lldpd is started, beside an snmpd that shows its neighbours."""
    yield "for _ in 1 2 3 4 5 6 7 8 9; do [ ! -S /run/agentx.sock ] || break; sleep 0.1; done"
    yield (
        "lldpd -x -X /run/agentx.sock -I 'swp*' -O /etc/lldpd.conf"
        f" -S '{node.name} white box' </dev/null >$own/log/lldpd.log 2>&1"
    )
