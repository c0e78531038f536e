"""Every answer a device can give to a line, and what a session makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from automation.devices import Window
from automation.errors import Busy, DeviceError, NotAuthorised
from automation.model import Dialog, Stanza
from tests.integration.devices.bench import Bench, cli, plain, stanza
from tests.integration.devices.change import IF, LINES, LOG, PORTS, A, U, X, split, typed
from tests.integration.devices.fake import Part, Script

pytestmark = pytest.mark.integration


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
        ([stanza("", "key <secret>")], "key <secret>", "only know masked"),
        ([stanza("tacacs server T", "key 7 <secret> x")], "key 7 <secret> x", "only know masked"),
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
