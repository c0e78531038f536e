"""What can be wrong with a switch: faults as values, and the vendors' words of refusal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """The kinds of fault of `portvakt lab break`."""

    REFUSE = "refuse"
    REFUSE_MODE = "refuse-mode"
    IGNORE = "ignore"
    HANG = "hang"
    DROP = "drop"
    HOST_KEY = "host-key"
    AUTHORISE = "authorise"
    LOCKED = "locked"
    SLOW = "slow"
    NOISE = "noise"
    SAVE = "save"
    REBOOT = "reboot"
    LOGIN = "login"
    DEAD = "dead"
    DRIP = "drip"
    LOOP = "loop"
    REPEAT = "repeat"
    ENDLESS = "endless"
    TOO_BIG = "tooBig"
    GEN_ERR = "genErr"
    TRUNCATED = "truncated"
    SOURCE = "source"
    NARROW = "narrow"
    RENUMBER = "renumber"
    WRAP = "wrap"
    RESET = "reset"
    DIM = "dim"


class Wording(StrEnum):
    """In which words a line is refused."""

    INVALID = "invalid"
    REJECTED = "rejected"
    INCOMPLETE = "incomplete"
    AMBIGUOUS = "ambiguous"
    AUTHORISATION = "authorisation"
    UNKNOWN = "unknown"


SNMP_FAULTS = frozenset(
    {
        FaultKind.DRIP,
        FaultKind.LOOP,
        FaultKind.REPEAT,
        FaultKind.ENDLESS,
        FaultKind.TOO_BIG,
        FaultKind.GEN_ERR,
        FaultKind.TRUNCATED,
        FaultKind.SOURCE,
        FaultKind.NARROW,
        FaultKind.RENUMBER,
        FaultKind.WRAP,
        FaultKind.RESET,
        FaultKind.DIM,
    }
)
"""Faults of the SNMP agent alone; `slow` and `dead` are the whole device's."""
_LINE_FAULTS = frozenset(
    {FaultKind.REFUSE, FaultKind.IGNORE, FaultKind.HANG, FaultKind.DROP, FaultKind.REFUSE_MODE}
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one device.

    `line` counts the configuration lines of a session from 1; `match` is a regular expression
    for the line instead. With neither, a fault of a line strikes the first one. `ms` is how
    slow a slow device is, and how long a counter has until it wraps. `line` is also how many
    varbinds are too big, and which port cannot be read.
    """

    kind: FaultKind
    line: int = 0
    match: str = ""
    wording: Wording = Wording.INVALID
    ms: int = 1000

    def strikes(self, count: int, line: str) -> bool:
        """Return whether the `count`th configuration line of a session is struck."""
        if self.kind not in _LINE_FAULTS:
            return False
        if self.match:
            return re.search(self.match, line) is not None
        if self.kind is FaultKind.REFUSE_MODE:
            return line.startswith("interface ")
        return count == (self.line or 1)


_CISCO: Mapping[Wording, str] = {
    Wording.REJECTED: "Command rejected: Conflict between 'nonegotiate' and 'dynamic' status.\n",
    Wording.INCOMPLETE: "% Incomplete command.\n\n",
    Wording.AMBIGUOUS: '% Ambiguous command:  "sw"\n',
    Wording.AUTHORISATION: "Command authorization failed.\n\n",
    Wording.UNKNOWN: "The operation could not be carried out at this time\n",
}
_ARISTA: Mapping[Wording, str] = {
    **_CISCO,
    Wording.REJECTED: "% Unavailable command (not supported on this hardware platform)\n",
    Wording.INCOMPLETE: "% Incomplete command\n",
    Wording.AMBIGUOUS: "% Ambiguous command\n",
    Wording.AUTHORISATION: "% Authorization denied for command 'configure'\n",
}
_HUAWEI: Mapping[Wording, str] = {
    Wording.REJECTED: "Error: Please renew the default configurations.\n",
    Wording.INCOMPLETE: "         ^\nError: Incomplete command found at '^' position.\n",
    Wording.AMBIGUOUS: "         ^\nError: Ambiguous command found at '^' position.\n",
    Wording.AUTHORISATION: "Error: No permission to run the command.\n",
    Wording.UNKNOWN: "The operation could not be carried out at this time\n",
}
_WORDS: Mapping[str, Mapping[Wording, str]] = {
    "cisco_ios": _CISCO,
    "arista_eos": _ARISTA,
    "huawei_vrp": _HUAWEI,
}


def refusal(wording: Wording, platform: str) -> str:
    """Return the platform's text for a refusal; empty for the one that needs the caret."""
    return _WORDS[platform].get(wording, "")
