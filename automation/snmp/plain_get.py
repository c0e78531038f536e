"""One GET or GETNEXT through pysnmp. Importing this costs 0.3 s and 20 MB: see `second`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from pysnmp.entity.rfc3413.cmdgen import (
    CommandGenerator,
    GetCommandGenerator,
    NextCommandGeneratorSingleRun,
)
from pysnmp.hlapi.v3arch import asyncio as hlapi
from pysnmp.hlapi.v3arch.asyncio.lcd import CommandGeneratorLcdConfigurator
from pysnmp.proto.rfc1902 import Null, ObjectName

from automation.model import SnmpLogin
from automation.snmp.target import Limits, Target

_AUTH: Final[Mapping[str, Any]] = {
    "sha1": hlapi.USM_AUTH_HMAC96_SHA,
    "sha224": hlapi.USM_AUTH_HMAC128_SHA224,
    "sha256": hlapi.USM_AUTH_HMAC192_SHA256,
    "sha384": hlapi.USM_AUTH_HMAC256_SHA384,
    "sha512": hlapi.USM_AUTH_HMAC384_SHA512,
}
_PRIV: Final[Mapping[str, Any]] = {
    "aes128": hlapi.USM_PRIV_CFB128_AES,
    "aes192": hlapi.USM_PRIV_CFB192_AES_BLUMENTHAL,
    "aes256": hlapi.USM_PRIV_CFB256_AES_BLUMENTHAL,
}
_FOLLOWED: Final = 2
"""Reports of an engine that are followed: of its id, then of its clock (RFC 3414, section 4).

pysnmp follows four, and `get_cmd` lets nobody say otherwise. After a clock that leaps that is four
signed messages: with two of the first library's, more than the five refusals that VRP locks at.
"""


def get(target: Target, limits: Limits, oid: str) -> tuple[Any, Any, Any, Any]:
    """Return what pysnmp got: its own error, the agent's error status and index, the pairs.

    `target.address` is an IP literal.
    """
    return _run(GetCommandGenerator, target, limits, oid)


def get_next(target: Target, limits: Limits, oid: str) -> tuple[Any, Any, Any, Any]:
    """Return as `get` does what follows `oid`."""
    return _run(NextCommandGeneratorSingleRun, target, limits, oid)


def _run(
    kind: type[CommandGenerator], target: Target, limits: Limits, oid: str
) -> tuple[Any, Any, Any, Any]:
    """Ask in an event loop of its own, in whichever thread this is called."""
    with asyncio.Runner() as runner:
        # What a datagram makes pysnmp raise goes to the loop, since nobody waits for it there. It
        # was no answer then, and that is what comes back.
        runner.get_loop().set_exception_handler(lambda loop, context: None)
        return runner.run(_got(kind(discoveryRetries=_FOLLOWED), target, limits, oid))


async def _got(
    command: Any,  # noqa: ANN401 - pysnmp has no types
    target: Target,
    limits: Limits,
    oid: str,
) -> tuple[Any, Any, Any, Any]:
    engine = hlapi.SnmpEngine()
    try:
        over = hlapi.Udp6TransportTarget if ":" in target.address else hlapi.UdpTransportTarget
        where = await over.create((target.address, target.port), timeout=limits.timeout, retries=0)
        name, _ = CommandGeneratorLcdConfigurator().configure(
            engine, _login(target.login), where, ""
        )
        return await _answer(command, engine, name, oid)
    finally:
        engine.close_dispatcher()


async def _answer(command: Any, engine: Any, name: Any, oid: str) -> tuple[Any, Any, Any, Any]:  # noqa: ANN401 - pysnmp has no types
    found: asyncio.Future[tuple[Any, Any, Any, Any]] = asyncio.get_running_loop().create_future()

    def answered(*said: Any) -> None:  # noqa: ANN401 - pysnmp has no types
        _, _, indication, status, index, pairs, _ = said
        if not found.done():
            found.set_result((indication, status, index, pairs))

    command.send_varbinds(engine, name, None, "", [(ObjectName(oid), Null(""))], answered, None)
    return await found


def _login(login: SnmpLogin) -> Any:  # noqa: ANN401 - pysnmp has no types
    if login.community:
        return hlapi.CommunityData(login.community.reveal(), mpModel=1)  # noqa: S508 - the inventory says v2c
    auth, priv = login.auth_password, login.priv_password
    return hlapi.UsmUserData(
        login.user,
        authKey=auth.reveal() if auth else None,
        privKey=priv.reveal() if priv else None,
        authProtocol=_AUTH[login.auth] if auth else hlapi.USM_AUTH_NONE,
        privProtocol=_PRIV[login.priv] if priv else hlapi.USM_PRIV_NONE,
    )
