"""How often a login may be wrong: on five devices a cycle, and ever more rarely on each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest

from automation.errors import LoginFailed, Unreachable
from automation.model import TurnedDown
from automation.snmp import guard
from automation.snmp.guard import Leave, LoginGuard, NotTried, left_out


def _tried(outcome: Callable[[int], Exception | None], count: int) -> Sequence[str]:
    """Return how each of `count` devices ended that were all to be tried at once."""

    async def one(watch: LoginGuard, number: int) -> str:
        try:
            async with watch.watch(f"sw-{number}"):
                await asyncio.sleep(0)
                if error := outcome(number):
                    raise error
        except (LoginFailed, Unreachable) as error:
            return str(error)
        return "in"

    async def every() -> Sequence[str]:
        watch = LoginGuard("net")
        return await asyncio.gather(*(one(watch, number) for number in range(count)))

    return asyncio.run(every())


def test_a_good_login_holds_nobody_up() -> None:
    assert _tried(lambda _: None, 300) == ["in"] * 300


def test_after_five_refusals_nobody_else_is_tried() -> None:
    found = _tried(lambda _: LoginFailed("no"), 300)
    assert found[:5] == ["no"] * 5
    assert set(found[5:]) == {
        "not asked: the login snmp.net was turned down by sw-0, sw-1, sw-2, sw-3, sw-4, and no "
        "device let it in"
    }


def test_one_that_lets_it_in_is_enough() -> None:
    found = _tried(lambda number: None if number == 4 else LoginFailed("no"), 300)
    assert found == ["no"] * 4 + ["in"] + ["no"] * 295


def test_dead_devices_are_no_refusals() -> None:
    assert _tried(lambda _: Unreachable("silent"), 300) == ["silent"] * 300


def test_a_device_that_says_nothing_holds_the_others_up_no_longer_than_a_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guard, "_SOON", 0.0)

    async def every() -> int:
        watch, over = LoginGuard("net"), asyncio.Event()
        inside = []

        async def silent(number: int) -> None:
            async with watch.watch(f"sw-{number}"):
                inside.append(number)
                if len(inside) == 300:
                    over.set()
                await over.wait()

        await asyncio.gather(*(silent(number) for number in range(300)))
        return len(inside)

    assert asyncio.run(every()) == 300


Act = Callable[[Leave], Awaitable[None]]


def _signed(monkeypatch: pytest.MonkeyPatch, act: Act, count: int = 300) -> Sequence[bool]:
    """Let each of `count` devices `act`, where silence is soon death; return who was not tried."""
    monkeypatch.setattr(guard, "_SOON", 0.0)

    async def one(watch: LoginGuard, number: int) -> bool:
        try:
            async with watch.watch(f"sw-{number}") as leave:
                await act(leave)
        except NotTried:
            return True
        except Unreachable:
            pass
        return False

    async def every() -> Sequence[bool]:
        watch = LoginGuard("net")
        return await asyncio.gather(*(one(watch, number) for number in range(count)))

    return asyncio.run(every())


def test_silence_after_something_signed_may_be_a_refusal_and_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As a wrong privacy key is: agents drop what they cannot decrypt."""

    async def drops(leave: Leave) -> None:
        await leave(False)
        await asyncio.sleep(0.05)
        raise LoginFailed("silent, though its engine answers")

    assert _signed(monkeypatch, drops) == [False] * 5 + [True] * 295


def test_who_answers_after_it_was_taken_for_dead_waits_for_leave_to_be_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signed = []

    async def late(leave: Leave) -> None:
        await asyncio.sleep(0.05)
        await leave(False)
        signed.append(1)
        await asyncio.sleep(0.05)
        raise LoginFailed("no")

    assert _signed(monkeypatch, late, 30).count(False) == 5
    assert len(signed) == 5


def test_where_the_network_is_lost_devices_that_were_good_are_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first five may have got another key; that they are dead says that it is no key."""
    at_once, most = [0], [0]

    async def lost(leave: Leave) -> None:
        at_once[0] += 1
        most.append(at_once[0])
        await leave(True)
        await asyncio.sleep(0.05)
        await leave(True)
        at_once[0] -= 1
        raise Unreachable("silent")

    assert not any(_signed(monkeypatch, lost, 60))
    assert max(most[:7]) == 5
    assert max(most) > 20


BEGUN, INTERVAL = 1_800_000_000.0, 300.0


def test_a_device_is_left_out_for_ever_more_cycles_up_to_eight() -> None:
    for count, cycles in enumerate((1, 2, 4, 8, 8, 8), start=1):
        one = TurnedDown(BEGUN, "wrong key", count)
        found = [left_out(one, INTERVAL, BEGUN + INTERVAL * cycle) for cycle in range(1, 20)]
        assert [bool(said) for said in found] == [True] * cycles + [False] * (19 - cycles)


def test_no_device_is_tried_twice_within_the_time_in_which_refusals_are_counted() -> None:
    """Three refusals and then two make five, which VRP locks at within five minutes."""
    for interval in (10.0, 60.0, 120.0, 300.0):
        assert left_out(TurnedDown(BEGUN, "wrong key"), interval, BEGUN + 300)


def test_who_is_left_out_says_why_and_how_to_try_now() -> None:
    said = left_out(TurnedDown(BEGUN, "wrong key"), INTERVAL, BEGUN)
    assert said.startswith("left out, since it turned us down: wrong key; asked again from ")
    assert said.endswith("with another login at once, and now with --again")


def test_a_refusal_of_tomorrow_holds_nobody_up() -> None:
    """The clock was wrong when it was written."""
    assert left_out(TurnedDown(BEGUN + 86_400, "wrong key"), INTERVAL, BEGUN) == ""
    assert left_out(None, INTERVAL, BEGUN) == ""
