"""Agents that restart, renumber, repeat themselves or tell another time.

Sources: RFC 3411, 3414 and 3418 say what an agent's clocks do; issues of other pollers are
mistakes that were really made.
"""

from __future__ import annotations

from dataclasses import replace

from tests.unit.counters.samples import Seen
from tests.unit.counters.vector import ARITHMETIC, BEFORE, W32, Vector, later

UNKNOWN_BOOTS = Seen(value=5_000_000, boots=None)

CLOCKS = (
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
        "vyos/vyos-1x#5208: boots began at 1 with every reboot",
        Seen(value=5_000_000, uptime=9_000_000, boots=1),
        later(value=5_300_000, uptime=20_000, boots=1),
        "uptime went back",
    ),
    Vector(
        "boots stuck, and up again for longer than before: the wall clock knows",
        "vyos/vyos-1x#5208: boots began at 1 with every reboot",
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
        "the counters began anew after the last sample's, and its labels already told of it",
        "RFC 2863 ifCounterDiscontinuityTime: the value of sysUpTime when it happened",
        replace(BEFORE, began=100_050),
        later(value=900_000_000, began=100_050),
        "began its counters anew",
    ),
    Vector(
        "the counters began anew in the very moment of the last sample",
        "RFC 2863 ifCounterDiscontinuityTime",
        replace(BEFORE, began=100_000),
        later(value=5_300_000, began=100_000),
        "began its counters anew",
    ),
    Vector(
        "the counters began anew long ago, and only now it is told",
        "RFC 2863 ifCounterDiscontinuityTime",
        BEFORE,
        later(value=5_300_000, began=60_000),
        1000.0,
    ),
    Vector(
        "the counters began anew long ago, and that is known",
        "RFC 2863 ifCounterDiscontinuityTime",
        replace(BEFORE, began=60_000),
        later(value=5_300_000, began=60_000),
        1000.0,
    ),
    Vector(
        "the counters never began anew, and the agent's clock is at its beginning",
        "RFC 2863 ifCounterDiscontinuityTime: zero where there was none",
        replace(BEFORE, uptime=0),
        later(value=5_300_000, uptime=30_000),
        1000.0,
    ),
    Vector(
        "the time of the discontinuity went back",
        "RFC 2863 ifCounterDiscontinuityTime: the most recent occasion",
        replace(BEFORE, began=60_000),
        later(value=5_300_000, began=0),
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
    Vector("no sample before", ARITHMETIC, None, later(value=5_300_000), "first sample"),
    Vector(
        "the same sample twice",
        ARITHMETIC,
        BEFORE,
        later(value=5_000_000, uptime=100_000),
        "the same sample twice",
    ),
    Vector(
        "the same time, other numbers",
        ARITHMETIC,
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
        "net-snmp/net-snmp#1029: what the agent shows of a counter moves every three seconds only",
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
        "RFC 3416 4.2.1 noSuchInstance",
        BEFORE,
        later(absent="noSuchInstance"),
        "noSuchInstance",
    ),
    Vector(
        "the cell was not read then",
        "RFC 3416 4.2.1 genErr",
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
