"""One port as one line: what we own of it, in words that are the columns' own names.

    port swp5 vlan_mode=access tag=1101 protected=true outlet="MKB-1005" down=100M up=100M

The running configuration, the templates and the stanzas all speak in these lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

_PLAIN: Final = re.compile(r"[\w.:@+-]+", re.ASCII)
_WORD: Final = re.compile(r'([a-z_]+)=("(?:[^"\\]|\\.)*"|[^\s"]+)')
_NAME: Final = re.compile(r'port ("(?:[^"\\]|\\.)*"|[^\s"]+)')
_SCALES: Final = (("M", 1_000_000), ("k", 1_000))
_NONE: Final = "none"
OTHER: Final = "other"
"""What stands for something that we did not set, and cannot set."""
_KNOWN: Final = frozenset(
    {
        "vlan_mode",
        "tag",
        "trunks",
        "protected",
        "outlet",
        "down",
        "qos",
        "up",
        "dhcp_guard",
        "bars",
        "error",
    }
)
_MODES: Final = frozenset({"access", "trunk", "native-tagged", "native-untagged", "dot1q-tunnel"})


@dataclass(frozen=True, slots=True)
class Held:
    """A setting that the database only remembers: what is in force, and what it remembers.

    OpenFlow is empty after a restart of the switch daemon, and the kernel may have no queue; the
    database is not. Where the two differ both are written, `none/100M`, and that is drift.
    """

    live: str = ""
    kept: str = ""

    def __str__(self) -> str:
        """Return one word where both agree."""
        if self.live == self.kept:
            return self.live
        return f"{self.live or _NONE}/{self.kept or _NONE}"

    @property
    def settable(self) -> bool:
        """Whether it is something that we set."""
        return OTHER not in (self.live, self.kept)

    @classmethod
    def parse(cls, text: str) -> Held:
        """Read what `str` writes."""
        live, slash, kept = text.partition("/")
        return cls(*("" if one == _NONE else one for one in (live, kept if slash else live)))


@dataclass(frozen=True, slots=True)
class PortLine:
    """What is owned of a port. Empty means that the column has no value.

    `down` is the rate of our HTB queue, in the line's own writing (`100M`): the kernel's, and that
    of the QoS row. `qos` is the uuid of a queueing discipline that is none of ours. `up` is the
    rate of the port's meter, `dhcp_guard` whether DHCP servers and routers behind it are silenced.
    `bars` names words that it cannot have now, and why; `error` is what the switch says of its
    interfaces. Both can be read, not set, and make no line another one.
    """

    name: str
    vlan_mode: str = ""
    tag: int | None = None
    trunks: frozenset[int] = frozenset()
    protected: bool = False
    outlet: str = ""
    down: Held = Held()
    qos: str = ""
    up: Held = Held()
    dhcp_guard: Held = Held()
    bars: str = field(default="", compare=False)
    error: str = field(default="", compare=False)

    @property
    def held(self) -> tuple[Held, Held, Held]:
        """What of it lives in the kernel or in OpenFlow."""
        return self.down, self.up, self.dhcp_guard

    @property
    def carries_all(self) -> bool:
        """Whether every VLAN passes (ovs-vswitchd.conf.db(5), "VLAN Configuration")."""
        mode = self.vlan_mode or ("trunk" if self.tag is None else "access")
        return not self.trunks and mode in ("trunk", "native-tagged", "native-untagged")

    @property
    def key(self) -> str:
        """What identifies the line: `port swp5`."""
        return f"port {_quoted(self.name)}"

    @property
    def words(self) -> dict[str, str]:
        """Every word of the line with its text, "" where it is not written; always in one order."""
        return {
            "vlan_mode": self.vlan_mode,
            "tag": "" if self.tag is None else str(self.tag),
            "trunks": ranges(self.trunks),
            "protected": "true" if self.protected else "",
            "outlet": json.dumps(self.outlet) if self.outlet else "",
            "down": str(self.down),
            "qos": self.qos,
            "up": str(self.up),
            "dhcp_guard": str(self.dhcp_guard),
            "bars": json.dumps(self.bars) if self.bars else "",
            "error": json.dumps(self.error) if self.error else "",
        }

    def __str__(self) -> str:
        """Return the line."""
        written = (f"{word}={text}" for word, text in self.words.items() if text)
        return " ".join([self.key, *written])

    @classmethod
    def parse(cls, line: str) -> PortLine:
        """Read a line; ValueError says which word it is that cannot be."""
        found = _NAME.match(line)
        if found is None:
            raise ValueError(f"{line!r} is not a port's line")
        words = _words(line[found.end() :])
        return cls(
            name=_plain(found[1]),
            vlan_mode=_one_of(words.get("vlan_mode", ""), {"", *_MODES}),
            tag=_vlan(words["tag"]) if "tag" in words else None,
            trunks=members(words.get("trunks", "")),
            protected=_one_of(words.get("protected", ""), {"", "true"}) == "true",
            outlet=words.get("outlet", ""),
            down=_held(words.get("down", ""), _is_rate),
            qos=words.get("qos", ""),
            up=_held(words.get("up", ""), _is_rate),
            dhcp_guard=_held(words.get("dhcp_guard", ""), "on".__eq__),
            bars=words.get("bars", ""),
            error=words.get("error", ""),
        )


def flaw(line: str) -> str:
    """Say why no intent may have `line`, or "".

    A device may show any of it, and an undo may bring it back.
    """
    if not line.startswith("port "):
        return ""
    try:
        port = PortLine.parse(line)
    except ValueError as error:
        return str(error)
    if str(port) != line:
        return f"a switch would show it as {str(port)!r}"
    if port.error or port.bars:
        return "what a switch says of its port is nothing that can be intended"
    return "it would carry every VLAN" if port.carries_all else ""


def rate(bits_per_second: int) -> str:
    """Return a rate in the largest unit that keeps it whole.

    >>> rate(100_000_000), rate(1_500_000)
    ('100M', '1500k')
    """
    for unit, scale in _SCALES:
        if bits_per_second and bits_per_second % scale == 0:
            return f"{bits_per_second // scale}{unit}"
    return str(bits_per_second)


def bits(text: str) -> int:
    """Return bits a second; ValueError for what is not a rate."""
    number, scale = text, 1
    for unit, factor in _SCALES:
        if text.endswith(unit):
            number, scale = text[:-1], factor
    if not number.isdecimal():
        raise ValueError(f"{text!r} is not a rate")
    return int(number) * scale


def ranges(ids: Iterable[int]) -> str:
    """Return VLAN ids sorted, three or more in a row as a range.

    >>> ranges([10, 20, 21, 22, 30, 31])
    '10,20-22,30,31'
    """
    runs: list[list[int]] = []
    for one in sorted(ids):
        if runs and one == runs[-1][-1] + 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    items = [[f"{run[0]}-{run[-1]}"] if len(run) > 2 else map(str, run) for run in runs]
    return ",".join(item for run in items for item in run)


def members(text: str) -> frozenset[int]:
    """Return the ids of a list that `ranges` wrote; ValueError for one that cannot be."""
    found: set[int] = set()
    for item in text.split(",") if text else ():
        low, _, high = item.partition("-")
        found.update(range(_vlan(low), _vlan(high or low) + 1))
    return frozenset(found)


def _vlan(text: str) -> int:
    """Return an id as Open vSwitch takes it: 0 to 4095."""
    if not text.isdecimal() or int(text) > 4095:
        raise ValueError(f"{text!r} is not a VLAN id")
    return int(text)


def _held(text: str, known: Callable[[str], bool]) -> Held:
    found = Held.parse(text)
    if not all(one in ("", OTHER) or known(one) for one in (found.live, found.kept)):
        raise ValueError(f"{text!r} cannot be there")
    return found


def _is_rate(text: str) -> bool:
    return rate(bits(text)) == text


def _words(text: str) -> dict[str, str]:
    words: dict[str, str] = {}
    at = 0
    for found in _WORD.finditer(text):
        if text[at : found.start()].strip() or found[1] in words:
            break
        words[found[1]] = _plain(found[2])
        at = found.end()
    if text[at:].strip() or words.keys() - _KNOWN:
        raise ValueError(f"{text.strip()!r} is not understood")
    return words


def _one_of(text: str, allowed: set[str]) -> str:
    if text not in allowed:
        raise ValueError(f"{text!r} cannot be there")
    return text


def _quoted(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else json.dumps(text)


def _plain(text: str) -> str:
    return str(json.loads(text)) if text.startswith('"') else text
