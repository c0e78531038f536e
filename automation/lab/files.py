"""Writes a lab's workspace: inventory, settings, secrets, ports, host keys. Only files, no wire."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from automation.errors import UsageError, WorkspaceError
from automation.lab.cables import cables
from automation.lab.city import LabDevice, Scale, csv_rows, devices

STATE = ".portvakt/lab.json"
_SHARED = ("groups", "defaults", "models", "services", "port_roles", "policy")
_A_NETWORK = 250
"""Devices a /24 of the loopback network, so that no address ends in 0 or 255."""


@dataclass(frozen=True, slots=True)
class LabPlan:
    """A lab that is written down: how big, from which seed, and where it answers.

    `network` is the first two octets of every device's address; all listen on `port`, with SSH
    over TCP and with SNMP over UDP. They send traps to port `traps` of 127.0.0.1.
    """

    folder: Path
    scale: Scale
    seed: int
    network: str
    port: int
    devices: int

    @property
    def traps(self) -> int:
        """The UDP port of 127.0.0.1 that devices send their traps to."""
        return self.port + 1

    def fleet(self) -> tuple[LabDevice, ...]:
        """Return every switch of the lab."""
        return devices(self.scale, self.seed)


def address(network: str, index: int) -> str:
    """Return the address of the device that is the `index`th of its lab, from 0."""
    third, fourth = divmod(index, _A_NETWORK)
    return f"{network}.{third}.{fourth + 1}"


def write_workspace(folder: Path, scale: Scale, seed: int = 1) -> LabPlan:
    """Write a complete workspace for a lab into `folder`, which must be new or empty.

    The same scale and seed give the same network; addresses, port and host keys are new in
    each lab, so that two stand side by side. `ports.csv` is for `portvakt port import`.

    Raises:
        UsageError: `folder` is there and not empty, or is not a folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not an empty folder; a lab wants one of its own")
    fleet = devices(scale, seed)
    network, port = _free_place()
    plan = LabPlan(folder, scale, seed, network, port, len(fleet))
    (folder / ".portvakt").mkdir(parents=True, mode=0o700)
    (folder / ".portvakt").chmod(0o700)
    _write_inventory(plan, fleet)
    _write_secrets(folder)
    (folder / "ports.csv").write_text("\n".join(csv_rows(fleet)) + "\n", encoding="utf-8")
    _write_keys(plan, fleet)
    return plan


def read_plan(folder: Path) -> LabPlan:
    """Return the plan of the lab in `folder`; WorkspaceError when there is none."""
    state = read_state(folder)
    return LabPlan(
        folder, state["scale"], state["seed"], state["network"], state["port"], state["devices"]
    )


def read_state(folder: Path) -> dict[str, Any]:
    """Return the lab's own notes; WorkspaceError when there are none."""
    try:
        state: dict[str, Any] = json.loads((folder / STATE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WorkspaceError(f"{folder} has no lab; make one with: portvakt lab up --dir") from None
    return state


def _free_place() -> tuple[str, int]:
    """Return a network in 127/8 and a port above 1024 where nobody listens yet."""
    chance = random.SystemRandom()
    for _ in range(100):
        network, port = f"127.{chance.randint(16, 250)}", chance.randint(10_000, 32_000)
        where = address(network, 0)
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            if tcp.connect_ex((where, port)) and _free(udp, where, port):
                return network, port
    raise UsageError("found no free place in 127.0.0.0/8 for a lab")


def _free(udp: socket.socket, where: str, port: int) -> bool:
    try:
        udp.bind((where, port))
    except OSError:
        return False
    return True


def _write_inventory(plan: LabPlan, fleet: Sequence[LabDevice]) -> None:
    inventory = plan.folder / "inventory"
    inventory.mkdir()
    content = files("automation.lab") / "content"
    for name in _SHARED:
        text = (content / f"{name}.yaml").read_text(encoding="utf-8")
        (inventory / f"{name}.yaml").write_text(text, encoding="utf-8")
    text = (content / "portvakt.toml").read_text(encoding="utf-8")
    (plan.folder / "portvakt.toml").write_text(
        f'{text}\n[trap]\nlisten = ["127.0.0.1:{plan.traps}"]\nlogins = ["city", "mkb"]\n',
        encoding="utf-8",
    )
    hosts: dict[str, list[str]] = {}
    links = {(cable.lower.device, cable.lower.port): cable.upper for cable in cables(fleet)}
    for index, device in enumerate(fleet):
        lines = hosts.setdefault(device.estate, [f"# The lab's estate {device.estate}. Invented."])
        lines.extend(_host(device, address(plan.network, index), plan.port))
        ends = [(port, links.get((device.name, port))) for port in device.uplinks]
        written = ", ".join(f"{port}: {end.device} {end.port}" for port, end in ends if end)
        if written:
            lines.append(f"    links: {{{written}}}")
    for estate, lines in hosts.items():
        (inventory / estate).mkdir()
        (inventory / estate / "hosts.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _host(device: LabDevice, where: str, port: int) -> Iterator[str]:
    """Yield one host in the format of Nornir's SimpleInventory."""
    yield f"{device.name}:"
    yield f"  hostname: {where}"
    yield f"  port: {port}"
    yield f"  groups: [{', '.join(device.groups)}]"
    yield "  data:"
    yield f"    site: {device.site}"
    yield f"    credentials: {device.estate}"
    yield f"    snmp: {device.estate}"
    yield f"    snmp_port: {port}"
    yield f"    uplinks: [{', '.join(device.uplinks)}]"


SECRETS: Mapping[str, str] = {
    "city": "lab-city-password",
    "city_enable": "lab-city-enable",
    "mkb": "lab-mkb-password",
    "snmp_read": "lab-snmp-read",
    "snmp_auth": "lab-snmp-auth",
    "snmp_priv": "lab-snmp-priv",
    "tacacs": "lab-tacacs-key",
    "breakglass": "lab-breakglass",
}


def _write_secrets(folder: Path) -> None:
    """Write the lab's secrets where only their owner reads them; they open nothing but the lab."""
    place = folder / ".portvakt" / "secrets"
    place.mkdir(mode=0o700)
    for name, secret in SECRETS.items():
        (place / name).touch(mode=0o600)
        (place / name).write_text(secret + "\n", encoding="utf-8")


def _write_keys(plan: LabPlan, fleet: Iterable[LabDevice]) -> None:
    """Write a host key a device, what clients are to know of it, and the lab's own notes."""
    known, keys = [], {}
    for index, device in enumerate(fleet):
        key = Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
        known.append(f"[{address(plan.network, index)}]:{plan.port} {public}\n")
        keys[device.name] = key.private_bytes_raw().hex()
    place = plan.folder / ".portvakt"
    (place / "known_hosts").touch(mode=0o600)
    (place / "known_hosts").write_text("".join(known), encoding="utf-8")
    state = {name: value for name, value in asdict(plan).items() if name != "folder"}
    write_state(plan.folder, {**state, "keys": keys})


def write_state(folder: Path, state: Mapping[str, Any]) -> None:
    """Write the lab's own notes, in one step, for its owner only."""
    place = folder / STATE
    draft = place.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")
    draft.replace(place)


def private_key(raw: str) -> bytes:
    """Return a host key of the lab's notes in OpenSSH's own format."""
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(raw))
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
