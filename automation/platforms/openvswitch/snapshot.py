"""What one read of a switch found: rows of its database, and our flows and meters. Pure.

The database speaks RFC 7047: a column is an atom, `["set", [...]]` or `["map", [[key, value]]]`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from automation.model import Output, Pending, natural_key
from automation.platforms.openvswitch import record
from automation.platforms.openvswitch.bars import spelled
from automation.platforms.openvswitch.line import OTHER, Held, PortLine, bits, rate

Json: TypeAlias = Any
"""A value of the database as RFC 7047 writes it: what JSON can say, and no type narrows it."""
Row: TypeAlias = Mapping[str, Json]

OUTLET: Final = "outlet"
UP: Final = "portvakt-up"
GUARD: Final = "portvakt-dhcp-guard"
QUEUE: Final = "portvakt-queue"
"""Which queue was taken from a port, by one who was cut before it was given back."""
OWNER: Final = "portvakt"
BOOT: Final = "portvakt-boot"
FENCE: Final = "portvakt-fence"
"""What a session sets that settles a lost change. It is never taken away: what was written down
while there was none asks for none."""
COOKIE: Final = "0x706f727476616b74"
"""The cookie of our flows: `portvakt` in ASCII."""

_FLOW: Final = re.compile(rf" *cookie={COOKIE}, (?P<match>\S+) actions=(?P<actions>\S+)")
_IN_PORT: Final = re.compile(r"(?<=,)in_port=(\d+),?")
_METER: Final = re.compile(r"^meter=(?P<id>\d+) (?P<bands>.*(?:\ntype=.*)*)", re.MULTILINE)
_BAND: Final = re.compile(
    r"kbps burst bands=\ntype=drop rate=(?P<rate>\d+) burst_size=(?P<burst>\d+)"
)
_QUEUE: Final = re.compile(r"^queue (\S+)$", re.MULTILINE)
_ROOT: Final = re.compile(r"^qdisc \S+ \S+ (?:dev \S+ )?root .*$", re.MULTILINE)
_CLASS: Final = re.compile(
    r"^class htb 1:fffe root rate (?P<number>\d+)(?P<unit>[KMG]?)bit ceil (?P=number)(?P=unit)bit ",
    re.MULTILINE,
)
"""The class that Open vSwitch makes below the root of its HTB queue."""
_UNITS: Final[Mapping[str, int]] = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9}
_KERNELS: Final = frozenset({"", "system", "internal", "tap"})
"""The types of interfaces that send by way of the kernel's queues (ovs-vswitchd.conf.db(5))."""
_ODD: Final = re.compile(r"[^\w-]", re.ASCII)
_EACH: Final = "down up dhcp_guard"
_GUARDS: Final = frozenset(
    {
        ("priority=200,udp,tp_src=67", "drop"),
        ("priority=200,udp6,tp_src=547", "drop"),
        ("priority=200,icmp6,icmp_type=134", "drop"),
    }
)
"""Answers of DHCP servers (RFC 2131, 8415) and router advertisements (RFC 4861)."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """A bridge: the uuids of its ports, our flows by OpenFlow port, and its meters' rates."""

    ports: frozenset[str]
    flows: Mapping[int, frozenset[tuple[str, str]]] = field(default_factory=dict)
    meters: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One consistent read of the database, and what OpenFlow showed right after it."""

    host: str
    boot: str
    uptime: float
    root: Row
    ports: Mapping[str, Row]
    qos: Mapping[str, Row]
    interfaces: Mapping[str, Row]
    bridges: Mapping[str, Bridge]
    queues: Mapping[str, int]
    """The rates at which the kernel queues for an interface, in bit/s; 0: not as we have it."""

    @classmethod
    def of(cls, output: Output) -> Snapshot:
        """Read what the fetch script printed; ValueError for anything else."""
        head, _, rest = output.out.partition("\n[")
        named = dict(line.partition(" ")[::2] for line in head.splitlines())
        told, *shown = f"[{rest}".split("\nbridge ")
        reply, _, queued = told.partition("\n")
        tables = [_rows(one) for one in json.loads(reply)]
        if not {"host", "boot", "uptime"} <= named.keys() or len(tables) != 5 or not tables[0]:
            raise ValueError("this is not what a switch with Open vSwitch prints")
        root, ports, qos, interfaces, bridges = tables
        flows = dict(one.partition("\n")[::2] for one in shown)
        return cls(
            host=named["host"],
            boot=named["boot"],
            uptime=float(named["uptime"]),
            root=root[0],
            ports={row["name"]: row for row in ports},
            qos={uuid(row["_uuid"]): row for row in qos},
            interfaces={uuid(row["_uuid"]): row for row in interfaces},
            bridges={row["name"]: _bridge(row, flows.get(row["name"], "")) for row in bridges},
            queues=_queues(queued),
        )

    @property
    def running(self) -> str:
        """The canonical text: the host's name, and every port's line in natural order."""
        names = sorted(self.ports, key=natural_key)
        return "".join(f"{one}\n" for one in (f"hostname {self.host}", *map(self.line, names)))

    @property
    def pending(self) -> Pending | None:
        """The timed commit that waits, or should have come to its end."""
        return record.pending(mapping(self.root["external_ids"]), self.boot, self.uptime)

    @property
    def survives_reboot(self) -> bool:
        """Whether the boot hook has run since the switch started, which proves that it will."""
        return mapping(self.root["external_ids"]).get(BOOT) == self.boot

    def line(self, name: str) -> PortLine:
        """Return the line of a port that is in the database."""
        row = self.ports[name]
        kept = mapping(row["external_ids"])
        bridge, number = self.place(name)
        down, foreign = self._queueing(row)
        return PortLine(
            name=name,
            vlan_mode="".join(members(row["vlan_mode"])),
            tag=next(iter(members(row["tag"])), None),
            trunks=frozenset(members(row["trunks"])),
            protected=row["protected"],
            outlet=kept.get(OUTLET, ""),
            down=Held(self._queued(name, bits(down)) if down and members(row["qos"]) else "", down),
            qos=foreign,
            up=Held(_metered(bridge, number), _kept_rate(kept.get(UP, ""))),
            dhcp_guard=Held(_guarded(bridge, number), _kept_guard(kept.get(GUARD, ""))),
            bars=self.bars(name),
            error=_spelled(name, self.errors(name)),
        )

    def place(self, name: str) -> tuple[Bridge | None, int]:
        """Return the bridge that a port belongs to, and its OpenFlow number there, or 0."""
        row = self.ports[name]
        own = uuid(row["_uuid"])
        bridge = next((one for one in self.bridges.values() if own in one.ports), None)
        numbers = [number for one in self.faces(name) for number in members(one["ofport"])]
        return bridge, numbers[0] if len(numbers) == 1 and numbers[0] > 0 else 0

    def bars(self, name: str) -> str:
        """Return which words a port cannot have now, and why: `up: meter 5 is not ours`; or ""."""
        return spelled(self._barred(name))

    def _barred(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield words and why.

        A queue on each of a bond's interfaces would let through as many times its rate. An
        interface that could not be opened has the number -1; one not come to yet has none. It is
        by its port's name that switch.sh looks for an interface.
        """
        faces = self.faces(name)
        if len(faces) != 1:
            yield _EACH, "a bond has neither a queue nor a meter nor a guard"
        elif faces[0]["name"] != name:
            yield _EACH, "its interface has another name, as is left of a bond"
        elif any(number < 0 for number in members(faces[0]["ofport"])):
            yield _EACH, "it has no OpenFlow number, since the switch could not open its interface"
        elif number := self._foreign_meter(name):
            yield "up", f"meter {number}, whose number it needs, is not ours"
        if len(faces) == 1 and faces[0]["type"] not in _KERNELS:
            kind = _ODD.sub("?", faces[0]["type"])
            yield "down", f"the kernel has no queue for a port of type {kind}"

    def _foreign_meter(self, name: str) -> int:
        """Return the number of a port if a meter that is surely not ours has it, or 0.

        One that looks like ours is ours unless a flow of others leads to it, which only the switch
        knows: switch.sh asks it.
        """
        bridge, number = self.place(name)
        if bridge is None or bridge.meters.get(number) != OTHER:
            return 0
        ours = (actions for _, actions in bridge.flows.get(number, ()))
        return 0 if any(one.startswith(f"meter:{number},") for one in ours) else number

    def faces(self, name: str) -> list[Row]:
        """Return the interfaces of a port: one, or several where it is a bond."""
        return [self.interfaces[one] for one in uuids(self.ports[name]["interfaces"])]

    def errors(self, name: str) -> Mapping[str, frozenset[str]]:
        """Return what is wrong with each of a port's interfaces, in the switch's words."""
        return {one["name"]: frozenset(members(one["error"])) for one in self.faces(name)}

    def _queued(self, name: str, wanted: int) -> str:
        """Return the rate that the kernel holds a port's interfaces to: `wanted` is what it should.

        The kernel counts bytes, and tc(8) shows a rate above a million in thousands: it may be less
        by as much.
        """
        found = {self.queues.get(one["name"]) for one in self.faces(name)}
        if len(found) != 1 or 0 in found:
            return OTHER
        (shown,) = found
        if shown is None:
            return ""
        return rate(wanted if shown <= wanted < shown + max(8, shown // 1000) else shown)

    def _queueing(self, row: Row) -> tuple[str, str]:
        """Return the rate of a plain HTB queue, or the uuid of whatever else stands there."""
        taken = mapping(row["external_ids"]).get(QUEUE, "")
        for one in uuids(row["qos"]) or ([taken] if taken in self.qos else []):
            qos = self.qos[one]
            limits = mapping(qos["other_config"])
            plain = qos["type"] == "linux-htb" and limits.keys() == {"max-rate"}
            if plain and not mapping(qos["queues"]) and limits["max-rate"].isdecimal():
                return rate(int(limits["max-rate"])), ""
            return "", one
        return "", ""


def members(value: Json) -> list[Json]:
    """Return the members of a set, of which a single atom is one."""
    if isinstance(value, list) and value[0] == "set":
        return list(value[1])
    return [value]


def mapping(value: Json) -> dict[Any, Any]:
    """Return a map."""
    return dict(value[1])


def uuid(value: Json) -> str:
    """Return the text of one uuid."""
    return str(value[1])


def uuids(value: Json) -> list[str]:
    """Return the texts of a set of uuids."""
    return [uuid(one) for one in members(value)]


def _rows(result: Json) -> list[Row]:
    """Return the rows of one operation's result."""
    if not isinstance(result, dict) or "rows" not in result:
        raise ValueError(f"the database answered {result!r}")
    return list(result["rows"])


def _queues(shown: str) -> dict[str, int]:
    """Return what tc(8) shows: the interfaces with an HTB queue, then each one's classes."""
    names = _QUEUE.findall(shown)
    _, *each = _ROOT.split(shown)
    found = [_CLASS.search(one) for one in each]
    return {
        name: int(one["number"]) * _UNITS[one["unit"]] if one else 0
        for name, one in zip(names, found, strict=True)
    }


def _bridge(row: Row, shown: str) -> Bridge:
    flows: dict[int, set[tuple[str, str]]] = {}
    for found in map(_FLOW.fullmatch, shown.splitlines()):
        port = _IN_PORT.search(found["match"]) if found else None
        if found and port:
            match = _IN_PORT.sub("", found["match"]).rstrip(",")
            flows.setdefault(int(port[1]), set()).add((match, found["actions"]))
    return Bridge(
        ports=frozenset(uuids(row["ports"])),
        flows={port: frozenset(own) for port, own in flows.items()},
        meters=_meters(shown),
    )


def _meters(shown: str) -> dict[int, str]:
    """Return the rate of each meter that is as we make them, and `other` for any that is not."""
    found: dict[int, str] = {}
    for meter in _METER.finditer(shown):
        band = _BAND.fullmatch(meter["bands"])
        ours = band is not None and int(band["burst"]) == int(band["rate"]) // 4
        found[int(meter["id"])] = rate(int(band["rate"]) * 1000) if band and ours else OTHER
    return found


def _metered(bridge: Bridge | None, number: int) -> str:
    """Return the rate at which a port's frames are metered, "" where they are not."""
    flows = bridge.flows.get(number, frozenset()) - _GUARDS if bridge else frozenset()
    if not flows or bridge is None:
        return ""
    if flows == {("priority=100", f"meter:{number},NORMAL")}:
        return bridge.meters.get(number, OTHER)
    return OTHER


def _guarded(bridge: Bridge | None, number: int) -> str:
    """Return whether a port's servers are silenced: on, "" where nothing is, else other."""
    flows = bridge.flows.get(number, frozenset()) & _GUARDS if bridge else frozenset()
    if not flows:
        return ""
    return "on" if flows == _GUARDS else OTHER


def _spelled(port: str, errors: Mapping[str, frozenset[str]]) -> str:
    """Return the errors of a port's interfaces in one text, named where their name is another."""
    found = ((face, text) for face, texts in errors.items() for text in sorted(texts))
    return "; ".join(text if face == port else f"{face}: {text}" for face, text in sorted(found))


def _kept_rate(text: str) -> str:
    """Return the rate that the database remembers in kbit/s."""
    if not text.isdecimal():
        return OTHER if text else ""
    return rate(int(text) * 1000)


def _kept_guard(text: str) -> str:
    return text if text in ("", "on") else OTHER
