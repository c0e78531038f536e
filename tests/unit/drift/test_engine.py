"""The comparison by cases, on a small grammar of its own: what is sent, and what undoes it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from automation.drift import Engine, Seen
from automation.drift.block import REENCODED, canonical
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
TOGETHER = replace(LIST, add="{key} {ids}", remove="no {key} {ids}")
PORT = r"interface \S+"
CASES = Path(__file__).with_name("cases.txt")
GRAMMAR = Grammar(
    negation="no ",
    closed="shutdown",
    opened="no shutdown",
    features=(
        Feature("system", (r"hostname ", r"contact ", r"no lookup$", r"policy ", r"tree ")),
        Feature("vlans", (r"vlan \d", r"vlan batch")),
        Feature("uplinks", ()),
        Feature("ports", ()),
        Feature("snmp", (r"community ", r"manager ", r"motd ", r"pass ")),
        Feature("aaa", (r"user ", r"aaa$", r"key "), shared=(r".*",)),
    ),
    rules=(
        Rule(r"(?P<key>hostname) .*", Kind.VALUE, negate=""),
        Rule(r"(?P<key>contact) .*", Kind.VALUE, negate="no {key}", undo_first=True),
        Rule(r"policy \S+", Kind.BLOCK, keep_in_use=True),
        Rule(r"(?P<key>tree) .*", Kind.VALUE, negate="no {key}", disrupts=True),
        Rule(r"(?P<key>peer) .*", Kind.VALUE, r"policy \S+", "no {key}", disrupts=True),
        Rule(r"(?P<key>list) \S+ (?P<also>in|out)", Kind.VALUE, r"policy \S+", "no {line}"),
        Rule(r"family \S+", Kind.BLOCK, within=r"policy \S+"),
        Rule(r"(?P<key>peer) .*", Kind.VALUE, r"family \S+", "no {key}", disrupts=True),
        Rule(r"(?P<key>vlan batch) (?P<ids>.+)", Kind.LIST, ids=ADDING, order=10),
        Rule(
            r"(?P<key>vlan) (?P<ids>[\d,-]+)",
            Kind.BLOCK,
            ids=TOGETHER,
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
            keep_in_use=True,
        ),
        Rule(r"(?P<key>mode) .*", Kind.VALUE, PORT, "no {key}", 40, disrupts=True),
        Rule(r"guard", within=PORT, order=50, needs_binding=True),
        Rule(
            r"(?P<key>address (?P<address>\S+))(?P<unmet> lost)?",
            within=rf"{PORT}|policy \S+",
            order=35,
        ),
        Rule(r"queue \d+", Kind.BLOCK, within=PORT, order=60),
        Rule(r"member \d+", within=PORT, hands_off=True),
        Rule(
            r"(?P<key>open) (?P<ids>[\d,-]+)",
            Kind.LIST,
            PORT,
            "no {key}",
            32,
            replace(LIST, absent_is_all=True),
            keep_in_use=True,
        ),
        Rule(r"pass (?P<type>\d) (?P<name>\S+)", negate="strip {type} {name}"),
        Rule(r"(?P<key>user \S+) .*", Kind.VALUE, order=70),
        Rule(r"(?P<key>login) .*", Kind.VALUE, within=r"aaa", negate="no {key}"),
    ),
    drop=(r"!.*", r"end", r"# .*"),
    rewrite=((r"^hostname2 ", "hostname "),),
    secrets=(r"user \S+ (?P<secret>.+)", r"key (?P<secret>.+)", r"motd (?P<secret>.+)"),
    reencoded=(r"key .+",),
    clear=(r"community (?P<secret>\S+).*", r"pass \d (?P<secret>\S+)"),
    literal=((r"banner", r"EOF$"),),
)
CLI = Cli("x", SessionKind.LINE, (), "show", "conf", "end", "exit", "save", "ok", "#", "#", (), ())
PLATFORM = Platform("small", frozenset(PortRole), GRAMMAR, CLI)
MODEL = DeviceModel("m", "small", ("e1", "e2"), ("u1",))
DEVICE = Device("sw", "city", DeviceRole.ACCESS, "s", "small", MODEL, "192.0.2.1")


def compare(running: str, intended: dict[str, str], seen: Seen | None = None, **own: str) -> Drift:
    engine = Engine(PLATFORM, own)
    return engine.compare(DEVICE, running, IntendedConfig("sw", intended, "t"), seen)


@dataclass(frozen=True, slots=True)
class Case:
    """One case of `cases.txt`: its parts by title, lines as they stand."""

    name: str
    parts: dict[str, list[str]]

    def text(self, title: str) -> str:
        return "".join(f"{line}\n" for line in self.parts[title])

    def facts(self, word: str) -> list[str]:
        """Return what follows `word` in the facts, a text for each time it stands there."""
        facts = [line.partition(" ") for line in self.parts.get("facts", [])]
        return [rest for first, _, rest in facts if first == word]

    @property
    def intended(self) -> dict[str, str]:
        titles = [title for title in self.parts if title.startswith("intended ")]
        return {title.removeprefix("intended "): self.text(title) for title in titles}

    @property
    def seen(self) -> Seen:
        verified = [fact.partition(": ") for fact in self.facts("verified")]
        return Seen(
            secrets={key: digest(text) for key, _, text in verified},
            bindings=frozenset(self.facts("bound")),
            trust=bool(self.facts("trust")),
        )


def _cases() -> list[Case]:
    cases: list[Case] = []
    for block in CASES.read_text().split("\n=== ")[1:]:
        name, *rest = block.rstrip("\n").split("\n--- ")
        parts = (part.split("\n") for part in rest)
        cases.append(Case(name.strip(), {title: lines for title, *lines in parts}))
    return cases


def port(*lines: str) -> str:
    return "interface e1\n" + "".join(f" {line}\n" for line in lines)


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case.name)
def test_what_is_sent_and_what_undoes_it(case: Case) -> None:
    drift = compare(case.text("running"), case.intended, case.seen, **{digest("ours"): "own"})
    assert [line for one in drift.stanzas for line in sent_lines(one)] == case.parts["sent"]
    back = [line for one in reversed(drift.stanzas) for line in sent_lines(inverse(one))]
    assert back == case.parts["undo"]
    assert [late.line for late in drift.deferred] == case.facts("deferred")
    assert any(one.irreversible for one in drift.stanzas) == bool(case.facts("irreversible"))
    assert any(one.interrupts for one in drift.stanzas) == bool(case.facts("interrupts"))
    assert [str(drift.unmanaged)] == (case.facts("unmanaged") or ["0"])


def test_a_port_that_is_not_shown_is_there_where_bare_ones_are_not() -> None:
    rules = (Rule(PORT, Kind.BLOCK, negate="", unshown=True), *GRAMMAR.rules)
    platform = replace(PLATFORM, control=CLI, grammar=replace(GRAMMAR, rules=rules))
    intended = IntendedConfig("sw", {"ports": port("access vlan 20")}, "t")
    (stanza,) = Engine(platform).compare(DEVICE, "hostname sw\n", intended).stanzas
    assert sent_lines(stanza) == ("interface e1", " access vlan 20")
    assert sent_lines(inverse(stanza)) == ("interface e1", " no access vlan")


def test_every_stanza_says_what_it_is_about() -> None:
    drift = compare(port("mode a"), {"ports": port("mode t"), "system": "hostname x\n"})
    assert [one.subject for one in drift.stanzas] == ["hostname", "interface e1"]
    assert [inverse(one).subject for one in drift.stanzas] == ["hostname", "interface e1"]


def test_a_stanza_of_many_blocks_is_about_each_of_them() -> None:
    drift = compare("vlan 9\nvlan 30\n name A\n", {"vlans": "vlan 10-12,20\nvlan 30\n name B\n"})
    engine = Engine(PLATFORM)
    assert [sorted(engine.about(one)) for one in drift.stanzas] == [
        ["vlan 10", "vlan 11", "vlan 12", "vlan 20"],
        ["vlan 30"],
        ["vlan 9"],
    ]


def test_back_takes_one_block_at_a_time() -> None:
    intended = IntendedConfig("sw", {"vlans": "vlan 10-12\n"}, "t")
    back = Engine(PLATFORM).back(DEVICE, "vlan 10-11\n", "", intended)
    assert [one.subject for one in back] == ["vlan 11", "vlan 10"]


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
        (port("member 1"), {"ports": port("mode a")}, "ports", Verdict.UNKNOWN),
    ],
)
def test_verdicts(running: str, intended: dict[str, str], feature: str, verdict: Verdict) -> None:
    assert compare(running, intended).verdicts[feature] is verdict


def test_a_port_without_intent_is_neither_changed_nor_called_in_sync() -> None:
    drift = compare(port("mode a") + "interface e2\n mode q\n", {"ports": port("mode a")})
    assert drift.stanzas == ()
    assert (drift.foreign, drift.unmanaged) == (("interface e2", "mode q"), 2)


def test_lines_of_others_tell_no_secret() -> None:
    text = "elsewhere\n user a 5 hash\n community hush RO\n key x\n"
    drift = compare(text, {"system": ""})
    assert drift.foreign == (
        "elsewhere",
        "user a <secret>",
        "community <secret:seen-dc83> RO",
        "key <secret>",
    )


def test_two_lines_of_one_key_agree_in_any_order() -> None:
    text = port("access vlan 10", "access vlan 20")
    assert compare(text, {"ports": port("access vlan 20", "access vlan 10")}).stanzas == ()


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


def test_one_that_is_encoded_anew_is_known_once_it_was_set() -> None:
    seen = Seen({"/key <secret>": REENCODED})
    assert compare("key 8f\n", {"aaa": "key <secret:k>\n"}, seen).stanzas == ()


def test_trunks_to_other_switches_come_before_the_other_ports() -> None:
    engine = Engine(PLATFORM)
    texts = {
        "ports": port("mode a") + "interface e2\n mode t\n",
        "uplinks": "interface u1\n mode t\n",
    }
    intended = IntendedConfig("sw", texts, "t", frozenset({"e2"}))
    drift = engine.compare(DEVICE, "interface e1\ninterface e2\ninterface u1\n", intended)
    assert [one.header[-2:] for one in drift.stanzas] == ["u1", "e2", "e1"]


def test_a_trunk_to_another_switch_keeps_what_something_unowned_uses() -> None:
    engine = Engine(PLATFORM)
    running = "interface Vlan55\n" + port("mode t", "allowed 10,55")
    intended = IntendedConfig("sw", {"ports": port("mode t", "allowed 10")}, "t", frozenset({"e1"}))
    assert engine.compare(DEVICE, running, intended).stanzas == ()


def test_a_reader_that_forgets_reads_the_same() -> None:
    text = port("mode a", "allowed 10,20") + "vlan 10\n name A\nhostname x\n"
    forgetful = Reader(GRAMMAR, remembers=1)
    assert canonical(forgetful.read(text)) == canonical(Reader(GRAMMAR).read(text))


def test_a_template_may_only_write_what_its_feature_owns() -> None:
    with pytest.raises(BadInput, match="sw system: the template wrote 'vlan 10'"):
        compare("", {"system": "vlan 10\n"})


def test_a_template_may_not_write_what_the_platform_sees_a_flaw_in() -> None:
    def flaw(line: str) -> str:
        return "too loud" if "LOUD" in line else ""

    engine = Engine(replace(PLATFORM, flaw=flaw))
    intended = IntendedConfig("sw", {"system": "contact LOUD\n", "ports": port("mode b")}, "t")
    with pytest.raises(BadInput, match="sw system: the template wrote 'contact LOUD': too loud"):
        engine.compare(DEVICE, "", intended)
    good = replace(intended, features={"ports": intended.features["ports"]})
    assert engine.compare(DEVICE, port("mode b"), good).stanzas == ()
    running = "contact LOUD\n" + port("mode b")
    (back,) = engine.back(DEVICE, port("mode b"), running, intended)
    assert back.lines == ("contact LOUD",)  # what was there may come back


def test_what_the_device_derives_is_drift_and_no_matter_of_an_undo() -> None:
    derived = ((r" live$", ""), (r" dead$", ""))
    engine = Engine(replace(PLATFORM, grammar=replace(GRAMMAR, derived=derived)))
    intended = IntendedConfig("sw", {"system": "contact a live\n"}, "t")
    assert engine.compare(DEVICE, "contact a dead\n", intended).stanzas
    assert engine.back(DEVICE, "contact a live\n", "contact a dead\n", intended) == ()
    (back,) = engine.back(DEVICE, "contact b live\n", "contact a dead\n", intended)
    assert (back.lines, back.undo) == (
        ("no contact", "contact a dead"),
        ("no contact", "contact b live"),
    )


def test_uplinks_are_a_feature_of_their_own() -> None:
    running = "interface u1\n" + port("mode a")
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
