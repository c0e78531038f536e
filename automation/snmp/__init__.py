"""The only place that speaks SNMP; asyncio is sealed inside."""

from automation.snmp.poller import Polled, Poller
from automation.snmp.shards import Shards
from automation.snmp.target import Limits, Target

__all__ = ["Limits", "Polled", "Poller", "Shards", "Target"]
