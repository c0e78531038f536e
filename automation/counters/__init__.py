"""Two samples of a device become rates; what cannot be known is unknown, and says why."""

from automation.counters.capacity import Capacity, Use, capacity, lit, use
from automation.counters.daily import Daily, Day, with_rates
from automation.counters.packing import (
    pack_day,
    pack_layout,
    pack_rates,
    pack_sample,
    unpack_day,
    unpack_layout,
    unpack_rates,
    unpack_sample,
)
from automation.counters.rates import rates
from automation.counters.sample import (
    COLUMNS,
    COUNTERS,
    HIGH_CAPACITY,
    Absences,
    Column,
    Labels,
    Layout,
    Rates,
    Sample,
)

__all__ = [
    "COLUMNS",
    "COUNTERS",
    "HIGH_CAPACITY",
    "Absences",
    "Capacity",
    "Column",
    "Daily",
    "Day",
    "Labels",
    "Layout",
    "Rates",
    "Sample",
    "Use",
    "capacity",
    "lit",
    "pack_day",
    "pack_layout",
    "pack_rates",
    "pack_sample",
    "rates",
    "unpack_day",
    "unpack_layout",
    "unpack_rates",
    "unpack_sample",
    "use",
    "with_rates",
]
