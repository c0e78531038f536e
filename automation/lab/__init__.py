"""The twin: switches of three platforms that behave like the real ones, for tests and demos.

A lab is a workspace and a process: `write_workspace` writes the one, `up` starts the other,
and the rest bends its devices from outside. `device_for` is a switch without a wire.
"""

from __future__ import annotations

from automation.lab.city import Scale
from automation.lab.control import (
    LabStatus,
    bindings,
    break_device,
    counters,
    down,
    edit,
    exists,
    freeze,
    mend,
    reboot,
    running,
    startup,
    status,
    traps_as,
    truth,
    unfreeze,
    up,
)
from automation.lab.faults import Fault, FaultKind, Wording
from automation.lab.files import LabPlan, read_plan, write_workspace
from automation.lab.fleet import device_for
from automation.lab.switch import Switch
from automation.lab.values import Binding, Counts, Identity, PortView

__all__ = [
    "Binding",
    "Counts",
    "Fault",
    "FaultKind",
    "Identity",
    "LabPlan",
    "LabStatus",
    "PortView",
    "Scale",
    "Switch",
    "Wording",
    "bindings",
    "break_device",
    "counters",
    "device_for",
    "down",
    "edit",
    "exists",
    "freeze",
    "mend",
    "read_plan",
    "reboot",
    "running",
    "startup",
    "status",
    "traps_as",
    "truth",
    "unfreeze",
    "up",
    "write_workspace",
]
