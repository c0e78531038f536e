"""Agents that share an engine id: none of them is believed, whichever process asked which."""

from __future__ import annotations

from array import array

import pytest

from automation.counters import COLUMNS, Extras, Labels, Layout, Sample
from automation.snmp import Polled
from automation.snmp.poller import told_apart

SHARED, OWN = b"\x80\x00\x01\x02\x05", b"\x80\x00\x01\x02\x06"


def _polled(device: str, engine: bytes = SHARED) -> Polled:
    nothing, none = array("Q"), Layout((), (), ())
    labels = Labels(0.0, (), nothing, nothing)
    sample = Sample(device, 0.0, 1, none, labels, nothing, (nothing,) * len(COLUMNS))
    extras = Extras(device, 0.0)
    return Polled(device, sample, extras, "", {"Gi1": "no"}, "cut", 9, 0.5, engine)


@pytest.mark.parametrize("shards", [1, 2, 3])
def test_of_three_with_one_engine_id_none_is_believed(shards: int) -> None:
    every = [_polled("a0"), _polled("a1"), _polled("b", OWN), _polled("a2"), _polled("v2c", b"")]
    parts = [one for shard in range(shards) for one in told_apart(every[shard::shards])]
    found = {one.device: one for one in told_apart(parts)}
    for device in ("a0", "a1", "a2"):
        said, _, others = found[device].error.partition(" is also that of ")
        assert said == "engine id 8000010205"
        names = set(others.partition(";")[0].split(", "))
        assert names == {"a0", "a1", "a2"} - {device}
        assert (found[device].sample, found[device].extras) == (None, None)
        assert not found[device].faults
        assert found[device].requests, "it was asked, and that is told"
    assert found["b"] == every[2]
    assert found["v2c"] == every[4]
