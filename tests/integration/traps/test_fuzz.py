"""Ten thousand bent traps: each counted, none of them news, and the next good one is taken.

Over v2c what is well encoded is believed, whoever bent it: what reads otherwise than the truth is
not sent. Over v3 nothing has to be left out, since nothing that is not signed is believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from automation.lab.agent.device import LinkChange
from automation.lab.agent.notify import Notifier, Sink
from automation.lab.agent.usm import AuthProtocol, Keyring, User
from automation.lab.agent.v3 import Engine
from automation.model import Finding
from automation.snmp.traps import Heard, Sender, Senders
from automation.store import Store
from automation.tasks import traps
from automation.tasks.traps import News, Trapping
from automation.workspace import TrapSettings
from tests.integration.snmp.fuzzing import BROKEN
from tests.integration.snmp.leniency import pairs
from tests.integration.traps.network import INVENTORY
from tests.integration.traps.receiving import AUTH, HERE, PRIV, Listening, listening
from tests.unit.lab.agent.demo import Demo, demo_lab

pytestmark = pytest.mark.integration

DATAGRAMS = 5000
WARM = 500
"""Datagrams after which what is learned once has been learned."""
GROWTH = 16 << 20
"""Octets by which the process may grow with all the others."""
LARGEST = 9000
SENDERS = Senders({HERE: Sender("acc-1", frozenset({"v2", "v3"}))})
SINKS = {
    "v2c": Sink(HERE, 0, "public"),
    "v3": Sink(HERE, 0, user=User("noc", AuthProtocol.SHA256, AUTH, PRIV)),
}


def _notifier(demo: Demo, sink: Sink) -> Notifier:
    device = demo.agents["mkb-acc-001"].device
    return Notifier(device, Engine(device, Keyring((sink.user,) if sink.user else ())))


def _bent(true: bytes, signed: bool, seed: str) -> Iterator[bytes]:
    """Yield datagrams for ever: a trap as it may arrive."""
    chance, kinds, said = Random(seed), tuple(BROKEN), pairs(true)  # noqa: S311 - to be run again
    while True:
        data = BROKEN[chance.choice(kinds)](true, chance)[:LARGEST]
        if signed or set(pairs(data)) <= set(said):
            yield data


def _resident() -> int:
    """Return the octets of memory that this process has."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (found,) = re.findall(r"VmRSS:\s+(\d+) kB", status)
    return int(found) * 1024


def _known(store: Store) -> list[Finding]:
    """Return the findings but for how often, and when last, they were only repeated."""
    return [replace(one, repeats=0, clock_at=None) for one in store.findings()]


@pytest.mark.parametrize("version", SINKS)
def test_bent_traps_are_counted_and_change_nothing(
    tmp_path: Path, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traps, "_SETTLE", 0.0)
    notifier, sink, told = _notifier(demo_lab(), SINKS[version]), SINKS[version], list[News]()
    down, up = (notifier.link(LinkChange(4, up), sink) for up in (False, True))
    bent = _bent(down, sink.user is not None, version)
    with Store.open("sqlite:///store.db", tmp_path) as store:
        trapping = Trapping(INVENTORY, store, TrapSettings(), told.append)

        def take(one: Listening, found: Heard) -> None:
            trapping.take(found)
            one.take(found)

        with listening(tmp_path, SENDERS, rate=10_000, take=take) as one:
            one.take_in([down])
            before = _known(store)
            one.take_in(next(bent) for _ in range(WARM))
            grown = _resident()
            one.take_in(next(bent) for _ in range(DATAGRAMS - WARM))
            grown = _resident() - grown
            assert _known(store) == before
            believed = len(one.heard)
            one.take_in([up])
            assert len(one.heard) == believed + 1
        assert [finding.is_open for finding in store.findings()] == [False]
        counted = [rejected.count for rejected in store.rejected() if rejected.source == HERE]
        assert sum(counted) == one.seen - len(one.heard)
    assert one.seen == DATAGRAMS + 2
    assert one.seen - len(one.heard) > DATAGRAMS * 0.6
    assert len(before) == 1
    assert grown < GROWTH
    assert sum(len(news.begun) + len(news.over) for news in told) == 2
