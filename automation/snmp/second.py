"""A second reading of one object, by another library: it tells what the first one keeps quiet.

gufo-snmp drops the error-status of a response; pysnmp shows it, at some eighty times the price.
It is asked for single objects that stayed without a value, for refused logins, and for what follows
a walk that ended with nothing.
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

_OF_THE_LOGIN: Final = (
    "wrongDigest",
    "unknownUserName",
    "unsupportedSecurityLevel",
    "decryptionError",
)
"""Refusals that a new session with the agent would only meet again."""
_NO_MORE: Final = "noSuchName"
"""How an agent that answers v2c as it does v1 says that nothing follows (RFC 1157, 4.1.3)."""
_SAYS: Final = "the agent says {said}"
_FOLLOWS: Final = "{name} follows"
_REFUSED: Final[Mapping[str, str]] = {
    "authorizationError": "authorizationError: a view or the security level shuts us out",
}


async def reason(target: Target, limits: Limits, oid: str) -> str:
    """Return in words why a plain GET of `oid` has no value; `target.address` is an IP literal.

    A name would be looked up by a thread that a loop waits for before it closes.
    """
    found = await _asked("get", target, limits, oid)
    if isinstance(found, Exception):
        return f"no value, and no second reading: {type(found).__name__}"
    return _said(target.login, oid, *found)


async def cut(target: Target, limits: Limits, column: str, last: str) -> str:
    """Return in words why a walk of `column` ended after `last`; "" where the column ends there.

    `target` is as for `reason`.
    """
    found = await _asked("get_next", target, limits, last)
    if isinstance(found, Exception):
        return f"no second reading: {type(found).__name__}"
    indication, status, _, pairs = found
    if indication or (status and status.prettyPrint() != _NO_MORE):
        return _said(target.login, last, *found)
    if status or not pairs:
        return "" if status else "the agent answers with no object at all"
    (name, value), *_ = pairs
    if type(value).__name__ == "EndOfMibView" or not f"{name}.".startswith(f"{column}."):
        return ""
    return _FOLLOWS.format(name=name)


def is_of_size(why: str) -> bool:
    """Whether a walk that was cut for a reason as of `cut` may bring more in smaller steps."""
    return why == _SAYS.format(said="tooBig") or why.endswith(_FOLLOWS.format(name=""))


async def _asked(how: str, target: Target, limits: Limits, oid: str) -> Any:  # noqa: ANN401 - pysnmp has no types
    """Return what pysnmp got, or the error that it ended with."""
    # pysnmp takes 0.3 s and 20 MB to import. A healthy network needs it only where an agent's view
    # ends with a column that is walked: gufo-snmp shows that as it does an error. The devices that
    # are being read do not wait for it.
    plain_get = await asyncio.to_thread(import_module, "automation.snmp.plain_get")
    try:
        return await asyncio.to_thread(getattr(plain_get, how), target, limits, oid)
    except Exception as error:  # noqa: BLE001 - pysnmp's own base is Exception; it is a diagnosis
        return error


def is_final(login: SnmpLogin, why: str) -> bool:
    """Whether a reason is one of the login itself, and not of the agent's engine or clock."""
    return why in {_LOGIN_REFUSED[name].format(user=login.user) for name in _OF_THE_LOGIN}


def _said(login: SnmpLogin, oid: str, indication: Any, status: Any, _: Any, pairs: Any) -> str:  # noqa: ANN401 - pysnmp has no types
    """Return what pysnmp was told."""
    if indication:
        kind = type(indication).__name__
        known = _LOGIN_REFUSED.get(kind[:1].lower() + kind[1:])
        return known.format(user=login.user) if known else str(indication)
    if status:
        said = status.prettyPrint()
        return _REFUSED.get(said, _SAYS).format(said=said, user=login.user)
    if not pairs:
        return "the agent answers with no object at all"
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
