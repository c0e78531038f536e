"""A wrong key must not be tried on every switch, nor again and again: agents lock out who errs.

VRP locks an address for 8, 16 and 32 seconds after a refusal and for five minutes from the fourth
on, and a user after five refusals in five minutes (Huawei, NetEngine 8000 command reference,
`snmp-agent blacklist ip-block` and `user-block failed-times`; both are on by default).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Final

from automation.errors import LoginFailed, Unreachable
from automation.model import TurnedDown

_MOST: Final = 5
"""Devices that may turn a login down in one cycle before any has let it in."""
_SOON: Final = 0.25
"""Seconds after which a device that says nothing is more likely dead than about to refuse."""
_LONGEST: Final = 8
"""Cycles that a device which turns us down is left out of at most."""
_APART: Final = 360.0
"""Seconds between two tries at least, so that no five minutes have two of them. A try costs two
refusals; one that asks why costs one more, of the library that says so, or two where the clock
leaps. Silence that does not count yet has cost two or three; the try after it costs one, or two.
"""
SILENT: Final = "it has been silent to what is signed"
"""How the reason of a device begins that did not say that it turns us down."""
Leave = Callable[[bool], Awaitable[None]]
"""Asked before whatever is signed is sent; told whether the device was good for an answer before.

Raises NotTried where there is none.
"""


class NotTried(Unreachable):
    """A login was turned down by so many that it is not tried on one more device."""


class LoginGuard:
    """Lets a v3 login be tried on a few devices at a time until one of them lets it in.

    For one cycle: a login that was good yesterday may be wrong today. Once it is let in it is
    good, and a device that turns it down after that has a fault of its own.

    A device is begun with a question that names no user. It is tried from when something signed
    is sent to it: from then on silence may be its way to refuse, and it is waited for.
    """

    def __init__(self, name: str) -> None:
        """Guard the login of this name; nothing was tried yet."""
        self._name = name
        self._is_good = False
        self._begun: set[str] = set()
        """Devices that may be about to refuse."""
        self._tried: set[str] = set()
        """Those of them that have seen something signed."""
        self._refused: list[str] = []
        self._lost = 0
        """Devices that were tried and went silent, though they had let us in before."""
        self._changed = asyncio.Event()

    @asynccontextmanager
    async def watch(self, device: str) -> AsyncIterator[Leave]:
        """Wait for leave to begin `device`; give what gives leave to sign, and note how it ends.

        Raises:
            NotTried: others have turned the login down and none has let it in; nothing is sent.
        """
        await self._leave_to_begin(device)
        timer = asyncio.get_running_loop().call_later(_SOON, self._let_go, device)
        try:
            yield partial(self._leave_to_sign, device)
            self._is_good = True
        except LoginFailed:
            self._refused.append(device)
            raise
        except Unreachable:
            self._lost += device in self._tried
            raise
        finally:
            timer.cancel()
            self._done(device)

    async def _leave_to_begin(self, device: str) -> None:
        while not self._is_good and len(self._refused) + len(self._begun) >= _MOST:
            if len(self._refused) >= _MOST:
                raise NotTried(
                    f"not asked: the login snmp.{self._name} was turned down by "
                    f"{', '.join(self._refused)}, and no device let it in"
                )
            await self._changed.wait()
        self._begun.add(device)

    async def _leave_to_sign(self, device: str, was_good: bool) -> None:
        """Wait for leave to send `device` something signed; it has answered, or once did.

        Where devices that had let us in go silent one after the other, it is rather the network
        than a key that was changed on all of them: they are not waited for any more.
        """
        if was_good and self._lost >= _MOST:
            return
        if device not in self._begun:  # it was let go as if dead, and has answered after all
            await self._leave_to_begin(device)
        self._tried.add(device)

    def _let_go(self, device: str) -> None:
        """Wait no longer for a device, unless it has seen something that it may refuse."""
        if device not in self._tried:
            self._done(device)

    def _done(self, device: str) -> None:
        self._begun.discard(device)
        self._tried.discard(device)
        self._changed.set()
        self._changed = asyncio.Event()


def again_at(refusal: TurnedDown, interval: float) -> float:
    """Return the Unix time from which a device that turned us down is asked again.

    One cycle is left out, then two, four, at most eight; `interval` is the seconds of one. Half of
    one is for cycles that do not begin on the second. What does not count costs none.
    """
    if not refusal.count:
        return refusal.at
    cycles = min(1 << (refusal.count - 1), _LONGEST)
    return refusal.at + max((cycles + 0.5) * interval, _APART)


def left_out(refusal: TurnedDown | None, interval: float, now: float) -> str:
    """Return why a device is left alone at Unix time `now`; empty where it is not."""
    if refusal is None or not refusal.at <= now < again_at(refusal, interval):
        return ""
    then = datetime.fromtimestamp(again_at(refusal, interval)).astimezone()
    since = "" if refusal.why.startswith(SILENT) else ", since it turned us down"
    return (
        f"left out{since}: {refusal.why}; asked again from {then:%H:%M} on, "
        "with another login at once, and now with --again"
    )
