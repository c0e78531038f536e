"""The file as rows for the store: each line, each port as a whole, then ports together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from automation import platforms as installed
from automation.errors import Fault
from automation.inventory.ports_csv.merging import Place, Stored, merge
from automation.inventory.ports_csv.row import Row, RowReader
from automation.inventory.ports_csv.text import lines
from automation.model import Catalogue, Inventory, Platform, Port, Subscription


@dataclass(frozen=True, slots=True)
class PortRows:
    """What a file asks the store to hold, and every fault in it.

    A port with a fault in any of its rows is left out as a whole. `ports` and `subscriptions`
    replace those ports' rows and their outlets' subscriptions; all else stays.
    """

    ports: tuple[Port, ...]
    subscriptions: tuple[Subscription, ...]
    faults: tuple[Fault, ...]


def read(
    content: bytes,
    name: str,
    inventory: Inventory,
    ports: Iterable[Port] = (),
    subscriptions: Iterable[Subscription] = (),
    platforms: Mapping[str, Platform] | None = None,
) -> PortRows:
    """Return the rows of the CSV file `name` with `content`, and its faults in line order.

    Args:
        content: the file's bytes, UTF-8 with or without BOM.
        name: how faults name the file.
        inventory: what devices, ports, services and providers there are.
        ports: the rows in the store now.
        subscriptions: those in the store now; a 1:1 VLAN that they have is kept.
        platforms: whose roles count; without it, those that are installed.
    """
    faults: list[Fault] = []
    written = lines(content, name, faults)
    reader = RowReader(name, inventory, installed.every() if platforms is None else platforms)
    grouped: dict[Place, list[Row]] = defaultdict(list)
    bad: set[Place] = set()
    for line in written:
        row = reader.row(line)
        if row is None:
            bad.add((line.cells[0], line.cells[1]))
        else:
            grouped[row.device, row.port].append(row)
    for place, rows in grouped.items():
        wrong = [Fault(name, what, at) for at, what in _port_faults(rows, inventory.catalogue)]
        faults.extend(wrong)
        if wrong:
            bad.add(place)
    stored = Stored.of(ports, subscriptions)
    merged = merge(grouped, bad, inventory.catalogue, stored)
    faults.extend(reader.faults)
    faults.extend(Fault(name, what, line) for line, what in merged.faults)
    in_order = tuple(sorted(faults, key=lambda fault: fault.line))
    return PortRows(merged.ports, merged.subscriptions, in_order)


def _port_faults(rows: Sequence[Row], catalogue: Catalogue) -> Iterator[tuple[int, str]]:
    """Yield (line, what) for the rows of one port that do not go together."""
    first, *others = rows
    where = f"{first.device} {first.port}, also on line {first.line}"
    for row in others:
        if row.outlet != first.outlet:
            what = f"outlet {row.outlet or 'none'} and {first.outlet or 'none'}"
            yield row.line, f"{where}: {what}; expected one outlet on a port"
        if row.role is not first.role:
            yield row.line, f"{where}: role {row.role} and {first.role}; expected one"
        if row.order is None or first.order is None:
            yield row.line, f"{where}: expected one row a service, or one row without any"
    yield from _service_faults(rows, catalogue)


def _service_faults(rows: Sequence[Row], catalogue: Catalogue) -> Iterator[tuple[int, str]]:
    """Yield (line, what) for services that cannot share a port."""
    seen: dict[str, int] = {}
    untagged: str | None = None
    for row in rows:
        if row.order is None:
            continue
        service = row.order.service
        line = seen.setdefault(service, row.line)
        if line != row.line:
            yield row.line, f"{service} on outlet {row.outlet} stands on line {line} too"
        elif not catalogue.services[service].tagged:
            if untagged:
                what = f"{service} and {untagged} on {row.device} {row.port} are both untagged"
                yield row.line, f"{what}; expected at most one untagged service on a port"
            untagged = service
