"""Templates become text, or an error that names the template; never an empty word in a line."""

from __future__ import annotations

from datetime import date

import pytest

from automation.errors import BadInput
from automation.model import DeviceIntent, Inventory, Port, PortRole, PortState
from automation.render import Renderer, Templates, intents
from automation.render.renderer import ranges


@pytest.fixture
def intent(inventory: Inventory) -> DeviceIntent:
    """Return the intent of a device with one parked port."""
    port = Port("acc", "Gi1", PortRole.PARKED, PortState.PARKED)
    return intents(inventory, [port], [], date(2026, 11, 23))["acc"]


def _renderer(**sources: str) -> Renderer:
    return Renderer(
        Templates("os", {name.replace("__", "/"): sources[name] for name in sources}, "d")
    )


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("hostname {{ device.name }}\n", "hostname acc\n"),
        ("key {{ secret('tacacs') }}\n", "key <secret:tacacs>\n"),
        ("vlan {{ ranges(service_vlans) }}\n", "vlan 100,200\n"),
        ("{% for vlan in vlans if vlan.name %}\nvlan {{ vlan.id }}\n{% endfor %}\n", None),
        ("description {{ '<&>' }}\n", "description <&>\n"),
    ],
)
def test_a_feature_is_rendered(intent: DeviceIntent, template: str, text: str | None) -> None:
    made = _renderer(system=template).config(intent, ["system"])
    assert made.features == {"system": "vlan 100\nvlan 999\n" if text is None else text}
    assert (made.device, made.templates) == ("acc", "d")


def test_ports_and_uplinks_are_rendered_port_by_port(intent: DeviceIntent) -> None:
    renderer = _renderer(
        ports__parked="{{ port.name }} parked\n", ports__uplink="{{ port.name }} uplink\n"
    )
    assert renderer.config(intent, ["ports", "uplinks"]).features == {
        "ports": "Gi1 parked\n",
        "uplinks": "Te1 uplink\nTe2 parked\n",
    }


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("vlan {{ device.vlan }}\n", "'vlan'"),
        ("vlan {{ missing }}\n", "'missing' is undefined"),
        ("\nvlan {{ None }}\n", "a value is None where a line needs one"),
        ("\n{% for %}\n", "templates/os/system.j2:2: "),
        ("{{ device.name + 1 }}\n", "templates/os/system.j2: "),
        ("{{ 1 // 0 }}\n", "by zero"),
        ("{{ ''.__class__ }}\n", "unsafe"),
        ("{{ vlans.__class__.__mro__ }}\n", "unsafe"),
    ],
)
def test_a_fault_names_the_template(intent: DeviceIntent, template: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        _renderer(system=template).config(intent, ["system"])
    assert str(caught.value).startswith("templates/os/system.j2:")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("feature", "said"),
    [
        ("system", "templates/os/system.j2: there is no template system"),
        ("ports", "templates/os/ports/parked.j2: there is no template ports/parked"),
    ],
)
def test_a_missing_template_is_named(intent: DeviceIntent, feature: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        _renderer().config(intent, [feature])
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("ids", "style", "text"),
    [
        ([], {}, ""),
        ([10], {}, "10"),
        ([10, 11], {}, "10,11"),
        ([10, 11], {"least": 2}, "10-11"),
        ([12, 10, 11, 10], {}, "10-12"),
        ([1, 3, 4, 5, 7], {"joiner": " ", "span": " to "}, "1 3 to 5 7"),
    ],
)
def test_ids_are_written_as_ranges(ids: list[int], style: dict[str, object], text: str) -> None:
    assert ranges(ids, **style) == text  # type: ignore[arg-type]
