"""Findings by device: held once, found without the others."""

from __future__ import annotations

from dataclasses import replace

from automation.findings import ByDevice
from tests.unit.findings.samples import link


def test_what_is_held_is_found_by_its_key_and_by_its_device() -> None:
    one, two, other = link("a", "p1"), link("a", "p2"), link("b", "p1")
    found = ByDevice([one, two, other])
    assert list(found) == [one, two, other]
    assert found.of("a") == (one, two)
    assert (found.get(other.key), found.get(link("c", "p1").key)) == (other, None)
    assert found.of("c") == ()


def test_there_is_one_of_each_key_and_what_is_taken_is_gone() -> None:
    one = link("a", "p1")
    later = replace(one, repeats=1)
    found = ByDevice([one])
    found.put(later)
    assert (list(found), bool(found)) == ([later], True)
    found.take(later)
    assert (list(found), bool(found)) == ([], False)
