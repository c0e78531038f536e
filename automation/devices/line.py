"""The line kind: every line takes effect as it is entered."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from automation.devices.cli_session import CliSession, unsent
from automation.devices.steps import Step
from automation.errors import Lost
from automation.model import Refusal, Sent, Stanza


class LineSession(CliSession):
    """A session on a device where a line is in force once its prompt is back."""

    def configure(
        self,
        stanzas: Sequence[Stanza],
        reveal: Callable[[str], str],
        expected: Callable[[str], bool] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> Sent:
        """Send `stanzas` line by line; stop at the first line that is not accepted.

        Of a refused stanza the state is unknown: lines before the refused one are in force, and
        with a wider window lines after it may be. `expected` is for candidates: here nothing is
        overwritten. `stop` is asked before each stanza; once true, the rest stays untouched.

        Raises:
            NotAuthorised, Busy, Refused: Configuration mode could not be entered.
            Lost: The session ended first; it says how far it came.
        """
        planned, refusal = self._plan(stanzas, reveal)
        if refusal is not None or not planned:
            return unsent(stanzas, refusal)
        with self._closing():
            self._start(planned)
            try:
                refusal = self._configure(planned, stop)
            except Lost as lost:
                raise self._lost(str(lost), self._states(len(stanzas))) from lost
            if refusal is not None:
                self.close()
            return Sent(self._states(len(stanzas)), refusal, reached=self._reached())

    def _configure(
        self, planned: Sequence[tuple[Step, str]], stop: Callable[[], bool] | None
    ) -> Refusal | None:
        """Enter configuration mode, type the lines, leave again; return the refusal if any."""
        self._enter(self._cli.enter)
        if refusal := self._type(planned, stop):
            return refusal
        leave = Step(self._cli.leave, self._cli.exec_prompt, planned[-1][0].stanza)
        return self._verdict(leave, self._ask(leave.line))
