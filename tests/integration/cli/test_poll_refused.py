"""`portvakt poll once` where logins and clocks are wrong: each device says what is the matter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from automation import lab, workspace
from automation.lab.files import address
from automation.model import TurnedDown
from automation.store import RefusalKey, Store
from tests.integration.cli.twin import Done, Twin, twin_in
from tests.integration.snmp.bender import running
from tests.integration.snmp.tap import HERE, Tap, TwinAgent, tapped
from tests.unit.lab.agent.demo import demo_lab

pytestmark = pytest.mark.integration

COMMUNITY, KEY, CLOCK = "city-acc-001", "mkb-acc-001", "mkb-acc-002"
TWINS = ("mkb-acc-003", "mkb-acc-004")
BAD = {COMMUNITY, KEY, CLOCK, *TWINS}
LOGINS = """
[poll]
timeout_ms = 500

[snmp.wrong_community]
community = {env = "PATH"}

[snmp.wrong_key]
user = "portvakt"
auth = "sha256"
auth_password = {env = "PATH"}
priv = "aes128"
priv_password = {env = "PATH"}
"""
"""Logins with something for a secret that nobody has used as one."""


@dataclass(frozen=True)
class Net:
    """A lab in which five devices are wrong in four ways, and taps before them."""

    twin: Twin
    taps: Mapping[str, Tap]

    @property
    def url(self) -> str:
        """Where the store is."""
        return workspace.find(self.twin.folder, {}).store_url

    def poll(self) -> Done:
        """Run the command; what the taps saw begins anew."""
        for tap in self.taps.values():
            tap.seen.clear()
        return self.twin.portvakt("poll", "once", "-o", "json")


def _edit(folder: Path, device: str, key: str, value: str) -> None:
    """Change a value of a host in the inventory."""
    file = folder / "inventory" / device.partition("-")[0] / "hosts.yaml"
    pattern = rf"(?ms)(^{device}:\n(?: [^\n]*\n)*? +{key}: )[^\n]*"
    text, count = re.subn(pattern, rf"\g<1>{value}", file.read_text(encoding="utf-8"))
    assert count == 1
    file.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Net]:
    with twin_in(tmp_path_factory.mktemp("refused") / "lab") as twin, ExitStack() as stack:
        plan = lab.read_plan(twin.folder)
        names = [one.name for one in plan.fleet()]
        places = {name: address(plan.network, at) for at, name in enumerate(names)}
        demo = demo_lab()
        leaping = TwinAgent(demo.agents[CLOCK], demo.clock)
        stack.enter_context(running([leaping]))
        agents = {name: (places[name], plan.port) for name in (COMMUNITY, KEY)}
        agents |= {CLOCK: (HERE, leaping.port), TWINS[1]: (places[TWINS[0]], plan.port)}
        taps = {
            name: stack.enter_context(tapped(*place, listen=places[name]))
            for name, place in agents.items()
        }
        for name, tap in taps.items():
            _edit(twin.folder, name, "snmp_port", str(tap.port))
        _edit(twin.folder, COMMUNITY, "snmp", "wrong_community")
        _edit(twin.folder, KEY, "snmp", "wrong_key")
        with (twin.folder / "portvakt.toml").open("a", encoding="utf-8") as settings:
            settings.write(LOGINS)
        yield Net(twin, taps)


SAID = {
    COMMUNITY: "agents are silent to a wrong community, too",
    KEY: "the agent turns user portvakt down: wrong authentication key",
    CLOCK: "the agent's clock is outside the window of 150 s",
    TWINS[0]: f"is also that of {TWINS[1]}; give each device its own",
    TWINS[1]: f"is also that of {TWINS[0]}; give each device its own",
}


def test_each_says_what_is_the_matter_and_the_others_are_read(net: Net) -> None:
    done = net.poll()
    assert done.returncode == 3
    errors = {row["device"]: row["error"] for row in done.json["devices"] if not row["polled"]}
    assert errors.keys() == BAD
    assert {device for device, said in SAID.items() if said in errors[device]} == BAD
    lost = {row["device"] for row in done.json["ports"] if row["counters"] is None}
    assert lost == BAD
    assert sum(row["polled"] for row in done.json["devices"]) == 12 - len(BAD)


def _forgotten(net: Net) -> None:
    """Let go of who turned us down in runs before."""
    with Store.open(net.url) as store:
        store.record_refusals(dict.fromkeys(store.refusals()))


def _known(store: Store) -> tuple[RefusalKey, TurnedDown]:
    """Return the one refusal of the device with the wrong key, and of which login it is."""
    (found,) = [one for one in store.refusals().items() if one[0][0] == KEY]
    return found


@pytest.mark.parametrize(
    ("device", "most", "signed"), [(COMMUNITY, 2, 0), (KEY, 5, 3), (CLOCK, 6, 4)]
)
def test_no_device_sees_more_than_is_documented(
    net: Net, device: str, most: int, signed: int
) -> None:
    _forgotten(net)
    assert net.poll().returncode == 3
    seen, with_key = net.taps[device].taken()
    assert 0 < seen <= most
    assert with_key <= signed


def test_the_next_run_leaves_out_who_turned_the_one_before_down(net: Net) -> None:
    """As cron has it every five minutes; and so does who looks for himself meanwhile."""
    _forgotten(net)
    first, second = net.poll(), net.poll()
    assert all(not net.taps[device].seen for device in (KEY, CLOCK))
    assert net.taps[COMMUNITY].seen
    errors = {row["device"]: row["error"] for row in second.json["devices"]}
    assert errors[KEY].startswith(f"left out, since it turned us down: {SAID[KEY]}; asked again ")
    assert (first.returncode, second.returncode) == (3, 3)
    shown = net.twin.portvakt("poll", "show", KEY, "--now")
    assert shown.returncode == 3
    assert f"{KEY}: left out, since it turned us down: {SAID[KEY]}" in shown.stderr
    assert not net.taps[KEY].seen


def test_who_looks_is_remembered_by_the_next_run(net: Net) -> None:
    _forgotten(net)
    net.taps[KEY].taken()
    assert SAID[KEY] in net.twin.portvakt("poll", "show", KEY, "--now").stderr
    assert net.taps[KEY].taken() == (5, 3)
    net.poll()
    assert not net.taps[KEY].seen


def test_again_asks_who_turned_us_down_here_and_now(net: Net) -> None:
    _forgotten(net)
    net.poll()
    net.taps[KEY].taken()
    assert SAID[KEY] in net.twin.portvakt("poll", "show", KEY, "--again").stderr
    assert net.taps[KEY].taken() == (5, 3)
    net.twin.portvakt("poll", "once", "--again", "-l", KEY)
    assert net.taps[KEY].taken() == (5, 3)


def test_the_second_time_nobody_asks_why_again(net: Net) -> None:
    _forgotten(net)
    net.poll()
    with Store.open(net.url) as store:
        (key, known) = _known(store)
        store.record_refusals({key: replace(known, at=known.at - 500)})
    again = net.poll()
    assert net.taps[KEY].taken() == (3, 2)
    errors = {row["device"]: row["error"] for row in again.json["devices"]}
    assert errors[KEY] == SAID[KEY]
    with Store.open(net.url) as store:
        assert _known(store)[1].count == 2


def test_another_login_is_tried_at_once_and_the_one_before_is_still_left_out(net: Net) -> None:
    _forgotten(net)
    net.poll()
    settings = net.twin.folder / "portvakt.toml"
    before = settings.read_text(encoding="utf-8")
    settings.write_text(before.replace(LOGINS, LOGINS.replace("aes128", "aes256")))
    try:
        net.poll()
        assert net.taps[KEY].seen
        _edit(net.twin.folder, KEY, "snmp", "mkb")
        read = {row["device"] for row in net.poll().json["devices"] if row["polled"]}
        assert KEY in read
        _edit(net.twin.folder, KEY, "snmp", "wrong_key")
        net.poll()
        assert not net.taps[KEY].seen
    finally:
        settings.write_text(before, encoding="utf-8")
        _edit(net.twin.folder, KEY, "snmp", "wrong_key")


def test_the_daemon_leaves_out_who_turned_it_down(net: Net) -> None:
    _forgotten(net)
    for tap in net.taps.values():
        tap.seen.clear()
    settings = net.twin.folder / "portvakt.toml"
    settings.write_text(settings.read_text().replace("[poll]", "[poll]\ninterval = 10"))
    done = net.twin.portvakt("poll", "run", "--cycles", "2", "-l", f"{KEY},{CLOCK}", "-v")
    assert done.stderr.count("2 devices, 2 not read") == 2
    assert done.stderr.count(f"{KEY}: left out, since it turned us down: the agent turns") == 1
    assert net.taps[KEY].taken() == (5, 3)


def test_no_secret_is_told(net: Net) -> None:
    done = net.poll()
    assert "lab-snmp" not in done.stdout + done.stderr
