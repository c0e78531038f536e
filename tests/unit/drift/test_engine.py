"""The comparison by cases, on a small grammar of its own: what is sent, and what undoes it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from automation.drift import Engine, Seen
from automation.drift.block import canonical
from automation.drift.reader import Reader
from automation.errors import BadInput
from automation.model import (
    Cli,
    Device,
    DeviceModel,
    DeviceRole,
    Drift,
    Feature,
    Grammar,
    IdList,
    IntendedConfig,
    Kind,
    Platform,
    PortRole,
    Rule,
    SessionKind,
    Verdict,
    digest,
    inverse,
    sent_lines,
)

LIST = IdList(
    joiner=",",
    span="-",
    whole="{key} {ids}",
    add="{key} add {ids}",
    remove="{key} remove {ids}",
    empty="none",
    per_line=2,
)
ADDING = IdList(joiner=" ", span=" to ", add="{key} {ids}", remove="undo {key} {ids}", per_line=2)
PORT = r"interface \S+"
GRAMMAR = Grammar(
    negation="no ",
    closed="shutdown",
    opened="no shutdown",
    features=(
        Feature("system", (r"hostname ", r"contact ", r"no lookup$")),
        Feature("vlans", (r"vlan \d", r"vlan batch")),
        Feature("uplinks", ()),
        Feature("ports", ()),
        Feature("snmp", (r"community ", r"manager ", r"motd ")),
        Feature("aaa", (r"user ", r"aaa$", r"key "), exclusive=False),
    ),
    rules=(
        Rule(r"(?P<key>hostname) .*", Kind.VALUE, negate=""),
        Rule(r"(?P<key>contact) .*", Kind.VALUE, negate="no {key}", undo_first=True),
        Rule(r"(?P<key>vlan batch) (?P<ids>.+)", Kind.LIST, ids=ADDING, order=10),
        Rule(
            r"(?P<key>vlan) (?P<ids>[\d,-]+)",
            Kind.BLOCK,
            ids=LIST,
            negate="no vlan {ids}",
            keep_in_use=True,
            order=20,
        ),
        Rule(r"(?P<key>name) .*", Kind.VALUE, within=r"vlan \d+", negate="no {key}"),
        Rule(r"(?P<key>access vlan) .*", Kind.VALUE, within=PORT, negate="no {key}", order=30),
        Rule(
            r"(?P<key>allowed) (?:add )?(?P<ids>[\d,-]+|none)",
            Kind.LIST,
            PORT,
            "no {key}",
            31,
            LIST,
        ),
        Rule(r"(?P<key>mode) .*", Kind.VALUE, PORT, "no {key}", 40, disrupts=True),
        Rule(r"guard", within=PORT, order=50, needs_binding=True),
        Rule(r"queue \d+", Kind.BLOCK, within=PORT, order=60),
        Rule(r"(?P<key>user \S+) .*", Kind.VALUE, order=70),
        Rule(r"(?P<key>login) .*", Kind.VALUE, within=r"aaa", negate="no {key}"),
    ),
    drop=(r"!.*", r"end", r"# .*"),
    rewrite=((r"^hostname2 ", "hostname "),),
    secrets=(r"user \S+ (?P<secret>.+)", r"key (?P<secret>.+)", r"motd (?P<secret>.+)"),
    reencoded=(r"key .+",),
    clear=(r"community (?P<secret>\S+).*",),
    literal=((r"banner", r"EOF$"),),
)
CLI = Cli("x", SessionKind.LINE, (), "show", "conf", "end", "exit", "save", "ok", "#", "#", (), ())
PLATFORM = Platform("small", frozenset(PortRole), GRAMMAR, CLI)
MODEL = DeviceModel("m", "small", ("e1", "e2"), ("u1",))
DEVICE = Device("sw", "city", DeviceRole.ACCESS, "s", "small", MODEL, "192.0.2.1")


def compare(running: str, intended: dict[str, str], seen: Seen | None = None, **own: str) -> Drift:
    engine = Engine(PLATFORM, own)
    return engine.compare(DEVICE, running, IntendedConfig("sw", intended, "t"), seen)


@dataclass(frozen=True)
class Case:
    """Running and intended of some features, the lines sent, and the lines that undo them."""

    name: str
    running: str
    intended: dict[str, str]
    sent: list[str]
    undo: list[str]
    seen: Seen = field(default_factory=Seen)
    deferred: tuple[str, ...] = ()
    irreversible: bool = False
    interrupts: bool = False
    unmanaged: int = 0


def port(*lines: str) -> str:
    return "interface e1\n" + "".join(f" {line}\n" for line in lines)


CASES = (
    Case("nothing to do", "hostname sw\n", {"system": "hostname sw\n"}, [], []),
    Case(
        "order and noise are not drift",
        "! x\nno lookup\nhostname2 sw\nend\n",
        {"system": "hostname sw\nno lookup\n"},
        [],
        [],
    ),
    Case(
        "a value is replaced in place",
        "hostname a\n",
        {"system": "hostname b\n"},
        ["hostname b"],
        ["hostname a"],
    ),
    Case(
        "a value that must go first",
        "contact a\n",
        {"system": "contact b\n"},
        ["no contact", "contact b"],
        ["no contact", "contact a"],
    ),
    Case(
        "what is never removed stays",
        "hostname a\ncontact x\n",
        {"system": ""},
        ["no contact"],
        ["contact x"],
    ),
    Case(
        "a negative line is taken away by its positive",
        "no lookup\n",
        {"system": ""},
        ["lookup"],
        ["no lookup"],
    ),
    Case(
        "a new block, and its undo",
        "",
        {"vlans": "vlan 10\n name A\n"},
        ["vlan 10", " name A"],
        ["no vlan 10"],
    ),
    Case(
        "a list of blocks explodes",
        "vlan 10,20-21\n",
        {"vlans": "vlan 10\nvlan 20\nvlan 21\n"},
        [],
        [],
    ),
    Case(
        "a block that goes goes last and comes back whole",
        "vlan 10\n name A\n",
        {"vlans": "vlan 20\n"},
        ["vlan 20", "no vlan 10"],
        ["vlan 10", " name A", "no vlan 20"],
    ),
    Case(
        "a block is mended inside",
        "vlan 10\n name A\n",
        {"vlans": "vlan 10\n name B\n"},
        ["vlan 10", " name B"],
        ["vlan 10", " name A"],
    ),
    Case(
        "a VLAN that something unowned uses stays",
        "vlan 10\ninterface Vlan10\n",
        {"vlans": ""},
        [],
        [],
        deferred=("vlan 10",),
        unmanaged=1,
    ),
    Case(
        "a list that adds",
        "vlan batch 10 to 12\n",
        {"vlans": "vlan batch 11 to 13 15 17\n"},
        ["vlan batch 13 15", "vlan batch 17", "undo vlan batch 10"],
        ["vlan batch 10", "undo vlan batch 13 15", "undo vlan batch 17"],
    ),
    Case(
        "a list over several lines is one",
        "vlan batch 10\nvlan batch 20\n",
        {"vlans": "vlan batch 10 20\n"},
        [],
        [],
    ),
    Case(
        "a list that goes whole",
        "vlan batch 10 12 14\n",
        {"vlans": ""},
        ["undo vlan batch 10 12", "undo vlan batch 14"],
        ["vlan batch 10 12", "vlan batch 14"],
    ),
    Case(
        "a port's value in place, nothing shut",
        port("access vlan 10", "mode a"),
        {"ports": port("access vlan 20", "mode a")},
        ["interface e1", " access vlan 20"],
        ["interface e1", " access vlan 10"],
    ),
    Case(
        "a mode change is wrapped",
        port("access vlan 10", "mode a"),
        {"ports": port("allowed 1,2,3-5,7", "mode t")},
        [
            "interface e1",
            " shutdown",
            " no access vlan",
            " allowed 1-5,7",
            " mode t",
            " no shutdown",
        ],
        ["interface e1", " shutdown", " no allowed", " access vlan 10", " mode a", " no shutdown"],
        interrupts=True,
    ),
    Case(
        "a long list is cut: whole, then added",
        port("mode t"),
        {"ports": port("mode t", "allowed 10,20,30")},
        ["interface e1", " allowed 10,20", " allowed add 30"],
        ["interface e1", " no allowed"],
    ),
    Case(
        "a list in place: added before removed",
        port("mode t", "allowed 10,20"),
        {"ports": port("mode t", "allowed 20,30")},
        ["interface e1", " allowed add 30", " allowed remove 10"],
        ["interface e1", " allowed add 10", " allowed remove 30"],
    ),
    Case(
        "a list emptied has a word",
        port("mode t", "allowed 10"),
        {"ports": port("mode t", "allowed none")},
        ["interface e1", " allowed none"],
        ["interface e1", " allowed 10"],
    ),
    Case(
        "a port that closes is shut first",
        port("access vlan 10"),
        {"ports": port("shutdown", "access vlan 99")},
        ["interface e1", " shutdown", " access vlan 99"],
        ["interface e1", " access vlan 10", " no shutdown"],
    ),
    Case(
        "a port that opens is opened last",
        port("shutdown"),
        {"ports": port("access vlan 10")},
        ["interface e1", " access vlan 10", " no shutdown"],
        ["interface e1", " shutdown", " no access vlan"],
    ),
    Case(
        "a closed port is changed while closed",
        port("shutdown", "mode a"),
        {"ports": port("shutdown", "mode t")},
        ["interface e1", " mode t"],
        ["interface e1", " mode a"],
    ),
    Case(
        "protection that cuts waits for a binding",
        port("mode a"),
        {"ports": port("mode a", "guard", "x")},
        ["interface e1", " x"],
        ["interface e1", " no x"],
        deferred=("guard",),
    ),
    Case(
        "with a binding it does not",
        port("mode a"),
        {"ports": port("mode a", "guard")},
        ["interface e1", " guard"],
        ["interface e1", " no guard"],
        seen=Seen(bindings=frozenset({"e1"})),
    ),
    Case(
        "nor on a port that was closed",
        port("shutdown"),
        {"ports": port("guard")},
        ["interface e1", " guard", " no shutdown"],
        ["interface e1", " shutdown", " no guard"],
    ),
    Case(
        "it stays where it is", port("mode a", "guard"), {"ports": port("mode a", "guard")}, [], []
    ),
    Case(
        "a block inside a port",
        port("queue 1", " depth 2"),
        {"ports": port("queue 1", " depth 3")},
        ["interface e1", " queue 1", "  depth 3", "  no depth 2"],
        ["interface e1", " queue 1", "  depth 2", "  no depth 3"],
    ),
    Case(
        "a port that the device does not show",
        "",
        {"ports": port("mode a")},
        [],
        [],
        deferred=("",),
    ),
    Case(
        "a foreign community is known by its digest",
        "community x RO\n",
        {"snmp": "community <secret:c> RO\n"},
        ["community <secret:c> RO", "no community <secret:seen-2d71> RO"],
        ["community <secret:seen-2d71> RO", "no community <secret:c> RO"],
        irreversible=True,
    ),
    Case(
        "our own community is in sync",
        "community ours RO\n",
        {"snmp": "community <secret:own> RO\n"},
        [],
        [],
    ),
    Case(
        "a secret never verified is set again",
        "user a 5 abc\n",
        {"aaa": "user a <secret:u>\n"},
        ["user a <secret:u>"],
        [],
        irreversible=True,
    ),
    Case(
        "a verified one is not",
        "user a 5 abc\n",
        {"aaa": "user a <secret:u>\n"},
        [],
        [],
        seen=Seen({"/user a": digest("5 abc")}),
    ),
    Case(
        "nor one that we have just set",
        "user a 5 abc\n",
        {"aaa": "user a <secret:u>\n"},
        [],
        [],
        seen=Seen(trust=True),
    ),
    Case(
        "one that is encoded anew at each display is taken by its presence",
        "key 8f\n",
        {"aaa": "key <secret:k>\n"},
        [],
        [],
    ),
    Case(
        "other users are not ours",
        "user other 5 x\naaa\n login tac\n login2 x\n",
        {"aaa": "aaa\n login tac\n"},
        [],
        [],
        unmanaged=2,
    ),
    Case(
        "a secret inside a block of ours",
        "aaa\n login a\n",
        {"aaa": "aaa\n login b\n"},
        ["aaa", " login b"],
        ["aaa", " login a"],
    ),
    Case(
        "a masked secret cannot be removed by a plan",
        "motd a\nmotd b\n",
        {"snmp": "motd <secret:m>\n"},
        ["motd <secret:m>"],
        [],
        deferred=("motd <secret>",),
        irreversible=True,
    ),
    Case(
        "banners and unowned lines are left alone",
        "banner x\nhostname evil\nEOF\nother\n",
        {"system": ""},
        [],
        [],
        unmanaged=1,
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_sent_and_what_undoes_it(case: Case) -> None:
    drift = compare(case.running, case.intended, case.seen, **{digest("ours"): "own"})
    assert [line for one in drift.stanzas for line in sent_lines(one)] == case.sent
    back = [line for one in reversed(drift.stanzas) for line in sent_lines(inverse(one))]
    assert back == case.undo
    assert tuple(late.line for late in drift.deferred) == case.deferred
    assert any(one.irreversible for one in drift.stanzas) == case.irreversible
    assert any(one.interrupts for one in drift.stanzas) == case.interrupts
    assert drift.unmanaged == case.unmanaged


def test_every_stanza_says_what_it_is_about() -> None:
    drift = compare(port("mode a"), {"ports": port("mode t"), "system": "hostname x\n"})
    assert [one.subject for one in drift.stanzas] == ["hostname", "interface e1"]
    assert [inverse(one).subject for one in drift.stanzas] == ["hostname", "interface e1"]


@pytest.mark.parametrize(
    ("running", "intended", "feature", "verdict"),
    [
        ("hostname a\n", {"system": "hostname a\n"}, "system", Verdict.IN_SYNC),
        ("hostname a\n", {"system": "hostname b\n"}, "system", Verdict.DRIFTED),
        ("hostname a\n", {"system": "hostname a\n"}, "vlans", Verdict.UNKNOWN),
        (port("mode a"), {"ports": port("mode a")}, "ports", Verdict.IN_SYNC),
        (port("mode a") + "interface e2\n", {"ports": port("mode a")}, "ports", Verdict.UNKNOWN),
        (port("mode a") + "interface e2\n", {"ports": port("mode b")}, "ports", Verdict.DRIFTED),
        ("user a 5 x\n", {"aaa": "user a <secret:u>\n"}, "aaa", Verdict.DRIFTED),
    ],
)
def test_verdicts(running: str, intended: dict[str, str], feature: str, verdict: Verdict) -> None:
    assert compare(running, intended).verdicts[feature] is verdict


def test_a_port_without_intent_is_neither_changed_nor_called_in_sync() -> None:
    drift = compare(port("mode a") + "interface e2\n mode q\n", {"ports": port("mode a")})
    assert drift.stanzas == ()
    assert drift.unmanaged == 2


def test_base_and_target_meet_when_all_is_sent() -> None:
    intended = {"ports": port("access vlan 20", "mode a")}
    before = compare(port("access vlan 10", "mode a"), intended)
    assert before.base != before.target
    after = compare(port("mode a", "access vlan 20"), intended)
    assert after.base == after.target == before.target


def test_secret_texts_are_kept_as_digests_only() -> None:
    drift = compare("user a 5 abc\naaa\n x\n", {"aaa": "user a <secret:u>\naaa\n x\n"})
    assert drift.secrets == {"/user a": digest("5 abc")}
    assert "abc" not in repr(drift)


def test_a_secret_in_a_block_is_kept_by_header_and_key() -> None:
    drift = compare("aaa\n key2\n user a 5 abc\n", {"aaa": "aaa\n user a <secret:u>\n"})
    assert drift.secrets == {"aaa/user a <secret>": digest("5 abc")}
    assert [line for one in drift.stanzas for line in sent_lines(one)] == [
        "aaa",
        " user a <secret:u>",
    ]


def test_a_reader_that_forgets_reads_the_same() -> None:
    text = port("mode a", "allowed 10,20") + "vlan 10\n name A\nhostname x\n"
    forgetful = Reader(GRAMMAR, remembers=1)
    assert canonical(forgetful.read(text)) == canonical(Reader(GRAMMAR).read(text))


def test_a_template_may_only_write_what_its_feature_owns() -> None:
    with pytest.raises(BadInput, match="sw system: the template wrote 'vlan 10'"):
        compare("", {"system": "vlan 10\n"})


def test_uplinks_are_a_feature_of_their_own() -> None:
    running = "interface u1\n mode a\n" + port("mode a")
    drift = compare(running, {"uplinks": "interface u1\n mode t\n"})
    assert {one.feature for one in drift.stanzas} == {"uplinks"}


def test_back_takes_a_device_to_what_it_was() -> None:
    engine = Engine(PLATFORM)
    intended = IntendedConfig("sw", {"ports": port("mode b")}, "t")
    back = engine.back(DEVICE, port("mode b", "guard"), port("mode a"), intended)
    assert [line for one in back for line in sent_lines(one)] == [
        "interface e1",
        " shutdown",
        " no guard",
        " mode a",
        " no shutdown",
    ]


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("hostname a\n! 12:00\n", "! 12:01\nhostname a\n", True),
        ("key 1\n", "key 2\n", True),
        ("key 1\n", "", False),
        ("user a 1\n", "user a 2\n", False),
        ("hostname a\n", "hostname b\n", False),
    ],
)
def test_the_running_digest_sees_all_but_what_changes_by_itself(
    one: str, other: str, equal: bool
) -> None:
    engine = Engine(PLATFORM)
    assert (engine.running_digest(one) == engine.running_digest(other)) is equal


def test_secrets_shown_in_clear_are_named_for_the_wire() -> None:
    engine = Engine(PLATFORM, {digest("ours"): "own"})
    shown = engine.shown_secrets("community x RO\ncommunity ours RO\ncommunity <secret:c> RO\n")
    assert shown == {"seen-2d71": "x", "own": "ours"}


def test_another_secret_makes_another_version() -> None:
    assert Engine(PLATFORM).version != Engine(PLATFORM, {digest("ours"): "own"}).version


def test_without_volatile_lines_the_digest_is_that_of_the_text() -> None:
    plain = replace(PLATFORM, grammar=replace(GRAMMAR, drop=(), reencoded=()))
    assert Engine(plain).running_digest("a\n") == digest("a\n")
