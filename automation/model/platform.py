"""What a network OS is, as data: its configuration language and its command line.

A platform folder fills in one `Platform`; the engines in `drift` and `devices` read it and
never name a vendor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from automation.model.change import Deferred
from automation.model.finding import TrapRule
from automation.model.mib import Mibs
from automation.model.transaction import Transactions
from automation.model.words import PortRole, SessionKind


class Kind(StrEnum):
    """What entering a line again does on the device."""

    VALUE = "value"
    """Re-entry replaces the old value of the same key."""
    LIST = "list"
    """The value is a set of ids; re-entry adds, replaces or removes members."""
    LINE = "line"
    """The whole line is its own key: present or absent."""
    BLOCK = "block"
    """A header with children; its key is the header itself."""


@dataclass(frozen=True, slots=True)
class IdList:
    """How a platform writes lists of VLAN ids, and the commands that change one.

    `joiner` stands between items, `span` between the ends of a range; `per_line` is the most
    items one command takes. `whole`, `add` and `remove` are formats of `{key}` and `{ids}`;
    without `whole`, entering the line adds. `empty` is how an empty list is written, if at all.
    """

    joiner: str
    span: str
    add: str
    remove: str
    whole: str | None = None
    empty: str | None = None
    per_line: int = 10
    min_span: int = 2
    """The fewest consecutive ids that are written as a range."""
    absent_is_all: bool = False
    """Without the line the list holds every VLAN there is: it is narrowed, never begun anew."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind of line behaves. The first rule that matches a line decides.

    `match` is a regular expression for the whole line: the group `key` is what identifies the
    setting (without the group: the whole match), together with the group `also` where the value
    stands between the two (`neighbor A prefix-list NAME in`); the group `ids` holds the members of
    a list. The group `aside`, a tail of the line, is neither compared nor sent: in it stands, as
    the group `told`, why the setting is not in force although the configuration has it, and as the
    group `bars` what it cannot have now, as `Platform.attainable` reads it. The group `unmet`, also
    a tail, is compared and not sent: the setting is not in force, and entering the line again mends
    that. The group `address` is an IP address with its prefix length: with one of a subnet the
    device may drop the others, so they go first, all of them, and those that stay are set again; to
    take one away interrupts traffic.
    A BLOCK with `ids` stands for as many blocks as it has ids (`vlan 10,20`); new ones with
    nothing inside are made, and taken away, many with one line: by `add` and `remove` of `ids`.
    `within` is one for the parent header; None matches top-level lines only.
    `negate` is a format of the line's own match groups and `{line}`; None uses the platform's
    negation of the whole line. An empty `negate` says: never removed (it can only be replaced).
    `order` sorts what is set, ascending; removals run in descending order.
    """

    match: str
    kind: Kind = Kind.LINE
    within: str | None = None
    negate: str | None = None
    order: int = 50
    ids: IdList | None = None
    disrupts: bool = False
    """Changing it interrupts traffic: in a port the stanza is wrapped in shutdown and its
    opposite; at the top level it cannot be helped (the mode of spanning tree), and is told."""
    undo_first: bool = False
    """The device wants the old value removed before it takes a new one."""
    needs_binding: bool = False
    """It cuts a customer in service for whom the device shows no DHCP binding."""
    hands_off: bool = False
    """The port is part of something that nobody here owns (a link aggregate): it is left alone."""
    unshown: bool = False
    """A BLOCK that is there on every device, and shown only where something stands in it."""
    keep_in_use: bool = False
    """It is not removed while a line that we do not own speaks of its id (group `ids`), or of
    its name, the last word of a BLOCK without `ids`; of a list that holds for the members on an
    uplink, over which we may reach the device."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One owned section of configuration: the unit of drift.

    `owns` are regular expressions for top-level lines. A line inside an owned block is owned.
    Of the lines that match one of `shared` only those that the intent has are compared: an
    extra one is unmanaged, not drift (users on the device, which must never be locked out).
    """

    name: str
    owns: tuple[str, ...]
    shared: tuple[str, ...] = ()
    proved: bool = False
    """A mistake in it can lock us out: it is saved only after a new login has read it back."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """How running configuration is read, compared and changed on a network OS.

    `negation` prefixes a line to take it away (`no `, `undo `). `closed` and `opened` are the
    lines that shut a port and open it. `drop` are regular expressions for volatile and
    structural lines. `rewrite` brings one line to the form we compare: (pattern, replacement).
    `secrets` have the group `secret`, which is masked; `reencoded` are those that the device
    encodes anew at each display, so only their presence is compared; `clear` are those that it
    shows as they were entered, so that they can be compared with our own. `literal` are (first
    line, last line) of text that is not configuration language: banners, certificates.
    `port_header` is the header of a port's block. `identity` are the keys that say which device
    this is: where they differ, we are on another one than we think. `derived` brings a line to the
    form in which an undo is judged, (pattern, replacement): what a device makes by itself of what
    it was given no undo can bring back. `trunk` matches the one line of a port that leads to
    another device, where ports are lines: it may be our way in also where no intent says so any
    more. Features are applied in the order given here, removals in the opposite one.
    """

    negation: str
    closed: str
    opened: str
    features: tuple[Feature, ...]
    rules: tuple[Rule, ...]
    drop: tuple[str, ...] = ()
    rewrite: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()
    reencoded: tuple[str, ...] = ()
    clear: tuple[str, ...] = ()
    literal: tuple[tuple[str, str], ...] = ()
    port_header: str = "interface {name}"
    identity: tuple[str, ...] = ()
    derived: tuple[tuple[str, str], ...] = ()
    trunk: str = ""


@dataclass(frozen=True, slots=True)
class Mode:
    r"""A configuration mode: which headers enter it, and the prompt that proves it.

    `header` is a regular expression for the line; `prompt` one for what stands between the
    hostname and the end of the prompt, its last character included (`\(config-if\)#`,
    `-{name}\]`); `{name}` in it is the header's own group `name`.
    """

    header: str
    prompt: str


@dataclass(frozen=True, slots=True)
class Dialog:
    """A question the device asks after some commands, and our answer. Never a blanket yes.

    `command` is a regular expression that the command matches from its start; `^$` is the login
    itself. `question` is searched for in what the device wrote after the command's echo.
    """

    command: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Startup:
    """How what a device has saved is read, where its word that it saved does not say enough.

    `command` is asked on a channel of its own, beside the terminal. An answer that does not begin
    with `mark` is that of a device which is not set up for the question, and one with a status
    other than 0 that of a login which may not see it. Lines that match one of the regular
    expressions `frame` belong to neither configuration: headers, comments.
    """

    command: str
    mark: str
    frame: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InForce:
    """How what is in force is read, where the configuration shows what was entered all the same.

    `command` shows what is in force; by the TextFSM template `fact`, one record a setting, the
    block that it is in and its line are `block` and `line`, formats of the record's values. Lines
    that match `given` within blocks that match `within` have to be among them. One that is not gets
    `mark` as its tail in the configuration that is read; in a block with the line `closed` nothing
    has to be. What is missing is asked for again, for `patience` seconds, before it is believed.
    """

    command: str
    fact: str = field(repr=False)
    block: str
    line: str
    within: str
    given: str
    mark: str
    closed: str
    patience: float


@dataclass(frozen=True, slots=True)
class Cli:
    """How a session is held on a network OS.

    Prompts are regular expressions with `{host}` for the learned hostname. `accept` are
    regular expressions for whole lines of text that are known to be harmless; anything else
    between a line and the next prompt is a refusal. `noise` are log lines the device may throw
    in anywhere; a line that starts with one is noise. An exec prompt that ends in `#` ends in
    `>` before `enable`. `{session}` in `enter`, `commit`, `abort`, `session_diff` and
    `session_drop` is the name of a candidate. `unauthorised` are texts that mean we may not
    configure at all; `busy` those that mean somebody else holds the configuration.
    """

    driver: str
    session: SessionKind
    prepare: tuple[str, ...]
    fetch: str
    enter: str
    leave: str
    exit: str
    save: str
    saved: str
    exec_prompt: str
    config_prompt: str
    modes: tuple[Mode, ...]
    refused: tuple[str, ...]
    enable: str | None = None
    accept: tuple[str, ...] = ()
    dialogs: tuple[Dialog, ...] = ()
    noise: tuple[str, ...] = ()
    unauthorised: tuple[str, ...] = ()
    busy: tuple[str, ...] = ()
    commit: str | None = None
    abort: str | None = None
    session_diff: str | None = None
    session_list: str | None = None
    """Prints the candidates that stand on the device, also those whose session was cut off."""
    session_row: str = r"(?!)"
    """A line of that list which is a candidate neither committed nor aborted: `name` in it."""
    session_drop: str | None = None
    """Throws the candidate `{session}` away without entering it."""
    bindings: str | None = None
    pager: str = r" *-+ ?More ?-+ *"
    """What stands alone on the last line when the device waits for a key before it goes on."""
    ports: str | None = None
    """The command that shows which ports there are, where the configuration does not."""
    fetch_end: str | None = None
    """A regular expression for the last line of a whole configuration; without it, it is cut off.
    None where the platform has no such line."""
    startup: Startup | None = None
    in_force: InForce | None = None
    together: tuple[str, str] | None = None
    """Regular expressions: lines that match the first go out in one write with those right after
    them that match the second. With the one the way to the device may end, and with the other come
    back."""


def _whole(wanted: str, running: str, bars: str) -> tuple[str, tuple[Deferred, ...]]:
    """Return all of a line: what holds on a platform where nothing is barred."""
    return wanted, ()


@dataclass(frozen=True, slots=True)
class Platform:
    """A network OS: its name, the port roles it can carry, its grammar and how it is spoken to.

    `control` is a command line, or transactions of a database. `facts` are TextFSM templates by
    name: `bindings` has the values PORT and VLAN, one row a DHCP binding; `ports` has PORT, and
    KIND for one that is not really there. `mibs` says where its agent shows light and power,
    `traps` how its own notifications are read. `abbreviations` are the short interface names that
    its output uses: `Gi` -> `GigabitEthernet`. What `routes` has an entry in `routing.yaml`.
    `flaw` is a pure function: why no intent may have this top-level line, or "". So is
    `attainable`: what of an intended line a device can have now that runs another and says what it
    cannot have (`Rule`, the group `bars`), as a line, and what is left out of it and why.
    """

    name: str
    roles: frozenset[PortRole]
    grammar: Grammar
    control: Cli | Transactions[Any]
    facts: Mapping[str, str] = field(default_factory=dict)
    abbreviations: Mapping[str, str] = field(default_factory=dict)
    mibs: Mibs = field(default_factory=Mibs)
    traps: tuple[TrapRule, ...] = ()
    routes: bool = False
    flaw: Callable[[str], str] | None = None
    attainable: Callable[[str, str, str], tuple[str, tuple[Deferred, ...]]] = _whole

    @property
    def cli(self) -> Cli:
        """The command line; TypeError on a platform that has none."""
        if not isinstance(self.control, Cli):
            raise TypeError(f"{self.name} has no command line")
        return self.control

    @property
    def bindings(self) -> str | None:
        """The command that shows DHCP bindings, where the platform has one."""
        return self.control.bindings if isinstance(self.control, Cli) else None

    @property
    def ports(self) -> str | None:
        """The command that shows which ports there are, where the configuration cannot tell."""
        return self.control.ports if isinstance(self.control, Cli) else None
