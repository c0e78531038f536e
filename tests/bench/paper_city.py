"""The city without a wire: its workspace with every row imported, its switches as objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from automation.drift import Seen
from automation.inventory import ports_csv
from automation.lab.files import SECRETS, address, read_plan
from automation.lab.fleet import Systems, switch_of
from automation.lab.switch import Switch
from automation.model import Device, sent_lines
from automation.playbook import Network
from automation.tasks.subject import Subject
from automation.workspace import find
from tests.bench import twins

TODAY = datetime.now(UTC).date()


@contextmanager
def city() -> Iterator[Path]:
    """Write the city's workspace and import its ports; it is gone afterwards."""
    with twins.written("city") as folder:
        with opened(folder) as network:
            store = network.store
            rows = ports_csv.read(
                (folder / "ports.csv").read_bytes(),
                "ports.csv",
                network.inventory,
                store.ports(),
                store.subscriptions(),
            )
            assert not rows.faults
            store.write_ports(rows.ports, rows.subscriptions)
        yield folder


def opened(folder: Path) -> Network:
    """Return the network of a workspace; a context manager."""
    return Network(find(folder, {}))


def access(network: Network, *, quick: bool) -> tuple[Device, ...]:
    """Return the access switches, or a few of them."""
    return network.select("mkb-acc-01?" if quick else "role=access")


@dataclass(frozen=True, slots=True)
class Paper:
    """A subject, what its switch printed when it was bootstrapped, and after it was provisioned."""

    subject: Subject
    bootstrapped: str
    provisioned: str


def provisioned(folder: Path, subjects: Mapping[str, Subject]) -> dict[str, Paper]:
    """Provision the switches of `subjects` by typing what the comparison says at them."""
    plan, systems = read_plan(folder), Systems()
    papers = {}
    for index, device in enumerate(plan.fleet()):
        subject = subjects.get(device.name)
        if subject is not None:
            switch = switch_of(device, address(plan.network, index), systems)
            papers[device.name] = _provision(subject, switch)
    return papers


def _provision(subject: Subject, switch: Switch) -> Paper:
    before = switch.running()
    shown = {**SECRETS, **subject.tools.engine.shown_secrets(before)}
    cli = subject.platform.cli
    drift = subject.compare(before, Seen(bindings=frozenset(p.name for p in subject.intent.ports)))
    switch.enter(cli.enter)
    for stanza in drift.stanzas:
        for line in sent_lines(stanza):
            switch.enter(revealed(line.strip(), shown))
        if stanza.header:
            switch.enter(cli.exit)
    switch.enter(cli.leave)
    after = switch.running()
    left = subject.compare(after, Seen(trust=True)).stanzas
    assert not left, f"{subject.device.name} is not provisioned: {left[0]}"
    return Paper(subject, before, after)


def revealed(line: str, secrets: Mapping[str, str]) -> str:
    """Return the line as it goes on the wire."""
    for name, value in secrets.items():
        line = line.replace(f"<secret:{name}>", value)
    return line
