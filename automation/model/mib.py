"""Where a platform's agent shows light and power: tables of its own MIBs, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SensedLight:
    """Optical power as sensors that are known by their names, one a transceiver and direction.

    `names` is the column with the names; `receive` and `transmit` are regular expressions for the
    whole name with the group `port`. `kind`, `scale`, `precision` and `value` are columns with the
    sensor's index; `kind` is 6 for watts (RFC 3433), 14 for dBm (CISCO-ENTITY-SENSOR-MIB).
    """

    names: str
    receive: str
    transmit: str
    kind: str
    scale: str
    precision: str
    value: str


@dataclass(frozen=True, slots=True)
class IndexedLight:
    """Optical power in columns by entPhysicalIndex, in hundredths of dBm.

    `invalid` are values that say there is none. `positive` says whether a value above zero can be
    believed: some agents mean microwatts by it, and nobody can tell.
    """

    receive: str
    transmit: str
    invalid: frozenset[int]
    positive: bool = False


@dataclass(frozen=True, slots=True)
class PortPower:
    """The milliwatts that a port gives, in a column by ifIndex, or by numbers of its own.

    With `port`, a format of `{0}` and `{1}`, the index is two numbers that make the port's name.
    """

    column: str
    port: str = ""


@dataclass(frozen=True, slots=True)
class Mibs:
    """What a platform shows by MIBs that are not everybody's; None where there is no source."""

    light: SensedLight | IndexedLight | None = None
    power: PortPower | None = None
