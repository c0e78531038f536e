"""The only room that opens a session on a device."""

from automation.devices.deadline import Deadline
from automation.devices.guard import LoginGuard
from automation.devices.hostkeys import HostKey, HostKeys, fingerprint
from automation.devices.jump import Jumps
from automation.devices.opening import open_session
from automation.devices.scan import Scanned, scan
from automation.devices.session import Options, Session, TimedCommit, Window
from automation.devices.ssh import Target

__all__ = [
    "Deadline",
    "HostKey",
    "HostKeys",
    "Jumps",
    "LoginGuard",
    "Options",
    "Scanned",
    "Session",
    "Target",
    "TimedCommit",
    "Window",
    "fingerprint",
    "open_session",
    "scan",
]
