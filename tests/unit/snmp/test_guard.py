"""How often a login may be wrong: on five devices a cycle, and ever more rarely on each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest

from automation.errors import LoginFailed, Unreachable
from automation.snmp import guard
from automation.snmp.guard import BackOff, LoginGuard


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


def test_a_device_is_left_out_for_ever_more_cycles_up_to_eight() -> None:
    back_off, left_out = BackOff(), []
    for _ in range(6):
        assert back_off.leaves_out() == ""
        back_off.refused("wrong key")
        count = 0
        while said := back_off.leaves_out():
            assert said == "left out, since it turned us down: wrong key"
            count += 1
        left_out.append(count)
    assert left_out == [1, 2, 4, 8, 8, 8]


def test_a_device_that_let_us_in_is_patiently_met_again() -> None:
    back_off = BackOff()
    for _ in range(3):
        back_off.refused("wrong key")
    back_off.let_in()
    back_off.refused("wrong key")
    assert [bool(back_off.leaves_out()) for _ in range(3)] == [True, False, False]
