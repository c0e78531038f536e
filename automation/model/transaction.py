"""What a platform without a command line is: scripts to send, and pure functions to judge them.

A change is one transaction of the device's own database. A platform folder says how to read the
database and how to write a change down; `devices` sends the scripts and never names a vendor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from automation.model.change import Stanza
from automation.model.job import Refusal
from automation.model.words import SessionKind


@dataclass(frozen=True, slots=True)
class Output:
    """What a script left behind: its exit status, standard output and standard error."""

    status: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """What the script says went wrong, or ""; a status or any word on standard error."""
        text = self.err.strip()
        if self.status and not text:
            return f"it ended with status {self.status} and said nothing"
        return text


@dataclass(frozen=True, slots=True)
class Pending:
    """A timed commit that waits on the device: who confirms it needs its `token`.

    `since` is what the device says about it, for people. `abandoned` says why nobody is going to
    end it any more, or nothing: then the device itself takes it back in its time.
    """

    token: str
    since: str
    abandoned: str = ""


class Snapshot(Protocol):
    """One consistent read of a device. What else is in it only its platform knows."""

    @property
    def running(self) -> str:
        """The running configuration as canonical text."""

    @property
    def pending(self) -> Pending | None:
        """The timed commit that waits to be confirmed or taken back, also one that is abandoned."""

    @property
    def survives_reboot(self) -> bool:
        """Whether the device takes a pending commit back also if it restarts before."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a device made of a transaction.

    `committed` is whether it is in the database. `refusal` is what went wrong, before or after;
    `stale` says what had moved since the snapshot, when nothing was changed because of that. Where
    the database has not `answered` it may be committed already, or later, or never.
    """

    committed: bool
    refusal: Refusal | None = None
    stale: str = ""
    answered: bool = True


class Work(Protocol):
    """A change as it goes to the device."""

    @property
    def script(self) -> str:
        """The shell script, POSIX sh."""

    def judge(self, output: Output) -> Judged:
        """Say what became of it."""


@dataclass(frozen=True, slots=True)
class Timer:
    """How long a device waits for a confirmation; `token` tells this commit from any other."""

    token: str
    seconds: int


SnapshotT = TypeVar("SnapshotT", bound=Snapshot)


@dataclass(frozen=True, slots=True)
class Transactions(Generic[SnapshotT]):
    """How a device is read and changed by transactions, all functions pure.

    `fetch` is a script that changes nothing, `snapshot` reads its output and raises ValueError
    for anything else. `change` writes stanzas down as one transaction that holds only if what
    they change is still as in the snapshot; it raises Stale if the snapshot already says no, and
    Refused for a line that it cannot carry out. With a `Timer` the device takes the change back
    by itself. `confirm` keeps a pending commit, given its token; it is stale if that does not wait
    any more. `revert` is a script that takes one back.
    `fence` sets a mark that every change asks for as it was in its snapshot: once it is set, no
    change that was written down before can be committed any more. A pending commit can be ended,
    and takes itself back, whatever the mark.
    `unauthorised` are regular expressions for complaints that mean we may not do this at all.
    """

    fetch: str
    snapshot: Callable[[Output], SnapshotT]
    change: Callable[[SnapshotT, Sequence[Stanza], Timer | None], Work]
    confirm: Callable[[str], Work]
    revert: Callable[[str], str]
    fence: Callable[[str], Work]
    unauthorised: tuple[str, ...] = ()
    session: SessionKind = SessionKind.TRANSACTION
