"""A switch whose name the DNS did not know when the receiver began is heard once it does."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from automation.snmp.traps.senders import UNKNOWN
from automation.tasks import traps
from automation.tasks.senders import Directory, LookedUp
from automation.tasks.traps import looking_up
from automation.workspace import TrapSettings
from tests.integration.traps.receiving import HERE, listening
from tests.integration.traps.test_datagrams import send, trap
from tests.unit.findings.samples import device

pytestmark = pytest.mark.integration
NAMED = replace(device("sw-1", "access"), address="sw-1.net.example", snmp="v2")


def test_a_name_that_gets_an_address_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traps, "_LOOK_UP", 0.01)
    known: list[str] = []

    def resolver(*_: object, **__: object) -> list[tuple[object, ...]]:
        if not known:
            raise socket.gaierror("no such name")
        return [(socket.AF_INET, socket.SOCK_DGRAM, 17, "", (known[0], 0))]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    directory = Directory([NAMED], TrapSettings())
    found: list[LookedUp] = []
    with (
        listening(tmp_path, directory.senders()) as one,
        looking_up(directory, one.receiver, found.append),
    ):
        send(one, trap())
        one.wait(lambda: one.rejected)
        assert one.rejected[0].why == UNKNOWN
        known.append(HERE)
        one.wait(lambda: found)
        while not one.heard:  # the next tick believes it
            one.take_in([trap()])
    assert found == [LookedUp((NAMED,))]
    assert {notification.device for notification in one.heard} == {"sw-1"}
