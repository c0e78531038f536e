"""What is typed for which stanzas, which prompt each line must bring, and what goes together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from automation import platforms
from automation.devices.steps import Step, UnknownMode, batches, steps
from automation.model import Cli, Dialog, Mode, Stanza

CONFIG = r"{host}\(config\)#"
CLI = replace(
    platforms.get("cisco_ios").cli,
    modes=(
        Mode(r"interface \S+", r"\(config-if\)#"),
        Mode(r"vlan [\d,-]+", r"\(config-vlan\)#"),
        Mode(r"policy-map \S+", r"\(config-pmap\)#"),
        Mode(r"class \S+", r"\(config-pmap-c\)#"),
    ),
    dialogs=(Dialog("no username", "sure", ""), Dialog("^$", "at login", "N")),
)
VRP = replace(
    CLI,
    exit="quit",
    config_prompt=r"\[[~*]?{host}\]",
    modes=(Mode(r"interface (?P<name>\S+)", r"-{name}\]"),),
    dialogs=(),
)


def stanza(header: str, *lines: str) -> Stanza:
    return Stanza("ports", header, lines, header, ())


IF, VLAN = r"{host}\(config-if\)#", r"{host}\(config-vlan\)#"
PMAP, CLASS = r"{host}\(config-pmap\)#", r"{host}\(config-pmap-c\)#"
PORT = r"\[[~*]?{host}-XGigabitEthernet0/0/1\]"


@pytest.mark.parametrize(
    ("cli", "given", "typed"),
    [
        (CLI, stanza("interface Gi1", "a", "b"), [
            ("interface Gi1", IF, "alone"), ("a", IF, ""), ("b", IF, ""),
            ("exit", CONFIG, "leaves"),
        ]),
        (CLI, stanza("vlan 10"), [("vlan 10", VLAN, "alone"), ("exit", CONFIG, "leaves")]),
        (CLI, stanza("", "ntp server 1"), [("ntp server 1", CONFIG, "")]),
        (CLI, stanza("", "no username x"), [("no username x", CONFIG, "alone")]),
        (CLI, stanza("", "vlan 10"), [("vlan 10", VLAN, "alone"), ("exit", CONFIG, "leaves")]),
        (CLI, stanza("", "no vlan 10"), [("no vlan 10", CONFIG, "")]),
        (CLI, stanza("", "vlan 2001-2999"), [
            ("vlan 2001-2999", VLAN, "alone"), ("exit", CONFIG, "leaves"),
        ]),
        (CLI, stanza("", "vlan 10", " name A", "vlan 11", " name B"), [
            ("vlan 10", VLAN, "alone"), ("name A", VLAN, ""), ("exit", CONFIG, "leaves"),
            ("vlan 11", VLAN, "alone"), ("name B", VLAN, ""), ("exit", CONFIG, "leaves"),
        ]),
        (CLI, stanza("policy-map P", "class a", " police 1", "class b", " police 2"), [
            ("policy-map P", PMAP, "alone"),
            ("class a", CLASS, "alone"), ("police 1", CLASS, ""), ("exit", PMAP, "leaves"),
            ("class b", CLASS, "alone"), ("police 2", CLASS, ""), ("exit", PMAP, "leaves"),
            ("exit", CONFIG, "leaves"),
        ]),
        (CLI, stanza("interface Gi1", "vlan 10"), [  # a line in a block is not a header
            ("interface Gi1", IF, "alone"), ("vlan 10", IF, ""), ("exit", CONFIG, "leaves"),
        ]),
        (VRP, stanza("interface XGigabitEthernet0/0/1", "shutdown"), [
            ("interface XGigabitEthernet0/0/1", PORT, "alone"), ("shutdown", PORT, ""),
            ("quit", r"\[[~*]?{host}\]", "leaves"),
        ]),
    ],
)  # fmt: skip
def test_steps(cli: Cli, given: Stanza, typed: list[tuple[str, str, str]]) -> None:
    expected = [
        Step(line, prompt, 0, alone=how == "alone", leaves=how == "leaves")
        for line, prompt, how in typed
    ]
    assert list(steps([given], cli)) == expected


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (stanza("router ospf 1", "a"), "router ospf 1"),
        (stanza("interface Gi1", "odd", " deeper"), "odd"),
        (stanza("", "odd", " deeper"), "odd"),
    ],
)
def test_a_mode_that_the_platform_does_not_declare(given: Stanza, line: str) -> None:
    with pytest.raises(UnknownMode) as caught:
        steps([stanza("vlan 1"), given], CLI)
    assert (caught.value.line, caught.value.stanza) == (line, 1)


SENT = [
    stanza("interface Gi1", "a", "b"),
    stanza("", "c", "no username x", "d"),
    stanza("", "e"),
    stanza("policy-map P", "class a", " f", " g"),
]


@pytest.mark.parametrize(
    ("lines", "together"),
    [
        ("no a;b", "no a+b"),
        ("x;no a;no b;b;c;y", "x|no a+no b+b+c|y"),
        ("a;b", "a|b"),
        ("a;no b", "a|no b"),
        ("no a;no b", "no a|no b"),
        ("no a;b;no c;x", "no a+b|no c|x"),
        ("no a;x;b", "no a|x|b"),
        ("no a;no b;x;no c;d", "no a|no b|x|no c+d"),
    ],
)
def test_what_goes_on_in_one_write_with_what_brings_the_way_back(lines: str, together: str) -> None:
    cli = replace(CLI, together=(r"no [abc]", r"[a-d]"))
    made = batches(steps([stanza("interface Gi1", *lines.split(";"))], cli), whole_stanza=False)
    typed = ["+".join(step.line for step in batch) for batch in made]
    assert "|".join(typed) == f"interface Gi1|{together}|exit"


@pytest.mark.parametrize(
    ("whole", "together"),
    [
        (False, "interface Gi1|a|b|exit|c|no username x|d|e|policy-map P|class a|f|g|exit|exit"),
        (True, "interface Gi1|a b exit|c|no username x|d|e|policy-map P|class a|f g exit|exit"),
    ],
)
def test_what_may_be_outstanding_together(whole: bool, together: str) -> None:
    made = batches(steps(SENT, CLI), whole_stanza=whole)
    assert "|".join(" ".join(step.line for step in batch) for batch in made) == together
