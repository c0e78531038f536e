"""Light, power and neighbours of one device: walked once for what there is, then read by name."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, TypeVar

from gufo.snmp import ValueType

from automation.counters import Extras, Layout, Neighbour, Sample, dbm, hundredths
from automation.errors import DeviceError
from automation.model import IndexedLight, PortPower, SensedLight
from automation.snmp.discovery import stepped, text
from automation.snmp.link import Link
from automation.snmp.repair import Repair
from automation.snmp.target import Target

_MOST_ROWS: Final = 8192
"""More than a chassis full of cards has of physical things."""
_AT_A_TIME: Final = 40
_IF_INDEX: Final = "1.3.6.1.2.1.2.2.1.1."
_ALIASES: Final = "1.3.6.1.2.1.47.1.3.2.1.2"
"""entAliasMappingIdentifier (RFC 6933): which ifIndex a physical port is."""
_ENTITIES_CHANGED: Final = "1.3.6.1.2.1.47.1.4.1.0"
"""entLastChangeTime (RFC 6933): sysUpTime when a physical thing came or went."""
_LLDP: Final = "1.0.8802.1.1.2.1"
"""LLDP-MIB (IEEE 802.1AB)."""
_LOCAL_ID: Final = f"{_LLDP}.3.7.1.3"
_LOCAL_DESCR: Final = f"{_LLDP}.3.7.1.4"
_REMOTE_KIND: Final = f"{_LLDP}.4.1.1.6"
_REMOTE_PORT: Final = f"{_LLDP}.4.1.1.7"
_REMOTE_NAME: Final = f"{_LLDP}.4.1.1.9"
_MAC_ADDRESS: Final = 3
_MILLI: Final = 1000
_LASTS: Final = 86_400.0
"""Seconds that what was walked is believed: transceivers are plugged in, LLDP is turned on."""
_LONGEST: Final = 8
"""After how many cycles at most extras that were not done in time are tried again."""
Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class _Lamp:
    """Where the light of one port stands: the objects of a sensor, or a single column.

    `name` is the object that says whose it is, `said` what it said when it was walked: numbers of
    physical things pass to others, in a reboot at the latest.
    """

    port: str
    received: bool
    value: str
    name: str
    said: str
    sensor: tuple[int, int, int] | None = None
    """Kind, scale and precision."""

    def is_another(self, values: Mapping[str, ValueType]) -> bool:
        """Whether its number is something else's by now."""
        return values.get(self.name) is not None and text(values[self.name]) != self.said

    def own(self, values: Mapping[str, ValueType]) -> ValueType:
        """Return the value of this lamp; None where it is not known to be its own."""
        return values.get(self.value) if text(values.get(self.name)) == self.said else None


@dataclass(slots=True)
class _Known:
    """What a device has, found by walking it once for a layout.

    `boots` is snmpEngineBoots then, `changed` entLastChangeTime; None where there is none.
    """

    layout: Layout
    boots: int | None
    changed: ValueType
    at: float
    lamps: Sequence[_Lamp] = ()
    feeds: Mapping[str, str] = field(default_factory=dict)
    """Ports by the object that has their power."""
    ends: Mapping[str, str] = field(default_factory=dict)
    """Ports by lldpLocPortNum."""

    def holds(self, sample: Sample, changed: ValueType) -> bool:
        """Whether it may be read of a device that was just read as `sample`."""
        now = (sample.layout.ports, sample.layout.indexes, sample.boots, changed)
        then = (self.layout.ports, self.layout.indexes, self.boots, self.changed)
        return now == then and sample.at - self.at < _LASTS


class ExtrasReader:
    """Reads one device's extras; keeps what was walked for a day, while its ports stay."""

    def __init__(self, link: Link, target: Target) -> None:
        """Read over `link`."""
        self._link = link
        self._target = target
        self._known: _Known | None = None
        self._absent: dict[str, str] = {}
        self._length = self._left = 0
        """After how many cycles what was not done in time is tried again; how many are left."""

    def tries_again(self) -> bool:
        """Whether this is the cycle to try again what was not done in time; count it."""
        self._left -= 1
        return self._left == 0

    def late(self, at: float, why: str) -> Extras:
        """Return that nothing was done in time; try again after one cycle, then two, four, eight.

        An agent that is too slow is asked for less, not for more.
        """
        self._length = self._left = min(self._length * 2 or 1, _LONGEST)
        again = "the next cycle" if self._left == 1 else f"{self._left} cycles"
        return replace(self.nothing(at, f"{why}; tried again in {again}"), late=True)

    def nothing(self, at: float, why: str) -> Extras:
        """Return that no part could be read, of those that the device's platform has."""
        mibs = self._target.mibs
        parts = {"light": mibs.light, "power": mibs.power, "neighbours": True}
        absent = {part: why for part, there in parts.items() if there}
        return Extras(self._target.device, at, absent=absent)

    async def read(self, sample: Sample, repair: Repair) -> Extras:
        """Return light, power and neighbours; a part that cannot be read is absent with a reason.

        `sample` was just read of the device.
        """
        self._absent = {}
        changed = await self._changed(repair)
        if self._known is None or not self._known.holds(sample, changed):
            self._known = await self._walked(sample, changed)
        known = self._known
        values = await self._values(repair, known)
        if any(lamp.is_another(values) for lamp in known.lamps):
            known = self._known = await self._walked(sample, changed)
            values = await self._values(repair, known)
        if self._absent:
            self._known = None  # what could not be walked is not thereby known to be nothing
        received: dict[str, float] = {}
        sent: dict[str, float] = {}
        for lamp in known.lamps:
            level = self._level(lamp, lamp.own(values))
            if level is not None:
                (received if lamp.received else sent)[lamp.port] = level
        watts = {
            port: value / _MILLI
            for name, port in known.feeds.items()
            if isinstance(value := values.get(name), int)
        }
        nobody: Mapping[str, Neighbour] = {}
        neighbours = await self._part("neighbours", lambda: self._neighbours(known.ends), nobody)
        self._length = self._left = 0
        absent = dict(self._absent)
        return Extras(
            self._target.device, sample.at, received, sent, watts, neighbours, absent=absent
        )

    async def _changed(self, repair: Repair) -> ValueType:
        """Return entLastChangeTime, where there are physical things to read."""
        if self._target.mibs.light is None:
            return None
        read = partial(repair.get, [_ENTITIES_CHANGED])
        return (await self._part("light", read, dict[str, ValueType]())).get(_ENTITIES_CHANGED)

    async def _part(self, name: str, read: Callable[[], Awaitable[Part]], nothing: Part) -> Part:
        """Return what `read` gives; a fault of the agent costs this part and no other."""
        try:
            return await read()
        except DeviceError as error:
            self._absent[name] = str(error)
            return nothing

    async def _walked(self, sample: Sample, changed: ValueType) -> _Known:
        """Find out what there is to read."""
        mibs, layout = self._target.mibs, sample.layout
        index = dict(zip(layout.indexes, layout.ports, strict=True))
        known = _Known(layout, sample.boots, changed, sample.at)
        if isinstance(light := mibs.light, SensedLight):
            known.lamps = await self._part("light", lambda: self._sensors(light, layout), ())
        elif isinstance(light, IndexedLight):
            known.lamps = await self._part("light", lambda: self._indexed(light, index), ())
        if power := mibs.power:
            known.feeds = await self._part("power", lambda: self._feeds(power, index), {})
        known.ends = await self._part("neighbours", lambda: self._ends(layout), {})
        return known

    async def _walk(self, part: str, column: str) -> Mapping[str, ValueType]:
        """Return the rows of a column; where they are not all, `part` is told not to be whole."""
        walk = await stepped(partial(self._link.walk, column, _MOST_ROWS), lambda one: not one.cut)
        if walk.cut:
            rows = len(walk.rows)
            self._absent[part] = f"the walk of {column} was cut after {rows} rows: {walk.cut}"
        return walk.rows

    async def _sensors(self, light: SensedLight, layout: Layout) -> Sequence[_Lamp]:
        """Return the light sensors whose names are those of ports."""
        found = []
        names = await self._walk("light", light.names)
        kinds = await self._walk("light", light.kind)
        scales = await self._walk("light", light.scale)
        precisions = await self._walk("light", light.precision)
        if not names.keys() >= kinds.keys() == scales.keys() == precisions.keys():
            why = "the walks of its tables gave different rows: some were cut"
            self._absent.setdefault("light", why)
        for index, name in names.items():
            for received, pattern in ((True, light.receive), (False, light.transmit)):
                matched = re.fullmatch(pattern, text(name))
                port = matched and self._target.full_name(matched["port"])
                sensor = tuple(one.get(index) for one in (kinds, scales, precisions))
                if port in layout.ports and all(isinstance(one, int) for one in sensor):
                    value, whose = f"{light.value}.{index}", f"{light.names}.{index}"
                    found.append(_Lamp(str(port), received, value, whose, text(name), sensor))  # type: ignore[arg-type]  # three numbers, as was asked
        return found

    async def _indexed(self, light: IndexedLight, ports: Mapping[int, str]) -> Sequence[_Lamp]:
        """Return the physical ports that entAliasMappingTable gives an ifIndex of ours."""
        found = []
        for alias, value in (await self._walk("light", _ALIASES)).items():
            rest = str(value).removeprefix(_IF_INDEX)
            port = ports.get(int(rest)) if rest.isdecimal() else None
            if port is not None:
                physical, whose = alias.partition(".")[0], (f"{_ALIASES}.{alias}", text(value))
                found.append(_Lamp(port, True, f"{light.receive}.{physical}", *whose))
                found.append(_Lamp(port, False, f"{light.transmit}.{physical}", *whose))
        return found

    async def _feeds(self, power: PortPower, ports: Mapping[int, str]) -> Mapping[str, str]:
        """Return the ports that feed something, by the object that says how much."""
        found = {}
        for index in await self._walk("power", power.column):
            numbers = index.split(".")
            port = power.port.format(*numbers) if power.port else ports.get(int(numbers[0]))
            if port in ports.values():
                found[f"{power.column}.{index}"] = str(port)
        return found

    async def _ends(self, layout: Layout) -> Mapping[str, str]:
        """Return our ports by lldpLocPortNum: by id or by description, whichever is a port."""
        found = {}
        for column in (_LOCAL_DESCR, _LOCAL_ID):
            for number, value in (await self._walk("neighbours", column)).items():
                port = self._target.full_name(text(value))
                if port in layout.ports:
                    found[number] = port
        return found

    async def _values(self, repair: Repair, known: _Known) -> dict[str, ValueType]:
        lamps = dict.fromkeys(name for lamp in known.lamps for name in (lamp.value, lamp.name))
        found: dict[str, ValueType] = {}
        for part, names in (("light", list(lamps)), ("power", list(known.feeds))):
            for start in range(0, len(names), _AT_A_TIME):
                read = partial(repair.get, names[start : start + _AT_A_TIME])
                found |= await self._part(part, read, dict[str, ValueType]())
        return found

    def _level(self, lamp: _Lamp, value: ValueType) -> float | None:
        """Return the dBm that a lamp shows; None where there is no light, or no telling."""
        if not isinstance(value, int):
            return None
        if lamp.sensor is not None:
            return dbm(*lamp.sensor, value)
        light = self._target.mibs.light
        if not isinstance(light, IndexedLight) or value in light.invalid:
            return None
        return hundredths(value) if value <= 0 or light.positive else None

    async def _neighbours(self, ends: Mapping[str, str]) -> Mapping[str, Neighbour]:
        """Return who is at the other end of each port; the index is time, port, number."""
        if not ends:
            return {}
        ports = await self._walk("neighbours", _REMOTE_PORT)
        kinds = await self._walk("neighbours", _REMOTE_KIND)
        names = await self._walk("neighbours", _REMOTE_NAME)
        return dict(_pairs(ends, ports, kinds, names))


def _pairs(
    ends: Mapping[str, str],
    ports: Mapping[str, ValueType],
    kinds: Mapping[str, ValueType],
    names: Mapping[str, ValueType],
) -> Iterator[tuple[str, Neighbour]]:
    for index, value in ports.items():
        ours = ends.get(index.split(".")[1]) if index.count(".") == 2 else None
        if ours is not None:
            hidden = kinds.get(index) == _MAC_ADDRESS and isinstance(value, bytes)
            port = value.hex(":") if hidden and isinstance(value, bytes) else text(value)
            yield ours, Neighbour(text(names.get(index, b"")), port)
