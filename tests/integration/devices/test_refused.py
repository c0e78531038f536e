"""Every way in which a device does not take a line, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from automation.devices import Window
from automation.errors import Lost
from tests.integration.devices.bench import Bench, plain, stanza
from tests.integration.devices.change import IF, LINES, LOG, PORTS, A, U, X
from tests.integration.devices.fake import Part, Script, Then

pytestmark = pytest.mark.integration


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
