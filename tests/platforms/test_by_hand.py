"""From ports that somebody configured by hand: mended, or left with a reason, and never open.

What is typed here is typed on every port at once, so that each meets every role.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pytest

from automation import platforms
from automation.lab import Switch
from automation.lab.fleet import PlatformName
from automation.model import DeviceIntent, Drift
from tests.platforms.cases import sample
from tests.platforms.test_circular import all_bound, compared, lines_of, one_of_each, undone, wrongs
from tests.platforms.twin import exposures, send, switch


@dataclass(frozen=True, slots=True)
class ByHand:
    """What somebody typed: on the device, and on every port; `alone` ports are not touched."""

    device: tuple[str, ...]
    port: tuple[str, ...]
    alone: bool = False


_SVI = ("vlan 55", "vlan 60", "interface Vlan55")
_IOS = ("vtp mode transparent", *_SVI)
"""As a VTP server the switch would not show its VLANs."""
_VLANIF = ("vlan batch 55 60", "interface Vlanif55")
STATES: Mapping[str, Mapping[str, ByHand]] = {
    "cisco_ios": {
        "trunk with all VLANs": ByHand(_IOS, ("switchport mode trunk",)),
        "shut trunk with all VLANs": ByHand(_IOS, ("switchport mode trunk", "shutdown")),
        "trunk with a VLAN of the switch": ByHand(
            _IOS, ("switchport trunk allowed vlan 55,60", "switchport mode trunk")
        ),
        "foreign access VLAN": ByHand(
            _IOS, ("switchport access vlan 55", "switchport mode access", "switchport nonegotiate")
        ),
        "member of a port channel": ByHand(
            (*_IOS, "policy-map UP-7M", "class class-default"),
            (
                "switchport trunk allowed vlan 60",
                "switchport mode trunk",
                "service-policy input UP-7M",
                "channel-group 1 mode active",
            ),
            alone=True,
        ),
        "a telephone is trusted": ByHand(
            _IOS, ("mls qos trust device cisco-phone", "mls qos trust cos", "no cdp enable")
        ),
    },
    "arista_eos": {
        "trunk with all VLANs": ByHand(_SVI, ("switchport mode trunk",)),
        "shut trunk with all VLANs": ByHand(_SVI, ("switchport mode trunk", "shutdown")),
        "trunk with a VLAN of the switch": ByHand(
            _SVI, ("switchport trunk allowed vlan 55,60", "switchport mode trunk")
        ),
        "foreign access VLAN": ByHand(_SVI, ("switchport access vlan 55",)),
        "member of a port channel": ByHand(_SVI, ("channel-group 1 mode active",), alone=True),
    },
    "huawei_vrp": {
        "trunk with all VLANs": ByHand(
            _VLANIF, ("port link-type trunk", "port trunk allow-pass vlan all")
        ),
        "trunk with a VLAN of the switch": ByHand(
            _VLANIF, ("port link-type trunk", "port trunk allow-pass vlan 55 60")
        ),
        "hybrid port": ByHand(
            _VLANIF,
            (
                "port link-type hybrid",
                "port hybrid pvid vlan 55",
                "undo port hybrid vlan 1",
                "port hybrid untagged vlan 55",
                "port hybrid tagged vlan 60",
            ),
        ),
        "hybrid port with VLAN 1": ByHand(_VLANIF, ("port link-type hybrid",)),
        "foreign access VLAN": ByHand(
            _VLANIF, ("port link-type access", "port default vlan 55", "shutdown")
        ),
        "no spanning tree": ByHand(_VLANIF, ("stp disable", "bpdu disable")),
        "member of an Eth-Trunk": ByHand(_VLANIF, ("eth-trunk 1",), alone=True),
    },
}


def typed(platform: PlatformName, state: ByHand, ports: Sequence[str], *, newer: bool) -> Switch:
    """Return a switch on which `state` was typed; the twin took each line."""
    device = switch(platforms.get(platform), newer=newer)
    refused = device.edit([*state.device])
    for port in ports:
        refused += device.edit([f"interface {port}", *state.port])
    assert [said for said in refused if "%" in said or "Error" in said] == []
    return device


def mended(made: DeviceIntent, device: Switch, drift: Drift) -> None:
    """Send the drift, look after each line, and find nothing left; then take all of it back."""
    known = platforms.get(made.device.platform)
    before, views = lines_of(device), exposures(device)
    assert wrongs(device, known, drift) == []
    left = compared(made, device, all_bound(made))
    assert left.stanzas == ()
    assert [late.header for late in left.deferred] == [late.header for late in drift.deferred]
    assert send(device, known, undone(drift.stanzas)) == []
    assert lines_of(device) == before
    assert exposures(device) == views


def _cases() -> Iterator[tuple[str, str, bool]]:
    """Yield every state; VRP treats a change of link type in two ways, by its release."""
    for platform, states in STATES.items():
        for name in states:
            yield platform, name, False
            if platform == "huawei_vrp":
                yield platform, name, True


@pytest.mark.parametrize(("platform", "name", "newer"), [*_cases()])
def test_access_ports_are_mended_or_left_alone(
    platform: PlatformName, name: str, newer: bool
) -> None:
    state, made = STATES[platform][name], one_of_each(platform)
    device = typed(platform, state, sample(platform).model.access, newer=newer)
    drift = compared(made, device, all_bound(made))
    reasons = {late.header: late.why for late in drift.deferred}
    header = platforms.get(platform).grammar.port_header
    for port in sample(platform).model.access:
        assert ("link aggregate" in reasons.get(header.format(name=port), "")) is state.alone
    mended(made, device, drift)


def test_what_a_member_of_a_port_channel_uses_is_kept() -> None:
    state = STATES["cisco_ios"]["member of a port channel"]
    made = one_of_each("cisco_ios")
    drift = compared(made, typed("cisco_ios", state, made.device.model.access, newer=False))
    kept = {late.line for late in drift.deferred if not late.header}
    assert kept == {"vlan 55", "vlan 60", "policy-map UP-7M"}


@pytest.mark.parametrize("platform", STATES)
def test_the_uplink_keeps_the_vlan_in_which_the_switch_is_managed(platform: PlatformName) -> None:
    state, made = STATES[platform]["trunk with a VLAN of the switch"], one_of_each(platform)
    ours = made.device.model.uplinks[0]
    device = typed(platform, state, [ours], newer=False)
    drift = compared(made, device, all_bound(made))
    header = platforms.get(platform).grammar.port_header
    why = {late.header: late.line for late in drift.deferred}
    assert why[header.format(name=ours)].endswith("without [55]")
    mended(made, device, drift)
    send(device, platforms.get(platform), drift.stanzas)
    assert 55 in exposures(device)[ours].tagged


@pytest.mark.parametrize("platform", ["cisco_ios", "huawei_vrp"])
def test_an_uplink_of_another_mode_is_left_with_a_reason(platform: PlatformName) -> None:
    """EOS commits the change of mode whole, so that there is no moment without the port."""
    state, made = STATES[platform]["foreign access VLAN"], one_of_each(platform)
    ours = made.device.model.uplinks[0]
    device = typed(platform, state, [ours], newer=False)
    drift = compared(made, device, all_bound(made))
    header = platforms.get(platform).grammar.port_header.format(name=ours)
    assert header not in {stanza.subject for stanza in drift.stanzas}
    (why,) = (late.why for late in drift.deferred if late.header == header)
    assert why.startswith("its mode would change")
    mended(made, device, drift)
