"""The boot script of each kind of node, as text: PID 1 of a machine of its own.

A node has its own /etc, kept on a small disk that outlives a reboot, and its own /run, /root,
/tmp, /var/tmp and /var/log, which do not. So every daemon uses its default paths, accounts and
sockets, and none of them is this machine's.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.reallab.agents import LLDPD_CONF, Login, lldp, snmp, snmpd_conf
from tests.reallab.commands import PATH
from tests.reallab.topology import (
    NETWORKS,
    PARKED,
    ROUTING,
    Kind,
    Network,
    Node,
)

_OVS: Final = "-vconsole:off --pidfile --detach --no-chdir"
_SHIPPED: Final = Path(__file__).parents[2] / "automation" / "platforms" / "frr" / "login.sh"
_LOGIN: Final = "/etc/portvakt-login.sh"
_BRIDGE: Final = "add-br br0 -- set bridge br0 datapath_type=netdev"


@dataclass(frozen=True, slots=True)
class Access:
    """What opens a managed node: root's password hash (crypt(5)), its authorized key, what its
    SNMP agent is asked with, and the password with which that asks itself.
    """

    password_hash: str
    public_key: str
    snmp: Login
    internal: str


def script(node: Node, folder: Path, access: Access) -> str:
    """Return the boot script of a node that has daemons, whose own folder is `folder`."""
    lines = [*_machine(node, folder), *_first_time(node, access), *_PARTS[node.kind](node, access)]
    return "\n".join(("#!/bin/bash", f"# PID 1 of {node.name}", *lines, *_forever())) + "\n"


def _machine(node: Node, folder: Path) -> Iterator[str]:
    yield "set -eE"
    yield f"export PATH={PATH} LC_ALL=C"
    yield f"own={shlex.quote(str(folder))}"
    yield "trap 'echo \"failed: $BASH_COMMAND\" >&2; touch $own/failed' ERR"
    yield f"hostname {node.name}"
    yield "for folder in /run /root /tmp /var/tmp /var/log; do mount -t tmpfs tmpfs $folder; done"
    yield "mkdir -p /run/lock /run/sshd /run/openvswitch /run/lldpd /run/frr $own/log"
    yield "chmod 1777 /tmp /var/tmp"
    # the kernel's is this machine's, and stays the same when a node reboots
    yield "cat /proc/sys/kernel/random/uuid >/run/boot_id"
    yield "mount --bind /run/boot_id /proc/sys/kernel/random/boot_id"
    yield "mkdir -p $own/disk/etc $own/disk/work"
    yield "mount -t overlay etc /etc -o lowerdir=/etc,upperdir=$own/disk/etc,workdir=$own/disk/work"
    # netmiko tells a privileged prompt by its `#`
    yield r"""echo "PS1='\\u@\\h:\\w\\$ '" >/root/.profile"""


def _first_time(node: Node, access: Access) -> Iterator[str]:
    """Yield what makes a new machine of it, once: no host key or configuration of this one."""
    yield "if [ ! -e $own/disk/born ]; then"
    yield "rm -rf /etc/openvswitch /etc/frr /etc/rc.local /etc/ssh/ssh_host_* /etc/ssh/sshd_config*"
    yield "mkdir /etc/openvswitch /etc/frr"
    yield f"echo {node.name} >/etc/hostname"
    yield f"sed -i 's|^root:[^:]*|root:{access.password_hash}|' /etc/shadow"
    yield "ssh-keygen -q -t ed25519 -N '' -C '' -f /etc/ssh/ssh_host_ed25519_key"
    yield "cp /etc/ssh/ssh_host_ed25519_key.pub $own/host_key.pub"
    yield f"echo {shlex.quote(access.public_key)} >/etc/ssh/authorized_keys"
    yield from _file("/etc/ssh/sshd_config", _sshd(node))
    yield "touch $own/disk/born"
    yield "fi"


def _forever() -> Iterator[str]:
    yield "touch $own/ready"
    yield "while :; do sleep 3600 & wait $!; done  # PID 1 reaps"


def _file(path: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"cat >{path} <<'END-OF-FILE'"
    yield from lines
    yield "END-OF-FILE"


def _switch(node: Node, access: Access) -> Iterator[str]:
    ports = "".join(
        f" -- add-port br0 {port} vlan_mode=access tag={PARKED} protected=true"
        for port in (*node.ports, *node.uplinks)
    )
    yield from _openvswitch(f"{_BRIDGE}{ports}")
    yield "[ ! -x /etc/rc.local ] || /etc/rc.local || echo rc.local: exit status $? >&2"
    yield "/usr/sbin/sshd -E $own/log/sshd.log"
    yield from _snmp(node, access)
    yield from _lldp(node)


def _gateway(_: Node, __: Access) -> Iterator[str]:
    """A home gateway takes and sends every VLAN on its WAN port: what a switch lets through is
    the switch's business.
    """
    yield from _openvswitch(
        f"{_BRIDGE} -- add-port br0 wan vlan_mode=native-untagged tag=1"
        " -- add-port br0 untagged tag=1 -- set interface untagged type=internal"
    )
    yield "ip link set untagged up"


def _router(node: Node, access: Access) -> Iterator[str]:
    yield "echo 1 >/proc/sys/net/ipv4/ip_forward"
    yield from _file(_LOGIN, _SHIPPED.read_text(encoding="utf-8").splitlines())
    yield from _frr("bgpd", "ospfd")
    yield "/usr/sbin/sshd -E $own/log/sshd.log"
    yield from _snmp(node, access)


def _bng(node: Node, _: Access) -> Iterator[str]:
    networks = "".join(
        f" -- add-port br0 {one.name} tag={one.vlan} -- set interface {one.name} type=internal"
        for one in NETWORKS
    )
    yield from _openvswitch(f"{_BRIDGE} -- add-port br0 core0{networks}")
    yield "echo 1 >/proc/sys/net/ipv4/ip_forward"
    yield f"ip addr add {ROUTING[node.estate].bng}/30 dev wan0"
    yield from _leased()
    for one in NETWORKS:
        yield f"ip addr add {one.gateway(node.estate)}/24 dev {one.name}"
        yield f"ip link set {one.name} up"
        yield from _dhcp(one, node.estate)
    yield from _apart(node.estate)
    yield from _file("/etc/frr/frr.conf", _bng_routes(node))
    yield from _frr("ospfd")


def _apart(estate: str) -> Iterator[str]:
    """Yield rules that keep providers apart here: between them there is only the core.

    They stand before the table of local addresses, or a customer of one provider would reach
    the gateway of another.
    """
    yield "ip rule add pref 100 lookup local; ip rule del pref 0"
    for one in NETWORKS:
        for other in NETWORKS:
            if one is not other:
                yield f"ip rule add pref 10 iif {one.name} to {other.subnet(estate)} blackhole"


def _leased() -> Iterator[str]:
    """Yield the program that a DHCP server calls with each lease (dnsmasq(8), --dhcp-script):
    its log cuts a long circuit-id off, its environment does not.
    """
    said = '"$1 $DNSMASQ_INTERFACE $2 $3 $DNSMASQ_CIRCUIT_ID"'
    yield f"printf '#!/bin/sh\\necho {said} >>%s\\n' $own/log/leases >/run/leased"
    yield "chmod +x /run/leased"


def _dhcp(network: Network, estate: str) -> Iterator[str]:
    first = network.gateway(estate).removesuffix("1")
    yield (
        f"dnsmasq --conf-file=/dev/null --port=0 --interface={network.name} --bind-interfaces"
        " --except-interface=lo --user=root --dhcp-authoritative --no-ping --log-dhcp"
        f" --pid-file=/run/dnsmasq.{network.name}.pid --dhcp-leasefile=/run/leases.{network.name}"
        f" --log-facility=$own/log/dhcp.{network.name}.log"
        " --dhcp-script=/run/leased --script-on-renewal"
        f" --dhcp-range={first}100,{first}200,255.255.255.0,10m"
    )


def _openvswitch(configuration: str) -> Iterator[str]:
    """Yield both daemons; `configuration` is one transaction of a first boot."""
    yield "new=; if [ ! -e /etc/openvswitch/conf.db ]; then new=1; ovsdb-tool create; fi"
    socket = "--remote=punix:/run/openvswitch/db.sock"
    yield f"ovsdb-server {_OVS} {socket} --log-file=$own/log/ovsdb.log"
    yield "ovs-vsctl --no-wait --timeout=10 init"
    # A lab has more switches than this machine has processors
    yield (
        "ovs-vsctl --no-wait set Open_vSwitch ."
        " other_config:n-handler-threads=1 other_config:n-revalidator-threads=1"
    )
    # A packet waits for the daemon in a small buffer, and a test must not make it late
    yield f"nice -n -15 ovs-vswitchd {_OVS} --log-file=$own/log/vswitchd.log"
    yield f"if [ $new ]; then ovs-vsctl --timeout=30 {configuration}; fi"


def _frr(*daemons: str) -> Iterator[str]:
    yield "[ -e /etc/frr/frr.conf ] || echo hostname $(hostname) >/etc/frr/frr.conf"
    yield "echo 'service integrated-vtysh-config' >/etc/frr/vtysh.conf"
    yield "mkdir -p $own/log/frr; chown -R frr:frr /etc/frr /run/frr $own/log/frr"
    for daemon in ("zebra", *daemons, "staticd"):
        yield f"{daemon} -d -A 127.0.0.1 --log file:$own/log/frr/{daemon}.log"
    yield "vtysh -b >$own/log/vtysh.log 2>&1"


def _bng_routes(node: Node) -> Iterator[str]:
    routing = ROUTING[node.estate]
    yield f"hostname {node.name}"
    yield f"ip route 0.0.0.0/0 {routing.inside}"
    for one in NETWORKS:
        yield from (f"interface {one.name}", " ip ospf area 0", " ip ospf passive", "exit")
    yield "interface wan0"
    yield " ip ospf area 0"
    yield " ip ospf network point-to-point"
    yield "exit"
    yield "router ospf"
    yield f" ospf router-id {routing.bng}"
    yield "exit"


def _sshd(node: Node) -> Iterator[str]:
    yield f"ListenAddress {node.address}:22"
    yield "HostKey /etc/ssh/ssh_host_ed25519_key"
    yield "AuthorizedKeysFile /etc/ssh/authorized_keys"
    yield "PermitRootLogin yes"
    yield "StrictModes no"
    yield "UsePAM no"
    yield "UseDNS no"
    yield "PrintMotd no"
    yield "MaxStartups 100"
    if node.kind is Kind.ROUTER:
        yield f"ForceCommand sh {_LOGIN}"


def _snmp(node: Node, access: Access) -> Iterator[str]:
    yield from _file("/etc/snmp/snmpd.conf", snmpd_conf(node, access.snmp, access.internal))
    yield from snmp()


def _lldp(node: Node) -> Iterator[str]:
    yield from _file("/etc/lldpd.conf", LLDPD_CONF)
    yield from lldp(node)


_PARTS: Final[Mapping[Kind, Callable[[Node, Access], Iterator[str]]]] = {
    Kind.SWITCH: _switch,
    Kind.ROUTER: _router,
    Kind.BNG: _bng,
    Kind.GATEWAY: _gateway,
}
