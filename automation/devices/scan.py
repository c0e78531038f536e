"""Asking devices for their host keys. Nobody logs in, and nothing is trusted by it."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from automation.devices.deadline import Deadline
from automation.devices.hostkeys import fingerprint
from automation.devices.ssh import Dial, Target, direct, negotiate
from automation.errors import DeviceError

_WORKERS = 50


@dataclass(frozen=True, slots=True)
class Scanned:
    """What one host showed: its key's type and the key in base64, or why there is none."""

    target: Target
    kind: str = ""
    key: str = ""
    error: str = ""

    @property
    def fingerprint(self) -> str:
        """The key's fingerprint, `SHA256:…`."""
        return fingerprint(self.key)


def scan(
    targets: Iterable[tuple[Target, Dial]] | Iterable[Target], seconds: float = 10.0
) -> tuple[Scanned, ...]:
    """Return what each target shows, in the order asked; at most `seconds` for each.

    A target may come with the way to reach it (`Jumps.through`).
    """
    ways = [one if isinstance(one, tuple) else (one, direct) for one in targets]
    with ThreadPoolExecutor(max_workers=_WORKERS) as pool:
        return tuple(pool.map(lambda way: _scan(way[0], way[1], seconds), ways))


def _scan(target: Target, dial: Dial, seconds: float) -> Scanned:
    """Ask one target."""
    deadline = Deadline(seconds)
    try:
        transport = negotiate(target, dial(target, deadline), deadline)
    except DeviceError as error:
        return Scanned(target, error=str(error))
    try:
        key = transport.get_remote_server_key()
        return Scanned(target, key.get_name(), key.get_base64())
    finally:
        transport.close()
