"""What a change of a switch is as single commands, for who runs one program at a time.

The very programs, in the order, that Portvakt's script runs on the switch
(`automation/platforms/openvswitch/switch.sh`).
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from automation.model import Stanza
from automation.platforms.openvswitch.change import OvsWork, change
from automation.platforms.openvswitch.fetch import FETCH
from automation.platforms.openvswitch.line import bits
from automation.platforms.openvswitch.operations import text
from automation.platforms.openvswitch.snapshot import COOKIE, Snapshot

Command = dict[str, Any]
"""The arguments of `ansible.builtin.command`."""
_OFCTL = ("ovs-ofctl", "--timeout=30", "-O", "OpenFlow14")
_INTERFACES = (
    '["Open_vSwitch",{"op":"select","table":"Interface","where":[],"columns":["name","error"]}]'
)


def reading() -> Iterator[Command]:
    """Yield the commands of one read, but for what Portvakt asks of the kernel's queues (tc)."""
    query = FETCH.partition("database=$(")[2].partition(")\n")[0]
    yield _command(*shlex.split(query))
    yield _command("ovs-vsctl", "--timeout=30", "list-br")
    yield _command(*_OFCTL, "dump-meters", "br0")
    yield _command(*_OFCTL, "--no-names", "--no-stats", "dump-flows", "br0", f"cookie={COOKIE}/-1")


def changing(seen: Snapshot, stanzas: Sequence[Stanza]) -> Iterator[Command]:
    """Yield the commands of one change."""
    work = change(seen, stanzas, None)
    yield _command("ovsdb-client", "--timeout=30", "transact", text(work.operations))
    yield _command("ovs-vsctl", "--timeout=30", "wait-until", "Open_vSwitch", ".", "cur_cfg>=1")
    yield _command("ovs-vsctl", "--timeout=30", "list-br")
    yield _command(*_OFCTL, "dump-meters", "br0")
    flows = []
    for number, kilobits, guard in _held(seen, work):
        flows.append(f"delete cookie={COOKIE}/-1,in_port={number}")
        if kilobits:
            band = f"band=type=drop,rate={kilobits},burst_size={kilobits // 4}"
            yield _command(*_OFCTL, "add-meter", "br0", f"meter={number},kbps,burst,{band}")
            flows.append(_rule(100, f"in_port={number},actions=meter:{number},normal"))
        if guard:
            for match in ("udp,tp_src=67", "udp6,tp_src=547", "icmp6,icmp_type=134"):
                flows.append(_rule(200, f"in_port={number},{match},actions=drop"))
    yield {**_command(*_OFCTL, "--bundle", "add-flows", "br0", "-"), "stdin": "\n".join(flows)}
    yield _command("ovsdb-client", "--timeout=30", "query", _INTERFACES)


def _held(seen: Snapshot, work: OvsWork) -> Iterator[tuple[int, int, bool]]:
    """Yield number, rate in kbit/s and guard of each port whose flows change."""
    for step in work.steps:
        old, new = step.old, step.new
        if (old.up, old.dhcp_guard) != (new.up, new.dhcp_guard):
            number = seen.place(new.name)[1]
            yield number, bits(new.up.kept) // 1000 if new.up.kept else 0, bool(new.dhcp_guard.kept)


def _rule(priority: int, rest: str) -> str:
    return f"add cookie={COOKIE},priority={priority},{rest}"


def _command(*words: str) -> Command:
    return {"argv": list(words)}
