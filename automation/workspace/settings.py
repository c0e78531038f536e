"""`portvakt.toml`: settings, and by which name each secret is found. Never a secret itself."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from typing import Final

from automation.errors import BadInput, Fault

FILE: Final = "portvakt.toml"
_WINDOWS: Final = ("line", "stanza")
_AUTH: Final = ("sha1", "sha224", "sha256", "sha384", "sha512")
_PRIV: Final = ("aes128", "aes192", "aes256")


class Where(StrEnum):
    """The kinds of place where a secret's value may be."""

    ENV = "env"
    FILE = "file"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Source:
    """Where the value of a secret is found: a variable, a file, or what a command prints."""

    where: Where
    value: tuple[str, ...]
    """The variable's name, the file's path, or the command and its arguments."""


@dataclass(frozen=True, slots=True)
class LoginEntry:
    """A `[credentials.NAME]` entry."""

    username: str
    password: Source | None = None
    enable: Source | None = None
    key_file: str | None = None
    passphrase: Source | None = None


@dataclass(frozen=True, slots=True)
class JumpEntry:
    """A `[jump.NAME]` entry: a host that devices are reached through."""

    address: str
    port: int
    login: LoginEntry


@dataclass(frozen=True, slots=True)
class SnmpEntry:
    """A `[snmp.NAME]` entry: a community (v2c), or a user and its keys (v3)."""

    community: Source | None = None
    user: str = ""
    auth: str = "sha256"
    auth_password: Source | None = None
    priv: str = "aes128"
    priv_password: Source | None = None


@dataclass(frozen=True, slots=True)
class PollSettings:
    """What `[poll]` says; `interval`, `timeout` and `deadline` are seconds, `days` are kept."""

    interval: int = 300
    timeout: float = 1.0
    tries: int = 2
    deadline: int = 20
    in_flight: int = 100
    varbinds: int = 61
    days: int = 90


@dataclass(frozen=True, slots=True)
class TrapSettings:
    """What `[trap]` says.

    `listen` are (address, UDP port). `relays` are addresses whose snmpTrapAddress is believed.
    `logins` names entries under `[snmp]` that any device may use for traps, beside its own.
    `quiet` is seconds: what fails again within them is the same finding. `rate` is how many
    notifications a second one address may send for long. `days` are kept.
    """

    listen: tuple[tuple[str, int], ...] = (("0.0.0.0", 162),)  # noqa: S104 - traps come from all sides
    relays: tuple[str, ...] = ()
    logins: tuple[str, ...] = ()
    quiet: int = 900
    rate: int = 20
    days: int = 30


@dataclass(frozen=True, slots=True)
class Settings:
    """What `portvakt.toml` says; each has a default but the secrets.

    `deadline` and `plan_expiry` are seconds. `windows` maps a platform to `line` or `stanza`:
    how many lines may be outstanding there.
    """

    store_url: str = "sqlite:///.portvakt/store.db"
    forks: int = 50
    deadline: float = 300.0
    plan_expiry: int = 14400
    windows: Mapping[str, str] = field(default_factory=dict)
    credentials: Mapping[str, LoginEntry] = field(default_factory=dict)
    jumps: Mapping[str, JumpEntry] = field(default_factory=dict)
    secrets: Mapping[str, Source] = field(default_factory=dict)
    snmp: Mapping[str, SnmpEntry] = field(default_factory=dict)
    poll: PollSettings = PollSettings()
    trap: TrapSettings = TrapSettings()


def parse(text: str, file: str = FILE) -> Settings:
    """Return the settings in `text`, or raise BadInput with every fault in it."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise BadInput([Fault(file, str(error), int(line[1]) if line else 0)]) from error
    faults: list[Fault] = []
    root = _Table(values, (), text, file, faults)
    settings = _settings(root)
    root.finish()
    if faults:
        raise BadInput(sorted(faults, key=lambda fault: fault.line))
    return settings


def _settings(root: _Table) -> Settings:
    """Return the settings in the root table, faults noted."""
    store, run = root.table("store"), root.table("run")
    default = Settings()
    settings = Settings(
        store_url=store.text("url", default.store_url),
        forks=run.number("forks", default.forks, 1, 1000),
        deadline=run.number("deadline", int(default.deadline), 1, 86400),
        plan_expiry=run.number("plan_expiry", default.plan_expiry, 60, 2592000),
        windows=run.choices("window", _WINDOWS),
        credentials={name: _login(one) for name, one in root.tables("credentials")},
        jumps={name: _jump(one) for name, one in root.tables("jump")},
        secrets=_sources(root.table("secrets")),
        snmp={name: _snmp(one) for name, one in root.tables("snmp")},
        poll=_poll(root.table("poll")),
        trap=_trap(root.table("trap")),
    )
    store.finish()
    run.finish()
    return settings


def _login(entry: _Table) -> LoginEntry:
    """Return a login entry: a user name, and a password or a key file."""
    login = LoginEntry(
        username=entry.text("username"),
        password=entry.source("password"),
        enable=entry.source("enable"),
        key_file=entry.text("key_file", "") or None,
        passphrase=entry.source("passphrase"),
    )
    if login.password is None and login.key_file is None:
        entry.fault("", "has no password and no key_file; expected one of them")
    entry.finish()
    return login


def _jump(entry: _Table) -> JumpEntry:
    """Return a jump host's entry."""
    address, port = entry.text("address"), entry.number("port", 22, 1, 65535)
    return JumpEntry(address, port, _login(entry))


def _snmp(entry: _Table) -> SnmpEntry:
    """Return how an agent is asked: by a community, or by a user with at least one key."""
    snmp = SnmpEntry(
        community=entry.source("community"),
        user=entry.text("user", ""),
        auth=entry.choice("auth", "sha256", _AUTH),
        auth_password=entry.source("auth_password"),
        priv=entry.choice("priv", "aes128", _PRIV),
        priv_password=entry.source("priv_password"),
    )
    if (snmp.community is None) == (not snmp.user):
        entry.fault("", "expected a community (v2c), or a user (v3): one of the two")
    if snmp.user and snmp.auth_password is None:
        entry.fault("user", "has no auth_password; SNMP v3 without a key is not spoken here")
    if not snmp.user and (snmp.auth_password or snmp.priv_password):
        entry.fault("", "a community has no auth_password and no priv_password")
    entry.finish()
    return snmp


def _poll(table: _Table) -> PollSettings:
    """Return how agents are polled."""
    default = PollSettings()
    poll = PollSettings(
        interval=table.number("interval", default.interval, 10, 3600),
        timeout=table.number("timeout_ms", int(default.timeout * 1000), 50, 10_000) / 1000,
        tries=table.number("tries", default.tries, 1, 5),
        deadline=table.number("deadline", default.deadline, 1, 300),
        in_flight=table.number("in_flight", default.in_flight, 1, 1000),
        varbinds=table.number("varbinds", default.varbinds, 16, 121),
        days=table.number("days", default.days, 1, 1000),
    )
    table.finish()
    return poll


def _trap(table: _Table) -> TrapSettings:
    """Return how notifications are received."""
    default = TrapSettings()
    listen = table.texts("listen", tuple(_written(*place) for place in default.listen))
    trap = TrapSettings(
        listen=tuple(table.endpoint("listen", text) for text in listen),
        relays=tuple(table.literal("relays", text) for text in table.texts("relays")),
        logins=table.texts("logins"),
        quiet=table.number("quiet", default.quiet, 10, 86400),
        rate=table.number("rate", default.rate, 1, 10_000),
        days=table.number("days", default.days, 1, 1000),
    )
    if not listen:
        table.fault("listen", "empty; expected at least one ADDRESS:PORT")
    table.finish()
    return trap


def _written(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _sources(table: _Table) -> dict[str, Source]:
    """Return the named secrets' sources."""
    found = {name: table.source(name) for name in list(table.left)}
    return {name: source for name, source in found.items() if source is not None}


class _Table:
    """A table of the file, from which keys are taken; what is left at the end is unknown."""

    def __init__(
        self, values: object, path: tuple[str, ...], text: str, file: str, faults: list[Fault]
    ) -> None:
        """Wrap `values`, which stand at `path` in the file."""
        self._path = path
        self._text = text
        self._file = file
        self._faults = faults
        self._asked: list[str] = []
        self.left: dict[str, object] = {}
        if isinstance(values, dict):
            self.left = dict(values)
        else:
            self.fault("", f"{values!r}: expected a table")

    def fault(self, key: str, what: str) -> None:
        """Note a fault at `key` of this table."""
        path = (*self._path, key) if key else self._path
        where = ".".join(path) or "the file"
        self._faults.append(Fault(self._file, f"{where}: {what}", _line_of(self._text, path)))

    def finish(self) -> None:
        """Note every key that nobody asked for."""
        for key in self.left:
            self.fault(key, f"unknown key; expected one of {', '.join(sorted(self._asked))}")

    def _take(self, key: str) -> object:
        """Return the value at `key`, None if it is not there."""
        self._asked.append(key)
        return self.left.pop(key, None)

    def text(self, key: str, default: str | None = None) -> str:
        """Return the text at `key`."""
        value = self._take(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value:
            self.fault(key, "missing" if value is None else f"{value!r}: expected text in quotes")
            return ""
        return value

    def number(self, key: str, default: int, least: int, most: int) -> int:
        """Return the whole number at `key`."""
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.fault(key, f"{value!r}: expected a whole number from {least} to {most}")
            return default
        return value

    def choice(self, key: str, default: str, allowed: tuple[str, ...]) -> str:
        """Return the word at `key`, one of `allowed`."""
        value = self.text(key, default)
        if value not in allowed:
            self.fault(key, f"{value!r}: expected one of {', '.join(allowed)}")
        return value

    def choices(self, key: str, allowed: tuple[str, ...]) -> dict[str, str]:
        """Return the table at `key`, each of whose values is one of `allowed`."""
        chosen = self.table(key)
        for name, value in chosen.left.items():
            if value not in allowed:
                chosen.fault(name, f"{value!r}: expected one of {', '.join(allowed)}")
        return {name: str(value) for name, value in chosen.left.items()}

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return the list of texts at `key`."""
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.fault(key, f"{value!r}: expected a list of texts in quotes")
            return ()
        return tuple(value)

    def literal(self, key: str, text: str) -> str:
        """Return an IP literal of the list at `key`, in its plain form."""
        try:
            return str(ip_address(text))
        except ValueError:
            self.fault(key, f"{text!r}: expected an IPv4 or IPv6 literal")
            return text

    def endpoint(self, key: str, text: str) -> tuple[str, int]:
        """Return address and port of an `ADDRESS:PORT` or `[ADDRESS]:PORT` at `key`."""
        address, _, port = text.rpartition(":")
        bare = address.removeprefix("[").removesuffix("]")
        if not port.isdecimal() or not 1 <= int(port) <= 65535 or (":" in bare and bare == address):
            self.fault(key, f"{text!r}: expected ADDRESS:PORT, or [ADDRESS]:PORT for IPv6")
            return text, 0
        return self.literal(key, bare), int(port)

    def table(self, key: str) -> _Table:
        """Return the table at `key`, empty if it is not there."""
        value = self._take(key)
        path = (*self._path, key)
        return _Table({} if value is None else value, path, self._text, self._file, self._faults)

    def tables(self, key: str) -> list[tuple[str, _Table]]:
        """Return the tables within the table at `key`, by name."""
        outer = self.table(key)
        return [(name, outer.table(name)) for name in list(outer.left)]

    def source(self, key: str) -> Source | None:
        """Return where the secret at `key` is found; None if the key is not there."""
        value = self._take(key)
        if value is None:
            return None
        if isinstance(value, dict) and len(value) == 1:
            where, place = next(iter(value.items()))
            if where in (Where.ENV, Where.FILE) and isinstance(place, str) and place:
                return Source(Where(where), (place,))
            if where == Where.COMMAND and _is_command(place):
                return Source(Where.COMMAND, tuple(place))
        self.fault(  # never the value: it may be a secret written in the wrong place
            key,
            'expected {env = "NAME"}, {file = "path"} or {command = ["program", "argument"]}; '
            "a secret's value does not belong in this file",
        )
        return None


def _is_command(place: object) -> bool:
    """Whether `place` is a program with its arguments."""
    return isinstance(place, list) and bool(place) and all(isinstance(one, str) for one in place)


def _line_of(text: str, path: tuple[str, ...]) -> int:
    """Return the line where `path` stands, or the nearest table above it; 0 if neither is found.

    tomllib keeps no lines, so they are searched for, as people write the file.
    """
    best, depth, table = 0, -1, tuple[str, ...]()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[([^\[\]]+)\]", line):
            table = _keys(header[1])
            here = table
        elif entry := re.match(r"\s*([^\s=#\[][^=]*?)\s*=", line):
            here = (*table, *_keys(entry[1]))
        else:
            continue
        if path[: len(here)] == here and len(here) > depth:
            best, depth = number, len(here)
    return best


def _keys(dotted: str) -> tuple[str, ...]:
    """Return the parts of a dotted key, without quotes."""
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
