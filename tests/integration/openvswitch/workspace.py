"""A workspace with one white-box switch, and the command run in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from automation.devices import HostKeys, Target
from automation.model import Device
from tests.integration.cli.twin import Done, called

ROWS = """\
{name};swp1;customer;MKB-1001;internet;nordlys;t100;active;2026-01-01;
{name};swp2;customer;MKB-1002;internet;hamnen;t250;active;2026-01-01;
{name};swp2;customer;MKB-1002;care;trygghet;t100;active;2026-01-01;
{name};swp3;wifi_ap;;;;;;;
{name};swp4;iot_gateway;;;;;;;
{name};swp5;customer;MKB-1005;;;;;;
"""
SECRETS = ("snmp_read", "tacacs", "breakglass")


class OneSwitch:
    """A workspace with `device`; `login` are the lines of its entry under [credentials]."""

    def __init__(self, folder: Path, device: Device, login: str, kind: str, key: str) -> None:
        self.folder, self.name = folder / "workspace", device.name
        assert called("init", self.folder).returncode == 0
        self._inventory(device)
        self._settings(login)
        keys = HostKeys(self.folder / ".portvakt" / "known_hosts")
        keys.accept(Target.of(device), kind, key)
        rows = ROWS.format(name=self.name)
        rows += "".join(f"{self.name};swp{number};parked;;;;;;;\n" for number in range(6, 49))
        self.import_ports(rows)

    def _inventory(self, device: Device) -> None:
        inventory = self.folder / "inventory"
        (inventory / "city" / "hosts.yaml").write_text("{}\n")
        (inventory / "mkb" / "hosts.yaml").write_text(
            f"{self.name}:\n  hostname: {device.address}\n  port: {device.port}\n"
            "  groups: [access, whitebox_access]\n"
            "  data: {site: lindangen, credentials: mkb, uplinks: [swp49]}\n"
        )

    def _settings(self, login: str) -> None:
        secret = self.folder / "secret"
        secret.write_text("invented")
        secret.chmod(0o600)
        secrets = "".join(f'{name} = {{file = "{secret}"}}\n' for name in SECRETS)
        (self.folder / "portvakt.toml").write_text(
            '[store]\nurl = "sqlite:///.portvakt/store.db"\n[run]\ndeadline = 20\n'
            f"[secrets]\n{secrets}[credentials.mkb]\n{login}\n"
        )

    def import_ports(self, rows: str) -> None:
        """Import rows of ports."""
        path = self.folder / "ports.csv"
        head = "device;port;role;outlet;service;provider;tier;state;from;to\n"
        path.write_text(head + rows)
        done = self.portvakt("port", "import", path)
        assert done.returncode == 0, done.stderr

    def portvakt(self, *words: str | Path) -> Done:
        """Run the command in the workspace."""
        return called("-w", self.folder, *words)

    def run(self, *words: str) -> dict[str, Any]:
        """Run the playbook and return how the device ended."""
        done = self.portvakt("run", "provision-access", "-y", "-o", "json", *words)
        assert done.stdout, done.stderr
        (row,) = done.json["devices"]
        assert isinstance(row, dict)
        return row
