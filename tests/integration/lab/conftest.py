"""One city for all tests of the lab, and a plain SSH client: paramiko, nothing of the product."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import paramiko
import pytest

from automation import lab
from automation.lab.files import address


@dataclass(frozen=True)
class Place:
    """Where a device of a lab answers, and what it knows its users by."""

    host: str
    port: int
    password: str
    enable: str


def _place(folder: Path, name: str) -> Place:
    plan = lab.read_plan(folder)
    names = [device.name for device in plan.fleet()]
    secrets = folder / ".portvakt" / "secrets"
    return Place(
        address(plan.network, names.index(name)),
        plan.port,
        (secrets / name.partition("-")[0]).read_text().strip(),
        (secrets / "city_enable").read_text().strip(),
    )


class Shell:
    """A shell on a device; `read` returns what arrived up to the words one waits for."""

    def __init__(self, where: Place, password: str | None = None) -> None:
        self._sock = socket.create_connection((where.host, where.port), timeout=10)
        self._transport = paramiko.Transport(self._sock)
        self._transport.start_client(timeout=10)
        key = self._transport.get_remote_server_key()
        self.host_key = f"[{where.host}]:{where.port} {key.get_name()} {key.get_base64()}"
        self._transport.auth_password("portvakt", password or where.password)
        self._channel = self._transport.open_session()
        self._channel.get_pty(width=511, height=1000)
        self._channel.invoke_shell()
        self._channel.settimeout(10)

    def __enter__(self) -> Shell:
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.close()
        self._sock.close()

    def send(self, text: str) -> None:
        """Type `text`; EOFError when the device has hung up already."""
        try:
            self._channel.sendall(text.encode())
        except OSError as error:
            raise EOFError from error

    def read(self, until: str) -> str:
        """Return what arrives up to `until`; EOFError when the device hangs up before."""
        heard = ""
        while until not in heard:
            data = self._channel.recv(65536)
            if not data:
                raise EOFError(heard)
            heard += data.decode()
        return heard

    def ask(self, line: str, until: str) -> str:
        self.send(f"{line}\n")
        return self.read(until)

    def silent(self, seconds: float) -> bool:
        """Return whether nothing more arrives for a while."""
        self._channel.settimeout(seconds)
        try:
            return not self._channel.recv(1)
        except TimeoutError:
            return True
        finally:
            self._channel.settimeout(10)


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("labs") / "city"
    lab.write_workspace(folder, "city")
    lab.up(folder)
    try:
        yield folder
    finally:
        lab.down(folder)


@pytest.fixture
def broken(city: Path) -> Iterator[Path]:
    """The city, in which whatever a test breaks is mended and rebooted afterwards."""
    yield city
    for device in ("city-acc-001", "city-acc-002", "city-tra-001", "mkb-acc-001"):
        lab.mend(city, device)
        lab.reboot(city, device)


@pytest.fixture
def place(city: Path) -> Callable[[str], Place]:
    """Return where a device of the city answers."""
    return lambda name: _place(city, name)


@pytest.fixture
def shell(city: Path) -> Iterator[Callable[..., Shell]]:
    """Open shells on devices of the city; they are closed after the test."""
    with ExitStack() as stack:
        yield lambda name, password=None: stack.enter_context(Shell(_place(city, name), password))
