"""How one device lets us in: what is asked of it before its ports, and how it turns us down."""

from __future__ import annotations

from time import time
from typing import Final

from automation.errors import LoginFailed, Unreachable
from automation.model import TurnedDown
from automation.snmp import oids, second
from automation.snmp.guard import SILENT, Leave, NotTried, left_out
from automation.snmp.head import HEAD, Head
from automation.snmp.link import Link
from automation.snmp.repair import Repair
from automation.snmp.target import Limits, Target

_WHY_EVERY: Final = 4
"""Every so many refusals it is asked anew why: a key may be wrong by now where a clock was."""
_MOST_SILENT: Final = 2
"""Up to which count silence is held against a device that we know: two cycles are left out."""


class Door:
    """The way into one device, cycle after cycle."""

    def __init__(self, link: Link, target: Target, limits: Limits, *, known: bool) -> None:
        """Ask over `link`; `known` says that the device has let us in before."""
        self._link = link
        self._known = known
        self._target = target
        self._limits = limits
        self._explained = ""
        self.refusal: TurnedDown | None = None
        """How the device last turned the login down, where it has not let us in since.

        It is asked with one try then: it may count what it does not answer.
        """

    def left_out(self) -> str:
        """Return why the device is left alone in this cycle; empty where it is not."""
        return left_out(self.refusal, self._limits.interval, time())

    async def probe(self, leave: Leave | None, tries: int) -> Head:
        """Return what the agent says of itself; `leave` is asked before anything signed is sent.

        Raises:
            DeviceError: nothing answers, or not as an agent does; or the login is turned down.
        """
        if self._is_why_old():
            self._explained = ""
        self._link.leave = leave
        try:
            return await self._probed(1 if self.refusal else tries)
        finally:
            self._link.leave = None

    async def _probed(self, tries: int) -> Head:
        try:
            return await self.head(tries)
        except NotTried:
            raise
        except Unreachable as error:
            # The engine may be another one: the device was replaced. The old one's keys are
            # turned down by it, or not understood and left without an answer.
            if not (self._target.login.is_v3 and self._link.forget()):
                raise
            login = self._target.login
            if _was_said(error) and second.is_final(login, await self._explanation()):
                raise
            return await self.head(1)

    async def head(self, tries: int) -> Head:
        """Return the agent's clock and what moves with its ports."""
        await self._link.open(tries)
        found = await self._link.get(HEAD, tries)
        if any(found.get(name) is None for name in HEAD):
            found = await Repair(self._link).filled(HEAD, found)
        return Head.of(found)

    async def turned_down(self, error: LoginFailed) -> str:
        """Return why the login was turned down, and keep it as the device's last refusal.

        Why is not asked each time, by however many processes. Who counts refusals, to lock somebody
        out, says that he refuses; what he cannot decipher he may count, too.
        """
        was_said = _was_said(error)
        why = await self._why(error) if was_said else str(error)
        kept = why if was_said else self._silent()
        self.refusal = TurnedDown(time(), kept, self._count(was_said))
        return why

    def _silent(self) -> str:
        """Return what to say of a device that says nothing, and need not have turned us down."""
        again = self.refusal is not None and self.refusal.why.startswith(SILENT)
        return f"{SILENT}{', twice' if again else ''}; overloaded, or another privacy key"

    def _count(self, was_said: bool) -> int:
        """Return how often in a row the device has turned us down by now.

        Silence of one that has let us in before may be a lost datagram: it does not count, but a
        second time, with nothing let in between. It may be a switch in trouble as well, which is
        what one wants to see: more silence makes it left out no longer.
        """
        before = self.refusal.count if self.refusal else None
        if was_said or not self._known:
            return 1 if before is None else before + 1
        return 0 if before is None else max(before, min(before + 1, _MOST_SILENT))

    async def _why(self, error: LoginFailed) -> str:
        """Return why the agent said that it turns us down, as it was told before or is told now."""
        before = self.refusal.why if self.refusal and not self._is_why_old() else ""
        if before.startswith(f"{error}: "):
            return before
        return f"{error}: {await self._explanation()}"

    def _is_why_old(self) -> bool:
        """Whether the next refusal is one to ask about anew."""
        return self.refusal is not None and (self.refusal.count + 1) % _WHY_EVERY == 0

    def let_in(self) -> None:
        """Take note that the device has let us in: what it says next is asked for anew."""
        self._explained = ""
        self._known = True

    async def _explanation(self) -> str:
        """Return why the login is turned down; asked once, until that is old."""
        if not self._explained:
            self._explained = await self._link.explained(oids.UPTIME)
        return self._explained


def _was_said(error: Unreachable) -> bool:
    """Whether the agent itself said that it turns us down; the library says so, too, then."""
    return isinstance(error, LoginFailed) and error.__cause__ is not None
