"""The shapes that people may write in `inventory/`, and faults in their words.

pydantic checks each entry of a file on its own, so that one bad host does not hide the faults
of the next. Unknown keys are forbidden everywhere; nothing is converted on the quiet (a VLAN
in quotes is text, and said to be).
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import is_dataclass
from functools import cache
from ipaddress import ip_address
from types import UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    with_config,
)
from pydantic_core import ErrorDetails
from typing_extensions import TypedDict, TypeForm, is_typeddict

from automation.errors import Fault
from automation.inventory.document import BAD, Document, Key, names
from automation.model import DeviceRole, DeviceText

T = TypeVar("T")
STRICT: Final = ConfigDict(extra="forbid", strict=True)
RESERVED_VLANS: Final = range(1002, 1006)
"""IOS keeps 1002 to 1005 for itself on every switch; nothing may be built on them."""
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_HOST: Final = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*")
_LIKE_ADDRESS: Final = re.compile(r"[0-9.]+|.*:.*")


def _name(text: str) -> str:
    if len(text) > 63 or not _NAME.fullmatch(text):
        raise ValueError(
            f"{text!r} is no name; expected letters, digits and ._- in at most 63 characters"
        )
    return text


def _secret_name(value: object) -> object:
    """Refuse what is no name without showing it: it may be the secret itself."""
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise ValueError("not the name of a secret; expected a name under [secrets], no value")
    return value


def _literal(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError(f"{text!r} is no address; expected an IPv4 or IPv6 literal") from None


def _address(text: str) -> str:
    if _LIKE_ADDRESS.fullmatch(text):
        return _literal(text)
    if len(text) > 253 or not _HOST.fullmatch(text):
        raise ValueError(f"{text!r} is no address; expected an IP literal or a DNS name")
    return text.lower()


def _vlan(number: int) -> int:
    if number not in range(2, 4095) or number in RESERVED_VLANS:
        raise ValueError(f"{number} is no VLAN to use; expected 2 to 1001 or 1006 to 4094")
    return number


def _pool(text: object) -> tuple[int, int]:
    found = re.fullmatch(r"([0-9]{1,4})-([0-9]{1,4})", str(text))
    if not found or int(found[1]) >= int(found[2]):
        raise ValueError(f"{text!r} is no VLAN range; expected FIRST-LAST such as 2001-2999")
    low, high = _vlan(int(found[1])), _vlan(int(found[2]))
    if low < RESERVED_VLANS.start < high:
        raise ValueError(f"{text!r} spans 1002 to 1005; expected ids on one side of them")
    return low, high


def _vlan_name(text: str) -> str:
    plain = DeviceText(text)
    if not plain or len(plain) > 31 or " " in plain:
        raise ValueError(f"{text!r} is no VLAN name; expected 1 to 31 characters without spaces")
    return plain


def _text(text: str) -> str:
    if not text:
        raise ValueError("empty; expected text")
    return DeviceText(text)


def distinct(items: tuple[T, ...]) -> tuple[T, ...]:
    """Refuse a list in which something stands twice."""
    for index, item in enumerate(items):
        if item in items[:index]:
            raise ValueError(f"{item} stands twice; expected each once")
    return items


def _port_of_device(text: object) -> tuple[str, str]:
    words = text.split() if isinstance(text, str) else []
    if len(words) != 2:
        raise ValueError(f"{text!r} is no end of a link; expected DEVICE PORT")
    return _name(words[0]), words[1]


PortOfDevice = Annotated[tuple[str, str], BeforeValidator(_port_of_device)]
Name = Annotated[str, AfterValidator(_name)]
SecretName = Annotated[str, BeforeValidator(_secret_name)]
Text = Annotated[str, AfterValidator(_text)]
Address = Annotated[str, AfterValidator(_address)]
Vlan = Annotated[int, AfterValidator(_vlan)]
Vlans = Annotated[tuple[Vlan, ...], AfterValidator(distinct)]
Pool = Annotated[tuple[int, int], BeforeValidator(_pool)]
VlanName = Annotated[str, AfterValidator(_vlan_name)]
Addresses = Annotated[
    tuple[Annotated[str, AfterValidator(_literal)], ...], AfterValidator(distinct)
]
TcpPort = Annotated[int, Field(ge=1, le=65535)]
Mbits = Annotated[int, Field(ge=1, le=400_000)]
Percent = Annotated[float, Field(gt=0, le=100)]
Count = Annotated[int, Field(ge=0, le=100_000)]


@with_config(STRICT)
class HostData(TypedDict, total=False):
    """What Portvakt adds to a host, a group or the defaults, under `data`."""

    role: Annotated[DeviceRole, Field(strict=False)]
    site: Text
    model: str
    uplinks: Annotated[tuple[str, ...], AfterValidator(distinct)]
    credentials: Name
    jump: Name | None
    crypto: Literal["modern", "legacy"]
    snmp: Name
    snmp_port: TcpPort
    links: Mapping[str, PortOfDevice]
    trap_addresses: Addresses


@with_config(STRICT)
class HostRow(TypedDict, total=False):
    """A host or a group, in Nornir's words."""

    hostname: Address | None
    port: TcpPort | None
    platform: str | None
    groups: Annotated[tuple[str, ...], AfterValidator(distinct)]
    data: HostData


@with_config(STRICT)
class DefaultsRow(TypedDict, total=False):
    """Nornir's defaults: what every host has unless its group or itself says otherwise."""

    port: TcpPort | None
    platform: str | None
    data: HostData


class Row(BaseModel):
    """An entry of a file: no key that is not known, nothing converted, frozen."""

    model_config = ConfigDict(**STRICT, frozen=True)


class ModelRow(Row):
    """A device model; port ranges still in braces."""

    platform: str
    access: tuple[str, ...] = ()
    uplinks: tuple[str, ...] = ()
    traits: tuple[Name, ...] = ()


class TierRow(Row):
    """A speed tier in Mbit/s."""

    down: Mbits
    up: Mbits


class OfferRow(Row):
    """One provider's delivery of a service: `vlan` (N:1) or `pool` (1:1)."""

    vlan: Vlan | None = None
    pool: Pool | None = None


class ServiceRow(Row):
    """A service and, by provider, its offers (checked one by one afterwards)."""

    tagged: bool
    welfare: bool = False
    offers: Mapping[str, Any] | None = None


class StormRow(Row):
    """Storm control thresholds in percent."""

    broadcast: Percent
    multicast: Percent


class PortRoleRow(Row):
    """What a port role means, without a vendor."""

    vlan: Vlan | None = None
    tagged: Vlans = ()
    isolated: bool = False
    guarded: bool = False
    poe: bool = False
    mac_limit: Count = 0
    dhcp_rate: Count = 0
    storm: StormRow | None = None


@with_config(STRICT)
class PolicyRow(TypedDict, total=False):
    """The common policy or an overlay: any of the keys; together they must give all."""

    domain: Address
    parking_vlan: Vlan
    native_vlan: Vlan
    ntp_servers: Addresses
    syslog_servers: Addresses
    snmp_community: SecretName
    snmp_managers: Addresses
    snmp_location: Text
    snmp_contact: Text
    tacacs_servers: Addresses
    tacacs_key: SecretName
    local_user: Name
    local_user_secret: SecretName
    option82_remote_id: Text
    vlan_names: Mapping[Vlan, VlanName]


_EXPECTED: Final[Mapping[str, str]] = {
    "string_type": "text",
    "int_type": "a whole number without quotes",
    "int_parsing": "a whole number without quotes",
    "int_from_float": "a whole number without quotes",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "float_type": "a number",
    "float_parsing": "a number",
    "tuple_type": "a list",
    "mapping_type": "a mapping of `key: value`",
    "dict_type": "a mapping of `key: value`",
    "dataclass_type": "a mapping of `key: value`",
    "model_type": "a mapping of `key: value`",
}
_KEPT_ELSEWHERE: Final[Mapping[str, str]] = {
    "password": "secrets are named in portvakt.toml and never stand here",
    "username": "who logs in stands under [credentials] in portvakt.toml",
    "connection_options": "the platform and portvakt.toml say how to connect",
}


def validate(
    kind: TypeForm[T], value: object, document: Document, path: tuple[Key, ...], faults: list[Fault]
) -> T | None:
    """Return `value`, which stands at `path` in `document`, as a `kind`; else None and faults."""
    try:
        return cast("T", _adapter(cast("Hashable", kind)).validate_python(value))
    except ValidationError as error:
        found = [one for one in error.errors() if one["input"] is not BAD]
        faults.extend(
            _fault(kind, one, document, path) for one in found if not _follows(one, found)
        )
        return None


@cache
def _adapter(kind: Hashable) -> TypeAdapter[object]:
    return TypeAdapter(cast("TypeForm[object]", kind))


def _follows(error: ErrorDetails, found: Sequence[ErrorDetails]) -> bool:
    """Whether a list only counts as too short because items of it are faulty themselves."""
    at = error["loc"]
    within = (one["loc"] for one in found if len(one["loc"]) > len(at))
    return error["type"] == "too_short" and any(loc[: len(at)] == at for loc in within)


def _fault(kind: object, error: ErrorDetails, document: Document, path: tuple[Key, ...]) -> Fault:
    """Return a pydantic error as a fault in the file's own words."""
    inside = tuple(part for part in error["loc"] if part != "[key]")
    name = ".".join(str(part) for part in inside) or str(path[-1] if path else "the file")
    match error["type"]:
        case "extra_forbidden" | "unexpected_keyword_argument":
            what = _unknown(kind, inside, name)
        case "missing":
            what = f"{name} is missing; expected keys: {names(_keys(kind, inside[:-1]))}"
        case "value_error":
            what = f"{name}: {error['ctx']['error']}"
        case "too_short" | "too_long":
            what = _length(name, error)
        case known:
            shown = _shown(error["input"])
            what = f"{name} is {shown}; expected {_EXPECTED.get(known) or _rest(error['msg'])}"
    return document.fault(what, *path, *inside)


def _length(name: str, error: ErrorDetails) -> str:
    """Say that a list has too few items or too many."""
    given = error["ctx"]
    has = f"has {given['actual_length']} items" if given["actual_length"] else "is empty"
    least = error["type"] == "too_short"
    bound = given["min_length" if least else "max_length"]
    return f"{name} {has}; expected a list of {'at least' if least else 'at most'} {bound}"


def _shown(value: object) -> str:
    """Return a value as people wrote it, or what sort of thing it is."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | tuple):
        return "a mapping" if isinstance(value, dict) else "a list"
    return repr(value)


def _unknown(kind: object, inside: tuple[Key, ...], name: str) -> str:
    hint = _KEPT_ELSEWHERE.get(str(inside[-1]))
    return f"unknown key {name}; {hint or 'expected ' + names(_keys(kind, inside[:-1]))}"


def _rest(message: str) -> str:
    """Return what pydantic expected, shorter."""
    plain = message.removeprefix("Input should be ")
    return (
        plain.replace("less than or equal to", "at most")
        .replace("greater than or equal to", "at least")
        .replace("greater than", "more than")
    )


def _keys(kind: object, inside: tuple[Key, ...]) -> tuple[str, ...]:
    """Return the keys that may stand at `inside` in a `kind`."""
    for part in inside:
        kind = _item(kind, part)
    return tuple(_hints(kind))


def _hints(kind: object) -> Mapping[str, object]:
    """Return the types of the keys of a `kind`; nothing where it has no keys of its own."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {name: field.annotation for name, field in kind.model_fields.items()}
    return get_type_hints(kind) if is_typeddict(kind) or is_dataclass(kind) else {}


def _item(kind: object, part: Key) -> object:
    """Return the type of the item `part` of a `kind`, or None where it has none."""
    if get_origin(kind) is tuple:
        return get_args(kind)[0]
    item = _hints(kind).get(str(part))
    if get_origin(item) in (Union, UnionType):
        return next(inner for inner in get_args(item) if inner is not type(None))
    return item
