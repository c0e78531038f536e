"""Two samples of a device become rates; what cannot be known is unknown, and says why."""

from automation.counters.capacity import Capacity, Use, capacity, lit, use
from automation.counters.daily import Daily, Day, with_rates
from automation.counters.extras import (
    Extras,
    Neighbour,
    dbm,
    faded,
    hundredths,
    pack_extras,
    unpack_extras,
    with_usual,
)
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
    "Extras",
    "Labels",
    "Layout",
    "Neighbour",
    "Rates",
    "Sample",
    "Use",
    "capacity",
    "dbm",
    "faded",
    "hundredths",
    "lit",
    "pack_day",
    "pack_extras",
    "pack_layout",
    "pack_rates",
    "pack_sample",
    "rates",
    "unpack_day",
    "unpack_extras",
    "unpack_layout",
    "unpack_rates",
    "unpack_sample",
    "use",
    "with_rates",
    "with_usual",
]
