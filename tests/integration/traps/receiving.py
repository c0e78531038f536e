"""A receiver in a thread of its own, and net-snmp's programs that send to it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from automation.model import Notification, Rejected, Secret, SnmpLogin
from automation.snmp.traps import Heard, Identity, Receiver, Sender, Senders

HERE = "127.0.0.1"
ENGINE = "80001f8804613174726170"
"""The engine id of the invented device that sends v3 traps."""
AUTH, PRIV = "auth-pass-12", "priv-pass-12"
LOGINS = (
    SnmpLogin("v2", community=Secret("public")),
    SnmpLogin("other", community=Secret("another")),
    SnmpLogin("same", community=Secret("another")),
    SnmpLogin(
        "v3",
        user="noc",
        auth="sha256",
        auth_password=Secret(AUTH),
        priv="aes128",
        priv_password=Secret(PRIV),
    ),
    SnmpLogin("signed", user="signed", auth="sha1", auth_password=Secret(AUTH)),
)
TWIN = replace(LOGINS[3], name="v3-too")
"""A second entry with one user name and the same keys."""
SENDERS = Senders({HERE: Sender("sw-1", frozenset({"v2", "v3", "signed"}))})
IDENTITY = Identity(bytes.fromhex("80004fb8050102030405060708"), 3)
USER = ("-v3", "-l", "authPriv", "-u", "noc", "-a", "SHA-256", "-A", AUTH, "-x", "AES", "-X", PRIV)
SIGNED = ("-v3", "-l", "authNoPriv", "-u", "signed", "-a", "SHA", "-A", AUTH)
COMMUNITY = ("-v2c", "-c", "public")
LINK_DOWN = ("1.3.6.1.6.3.1.1.5.3", "1.3.6.1.2.1.2.2.1.1.8", "i", "8")
PATIENCE = 60.0
"""Seconds until what should come is given up; a machine may be busy."""
AT_ONCE = 150_000
"""Octets of the kernel's memory that may wait for a receiver: less than the smallest default."""
_EACH = 1024
"""What a datagram costs the kernel beside its octets, which may cost it twice."""


@dataclass
class Listening:
    """A receiver at work, and what it has handed over."""

    receiver: Receiver
    home: Path
    stop: threading.Event = field(default_factory=threading.Event)
    heard: list[Notification] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def port(self) -> int:
        """The UDP port that it listens at."""
        return self.receiver.places[0][1]

    def held(self) -> int:
        """Return of how many messages pysnmp keeps something, to answer them later."""
        engine = self.receiver._engine.pysnmp
        states = [
            one._cache._Cache__stateReferenceIndex
            for one in engine.message_processing_subsystems.values()
        ]
        secrets = [one._cache._Cache__cache_entries for one in engine.security_models.values()]
        return sum(map(len, (*states, *secrets)))

    def take(self, found: Heard) -> None:
        self.heard.extend(found.notifications)
        self.rejected.extend(found.rejected)

    def send(self, tool: str, *how: str, said: Sequence[str] = LINK_DOWN) -> int:
        """Send a notification with net-snmp's `tool`; return its exit code."""
        program = shutil.which(tool)
        if program is None:
            pytest.fail(f"net-snmp's {tool} is missing: apt-get install snmp")
        # What it remembers of engines and finds of MIBs on a machine must not matter.
        own = {"MIBS": "", "SNMPCONFPATH": str(self.home), "SNMP_PERSISTENT_DIR": str(self.home)}
        done = subprocess.run(  # noqa: S603 - a tool that we looked up
            [program, *how, f"{HERE}:{self.port}", "", *said],
            env={**os.environ, **own},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        return done.returncode

    @property
    def seen(self) -> int:
        """How many datagrams were handed over, believed or not."""
        return len(self.heard) + sum(one.count for one in self.rejected)

    def take_in(self, datagrams: Iterable[bytes]) -> int:
        """Send datagrams, no more at a time than the kernel keeps; return how many, all seen."""
        sent, waiting, before = 0, 0, self.seen
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for data in datagrams:
                waiting += _EACH + 2 * len(data)
                if waiting > AT_ONCE:
                    self.wait(lambda: self.seen == before + sent)  # noqa: B023 - waited for at once
                    waiting = _EACH + 2 * len(data)
                sender.sendto(data, (HERE, self.port))
                sent += 1
        self.wait(lambda: self.seen == before + sent)
        return sent

    def wait(self, done: Callable[[], object]) -> None:
        """Wait until `done`; fail when that takes too long."""
        ends = time.monotonic() + PATIENCE
        while not done():
            if time.monotonic() > ends:
                pytest.fail(f"heard {self.heard}, rejected {self.rejected}")
            time.sleep(0.02)


@contextmanager
def listening(
    home: Path,
    senders: Senders = SENDERS,
    rate: float = 100,
    take: Callable[[Listening, Heard], None] = Listening.take,
    logins: Sequence[SnmpLogin] = LOGINS,
) -> Iterator[Listening]:
    """Receive on a free port of loopback until the block ends; then all has been handed over."""
    receiver = Receiver([(HERE, 0)], senders, logins, IDENTITY, rate)
    found = Listening(receiver, home)
    thread = threading.Thread(target=receiver.run, args=(lambda one: take(found, one), found.stop))
    thread.start()
    try:
        yield found
    finally:
        found.stop.set()
        thread.join()
