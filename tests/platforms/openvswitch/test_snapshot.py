"""What a switch shows and what we make of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from automation.model import Output
from automation.platforms.openvswitch.line import Held
from automation.platforms.openvswitch.snapshot import Snapshot
from tests.platforms.openvswitch.ovsdb import EMPTY, Json
from tests.platforms.openvswitch.switch import BOOT, GUARDS, OvsSwitch

METERED = "priority=100,in_port=1 actions=meter:1,NORMAL"


def switch(**port: Json) -> OvsSwitch:
    """Return a switch whose port swp1 has these columns."""
    one = OvsSwitch("sw")
    one.database.named("Port", "swp1").update(port)
    return one


def queue(one: OvsSwitch, **row: Json) -> str:
    """Give swp1 a queueing discipline."""
    name = one.database.add("QoS", {"type": "linux-htb", **row})
    one.database.named("Port", "swp1")["qos"] = ["uuid", name]
    return name


def notes(**pairs: str) -> Json:
    return ["map", [[key.replace("_", "-"), value] for key, value in pairs.items()]]


def line(one: OvsSwitch) -> str:
    return line_of(one.fetched())


def line_of(shown: Output) -> str:
    return str(Snapshot.of(shown).line("swp1"))


@pytest.mark.parametrize(
    ("port", "words"),
    [
        ({}, ""),
        ({"vlan_mode": "access", "tag": 4094}, " vlan_mode=access tag=4094"),
        ({"protected": True}, " protected=true"),
        ({"trunks": ["set", [3, 1, 2]]}, " trunks=1-3"),
        ({"trunks": 7}, " trunks=7"),
        ({"external_ids": notes(outlet="A B", other="x")}, ' outlet="A B"'),
        ({"external_ids": notes(portvakt_up="50000")}, " up=none/50M"),
        ({"external_ids": notes(portvakt_up="fast")}, " up=none/other"),
        ({"external_ids": notes(portvakt_dhcp_guard="on")}, " dhcp_guard=none/on"),
        ({"external_ids": notes(portvakt_dhcp_guard="x y")}, " dhcp_guard=none/other"),
    ],
)  # fmt: skip
def test_columns(port: dict[str, Json], words: str) -> None:
    assert line(switch(**port)) == f"port swp1{words}"


@pytest.mark.parametrize(
    ("row", "ours"),
    [
        ({"other_config": notes(max_rate="100000000")}, "down=none/100M"),
        ({"other_config": notes(max_rate="0")}, "down=none/0"),
        ({"other_config": notes(max_rate="fast")}, None),
        ({"other_config": notes(max_rate="1", burst="2")}, None),
        ({"other_config": notes(max_rate="1"), "queues": ["map", [[0, ["uuid", "x"]]]]}, None),
        ({"type": "linux-sfq"}, None),
    ],
)
def test_queues(row: dict[str, Json], ours: str | None) -> None:
    one = switch()
    name = queue(one, **row)
    assert line(one) == f"port swp1 {ours or f'qos={name}'}"


ROOT = "qdisc htb 1: root refcnt 3 r2q 10 default 0x1"
TOP = "class htb 1:fffe root rate {0} ceil {0} burst 1500b cburst 1500b"


@pytest.mark.parametrize(
    ("rate", "shown", "words"),
    [
        ("100000000", f"{ROOT}|{TOP.format('100Mbit')}", "100M"),
        ("1000000000", f"{ROOT}|{TOP.format('1Gbit')}", "1000M"),
        ("1500000", f"{ROOT}|{TOP.format('1500Kbit')}", "1500k"),
        ("100", f"{ROOT}|{TOP.format('96bit')}", "100"),
        ("1234567", f"{ROOT}|{TOP.format('1234Kbit')}", "1234567"),
        ("1235234", f"{ROOT}|{TOP.format('1234Kbit')}", "1234k/1235234"),
        ("1233999", f"{ROOT}|{TOP.format('1234Kbit')}", "1234k/1233999"),
        ("100000000", f"{ROOT}|{TOP.format('50Mbit')}", "50M/100M"),
        ("100000000", ROOT, "other/100M"),
        ("100000000", f"{ROOT}|{TOP.format('50Mbit').replace('50M', '100M', 1)}", "other/100M"),
        ("100000000", f"{ROOT}|class htb 1:fffe parent 1: rate 9bit ceil 9bit b", "other/100M"),
    ],
)
def test_what_the_kernel_holds(rate: str, shown: str, words: str) -> None:
    one = switch()
    queue(one, other_config=notes(max_rate=rate))
    kernel = f"queue swp1|queue swp2|{shown}|qdisc ingress ffff: parent ffff:fff1 -|{ROOT}|"
    found = one.fetched()
    head, openflow = found.out.split("bridge br0\n")
    text = head + kernel.replace("|", "\n") + f"bridge br0\n{openflow}"
    assert line_of(replace(found, out=text)) == f"port swp1 down={words}"


def test_the_kernel_has_to_tell_of_every_queue() -> None:
    found = switch().fetched()
    for words in ("queue swp1\n", f"queue swp1\n{ROOT}\n{ROOT}\n"):
        with pytest.raises(ValueError, match="zip"):
            line_of(replace(found, out=found.out.replace("bridge br0", f"{words}bridge br0", 1)))


def test_a_bond_is_held_to_what_all_its_members_are() -> None:
    one = switch()
    one.bonded("swp1 and 2", "swp1", "swp2")
    own = one.database.add("QoS", {"type": "linux-htb", "other_config": notes(max_rate="7000")})
    one.database.named("Port", "swp1 and 2")["qos"] = ["uuid", own]
    for rates, word in (({}, "none/7k"), ({"swp1": "7Kbit"}, "other/7k")):
        one.queues = dict(rates)
        assert one.snapshot().line("swp1 and 2").down == Held.parse(word)
    one.queues = {"swp1": "7Kbit", "swp2": "7Kbit"}
    assert one.snapshot().line("swp1 and 2").down == Held("7k", "7k")


@pytest.mark.parametrize(
    ("meters", "flows", "words"),
    [
        ("1 kbps burst bands=|type=drop rate=50000 burst_size=12500", [METERED], "up=50M/none"),
        ("1 kbps burst bands=|type=drop rate=50000 burst_size=99", [METERED], "up=other/none"),
        ("1 kbps bands=|type=drop rate=50000", [METERED], "up=other/none"),
        ("1 kbps burst bands=|type=dscp_remark rate=5 prec_level=1", [METERED], "up=other/none"),
        ("1 kbps burst bands=|type=drop rate=4 burst_size=1|type=drop rate=6 burst_size=1",
         [METERED], "up=other/none"),
        ("2 kbps burst bands=|type=drop rate=50000 burst_size=12500", [METERED], "up=other/none"),
        ("", ["priority=7,in_port=1 actions=drop"], "up=other/none"),
        ("", ["priority=7 actions=drop", "priority=100,in_port=2 actions=NORMAL"], ""),
        ("", [one.format(1) for one in GUARDS], "dhcp_guard=on/none"),
        ("", [GUARDS[0].format(1)], "dhcp_guard=other/none"),
    ],
)  # fmt: skip
def test_what_openflow_holds(meters: str, flows: list[str], words: str) -> None:
    found = switch().fetched()
    shown = "".join(f" cookie=0x706f727476616b74, {flow}\n" for flow in flows)
    shown += " cookie=0x1, priority=9,in_port=1 actions=drop\n"
    meter = f"meter={meters}\n\n".replace("|", "\n") if meters else ""
    text = Snapshot.of(replace(found, out=found.out + meter + shown)).line("swp1")
    assert str(text) == f"port swp1 {words}".rstrip()


def test_a_port_whose_interface_does_not_work_has_no_openflow_number() -> None:
    one = switch()
    one.database.named("Interface", "swp1")["ofport"] = -1
    assert one.snapshot().place("swp1")[1] == 0
    why = "it has no OpenFlow number, since the switch could not open its interface"
    assert line(one) == f'port swp1 bars="down up dhcp_guard: {why}"'
    one.database.named("Interface", "swp1")["ofport"] = EMPTY
    assert line(one) == "port swp1"  # the daemon has not come to it yet, and switch.sh waits


@pytest.mark.parametrize(
    ("column", "value", "bars"),
    [
        ("type", "patch", "down: the kernel has no queue for a port of type patch"),
        ("type", 'dpdk";x: y', "down: the kernel has no queue for a port of type dpdk??x??y"),
        ("type", "internal", ""),
        (
            "name",
            "eth1",
            "down up dhcp_guard: its interface has another name, as is left of a bond",
        ),
    ],
)
def test_what_an_interface_is_bars_what_it_cannot_have(column: str, value: str, bars: str) -> None:
    one = switch()
    one.database.named("Interface", "swp1")[column] = value
    assert one.snapshot().line("swp1").bars == bars


def test_a_queue_that_somebody_took_and_never_gave_back_is_remembered() -> None:
    one = switch()
    own = queue(one, other_config=notes(max_rate="7000"))
    one.queues = {"swp1": "7Kbit"}
    assert line(one) == "port swp1 down=7k"
    taken = {"qos": EMPTY, "external_ids": notes(portvakt_queue=own)}
    one.database.named("Port", "swp1").update(taken)
    assert line(one) == "port swp1 down=none/7k"  # the kernel's is on its way out
    one.database.tables["QoS"].clear()
    assert line(one) == "port swp1"


def test_a_port_that_no_bridge_has_is_still_shown() -> None:
    one = switch(tag=7)
    (bridge,) = one.database.tables["Bridge"].values()
    bridge["ports"] = ["set", []]
    assert line(one) == "port swp1 tag=7"


def test_what_is_wrong_with_an_interface() -> None:
    one = switch()
    assert one.snapshot().errors("swp1") == {"swp1": frozenset()}
    one.database.named("Interface", "swp1")["error"] = "no such device"
    one.bonded("bond0", "swp51", "swp52")
    one.database.named("Interface", "swp52")["error"] = "gone"
    assert one.snapshot().errors("swp1") == {"swp1": {"no such device"}}
    assert one.snapshot().errors("bond0") == {"swp51": frozenset(), "swp52": {"gone"}}
    assert line(one) == 'port swp1 error="no such device"'
    bars = 'bars="down up dhcp_guard: a bond has neither a queue nor a meter nor a guard"'
    assert str(one.snapshot().line("bond0")) == f'port bond0 {bars} error="swp52: gone"'
    one.database.named("Interface", "swp51")["error"] = "away"
    assert one.snapshot().line("bond0").error == "swp51: away; swp52: gone"
    assert one.snapshot().place("bond0")[1] == 0


def test_ports_stand_in_natural_order_after_the_host() -> None:
    lines = OvsSwitch("sw").running().splitlines()
    assert lines[:3] == ["hostname sw", "port swp1", "port swp2"]
    assert lines[10:12] == ["port swp10", "port swp11"]


def test_a_pending_commit_and_the_hook_are_seen() -> None:
    one = OvsSwitch("sw")
    assert (one.snapshot().pending, one.snapshot().survives_reboot) == (None, False)
    root = one.database.tables["Open_vSwitch"][one.root]
    root["external_ids"] = notes(portvakt_commit="t", portvakt_since="3 ports", portvakt_boot=BOOT)
    pending = one.snapshot().pending
    assert pending is not None
    assert (pending.token, pending.since) == ("t", "3 ports")
    assert one.snapshot().survives_reboot
    root["external_ids"] = notes(portvakt_boot="another")
    assert not one.snapshot().survives_reboot


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Expecting value"),
        ("host sw\nboot x\nuptime 1\n[]\n", "not what a switch"),
        ("host sw\nboot x\nuptime 1\n[1, 2]\n", "the database answered 1"),
        ("host sw\nboot x\n" + '[{"rows":[{}]}' + ',{"rows":[]}' * 4 + "]\n", "not what a switch"),
        (
            "host sw\nboot x\nuptime 1\n" + '[{"rows":[]}' + ',{"rows":[]}' * 4 + "]\n",
            "not what a switch",
        ),
    ],
)
def test_anything_else_is_not_a_switch(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Snapshot.of(Output(0, text, ""))
