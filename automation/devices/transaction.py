"""The transaction kind: all lines are one transaction of the device's database, over SSH.

Each script goes to a shell of its own on an exec channel, which gives what a terminal does not:
an exit status, standard error apart, and no echo, prompt or pager to be mistaken about.
"""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import paramiko

from automation.devices.deadline import Deadline
from automation.devices.session import TimedCommit
from automation.errors import Busy, DeviceError, Lost, NotAuthorised, Refused, Stale
from automation.model import (
    Judged,
    Output,
    Pending,
    Reached,
    Refusal,
    Sent,
    Snapshot,
    Stanza,
    StanzaState,
    Timer,
    Transactions,
    sent_lines,
)

_PIECE: Final = 65536
_READING: Final = "reading the configuration"
_CONFIRMING: Final = "confirming a timed commit"
_REVERTING: Final = "taking a timed commit back"
_FENCING: Final = "fencing off what may be on its way"
_SHELL: Final = "sh"
_BEGUN: Final = "=== portvakt ==="
"""What a script says first, on both its outputs: what stands before it is none of the script's."""


class _NoShell(Lost):
    """No shell could be begun: of its script nothing has left us."""


class TransactionSession:
    """A session on a device whose configuration is a database.

    A transaction that is refused changes nothing, so every stanza is then untouched. One is
    durable once it is committed, so there is nothing to save. After any exception the session is
    closed.
    """

    def __init__(
        self, transport: paramiko.Transport, control: Transactions[Any], deadline: Deadline
    ) -> None:
        """Hold an authenticated transport; `deadline` bounds all that is done over it."""
        self._transport = transport
        self._control = control
        self._deadline = deadline
        self._seen: Snapshot | None = None
        self._timer: Timer | None = None
        self._open = True

    @property
    def timed(self) -> TimedCommit:
        """The device's timed commit: this session itself."""
        return self

    @property
    def fence(self) -> Callable[[], None]:
        """The device can keep late changes out: the database holds a mark for it."""
        return self._fence

    def fetch(self) -> str:
        """Return the canonical text of the whole running configuration.

        Raises:
            NotAuthorised: The login may not ask the database.
            Refused: The database or the switch daemon does not answer.
            Lost: The session ended first.
        """
        with self._closing():
            return self._snapshot().running

    def read(self, command: str) -> str:
        """Return what `command`, which changes nothing, prints.

        Raises:
            NotAuthorised: The device does not let us.
            Refused: It ended with an error, or complained.
            Lost: The session ended first.
        """
        with self._closing():
            return self._accepted(command, self._run(command)).out

    def configure(
        self,
        stanzas: Sequence[Stanza],
        reveal: Callable[[str], str],
        expected: Callable[[str], bool] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> Sent:
        """Send `stanzas` as one transaction, which holds only if their ports are still as read.

        That guard is the database's own, so `expected` is not asked: what somebody edits beside
        our lines does not block, and what he edits in them is never overwritten. `reveal` has
        nothing to reveal: no line here holds a secret.

        Raises:
            NotAuthorised: The login may not change the database; nothing was changed.
            Busy: A timed commit waits on the device; nothing was changed.
            Stale: A line that we own has moved; nothing was changed.
            Lost: The session ended first: the transaction may or may not stand; its states say
                so where it cannot, since no shell was there to take it.
        """
        timer, self._timer = self._timer, None
        if not stanzas or (stop is not None and stop()):
            return Sent((StanzaState.UNTOUCHED,) * len(stanzas))
        with self._closing():
            try:
                return self._configure(stanzas, timer)
            except Refused as error:  # the platform's, of a line that is not to be sent
                return _unsent(stanzas, _refusal(stanzas, error))

    def _configure(self, stanzas: Sequence[Stanza], timer: Timer | None) -> Sent:
        seen = self._seen or self._snapshot()
        if seen.pending is not None:
            raise Busy(f"a timed commit waits on the device ({_said(seen.pending)})")
        work = self._control.change(seen, stanzas, timer)
        self._seen = None
        try:
            output = self._run(work.script)
        except _NoShell as lost:
            raise Lost(str(lost), (StanzaState.UNTOUCHED,) * len(stanzas)) from lost
        except Lost as lost:
            states = (StanzaState.UNKNOWN,) * len(stanzas)
            sent = len(_lines(stanzas))
            raise Lost(str(lost), states, stanzas[0].subject, sent=sent) from lost
        return self._judged(stanzas, work.judge(output))

    def _judged(self, stanzas: Sequence[Stanza], judged: Judged) -> Sent:
        """Say what became of a transaction that was answered."""
        if judged.stale:
            raise Stale(f"{judged.stale}; nothing was changed")
        lines = _lines(stanzas)
        if judged.refusal is None:
            reached = Reached(len(lines), len(lines), lines[-1])
            return Sent((StanzaState.APPLIED,) * len(stanzas), reached=reached)
        if not (judged.answered and judged.committed):  # after a commit no word makes it nothing
            self._authorised(judged.refusal.text)
        self.close()
        state = StanzaState.UNKNOWN if judged.committed else StanzaState.UNTOUCHED
        states = (state,) * len(stanzas)
        reached = Reached(len(lines), line=judged.refusal.line)
        return Sent(states, judged.refusal, reached=reached, adrift=not judged.answered)

    def save(self) -> str:
        """Do nothing: a transaction is on the device's disk before it is answered."""
        return ""

    def close(self) -> None:
        """End the session."""
        if self._open:
            self._open = False
            self._transport.close()

    def arm(self, seconds: float) -> str:
        """Let the device take the next `configure` back after `seconds` unless it is confirmed."""
        self._timer = Timer(secrets.token_hex(8), max(1, round(seconds)))
        return self._timer.token

    @property
    def pending(self) -> Pending | None:
        """The timed commit that stands on the device, as it was last read."""
        with self._closing():
            return (self._seen or self._snapshot()).pending

    @property
    def survives_reboot(self) -> bool:
        """Whether the device takes a pending commit back also if it restarts before."""
        with self._closing():
            return (self._seen or self._snapshot()).survives_reboot

    def confirm(self, name: str) -> bool:
        """Keep the pending commit `name`; False: it does not wait any more.

        Raises:
            Refused: The device did not take the confirmation.
            Lost: The session ended before it was sent.
            DeviceError: Nobody says whether the device took it.
        """
        with self._closing():
            if not self._waits(name):
                return False
            self._seen = None
            work = self._control.confirm(name)
            try:
                judged = work.judge(self._run(work.script))
            except _NoShell:
                raise
            except Lost as lost:
                raise _unheard(str(lost)) from lost
            if judged.refusal is None:
                return not judged.stale
            if judged.answered and not judged.committed:
                raise Refused(_CONFIRMING, judged.refusal.text)
            raise _unheard(judged.refusal.text)

    def revert(self, name: str) -> str:
        """Take the pending commit `name` back now, if it still waits.

        The database says whether it did so. What the device complains about all the same may be of
        any other port, and is returned.

        Raises:
            Refused: The device did not do it.
            Lost: The session ended first.
        """
        with self._closing():
            if not self._waits(name):
                return ""
            output = self._run(self._control.revert(name))
            if self._waits(name):
                self._accepted(_REVERTING, output)
                raise Refused(_REVERTING, "the timed commit still waits")
            return f"it is taken back, but: {output.complaint}" if output.complaint else ""

    def _fence(self) -> None:
        """Set a new mark, which no change asks for that was written down before.

        Raises:
            NotAuthorised: The login may not change the database.
            Refused: The mark is not in the database, or nobody says that it is.
            Lost: The session ended first.
        """
        with self._closing():
            self._seen = None
            work = self._control.fence(secrets.token_hex(8))
            refusal = work.judge(self._run(work.script)).refusal
            if refusal is not None:
                self._authorised(refusal.text)
                raise Refused(_FENCING, refusal.text)

    def _waits(self, name: str) -> bool:
        """Whether the device shows that the commit `name` is pending."""
        pending = self._snapshot().pending
        return pending is not None and pending.token == name

    def _snapshot(self) -> Snapshot:
        """Read the device anew."""
        output = self._accepted(_READING, self._run(self._control.fetch))
        try:
            self._seen = self._control.snapshot(output)
        except (ValueError, LookupError, TypeError) as error:
            raise DeviceError(f"{_READING}: {error}") from error
        return self._seen

    def _accepted(self, what: str, output: Output) -> Output:
        """Return `output` if nothing in it complains."""
        if complaint := output.complaint:
            self._authorised(complaint)
            raise Refused(what, complaint)
        return output

    def _authorised(self, complaint: str) -> None:
        """Raise NotAuthorised if that is what `complaint` is about."""
        if any(re.search(one, complaint) for one in self._control.unauthorised):
            raise NotAuthorised(complaint)

    def _run(self, script: str) -> Output:
        """Give `script` to a new shell and return what it left behind.

        Raises:
            Lost: The connection ended, or the deadline passed.
        """
        try:
            with contextlib.closing(self._shell()) as channel:
                return self._exchange(channel, script)
        except (paramiko.SSHException, EOFError, OSError) as error:
            raise Lost(self._why(error)) from error

    def _shell(self) -> paramiko.Channel:
        """Begin a shell, which waits for its script."""
        try:
            channel = self._transport.open_session(timeout=self._left())
            channel.settimeout(self._left())
            channel.exec_command(_SHELL)
        except (paramiko.SSHException, EOFError, OSError) as error:
            raise _NoShell(self._why(error)) from error
        return channel

    def _exchange(self, channel: paramiko.Channel, script: str) -> Output:
        channel.sendall(whole(script).encode())
        channel.shutdown_write()
        out = b"".join(iter(lambda: channel.recv(_PIECE), b""))
        err = b"".join(iter(lambda: channel.recv_stderr(_PIECE), b""))
        status = channel.recv_exit_status()
        if status < 0:  # no status came: the channel was cut, or a signal ended the shell
            raise EOFError("the shell ended without a status")
        return _output(status, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))

    def _left(self) -> float:
        return max(0.001, self._deadline.left)

    def _why(self, error: Exception) -> str:
        if self._deadline.passed:
            return f"the device was not done within {self._deadline}"
        return f"the device cut the session off ({str(error) or type(error).__name__})"

    @contextmanager
    def _closing(self) -> Iterator[None]:
        """Close the session on any exception; refuse to use a closed one."""
        if not self._open:
            raise Lost("the session is closed")
        try:
            yield
        except BaseException:
            self.close()
            raise


def whole(script: str) -> str:
    """Return `script` as it goes to the shell, which does nothing of one that was cut on its way.

    A shell carries lines out as they come, and a line that has lost its end may be one all the
    same: what stands in braces it reads to their end first.
    """
    return f"echo '{_BEGUN}'; echo '{_BEGUN}' >&2\n{{\n{script}\n}}\n"


def _output(status: int, out: str, err: str) -> Output:
    """Return what the script said, without what login and shell say before it.

    A home that is not there, or a profile that greets, is no complaint of a script's.
    """
    before, begun, said = out.partition(f"{_BEGUN}\n")
    if not begun:
        words = f"{err.strip()} {before.strip()}".strip()
        return Output(status or 1, "", f"the device gave no shell: {words or 'it said nothing'}")
    return Output(status, said, err.partition(f"{_BEGUN}\n")[2])


def _unheard(why: str) -> DeviceError:
    """Return what is said where a confirmation was sent, and no answer says what became of it."""
    return DeviceError(f"{_CONFIRMING}: {why}; whether its record is ended is not known")


def _said(pending: Pending) -> str:
    return "; ".join(one for one in (pending.since, pending.abandoned) if one)


def _refusal(stanzas: Sequence[Stanza], error: Refused) -> Refusal:
    """Return the refusal of a line that was not sent."""
    at = next((at for at, one in enumerate(stanzas) if error.line in one.lines), 0)
    return Refusal(error.line, error.text, at)


def _lines(stanzas: Sequence[Stanza]) -> tuple[str, ...]:
    """Return the lines of `stanzas`, which go together or not at all."""
    return tuple(line for stanza in stanzas for line in sent_lines(stanza))


def _unsent(stanzas: Sequence[Stanza], refusal: Refusal) -> Sent:
    return Sent((StanzaState.UNTOUCHED,) * len(stanzas), refusal)
