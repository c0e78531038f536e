"""A scripted SSH switch: exact bytes for what the twin does not do. All texts are IOS-like.

`say` maps a line to what is printed after its echo; `raw` maps a line to the whole answer, echo
and prompt included, as a series of packets, pauses (seconds) and endings.
"""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

import asyncssh

USER, PASSWORD, ENABLE = "noc", "correct horse", "battery staple"
RUNNING = "version 15.2\nhostname sw1\ninterface GigabitEthernet1/0/1\n description A\nend\n"


class Then(Enum):
    """What the switch does at the end of a raw answer."""

    DROP = "drop"
    HANG = "hang"
    STALL = "stall"


Part = bytes | float | Then
T = TypeVar("T")


@dataclass
class Script:
    """How the switch behaves, and what it has seen."""

    host: str = "sw1"
    greeting: Sequence[Part] = ()
    enabled: bool = True
    running: str = RUNNING
    say: dict[str, str] = field(default_factory=dict)
    raw: dict[str, Sequence[Part]] = field(default_factory=dict)
    aside: dict[str, Sequence[Part]] = field(default_factory=dict)
    """What is said to a command on a channel of its own; to any other there is no channel."""
    ends: tuple[int, bytes] = (0, b"")
    """With which status such a channel ends, and what stands on its standard error."""
    later: dict[str, str] = field(default_factory=dict)
    """What is printed after a line's echo from its second time on."""
    ignore_modes: frozenset[str] = frozenset()
    newline: str = "\r\n"
    refuse_logins: int = 0
    drop_logins: int = 0
    public_key: str = ""
    first_prompt: bool = True
    terminal_after: float = 0
    """Seconds before a terminal is given; every switch of the rack waits that long."""
    terminal_given: bool = False
    answer_any: tuple[str, str] | None = None
    """A pattern of lines that change nothing, and what is said to them."""
    lines: list[str] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)
    connections: int = 0


MODES = (
    (r"configure terminal", ("",), "(config)"),
    (r"interface \S+", ("(config)", "(config-if)", "(config-vlan)"), "(config-if)"),
    (r"interface \S+", ("(config-s-x)",), "(config-s-x-if)"),
    (r"vlan [\d,-]+", ("(config)", "(config-if)", "(config-vlan)"), "(config-vlan)"),
    (r"policy-map \S+", ("(config)",), "(config-pmap)"),
    (r"class \S+", ("(config-pmap)",), "(config-pmap-c)"),
    (r"configure session \S+", ("",), "(config-s-x)"),
    (r"end|commit|abort", (), ""),
)
ABOVE = {
    "(config-pmap-c)": "(config-pmap)",
    "(config-s-x-if)": "(config-s-x)",
    "(config-s-x)": "",
    "(config)": "",
}
SAYS = {
    "configure terminal": "Enter configuration commands, one per line.  End with CNTL/Z.\n",
    "write memory": "Building configuration...\n[OK]\n",
}


class Shell(asyncssh.SSHServerSession[bytes]):
    """One login's shell."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.mode = ""
        self.enabled = script.enabled
        self.secret = False
        self.inbox = b""
        self.stuck = False
        self.command: str | None = None
        self.task: asyncio.Task[None] | None = None
        self.chan: asyncssh.SSHServerChannel[bytes]
        self.work: asyncio.Queue[bytes] = asyncio.Queue()

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self.chan = chan

    def pty_requested(self, *_: object) -> bool:
        time.sleep(self.script.terminal_after)
        self.script.terminal_given = True
        return True

    def shell_requested(self) -> bool:
        return True

    def exec_requested(self, command: str) -> bool:
        self.command = command
        return command in self.script.aside

    def session_started(self) -> None:
        work = self.run() if self.command is None else self.aside(self.command)
        self.task = asyncio.get_running_loop().create_task(work)

    async def aside(self, command: str) -> None:
        """Do the one command of a channel without a terminal."""
        await self.send(self.script.aside[command])
        status, words = self.script.ends
        self.chan.write_stderr(words)
        if not self.stuck:
            self.chan.exit(status)

    def data_received(self, data: bytes, datatype: object) -> None:
        self.work.put_nowait(data)

    def eof_received(self) -> bool:
        return self.command is not None  # its answer is still to come

    def connection_lost(self, exc: Exception | None) -> None:
        if self.task is not None:
            self.task.cancel()

    async def run(self) -> None:
        """Greet, then answer line by line."""
        await self.send(self.script.greeting)
        if self.script.first_prompt:
            self.write(f"\n{self.prompt}")
        while True:
            self.inbox += await self.work.get()
            while b"\n" in self.inbox and not self.stuck:
                line, _, self.inbox = self.inbox.partition(b"\n")
                await self.answer(line.decode())

    @property
    def prompt(self) -> str:
        """The prompt as IOS writes it: the name is cut in configuration modes."""
        name = self.script.host[:20] if self.mode else self.script.host
        return f"{name}{self.mode}{'#' if self.enabled else '>'}"

    def write(self, text: str) -> None:
        if not self.chan.is_closing():
            self.chan.write(text.replace("\n", self.script.newline).encode())

    async def send(self, parts: Sequence[Part]) -> None:
        """Write packets, pause, or end."""
        for part in parts:
            if isinstance(part, bytes):
                if self.chan.is_closing():
                    return
                self.chan.write(part)
                await asyncio.sleep(0)
            elif isinstance(part, float):
                await asyncio.sleep(part)
            elif part is Then.HANG:
                self.stuck = True
            else:
                self.chan.get_connection().abort()

    async def answer(self, line: str) -> None:
        """Answer one line."""
        self.script.lines.append(line)
        if self.secret:
            self.secret = False
            self.enabled = line == ENABLE
            self.write(f"\n{'' if self.enabled else '% Bad secrets'}\n{self.prompt}")
        elif self.script.answer_any and re.fullmatch(self.script.answer_any[0], line):
            self.write(f"{line}\n{self.script.answer_any[1]}{self.prompt}")
        elif line in self.script.raw:
            self.switch(line)
            await self.send(self.script.raw[line])
        elif line == "enable" and not self.enabled:
            self.secret = True
            self.write(f"{line}\nPassword: ")
        else:
            self.switch(line)
            said = self.script.say.get(line, SAYS.get(line, ""))
            if self.script.lines.count(line) > 1:
                said = self.script.later.get(line, said)
            said = self.script.running if line == "show running-config" else said
            self.write(f"{line}\n{said}{self.prompt}")

    def switch(self, line: str) -> None:
        """Change mode as `line` says."""
        if line in self.script.ignore_modes:
            return
        if line == "exit":
            self.mode = ABOVE.get(self.mode, "(config)")
        for header, within, mode in MODES:
            if re.fullmatch(header, line) and (not within or self.mode in within):
                self.mode = mode


class Door(asyncssh.SSHServer):
    """Who may log in."""

    def __init__(self, script: Script) -> None:
        self.script = script
        script.connections += 1

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.conn = conn

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return not self.script.public_key

    def public_key_auth_supported(self) -> bool:
        return bool(self.script.public_key)

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return key.export_public_key().decode() == self.script.public_key

    def validate_password(self, username: str, password: str) -> bool:
        self.script.passwords.append(password)
        if self.script.drop_logins:
            self.script.drop_logins -= 1
            self.conn.abort()
            return False
        if self.script.refuse_logins:
            self.script.refuse_logins -= 1
            return False
        return (username, password) == (USER, PASSWORD)

    def session_requested(self) -> Shell:
        return Shell(self.script)

    def connection_requested(self, host: str, port: int, orig: str, orig_port: int) -> bool:
        return True


@dataclass(frozen=True)
class Switch:
    """A running switch: its script, its address on loopback, and its host key."""

    script: Script
    port: int
    key: asyncssh.SSHKey

    @property
    def public(self) -> tuple[str, str]:
        """The type and the base64 of the host key."""
        kind, _, rest = self.key.export_public_key().decode().partition(" ")
        return kind, rest.split()[0]


def _only(algs: Sequence[bytes], keys: list[asyncssh.SSHKey]) -> list[asyncssh.SSHKeyPair]:
    """Return key pairs that sign with `algs` only; all they can if there are none."""
    pairs = list(asyncssh.load_keypairs(keys))
    for pair in pairs:
        if algs:
            pair.host_key_algorithms = tuple(algs)
    return pairs


class Rack:
    """Switches on an event loop in a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.servers: list[asyncssh.SSHAcceptor] = []
        self.plain: list[asyncio.Server] = []
        self.thread.start()

    def run(self, work: Coroutine[None, None, T]) -> T:
        """Run `work` on the loop and return its result."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    def switch(
        self,
        script: Script | None = None,
        key: str = "ssh-ed25519",
        more_keys: Sequence[str] = (),
        key_algs: Sequence[bytes] = (),
        **ssh: Any,  # noqa: ANN401 - whatever asyncssh takes
    ) -> Switch:
        """Start a switch; `ssh` are asyncssh's own options."""
        script = script or Script()
        host_key, *more = [asyncssh.generate_private_key(one) for one in (key, *more_keys)]
        server = self.run(self._listen(script, _only(key_algs, [host_key, *more]), ssh))
        self.servers.append(server)
        return Switch(script, server.get_port(), host_key)

    async def _listen(
        self, script: Script, keys: list[asyncssh.SSHKeyPair], ssh: dict[str, Any]
    ) -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=lambda: Door(script),
            server_host_keys=keys,
            encoding=None,
            line_editor=False,
            gss_host=None,  # or asyncssh asks DNS for this machine's name
            **ssh,
        )

    def server(self, parts: Sequence[Part]) -> int:
        """Start a server that says `parts` to whoever connects; return its port."""

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                for part in parts:
                    if isinstance(part, bytes):
                        writer.write(part)
                    await asyncio.sleep(60 if part is Then.HANG else 0.02)
            finally:
                writer.transport.abort()

        server = self.run(self._serve(talk))
        self.plain.append(server)
        port: int = server.sockets[0].getsockname()[1]
        return port

    @staticmethod
    async def _serve(
        talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]],
    ) -> asyncio.Server:
        return await asyncio.start_server(talk, "127.0.0.1", 0)

    async def _stop(self) -> None:
        for switch in self.servers:
            switch.close()
        for plain in self.plain:
            plain.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def stop(self) -> None:
        """Stop every switch and the loop."""
        self.run(self._stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@contextmanager
def rack() -> Iterator[Rack]:
    """A rack for as long as the block lasts."""
    one = Rack()
    try:
        yield one
    finally:
        one.stop()
