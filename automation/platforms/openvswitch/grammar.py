"""How the canonical text is read and compared: a port is one line, and setting it replaces it."""

from __future__ import annotations

from typing import Final

from automation.model import Feature, Grammar, Kind, Rule

_TEXT: Final = r'(?:[^"\\]|\\.)*'
_ASIDE: Final = rf'(?P<aside>(?: bars="(?P<bars>{_TEXT})")?(?: error="(?P<told>{_TEXT})")?)'
_HELD: Final = r" (?:down|up|dhcp_guard)"
PORT: Final = rf'(?P<key>port (?:"{_TEXT}"|\S+))(?: .*?)??{_ASIDE}'

GRAMMAR = Grammar(
    # Nothing is ever negated, shut or opened: a line says all of a port, and replaces the last.
    negation="no ",
    closed="closed",
    opened="opened",
    identity=("hostname",),
    # The kernel and OpenFlow follow the database, also in an undo: what is in force besides it, or
    # not, is no part of what can be put back.
    derived=(
        (rf"{_HELD}=[^\s\"/]+/none(?= |$)", ""),
        (rf"({_HELD}=)[^\s\"/]+/([^\s\"]+)", r"\1\2"),
    ),
    port_header="port {name}",
    # Tagged frames only, or all there are, and nobody kept apart: no customer, and no access point.
    trunk=r"port (?!.* (?:tag=|protected=true))",
    features=(
        Feature("system", (r"hostname ",)),
        Feature("uplinks", (), proved=True),
        Feature("ports", ()),
    ),
    rules=(
        Rule(r"(?P<key>hostname) \S+", Kind.VALUE, negate="", order=10),
        Rule(PORT, Kind.VALUE, negate=""),
    ),
)
