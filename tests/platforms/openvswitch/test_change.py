"""A change as one transaction: what guards it, what it leaves, and what its answer means."""

from __future__ import annotations

import json
import shlex
from contextlib import nullcontext
from dataclasses import replace

import pytest

from automation.drift import Engine
from automation.errors import Refused, Stale
from automation.model import (
    Device,
    DeviceRole,
    Drift,
    IntendedConfig,
    Output,
    Refusal,
    Stanza,
    Timer,
    Verdict,
)
from automation.platforms.openvswitch import PLATFORM
from automation.platforms.openvswitch.change import OvsWork, change
from automation.platforms.openvswitch.line import PortLine
from automation.platforms.openvswitch.snapshot import Snapshot
from tests.platforms.openvswitch.ovsdb import EMPTY, Json
from tests.platforms.openvswitch.sample import SAMPLE
from tests.platforms.openvswitch.switch import OvsSwitch, carried_out

ACCESS = "port swp1 vlan_mode=access tag=7"
TIER = 'port swp1 vlan_mode=access tag=7 outlet="A" down=100M up=50M dhcp_guard=on'
MANY = "trunks=100-199"


def stanza(line: str, undo: str = "port swp1") -> Stanza:
    return Stanza("ports", "", (line,), "", (undo,), subject=" ".join(undo.split()[:2]))


def work(one: OvsSwitch, *stanzas: Stanza, timer: Timer | None = None) -> OvsWork:
    return change(one.snapshot(), stanzas, timer)


def transaction(script: str) -> Json:
    return json.loads(shlex.split(script.splitlines()[-1])[1])


@pytest.mark.parametrize(
    ("line", "undo"),
    [
        (ACCESS, "port swp1"),
        (TIER, "port swp1"),
        ("port swp1", TIER),
        (TIER.replace("100M", "250M"), TIER),
        (TIER, TIER.replace(" up=50M dhcp_guard=on", " up=none/50M dhcp_guard=none/on")),
        (TIER, TIER.replace("down=100M", "down=none/100M")),
        ("port swp1 vlan_mode=trunk trunks=1-3", ACCESS),
        (f"port swp1 {MANY}", "port swp1 trunks=1"),
    ],
)
def test_a_port_becomes_what_its_line_says_and_comes_back(line: str, undo: str) -> None:
    one = OvsSwitch("sw")
    lost = "none/" in undo
    assert carried_out(one, (stanza(undo.replace("none/", "")),)) == []
    if "down=none/" in undo:
        one.queues.clear()
    elif lost:
        one.forget()
    assert undo in one.running().splitlines()
    assert carried_out(one, (stanza(line, undo),)) == []
    assert line in one.running().splitlines()
    assert len(one.database.tables["QoS"]) == ("down=" in line)
    if not lost:
        assert carried_out(one, (stanza(undo, line),)) == []
        assert undo in one.running().splitlines()


def test_a_list_that_many_ports_carry_is_sent_once_and_guarded_once() -> None:
    one, before = OvsSwitch("sw"), OvsSwitch("sw").running()
    lines = [f"port {name} vlan_mode=trunk {MANY}" for name in one.ports()]
    there = [stanza(line, f"port {name}") for line, name in zip(lines, one.ports(), strict=True)]
    made = work(one, *there)
    assert made.script.count("150,151,152") == 1
    assert carried_out(one, tuple(there)) == []
    assert one.running().splitlines()[1:] == lines
    back = [stanza(f"port {name}", line) for line, name in zip(lines, one.ports(), strict=True)]
    made = work(one, *back)
    assert made.script.count("150,151,152") == 1
    one.database.named("Port", "swp9")["trunks"] = 5
    judged = made.judge(one.carry_out(made.script))
    assert judged.stale == "a list of trunks has moved meanwhile"
    one.database.named("Port", "swp9")["trunks"] = ["set", [*range(100, 200)]]
    assert carried_out(one, tuple(back)) == []
    assert one.running() == before
    assert one.database.named("Port", "swp1")["external_ids"] == ["map", []]


def test_ports_whose_queue_or_flows_become_others_are_named_to_the_switch() -> None:
    one = OvsSwitch("sw")
    lines = (
        "port swp1 down=5M",
        "port swp2 up=5M",
        "port swp3 dhcp_guard=on",
        "port swp4 tag=5",
    )
    made = work(one, *(stanza(line, line[:9]) for line in lines))
    words = shlex.split(made.script.splitlines()[-1])
    assert words[4:] == ["", "swp1", "swp2", "swp3"]


def test_a_queue_that_the_kernel_never_makes_is_seen_when_it_is_read_back() -> None:
    one = OvsSwitch("sw")
    one.refuses.add("swp1")
    assert carried_out(one, (stanza(TIER),)) == []  # the real one says so at once
    assert "down=none/100M" in str(one.snapshot().line("swp1"))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("tag", 8),
        ("vlan_mode", "trunk"),
        ("protected", True),
        ("trunks", ["set", [1, 2]]),
        ("external_ids", ["map", [["outlet", "B"]]]),
        ("qos", ["set", []]),
    ],
)
def test_the_transaction_holds_only_if_the_port_is_as_it_was_read(column: str, value: Json) -> None:
    one = OvsSwitch("sw")
    assert carried_out(one, (stanza(TIER),)) == []
    made = work(one, stanza("port swp1", TIER))
    one.database.named("Port", "swp1")[column] = value
    before = one.running()
    assert made.judge(one.carry_out(made.script)).stale == "port swp1 has moved meanwhile"
    assert one.running() == before


def test_a_queue_that_was_edited_is_not_taken_away() -> None:
    one = OvsSwitch("sw")
    assert carried_out(one, (stanza(TIER),)) == []
    made = work(one, stanza("port swp1", TIER))
    (queue,) = one.database.tables["QoS"].values()
    queue["other_config"] = ["map", [["max-rate", "1"]]]
    assert made.judge(one.carry_out(made.script)).stale == "port swp1 has moved meanwhile"


def test_our_own_record_is_guarded_too() -> None:
    one = OvsSwitch("sw")
    made = work(one, stanza(ACCESS))
    root = one.database.tables["Open_vSwitch"][one.root]
    root["external_ids"] = ["map", [["portvakt-commit", "somebody"]]]
    judged = made.judge(one.carry_out(made.script))
    assert judged.stale == "the switch's own record has moved meanwhile"


def test_what_is_not_ours_beside_the_columns_stays() -> None:
    one = OvsSwitch("sw")
    port = one.database.named("Port", "swp1")
    port["external_ids"] = ["map", [["rack", "7"]]]
    by_hand = one.database.add("QoS", {"type": "linux-htb"})
    assert carried_out(one, (stanza(TIER),)) == []
    assert ["rack", "7"] in port["external_ids"][1]
    assert by_hand in one.database.tables["QoS"]


@pytest.mark.parametrize("wanted", [TIER, TIER.replace("100M", "9M"), ACCESS])
def test_a_queue_that_was_taken_and_not_given_back_is_replaced(wanted: str) -> None:
    one = OvsSwitch("sw")
    assert carried_out(one, (stanza(TIER),)) == []
    port = one.database.named("Port", "swp1")
    port["external_ids"][1].append(["portvakt-queue", port["qos"][1]])
    port["qos"] = EMPTY
    assert carried_out(one, (stanza(wanted, TIER.replace("down=", "down=none/")),)) == []
    assert wanted in one.running().splitlines()
    assert len(one.database.tables["QoS"]) == ("down=" in wanted)
    assert "portvakt-queue" not in dict(map(tuple, port["external_ids"][1]))


def test_a_queue_of_somebody_else_can_be_put_back() -> None:
    one = OvsSwitch("sw")
    name = one.database.add("QoS", {"type": "x"})
    one.database.named("Port", "swp1")["qos"] = ["uuid", name]
    by_hand = f"port swp1 qos={name}"
    assert carried_out(one, (stanza(ACCESS, by_hand),)) == []
    assert carried_out(one, (stanza(by_hand, ACCESS),)) == []
    assert by_hand in one.running().splitlines()


@pytest.mark.parametrize(
    ("made", "error", "why"),
    [
        (stanza(ACCESS, "port swp1 tag=9"), Stale, "port swp1 has moved since it was read"),
        (stanza("port eth9 tag=1", "port eth9"), Stale, "port eth9 has moved"),
        (stanza("port swp1 tag=x"), Refused, "not a VLAN id"),
        (stanza("hostname other", "hostname sw"), Refused, "is not a port's line"),
        (stanza("port swp2 tag=1"), Refused, "not something that can be set"),
        (stanza("port swp1 up=other/none"), Refused, "not something that can be set"),
        (stanza("port swp1 dhcp_guard=none/other"), Refused, "not something that can be set"),
        (Stanza("ports", "", (), "", ("port swp1",), subject="port swp1"), Refused, "not sent"),
        (stanza(f'port swp1 outlet="{"x" * 132_000}"'), Refused, "a program takes 131000"),
    ],
)  # fmt: skip
def test_what_is_not_sent(made: Stanza, error: type[Exception], why: str) -> None:
    with pytest.raises(error, match=why):
        work(OvsSwitch("sw"), made)


def test_a_port_whose_number_somebody_elses_meter_has_is_not_metered() -> None:
    one = OvsSwitch("sw")
    one.meters[1] = 7
    theirs = Output(0, one.fetched().out.replace("burst_size=1", "burst_size=7"), "")
    seen = Snapshot.of(theirs)
    with pytest.raises(Refused, match="not sent: meter 1, whose number it needs, is not ours"):
        change(seen, [stanza(TIER)], None)
    assert change(seen, [stanza(ACCESS)], None).steps[0].new == PortLine.parse(ACCESS)
    assert change(seen, [stanza(TIER.replace("swp1", "swp2"), "port swp2")], None).steps


def test_a_meter_that_a_flow_of_ours_leads_to_is_ours_whatever_it_says() -> None:
    one = OvsSwitch("sw")
    assert carried_out(one, (stanza(TIER),)) == []
    edited = one.fetched().out.replace("burst_size=12500", "burst_size=7")
    seen = Snapshot.of(Output(0, edited, ""))
    undone = TIER.replace("up=50M", "up=other/50M")
    assert change(seen, [stanza(TIER, undone)], None).steps


def test_a_complaint_that_names_a_port_is_about_that_ports_line() -> None:
    one = OvsSwitch("sw")
    made = work(one, stanza(ACCESS), stanza(TIER.replace("swp1", "swp12"), "port swp12"))
    for words, at in (("swp12: no number", 1), ("swp1: no", 0), ("swp: no", 0), ("no", 0)):
        judged = made.judge(Output(1, "[{}]\n", words))
        assert judged.refusal == Refusal(made.steps[at].line, words, at if words != "no" else 0)


@pytest.mark.parametrize(
    ("out", "committed", "said"),
    [
        (Output(0, '[{}]\n[{"rows": []}]\n', ""), True, ""),
        (Output(0, '[{}]\n[{"rows":[{"name":"swp9","error":"gone"}]}]\n', ""), True, ""),
        (Output(0, '[{}]\n[{"rows":[{"name":"swp1","error":["set",[]]}]}]\n', ""), True, ""),
        (Output(0, '[{}]\n[{"rows":[{"name":"swp1","error":"old"}]}]\n', ""), True, ""),
        (Output(0, '[{}]\n[{"rows":[{"name":"swp1","error":"gone"}]}]\n', ""), True, "swp1: gone"),
        (Output(1, "[{}]\n", "committed, but …\n"), True, "committed, but …"),
        (Output(0, "[{}]\n", ""), True, "the switch did not say how its interfaces are"),
        (Output(0, "[{}]\n[]\n", "a word"), True, "a word"),
        (Output(1, "", ""), True, "it ended with status 1 and said nothing"),
        (Output(1, "", "failed to connect"), True, "failed to connect"),
        (Output(0, "", ""), True, "it did not answer"),
        (Output(0, "7\n", ""), True, "it did not answer"),
        (Output(0, '[{},{"error":"timed out"},null]\n', ""), False, None),
        (Output(0, '[{"error":"syntax error","details":"x"}]\n', ""), False, "syntax error: x"),
        (Output(0, '[{},{},{"error":"constraint violation","details":"x"}]\n', ""), False,
         "constraint violation: x"),
        (Output(0, json.dumps([{}] * 99 + [{"error": "I/O error", "details": "full"}]), ""), False,
         "I/O error: full"),
    ],
)  # fmt: skip
def test_what_the_answer_means(out: Output, committed: bool, said: str | None) -> None:
    one = OvsSwitch("sw")
    one.database.named("Interface", "swp1")["error"] = "old"
    judged = work(one, stanza(ACCESS)).judge(out)
    assert judged.committed is committed
    assert judged.answered == out.out.startswith("[")
    assert bool(judged.stale) == (said is None)  # the second operation is a wait
    assert judged.refusal == (Refusal(ACCESS, said, 0) if said else None)


def test_an_interface_is_judged_by_what_was_wrong_with_it_and_a_bond_by_its_members() -> None:
    one = OvsSwitch("sw")
    one.bonded("bond0", "swp51", "swp52")
    one.database.named("Interface", "swp1")["error"] = "gone"
    trunk = "port bond0 vlan_mode=trunk trunks=7"
    made = work(one, stanza(ACCESS), stanza(trunk, "port bond0"))
    one.database.named("Interface", "swp2")["error"] = "gone"  # of no port that was changed
    assert made.judge(one.carry_out(made.script)).refusal is None
    made = work(one, stanza("port swp1", ACCESS), stanza("port bond0", trunk))
    one.database.named("Interface", "swp52")["error"] = "gone"  # as swp1 said before
    judged = made.judge(one.carry_out(made.script))
    assert judged.refusal == Refusal("port bond0", "swp52: gone", 1)


BROKEN = 'no device "swp1"'


def compared(one: OvsSwitch, text: str) -> Drift:
    device = Device("sw", "mkb", DeviceRole.ACCESS, "s", "openvswitch", SAMPLE.model, "192.0.2.1")
    intended = IntendedConfig("sw", {"ports": text}, "t")
    return Engine(PLATFORM).compare(device, one.running(), intended)


def test_an_interface_that_is_wrong_is_told_at_each_plan_and_stops_no_change() -> None:
    one = OvsSwitch("sw")
    one.database.named("Interface", "swp1")["error"] = BROKEN
    one.database.named("Interface", "swp9")["error"] = "of a port without intent"
    other = f"{ACCESS}\nport swp2 tag=7\n"
    first = compared(one, other)
    assert [stanza.lines + stanza.undo for stanza in first.stanzas] == [
        (ACCESS, "port swp1"),
        ("port swp2 tag=7", "port swp2"),
    ]
    assert carried_out(one, first.stanzas) == []
    again = compared(one, other)
    assert (again.stanzas, again.base) == ((), first.target)
    assert again.verdicts["ports"] is Verdict.DRIFTED
    (told,) = again.deferred
    assert told.header == "port swp1"
    assert told.why == (
        'it is not in force, and no line can mend that; the device says: no device \\"swp1\\"'
    )
    one.database.named("Interface", "swp1")["error"] = EMPTY
    whole = compared(one, other)
    assert (whole.deferred, whole.base) == ((), first.target)


WORDS = "down=100M up=50M dhcp_guard=on"


@pytest.mark.parametrize(
    ("port", "line", "words", "why"),
    [
        ("swp1", ACCESS, WORDS, "it has no OpenFlow number"),
        ("swp1", "port swp1 tag=7", "dhcp_guard=on", "it has no OpenFlow number"),
        ("swp1", "port swp1 tag=7", "down=5M", "it has no OpenFlow number"),
        ("swp1", ACCESS, "", ""),
        ("bond0", "port bond0 trunks=7", "down=5M", "a bond has neither a queue nor a meter nor a"),
        ("bond0", "port bond0 trunks=7", "", ""),
    ],
)
def test_words_that_a_port_cannot_have_now_wait_and_all_else_of_it_does_not(
    port: str, line: str, words: str, why: str
) -> None:
    wanted = f"{line} {words}".strip()
    one = OvsSwitch("sw")
    one.bonded("bond0", "swp51", "swp52")
    one.database.named("Interface", "swp1")["ofport"] = -1
    model = replace(SAMPLE.model, uplinks=("bond0",))
    device = Device("sw", "mkb", DeviceRole.ACCESS, "s", "openvswitch", model, "192.0.2.1")
    features = {"uplinks": wanted, "ports": "port swp2 tag=7\n"}
    if port == "swp1":
        features = {"ports": f"{wanted}\nport swp2 tag=7\n"}
    drift = Engine(PLATFORM).compare(device, one.running(), IntendedConfig("sw", features, "t"))
    assert sorted(one.lines for one in drift.stanzas) == sorted([(line,), ("port swp2 tag=7",)])
    late = [(one.header, one.line, one.why[: len(why)], one.lacking) for one in drift.deferred]
    assert late == ([(f"port {port}", words, why, True)] if why else [])
    assert carried_out(one, drift.stanzas) == []
    again = Engine(PLATFORM).compare(device, one.running(), IntendedConfig("sw", features, "t"))
    assert (again.stanzas, again.base, again.deferred) == ((), drift.target, drift.deferred)
    assert (again.verdicts["ports"] is Verdict.DRIFTED) == (bool(why) and port == "swp1")
    with pytest.raises(Refused, match=f"not sent: {why}") if why else nullcontext():
        work(one, stanza(wanted, str(one.snapshot().line(port))))


def test_what_a_port_cannot_have_and_has_all_the_same_is_nothing_to_wait_for() -> None:
    one = OvsSwitch("sw")
    assert carried_out(one, (stanza(TIER),)) == []
    shown = one.running().replace(TIER, f'{TIER} bars="up: x" error="y"')
    device = Device("sw", "mkb", DeviceRole.ACCESS, "s", "openvswitch", SAMPLE.model, "192.0.2.1")
    drift = Engine(PLATFORM).compare(device, shown, IntendedConfig("sw", {"ports": TIER}, "t"))
    assert drift.stanzas == ()
    assert [one.line for one in drift.deferred] == [""]  # the error


def test_what_an_outlet_is_called_is_no_error() -> None:
    one = OvsSwitch("sw")
    named = r'port swp1 tag=7 outlet="x error=\"y\""'
    assert carried_out(one, (stanza(named),)) == []
    assert compared(one, f"{named}\n").deferred == ()
    assert compared(one, f"{named}\n").stanzas == ()


@pytest.mark.parametrize(
    ("now", "before", "same"),
    [
        ("down=5M up=5M dhcp_guard=on", "down=none/5M up=none/5M dhcp_guard=none/on", True),
        ("up=none/5M", "up=5M", True),
        ("up=7M/5M", "up=other/5M", True),
        ("up=5M/none", "", True),
        ("up=5M", "", False),
        ("up=5M", "up=7M", False),
        ("up=5M/7M", "up=5M", False),
        ('outlet="a/b"', 'outlet="c/b"', False),
    ],
)
def test_an_undo_is_judged_by_what_the_rows_say(now: str, before: str, same: bool) -> None:
    device = Device("sw", "mkb", DeviceRole.ACCESS, "s", "openvswitch", SAMPLE.model, "192.0.2.1")
    intended = IntendedConfig("sw", {"ports": f"{ACCESS}\n"}, "t")
    texts = [f"hostname sw\nport swp1 tag=7 {one}".rstrip() for one in (now, before)]
    back = Engine(PLATFORM).back(device, texts[0], texts[1], intended)
    assert (back == ()) == same
