"""The command on a real switch: provisioned, again unchanged, changed by hand, cut off."""

from __future__ import annotations

import getpass
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.integration.openvswitch.rig import Rig, wait_for
from tests.integration.openvswitch.test_change import port_line
from tests.integration.openvswitch.workspace import OneSwitch

pytestmark = pytest.mark.openvswitch


@pytest.fixture
def bench(rig: Rig, tmp_path: Path) -> OneSwitch:
    """A workspace for the switch."""
    login = f'username = "{getpass.getuser()}"\nkey_file = "{rig.folder}/id"'
    kind, key = (rig.folder / "host.pub").read_text().split()[:2]
    return OneSwitch(tmp_path, rig.device, login, kind, key)


def test_the_first_run_changes_everything_and_the_second_nothing(
    bench: OneSwitch, rig: Rig
) -> None:
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
    bench: OneSwitch, rig: Rig
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


def test_a_template_that_opens_a_port_to_every_vlan_is_refused_before_a_line_is_sent(
    bench: OneSwitch, rig: Rig
) -> None:
    own = bench.folder / "templates" / "openvswitch" / "ports" / "parked.j2"
    own.parent.mkdir(parents=True)
    own.write_text("port {{ port.name }} vlan_mode=native-untagged tag={{ port.untagged }}\n")
    before = rig.session().fetch()
    row = bench.run()
    assert row["outcome"] == "refused"
    assert "vlan_mode=native-untagged tag=999': it would carry every VLAN" in row["why"]
    assert rig.session().fetch() == before


def test_an_interface_that_is_wrong_fails_one_run_and_is_told_by_each_plan_after_it(
    bench: OneSwitch, rig: Rig
) -> None:
    def goes_wrong() -> None:
        rig.wait_for_what_is_held()
        rig.run("ovs-vsctl", "--no-wait", "set", "interface", "swp3", "type=nonsense")
        (rig.folder / "held").rmdir()

    assert bench.run()["outcome"] == "changed"
    rig.vsctl("set", "port", "swp3", "tag=7")
    rig.hold()
    with ThreadPoolExecutor(1) as aside:
        cause = aside.submit(goes_wrong)
        row = bench.run()
        cause.result()
    assert (row["outcome"], row["states"]) == ("failed", ["applied"])
    assert row["text"].startswith("swp3: could not open network device swp3 (")
    assert bench.run()["lines"] == 0  # a failed run is followed by one that saves
    for _ in range(2):
        row = bench.run()
        assert (row["outcome"], row["deferred"]) == ("unchanged", 1)
    told = bench.portvakt("plan", "provision-access", "-D").stdout
    why = "it is not in force, and no line can mend that; the device says: could not open network"
    assert f"port swp3:  ({why} device swp3 (" in told
    rig.vsctl("set", "port", "swp7", "tag=7")
    assert bench.run()["outcome"] == "changed"
    rig.vsctl("set", "interface", "swp3", 'type=""')
    row = bench.run()
    assert (row["outcome"], row["deferred"]) == ("unchanged", 0)


def test_a_switch_that_cannot_have_a_tier_is_not_called_good_and_its_ports_are_isolated(
    bench: OneSwitch, rig: Rig
) -> None:
    at = rig.vsctl("get", "interface", "swp1", "ofport")
    meter = f"meter={at},kbps,band=type=drop,rate=7"
    rig.run("ovs-ofctl", "-O", "OpenFlow14", "add-meter", "br0", meter)
    lacks = f"port swp1 is left without up=100M: meter {at}, whose number it needs, is not ours"
    done = bench.portvakt("run", "provision-access", "-y", "-o", "json")
    assert f"caution: {bench.name}: {lacks}" in done.stderr.splitlines()
    (row,) = done.json["devices"]
    assert (row["outcome"], row["why"], row["deferred"]) == ("changed", lacks, 1)
    assert "tag=1101 protected=true" in port_line(rig.session().fetch(), "swp1")
    rig.vsctl("set", "port", "swp1", "tag=1102", "protected=false")
    verified = bench.portvakt("run", "verify", "-o", "json")
    (row,) = verified.json["devices"]
    assert (verified.returncode, row["outcome"]) == (3, "failed")
    assert row["why"].startswith("differs: port swp1 ")
    assert bench.run()["outcome"] == "changed"
    assert "tag=1101 protected=true" in port_line(rig.session().fetch(), "swp1")
    row = bench.run()
    assert (row["outcome"], row["why"]) == ("unchanged", lacks)
    verified = bench.portvakt("run", "verify", "-o", "json")
    (row,) = verified.json["devices"]
    assert (verified.returncode, row["outcome"], row["why"]) == (3, "failed", lacks)
    rig.run("ovs-ofctl", "-O", "OpenFlow14", "del-meter", "br0", f"meter={at}")
    assert bench.run()["outcome"] == "changed"
    assert bench.portvakt("run", "verify", "-o", "json").returncode == 0


def test_a_plan_from_before_a_port_could_not_have_its_tier_is_stale(
    bench: OneSwitch, rig: Rig
) -> None:
    """Otherwise it would have nothing to send, and be called done."""
    assert bench.run()["outcome"] == "changed"
    at = rig.vsctl("get", "interface", "swp1", "ofport")
    rig.run("ovs-ofctl", "-O", "OpenFlow14", "del-flows", "br0", f"in_port={at}")
    rig.run("ovs-ofctl", "-O", "OpenFlow14", "del-meter", "br0", f"meter={at}")
    plan = bench.folder / "plan.json"
    bench.portvakt("plan", "provision-access", "--out", plan)
    rig.run(
        *("ovs-ofctl", "-O", "OpenFlow14", "add-meter", "br0"),
        f"meter={at},kbps,band=type=drop,rate=7",
    )
    (row,) = bench.portvakt("apply", plan, "-y", "-o", "json").json["devices"]
    assert (row["outcome"], row["sent"]) == ("stale", 0)


def test_a_switch_with_another_name_is_left_alone(bench: OneSwitch, rig: Rig) -> None:
    hosts = bench.folder / "inventory" / "mkb" / "hosts.yaml"
    hosts.write_text(hosts.read_text().replace(f"{bench.name}:", "mkb-acc-007:", 1))
    before = rig.session().fetch()
    bench.name = "mkb-acc-007"
    bench.import_ports("mkb-acc-007;swp1;parked;;;;;;;\n")
    row = bench.run()
    assert row["outcome"] == "refused"
    assert "its configuration says" in row["why"]
    assert rig.session().fetch() == before


def test_a_management_path_that_breaks_in_the_window_leaves_the_old_configuration(
    bench: OneSwitch, rig: Rig
) -> None:
    """The SSH server goes between the commit and the login that has to prove it."""
    rig.hook()
    before = rig.session().fetch()
    rig.cut_off_after_commit()
    row = bench.run()
    assert row["outcome"] == "unknown"
    assert row["why"].endswith("unless it was confirmed the device takes it back")
    wait_for(lambda: not rig.clocks(), "the clock", 120)
    rig.listen()
    assert rig.session().fetch() == before


def test_a_switch_that_restarted_in_the_window_without_a_hook_is_not_locked(
    bench: OneSwitch, rig: Rig
) -> None:
    rig.cut_off_after_commit()
    row = bench.run()
    assert row["outcome"] == "unknown"
    assert "but not if it restarts before: its boot hook has not run" in row["why"]
    rig.crash()
    rig.boot()
    rig.another_kernel()
    rig.listen()
    stands = rig.session().fetch()
    assert "stands on it; what runs is kept" in bench.portvakt("plan", "provision-access").stdout
    assert "portvakt-commit" in rig.vsctl("get", "Open_vSwitch", ".", "external_ids")
    rig.vsctl("set", "port", "swp6", "tag=7")
    row = bench.run()
    assert row["outcome"] == "changed"
    assert row["why"].endswith("was restarted before that) stood on it; what runs is kept")
    rig.hook()  # nothing is left that it would take back
    assert rig.session().fetch() == stands.replace("none/", "")
    assert bench.run()["outcome"] == "unchanged"


def test_a_way_in_over_another_port_than_the_uplink_is_not_lost(bench: OneSwitch, rig: Rig) -> None:
    """The port to the other estate is parked by mistake, and nobody can log in any more."""
    rig.hook()
    rows = "".join(f"{bench.name};{port};interconnect;;;;;;;\n" for port in ("swp9", "swp10"))
    bench.import_ports(rows)
    assert bench.run()["outcome"] == "changed"
    before = rig.session().fetch()
    bench.import_ports(f"{bench.name};swp9;parked;;;;;;;\n")
    rig.cut_off_after_commit()
    row = bench.run()
    assert (row["outcome"], row["states"]) == ("unknown", ["unknown"])  # no uplink with it
    assert row["why"].endswith("unless it was confirmed the device takes it back")
    wait_for(lambda: not rig.clocks(), "the clock", 120)
    rig.listen()
    assert rig.session().fetch() == before
    assert "vlan_mode=trunk" in port_line(before, "swp9")
