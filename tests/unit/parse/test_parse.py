"""Device text against what it says. Samples are raw answers with invented addresses (RFC 7042)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from automation import parse, platforms
from automation.errors import DeviceError
from automation.model import Cli
from automation.platforms.cisco_ios import PLATFORM as CISCO

SAMPLES = Path(__file__).parent / "samples"
TEMPLATE = r"""Value NAME (\w+)
Value COUNT (\d+)

Start
  ^${NAME} ${COUNT}$$ -> Record
  ^. -> Error
"""


def sample(name: str) -> str:
    return (SAMPLES / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("a 1\n", ({"NAME": "a", "COUNT": "1"},)),
        ("a 1\nb 2\n", ({"NAME": "a", "COUNT": "1"}, {"NAME": "b", "COUNT": "2"})),
    ],
)
def test_records_are_those_of_the_text(text: str, expected: tuple[dict[str, str], ...]) -> None:
    assert parse.records(TEMPLATE, text) == expected


def test_text_of_another_shape_is_an_error_that_shows_it() -> None:
    with pytest.raises(DeviceError, match=r"% Invalid input"):
        parse.records(TEMPLATE, "a 1\n% Invalid input\n")


@pytest.mark.parametrize(
    ("name", "bound"),
    [
        (
            "cisco_ios_bindings",
            {
                ("GigabitEthernet1/0/1", 1101),
                ("GigabitEthernet1/0/2", 1101),
                ("GigabitEthernet1/0/2", 1201),
                ("TenGigabitEthernet1/0/1", 330),
            },
        ),
        ("cisco_ios_bindings_none", set()),
    ],
)
def test_bindings_are_ports_by_their_full_names_and_vlans(
    name: str, bound: set[tuple[str, int]]
) -> None:
    assert parse.bindings(CISCO, sample(name)) == bound


@pytest.mark.parametrize(
    "changed",
    [
        ("00:00:5E:00:53:01", "00:00:5E:00:53"),
        ("Total number of bindings: 4", "% Invalid input detected at '^' marker."),
        ("GigabitEthernet1/0/1\n", "\n"),
        ("1101  GigabitEthernet1/0/1\n", "GigabitEthernet1/0/1\n"),
    ],
)
def test_bindings_of_an_unknown_shape_are_not_none(changed: tuple[str, str]) -> None:
    text = sample("cisco_ios_bindings").replace(*changed)
    assert text != sample("cisco_ios_bindings")
    with pytest.raises(DeviceError, match="unknown shape"):
        parse.bindings(CISCO, text)


@pytest.mark.parametrize("port", ["Gi1/0/1", "GigabitEthernet1/0/1", "Xx1", "7"])
def test_an_unknown_abbreviation_stays_as_it_is(port: str) -> None:
    rows = "Value PORT (\\S+)\nValue VLAN (\\d+)\n\nStart\n  ^${PORT} ${VLAN}$$ -> Record\n"
    odd = replace(CISCO, facts={"bindings": rows})
    expected = "GigabitEthernet1/0/1" if port.startswith("G") else port
    assert parse.bindings(odd, f"{port} 7\n") == {(expected, 7)}


@pytest.mark.parametrize("name", platforms.names())
def test_every_shipped_template_refuses_text_that_it_does_not_know(name: str) -> None:
    platform = platforms.get(name)
    control = platform.control
    held = control.in_force if isinstance(control, Cli) else None
    for template in (*platform.facts.values(), *((held.fact,) if held else ())):
        with pytest.raises(DeviceError):
            parse.records(template, "something else altogether")


@pytest.mark.parametrize("name", platforms.names())
def test_a_platform_with_a_command_for_a_fact_has_its_template(name: str) -> None:
    platform = platforms.get(name)
    assert (platform.bindings is None) == (parse.BINDINGS not in platform.facts)
    assert (platform.ports is None) == (parse.PORTS not in platform.facts)
