"""The only place that speaks SQL; what goes in and out are values, never rows."""

from automation.store.polls import Cycle
from automation.store.refusals import RefusalKey
from automation.store.store import Store

__all__ = ["Cycle", "RefusalKey", "Store"]
