"""A workspace: where content is, and what its `portvakt.toml` says."""

from automation.workspace.finding import Workspace, find, init
from automation.workspace.settings import (
    JumpEntry,
    LoginEntry,
    PollSettings,
    Settings,
    SnmpEntry,
    Source,
    TrapSettings,
)

__all__ = [
    "JumpEntry",
    "LoginEntry",
    "PollSettings",
    "Settings",
    "SnmpEntry",
    "Source",
    "TrapSettings",
    "Workspace",
    "find",
    "init",
]
