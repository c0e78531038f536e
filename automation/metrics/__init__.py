"""What was read, as Prometheus reads it: text, served on loopback, put in a file, or pushed.

Names and labels of the ports' series are those of snmp_exporter's module `if_mib`, so that its
dashboards and alerts find them.
"""

from automation.metrics.cycle import Cycle, Reading
from automation.metrics.pushing import Push
from automation.metrics.server import Board, Server, address
from automation.metrics.text import one, rest, total
from automation.metrics.textfile import Textfile

__all__ = [
    "Board",
    "Cycle",
    "Push",
    "Reading",
    "Server",
    "Textfile",
    "address",
    "one",
    "rest",
    "total",
]
