"""The MIBs that every device has: SNMPv2-MIB, IF-MIB, SNMP-FRAMEWORK-MIB (RFC 3418, 2863, 3411)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from automation.lab.agent import ber
from automation.lab.agent.ber import Oid
from automation.lab.agent.counters import COUNTERS, WIDTH
from automation.lab.agent.device import Device
from automation.lab.agent.face import ETHERNET, Interface
from automation.lab.agent.tree import Instance, Read

_SYSTEM: Oid = (1, 3, 6, 1, 2, 1, 1)
_INTERFACES: Oid = (1, 3, 6, 1, 2, 1, 2)
_IF_TABLE: Oid = (*_INTERFACES, 2, 1)
_IF_X: Oid = (1, 3, 6, 1, 2, 1, 31, 1)
_IF_X_TABLE: Oid = (*_IF_X, 1, 1)
_ENGINE: Oid = (1, 3, 6, 1, 6, 3, 10, 2, 1)
_SWITCHES = 2
"""sysServices of what works on layer 2."""
_LARGEST_MESSAGE = 65507
_ONE = ber.unsigned(ber.INTEGER, 1)
_TWO = ber.unsigned(ber.INTEGER, 2)
_ZERO_DOT_ZERO = ber.oid((0, 0))
_TOP_GAUGE = 2**32 - 1

_COUNTERS_32: Mapping[int, str] = {
    10: "in_octets",
    11: "in_unicast",
    13: "in_discards",
    14: "in_errors",
    16: "out_octets",
    17: "out_unicast",
    19: "out_discards",
    20: "out_errors",
}
_COUNTERS_32_X: Mapping[int, str] = {
    2: "in_multicast",
    3: "in_broadcast",
    4: "out_multicast",
    5: "out_broadcast",
}
_COUNTERS_64: Mapping[int, str] = {
    6: "in_octets",
    7: "in_unicast",
    8: "in_multicast",
    9: "in_broadcast",
    10: "out_octets",
    11: "out_unicast",
    12: "out_multicast",
    13: "out_broadcast",
}


def number(value: int, tag: int = ber.INTEGER) -> Read[Device]:
    """Return the reader of a number that is always the same."""
    return fixed(ber.unsigned(tag, value))


def text(value: str) -> Read[Device]:
    """Return the reader of a text that is always the same."""
    return fixed(ber.octets(value.encode()))


def fixed(value: bytes) -> Read[Device]:
    """Return the reader of a value that is always the same, given with tag and length."""
    return lambda device, key, now: value


def counter32(name: str) -> Read[Device]:
    """Return the reader of the low half of a counter; its key is the port."""
    offset = COUNTERS.index(name)

    def read(device: Device, key: int, now: int) -> bytes:
        value = device.counters.value(key * WIDTH + offset, now) & 0xFFFFFFFF
        return ber.unsigned(ber.COUNTER32, value)

    return read


def counter64(name: str) -> Read[Device]:
    """Return the reader of a whole counter; its key is the port."""
    offset = COUNTERS.index(name)

    def read(device: Device, key: int, now: int) -> bytes:
        return ber.unsigned(ber.COUNTER64, device.counters.value(key * WIDTH + offset, now))

    return read


def _up_time(device: Device, key: int, now: int) -> bytes:
    return ber.unsigned(ber.TIMETICKS, now & 0xFFFFFFFF)


def _configured(what: str) -> Read[Device]:
    def read(device: Device, key: int, now: int) -> bytes:
        return ber.octets(device.face.system(device.switch.config, what).encode())

    return read


def _admin(device: Device, key: int, now: int) -> bytes:
    return _ONE if device.admin[key] else _TWO


def _oper(device: Device, key: int, now: int) -> bytes:
    return _ONE if device.oper[key] else _TWO


def _last_change(device: Device, key: int, now: int) -> bytes:
    return ber.unsigned(ber.TIMETICKS, device.last_change[key] & 0xFFFFFFFF)


def _discontinuity(device: Device, key: int, now: int) -> bytes:
    return ber.unsigned(ber.TIMETICKS, device.discontinuity & 0xFFFFFFFF)


def _alias(device: Device, key: int, now: int) -> bytes:
    return ber.octets(device.description(key).encode())


def _link_traps(device: Device, key: int, now: int) -> bytes:
    return _ONE if device.link_traps(key) else _TWO


def _table_changed(device: Device, key: int, now: int) -> bytes:
    return ber.unsigned(ber.TIMETICKS, device.table_changed & 0xFFFFFFFF)


def _mac(device: Device, key: int, now: int) -> bytes:
    is_port = device.interfaces[key].kind == ETHERNET
    return ber.octets(device.mac(key + 1) if is_port else b"")


def system(descr: str, object_id: Oid) -> Iterator[Instance[Device]]:
    """Yield the system group (RFC 3418)."""
    readers: Mapping[int, Read[Device]] = {
        1: text(descr),
        2: fixed(ber.oid(object_id)),
        3: _up_time,
        4: _configured("contact"),
        5: _configured("name"),
        6: _configured("location"),
        7: number(_SWITCHES),
    }
    for column, read in readers.items():
        yield Instance((*_SYSTEM, column), (0,), read)


def engine() -> Iterator[Instance[Device]]:
    """Yield the snmpEngine group (RFC 3411)."""
    readers: Mapping[int, Read[Device]] = {
        1: lambda device, key, now: ber.octets(device.engine_id),
        2: lambda device, key, now: ber.unsigned(ber.INTEGER, device.boots),
        3: lambda device, key, now: ber.unsigned(ber.INTEGER, now // 100),
        4: number(_LARGEST_MESSAGE),
    }
    for column, read in readers.items():
        yield Instance((*_ENGINE, column), (0,), read)


def interfaces(all_of_them: tuple[Interface, ...]) -> Iterator[Instance[Device]]:
    """Yield ifNumber, ifTable, ifXTable and ifTableLastChange (RFC 2863)."""
    yield Instance((*_INTERFACES, 1), (0,), number(len(all_of_them)))
    yield Instance((*_IF_X, 5), (0,), _table_changed)
    counting = {column: counter32(name) for column, name in _COUNTERS_32.items()}
    counting_x = {column: counter32(name) for column, name in _COUNTERS_32_X.items()}
    counting_x |= {column: counter64(name) for column, name in _COUNTERS_64.items()}
    for port, interface in enumerate(all_of_them):
        for column, read in {**_if_table(interface), **counting}.items():
            yield Instance((*_IF_TABLE, column), (interface.index,), read, port)
        for column, read in {**_if_x_table(interface), **counting_x}.items():
            yield Instance((*_IF_X_TABLE, column), (interface.index,), read, port)


def _if_table(one: Interface) -> dict[int, Read[Device]]:
    bits = min(one.speed * 1_000_000, _TOP_GAUGE)
    return {
        1: number(one.index),
        2: text(one.port),
        3: number(one.kind),
        4: number(one.mtu),
        5: number(bits, ber.GAUGE32),
        6: _mac,
        7: _admin,
        8: _oper,
        9: _last_change,
        15: number(0, ber.COUNTER32),
        21: number(0, ber.GAUGE32),
        22: fixed(_ZERO_DOT_ZERO),
    }


def _if_x_table(one: Interface) -> dict[int, Read[Device]]:
    return {
        1: text(one.name),
        14: _link_traps,
        15: number(one.speed, ber.GAUGE32),
        16: fixed(_TWO),
        17: fixed(_ONE if one.kind == ETHERNET else _TWO),
        18: _alias,
        19: _discontinuity,
    }
