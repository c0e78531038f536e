"""Proof: a change of an uplink that nobody can confirm the switch takes back by itself."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from automation.platforms.openvswitch.change import LIBRARY
from tests.reallab.commands import wait_for
from tests.reallab.machine import inside
from tests.reallab.noc import ssh
from tests.reallab.operator import City, Ended, Operator
from tests.reallab.probes.faults import Hanging, cut_off, hanging, lose_power, regain_power
from tests.reallab.probes.truth import ports
from tests.reallab.topology import UPLINKS

pytestmark = [
    pytest.mark.reallab,
    pytest.mark.proof(
        "cut off in the window of a timed commit: back on its old config", "openvswitch"
    ),
]
SWITCH, UPLINK = "city-acc-002", UPLINKS[0]
PATIENCE = 5
"""Seconds that a device may take, and that the clock on the switch waits at most."""
_SETTING = "deadline = 120"


@contextmanager
def impatient(city: City) -> Iterator[None]:
    """Give devices less time, for the length of the block."""
    settings = city.lab.place.workspace / "portvakt.toml"
    before = settings.read_text(encoding="utf-8")
    assert _SETTING in before
    settings.write_text(before.replace(_SETTING, f"deadline = {PATIENCE}"), encoding="utf-8")
    try:
        yield
    finally:
        settings.write_text(before, encoding="utf-8")


def notes(city: City) -> str:
    """Return what the switch has noted about itself: a pending commit, above all."""
    return inside(
        city.lab.place, SWITCH, "ovs-vsctl", "get", "Open_vSwitch", ".", "external_ids"
    ).strip()


def lose_a_vlan(city: City) -> None:
    """Take a network from the uplink by hand, so that the next run has to change it."""
    inside(city.lab.place, SWITCH, "ovs-vsctl", "remove", "port", UPLINK, "trunks", "1102")


@contextmanager
def in_the_window(city: City, operator: Operator) -> Iterator[tuple[Hanging, Future[Ended]]]:
    """Begin a run, and go on when its change stands and waits; nobody has been told yet."""
    with (
        hanging(city.lab, SWITCH, "ovsdb-client", "transact", done=True) as program,
        ThreadPoolExecutor(1) as aside,
    ):
        running = aside.submit(operator.provisions, SWITCH)
        program.wait()
        assert 1102 in ports(city.lab, SWITCH)[UPLINK].trunks
        assert "portvakt-commit" in notes(city)
        yield program, running


@contextmanager
def boot_hook(city: City) -> Iterator[None]:
    """Install what the platform's documentation says, for the length of the block."""
    put = "cat >/etc/portvakt.sh; printf '#!/bin/sh\\nsh /etc/portvakt.sh boot\\n' >/etc/rc.local"
    inside(city.lab.place, SWITCH, "sh", "-c", f"{put}; chmod +x /etc/rc.local", stdin=LIBRARY)
    try:
        yield
    finally:
        inside(city.lab.place, SWITCH, "rm", "/etc/rc.local")


def mended(city: City, operator: Operator) -> None:
    """Play the playbook again, and see that this time the change is confirmed."""
    assert operator.provisions(SWITCH).outcomes == {SWITCH: "changed"}
    assert 1102 in ports(city.lab, SWITCH)[UPLINK].trunks
    assert "portvakt-commit" not in notes(city)


def test_the_management_path_is_cut_in_the_window(city: City, operator: Operator) -> None:
    lab = city.lab
    lose_a_vlan(city)
    before = ports(lab, SWITCH)
    with impatient(city), in_the_window(city, operator) as (program, running), cut_off(lab, SWITCH):
        program.go_on()
        row = running.result().devices[SWITCH]
        assert row["outcome"] == "unknown"
        assert "unless it was confirmed the device takes it back" in row["why"]
        wait_for("the switch to take it back", lambda: ports(lab, SWITCH) == before, 30.0)
        assert ssh(lab, SWITCH, "hostname").code == 255
    assert "portvakt-commit" not in notes(city)
    mended(city, operator)


def test_the_switch_restarts_in_the_window(city: City, operator: Operator) -> None:
    lab = city.lab
    lose_a_vlan(city)
    before = ports(lab, SWITCH)
    with boot_hook(city), in_the_window(city, operator) as (_, running):
        lose_power(lab, SWITCH)
        assert running.result().outcomes == {SWITCH: "unknown"}
        regain_power(lab, SWITCH)
        assert ports(lab, SWITCH) == before
    assert "portvakt-commit" not in notes(city)
    mended(city, operator)
