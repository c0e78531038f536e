"""What SNMP shows is what the switch does: links, boots, cables, light, power, neighbours."""

from __future__ import annotations

import pytest

from automation.lab.agent.truth import truth
from tests.unit.lab.agent.demo import Demo, heard

IOS, VRP = "city-acc-001", "city-acc-002"
IF = "1.3.6.1.2.1.2.2.1"
IFX = "1.3.6.1.2.1.31.1.1.1"
UP_TIME = "1.3.6.1.2.1.1.3.0"
BOOTS = "1.3.6.1.6.3.10.2.1.2.0"
TRAP = "1.3.6.1.6.3.1.1.4.1.0"
TRAPS = "1.3.6.1.6.3.1.1.5"


def _lit(demo: Demo, device: str) -> tuple[str, int]:
    """Return the name and the ifIndex of an access port whose link is up."""
    interfaces = truth(demo.agents[device])["interfaces"].values()
    one = next(one for one in interfaces if one["oper"] and one["counters"]["in_octets"]["rate"])
    return one["port"], one["ifIndex"]


@pytest.mark.parametrize("device", [IOS, VRP])
def test_a_port_shut_on_the_command_line_goes_down_and_says_so(demo: Demo, device: str) -> None:
    port, index = _lit(demo, device)
    columns = [f"{IF}.7.{index}", f"{IF}.8.{index}", f"{IF}.9.{index}"]
    assert demo.get(device, *columns).values == [1, 1, 0]
    demo.switches[device].edit([f"interface {port}", "shutdown"])
    now = demo.get(device, UP_TIME).values[0]
    assert demo.get(device, *columns).values == [2, 2, now]
    stands = demo.get(device, f"{IFX}.6.{index}").values
    demo.clock.now += 1000
    assert demo.get(device, f"{IFX}.6.{index}").values == stands
    ((sender, data),) = demo.sent
    assert (sender, heard(data).varbinds) == (
        device,
        (
            (UP_TIME, now),
            (TRAP, f"{TRAPS}.3"),
            (f"{IF}.1.{index}", index),
            (f"{IF}.7.{index}", 2),
            (f"{IF}.8.{index}", 2),
        ),
    )


def test_a_port_opened_again_goes_on_where_it_stood(demo: Demo) -> None:
    port, index = _lit(demo, IOS)
    demo.switches[IOS].edit([f"interface {port}", "shutdown"])
    (before,) = demo.get(IOS, f"{IFX}.6.{index}").values
    demo.clock.now += 5000
    demo.switches[IOS].edit([f"interface {port}", "no shutdown"])
    assert demo.get(IOS, f"{IFX}.6.{index}", f"{IF}.8.{index}").values == [before, 1]
    demo.clock.now += 1000
    assert demo.get(IOS, f"{IFX}.6.{index}").values != [before]
    assert [heard(data).values[1] for _, data in demo.sent] == [f"{TRAPS}.3", f"{TRAPS}.4"]


def test_a_port_told_not_to_trap_is_silent(demo: Demo) -> None:
    port, index = _lit(demo, IOS)
    demo.switches[IOS].edit([f"interface {port}", "no snmp trap link-status", "shutdown"])
    assert demo.get(IOS, f"{IF}.8.{index}", f"{IFX}.14.{index}").values == [2, 2]
    assert demo.sent == []


def test_a_parked_port_is_up_in_name_only(demo: Demo) -> None:
    interfaces = truth(demo.agents[IOS])["interfaces"].values()
    dark = next(one for one in interfaces if one["admin"] and not one["oper"])
    demo.switches[IOS].edit([f"interface {dark['port']}", "shutdown", "no shutdown"])
    assert demo.get(IOS, f"{IF}.8.{dark['ifIndex']}").values == [2]
    assert demo.sent == []


def test_a_boot_begins_time_and_counters_anew(demo: Demo) -> None:
    _, index = _lit(demo, IOS)
    (boots,) = demo.get(IOS, BOOTS).values
    demo.clock.now += 100
    demo.switches[IOS].reboot()
    asked = (BOOTS, UP_TIME, f"{IFX}.6.{index}", f"{IF}.9.{index}")
    assert demo.get(IOS, *asked).values == [int(str(boots)) + 1, 0, 0, 0]
    assert [heard(data).values for _, data in demo.sent] == [[0, f"{TRAPS}.1"]]
    demo.clock.now += 1000
    assert demo.get(IOS, f"{IFX}.6.{index}").values > [0]


def test_a_boot_brings_the_saved_links_back(demo: Demo) -> None:
    port, index = _lit(demo, IOS)
    demo.switches[IOS].edit([f"interface {port}", "shutdown"])
    demo.switches[IOS].reboot()
    assert demo.get(IOS, f"{IF}.7.{index}", f"{IF}.8.{index}").values == [1, 1]
    assert [heard(data).values[1] for _, data in demo.sent] == [
        f"{TRAPS}.{number}" for number in (3, 1, 4)
    ]


def test_the_narrow_counters_are_the_low_half_of_the_wide_ones(demo: Demo) -> None:
    for index in (10101, 10102, 10150):
        pairs = {6: (IF, 10), 7: (IF, 11), 8: (IFX, 2), 9: (IFX, 3), 10: (IF, 16), 13: (IFX, 5)}
        wide = demo.get(IOS, *(f"{IFX}.{column}.{index}" for column in pairs)).values
        narrow = demo.get(IOS, *(f"{table}.{at}.{index}" for table, at in pairs.values())).values
        assert [int(str(value)) % 2**32 for value in wide] == narrow


def test_held_counters_stand_while_time_goes_on(demo: Demo) -> None:
    _, index = _lit(demo, VRP)
    demo.agents[VRP].device.hold(held=True)
    before = demo.get(VRP, UP_TIME, f"{IFX}.6.{index}", f"{IFX}.10.{index}").values
    demo.clock.now += 6000
    after = demo.get(VRP, UP_TIME, f"{IFX}.6.{index}", f"{IFX}.10.{index}").values
    assert (after[0], after[1:]) == (int(str(before[0])) + 6000, before[1:])
    demo.agents[VRP].device.hold(held=False)
    demo.clock.now += 6000
    assert demo.get(VRP, f"{IFX}.6.{index}").values > after[1:2]


def test_the_truth_is_what_the_agent_says(demo: Demo) -> None:
    demo.clock.now += 12_345
    told = truth(demo.agents[VRP])
    columns = {"in_octets": 6, "in_unicast": 7, "out_octets": 10, "out_broadcast": 13}
    for name, one in told["interfaces"].items():
        index = one["ifIndex"]
        asked = [UP_TIME, f"{IFX}.1.{index}", *(f"{IFX}.{at}.{index}" for at in columns.values())]
        now, shown, *values = demo.get(VRP, *asked).values
        lines = [one["counters"][counter] for counter in columns]
        assert shown == name.encode()
        assert values == [
            line["start"] + line["rate"] * (int(str(now)) - line["epoch"]) // 100 for line in lines
        ]


def test_a_wrong_community_is_reported(demo: Demo) -> None:
    demo.agents[IOS].answer(b"\x30\x1f\x02\x01\x01\x04\x05wrong\xa0\x13" + _GET, "127.0.0.1")
    ((_, data),) = demo.sent
    assert heard(data).values[1] == f"{TRAPS}.5"


_GET = b"\x02\x01\x01\x02\x01\x00\x02\x01\x00\x30\x08\x30\x06\x06\x02\x2b\x06\x05\x00"
