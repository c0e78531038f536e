"""Any port's intent to any other: no line opens or drops more than the change itself.

`test_circular.py` takes every case to every other; here Hypothesis chooses ports, services and
order. The twin is the judge in both.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automation import platforms
from automation.lab import PortView
from automation.model import DeviceIntent, PortIntent, PortRole
from tests.platforms.cases import CARE, IPTV, VOICE, cases, intent, sample, switches
from tests.platforms.test_circular import all_bound, compared, wrongs
from tests.platforms.twin import bootstrapped, exposures, send

_PORTS = 4
_TAGGED = (IPTV, VOICE, CARE)


@st.composite
def _ports(draw: st.DrawFn, platform: str) -> tuple[PortIntent, ...]:
    """Return what a few ports are for: any case, a customer with any of the tagged services."""
    edge = [case.port for case in cases(platform) if case.feature == "ports"]
    chosen = draw(st.lists(st.sampled_from(edge), min_size=_PORTS, max_size=_PORTS))
    made = []
    for port in chosen:
        if port.role is PortRole.CUSTOMER and port.untagged is not None:
            services = draw(st.sets(st.sampled_from(_TAGGED)))
            port = replace(port, tagged=tuple(sorted(services)))
        made.append(port)
    return tuple(made)


def _device(platform: str, ports: tuple[PortIntent, ...]) -> DeviceIntent:
    """Return the intent of a device with these ports; all others are parked."""
    model = sample(platform).model
    every = {case.name: case.port for case in cases(platform)}
    rest = [every["parked"]] * (len(model.access) - len(ports))
    uplinks = [every["uplink"]] + [every["parked"]] * (len(model.uplinks) - 1)
    names = (*model.access, *model.uplinks)
    named = zip(names, (*ports, *rest, *uplinks), strict=True)
    return intent(platform, [replace(port, name=name) for name, port in named])


def _may_interrupt(before: PortView, after: PortView) -> bool:
    """Whether a change from one to the other cuts a port off by its nature.

    It does where a port is opened or shut, where it begins or ceases to carry tags, and where
    a port with tags gets another untagged VLAN: VRP has another link type for it.
    """
    if not (before.up and after.up) or bool(before.tagged) != bool(after.tagged):
        return True
    return bool(before.tagged) and before.untagged != after.untagged


@pytest.mark.parametrize("platform", switches())
@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_no_change_passes_through_an_exposed_or_emptied_state(
    platform: str, data: st.DataObject
) -> None:
    known = platforms.get(platform)
    device = bootstrapped(known)
    first, second = (_device(platform, data.draw(_ports(platform))) for _ in range(2))
    send(device, known, compared(first, device, all_bound(first)).stanzas)
    before = exposures(device)
    drift = compared(second, device, all_bound(second))
    assert wrongs(device, known, drift) == []
    after = exposures(device)
    marked = {stanza.subject for stanza in drift.stanzas if stanza.interrupts}
    cut = {port for port in before if known.grammar.port_header.format(name=port) in marked}
    assert [port for port in cut if not _may_interrupt(before[port], after[port])] == []
