"""A switch with Open vSwitch in memory, which takes the product's scripts; for judges.

It reads what a script asks for and does not run it: how the shell does that is shown on the real
one. What a port lets through follows ovs-vswitchd.conf.db(5), "VLAN Configuration".
"""

from __future__ import annotations

import base64
import gzip
import json
import shlex
from dataclasses import dataclass, field

from automation import platforms
from automation.lab import PortView
from automation.model import Output, Stanza, Transactions
from automation.platforms.openvswitch import PLATFORM
from automation.platforms.openvswitch.snapshot import Snapshot
from tests.platforms.openvswitch.ovsdb import EMPTY, Database, Json
from tests.platforms.openvswitch.sample import SAMPLE

PORTS = (*SAMPLE.model.access, *SAMPLE.model.uplinks)
COOKIE = 0x706F727476616B74
BOOT = "0b5e1f9e-7c55-4c5b-8f0e-6d3f0c1a2b3c"
GUARDS = (
    "priority=200,udp,in_port={},tp_src=67 actions=drop",
    "priority=200,udp6,in_port={},tp_src=547 actions=drop",
    "priority=200,icmp6,in_port={},icmp_type=134 actions=drop",
)


@dataclass
class OvsSwitch:
    """One bridge of 52 ports as they come; port `swpN` has the OpenFlow number N.

    `queues` is what the kernel shows, as tc(8) writes it; a port in `refuses` never has one there.
    """

    host: str
    database: Database = field(default_factory=Database)
    meters: dict[int, int] = field(default_factory=dict)
    flows: dict[int, list[str]] = field(default_factory=dict)
    boot: str = BOOT
    uptime: float = 5000.25
    queues: dict[str, str] = field(default_factory=dict)
    refuses: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Fill the database."""
        ports = []
        for number, name in enumerate(PORTS, start=1):
            face = {"name": name, "type": "", "ofport": number, "error": EMPTY}
            own = self.database.add("Interface", face)
            ports.append(self.database.add("Port", {"name": name, "interfaces": ["uuid", own]}))
        refs = ["set", [["uuid", one] for one in ports]]
        self.database.add("Bridge", {"name": "br0", "ports": refs})
        root = {
            "external_ids": ["map", [["hostname", self.host]]],
            "next_cfg": 1,
            "db_version": "8",
        }
        self.root = self.database.add("Open_vSwitch", root)

    def bonded(self, name: str, *members: str) -> None:
        """Make one port of several: they keep their interfaces, and there is none of its name."""
        ports = self.database.tables["Port"]
        gone = [own for own, row in ports.items() if row["name"] in members]
        faces = [ports.pop(own)["interfaces"] for own in gone]
        own = self.database.add("Port", {"name": name, "interfaces": ["set", faces]})
        (bridge,) = self.database.tables["Bridge"].values()
        left = [ref for ref in bridge["ports"][1] if ref[1] not in gone]
        bridge["ports"] = ["set", [*left, ["uuid", own]]]

    def ports(self) -> tuple[str, ...]:
        """Return the names of the ports."""
        return PORTS

    def fetched(self) -> Output:
        """Return what the product's fetch script prints."""
        script = control().fetch
        (query,) = (words for words in map(_split, script.splitlines()) if "query" in words)
        reply = json.dumps(self.database.transact(json.loads(query[-1].removesuffix(")"))))
        head = f"host {self.host}\nboot {self.boot}\nuptime {self.uptime}"
        shown = f"{head}\n{reply}\n{self._shown_queues()}bridge br0\n{self._openflow()}"
        return Output(0, shown, "")

    def running(self) -> str:
        """Return the canonical text."""
        return self.snapshot().running

    def snapshot(self) -> Snapshot:
        """Read the switch as the product does."""
        return Snapshot.of(self.fetched())

    def answer(self, script: str) -> Output:
        """Answer any script of the product's."""
        if script == control().fetch:
            return self.fetched()
        if "transact" in (words := _split(script.splitlines()[-1])):
            return Output(0, f"{json.dumps(self.database.transact(json.loads(words[-1])))}\n", "")
        if not script.startswith("pv_library="):
            return Output(0, f"{script} was read\n", "")
        verb, *words = shlex.split(script.splitlines()[-1])
        if verb == "pv_change":
            return self.carry_out(script)
        return self._end(self._undo(words[0]) if verb == "pv_undo" else words[0])

    def ring(self) -> None:
        """Do what the clock of the timed commit does that waits."""
        kept = dict(self.database.tables["Open_vSwitch"][self.root]["external_ids"][1])
        self._end(self._undo(kept["portvakt-commit"]))

    def _undo(self, token: str) -> str:
        kept = dict(self.database.tables["Open_vSwitch"][self.root]["external_ids"][1])
        assert kept["portvakt-commit"] == token
        return gzip.decompress(base64.b64decode(kept["portvakt-undo"])).decode()

    def _end(self, transaction: str) -> Output:
        """Carry out what confirms a timed commit or takes it back."""
        reply = self.database.transact(json.loads(transaction))
        for name in PORTS:
            self._flows_of(name)
        return Output(0, f"{json.dumps(reply)}\n", "")

    def carry_out(self, script: str) -> Output:
        """Do what the last line of a script asks for."""
        _, transaction, _, _, _, *ports = shlex.split(script.splitlines()[-1])
        results = self.database.transact(json.loads(transaction))
        reply = json.dumps(results)
        if any(one and "error" in one for one in results):
            return Output(0, f"{reply}\n", "")
        for name in ports:
            self._flows_of(name)
        faces = [
            {"name": one["name"], "error": one["error"]}
            for one in self.database.tables["Interface"].values()
        ]
        return Output(0, f"{reply}\n{json.dumps([{'rows': faces}])}\n", "")

    def forget(self) -> None:
        """Lose what a restart of the switch daemon loses."""
        self.meters.clear()
        self.flows.clear()

    def exposure(self, name: str) -> PortView:
        """Return what one port lets through."""
        row = self.database.named("Port", name)
        tag = next(iter(_set(row["tag"])), None)
        mode = next(iter(_set(row["vlan_mode"])), "trunk" if tag is None else "access")
        trunks = frozenset(_set(row["trunks"]))
        if mode == "access":
            return PortView(True, tag or 0, isolated=row["protected"])
        native = tag if mode.startswith("native") else (0 if not trunks or 0 in trunks else None)
        return PortView(True, native, trunks, every=not trunks, isolated=row["protected"])

    def _shown_queues(self) -> str:
        """Return the names of interfaces with an HTB queue, and what tc(8) prints of each."""
        names = "".join(f"queue {name}\n" for name in self.queues)
        root = "qdisc htb 1: root refcnt 3 r2q 10 default 0x1 direct_packets_stat 0\n"
        below = "class htb 1:1 parent 1:fffe prio 0 rate 12Kbit ceil {0} burst 1563b\n"
        whole = "class htb 1:fffe root rate {0} ceil {0} burst 1500b cburst 1500b \n"
        return names + "".join(f"{root}{below}{whole}".format(one) for one in self.queues.values())

    def _queue_of(self, name: str) -> None:
        """Do what the switch daemon does in the kernel for a port's QoS row."""
        self.queues.pop(name, None)
        for _, own in (one for one in _set(self.database.named("Port", name)["qos"])):
            limits = dict(map(tuple, self.database.tables["QoS"][own]["other_config"][1]))
            if "max-rate" in limits and name not in self.refuses:
                self.queues[name] = f"{int(limits['max-rate']) // 1000}Kbit"

    def _flows_of(self, name: str) -> None:
        self._queue_of(name)
        kept = dict(map(tuple, self.database.named("Port", name)["external_ids"][1]))
        number = self.database.named("Interface", name)["ofport"]
        self.meters.pop(number, None)
        self.flows[number] = []
        if rate := kept.get("portvakt-up"):
            self.meters[number] = int(rate)
            self.flows[number].append(
                f"priority=100,in_port={number} actions=meter:{number},NORMAL"
            )
        if kept.get("portvakt-dhcp-guard") == "on":
            self.flows[number] += [rule.format(number) for rule in GUARDS]

    def _openflow(self) -> str:
        """Return what ovs-ofctl prints of meters and flows."""
        meters = "".join(
            f"meter={number} kbps burst bands=\ntype=drop rate={rate} burst_size={rate // 4}\n\n"
            for number, rate in self.meters.items()
        )
        flows = (flow for own in self.flows.values() for flow in own)
        return "".join(
            (
                "OFPST_METER_CONFIG reply (OF1.4) (xid=0x2):\n",
                meters,
                *(f" cookie={COOKIE:#x}, {flow}\n" for flow in flows),
            )
        )


def control() -> Transactions[Snapshot]:
    """Return how the platform is spoken to."""
    found = platforms.get("openvswitch").control
    assert isinstance(found, Transactions)
    assert found is PLATFORM.control
    return found


def carried_out(device: OvsSwitch, stanzas: tuple[Stanza, ...]) -> list[str]:
    """Send stanzas as a session does; return what was not accepted."""
    if not stanzas:
        return []
    work = control().change(device.snapshot(), stanzas, None)
    judged = work.judge(device.carry_out(work.script))
    said = [judged.stale] if judged.stale else []
    return said + ([judged.refusal.text] if judged.refusal else [])


def _set(value: Json) -> list[Json]:
    return list(value[1]) if isinstance(value, list | tuple) and value[0] == "set" else [value]


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:  # a line of a word that goes on
        return []
