"""Light, power and neighbours: what sensors mean, and what a port used to receive."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace

import pytest

from automation.counters import (
    EXTRAS_EVERY,
    Extras,
    Neighbour,
    dbm,
    faded,
    held,
    hundredths,
    pack_extras,
    unpack_extras,
    with_usual,
)

# (kind, scale, precision, value) as agents send them, and the dBm that they mean.
SENSORS = (
    ((14, 9, 1, -73), -7.3),  # IOS: LibreNMS, a 2960-X
    ((14, 9, 3, -5171), -5.17),
    ((6, 8, 4, 5012), -3.0),  # EOS: milliwatts with four decimals
    ((6, 8, 4, 1), -40.0),
    ((6, 8, 4, 0), None),  # dark
    ((6, 8, 4, -1), None),
    ((8, 9, 0, 31), None),  # a thermometer
    ((14, 9, 1, -1_000_000_000), None),
)


@pytest.mark.parametrize(("sensor", "expected"), SENSORS)
def test_a_sensor_means_a_level(sensor: tuple[int, int, int, int], expected: float | None) -> None:
    assert dbm(*sensor) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(-520, -5.2), (0, 0.0), (-4000, -40.0), (-9999, None)]
)
def test_hundredths_mean_a_level(value: int, expected: float | None) -> None:
    assert hundredths(value) == expected


def _extras(**received: float) -> Extras:
    return Extras("sw-1", 1000.0, received=received)


def test_what_is_usual_follows_slowly_and_outlives_the_dark() -> None:
    first = with_usual(None, _extras(a=-5.0), {"a"})
    assert first.usual == {"a": -5.0}
    lower = with_usual(first, _extras(a=-10.0, b=-7.0), {"a", "b"})
    assert lower.usual == {"a": -5.1, "b": -7.0}
    assert faded(lower) == {"a": 4.9, "b": 0.0}
    dark = with_usual(lower, _extras(), ())
    assert dark.usual == lower.usual
    assert faded(dark) == {}


def test_a_port_that_is_down_teaches_nothing() -> None:
    first = with_usual(None, _extras(a=-5.0, b=-40.0), {"a"})
    assert first.usual == {"a": -5.0}
    assert faded(first) == {"a": 0.0}
    cut = with_usual(first, _extras(a=-40.0, b=-40.0), ())
    assert cut.usual == {"a": -5.0}
    assert faded(cut) == {"a": 35.0}


@pytest.mark.parametrize(
    ("age", "shown"),
    [(0.0, True), (EXTRAS_EVERY, True), (EXTRAS_EVERY + 300, True), (EXTRAS_EVERY + 301, False)],
)
def test_what_should_have_been_read_again_does_not_hold(age: float, shown: bool) -> None:
    extras = _extras(a=-5.0)
    assert held(extras, extras.at + age, 300) == (extras if shown else None)


def test_what_was_never_read_does_not_hold() -> None:
    assert held(None, 1000.0, 300) is None


def test_a_reading_without_a_past_has_not_faded() -> None:
    assert faded(_extras(a=-5.0)) == {}


WHOLE = Extras(
    "sw-1",
    1000.0,
    received={"a": -5.5},
    sent={"a": -2.0},
    watts={"b": 4.2},
    neighbours={"a": Neighbour("sw-2", "Ethernet49")},
    usual={"a": -5.0},
    absent={"power": "no answer"},
)


@pytest.mark.parametrize("extras", [WHOLE, Extras("sw-1", 1000.0), replace(WHOLE, late=True)])
def test_extras_come_back(extras: Extras) -> None:
    assert unpack_extras("sw-1", 1000.0, pack_extras(extras)) == extras


def test_extras_that_an_earlier_version_packed_were_not_late() -> None:
    document = json.loads(zlib.decompress(pack_extras(WHOLE)))
    del document["late"]
    assert unpack_extras("sw-1", 1000.0, zlib.compress(json.dumps(document).encode())) == WHOLE


@pytest.mark.parametrize(
    "packed", [b"", zlib.compress(b"{}"), zlib.compress(b"[]"), zlib.compress(b'{"neighbours": 3}')]
)
def test_what_is_not_ours_is_refused(packed: bytes) -> None:
    with pytest.raises(ValueError, match="not packed extras"):
        unpack_extras("sw-1", 1000.0, packed)
