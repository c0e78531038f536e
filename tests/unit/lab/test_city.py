"""A lab's plan: its size, the mix of every access switch, and that a seed decides it all."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from automation.lab import city
from automation.lab.city import LabDevice, PortRow

CITY = city.devices("city", 1)
ACCESS = [device for device in CITY if device.role == "access"]


def _kind(row: PortRow) -> str:
    if row.role != "customer" or not row.services:
        return row.role if row.role != "customer" else "reserved"
    return "care" if any(one.name == "care" for one in row.services) else str(len(row.services))


MIX = {
    "1": 22,
    "2": 8,
    "care": 4,
    "reserved": 3,
    "parked": 6,
    "wifi_ap": 2,
    "iot_gateway": 1,
    "internal": 1,
    "colo": 1,
}


def test_the_city_has_its_size() -> None:
    assert Counter(device.role for device in CITY) == {"access": 730, "transport": 44, "core": 6}
    assert sum(len(device.ports) for device in ACCESS) == 35_040
    assert len({device.name for device in CITY}) == 780


def test_every_access_switch_has_the_same_mix() -> None:
    assert all(Counter(_kind(row) for row in device.ports) == MIX for device in ACCESS)


@pytest.mark.parametrize("scale", ["demo", "city"])
def test_both_platforms_and_both_trains_are_in_both_estates(scale: city.Scale) -> None:
    found = {
        (device.estate, device.platform, device.newer)
        for device in city.devices(scale, 1)
        if device.role == "access"
    }
    assert len(found) == 8


def test_each_switch_has_one_customer_on_a_vlan_of_his_own() -> None:
    own = [
        [one for row in device.ports for one in row.services if not one.vlan] for device in ACCESS
    ]
    assert {len(found) for found in own} == {1}
    assert len(ACCESS) <= 999, "the pool has 999 VLANs"


def test_outlets_are_unique_and_only_customers_have_one() -> None:
    outlets = [row.outlet for device in CITY for row in device.ports if row.outlet]
    assert len(outlets) == len(set(outlets)) == 730 * 37
    assert all(bool(row.outlet) == (row.role == "customer") for d in CITY for row in d.ports)


def test_every_access_switch_has_a_downlink_above_it() -> None:
    for estate in ("city", "mkb"):
        mine = [device for device in CITY if device.estate == estate]
        downlinks = Counter(
            device.role for device in mine for row in device.ports if row.role == "downlink"
        )
        roles = Counter(device.role for device in mine)
        assert downlinks == {"transport": roles["access"], "core": roles["transport"]}


def test_a_seed_decides_where_everybody_lives() -> None:
    assert city.devices("demo", 1) == city.devices("demo", 1)
    first, second = city.devices("demo", 1), city.devices("demo", 2)
    assert [replace(device, ports=()) for device in first] == [
        replace(device, ports=()) for device in second
    ]
    assert first != second


def test_the_file_has_a_row_a_subscription_and_one_for_a_port_without_any() -> None:
    device: LabDevice = city.devices("demo", 1)[0]
    header, *rows = city.csv_rows([device])
    assert header == "device;port;role;outlet;service;provider;tier;state;from;to"
    subscriptions = sum(len(row.services) for row in device.ports)
    idle = sum(not row.services for row in device.ports)
    assert len(rows) == subscriptions + idle
    assert {row.count(";") for row in rows} == {9}
    assert {tuple(row.split(";")[4:]) for row in rows if row.split(";")[4] == ""} == {("",) * 6}


def test_a_customer_in_service_has_a_binding_and_nobody_else() -> None:
    device = city.devices("demo", 1)[0]
    ports = [binding.port for binding in device.bindings]
    assert ports == [row.name for row in device.ports if row.services]
    assert len({binding.mac for binding in device.bindings}) == len(ports)
