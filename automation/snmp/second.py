"""A second reading of one object, by another library: it tells what the first one keeps quiet.

gufo-snmp drops the error-status of a response; pysnmp shows it, at some eighty times the price.
It is asked for single objects that stayed without a value, and for refused logins.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from automation.model import SnmpLogin
from automation.snmp.target import Limits, Target

_LOGIN_REFUSED: Final[Mapping[str, str]] = {
    "wrongDigest": "wrong authentication key",
    "unknownUserName": "the agent does not know user {user}",
    "notInTimeWindow": "the agent's clock is outside the window of 150 s: it moves, or two "
    "devices share one engine id",
    "unsupportedSecurityLevel": "the agent does not allow user {user} this security level",
    "decryptionError": "wrong privacy key",
    "unknownEngineID": "the agent changes its engine id",
}

_REFUSED: Final[Mapping[str, str]] = {
    "authorizationError": "authorizationError: a view or the security level shuts us out",
}


async def reason(target: Target, limits: Limits, oid: str) -> str:
    """Return in words why a plain GET of `oid` has no value."""
    # pysnmp takes 0.3 s and 20 MB to import: a healthy network never needs it, and the devices
    # that are being read do not wait for it.
    hlapi = await asyncio.to_thread(import_module, "pysnmp.hlapi.v3arch.asyncio")
    engine = hlapi.SnmpEngine()
    try:
        transport = await hlapi.UdpTransportTarget.create(
            (target.address, target.port), timeout=limits.timeout, retries=0
        )
        found = await hlapi.get_cmd(
            engine,
            _login(hlapi, target.login),
            transport,
            hlapi.ContextData(),
            hlapi.ObjectType(hlapi.ObjectIdentity(oid)),
            lookupMib=False,
        )
    except Exception as error:  # noqa: BLE001 - pysnmp's own base is Exception; it is a diagnosis
        return f"no value, and no second reading: {type(error).__name__}"
    finally:
        engine.close_dispatcher()
    return _said(target.login, oid, *found)


def _said(login: SnmpLogin, oid: str, indication: Any, status: Any, _: Any, pairs: Any) -> str:  # noqa: ANN401 - pysnmp has no types
    """Return what pysnmp was told."""
    if indication:
        kind = type(indication).__name__
        known = _LOGIN_REFUSED.get(kind[:1].lower() + kind[1:])
        return known.format(user=login.user) if known else str(indication)
    if status:
        said = status.prettyPrint()
        return _REFUSED.get(said, "the agent says {said}").format(said=said, user=login.user)
    (name, value), *_ = pairs
    if str(name) != oid:
        return f"the agent answers with another object, {name}"
    kind = type(value).__name__
    return EXCEPTIONS.get(kind, f"the agent sends {kind} now, and nothing before")


EXCEPTIONS: Final[Mapping[str, str]] = {
    "NoSuchObject": "noSuchObject: the agent does not have it at all",
    "NoSuchInstance": "noSuchInstance: the agent does not have it for this port",
    "EndOfMibView": "endOfMibView: the agent does not have it",
    "Null": "the agent answers NULL",
}
"""What an agent without a value says (RFC 3416, 2.1); it will say the same in the next cycle."""


def _login(hlapi: Any, login: SnmpLogin) -> Any:  # noqa: ANN401 - pysnmp has no types
    if login.community:
        return hlapi.CommunityData(login.community.reveal(), mpModel=1)
    auth: Mapping[str, Any] = {
        "sha1": hlapi.USM_AUTH_HMAC96_SHA,
        "sha224": hlapi.USM_AUTH_HMAC128_SHA224,
        "sha256": hlapi.USM_AUTH_HMAC192_SHA256,
        "sha384": hlapi.USM_AUTH_HMAC256_SHA384,
        "sha512": hlapi.USM_AUTH_HMAC384_SHA512,
    }
    priv: Mapping[str, Any] = {
        "aes128": hlapi.USM_PRIV_CFB128_AES,
        "aes192": hlapi.USM_PRIV_CFB192_AES_BLUMENTHAL,
        "aes256": hlapi.USM_PRIV_CFB256_AES_BLUMENTHAL,
    }
    return hlapi.UsmUserData(
        login.user,
        authKey=login.auth_password.reveal() if login.auth_password else None,
        privKey=login.priv_password.reveal() if login.priv_password else None,
        authProtocol=auth[login.auth] if login.auth_password else hlapi.USM_AUTH_NONE,
        privProtocol=priv[login.priv] if login.priv_password else hlapi.USM_PRIV_NONE,
    )
