"""What every session kind can do, and what opening one takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from automation.devices.deadline import Deadline
from automation.devices.guard import LoginGuard
from automation.devices.jump import Jumps
from automation.model import Endpoint, Pending, Sent, Stanza


class TimedCommit(Protocol):
    """A device's own way back: what was armed and is not confirmed in time it takes back itself.

    The device keeps it, not the session: it outlives a cut connection, and another session may
    confirm it, which is the proof that the device can still be reached.
    """

    def arm(self, seconds: float) -> str:
        """Let the device take the next `configure` back after `seconds` unless it is confirmed.

        Returns the name under which any session may end it.
        """

    @property
    def pending(self) -> Pending | None:
        """The timed commit that stands on the device; one that is abandoned nobody else ends."""

    @property
    def survives_reboot(self) -> bool:
        """Whether a pending commit is taken back also if the device restarts in between."""

    def confirm(self, name: str) -> bool:
        """Keep the pending commit `name`.

        Returns False where it does not wait any more: then the device has taken it back, unless
        somebody else confirmed it. Only a read says which. Raises Refused where the device did not
        take it, Lost where it was never sent, and any other DeviceError where nobody knows.
        """

    def revert(self, name: str) -> str:
        """Take the pending commit `name` back now; one that does not wait any more is no fault.

        Returns what the device says is wrong although it is taken back, or "". Raises DeviceError
        where it is not.
        """


class Session(Protocol):
    """One session on one device. After any exception it is closed and never used again."""

    @property
    def timed(self) -> TimedCommit | None:
        """The device's timed commit, or None where it has none that we use."""

    @property
    def fence(self) -> Callable[[], None] | None:
        """What keeps from the device all changes of ours that were sent before, or None.

        A script goes on without the session that sent it, and so may a transaction that the
        database has not come to. Fenced off, it changes nothing any more, and what is read then is
        so. The call raises DeviceError where that is not certain.

        A command line has None. What reads it ends with its session; a candidate that was left is
        not in force, and nobody commits it. The one line that the device may be at, also a
        `commit`, no other session can stop: it is unknown, and read like everything else.
        """

    def fetch(self) -> str:
        """Return the whole running configuration, as the device prints it.

        Raises:
            DeviceError: It cannot be read, or it is cut off.
        """

    def read(self, command: str) -> str:
        """Return what `command`, which changes nothing, prints."""

    def configure(
        self,
        stanzas: Sequence[Stanza],
        reveal: Callable[[str], str],
        expected: Callable[[str], bool] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> Sent:
        """Send exactly the lines of `stanzas`, each positively accepted, and say what became of it.

        `reveal` turns the name of a secret into its value. A candidate hands the running
        configuration to `expected` just before it commits; a transaction is guarded by what each
        stanza takes back. `stop` is asked before each stanza: once true, what is not begun stays
        untouched, and no refusal is returned.

        Raises:
            NotAuthorised: We may not configure at all; nothing was sent.
            Busy: Somebody else holds the configuration; nothing was sent.
            Stale: `expected` said no, or a guarded line has moved; nothing was changed.
            Lost: The session was cut or ran past its deadline; it says how far it came.
        """

    def save(self) -> str:
        """Make running survive a reboot, or raise SaveFailed with the device's words.

        Returns what is not certain about it all the same, or "".
        """

    def close(self) -> None:
        """End the session, whatever mode it is in."""


class Window(StrEnum):
    """How many lines may be outstanding."""

    LINE = "line"
    """One: the next line waits for the prompt after this one."""
    STANZA = "stanza"
    """Those inside one confirmed mode. Lines after a refused one are then already applied."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a session is opened and held.

    `deadline` bounds all of it. `guard` is shared by all sessions of a run, as is `jumps`.
    `quiet` is how many seconds a device may be silent on what looks like a question before it
    counts as one.
    """

    deadline: Deadline
    guard: LoginGuard = field(default_factory=LoginGuard)
    window: Window = Window.LINE
    jump: Endpoint | None = None
    jumps: Jumps | None = None
    quiet: float = 5.0
