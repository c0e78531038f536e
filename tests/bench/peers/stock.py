"""Stock nornir and nornir-netmiko, as a worker in the peers' own environment."""

from __future__ import annotations

import sys
from typing import Any

from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory
from nornir.core.plugins.connections import ConnectionPluginRegister
from nornir.core.task import Result, Task
from nornir.plugins.runners import ThreadedRunner
from nornir_netmiko.tasks import (  # type: ignore[import-not-found]  # not in this environment
    netmiko_save_config,
    netmiko_send_config,
)

from tests.bench import block
from tests.bench.serving import Work, serve


def prepare(job: dict[str, Any]) -> Work:
    """Return the work: `job` has devices and forks."""
    ConnectionPluginRegister.auto_register()
    hosts = {device["name"]: _host(device) for device in job["devices"]}
    nornir = Nornir(
        inventory=Inventory(Hosts(hosts), Groups(), Defaults()),
        runner=ThreadedRunner(num_workers=max(1, job["forks"])),
        config=Config(),
    )
    return lambda tag: _work(nornir, tag)


def _host(device: dict[str, Any]) -> Host:
    return Host(
        name=device["name"],
        hostname=device["host"],
        port=device["port"],
        username=device["username"],
        password=device["password"],
        platform="cisco_ios",
    )


def _work(nornir: Nornir, tag: str) -> None:
    result = nornir.run(task=_block, tag=tag)
    assert not result.failed, {name: one.exception for name, one in result.failed_hosts.items()}
    nornir.close_connections()


def _block(task: Task, tag: str) -> Result:
    task.run(task=netmiko_send_config, config_commands=block.flat(tag))
    task.run(task=netmiko_save_config)
    task.host.close_connections()
    return Result(host=task.host)


if __name__ == "__main__":
    serve(prepare)
    sys.exit(0)
