"""Each platform's own data against the twin: the same session, another command line."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Literal

import asyncssh
import pytest

from automation import platforms
from automation.devices import HostKeys, Session, Target, Window, open_session
from automation.devices.candidate_name import candidate_name
from automation.errors import Busy, DeviceError, Lost, NotAuthorised, SaveFailed
from automation.lab import Fault, FaultKind, Switch, Wording, device_for
from automation.lab.terminal import Pace
from automation.lab.wire import Station
from automation.model import Login, Secret, Stanza, StanzaState
from tests.integration.devices.bench import Bench, plain, stanza

pytestmark = pytest.mark.integration

Name = Literal["cisco_ios", "huawei_vrp", "arista_eos"]
ENABLE = "enable-me"
A, U, X = StanzaState.APPLIED, StanzaState.UNTOUCHED, StanzaState.UNKNOWN


@dataclass(frozen=True)
class Case:
    """A platform, two stanzas that it takes, and the lines that it then shows."""

    platform: Name
    stanzas: tuple[Stanza, ...]
    shows: tuple[str, ...]
    enable: str | None = None
    candidate: bool = False

    def __str__(self) -> str:
        return self.platform


CASES = (
    Case(
        "cisco_ios",
        (
            stanza("vlan 110", "name INTERNET"),
            stanza("interface GigabitEthernet1/0/3", "description A", "switchport access vlan 110"),
        ),
        ("interface GigabitEthernet1/0/3\n description A\n switchport access vlan 110\n",),
        enable=ENABLE,
    ),
    Case(
        "huawei_vrp",
        (
            stanza("vlan 110", "name INTERNET"),
            stanza("interface GigabitEthernet0/0/3", "description A", "port link-type access"),
        ),
        (" description A\n",),
    ),
    Case(
        "arista_eos",
        (
            stanza("vlan 110", "name INTERNET"),
            stanza("interface Ethernet3", "description A", "switchport access vlan 110"),
        ),
        ("interface Ethernet3\n   description A\n   switchport access vlan 110\n",),
        candidate=True,
    ),
)


@dataclass
class Twin:
    """A switch of the twin on the wire, and how to log in there."""

    switch: Switch
    login: Callable[..., Session]


def stable(text: str) -> list[str]:
    """Return a configuration without what is different each time it is shown."""
    moving = ("Building", "Current conf", "! Last conf", "! Time", "cipher", "! Command")
    return [line for line in text.splitlines() if line and not any(one in line for one in moving)]


@pytest.fixture(params=CASES, ids=str)
def case(request: pytest.FixtureRequest) -> Case:
    assert isinstance(request.param, Case)
    return request.param


@pytest.fixture
def twin(case: Case, bench: Bench) -> Iterator[Twin]:
    switch = device_for(case.platform, "sw1", enable=case.enable)
    key = asyncssh.generate_private_key("ssh-ed25519")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    station = Station(switch, "127.0.0.1", port, key, Pace())
    bench.rack.run(station.listen())
    hostkeys = HostKeys(bench.known_hosts)
    kind, text, *_ = key.export_public_key().decode().split()
    hostkeys.accept(Target("sw1", "127.0.0.1", port), kind, text)
    identity = switch.identity
    login = Login(identity.username, Secret(identity.password), Secret(ENABLE))
    device = replace(bench.device(bench.rack.switch()), port=port, platform=case.platform)

    def log_in(window: Window = Window.LINE) -> Session:
        platform = platforms.get(case.platform)
        session = open_session(device, platform, login, hostkeys, bench.options(window=window))
        bench.open.append(session)
        return session

    yield Twin(switch, log_in)
    bench.rack.run(station.close())


@pytest.mark.parametrize("window", Window, ids=str)
def test_what_is_sent_is_shown_and_saved(case: Case, twin: Twin, window: Window) -> None:
    session = twin.login(window)
    before = session.fetch()
    assert stable(before) == stable(twin.switch.running())
    sent = session.configure(case.stanzas, plain)
    assert (sent.states, sent.refusal) == ((A, A), None)
    assert bool(sent.diff) == case.candidate
    after = session.fetch()
    for lines in case.shows:
        assert lines in after
        assert lines not in before
    session.save()
    assert stable(twin.switch.startup()) == stable(twin.switch.running())


@pytest.mark.parametrize("window", Window, ids=str)
@pytest.mark.parametrize("wording", Wording, ids=str)
def test_a_refusal_in_any_words(case: Case, twin: Twin, wording: Wording, window: Window) -> None:
    session = twin.login(window)
    before = session.fetch()
    twin.switch.fault = Fault(FaultKind.REFUSE, match="^ *description", wording=wording)
    sent = session.configure(case.stanzas, plain)
    assert sent.states == ((U, U) if case.candidate else (A, X))
    assert sent.refusal is not None
    assert (sent.refusal.line, sent.refusal.stanza) == ("description A", 1)
    assert sent.refusal.text
    twin.switch.fault = None
    if case.candidate:
        assert stable(twin.login().fetch()) == stable(before)
        assert not twin.switch.pending


def test_a_mode_line_that_is_refused(case: Case, twin: Twin) -> None:
    session = twin.login(Window.STANZA)
    twin.switch.fault = Fault(FaultKind.REFUSE_MODE)
    sent = session.configure(case.stanzas, plain)
    assert sent.refusal is not None
    assert sent.refusal.line == case.stanzas[1].header
    assert not any(lines in twin.switch.running() for lines in case.shows)


def test_a_mode_line_that_is_ignored(case: Case, twin: Twin) -> None:
    session = twin.login(Window.STANZA)
    twin.switch.fault = Fault(FaultKind.IGNORE, match="^interface")
    sent = session.configure(case.stanzas, plain)
    assert sent.refusal is not None
    assert sent.refusal.line == case.stanzas[1].header
    assert "another mode" in sent.refusal.text


# The twin's EOS throws in log lines as IOS words them, so there it is no judge.
@pytest.mark.parametrize("case", CASES[:2], indirect=True, ids=str)
@pytest.mark.parametrize("line", [1, 2, 3])
@pytest.mark.parametrize("window", Window, ids=str)
def test_log_lines_in_the_echo(case: Case, twin: Twin, line: int, window: Window) -> None:
    session = twin.login(window)
    twin.switch.fault = Fault(FaultKind.NOISE, line=line)
    sent = session.configure(case.stanzas, plain)
    assert (sent.states, sent.refusal) == ((A, A), None)
    twin.switch.fault = None
    assert stable(session.fetch()) == stable(twin.switch.running())


@pytest.mark.parametrize(
    ("kind", "error"), [(FaultKind.AUTHORISE, NotAuthorised), (FaultKind.LOCKED, Busy)]
)
def test_configuration_mode_is_closed_to_us(
    case: Case, twin: Twin, kind: FaultKind, error: type[DeviceError]
) -> None:
    session = twin.login()
    before = twin.switch.running()
    twin.switch.fault = Fault(kind)
    with pytest.raises(error):
        session.configure(case.stanzas, plain)
    assert stable(twin.switch.running()) == stable(before)


def test_a_save_that_fails(case: Case, twin: Twin) -> None:
    session = twin.login()
    twin.switch.fault = Fault(FaultKind.SAVE)
    with pytest.raises(SaveFailed) as caught:
        session.save()
    assert str(caught.value) != "the device said nothing"
    twin.switch.fault = None
    session.save()


def _pend(switch: Switch, *names: str) -> None:
    """Leave sessions pending, as a login that is cut off does."""
    for name in names:
        switch.enter(f"configure session {name}")
        switch.enter("end")


def _later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let our own clock be ahead by `seconds`."""
    ahead = SimpleNamespace(time=lambda: time.time() + seconds)
    monkeypatch.setattr("automation.devices.candidate.time", ahead)


EOS = pytest.mark.parametrize("case", [CASES[2]], indirect=True, ids=str)


@EOS
def test_what_a_lost_session_left_goes_once_nobody_can_be_in_it(
    case: Case, twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    _pend(twin.switch, "alice", "portvakt-bob")
    twin.switch.fault = Fault(FaultKind.DROP, line=2)
    with pytest.raises(Lost, match="may still stand"):
        twin.login().configure(case.stanzas, plain)
    twin.switch.fault = None
    *others, orphan = twin.switch.pending
    assert others == ["alice", "portvakt-bob"]
    assert twin.login().configure(case.stanzas[:1], plain).states == (A,)
    assert list(twin.switch.pending) == [*others, orphan]
    _later(monkeypatch, 3600)
    assert twin.login().configure(case.stanzas, plain).states == (A, A)
    assert list(twin.switch.pending) == others


@EOS
def test_a_switch_that_our_orphans_have_filled_is_free_again(
    case: Case, twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = [candidate_name(time.time(), f"{number:04x}") for number in range(4)]
    _pend(twin.switch, "alice", *ours)
    with pytest.raises(Busy, match=f"Maximum number of pending .*pending: alice, {ours[0]}, "):
        twin.login().configure(case.stanzas, plain)
    assert list(twin.switch.pending) == ["alice", *ours]
    _later(monkeypatch, 120)
    assert twin.login().configure(case.stanzas, plain).states == (A, A)
    assert list(twin.switch.pending) == ["alice"]
