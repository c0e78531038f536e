"""A switch without a wire: configuration, modes and dialogs as a pure state machine.

`Switch` is the device, `Cli` one login on it. Nothing here waits, reads or writes: the SSH
server is a thin shell around `Cli.enter`, and tests call it without one.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from automation.lab.events import Event, Watch, unwatched
from automation.lab.faults import Fault, FaultKind, refusal
from automation.lab.grammar import Found, Language, Misfit, Mismatch
from automation.lab.reply import After, Reply
from automation.lab.tree import At, Block, Entered, Match, Question, Said, View
from automation.lab.values import Binding, Counts, Identity, PortView

ExecDo = Callable[["Cli", Mapping[str, str]], Said]


class Os(Protocol):
    """What a network OS is to the twin: its views, its texts, its way to print."""

    name: str
    comment: str
    pager: str
    page_clear: str
    leave: str
    """The line that leaves configuration mode, as Ctrl-Z does."""
    noise: str
    """A log line that may fall into anything; `{host}` is the device's name."""

    @property
    def views(self) -> Mapping[str, View]:
        """Return the configuration views by name."""

    def prompt(self, cli: Cli) -> str:
        """Return the prompt, in the mode that `cli` is in."""

    def exec_language(self, cli: Cli) -> Language[ExecDo]:
        """Return the commands outside configuration mode that `cli` may give."""

    def config_language(self, cli: Cli) -> Language[ExecDo]:
        """Return the commands that every configuration mode knows: leave it, look around."""

    def refuse(self, cli: Cli, line: str, why: Mismatch) -> str:
        """Return the vendor's words for a line that is no command."""

    def running(self, switch: Switch, config: Block) -> str:
        """Return `config` as the device prints it."""

    def exposure(self, switch: Switch, port: str) -> PortView:
        """Return what `port` lets through."""

    def logs_in_enabled(self, switch: Switch) -> bool:
        """Return whether a login may configure without more ado."""

    def lets_in(self, switch: Switch, user: str, password: str) -> bool:
        """Return whether the device knows this user and password."""

    def greeting(self, switch: Switch) -> str:
        """Return what is printed before the first prompt."""

    def bootstrap(self, identity: Identity) -> str:
        """Return the configuration that a new device was left with by whoever mounted it."""

    def factory(self, identity: Identity) -> Block:
        """Return the configuration of a device out of its box."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A named configuration session of EOS that is not committed: its own copy, and its age.

    It stays when the login that opened it is gone.
    """

    config: Block
    since: datetime


class Switch:
    """One device: running and startup configuration, bindings, faults and counters."""

    def __init__(
        self, system: Os, identity: Identity, clock: Callable[[], datetime] | None = None
    ) -> None:
        """Start bootstrapped, as after its first boot; `clock` gives the device's time."""
        self.os = system
        self.identity = identity
        self.clock = clock or (lambda: datetime.now(UTC))
        self.counts = Counts()
        self.fault: Fault | None = None
        self.bindings: tuple[Binding, ...] = ()
        self.pending: dict[str, Pending] = {}
        self.displays = 0
        self.watch: Watch = unwatched
        self._startup = zlib.compress(system.bootstrap(identity).encode(), 1)
        self.config = system.factory(identity)
        self.reboot()
        self.console = Cli(self, enabled=True)

    def enter(self, line: str) -> str:
        """Enter `line` on the console, which is always logged in; return the reply.

        A question that the device asks is its last words; the next line answers it.
        """
        said = self.console.enter(line).text
        return said + (self.console.question.text if self.console.question else "")

    def running(self) -> str:
        """Return the running configuration as the device prints it."""
        return self.os.running(self, self.config)

    def startup(self) -> str:
        """Return the startup configuration, as it was when it was last saved."""
        return zlib.decompress(self._startup).decode()

    def ports(self) -> tuple[str, ...]:
        """Return every port, the uplink range last, by the device's own full names."""
        return self.identity.ports + self.identity.uplinks

    def at(self, config: Block, block: Block) -> At:
        """Return where a line of `block` in `config` stands."""
        return At(self.identity.newer, self.displays, config, block)

    def exposure(self, port: str) -> PortView:
        """Return what `port` lets through; KeyError when there is no such port."""
        return self.os.exposure(self, port)

    def save(self) -> None:
        """Make running the startup configuration."""
        self._startup = zlib.compress(self.running().encode(), 1)
        self.counts.saves += 1

    def reboot(self) -> None:
        """Start again from the startup configuration; what was not saved is lost.

        So are the bindings, as on a switch that keeps no snooping database.
        """
        watch, self.watch = self.watch, unwatched  # what is read at a boot is no change
        self.bindings = ()
        self.config = self.os.factory(self.identity)
        self.pending.clear()
        self.edit(self.startup().splitlines())
        self.watch = watch
        watch(Event.BOOT)

    def edit(self, lines: list[str]) -> list[str]:
        """Type configuration lines by hand; return the device's words where it had any.

        Neither counters nor faults see it, and every question is answered yes.
        """
        cli = Cli(self, enabled=True, quiet=True)
        cli.path = [self.config]
        said: list[str] = []
        for line in lines:
            reply = cli.enter(line).text
            while cli.question:
                reply += cli.enter("y").text
            if reply:
                said.append(f"{line.strip()}: {reply.strip()}")
        return said


class Cli:
    """One login: its mode, its privilege, and the question it has been asked."""

    def __init__(self, switch: Switch, *, enabled: bool, quiet: bool = False) -> None:
        """Begin in exec mode; `quiet` keeps counters and faults out of it."""
        self.switch = switch
        self.enabled = enabled
        self.quiet = quiet
        self.path: list[Block] = []
        self.session = ""
        self.shown = ""
        """How the prompt names the view that was entered last, if not by its block's name."""
        self.question: Question | None = None
        self.page = 24
        self.taken = 0
        """Configuration lines taken in this login; faults count them."""
        self.closed = False

    @property
    def prompt(self) -> str:
        """The prompt as it stands now: the question, when one is open."""
        return self.question.text if self.question else self.switch.os.prompt(self)

    @property
    def at(self) -> At:
        """Where the next configuration line lands."""
        return self.switch.at(self.path[0], self.path[-1])

    def enter(self, line: str) -> Reply:
        """Take one line as typed and return what the device says."""
        if self.question:
            asked, self.question = self.question, None
            return self._reply(asked.answer(line.strip()), line)
        line = line.strip()
        if not line or line.startswith(self.switch.os.comment):
            return Reply("")
        return self._configure(line) if self.path else self._execute(line)

    def configure(self, config: Block, session: str = "") -> None:
        """Enter configuration mode on `config`."""
        self.path = [config]
        self.session = session
        if not self.quiet:
            self.switch.counts.configured += 1

    def leave(self) -> None:
        """Leave configuration mode altogether."""
        self.path = []
        self.session = ""

    def save(self) -> bool:
        """Save, unless a fault is in the way; a device that reboots first cuts the login."""
        kind = self.switch.fault.kind if self.switch.fault else None
        if kind is FaultKind.REBOOT:
            self.switch.reboot()
            self.closed = True
        elif kind is not FaultKind.SAVE:
            self.switch.save()
        return kind is not FaultKind.SAVE

    def run(self, line: str) -> Reply:
        """Carry out an exec command, from whatever mode."""
        return self._execute(line)

    def _reply(self, said: Said, line: str) -> Reply:
        if isinstance(said, Mismatch):
            column = line.rfind(" ") + 1 if said.column < 0 else said.column
            why = Mismatch(said.how, column, said.depth)
            return Reply(self.switch.os.refuse(self, line, why))
        if isinstance(said, Question):
            self.question = said
            return Reply("")
        if isinstance(said, Entered):
            self.path.append(self.path[-1].blocks[said.header])
            self.shown = said.shown
            return Reply(said.text)
        return Reply(said)

    def _execute(self, line: str) -> Reply:
        self.switch.counts.commands += not self.quiet
        found = self.switch.os.exec_language(self).find(line)
        if isinstance(found, Mismatch):
            return Reply(self.switch.os.refuse(self, line, found))
        return self._reply(found.row(self, found.args), line)

    def _configure(self, line: str) -> Reply:
        leaving = self.switch.os.config_language(self).find(line)
        if isinstance(leaving, Found):
            return self._reply(leaving.row(self, leaving.args), line)
        if not self.quiet:
            self.taken += 1
            self.switch.counts.lines += 1
            if struck := self._strike(line):
                return struck
        depth, match = self._match(line)
        if isinstance(match, Mismatch):
            return Reply(self.switch.os.refuse(self, line, match))
        before = list(self.path)
        del self.path[depth + 1 :]
        said = self.apply(match)
        if isinstance(said, Mismatch):
            self.path = before  # a line that is no command leaves the mode as it was
        return self._reply(said, line)

    def _strike(self, line: str) -> Reply | None:
        """Return what the device's fault makes of the line, or None when it lets it be."""
        fault = self.switch.fault
        if fault is None or not fault.strikes(self.taken, line):
            return None
        match fault.kind:
            case FaultKind.IGNORE:
                return Reply("")
            case FaultKind.HANG:
                return Reply("", After.HANG)
            case FaultKind.REFUSE | FaultKind.REFUSE_MODE:
                return Reply(self._refusal(fault, line))
            case FaultKind.DROP:
                depth, match = self._match(line)
                if isinstance(match, Match):
                    del self.path[depth + 1 :]
                    self._reply(self.apply(match), line)
                return Reply("", After.DROP)
            case _:
                return None

    def _refusal(self, fault: Fault, line: str) -> str:
        if text := refusal(fault.wording, self.switch.os.name):
            return text
        return self.switch.os.refuse(self, line, Mismatch(Misfit.INVALID, 0, 0))

    def _match(self, line: str) -> tuple[int, Match | Mismatch]:
        """Return the innermost view that knows the line, or the best reason why none does."""
        best: Mismatch | None = None
        for depth in range(len(self.path) - 1, -1, -1):
            match = self.switch.os.views[self.path[depth].view].match(line)
            if isinstance(match, Match):
                return depth, match
            if best is None or match.depth > best.depth:
                best = match
        return 0, best or Mismatch(Misfit.INVALID, 0, 0)

    def apply(self, match: Match) -> Said:
        """Carry a matched line out in the block in hand."""
        at, row = self.at, match.row
        if row.refuse and (text := row.refuse(at, match)):
            return text
        said = row.do(at, match)
        if row.then and isinstance(said, str):
            said += row.then(at, match)
        if row.slot == "shutdown" and at.config is self.switch.config:
            self.switch.watch(Event.LINKS)
        return said
