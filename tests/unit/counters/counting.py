"""Counters that count, wrap and begin anew.

Sources: RFC 2578 and 2863 (IF-MIB) and RFC 3635 (Ethernet) say what counters do; issues of other
pollers are mistakes that were really made.
"""

from __future__ import annotations

from dataclasses import replace

from automation.counters import Column
from tests.unit.counters.samples import Seen
from tests.unit.counters.vector import ARITHMETIC, BEFORE, MEGABIT, W32, W64, Vector, later

UNICAST = Column.IN_UNICAST
ERRORS = Column.IN_ERRORS
DISCARDS = Column.OUT_DISCARDS
NARROW = Seen(narrow=True, speed=10 * MEGABIT)
FAST_ETHERNET = Seen(narrow=True, speed=100 * MEGABIT)
TEN_GIGABIT = Seen(speed=10_000 * MEGABIT)

COUNTING = (
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
        "reset",
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
    Vector(
        "errors rise by few at 10 Gbit/s: nobody thinks of four billion more",
        "RFC 2863 3.1.6: 32 bits are enough for packets below 650 Mbit/s",
        replace(TEN_GIGABIT, value=1000),
        later(value=1003, speed=TEN_GIGABIT.speed),
        0.01,
        ERRORS,
    ),
    Vector(
        "discards rise by two billion at 10 Gbit/s",
        "IEEE 802.3: 14,880,952 frames of 64 octets a second at 10 Gbit/s",
        replace(TEN_GIGABIT, value=0),
        later(value=2_100_000_000, speed=TEN_GIGABIT.speed),
        7e6,
        DISCARDS,
    ),
    Vector(
        "errors over an hour and a half may have wrapped, and so have risen by few",
        "RFC 2863 3.1.6: at 650 Mbit/s a 32-bit counter of packets wraps in 74 minutes",
        Seen(value=1000),
        later(value=1003, uptime=100_000 + 540_000, at=6400.0),
        "more than once",
        ERRORS,
    ),
    Vector(
        "errors at rest for an hour and a half",
        ARITHMETIC,
        Seen(value=1000),
        later(value=1000, uptime=100_000 + 540_000, at=6400.0),
        0.0,
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
        "32 bits at 100 Mbit/s went back: more than half of the range is no certain wrap",
        "RFC 2863 3.1.6; SteScho/manubulon-snmp#62: a reboot taken for a wrap",
        replace(FAST_ETHERNET, value=1000),
        replace(FAST_ETHERNET, value=500, uptime=160_000, at=1600.0),
        "reset",
    ),
    Vector(
        "discards went back by two at 10 Gbit/s: not 14 million of them a second",
        "net-snmp/net-snmp#1080: counters that decrease a little",
        replace(TEN_GIGABIT, value=1000),
        later(value=998, speed=TEN_GIGABIT.speed),
        "reset",
        DISCARDS,
    ),
    Vector(
        "two billion discards were cleared at 10 Gbit/s: not six million of them a second",
        "bonomani/devmon#29: remove spike when clear counters of interfaces",
        replace(TEN_GIGABIT, value=2_500_000_000),
        later(value=100, speed=TEN_GIGABIT.speed),
        "reset",
        DISCARDS,
    ),
    Vector(
        "an error counter was cleared, and 50 minutes passed",
        "bonomani/devmon#29: remove spike when clear counters of interfaces",
        Seen(value=500),
        later(value=3, uptime=100_000 + 300_000, at=4000.0),
        "reset",
        ERRORS,
    ),
    Vector(
        "an error counter was cleared",
        "bonomani/devmon#29: remove spike when clear counters of interfaces",
        Seen(value=500),
        later(value=3),
        "reset",
        ERRORS,
    ),
    Vector(
        "a packet counter was cleared",
        "bonomani/devmon#29: remove spike when clear counters of interfaces",
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
)
