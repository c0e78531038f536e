"""The command on a real switch: provisioned, again unchanged, changed by hand, cut off."""

from __future__ import annotations

import getpass
import json
from pathlib import Path

import pytest

from automation.devices import HostKeys, Target
from tests.integration.cli.twin import Done, called
from tests.integration.openvswitch.rig import Rig, wait_for
from tests.integration.openvswitch.test_change import port_line

pytestmark = pytest.mark.openvswitch

ROWS = """\
{name};swp1;customer;MKB-1001;internet;nordlys;t100;active;2026-01-01;
{name};swp2;customer;MKB-1002;internet;hamnen;t250;active;2026-01-01;
{name};swp2;customer;MKB-1002;care;trygghet;t100;active;2026-01-01;
{name};swp3;wifi_ap;;;;;;;
{name};swp4;iot_gateway;;;;;;;
{name};swp5;customer;MKB-1005;;;;;;
"""


class Bench:
    """A workspace with one device, and the command run in it."""

    def __init__(self, rig: Rig, folder: Path) -> None:
        self.rig, self.folder, self.name = rig, folder / "workspace", rig.device.name
        assert called("init", self.folder).returncode == 0
        inventory = self.folder / "inventory"
        (inventory / "city" / "hosts.yaml").write_text("{}\n")
        (inventory / "mkb" / "hosts.yaml").write_text(
            f"{self.name}:\n  hostname: 127.0.0.1\n  port: {rig.ssh}\n  platform: openvswitch\n"
            "  groups: [access]\n"
            "  data: {site: lindangen, model: whitebox-48, credentials: mkb, uplinks: [swp49]}\n"
        )
        (inventory / "models.yaml").write_text(
            "whitebox-48:\n  platform: openvswitch\n"
            '  access: ["swp{1-48}"]\n  uplinks: ["swp{49-52}"]\n'
        )
        (inventory / "groups.yaml").write_text("access:\n  data: {role: access}\n")
        secret = self.folder / "secret"
        secret.write_text("invented")
        secret.chmod(0o600)
        secrets = "".join(
            f'{name} = {{file = "{secret}"}}\n' for name in ("snmp_read", "tacacs", "breakglass")
        )
        (self.folder / "portvakt.toml").write_text(
            '[store]\nurl = "sqlite:///.portvakt/store.db"\n[run]\ndeadline = 20\n'
            f"[secrets]\n{secrets}"
            f'[credentials.mkb]\nusername = "{getpass.getuser()}"\nkey_file = "{rig.folder}/id"\n'
        )
        kind, key = (rig.folder / "host.pub").read_text().split()[:2]
        keys = HostKeys(self.folder / ".portvakt" / "known_hosts")
        keys.accept(Target.of(rig.device), kind, key)
        rows = ROWS.format(name=self.name)
        rows += "".join(f"{self.name};swp{number};parked;;;;;;;\n" for number in range(6, 49))
        self.import_ports(rows)

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

    def run(self, *words: str) -> dict[str, str]:
        """Run the playbook and return how the device ended."""
        done = self.portvakt("run", "provision-access", "-y", "-o", "json", *words)
        assert done.stdout, done.stderr
        (row,) = done.json["devices"]
        assert isinstance(row, dict)
        return row


@pytest.fixture
def bench(rig: Rig, tmp_path: Path) -> Bench:
    """A workspace for the switch."""
    return Bench(rig, tmp_path)


def test_the_first_run_changes_everything_and_the_second_nothing(bench: Bench, rig: Rig) -> None:
    rig.hook()
    assert bench.run()["outcome"] == "changed"
    text = rig.session().fetch()
    assert port_line(text, "swp1") == (
        'port swp1 vlan_mode=access tag=1101 protected=true outlet="MKB-1001" '
        "down=100M up=100M dhcp_guard=on"
    )
    assert port_line(text, "swp2").startswith(
        "port swp2 vlan_mode=native-untagged tag=2001 trunks=1401,2001 protected=true"
    )
    assert port_line(text, "swp5") == (
        'port swp5 vlan_mode=access tag=999 protected=true outlet="MKB-1005"'
    )
    assert "portvakt-commit" not in rig.vsctl("get", "Open_vSwitch", ".", "external_ids")
    assert bench.run()["outcome"] == "unchanged"


def test_a_port_changed_by_hand_is_planned_alone_and_a_plan_from_before_is_stale(
    bench: Bench, rig: Rig
) -> None:
    assert bench.run()["outcome"] == "changed"
    rig.vsctl("set", "port", "swp6", "tag=7")
    plan = bench.folder / "plan.json"
    done = bench.portvakt("plan", "provision-access", "--out", plan, "-D")
    assert "tag=999" in done.stdout
    (change,) = json.loads(plan.read_text())["changes"]
    (stanza,) = change["stanzas"]
    assert stanza["lines"] == ["port swp6 vlan_mode=access tag=999 protected=true"]
    rig.vsctl("set", "port", "swp7", "tag=8")
    done = bench.portvakt("apply", plan, "-y", "-o", "json")
    assert done.json["devices"][0]["outcome"] == "stale"
    assert port_line(rig.session().fetch(), "swp6").startswith("port swp6 vlan_mode=access tag=7 ")
    assert bench.run()["outcome"] == "changed"
    assert bench.run()["outcome"] == "unchanged"


def test_a_switch_with_another_name_is_left_alone(bench: Bench, rig: Rig) -> None:
    hosts = bench.folder / "inventory" / "mkb" / "hosts.yaml"
    hosts.write_text(hosts.read_text().replace(f"{bench.name}:", "mkb-acc-007:", 1))
    before = rig.session().fetch()
    bench.name = "mkb-acc-007"
    bench.import_ports("mkb-acc-007;swp1;parked;;;;;;;\n")
    row = bench.run()
    assert row["outcome"] == "refused"
    assert "its configuration does not say" in row["why"]
    assert rig.session().fetch() == before


def test_a_management_path_that_breaks_in_the_window_leaves_the_old_configuration(
    bench: Bench, rig: Rig
) -> None:
    """The SSH server goes between the commit and the login that has to prove it."""
    rig.hook()
    before = rig.session().fetch()
    rig.cut_off_after_commit()
    row = bench.run()
    assert row["outcome"] == "unknown"
    assert "the device takes it back by itself" in row["why"]
    wait_for(lambda: not rig.clocks(), "the clock", 120)
    rig.listen()
    assert rig.session().fetch() == before
