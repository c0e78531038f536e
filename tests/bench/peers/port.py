"""Portvakt on one port of a real switch: read, transaction, read; cold or warm."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from automation import platforms
from automation.devices import Deadline, LoginGuard, Session, open_session
from automation.devices.session import Options
from automation.model import Stanza, StanzaState
from automation.playbook import Network
from automation.workspace import find
from tests.bench.serving import Work, serve

OVS = platforms.get("openvswitch")
_HOUR = 3600.0


def prepare(job: dict[str, Any]) -> Work:
    """Return the work: `job` has folder, device, lines (two, which take turns), times, warm."""
    network = Network(find(Path(job["folder"]), {}))
    device = network.inventory.devices[job["device"]]
    reach = network.reach()
    login = reach.credentials.login(device.credentials)
    here, there = job["lines"]

    def opened() -> Session:
        options = Options(Deadline(_HOUR), guard=LoginGuard())
        return open_session(device, OVS, login, reach.host_keys, options)

    kept = opened() if job["warm"] else None

    def work(_: str) -> None:
        for at in range(job["times"]):
            session = kept or opened()
            _change(session, *((there, here) if at % 2 else (here, there)))
            if kept is None:
                session.close()

    return work


def _change(session: Session, old: str, new: str) -> None:
    """Take a port from one line to another; what is not so before or after ends the benchmark."""
    assert old in session.fetch().splitlines()
    stanza = Stanza("ports", "", (new,), "", (old,), subject=new)
    sent = session.configure([stanza], str)
    assert set(sent.states) == {StanzaState.APPLIED}, sent.refusal
    assert new in session.fetch().splitlines()


if __name__ == "__main__":
    serve(prepare)
    sys.exit(0)
