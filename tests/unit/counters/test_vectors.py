"""Two readings of one counter, the rate between them or why there is none, and who says so."""

from __future__ import annotations

from math import isnan

import pytest

from automation.counters import rates
from tests.unit.counters.clocks import CLOCKS
from tests.unit.counters.counting import COUNTING
from tests.unit.counters.samples import sample
from tests.unit.counters.vector import Vector

VECTORS = (*COUNTING, *CLOCKS)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: one.name)
def test_a_rate_is_right_or_unknown_with_a_reason(vector: Vector) -> None:
    before = sample(vector.before, column=vector.column) if vector.before else None
    found = rates(before, sample(vector.after, column=vector.column))
    rate, reason = found.columns[vector.column][0], found.reason(vector.column, 0)
    if isinstance(vector.expected, str):
        assert isnan(rate)
        assert vector.expected in str(reason)
    else:
        assert reason is None
        assert rate == pytest.approx(vector.expected, rel=1e-3)


def test_the_table_is_as_long_as_promised() -> None:
    assert len(VECTORS) >= 40
    assert len({vector.name for vector in VECTORS}) == len(VECTORS)
    assert all(vector.source for vector in VECTORS)
