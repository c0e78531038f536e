"""The candidate kind: gathered, compared, committed or aborted; nothing in between."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from automation.errors import Busy, DeviceError, Lost, NotAuthorised, Stale
from automation.model import StanzaState
from tests.integration.devices.bench import CANDIDATE, Bench, plain, stanza
from tests.integration.devices.fake import RUNNING, Part, Script, Then

pytestmark = pytest.mark.integration

A, U, X = StanzaState.APPLIED, StanzaState.UNTOUCHED, StanzaState.UNKNOWN
DIFF = "--- running\n+++ session\n+interface Gi1\n"
SHOW = "show session-config diffs"
PORTS = (
    stanza("interface Gi1", "description A", "shutdown"),
    stanza("", "ntp server 192.0.2.1"),
)
FILLED = [
    *("interface Gi1", "description A", "shutdown", "exit"),
    "ntp server 192.0.2.1",
]


def script(**changes: str | dict[str, Sequence[Part]]) -> Script:
    return Script(say={SHOW: DIFF}, **changes)  # type: ignore[arg-type]


def typed(seen: Script) -> list[str]:
    """Return what was typed, without empty lines and with the candidate's name hidden."""
    lines = [re.sub(r"portvakt-[0-9a-f]{12}", "NAME", line) for line in seen.lines[2:]]
    return [line for line in lines if line]


def test_a_candidate_is_committed_whole(bench: Bench) -> None:
    session, seen = bench.session(script(), CANDIDATE)
    shown: list[str] = []

    def seen_before(text: str) -> bool:
        shown.append(text)
        return True

    sent = session.configure(PORTS, plain, expected=seen_before)
    assert (sent.states, sent.refusal, sent.diff) == ((A, A), None, DIFF)
    assert shown == [RUNNING]
    assert typed(seen) == ["configure session NAME", *FILLED, SHOW, "show running-config", "commit"]
    session.save()
    assert session.fetch() == RUNNING


def test_each_candidate_has_a_name_of_its_own(bench: Bench) -> None:
    session, seen = bench.session(script(), CANDIDATE)
    session.configure(PORTS, plain)
    session.configure(PORTS, plain)
    names = {line for line in seen.lines if line.startswith("configure session")}
    assert len(names) == 2
    assert "show running-config" not in seen.lines


@pytest.mark.parametrize("line", FILLED)
def test_a_refused_line_aborts_it(bench: Bench, line: str) -> None:
    session, seen = bench.session(script(), CANDIDATE)
    seen.say[line] = "% Invalid input\n"
    sent = session.configure(PORTS, plain)
    assert sent.states == (U, U)
    assert sent.refusal is not None
    assert (sent.refusal.line, sent.refusal.text) == (line, "% Invalid input")
    assert seen.lines[-1] == "abort"
    assert "commit" not in seen.lines
    with pytest.raises(Lost, match="closed"):
        session.fetch()


def test_a_candidate_that_cannot_be_aborted_is_named(bench: Bench) -> None:
    session, seen = bench.session(script(), CANDIDATE)
    seen.raw = {"shutdown": [b"shutdown\r\nSure? [confirm]"], "abort": [Then.DROP]}
    sent = session.configure(PORTS, plain)
    assert sent.states == (U, U)
    assert sent.refusal is not None
    assert sent.refusal.line == "shutdown"
    assert re.search(r"\[confirm\].*the candidate portvakt-\w+ may still", sent.refusal.text)


def test_a_refused_commit_aborts_it(bench: Bench) -> None:
    raw: dict[str, Sequence[Part]] = {
        "commit": [b"commit\r\n% Cannot commit: no space\r\nsw1(config-s-x)#"]
    }
    session, seen = bench.session(script(raw=raw), CANDIDATE)
    sent = session.configure(PORTS, plain)
    assert (sent.states, sent.diff) == ((U, U), DIFF)
    assert sent.refusal is not None
    assert (sent.refusal.line, sent.refusal.text) == ("commit", "% Cannot commit: no space")
    assert seen.lines[-1] == "abort"


def test_what_moved_meanwhile_is_not_overwritten(bench: Bench) -> None:
    session, seen = bench.session(script(), CANDIDATE)
    with pytest.raises(Stale):
        session.configure(PORTS, plain, expected=lambda text: False)
    assert seen.lines[-1] == "abort"
    assert "commit" not in seen.lines


def test_a_configuration_that_is_cut_off_is_not_what_is_expected(bench: Bench) -> None:
    session, seen = bench.session(script(running="hostname sw1\n"), CANDIDATE)
    with pytest.raises(DeviceError, match="cut off"):
        session.configure(PORTS, plain, expected=lambda text: True)
    assert seen.lines[-1] == "abort"
    assert "commit" not in seen.lines


def test_an_error_of_our_own_aborts_it(bench: Bench) -> None:
    session, seen = bench.session(script(), CANDIDATE)

    def broken(text: str) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        session.configure(PORTS, plain, expected=broken)
    assert seen.lines[-1] == "abort"


def test_stop_aborts_it(bench: Bench) -> None:
    session, seen = bench.session(script(), CANDIDATE)
    sent = session.configure(PORTS, plain, stop=lambda: "shutdown" in seen.lines)
    assert (sent.states, sent.refusal) == ((U, U), None)
    assert typed(seen)[-2:] == ["exit", "abort"]


@pytest.mark.parametrize(
    ("line", "states"),
    [("description A", (U, U)), ("exit", (U, U)), (SHOW, (U, U)), ("commit", (X, X))],
)
@pytest.mark.parametrize("then", Then)
def test_a_candidate_that_is_lost(
    bench: Bench, line: str, states: tuple[StanzaState, ...], then: Then
) -> None:
    session, seen = bench.session(script(), CANDIDATE, seconds=10 if then is Then.DROP else 0.5)
    seen.raw = {line: [line.encode(), then]}
    with pytest.raises(
        Lost, match=r"the candidate portvakt-[0-9a-f]{12} may still stand"
    ) as caught:
        session.configure(PORTS, plain)
    assert caught.value.states == states


@pytest.mark.parametrize(
    ("say", "error"),
    [
        ("Command authorization failed.", NotAuthorised),
        ("Configuration mode locked exclusively by user 'eva'", Busy),
    ],
)
def test_a_candidate_that_is_not_opened(bench: Bench, say: str, error: type[Exception]) -> None:
    session, seen = bench.session(script(), CANDIDATE)
    session_of = "configure session portvakt-000000000000"
    seen.answer_any = (r"configure session .*", f"{say}\n")
    with pytest.raises(error, match=say[:20]):
        session.configure(PORTS, plain)
    assert len(session_of) == len(seen.lines[-1])
