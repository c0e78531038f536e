"""One line of the file: every cell checked against the inventory, on its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from automation.errors import Fault
from automation.inventory.document import names
from automation.inventory.port_names import look_alike
from automation.inventory.ports_csv.order import Order, order_of
from automation.inventory.ports_csv.text import COLUMNS, FORMULA, Line
from automation.model import Device, DeviceText, Inventory, Platform, PortRole, PortState

TRUNKS: Final = frozenset({PortRole.UPLINK, PortRole.DOWNLINK, PortRole.INTERCONNECT})
_ROLES: Final[Mapping[str, PortRole]] = {role.value: role for role in PortRole}
_STATES: Final[Mapping[str, PortState]] = {state.value: state for state in PortState}


@dataclass(frozen=True, slots=True)
class Row:
    """A good line. `state` is the port's own; a row with a service leaves it to its orders."""

    line: int
    device: str
    port: str
    role: PortRole
    outlet: str | None
    state: PortState | None
    order: Order | None


def default_state(role: PortRole) -> PortState:
    """Return the state of a port without service whose `state` is empty in the file."""
    idle = {PortRole.PARKED: PortState.PARKED, PortRole.CUSTOMER: PortState.RESERVED}
    return idle.get(role, PortState.ACTIVE)


def state_fault(role: PortRole, state: PortState) -> str | None:
    """Say why a port without service cannot be in `state`, or None when it can."""
    if role is PortRole.CUSTOMER and state is PortState.ACTIVE:
        return "an active customer port without service; expected an outlet and a service"
    if role is PortRole.PARKED and state is not PortState.PARKED:
        return f"a parked port in state {state}; expected parked, or another role"
    return None


def outlet_fault(text: str) -> str | None:
    """Say why `text` cannot be an outlet in this file, or None when it can."""
    if text.startswith(FORMULA):
        return f"{text!r} starts like a formula; expected a letter or digit first"
    try:
        DeviceText(text)
    except ValueError as error:
        return str(error)
    return None


class RowReader:
    """Checks the lines of one file; `faults` has what was wrong with all of them."""

    def __init__(self, name: str, inventory: Inventory, platforms: Mapping[str, Platform]) -> None:
        """Check lines of the file `name` against `inventory`."""
        self.faults: list[Fault] = []
        self._name = name
        self._inventory = inventory
        self._access = {name: frozenset(one.access) for name, one in inventory.models.items()}
        self._roles = {name: platform.roles for name, platform in platforms.items()}

    def row(self, line: Line) -> Row | None:
        """Return the row, or None when anything in it is faulty."""
        name, port, role_name, outlet, *_ = line.cells
        device = self._inventory.devices.get(name)
        role = _ROLES.get(role_name)
        order = order_of(line, self._inventory.catalogue)
        wrong = [
            *_texts(line),
            *self._place(device, name, port),
            *self._role(device, role_name, role),
            *(order if isinstance(order, list) else ()),
            *(_contradictions(line, role, order) if role else ()),
        ]
        self.faults.extend(Fault(self._name, what, line.number) for what in wrong)
        if wrong or role is None or isinstance(order, list):
            return None
        plain = DeviceText(outlet) if outlet else None
        state = None if order else _STATES.get(line.cells[7], default_state(role))
        return Row(line.number, name, port, role, plain, state, order)

    def _place(self, device: Device | None, name: str, port: str) -> Iterator[str]:
        if device is None:
            yield f"unknown device {name!r}; expected one that stands in hosts.yaml"
        elif port not in self._access[device.model.name]:
            yield _port_fault(device, port)

    def _role(self, device: Device | None, name: str, role: PortRole | None) -> Iterator[str]:
        if role is None:
            yield f"unknown role {name!r}; there are: {names(PortRole)}"
        elif device and role not in self._roles.get(device.platform, frozenset(PortRole)):
            declared = names(self._roles[device.platform])
            yield f"platform {device.platform} does not declare role {role}; it has {declared}"


def _port_fault(device: Device, port: str) -> str:
    """Say what is wrong with a port that the model has no row for."""
    model = device.model
    if port in model.uplinks:
        return f"{port} is an uplink of model {model.name}; expected an access port"
    full = look_alike(port, (*model.access, *model.uplinks))
    if full in model.uplinks:
        return f"{port!r} looks like {full}, an uplink of model {model.name}"
    if full:
        return f"{port!r} is not the full port name; write {full}"
    ends = f"{model.access[0]} to {model.access[-1]}" if model.access else "none"
    return f"unknown port {port!r}; model {model.name} has {ends}"


def _texts(line: Line) -> Iterator[str]:
    """Yield what no cell may hold, whatever its column means."""
    for column, cell in zip(COLUMNS, line.cells, strict=True):
        if column == "outlet" and cell and (why := outlet_fault(cell)):
            yield f"outlet: {why}"
        elif column != "outlet" and cell.startswith(FORMULA):
            yield f"{column}: {cell!r} starts like a formula; expected plain text"


def _contradictions(line: Line, role: PortRole, order: Order | list[str] | None) -> Iterator[str]:
    """Yield what role, outlet, service and state of one line cannot be together."""
    outlet, service, state = line.cells[3], line.cells[4], line.cells[7]
    if outlet and role in TRUNKS:
        yield f"role {role} with outlet {outlet!r}; expected none, a trunk ends at no wall socket"
    if service and role is not PortRole.CUSTOMER:
        yield f"role {role} with a service; expected role customer"
    if service and not outlet:
        yield "a service without an outlet; expected the outlet that it is delivered to"
    if order is None and state:
        yield from _idle_state(role, state)


def _idle_state(role: PortRole, text: str) -> Iterator[str]:
    state = _STATES.get(text)
    if state is None:
        yield f"unknown state {text!r}; there are: {names(PortState)}"
    elif why := state_fault(role, state):
        yield why
