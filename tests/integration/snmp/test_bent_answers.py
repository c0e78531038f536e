"""What ten thousand bent answers brought to light, one by one (`test_fuzz`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from automation.counters import Column
from automation.lab.agent import ber, v3
from automation.lab.agents import READERS
from automation.model import Secret, SnmpLogin
from automation.snmp import Limits, Poller, oids
from tests.integration.snmp.badagent import (
    GET,
    GETBULK,
    Request,
    Script,
    agent,
    encoded,
    integer,
    tlv,
    well_behaved,
)
from tests.integration.snmp.bender import V3, Bender, running
from tests.integration.snmp.fuzzing import Answer
from tests.integration.snmp.table import HASTY, Table, polled, ports, target, whole
from tests.unit.lab.agent.demo import demo_lab

pytestmark = pytest.mark.integration

SIX = ports(6)
Bend = Callable[[Answer], Answer]
When = Callable[[Request], bool]


def _message(answer: Answer) -> bytes:
    return tlv(0x30, integer(1) + tlv(4, b"public") + answer.pdu)


def bent(when: When, bend: Bend, times: int = 1) -> Script:
    """Return the script of an agent that bends its first answers to the requests that fit."""
    table, left = Table(SIX), [times]

    def script(request: Request) -> Sequence[bytes]:
        answer = Answer.true(request, well_behaved(request, table.values()))
        if left[0] and when(request):
            left[0] -= 1
            answer = bend(answer)
        return [_message(answer)]

    return script


def reads_counters(request: Request) -> bool:
    return request.tag == GET and len(request.oids) > 20


def _over(name: str, other: str) -> Bend:
    """Return what puts one name over another's value, before or behind its own."""

    def bend(answer: Answer) -> Answer:
        found = [
            (encoded(name), value) if one == encoded(other) else (one, value)
            for one, value in answer.varbinds
        ]
        return replace(answer, varbinds=tuple(found))

    return bend


FIRST, LAST = f"{oids.COLUMNS[Column.IN_OCTETS]}.10106", f"{oids.COLUMNS[Column.OPER]}.10106"


@pytest.mark.parametrize(
    ("name", "other"), [(FIRST, LAST), (LAST, FIRST), (LAST, oids.TABLE_CHANGED)]
)
def test_a_name_over_its_neighbours_value_is_not_believed(name: str, other: str) -> None:
    """The answer lacks one of the names; the library shows only the last of two of one name."""
    script = bent(
        lambda one: name in one.oids and other in one.oids, _over(name, other), times=1000
    )
    with agent(script) as one:
        (found,) = polled(target(one, SIX))
    assert found.sample is not None
    assert whole(found, SIX)


def _turned(answer: Answer) -> Answer:
    names = [name for name, _ in answer.varbinds]
    values = [value for _, value in answer.varbinds]
    return replace(answer, varbinds=tuple(zip(names, values[1:] + values[:1], strict=True)))


def test_names_are_read_a_second_time_before_they_are_gone_by() -> None:
    """A walk that gives every port its neighbour's name, in good order."""
    script = bent(
        lambda one: one.tag == GETBULK and one.oids[0].startswith(oids.NAME),
        lambda answer: _turned(replace(answer, varbinds=answer.varbinds[:6])),
    )
    with agent(script) as one:
        (found,) = polled(target(one, SIX))
    assert whole(found, SIX)


def _instead(name: str, value: bytes) -> Bend:
    """Return what puts another value under a name."""
    return lambda answer: replace(
        answer,
        varbinds=tuple(
            (one, value if one == encoded(name) else own) for one, own in answer.varbinds
        ),
    )


def test_true_is_no_number() -> None:
    """To Python it is 1, and 1 is up."""
    script = bent(lambda one: LAST in one.oids, _instead(LAST, b"\x01\x01\xff"), times=100)
    with agent(script) as one:
        (found,) = polled(target(one, SIX))
    assert found.sample is not None
    assert set(found.sample.absent) == {(Column.OPER, 5)}


def test_a_number_is_no_description() -> None:
    alias = f"{oids.ALIAS}.10101"
    script = bent(lambda one: alias in one.oids, _instead(alias, integer(77)), times=100)
    with agent(script) as one:
        (found,) = polled(target(one, SIX))
    assert found.sample is not None
    assert found.sample.labels.aliases[:2] == ("", "C-10102")


def test_what_was_away_for_a_moment_is_asked_for_again_with_the_descriptions() -> None:
    script = bent(lambda one: LAST in one.oids, _instead(LAST, b"\x81\x00"), times=4)
    with agent(script) as one, Poller([target(one, SIX)], replace(HASTY, labels=0.0), {}) as poller:
        first, *_, last = (poller.cycle()[0] for _ in range(4))
    assert first.sample is not None
    assert "noSuchInstance" in first.sample.absent[Column.OPER, 5]
    assert whole(last, SIX)


def test_what_no_port_has_is_not_asked_for_again() -> None:
    gone = {f"{oids.COLUMNS[Column.IN_DISCARDS]}.{index}" for index in SIX.values()}
    table = Table(SIX, gone=gone)
    limits = Limits(timeout=0.3, deadline=20)

    def script(request: Request) -> Sequence[bytes]:
        return [_message(Answer.true(request, well_behaved(request, table.values())))]

    with agent(script) as one, Poller([target(one, SIX)], limits, {}) as poller:
        poller.cycle()
        one.requests.clear()
        poller.cycle()
        asked = {name for request in one.requests for name in request.oids}
    assert not asked & gone


def test_a_port_that_a_walk_missed_is_found_with_the_descriptions() -> None:
    end = (encoded("1.3.6.1.9"), integer(0))
    script = bent(
        lambda one: one.tag == GETBULK and one.oids[0] == oids.NAME,
        lambda answer: replace(answer, varbinds=(answer.varbinds[0], end)),
        times=3,
    )
    with agent(script) as one, Poller([target(one, SIX)], replace(HASTY, labels=0.0), {}) as poller:
        first, *_, last = (poller.cycle()[0] for _ in range(4))
    assert first.faults
    assert not last.faults
    assert whole(last, SIX)


STUMBLES: dict[str, Callable[[Answer], bytes]] = {
    "a length whose octets are not there": lambda _: b"\x30\x81",
    "a tag that goes on behind the end": lambda _: b"\x1f\xff",
    "a varbind without anything": lambda one: _message(replace(one, varbinds=((b"", b""),))),
    "a value that is an empty name": lambda one: _message(
        replace(one, varbinds=((encoded("1.3.6.1"), b"\x06\x00"),))
    ),
    "a report, which v2c does not have": lambda one: _message(replace(one, tag=0xA8)),
}
"""The first three make gufo-snmp 0.13 panic, each as short as it may be; the fourth is a
RuntimeError, the last looks like a refused login."""


@pytest.mark.parametrize("how", STUMBLES)
def test_what_the_library_stumbles_over_costs_its_own_device_only(how: str) -> None:
    table = Table(SIX)

    def good(request: Request) -> Sequence[bytes]:
        return [_message(Answer.true(request, well_behaved(request, table.values())))]

    def bad(request: Request) -> Sequence[bytes]:
        true = Answer.true(request, well_behaved(request, table.values()))
        return [STUMBLES[how](true)]

    with agent(bad) as broken, agent(good) as fine:
        targets = [target(broken, SIX, "broken"), target(fine, SIX, "fine")]
        with Poller(targets, HASTY, {}) as poller:
            lost, read = poller.cycle()
    assert whole(read, SIX)
    assert lost.sample is None
    assert f"sends what is no SNMP message ({HASTY.tries} of {HASTY.tries} answers)" in lost.error


def test_an_agent_that_answers_a_question_about_one_object_with_none_is_explained() -> None:
    name = f"{oids.COLUMNS[Column.IN_ERRORS]}.10101"
    script = bent(
        lambda one: name in one.oids, lambda answer: replace(answer, varbinds=()), times=1000
    )
    with agent(script) as one:
        (found,) = polled(target(one, SIX))
    assert found.sample is not None
    assert found.sample.absent == {(Column.IN_ERRORS, 0): "the agent answers with no object at all"}


class Unsigned(V3):
    """An agent whose answers came through other hands: their digests are not right."""

    def answers(self, data: bytes) -> Sequence[bytes]:
        return [_without_digest(one) for one in super().answers(data)]


def _without_digest(data: bytes) -> bytes:
    at, end = ber.expect(data, 0, len(data), ber.SEQUENCE)
    _, at = ber.read_integer(data, at, end)
    _, at = v3.read_header(data, at, end)
    security, _ = v3.read_security(data, at, end)
    start, size = security.digest_at, len(security.digest)
    return data[:start] + bytes(size) + data[start + size :]


def test_the_library_does_not_check_digests() -> None:
    """As docs/monitoring.md says. Where this fails, the library has learned it: say so there."""
    reader = READERS[0]
    one = Unsigned(Bender("", 0.0, Table(SIX)), demo_lab().agents["mkb-acc-001"], reader)
    login = SnmpLogin(
        "lab",
        user=reader.name,
        auth="sha256",
        auth_password=Secret(reader.auth),
        priv="aes128",
        priv_password=Secret(reader.priv or ""),
    )
    with running([one]):
        (found,) = polled(replace(target(one, SIX), login=login))
    assert whole(found, SIX)
