"""The session as plain nornir sees it, and netmiko's own verbs on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from netmiko import ReadException, ReadTimeout
from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory
from nornir.core.plugins.connections import ConnectionPluginRegister
from nornir.core.task import Result, Task
from nornir.plugins.runners import SerialRunner

from automation.devices import Deadline, LoginGuard, Session
from automation.devices.line import LineSession
from automation.devices.nornir_plugin import NAME, Access, PortvaktConnection
from automation.errors import HostKeyError, UsageError
from tests.integration.devices.bench import IOS, LOGIN, Bench
from tests.integration.devices.fake import PASSWORD, RUNNING, USER, Script, Switch, Then

pytestmark = pytest.mark.integration


def nornir(switch: Switch, options: dict[str, ConnectionOptions]) -> Nornir:
    ConnectionPluginRegister.auto_register()
    host = Host(
        name="sw1",
        hostname="127.0.0.1",
        port=switch.port,
        username=USER,
        password=PASSWORD,
        platform="cisco_ios",
        connection_options=options,
    )
    inventory = Inventory(Hosts({"sw1": host}), Groups(), Defaults())
    return Nornir(inventory=inventory, runner=SerialRunner(), config=Config())


def fetch(task: Task) -> Result:
    session: Session = task.host.get_connection(NAME, task.nornir.config)
    return Result(host=task.host, result=session.fetch())


def test_plain_nornir_asks_the_users_own_known_hosts(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    switch = bench.rack.switch()
    network = nornir(switch, {})
    refused = network.run(task=fetch)["sw1"]
    assert isinstance(refused.exception, HostKeyError)
    bench.known_hosts = tmp_path / ".ssh" / "known_hosts"
    bench.trust(switch)
    network.data.reset_failed_hosts()
    assert network.run(task=fetch)["sw1"].result == RUNNING
    network.close_connections()


def test_what_a_run_knows_comes_as_extras(bench: Bench) -> None:
    switch = bench.rack.switch(Script(enabled=False))
    access = Access(
        device=bench.device(switch, name="other"),
        platform=IOS,
        login=LOGIN,
        hostkeys=bench.trust(switch),
        guard=LoginGuard(),
        deadline=Deadline(10),
        window="stanza",
    )
    network = nornir(switch, {NAME: ConnectionOptions(extras=dict(access))})
    assert network.run(task=fetch)["sw1"].result == RUNNING
    assert PASSWORD not in str(access)
    network.close_connections()


def test_a_plugin_without_a_session() -> None:
    plugin = PortvaktConnection()
    plugin.close()
    with pytest.raises(UsageError, match="not open"):
        _ = plugin.connection


def test_netmikos_own_verbs_read_by_event(bench: Bench) -> None:
    session, script = bench.session()
    assert isinstance(session, LineSession)
    netmiko = session.connection
    assert netmiko.send_command("show running-config") == RUNNING.rstrip()
    assert netmiko.find_prompt() == "sw1#"
    script.raw = {"show clock": [b"show clock\r\n", Then.HANG]}
    with pytest.raises(ReadTimeout):
        netmiko.send_command("show clock", read_timeout=0.2)


def test_netmikos_reads_notice_that_the_device_has_gone(bench: Bench) -> None:
    session, script = bench.session()
    assert isinstance(session, LineSession)
    script.raw = {"show clock": [b"show clock\r\n", Then.DROP]}
    with pytest.raises(ReadException):
        session.connection.send_command("show clock")
