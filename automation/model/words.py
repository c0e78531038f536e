"""The field's words as types: one word for one thing (docs/architecture.md, "Words")."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class DeviceRole(StrEnum):
    """Where a device stands in the network; only the first three are hosts with a CLI."""

    CORE = "core"
    TRANSPORT = "transport"
    ACCESS = "access"


class PortRole(StrEnum):
    """What a port is for."""

    CUSTOMER = "customer"
    WIFI_AP = "wifi_ap"
    IOT_GATEWAY = "iot_gateway"
    INTERNAL = "internal"
    COLO = "colo"
    UPLINK = "uplink"
    DOWNLINK = "downlink"
    INTERCONNECT = "interconnect"
    PARKED = "parked"


TRUNK_ROLES: Final = frozenset({PortRole.UPLINK, PortRole.DOWNLINK, PortRole.INTERCONNECT})
"""The roles of ports that lead to other switches."""


class PortState(StrEnum):
    """How far a port is in its life."""

    PARKED = "parked"
    RESERVED = "reserved"
    ACTIVE = "active"
    SUSPENDED = "suspended"


class Standing(StrEnum):
    """What a subscription comes to on a day; only `delivered` reaches the port."""

    DELIVERED = "delivered"
    SUSPENDED = "suspended"
    FUTURE = "future"
    ENDED = "ended"


class SubscriptionState(StrEnum):
    """Whether a service on an outlet is to be delivered now."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class Verdict(StrEnum):
    """What a comparison of intended and running says about one feature; never guess the first."""

    IN_SYNC = "in_sync"
    DRIFTED = "drifted"
    WAIVED = "waived"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """How a device ended in a job; the recap counts these eight and they add up to `planned`."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    REFUSED = "refused"
    STALE = "stale"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


GOOD_OUTCOMES = frozenset({Outcome.CHANGED, Outcome.UNCHANGED})


class JobState(StrEnum):
    """Whether a job is under way or over; lost: its process died before it was."""

    OPEN = "open"
    ENDED = "ended"
    LOST = "lost"


class StanzaState(StrEnum):
    """What became of one stanza of a change on the device."""

    UNTOUCHED = "untouched"
    APPLIED = "applied"
    UNDONE = "undone"
    UNKNOWN = "unknown"
