"""The candidate kind: lines gather in the device's own session, which is committed or aborted."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from automation.devices.candidate_name import candidate_name, is_orphan
from automation.devices.cli_session import CliSession, unsent
from automation.devices.steps import Step
from automation.devices.terminal import Typed
from automation.errors import Busy, DeviceError, Lost, Stale
from automation.model import Refusal, Sent, Stanza, StanzaState

SESSION: Final = "{session}"


class CandidateSession(CliSession):
    """A session on a device with named configuration sessions.

    Nothing is in force before the commit, so a refused line leaves every stanza untouched.
    """

    _if_lost = StanzaState.UNTOUCHED
    """What is true of each stanza if the session is lost now."""

    def configure(
        self,
        stanzas: Sequence[Stanza],
        reveal: Callable[[str], str],
        expected: Callable[[str], bool] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> Sent:
        """Gather `stanzas` in a candidate of our own and commit it whole, or abort it.

        The commit overwrites what anybody changed since the candidate was opened. So running is
        read just before it and handed to `expected`; where that says no, it is aborted.
        `stop` aborts too: then nothing is in force and no refusal is returned.

        Raises:
            NotAuthorised, Busy, Refused: The candidate could not be opened.
            Stale: Running moved; the candidate was aborted.
            Lost: The session ended first; before the commit every stanza is untouched.
        """
        planned, refusal = self._plan(stanzas, reveal)
        if refusal is not None or not planned:
            return unsent(stanzas, refusal)
        name = candidate_name(time.time() + self._terminal.left, secrets.token_hex(2))
        with self._closing():
            try:
                return self._configure(name, stanzas, planned, expected, stop)
            except Lost as lost:
                left = f"{lost}; the candidate {name} may still stand on the device"
                raise self._lost(left, (self._if_lost,) * len(stanzas)) from lost

    def _configure(
        self,
        name: str,
        stanzas: Sequence[Stanza],
        planned: Sequence[tuple[Step, str]],
        expected: Callable[[str], bool] | None,
        stop: Callable[[], bool] | None,
    ) -> Sent:
        """Open the candidate, fill it, and commit or abort it."""
        self._start(planned)
        self._if_lost = StanzaState.UNTOUCHED
        self._make(name)
        try:
            refusal = self._type(planned, stop)
            if refusal is not None or self._done < len(stanzas):
                reached = self._reached()
                return replace(unsent(stanzas, self._abort(name, refusal)), reached=reached)
            diff = self._diff(name)
            if expected is not None and not expected(self._running()):
                raise Stale("running changed while the candidate was filled; it was aborted")
        except Lost:
            raise
        except BaseException:
            with suppress(DeviceError):  # what went wrong first is what is told
                self._abort(name, None)
            raise
        if refusal := self._commit(name, len(stanzas)):
            reached = self._reached()
            return replace(unsent(stanzas, self._abort(name, refusal)), diff=diff, reached=reached)
        return Sent((StanzaState.APPLIED,) * len(stanzas), diff=diff, reached=self._reached())

    def _make(self, name: str) -> None:
        """Open the candidate, after those that sessions of ours have left behind are gone.

        Candidates outlive the session that opened them, and a device keeps only a few. Nobody
        else's is touched; where there is no room, those that stand in the way are named.
        """
        pending = self._pending()
        for one in pending:
            if is_orphan(one, time.time()):
                # A refusal leaves it where it is; if there is no room then, it is named below.
                self._ask((self._cli.session_drop or "").replace(SESSION, one))
        try:
            self._enter(self._cli.enter.replace(SESSION, name))
        except Busy as busy:
            who = f" (pending: {', '.join(pending)})" if pending else ""
            raise Busy(f"{busy}{who}") from busy

    def _pending(self) -> tuple[str, ...]:
        """Return the candidates that stand on the device."""
        if self._cli.session_list is None:
            return ()
        lines = self._terminal.collect(self._cli.session_list).splitlines()
        found = (re.fullmatch(self._cli.session_row, line) for line in lines)
        return tuple(row["name"] for row in found if row)

    def _running(self) -> str:
        """Return the whole running configuration, read inside the candidate."""
        return self._whole(self._terminal.collect(self._cli.fetch))

    def _diff(self, name: str) -> str:
        """Return the device's own comparison of the candidate with running."""
        if self._cli.session_diff is None:
            return ""
        text = self._terminal.collect(self._cli.session_diff.replace(SESSION, name))
        return self._masker.hide(text)

    def _commit(self, name: str, count: int) -> Refusal | None:
        """Commit the candidate; from here on a lost session leaves the state unknown."""
        self._if_lost = StanzaState.UNKNOWN
        line = (self._cli.commit or "").replace(SESSION, name)
        self._hand = Step(line, self._cli.exec_prompt, count - 1)
        refusal = self._next(self._hand, self._terminal.exchange([[Typed(line, "")]]))
        if refusal is not None:
            self._if_lost = StanzaState.UNTOUCHED
        else:
            self._hand = None
        return refusal

    def _abort(self, name: str, refusal: Refusal | None) -> Refusal | None:
        """Throw the candidate away; return the refusal, which also says if that failed."""
        try:
            self._ask((self._cli.abort or "").replace(SESSION, name))
        except DeviceError as error:
            if refusal is None:
                raise
            left = f"{error}; the candidate {name} may still stand on the device"
            refusal = replace(refusal, text=f"{refusal.text}; {left}")
        if refusal is not None:
            self.close()
        return refusal
