"""Two readings of one counter, the rate between them or why there is none, and who says so.

Sources: RFC 2863 (IF-MIB) and RFC 3635 (Ethernet) say what counters do; RFC 3411, 3414 and 3418
what an agent's clocks do; issues of other pollers are mistakes that were really made.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isnan

import pytest

from automation.counters import Column, rates
from tests.unit.counters.samples import Seen, sample

W32 = 1 << 32
W64 = 1 << 64
MEGABIT = 1_000_000
BEFORE = Seen(value=5_000_000)


def later(**changes: object) -> Seen:
    """Return what was seen five minutes after `BEFORE`, with `changes`."""
    return replace(Seen(uptime=130_000, at=1300.0), **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Vector:
    """A case: `expected` is octets (packets, errors) a second, or words of the reason."""

    name: str
    source: str
    before: Seen | None
    after: Seen
    expected: float | str
    column: Column = Column.IN_OCTETS


OCTETS = Column.OUT_OCTETS
UNICAST = Column.IN_UNICAST
ERRORS = Column.IN_ERRORS
NARROW = Seen(narrow=True, speed=10 * MEGABIT)
FAST_ETHERNET = Seen(narrow=True, speed=100 * MEGABIT)
UNKNOWN_BOOTS = Seen(value=5_000_000, boots=None)

VECTORS = (
    # -- what counters do every day
    Vector("rises", "RFC 2863 ifHCInOctets", BEFORE, later(value=5_300_000), 1000.0),
    Vector("rests", "RFC 2863 ifHCInOctets", BEFORE, later(value=5_000_000), 0.0),
    Vector("line rate", "RFC 2863 ifHighSpeed", BEFORE, later(value=37_505_000_000), 125e6),
    Vector(
        "a full port shows a little more than its speed",
        "librenms/librenms#1128: bounded at the source",
        BEFORE,
        later(value=5_000_000 + int(300 * 125e6 * 1.04)),
        130e6,
    ),
    Vector("packets", "RFC 2863 ifHCInUcastPkts", BEFORE, later(value=5_000_600), 2.0, UNICAST),
    Vector("errors", "RFC 2863 ifInErrors", BEFORE, later(value=5_000_003), 0.01, ERRORS),
    Vector(
        "the agent's clock counts, not ours",
        "RFC 3418 sysUpTime: late by 12 s here, on time there",
        BEFORE,
        later(value=5_300_000, at=1312.0),
        1000.0,
    ),
    Vector(
        "an hour missed is still exact at 64 bits",
        "RFC 2863 3.1.6: 64-bit counters do not wrap in an hour",
        BEFORE,
        later(value=5_000_000 + 3_600_000, uptime=460_000, at=4600.0),
        1000.0,
    ),
    # -- wraps
    Vector(
        "32 bits wrap once",
        "RFC 2863 3.1.6; netdata/netdata#4533",
        replace(NARROW, value=W32 - 100_000),
        replace(NARROW, value=200_000, uptime=130_000, at=1300.0),
        1000.0,
    ),
    Vector(
        "32 bits wrap to exactly zero",
        "RFC 2578 7.1.6: the counter starts again from zero",
        replace(NARROW, value=W32 - 300_000),
        replace(NARROW, value=0, uptime=130_000, at=1300.0),
        1000.0,
    ),
    Vector(
        "100 Mbit/s wraps 32 bits in 344 s: five minutes are just enough",
        "RFC 2863 3.1.6: 10 Mb/s in 57 minutes, 100 Mb/s in 5.7",
        replace(FAST_ETHERNET, value=W32 - 1_000_000_000),
        replace(FAST_ETHERNET, value=1_000_000_000, uptime=130_000, at=1300.0),
        2e9 / 300,
    ),
    Vector(
        "100 Mbit/s over ten minutes may have wrapped twice",
        "RFC 2863 3.1.6",
        replace(FAST_ETHERNET, value=1000),
        replace(FAST_ETHERNET, value=301_000, uptime=160_000, at=1600.0),
        "more than once",
    ),
    Vector(
        "1 Gbit/s wraps 32 bits in 34 s: nothing can be said",
        "RFC 2863 3.1.6; netdata/netdata#4533",
        Seen(value=1000, narrow=True),
        later(value=301_000, narrow=True),
        "more than once",
    ),
    Vector(
        "1 Gbit/s at 32 bits, and it went back",
        "RFC 2863 3.1.6",
        Seen(value=301_000, narrow=True),
        later(value=1000, narrow=True),
        "more than once",
    ),
    Vector(
        "a 32-bit counter at rest did not wrap to the very same number",
        "RFC 2863 3.1.6",
        Seen(value=301_000, narrow=True),
        later(value=301_000, narrow=True),
        0.0,
    ),
    Vector(
        "64 bits wrap once, as RFC 2578 lets them",
        "RFC 2578 7.1.10",
        Seen(value=W64 - 100_000),
        later(value=200_000),
        1000.0,
    ),
    Vector(
        "64 bits at their end do not overflow",
        "RFC 2578 7.1.10",
        Seen(value=W64 - 300_001),
        later(value=W64 - 1),
        1000.0,
    ),
    Vector(
        "an error counter wraps at 32 bits",
        "RFC 3635 3.2.6: ifInErrors is a Counter32",
        Seen(value=W32 - 100),
        later(value=200),
        1.0,
        ERRORS,
    ),
    # -- resets that look like wraps
    Vector(
        "64 bits went back: a reset, no wrap",
        "monitoring-plugins/monitoring-plugins#2257; nagios-plugins/nagios-plugins#410",
        Seen(value=9_000_000_000_000),
        later(value=1000),
        "reset",
    ),
    Vector(
        "32 bits went back further than the port can carry",
        "SteScho/manubulon-snmp#62: a reboot taken for a wrap",
        replace(NARROW, value=1_000_000_000),
        replace(NARROW, value=1000, uptime=130_000, at=1300.0),
        "reset",
    ),
    Vector(
        "an error counter was cleared",
        "bonomani/devmon#29: clear counters",
        Seen(value=500),
        later(value=3),
        "reset",
        ERRORS,
    ),
    Vector(
        "a packet counter was cleared",
        "bonomani/devmon#29: clear counters",
        Seen(value=500_000_000),
        later(value=3),
        "reset",
        UNICAST,
    ),
    Vector(
        "petabits after a line card came back",
        "Cacti/cacti#3901",
        Seen(value=1000),
        later(value=9_000_000_000_000),
        "faster than the port",
    ),
    Vector(
        "3.8 Gbit/s on a gigabit port",
        "netdata/netdata#5297",
        Seen(value=0),
        later(value=int(3.8e9 / 8 * 300)),
        "faster than the port",
    ),
    Vector(
        "one octet a second more than the slack",
        "librenms/librenms#1128",
        Seen(value=0),
        later(value=int(125e6 * 1.05 * 300) + 301),
        "faster than the port",
    ),
    Vector(
        "more frames than fit on the wire",
        "IEEE 802.3: 1,488,095 frames of 64 octets a second at 1 Gbit/s",
        Seen(value=0),
        later(value=1_600_000 * 300),
        "faster than the port",
        UNICAST,
    ),
    Vector(
        "ifHighSpeed rounds 1.544 Mbit/s to 2, and 2.048 to 2",
        "RFC 2863 ifHighSpeed: n means from n-0.5 to n+0.5",
        Seen(value=0, speed=2 * MEGABIT),
        later(value=256_000 * 300, speed=2 * MEGABIT),
        256_000.0,
    ),
    Vector(
        "a port that carries something at an unknown speed",
        "RFC 2863 ifHighSpeed: 0 where there is no meaningful bandwidth",
        Seen(value=0, speed=0),
        later(value=300, speed=0),
        "speed is not known",
    ),
    Vector(
        "a port that carries nothing at an unknown speed",
        "RFC 2863 ifHighSpeed",
        Seen(value=7, speed=0),
        later(value=7, speed=0),
        0.0,
    ),
    Vector(
        "a port that went down shows no speed any more",
        "RFC 2863 ifHighSpeed: the estimate of the current bandwidth",
        Seen(value=0),
        later(value=300_000, speed=0),
        1000.0,
    ),
    # -- reboots and the agent's clocks
    Vector(
        "engine boots moved",
        "RFC 3411 snmpEngineBoots",
        BEFORE,
        later(value=5_300_000, boots=8),
        "restarted",
    ),
    Vector(
        "a reboot that the counters hide: both higher than before",
        "RFC 3411 snmpEngineBoots; OpenNMS/opennms#1054",
        BEFORE,
        later(value=900_000_000, uptime=5_000, boots=8),
        "restarted",
    ),
    Vector(
        "the uptime went back and boots are not told",
        "RFC 3418 sysUpTime; Cacti/plugin_monitor#161",
        UNKNOWN_BOOTS,
        later(value=5_300_000, uptime=3_000, boots=None),
        "uptime went back",
    ),
    Vector(
        "sysUpTime wraps after 497 days",
        "Cacti/plugin_monitor#161, librenms/librenms#1477: a reboot alarm every 497 days",
        Seen(value=5_000_000, uptime=W32 - 10_000),
        later(value=5_300_000, uptime=20_000),
        1000.0,
    ),
    Vector(
        "the same without boots: a reboot or a wrap, nobody can tell",
        "RFC 3418 sysUpTime",
        Seen(value=5_000_000, uptime=W32 - 10_000, boots=None),
        later(value=5_300_000, uptime=20_000, boots=None),
        "uptime went back",
    ),
    Vector(
        "boots stuck at one, uptime back: not a wrap of eleven months",
        "maxwo/snmp_notifier#241: agents whose boots do not count",
        Seen(value=5_000_000, uptime=9_000_000, boots=1),
        later(value=5_300_000, uptime=20_000, boots=1),
        "uptime went back",
    ),
    Vector(
        "boots stuck, and up again for longer than before: the wall clock knows",
        "maxwo/snmp_notifier#241",
        Seen(value=5_000_000, uptime=12_000, boots=1),
        later(value=5_300_000, uptime=24_000, boots=1),
        "restarted, or its clock is wrong",
    ),
    Vector(
        "uptime zero is no uptime",
        "Cacti/plugin_monitor#41",
        BEFORE,
        later(value=5_300_000, uptime=0),
        "uptime went back",
    ),
    Vector(
        "a reboot between samples a day apart",
        "RFC 2863 3.1.5",
        BEFORE,
        later(value=5_300_000, uptime=100_000 + 9_000_000, at=1000.0 + 90_000),
        "older than a day",
    ),
    # -- discontinuities and numbers that move
    Vector(
        "the counters began anew, and are higher",
        "RFC 2863 3.1.5 ifCounterDiscontinuityTime",
        BEFORE,
        later(value=900_000_000, began=115_000),
        "began its counters anew",
    ),
    Vector(
        "the counters began anew, and are lower",
        "RFC 2863 3.1.5 ifCounterDiscontinuityTime",
        BEFORE,
        later(value=17, began=115_000),
        "began its counters anew",
    ),
    Vector(
        "an agent that forgot to tell of its discontinuity",
        "net-snmp/net-snmp#1080: not set on a decrease until 2026",
        BEFORE,
        later(value=17),
        "reset",
    ),
    Vector(
        "the port has another number",
        "librenms/librenms#386, Cacti/cacti#4532: ifIndex moved with an upgrade",
        BEFORE,
        later(value=5_300_000, index=10_102),
        "ifIndex moved",
    ),
    Vector(
        "the number has another port",
        "RFC 2863 3.1.5: an ifIndex may be used again after a restart",
        BEFORE,
        later(value=5_300_000, port="GigabitEthernet1/0/2"),
        "was not in the last sample",
    ),
    # -- duplicates, late ones, gaps
    Vector("no sample before", "a rate needs two", None, later(value=5_300_000), "first sample"),
    Vector(
        "the same sample twice",
        "an agent that answers from a cache; Ozark-Connect/NetworkOptimizer#764",
        BEFORE,
        later(value=5_000_000, uptime=100_000),
        "the same sample twice",
    ),
    Vector(
        "the same time, other numbers",
        "a division by zero in waiting",
        BEFORE,
        later(value=5_300_000, uptime=100_000),
        "the same sample twice",
    ),
    Vector(
        "a sample that was overtaken by a newer one",
        "RFC 768: datagrams keep no order",
        BEFORE,
        later(value=4_900_000, uptime=99_000),
        "uptime went back",
    ),
    Vector(
        "half a second after the last",
        "agents that count in steps of seconds show spikes",
        BEFORE,
        later(value=5_000_500, uptime=100_050, at=1000.5),
        "less than 1 s",
    ),
    Vector(
        "the agent's clock stands nearly still",
        "RFC 3418 sysUpTime against the wall clock",
        BEFORE,
        later(value=5_300_000, uptime=100_200),
        "its clock is wrong",
    ),
    Vector(
        "the cell was not read now",
        "gufo-snmp gives no value for what the agent refused",
        BEFORE,
        later(absent="noSuchInstance"),
        "noSuchInstance",
    ),
    Vector(
        "the cell was not read then",
        "gufo-snmp gives no value for what the agent refused",
        Seen(absent="genErr"),
        later(value=5_300_000),
        "not in the last sample: genErr",
    ),
    Vector(
        "64 bits then, 32 bits now",
        "RFC 2863 3.1.6: two different counters",
        BEFORE,
        later(value=5_300_000, narrow=True),
        "another width",
    ),
    Vector(
        "32 bits then, 64 bits now",
        "RFC 2863 3.1.6: two different counters",
        Seen(value=5_000_000, narrow=True),
        later(value=5_300_000),
        "another width",
    ),
)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: one.name)
def test_a_rate_is_right_or_unknown_with_a_reason(vector: Vector) -> None:
    before = sample(vector.before, column=vector.column) if vector.before else None
    found = rates(before, sample(vector.after, column=vector.column))
    rate, reason = found.columns[vector.column][0], found.reason(vector.column, 0)
    if isinstance(vector.expected, str):
        assert isnan(rate)
        assert vector.expected in str(reason)
    else:
        assert reason is None
        assert rate == pytest.approx(vector.expected, rel=1e-3)


def test_the_table_is_as_long_as_promised() -> None:
    assert len(VECTORS) >= 40
    assert len({vector.name for vector in VECTORS}) == len(VECTORS)
    assert all(vector.source for vector in VECTORS)
