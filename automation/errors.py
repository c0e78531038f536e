"""Every error Portvakt raises on purpose, and the exit code it ends with.

PortvaktError                   1  our own fault, unless a child says otherwise
├── UsageError                  2  the command was asked for something it cannot do
│   ├── BadInput                2  one or more faults in files that people wrote
│   ├── WorkspaceError          2  no workspace, or not a usable one
│   ├── PlanError               2  a plan that was edited, has expired or cannot be read
│   └── CredentialError         2  a named secret that cannot be resolved
│       └── SafeFailed          1  the command that fetches a secret failed; later it may not
├── DeviceError                 3  a device could not be used; the subclass names the outcome
│   ├── Unreachable             3  no session: refused, timed out, login failed
│   │   └── LoginFailed         3  the device answered and turned the login down
│   ├── HostKeyError            3  unknown or changed host key: no password was sent
│   ├── Refused                 3  the device refused a line
│   ├── NotAuthorised           3  the device would not let us configure at all
│   ├── Busy                    3  somebody else holds the configuration; nothing was sent
│   ├── Stale                   3  running moved just before a commit; nothing was changed
│   ├── SaveFailed              3  applied, but the device did not save it
│   ├── BadAgent                3  an SNMP agent answers, but not as the protocol prescribes
│   └── Lost                    3  cut off or past the deadline: the state is not known
├── StoreFailed                 1  the store is down, full or locked; later it may not be
├── CannotListen                1  an address is not there yet, or somebody still listens there
├── NotDelivered                1  what was counted did not get to where it was to go
└── AlreadyRunning              75 another apply holds the workspace

What a later start may find mended ends with 1, so that whoever supervises a daemon starts it again;
2 is for what only a person can mend.

Exceptions are for operators' and programmers' mistakes; how a device ended is a value
(`automation.model.Outcome`), never an exception that leaves a task.
"""

from __future__ import annotations

from dataclasses import dataclass


class PortvaktError(Exception):
    """The base of every error below; its message is written for the person at the terminal."""

    exit_code = 1


class UsageError(PortvaktError):
    """The command was asked for something it cannot do."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in one place: `file:line: what, and what was expected`."""

    where: str
    what: str
    line: int = 0

    def __str__(self) -> str:
        """Return the fault as compilers write it, so that editors can jump to it."""
        place = f"{self.where}:{self.line}" if self.line else self.where
        return f"{place}: {self.what}"


class BadInput(UsageError):
    """One or more faults in files that people wrote; all of them are reported at once."""

    def __init__(self, faults: tuple[Fault, ...] | list[Fault]) -> None:
        """Keep every fault; the message is one fault a line."""
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class WorkspaceError(UsageError):
    """No workspace was found, or what was found is not one."""


class PlanError(UsageError):
    """A plan that was edited, has expired or cannot be read; nothing was sent."""


class CredentialError(UsageError):
    """A named secret that cannot be resolved; the message says where it was looked for."""


class SafeFailed(CredentialError):
    """The command that fetches a secret could not do so now: a safe that is locked or down."""

    exit_code = 1


class DeviceError(PortvaktError):
    """A device could not be used; each subclass maps to one outcome in the recap."""

    exit_code = 3


class Unreachable(DeviceError):
    """No session: the connection was refused, timed out, or the login failed."""


class LoginFailed(Unreachable):
    """The device answered and turned the login down; never tried more than twice."""


class HostKeyError(DeviceError):
    """The host key is unknown or has changed; the password was not sent."""


class NotAuthorised(DeviceError):
    """The device let us in but not into configuration mode, or refused the whole command set."""


class Refused(DeviceError):
    """The device refused a line, or answered it with text that is not known to be harmless."""

    def __init__(self, line: str, text: str) -> None:
        """Keep the line as sent (secrets as placeholders) and the device's own words."""
        self.line = line
        self.text = text
        super().__init__(f"{line!r} was refused: {text}")


class Busy(DeviceError):
    """Somebody else holds the configuration; the message is the device's own words."""


class Stale(DeviceError):
    """What runs on the device moved just before a commit: nothing was changed."""


class SaveFailed(DeviceError):
    """The change is applied but the device did not save it; the message has its own words."""


class BadAgent(DeviceError):
    """An SNMP agent answers, but not as the protocol prescribes; the message says how."""


class Lost(DeviceError):
    """The session was cut off or ran past its deadline after something may have been sent.

    `states` says how far it came: a `StanzaState` for each stanza that was to be sent, empty when
    no configuration was under way. `line` is the line in flight, secrets as placeholders. `sent`
    lines had been typed, `accepted` of them were acknowledged, `last` is the last of those.
    """

    def __init__(
        self,
        message: str,
        states: tuple[str, ...] = (),
        line: str = "",
        *,
        sent: int = 0,
        accepted: int = 0,
        last: str = "",
    ) -> None:
        """Keep how far the session came."""
        self.states = states
        self.line = line
        self.sent = sent
        self.accepted = accepted
        self.last = last
        super().__init__(message)


class StoreFailed(PortvaktError):
    """The store is down, full or locked; what it held stays as it was."""


class CannotListen(PortvaktError):
    """An address is not there yet, as before a network is up, or somebody still listens there."""


class NotDelivered(PortvaktError):
    """What was counted did not get to where it was to go; the message says why."""


class AlreadyRunning(PortvaktError):
    """Another apply holds the workspace's lock."""

    exit_code = 75
