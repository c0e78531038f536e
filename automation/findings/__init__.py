"""Notifications become findings, and findings what the NOC has to know. Pure.

`read` says what a notification means, `heard` what becomes of a finding by it, `situations` which
findings are one and the same trouble, `Deliveries` whom it hits.
"""

from automation.findings.by_device import ByDevice
from automation.findings.deliveries import Deliveries, Impact
from automation.findings.hearing import heard, is_current
from automation.findings.reading import Note, PortNames, read
from automation.findings.situations import Situation, Trouble, ranked, situations
from automation.findings.standard import STANDARD
from automation.findings.topology import Cut, Topology

__all__ = [
    "STANDARD",
    "ByDevice",
    "Cut",
    "Deliveries",
    "Impact",
    "Note",
    "PortNames",
    "Situation",
    "Topology",
    "Trouble",
    "heard",
    "is_current",
    "ranked",
    "read",
    "situations",
]
