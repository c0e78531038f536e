"""Every answer a device can give to a line, and what a session makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import pytest

from automation.devices import Window
from automation.errors import Busy, DeviceError, Lost, NotAuthorised
from automation.model import Dialog, Stanza, StanzaState
from tests.integration.devices.bench import IOS, Bench, cli, plain, stanza
from tests.integration.devices.fake import Part, Script, Then

pytestmark = pytest.mark.integration

A, U, X = StanzaState.APPLIED, StanzaState.UNTOUCHED, StanzaState.UNKNOWN
IF: Final = "sw1(config-if)#"
LOG: Final = (
    "*Nov 23 12:00:00.000: %LINK-3-UPDOWN: Interface GigabitEthernet1/0/9, changed state to up"
)

PORTS = (
    stanza("interface Gi1/0/1", "description A", "shutdown"),
    stanza("interface Gi1/0/2", "description B", "switchport mode access", "no shutdown"),
    stanza("", "ntp server 192.0.2.1"),
)
LINES = [
    "configure terminal",
    *("interface Gi1/0/1", "description A", "shutdown", "exit"),
    *("interface Gi1/0/2", "description B", "switchport mode access", "no shutdown", "exit"),
    *("ntp server 192.0.2.1", "end"),
]
"""What must be typed for PORTS, to the letter."""


def typed(script: Script) -> list[str]:
    """Return what was typed from configuration mode on."""
    return script.lines[script.lines.index("configure terminal") :]


@dataclass
class Accepted:
    """An unusual answer that is all right."""

    name: str
    say: dict[str, str] = field(default_factory=dict)
    raw: dict[str, Sequence[Part]] = field(default_factory=dict)
    host: str = "sw1"
    newline: str = "\r\n"

    def __str__(self) -> str:
        return self.name


def split(answer: str, *at: int) -> list[Part]:
    """Cut an answer into packets."""
    data, parts, last = answer.encode(), list[Part](), 0
    for place in (*at, len(data)):
        parts += [data[last:place], 0.01]
        last = place
    return parts


ACCEPTED = (
    Accepted("plain"),
    Accepted("newlines without returns", newline="\n"),
    Accepted("a name that the device cuts", host="sw1-" + "x" * 30),
    Accepted("a name with regular-expression characters", host="sw1.net.(s1)+"[:9]),
    Accepted(
        "an allow-listed warning",
        say={
            "switchport mode access": "%Portfast has been configured on Gi1/0/2 but will only\n"
            " have effect when the interface is in a non-trunking mode.\n"
        },
    ),
    Accepted("a log line after the echo", say={"shutdown": f"{LOG}\n"}),
    Accepted(
        "a log line in the echo",
        raw={"description B": [f"descr\r\n{LOG}\r\niption B\r\n{IF}".encode()]},
    ),
    Accepted(
        "a log line before the echo",
        raw={"description B": [f"\r\n{LOG}\r\ndescription B\r\n{IF}".encode()]},
    ),
    Accepted(
        "two log lines in the echo",
        raw={"description B": [f"de\r\n{LOG}\r\nscr\r\n{LOG}\r\niption B\r\n{IF}".encode()]},
    ),
    Accepted(
        "a log line in the echo, prompt and line written again",
        raw={
            "description B": [
                f"descr\r\n{LOG}\r\n{IF}".encode(),
                b"descr",
                f"iption B\r\n{IF}".encode(),
            ]
        },
    ),
    Accepted(
        "a log line after the prompt",
        raw={"description B": [f"description B\r\n{IF}\r\n{LOG}\r\n".encode()]},
    ),
    Accepted(
        "packets split anywhere",
        raw={"description B": split(f"description B\r\n{IF}", 1, 5, 13, 14, 15, 17, 20, 29)},
    ),
    Accepted(
        "a log line split over packets",
        raw={"description B": split(f"desc\r\n{LOG}\r\nription B\r\n{IF}", 4, 5, 6, 20, 100, 105)},
    ),
)


@pytest.mark.parametrize("window", Window, ids=str)
@pytest.mark.parametrize("case", ACCEPTED, ids=str)
def test_an_answer_that_is_all_right(bench: Bench, case: Accepted, window: Window) -> None:
    script = Script(say=case.say, raw=case.raw, host=case.host, newline=case.newline)
    if case.raw:
        assert case.host == "sw1"
    session, _ = bench.session(script, window=window)
    sent = session.configure(PORTS, plain)
    assert (sent.states, sent.refusal) == ((A, A, A), None)
    assert typed(script) == LINES
    session.save()
    assert session.fetch() == script.running


@dataclass
class Refused:
    """An answer that refuses a line of the second stanza."""

    name: str
    text: str
    say: str = ""
    raw: Sequence[Part] | None = None
    line: str = "description B"

    def __str__(self) -> str:
        return self.name


INVALID = "                ^\n% Invalid input detected at '^' marker.\n\n"
REFUSED = (
    Refused("invalid input", "% Invalid input detected at '^' marker.", INVALID),
    Refused("incomplete", "% Incomplete command.", "% Incomplete command.\n\n"),
    Refused("ambiguous", '% Ambiguous command:  "d"', '% Ambiguous command:  "d"\n'),
    Refused("rejected", "Command rejected: no.", "Command rejected: no.\n"),
    Refused("not authorised", "Command authorization failed.", "Command authorization failed.\n\n"),
    Refused("text nobody knows", "Something happened.", "Something happened.\n"),
    Refused(
        "a VLAN that is created on the way",
        "% Access VLAN does not exist. Creating vlan 3",
        "% Access VLAN does not exist. Creating vlan 3\n",
    ),
    Refused(
        "refusal among warnings",
        "% Invalid input detected at '^' marker.",
        f"%Portfast has been configured on Gi1/0/2 but will only\n{INVALID}",
    ),
    Refused(
        "refusal among log lines",
        "Command rejected: no.",
        raw=[f"descr\r\n{LOG}\r\niption B\r\nCommand rejected: no.\r\n{LOG}\r\n{IF}".encode()],
    ),
    Refused(
        "another mode",
        "the device stands at 'sw1(config)#', which is another mode",
        raw=[b"description B\r\nsw1(config)#"],
    ),
    Refused(
        "pushed back to exec mode",
        "Config session is locked by process '566', user will be pushed back to exec mode.",
        raw=[
            b"description B\r\nConfig session is locked by process '566', user will be pushed "
            b"back to exec mode.\r\nsw1#"
        ],
    ),
    Refused("an echo that differs", "descriptiom B", raw=[f"descriptiom B\r\n{IF}".encode()]),
    Refused("no echo", "the device waits at", raw=[f"\r\n{IF}".encode()]),
    Refused(
        "a question nobody listed",
        "Really? [confirm]",
        raw=[b"description B\r\nReally? [confirm]"],
    ),
    Refused(
        "a prompt of another device",
        "other(config-if)#",
        raw=[b"description B\r\nother(config-if)#"],
    ),
    Refused("the exit is refused", "% Incomplete command.", "% Incomplete command.\n", line="exit"),
)


@pytest.mark.parametrize("window", Window, ids=str)
@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_a_refused_line(bench: Bench, case: Refused, window: Window) -> None:
    script = Script()
    session, _ = bench.session(script, window=window)
    first = session.configure(PORTS[:1], plain)
    assert first.states == (A,)
    script.say = {case.line: case.say} if case.say else {}
    script.raw = {case.line: case.raw} if case.raw else {}
    sent = session.configure(PORTS[1:], plain)
    assert sent.states == (X, U)
    assert sent.refusal is not None
    assert (sent.refusal.line, sent.refusal.stanza) == (case.line, 0)
    assert case.text in sent.refusal.text
    assert "ntp server 192.0.2.1" not in script.lines
    with pytest.raises(Lost, match="closed"):
        session.fetch()


def test_at_window_one_nothing_follows_a_refused_line(bench: Bench) -> None:
    session, script = bench.session(Script(say={"description B": INVALID}))
    sent = session.configure(PORTS, plain)
    assert sent.states == (A, X, U)
    assert script.lines[-1] == "description B"


def test_lines_never_fall_into_the_block_before(bench: Bench) -> None:
    script = Script(ignore_modes=frozenset({"interface Gi1/0/2"}))
    session, _ = bench.session(script, window=Window.STANZA)
    sent = session.configure(PORTS, plain)
    assert sent.states == (A, X, U)
    assert sent.refusal is not None
    assert sent.refusal.line == "interface Gi1/0/2"
    assert "'sw1(config)#', which is another mode" in sent.refusal.text
    assert script.lines[-1] == "interface Gi1/0/2"


def test_blocks_within_blocks(bench: Bench) -> None:
    nested = Stanza(
        "tiers",
        "policy-map TIER",
        ("class a", " police 1", "class b", " police 2"),
        "",
        ("no policy-map TIER",),
    )
    session, script = bench.session(window=Window.STANZA)
    assert session.configure([nested, PORTS[2]], plain).states == (A, A)
    assert typed(script) == [
        "configure terminal",
        *("policy-map TIER", "class a", "police 1", "exit", "class b", "police 2", "exit", "exit"),
        *("ntp server 192.0.2.1", "end"),
    ]


def test_a_top_level_line_that_changes_mode_is_left_again(bench: Bench) -> None:
    session, script = bench.session()
    sent = session.configure([stanza("", "vlan 20", "vtp mode transparent")], plain)
    assert sent.refusal is None
    assert typed(script)[1:-1] == ["vlan 20", "exit", "vtp mode transparent"]


@pytest.mark.parametrize(
    ("stanzas", "line", "text"),
    [
        ([stanza("router ospf 1", "x")], "router ospf 1", "no mode that 'router ospf 1' enters"),
        ([stanza("interface Gi1/0/1", "a\nshutdown")], "a\nshutdown", "control character"),
        ([stanza("interface Gi1/0/1", "a\u2028b")], "a\u2028b", "control character"),
        ([stanza("interface Gi1/0/1", "")], "", "empty"),
        ([stanza("", "key <secret:odd>")], "key <secret:odd>", "control character"),
    ],
)
def test_what_is_never_sent(bench: Bench, stanzas: list[Stanza], line: str, text: str) -> None:
    session, script = bench.session()
    sent = session.configure([PORTS[0], *stanzas], plain)
    assert sent.states == (U, U)
    assert sent.refusal is not None
    assert (sent.refusal.line, sent.refusal.stanza) == (line, 1)
    assert text in sent.refusal.text
    assert "configure terminal" not in script.lines


def test_nothing_to_do_enters_no_mode(bench: Bench) -> None:
    session, script = bench.session()
    assert session.configure([], plain).states == ()
    assert "configure terminal" not in script.lines


def test_stop_is_asked_between_stanzas(bench: Bench) -> None:
    session, script = bench.session()
    sent = session.configure(PORTS, plain, stop=lambda: "description A" in script.lines)
    assert (sent.states, sent.refusal) == ((A, U, U), None)
    assert typed(script) == [*LINES[:5], "end"]


@pytest.mark.parametrize(
    ("say", "error", "text"),
    [
        ("Command authorization failed.\n", NotAuthorised, "Command authorization failed."),
        (
            "Configuration mode locked exclusively by user 'eva' process '13' from terminal '0'. "
            "Please try later.\n",
            Busy,
            "by user 'eva'",
        ),
        ("Go away.\n", DeviceError, "Go away."),
        ("", DeviceError, "another mode"),
    ],
)
def test_configuration_mode_is_not_entered(
    bench: Bench, say: str, error: type[DeviceError], text: str
) -> None:
    script = Script(
        raw={"configure terminal": [f"configure terminal\r\n{say}sw1#".encode()]},
    )
    session, _ = bench.session(script)
    with pytest.raises(error, match=text):
        session.configure(PORTS, plain)
    assert script.lines[-1] == "configure terminal"


QUESTION = "This operation will remove all username related configurations with same name.\r\n"
ASKS = cli(
    dialogs=(
        Dialog("no username", r"same name\.\s*Do you want to continue\? ?\[confirm\]", ""),
        Dialog("crypto key", r"replace them\? \[yes/no\]:", "no"),
    )
)


@pytest.mark.parametrize(
    ("line", "question", "answer", "after"),
    [
        ("no username old", f"{QUESTION}Do you want to continue? [confirm]", "", "\r\n"),
        (
            "crypto key generate rsa",
            "Do you really want to replace them? [yes/no]:",
            "no",
            "no\r\n",
        ),
    ],
)
def test_a_listed_question_is_answered(
    bench: Bench, line: str, question: str, answer: str, after: str
) -> None:
    script = Script(
        raw={
            line: split(f"{line}\r\n{question}", 5, 30),
            answer: [f"{after}sw1(config)#".encode()],
        }
    )
    session, _ = bench.session(script, ASKS, window=Window.STANZA)
    sent = session.configure([stanza("", line, "ntp server 192.0.2.1")], plain)
    assert (sent.states, sent.refusal) == ((A,), None)
    assert typed(script) == ["configure terminal", line, answer, "ntp server 192.0.2.1", "end"]


def test_a_listed_question_after_another_command_is_not_answered(bench: Bench) -> None:
    script = Script(
        raw={"shutdown": [f"shutdown\r\n{QUESTION}Do you want to continue? [confirm]".encode()]}
    )
    session, _ = bench.session(script, ASKS)
    sent = session.configure(PORTS, plain)
    assert sent.states == (X, U, U)
    assert script.lines[-1] == "shutdown"


CUTS = [(number, line) for number, line in enumerate(LINES)]


@pytest.mark.parametrize("then", Then, ids=lambda then: then.value)
@pytest.mark.parametrize(("number", "line"), CUTS)
def test_a_session_that_ends_at_any_line(bench: Bench, number: int, line: str, then: Then) -> None:
    script = Script()
    session, _ = bench.session(script, seconds=10 if then is Then.DROP else 0.5)
    script.raw = {line: [line.encode(), then]}
    with pytest.raises(Lost) as caught:
        session.configure(PORTS, plain)
    number = LINES.index(line)  # `exit` is in the script from its first use on
    hand = 0 if number < 5 else 1 if number < 10 else 2
    states = [A] * hand + [X] + [U] * (2 - hand)
    if line == "configure terminal":
        states = [U, U, U]
    if line == "end":
        states = [A, A, A]
    assert list(caught.value.states) == states
    assert caught.value.line == ("" if line in {"configure terminal", "end"} else line)
    assert ("within its 0.5 s" if then is Then.HANG else "cut") in str(caught.value)


def test_a_device_that_drips_does_not_move_its_deadline(bench: Bench) -> None:
    drip: list[Part] = [part for _ in range(1000) for part in (b".", 0.02)]
    script = Script()
    session, _ = bench.session(script, seconds=0.6)
    script.raw = {"description B": [b"description B\r\n", *drip]}
    with pytest.raises(Lost, match=r"within its 0\.6 s") as caught:
        session.configure(PORTS, plain)
    assert list(caught.value.states) == [A, X, U]


SECRET = "s3cr3t-community"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (
            f"snmp-server community {SECRET} RO\r\n% Bad name {SECRET}\r\nsw1(config)#",
            "<secret:snmp>",
        ),
        (f"snmp-server community {SECRET} RO\r\nAgain {SECRET}? [confirm]", "<secret:snmp>"),
        (f"snmp-server community {SECRET[:9]}\r\nsw1(config)#", "did not repeat the line"),
    ],
)
def test_a_secret_goes_on_the_wire_and_nowhere_else(bench: Bench, answer: str, text: str) -> None:
    line = "snmp-server community <secret:snmp> RO"
    raw: dict[str, Sequence[Part]] = {line.replace("<secret:snmp>", SECRET): [answer.encode()]}
    session, script = bench.session(Script(raw=raw))
    sent = session.configure([stanza("", line)], plain)
    assert script.lines[-1] == f"snmp-server community {SECRET} RO"
    assert SECRET[:9] not in repr(sent)
    assert sent.refusal is not None
    assert sent.refusal.line == line
    assert text in sent.refusal.text


def test_a_secret_is_not_in_what_is_lost(bench: Bench) -> None:
    line = f"snmp-server community {SECRET} RO"
    session, _ = bench.session(Script(raw={line: [line.encode(), Then.DROP]}))
    with pytest.raises(Lost) as caught:
        session.configure([stanza("", line.replace(SECRET, "<secret:snmp>"))], plain)
    assert SECRET not in f"{caught.value!r} {caught.value.line}"
    assert caught.value.line == "snmp-server community <secret:snmp> RO"


def test_the_platform_says_what_ios_means() -> None:
    assert IOS.cli.enter == "configure terminal"
    assert IOS.cli.leave == "end"
