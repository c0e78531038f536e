"""Ports and subscriptions as a CSV file that people keep in a spreadsheet.

One row a subscription, columns `device;port;role;outlet;service;provider;tier;state;from;to`;
the last six are empty on a port without service. `read` reports every bad row with its line,
`write` gives the canonical form, and `write` of what was read is the canonical file again.
"""

from automation.inventory.ports_csv.reading import PortRows, read
from automation.inventory.ports_csv.text import COLUMNS
from automation.inventory.ports_csv.writing import write

__all__ = ["COLUMNS", "PortRows", "read", "write"]
