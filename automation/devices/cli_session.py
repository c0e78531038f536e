"""What the line and the candidate kind share: reading, saving, and typing accepted lines."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, groupby

from automation.devices.answers import Answer, Judge
from automation.devices.connection import EventDriven
from automation.devices.deadline import Deadline
from automation.devices.in_force import marked
from automation.devices.masking import MASK, PLACEHOLDER, Masker
from automation.devices.session import Window
from automation.devices.startup import difference
from automation.devices.steps import Step, UnknownMode, batches, steps
from automation.devices.terminal import Terminal, Typed, Unanswered
from automation.errors import Busy, DeviceError, Lost, NotAuthorised, Refused, SaveFailed
from automation.model import Cli, InForce, Reached, Refusal, Sent, Stanza, StanzaState, Startup

_SHORT = 6
"""A command that was refused prints fewer lines than this; a configuration prints more."""
_UNSEEN = "the device says that it saved, and does not show what"
_PAUSE = 0.1
"""Seconds between two looks at what comes into force beside the session."""


class CliSession:
    """A session on a device with a command line, driven wholly by the platform's `Cli`.

    After any exception, and after a refused line, it is closed: nobody can say which mode such a
    session is in, and the next line would land there.
    """

    def __init__(
        self, terminal: Terminal, connection: EventDriven, cli: Cli, judge: Judge, window: Window
    ) -> None:
        """Hold a terminal that stands at its exec prompt, with the pager off."""
        self._terminal = terminal
        self.connection = connection
        """netmiko's driver for the platform, for its own verbs."""
        self._cli = cli
        self._judge = judge
        self._window = window
        self._masker = Masker()
        self._hand: Step | None = None
        self._done = 0
        self._steps: Sequence[Step] = ()
        self._sent = 0
        self._accepted = 0
        self._fetched = ""
        self._open = True

    @property
    def timed(self) -> None:
        """None: lines take effect one by one, or a commit is final."""
        return None

    @property
    def fence(self) -> None:
        """None: no other session can stop the line that the device may be at."""
        return None

    def fetch(self) -> str:
        """Return the whole running configuration, as the device prints it.

        What is not in force of it is marked, where the platform says how that is seen.

        Raises:
            NotAuthorised, Refused, Lost: As `read` does.
            DeviceError: Its last line is missing: what is cut off is not a configuration. Or what
                is in force has an unknown shape.
        """
        with self._closing():
            self._fetched = self._whole(self.read(self._cli.fetch))
            return self._seen_in_force(self._cli.in_force) if self._cli.in_force else self._fetched

    def _seen_in_force(self, how: InForce) -> str:
        """Return the configuration, marked; what is under way is given time to come into force."""
        patience = Deadline(how.patience)
        while True:
            text = marked(how, self._fetched, self.read(how.command))
            if text == self._fetched or patience.passed:
                return text
            time.sleep(_PAUSE)
            self._fetched = self._whole(self.read(self._cli.fetch))

    def read(self, command: str) -> str:
        """Return what `command`, which changes nothing, prints.

        Raises:
            NotAuthorised: The device does not let us.
            Refused: The device does not know the command.
            Lost: The session ended first.
        """
        with self._closing():
            text = self._terminal.collect(command)
            lines = text.splitlines()
            if len(lines) < _SHORT and self._judge.is_unauthorised(text):
                raise NotAuthorised(f"{command!r}: {text.strip()}")
            if len(lines) < _SHORT and (refused := self._judge.refused(lines)):
                raise Refused(command, refused)
            return text

    def _whole(self, text: str) -> str:
        """Return `text`, a configuration, if it ends as one does.

        Raises:
            DeviceError: It does not; the message holds nothing of it, which may be secret.
        """
        end = self._cli.fetch_end
        last = next((one for one in reversed(text.splitlines()) if one.strip()), "")
        if end is not None and not re.fullmatch(end, last.strip()):
            raise DeviceError(
                f"the configuration that the device printed does not end with {end!r}: "
                "it is cut off"
            )
        return text

    def save(self) -> str:
        """Save running, or raise SaveFailed with the device's words.

        A device that says why it did not save may be asked again; the session stays open. Where
        the platform says how, what is saved is read, and has to be what was fetched last.
        """
        with self._closing(besides=SaveFailed):
            try:
                answer = self._ask(self._cli.save)
            except Unanswered as question:
                self.close()
                raise SaveFailed(str(question)) from question
            text = "\n".join(answer.said)
            if self._judge.refused(answer.said) or not re.search(self._cli.saved, text, re.M):
                raise SaveFailed(text or "the device said nothing")
            return self._saved(self._cli.startup) if self._cli.startup else ""

    def _saved(self, startup: Startup) -> str:
        """Return a caution where the device does not show what it has saved.

        What somebody else has entered since the last read is saved too, so that a difference
        counts only if it is there still when what runs is read once more.

        Raises:
            SaveFailed: It does, and that is not what it runs.
        """
        if not self._fetched:
            self.fetch()
        shown = self._terminal.aside(startup.command)
        if shown.status:  # also where it broke off in the middle: that part says nothing
            return f"{_UNSEEN}: {shown.complaint}"
        if not shown.out.startswith(startup.mark):
            return _UNSEEN
        if not difference(startup, shown.out, self._fetched):
            return ""
        self.fetch()
        if differs := difference(startup, shown.out, self._fetched):
            raise SaveFailed(f"the device says that it saved, and shows otherwise: {differs}")
        return ""

    def close(self) -> None:
        """End the session, whatever mode it is in."""
        if self._open:
            self._open = False
            self.connection.disconnect()

    def _ask(self, line: str) -> Answer:
        """Type `line` alone and return its answer."""
        return next(self._terminal.exchange([[Typed(line, "")]]))

    def _enter(self, command: str) -> None:
        """Enter configuration mode with `command`.

        Raises:
            NotAuthorised: We may not configure at all.
            Busy: Somebody else holds the configuration.
            Refused: The device said something else, or did not change mode.
        """
        answer = self._ask(command)
        text = "\n".join(answer.said)
        if self._judge.is_unauthorised(text):
            raise NotAuthorised(text)
        if self._judge.is_busy(text):
            raise Busy(text)
        step = Step(command, self._cli.config_prompt, 0)
        if refusal := self._verdict(step, answer):
            raise Refused(command, refusal.text)

    def _plan(
        self, stanzas: Sequence[Stanza], reveal: Callable[[str], str]
    ) -> tuple[list[tuple[Step, str]], Refusal | None]:
        """Return each step with its line as it goes on the wire, or why nothing may be sent.

        A line break in a line would be two lines to the device, and a masked secret would become
        the secret: both are refused here, whatever the layers above have let through.
        """
        try:
            planned = [
                (step, self._masker.fill(step.line, reveal)) for step in steps(stanzas, self._cli)
            ]
        except UnknownMode as unknown:
            return [], Refusal(unknown.line, str(unknown), unknown.stanza)
        for step, wire in planned:
            if not wire or not wire.isprintable():
                text = "not sent: it is empty or has a control character"
                return [], Refusal(step.line, text, step.stanza)
            if MASK in step.line:
                text = "not sent: it holds a secret that we only know masked"
                return [], Refusal(step.line, text, step.stanza)
        return planned, None

    def _start(self, planned: Sequence[tuple[Step, str]]) -> None:
        """Stand before the first of the planned lines."""
        self._hand, self._done = None, 0
        self._steps = [step for step, _ in planned]
        self._sent = self._accepted = 0

    def _reached(self) -> Reached:
        """Return how far the lines came; exits are ours and do not count."""
        sent = [step.line for step in self._steps[: self._sent] if not step.leaves]
        taken = [step.line for step in self._steps[: self._accepted] if not step.leaves]
        line = self._hand.line if self._hand else ""
        return Reached(len(sent), len(taken), taken[-1] if taken else "", line)

    def _lost(self, message: str, states: tuple[StanzaState, ...]) -> Lost:
        """Return what is known of a session that has ended: how far the lines came."""
        at = self._reached()
        return Lost(message, states, at.line, sent=at.sent, accepted=at.accepted, last=at.last)

    def _type(
        self, planned: Sequence[tuple[Step, str]], stop: Callable[[], bool] | None
    ) -> Refusal | None:
        """Type the planned lines, and return the first that was not accepted.

        Where we are is kept for `_states`, whatever happens. `stop` is asked before each stanza.
        """
        wires = dict(planned)
        whole = self._window is Window.STANZA
        every = batches([step for step, _ in planned], whole_stanza=whole)
        for stanza, batched in groupby(every, key=lambda batch: batch[0].stanza):
            self._hand, self._done = None, stanza
            if stop is not None and stop():
                return None
            if refusal := self._type_stanza(tuple(batched), wires):
                return refusal
        self._hand, self._done = None, planned[-1][0].stanza + 1
        return None

    def _type_stanza(
        self, batched: Sequence[Sequence[Step]], wires: Mapping[Step, str]
    ) -> Refusal | None:
        """Type the batches of one stanza, and return the first line that was not accepted."""
        typed = [[Typed(wires[step], step.prompt) for step in batch] for batch in batched]
        before = self._terminal.typed
        answers = self._terminal.exchange(typed)
        try:
            for step in chain.from_iterable(batched):
                self._hand = step
                if refusal := self._next(step, answers):
                    return refusal
                self._accepted += 1
        finally:
            self._sent += self._terminal.typed - before
        return None

    def _states(self, count: int) -> tuple[StanzaState, ...]:
        """Return what has become of `count` stanzas: that of the line in hand is unknown."""
        reached = self._done + (self._hand is not None)
        return (
            (StanzaState.APPLIED,) * self._done
            + (StanzaState.UNKNOWN,) * (reached - self._done)
            + (StanzaState.UNTOUCHED,) * (count - reached)
        )

    def _next(self, step: Step, answers: Iterator[Answer]) -> Refusal | None:
        """Judge the next answer, which is to `step`."""
        try:
            answer = next(answers)
        except Unanswered as question:
            text = self._masker.hide(str(question))
            if not question.echoed and PLACEHOLDER.search(step.line):
                text = "the device did not repeat the line; its words may hold part of a secret"
            return Refusal(step.line, text, step.stanza)
        if not answer.said and answer.prompt == self._terminal.known.get(step.prompt):
            return None
        return self._verdict(step, answer)

    def _verdict(self, step: Step, answer: Answer) -> Refusal | None:
        """Return why `answer` does not accept `step`, or None; learn the prompt if it does."""
        text = self._judge.complaint(answer.said)
        if not text and self._terminal.prompts.pattern(step.prompt).fullmatch(answer.prompt):
            self._terminal.known[step.prompt] = answer.prompt
            return None
        text = text or f"the device stands at {answer.prompt!r}, which is another mode"
        return Refusal(step.line, self._masker.hide(text), step.stanza)

    @contextmanager
    def _closing(self, besides: type[DeviceError] | None = None) -> Iterator[None]:
        """Close the session on any exception but `besides`; refuse to use a closed one."""
        if not self._open:
            raise Lost("the session is closed")
        try:
            yield
        except BaseException as error:
            if besides is None or not isinstance(error, besides):
                self.close()
            raise


def unsent(stanzas: Sequence[Stanza], refusal: Refusal | None = None) -> Sent:
    """Return that no stanza was touched."""
    return Sent((StanzaState.UNTOUCHED,) * len(stanzas), refusal)
