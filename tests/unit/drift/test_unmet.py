"""What is configured and not in force, as `cases.txt` cannot say it."""

from __future__ import annotations

from dataclasses import replace

from automation.drift import Engine
from automation.model import IntendedConfig, Verdict
from tests.unit.drift.test_engine import DEVICE, GRAMMAR, PLATFORM, compare, port


def test_what_is_not_in_force_is_told_if_it_should_be_and_is_no_matter_of_an_undo() -> None:
    lost = port("address 10.0.0.1/24 lost", "address 10.0.1.1/24 lost")
    wanted = {"ports": port("address 10.0.0.1/24")}
    drift = compare(lost, wanted)
    assert drift.unmet == ("interface e1: address 10.0.0.1/24",)
    assert drift.verdicts["ports"] is Verdict.DRIFTED
    assert drift.base != drift.target == compare(wanted["ports"], wanted).base
    grammar = replace(GRAMMAR, derived=((r" lost$", ""),))
    intended = IntendedConfig("sw", wanted, "t")
    back = Engine(replace(PLATFORM, grammar=grammar)).back
    assert back(DEVICE, lost.replace(" lost", ""), lost, intended) == ()
    assert len(Engine(PLATFORM).back(DEVICE, lost.replace(" lost", ""), lost, intended)) == 1
