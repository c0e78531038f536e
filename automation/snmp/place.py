"""Where an agent is: the address of its name, looked up now and then, since names move."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from functools import partial
from ipaddress import ip_address
from threading import Thread

from automation.errors import Unreachable


class Place:
    """The address of one host; for use within one event loop."""

    def __init__(self, host: str) -> None:
        """Find `host`, an IP literal or a DNS name; nothing is looked up yet."""
        self._host = host
        self._may_move = not _is_literal(host)
        self._address = "" if self._may_move else host
        self._asking: asyncio.Task[tuple[str, ...]] | None = None

    async def address(self) -> str:
        """Return the address; the name is looked up if that was never done.

        Raises:
            Unreachable: it has none.
        """
        if not self._address:
            self._address = (await addresses(self._host))[0]
        return self._address

    async def moved(self, patience: float) -> bool:
        """Look the name up again, and return whether the host has another address now.

        It stays where it was if nobody can say. An answer that takes longer than `patience`, in
        seconds, counts the next time, and is not asked for twice meanwhile.
        """
        if not self._may_move or not self._address:
            return False
        if self._asking is None:
            self._asking = asyncio.create_task(addresses(self._host))
        done, _ = await asyncio.wait({self._asking}, timeout=patience)
        if not done:
            return False
        answer, self._asking = self._asking, None
        if answer.exception() is not None or self._address in answer.result():
            return False
        self._address = answer.result()[0]
        return True


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


async def addresses(host: str) -> tuple[str, ...]:
    """Return the addresses of a name, best first.

    A thread of its own waits for the answer, and dies with the process: a loop is not closed before
    the lookups that it has begun are over, which takes minutes where no name server answers.

    Raises:
        Unreachable: it has none.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[tuple[str, ...]] = loop.create_future()

    def look() -> None:
        try:
            found = _looked_up(host)
        except Unreachable as error:
            told = partial(_settle, answer, error)
        else:
            told = partial(_settle, answer, found)
        with suppress(RuntimeError):  # the loop is closed: nobody wants to know any more
            loop.call_soon_threadsafe(told)

    Thread(target=look, name=f"looks up {host}", daemon=True).start()
    return await answer


def _looked_up(host: str) -> tuple[str, ...]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"{host} has no address: {_said(error)}") from error
    return tuple(str(one[4][0]) for one in found)


def _said(error: OSError | UnicodeError) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _settle(answer: asyncio.Future[tuple[str, ...]], found: tuple[str, ...] | Unreachable) -> None:
    """Tell whoever waits, if anybody still does."""
    if answer.done():
        return
    if isinstance(found, Unreachable):
        answer.set_exception(found)
    else:
        answer.set_result(found)
