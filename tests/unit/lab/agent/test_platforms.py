"""Each platform shows what its own MIBs have: names, numbers, light, power, neighbours."""

from __future__ import annotations

import pytest

from automation.lab.agent.truth import truth
from automation.lab.agents import Agents
from automation.lab.cables import cables
from automation.lab.city import LabDevice, devices
from automation.lab.fleet import Systems, switch_of
from tests.unit.lab.agent.demo import Demo, Hands

IOS, VRP, EOS = "city-acc-001", "city-acc-002", "city-tra-001"
IF_TABLE = "1.3.6.1.2.1.2.2.1"
IFX = "1.3.6.1.2.1.31.1.1.1"
ENTITY = "1.3.6.1.2.1.47.1.1.1.1"
REMOTE = "1.0.8802.1.1.2.1.4.1.1"


@pytest.fixture
def above() -> Demo:
    """Return an access switch of each platform, and the transport switch that they hang on."""
    city = {device.name: device for device in devices("city", 1)}
    fleet = [city[name] for name in (IOS, VRP, EOS, "city-cor-001")]
    systems = Systems()
    switches = {
        one.name: switch_of(one, f"127.99.1.{at}", systems) for at, one in enumerate(fleet, 1)
    }
    return Demo(Agents(1, 10_162, Hands()).build(fleet, switches), switches, Hands())


@pytest.mark.parametrize(
    ("device", "names"),
    [
        (
            IOS,
            {
                10101: ("GigabitEthernet1/0/1", "Gi1/0/1", 1000),
                10148: ("GigabitEthernet1/0/48", "Gi1/0/48", 1000),
                10149: ("TenGigabitEthernet1/0/1", "Te1/0/1", 10_000),
                1: ("Vlan1", "Vl1", 1000),
                10501: ("Null0", "Nu0", 10_000),
            },
        ),
        (
            VRP,
            {
                5: ("GigabitEthernet0/0/1", "GigabitEthernet0/0/1", 1000),
                53: ("XGigabitEthernet0/0/1", "XGigabitEthernet0/0/1", 10_000),
                2: ("NULL0", "NULL0", 0),
            },
        ),
        (EOS, {1: ("Ethernet1", "Ethernet1", 10_000), 52: ("Ethernet52", "Ethernet52", 10_000)}),
    ],
)
def test_interfaces_have_their_vendors_names_and_numbers(
    above: Demo, device: str, names: dict[int, tuple[str, str, int]]
) -> None:
    for index, (descr, name, speed) in names.items():
        asked = (f"{IF_TABLE}.2.{index}", f"{IFX}.1.{index}", f"{IFX}.15.{index}")
        assert above.get(device, *asked).values == [descr.encode(), name.encode(), speed]
        (bits,) = above.get(device, f"{IF_TABLE}.5.{index}").values
        assert bits == min(speed * 10**6, 2**32 - 1)


@pytest.mark.parametrize("device", [IOS, VRP, EOS])
def test_the_number_of_interfaces_is_that_of_the_rows(above: Demo, device: str) -> None:
    (number,) = above.get(device, "1.3.6.1.2.1.2.1.0").values
    for column in (f"{IF_TABLE}.1", f"{IF_TABLE}.6", f"{IFX}.1", f"{IFX}.18"):
        assert len(above.walk(device, column)) == number
    assert number == len(truth(above.agents[device])["interfaces"])


def test_ios_tells_light_in_tenths_of_dbm(above: Demo) -> None:
    assert above.get(IOS, f"{ENTITY}.7.1041", f"{ENTITY}.7.1042").values == [
        b"Te1/0/1 Transmit Power Sensor",
        b"Te1/0/1 Receive Power Sensor",
    ]
    sensor = "1.3.6.1.4.1.9.9.91.1.1.1.1"
    kind, scale, precision, level, status = above.get(
        IOS, *(f"{sensor}.{column}.1042" for column in range(1, 6))
    ).values
    assert (kind, scale, precision, status) == (14, 9, 1, 1)
    assert -140 < int(str(level)) < -30


def test_eos_tells_light_in_milliwatts(above: Demo) -> None:
    index = 100349213
    assert above.get(EOS, f"{ENTITY}.2.{index}").values == [b"DOM RX Power Sensor for Ethernet49"]
    sensor = "1.3.6.1.2.1.99.1.1.1"
    said = above.get(EOS, *(f"{sensor}.{column}.{index}" for column in range(1, 6))).values
    assert (said[0], said[1], said[2], said[4]) == (6, 8, 4, 1)
    assert 300 < int(str(said[3])) < 4000


def test_vrp_tells_light_in_hundredths_and_which_port_it_is(above: Demo) -> None:
    aliases = above.walk(VRP, "1.3.6.1.2.1.47.1.3.2.1.2")
    assert list(aliases.values()) == [f"{IF_TABLE}.1.{index}" for index in (53, 54, 55, 56)]
    optics = "1.3.6.1.4.1.2011.5.25.31.1.1.3.1"
    received = list(above.walk(VRP, f"{optics}.8").values())
    assert received[1:] == [-1, -1, -1]
    assert -1400 < int(str(received[0])) < -300
    assert len(above.walk(VRP, f"{optics}.9")) == 4


def test_an_access_point_draws_power_until_it_is_told_not_to(above: Demo) -> None:
    drawn = above.walk(IOS, "1.3.6.1.4.1.9.9.402.1.2.1.9.1")
    fed = {int(name.rpartition(".")[2]): value for name, value in drawn.items() if value}
    assert len(fed) == 3
    port = min(fed)
    asked = [f"1.3.6.1.2.1.105.1.1.1.{column}.1.{port}" for column in (3, 6)]
    assert above.get(IOS, *asked).values == [1, 3]
    (before,) = above.get(IOS, "1.3.6.1.2.1.105.1.3.1.1.4.1").values
    above.switches[IOS].edit([f"interface GigabitEthernet1/0/{port}", "power inline never"])
    assert above.get(IOS, *asked).values == [2, 1]
    (after,) = above.get(IOS, "1.3.6.1.2.1.105.1.3.1.1.4.1").values
    assert int(str(after)) < int(str(before))


def test_neighbours_are_seen_when_both_ends_speak(above: Demo) -> None:
    assert above.walk(IOS, REMOTE) == {}
    above.switches[IOS].edit(["lldp run"])
    said = above.get(IOS, *(f"{REMOTE}.{column}.0.49.1" for column in (4, 6, 7, 9))).values
    assert said == [4, 5, b"Ethernet1", b"city-tra-001"]
    assert above.get(EOS, f"{REMOTE}.9.0.1.1", f"{REMOTE}.7.0.1.1").values == [
        b"city-acc-001",
        b"Te1/0/1",
    ]
    assert above.get(IOS, "1.0.8802.1.1.2.1.3.7.1.3.49").values == [b"Te1/0/1"]
    above.switches[EOS].edit(["interface Ethernet1", "no lldp transmit"])
    assert above.get(IOS, f"{REMOTE}.9.0.49.1").values == ["NoSuchInstance"]
    assert above.get(EOS, f"{REMOTE}.9.0.1.1").values == [b"city-acc-001"]


def test_a_cable_goes_dark_at_both_ends(above: Demo) -> None:
    above.switches[EOS].edit(["interface Ethernet1", "shutdown"])
    assert above.get(EOS, f"{IF_TABLE}.7.1", f"{IF_TABLE}.8.1").values == [2, 2]
    assert above.get(IOS, f"{IF_TABLE}.7.10149", f"{IF_TABLE}.8.10149").values == [1, 2]
    assert above.get(IOS, "1.3.6.1.4.1.9.9.91.1.1.1.1.4.1042").values == [-400]
    above.switches[EOS].edit(["interface Ethernet1", "no shutdown"])
    assert above.get(IOS, f"{IF_TABLE}.8.10149").values == [1]


def test_a_committed_session_shuts_as_a_line_does(above: Demo) -> None:
    switch = above.switches[EOS]
    for line in ("enable", "configure session s", "interface Ethernet1", "shutdown"):
        switch.enter(line)
    assert above.get(EOS, f"{IF_TABLE}.8.1").values == [1]
    switch.enter("commit")
    assert above.get(EOS, f"{IF_TABLE}.8.1").values == [2]


def test_every_access_switch_of_the_city_hangs_on_a_transport_switch() -> None:
    fleet = devices("city", 1)
    roles = {device.name: device.role for device in fleet}
    found = list(cables(fleet))
    ends = [end for cable in found for end in (cable.lower, cable.upper)]
    assert len(set(ends)) == len(ends)
    assert {cable.lower.device for cable in found} == {
        name for name, role in roles.items() if role in ("access", "transport")
    }
    assert all(_above(roles[one.lower.device], roles[one.upper.device]) for one in found)


def _above(lower: str, upper: str) -> bool:
    return (lower, upper) in {("access", "transport"), ("transport", "core")}


def test_a_demo_has_no_switch_above() -> None:
    fleet: tuple[LabDevice, ...] = devices("demo", 1)
    assert list(cables(fleet)) == []
