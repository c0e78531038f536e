"""The names: which series there are, of which type, and what each value is taken from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from automation.counters import HIGH_CAPACITY, Column, Extras, Rates, Sample
from automation.counters.rates import (
    AMBIGUOUS,
    BEFORE,
    CLOCK,
    CLOSE,
    DISCONTINUITY,
    DUPLICATE,
    FIRST,
    GAP,
    LATE,
    NEW_PORT,
    NO_SPEED,
    REBOOT,
    RENUMBERED,
    TOO_FAST,
    WENT_BACK,
    WIDTH,
)

_COUNTER: Final = "counter"
_GAUGE: Final = "gauge"
_MOST_SPEED: Final = 0xFFFFFFFF
_MEGA: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Family:
    """A metric's name, its type and what it means."""

    name: str
    kind: str
    help: str

    def head(self) -> str:
        """Return the lines that stand before the series."""
        return f"# HELP {self.name} {self.help}\n# TYPE {self.name} {self.kind}\n"


@dataclass(frozen=True, slots=True)
class Of:
    """Where the values of a family stand; `narrow` are the 32-bit cells of a 64-bit column."""

    column: Column
    narrow: bool = False


def _counter(name: str, text: str) -> Family:
    return Family(name, _COUNTER, text)


def _gauge(name: str, text: str) -> Family:
    return Family(name, _GAUGE, text)


PORTS: Final[Mapping[Family, Of]] = {
    _counter("ifHCInOctets", "Octets received (IF-MIB, 64 bits)."): Of(Column.IN_OCTETS),
    _counter("ifHCOutOctets", "Octets sent (IF-MIB, 64 bits)."): Of(Column.OUT_OCTETS),
    _counter("ifHCInUcastPkts", "Unicast packets received (IF-MIB, 64 bits)."): Of(
        Column.IN_UNICAST
    ),
    _counter("ifHCOutUcastPkts", "Unicast packets sent (IF-MIB, 64 bits)."): Of(Column.OUT_UNICAST),
    _counter("ifHCInMulticastPkts", "Multicast packets received (IF-MIB, 64 bits)."): Of(
        Column.IN_MULTICAST
    ),
    _counter("ifHCOutMulticastPkts", "Multicast packets sent (IF-MIB, 64 bits)."): Of(
        Column.OUT_MULTICAST
    ),
    _counter("ifHCInBroadcastPkts", "Broadcast packets received (IF-MIB, 64 bits)."): Of(
        Column.IN_BROADCAST
    ),
    _counter("ifHCOutBroadcastPkts", "Broadcast packets sent (IF-MIB, 64 bits)."): Of(
        Column.OUT_BROADCAST
    ),
    _counter("ifInErrors", "Received packets with errors (IF-MIB)."): Of(Column.IN_ERRORS),
    _counter("ifOutErrors", "Packets not sent because of errors (IF-MIB)."): Of(Column.OUT_ERRORS),
    _counter("ifInDiscards", "Received packets dropped without an error (IF-MIB)."): Of(
        Column.IN_DISCARDS
    ),
    _counter("ifOutDiscards", "Packets to send dropped without an error (IF-MIB)."): Of(
        Column.OUT_DISCARDS
    ),
    _gauge("ifAdminStatus", "1 up, 2 down, 3 testing (IF-MIB)."): Of(Column.ADMIN),
    _gauge(
        "ifOperStatus",
        "1 up, 2 down, 3 testing, 4 unknown, 5 dormant, 6 notPresent, 7 lowerLayerDown (IF-MIB).",
    ): Of(Column.OPER),
    _gauge(
        "ifLastChange",
        "sysUpTime, in hundredths of a second, when the port took its present state (IF-MIB).",
    ): Of(Column.LAST_CHANGE),
    # From agents, or of ports, that have no 64-bit counter; a port has the one or the other.
    _counter("ifInOctets", "Octets received (IF-MIB, 32 bits)."): Of(Column.IN_OCTETS, narrow=True),
    _counter("ifOutOctets", "Octets sent (IF-MIB, 32 bits)."): Of(Column.OUT_OCTETS, narrow=True),
    _counter("ifInUcastPkts", "Unicast packets received (IF-MIB, 32 bits)."): Of(
        Column.IN_UNICAST, narrow=True
    ),
    _counter("ifOutUcastPkts", "Unicast packets sent (IF-MIB, 32 bits)."): Of(
        Column.OUT_UNICAST, narrow=True
    ),
    _counter("ifInMulticastPkts", "Multicast packets received (IF-MIB, 32 bits)."): Of(
        Column.IN_MULTICAST, narrow=True
    ),
    _counter("ifOutMulticastPkts", "Multicast packets sent (IF-MIB, 32 bits)."): Of(
        Column.OUT_MULTICAST, narrow=True
    ),
    _counter("ifInBroadcastPkts", "Broadcast packets received (IF-MIB, 32 bits)."): Of(
        Column.IN_BROADCAST, narrow=True
    ),
    _counter("ifOutBroadcastPkts", "Broadcast packets sent (IF-MIB, 32 bits)."): Of(
        Column.OUT_BROADCAST, narrow=True
    ),
}
"""What is told of every port."""

LEVELS: Final[Mapping[Family, Callable[[Extras], Mapping[str, float]]]] = {
    _gauge("portvakt_port_light_received_dbm", "Light that the port receives, in dBm."): (
        lambda extras: extras.received
    ),
    _gauge("portvakt_port_light_sent_dbm", "Light that the port sends, in dBm."): (
        lambda extras: extras.sent
    ),
    _gauge(
        "portvakt_port_light_usual_dbm",
        "Light that the port received while up: its own slow mean, about a day, in dBm.",
    ): (lambda extras: extras.usual),
    _gauge("portvakt_port_poe_watts", "Power over Ethernet that the port gives, in watts."): (
        lambda extras: extras.watts
    ),
}
"""What is told of the ports that have it, read on the slow cycle."""

NEIGHBOUR: Final = _gauge(
    "portvakt_port_neighbour_info", "Who is at the other end of the cable, by LLDP; always 1."
)
EXTRAS_READ: Final = _gauge(
    "portvakt_device_extras_read_timestamp_seconds",
    "When light, power and neighbours of the device were read.",
)
EXTRAS_ABSENT: Final = _gauge(
    "portvakt_device_extras_absent",
    "Which of light, power and neighbours could not be read, or not whole; always 1.",
)
HIGH_SPEED: Final = _gauge("ifHighSpeed", "Nominal speed in Mbit/s (IF-MIB).")
SPEED: Final = _gauge("ifSpeed", "Nominal speed in bit/s, at most 4294967295 (IF-MIB).")
UPTIME: Final = _gauge("sysUpTime", "Hundredths of a second since the agent started (SNMPv2-MIB).")
BOOTS: Final = _gauge("snmpEngineBoots", "Times that the agent has started (SNMP-FRAMEWORK-MIB).")
DURATION: Final = _gauge("snmp_scrape_duration_seconds", "What reading the device took.")
PACKETS: Final = _gauge("snmp_scrape_packets_sent", "Requests sent, repeated ones included.")
INFO: Final = _gauge("portvakt_device_info", "What the inventory says of the device; always 1.")
UP: Final = _gauge("portvakt_device_up", "Whether the device was read in the last cycle.")
READ: Final = _gauge("portvakt_device_read_timestamp_seconds", "When the device was read.")
MISSING: Final = _gauge("portvakt_ports_missing", "Ports of the inventory that were not read.")
UNKNOWN: Final = _gauge(
    "portvakt_rates_unknown", "Counters whose rate since the last cycle is not known, by reason."
)
ENDED: Final = _gauge(
    "portvakt_cycle_end_timestamp_seconds",
    "When the last cycle ended; after a start, until one has, when a device was last read.",
)
TOOK: Final = _gauge("portvakt_cycle_duration_seconds", "What the last cycle took.")
STORED: Final = _gauge(
    "portvakt_store_up", "Whether the store took the last cycle: 0 when it is down, full or locked."
)
INTERVAL: Final = _gauge("portvakt_cycle_interval_seconds", "The time from one cycle to the next.")

_ABSENT: Final = "absent"
_WORDS: Final[Mapping[str, str]] = {
    FIRST: "first",
    REBOOT: "reboot",
    CLOCK: "clock",
    DUPLICATE: "duplicate",
    LATE: "late",
    CLOSE: "close",
    GAP: "gap",
    NEW_PORT: "new_port",
    RENUMBERED: "renumbered",
    DISCONTINUITY: "discontinuity",
    BEFORE: "absent_before",
    WIDTH: "width",
    AMBIGUOUS: "ambiguous",
    WENT_BACK: "went_back",
    TOO_FAST: "too_fast",
    NO_SPEED: "no_speed",
}
"""A label of few values for each sentence: sentences have figures in them."""
WORDS: Final = frozenset({*_WORDS.values(), _ABSENT})


def word(reason: str) -> str:
    """Return the label of a reason; whatever kept a counter from being read is `absent`."""
    for sentence, label in _WORDS.items():
        if reason.startswith(sentence.partition("{")[0]):
            return label
    return _ABSENT


def cells(sample: Sample, of: Of) -> tuple[Sequence[int], Sequence[int] | None]:
    """Return the values of a family, and their rows; None for all rows."""
    values = sample.columns[of.column]
    narrow = sample.layout.narrow
    if not sample.absent and (of.column not in HIGH_CAPACITY or not narrow):
        return ((), ()) if of.narrow else (values, None)
    rows = [
        row
        for row in range(len(values))
        if ((of.column, row) in narrow) == of.narrow and (of.column, row) not in sample.absent
    ]
    return [values[row] for row in rows], rows


def speeds(sample: Sample, family: Family) -> tuple[Sequence[int], Sequence[int] | None]:
    """Return the speeds that are known, and their rows."""
    known = [(row, speed) for row, speed in enumerate(sample.labels.speeds) if speed]
    rows = [row for row, _ in known]
    if family is HIGH_SPEED:
        return [round(speed / _MEGA) for _, speed in known], rows
    return [min(speed, _MOST_SPEED) for _, speed in known], rows


def unknown(rates: Rates) -> Iterator[tuple[str, int]]:
    """Yield the label of each reason and how many rates it keeps from being known."""
    found: dict[str, int] = {}
    width = len(rates.columns)
    if rates.all_unknown:
        found[word(rates.all_unknown)] = width * len(rates.ports)
    else:
        for reason in rates.rows.values():
            found[word(reason)] = found.get(word(reason), 0) + width
        for reason in rates.cells.values():
            found[word(reason)] = found.get(word(reason), 0) + 1
    yield from sorted(found.items())
