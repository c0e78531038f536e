"""After a change that broke off: what is said of a stanza that stands for many VLANs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import cast

import pytest

from automation.devices import Session
from automation.lab import Switch
from automation.model import Change, Sent, Stanza, StanzaState, Vlan, digest
from automation.tasks.settle import after, judge, settle
from automation.tasks.subject import Subject, Toolset
from tests.platforms.test_circular import lines_of, one_of_each, renderer
from tests.platforms.twin import SECRET_VALUE, send, switch

IOS = "cisco_ios"
APPLIED, UNTOUCHED = StanzaState.APPLIED, StanzaState.UNTOUCHED
UNKNOWN, UNDONE = StanzaState.UNKNOWN, StanzaState.UNDONE


@dataclass(frozen=True, slots=True)
class OnTwin:
    """A session whose lines land on a twin without a wire."""

    subject: Subject
    device: Switch

    def fetch(self) -> str:
        return self.device.running()

    def configure(self, stanzas: Sequence[Stanza], _: Callable[[str], str]) -> Sent:
        assert send(self.device, self.subject.platform, stanzas) == []
        return Sent((APPLIED,) * len(stanzas))


def begun() -> tuple[Subject, Switch, Change]:
    """Return a switch that has but to get 999 VLANs, in one line, and the change that does it."""
    made = one_of_each(IOS)
    templates = renderer(IOS).templates
    tools = Toolset.of(templates, {digest(SECRET_VALUE): "snmp_read"})
    features = tuple(feature.name for feature in tools.platform.grammar.features)
    subject = Subject(made.device, made, "", tools, features)
    empty = Change(made.device.name, "mkb", IOS, "", "", "", "")
    device = switch(tools.platform)
    send(device, tools.platform, after(subject, empty, device.running()).stanzas)
    more = tuple(Vlan(number, "") for number in range(2003, 3002))
    wide = replace(subject, intent=replace(made, vlans=(*made.vlans, *more)))
    stanzas = after(wide, empty, device.running()).stanzas
    assert [stanza.lines for stanza in stanzas] == [("vlan 2003-3001",)]
    return wide, device, replace(empty, stanzas=stanzas)


@pytest.mark.parametrize(
    ("made", "state"),
    [
        ([], UNTOUCHED),
        (["vlan 2003-2500"], UNKNOWN),
        (["vlan 2003-2500", "vlan 2501-3001"], APPLIED),
        (["vlan 3001"], UNKNOWN),
    ],
)
def test_many_vlans_are_applied_only_if_all_are_there(made: list[str], state: StanzaState) -> None:
    subject, device, change = begun()
    before = device.running()
    device.edit(made)
    assert judge(subject, change, before, device.running()) == (state,)


def test_of_many_vlans_those_that_were_made_are_taken_away_again() -> None:
    subject, device, change = begun()
    device.edit(["vlan 2600"])
    before, lines = device.running(), lines_of(device)
    change = replace(change, stanzas=after(subject, change, before).stanzas)
    assert len(change.stanzas) == 1
    device.edit(["vlan 2003-2700"])
    session = cast("Session", OnTwin(subject, device))
    assert settle(session, subject, change, before, device.running(), str) == ((UNDONE,), "")
    assert lines_of(device) == lines
