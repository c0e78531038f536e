"""The folder `inventory/` as one checked value, or every fault in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from automation import platforms as installed
from automation.errors import BadInput, Fault
from automation.inventory.catalogue import read_catalogue, read_port_roles
from automation.inventory.document import Document, declared_names, names, read
from automation.inventory.hosts import (
    Host,
    devices,
    read_defaults,
    read_groups,
    read_hosts,
)
from automation.inventory.links import link_faults, trap_address_faults
from automation.inventory.models import read_models
from automation.inventory.policy import Policies, read_policies
from automation.inventory.routing import Hosts, read_routing
from automation.inventory.vlans import (
    Use,
    catalogue_uses,
    overlaps,
    policy_uses,
    role_uses,
    same_names,
)
from automation.model import (
    Catalogue,
    Device,
    DeviceRole,
    Inventory,
    Platform,
    PortRole,
    PortRoleSpec,
    Routing,
)

_ROUTING: Final = "routing"
_NEEDED: Final = ("models", "services", "port_roles", "policy")
_OPTIONAL: Final = ("groups", "defaults", _ROUTING)


def load(folder: Path, platforms: Mapping[str, Platform] | None = None) -> Inventory:
    """Return the inventory in `folder`, checked as a whole.

    `platforms` are those a model may name; without it, all that are installed.

    Raises:
        BadInput: with every fault in every file, as `file:line: what, and what was expected`.
    """
    faults: list[Fault] = []
    files = _read(folder, faults)
    known = installed.every() if platforms is None else platforms
    inventory = _checked(folder, files, known, faults)
    if faults:
        raise BadInput(sorted(dict.fromkeys(faults), key=lambda fault: (fault.where, fault.line)))
    return inventory


@dataclass(frozen=True, slots=True)
class _Files:
    """The files of an inventory: hosts by estate, the rest by name; None cannot be read."""

    hosts: Mapping[str, Document | None]
    named: Mapping[str, Document | None]

    def readable(self, *names: str) -> bool:
        """Whether those files could be read: else others are not blamed for what they miss."""
        return all(self.named.get(name, ...) is not None for name in names)


def _read(folder: Path, faults: list[Fault]) -> _Files:
    named: dict[str, Document | None] = {}
    for name in (*_OPTIONAL, *_NEEDED):
        path = folder / f"{name}.yaml"
        if path.exists():
            named[name] = read(path, faults)
        elif name in _NEEDED:
            faults.append(Fault(str(path), f"no such file; expected {name} of the inventory"))
            named[name] = None
    hosts = {path.name: read(path / "hosts.yaml", faults) for path in _estates(folder, faults)}
    return _Files(hosts, named)


def _estates(folder: Path, faults: list[Fault]) -> list[Path]:
    """Return the estates' folders, sorted; one without hosts.yaml is a fault."""
    try:
        inside = sorted(path for path in folder.iterdir() if path.is_dir())
    except OSError as error:
        raise BadInput([Fault(str(folder), f"cannot be read: {error.strerror}")]) from None
    estates = [path for path in inside if not path.name.startswith(".")]
    if not estates:
        faults.append(Fault(str(folder), "no estate; expected a folder with hosts.yaml"))
    found = []
    for path in estates:
        if (path / "hosts.yaml").exists():
            found.append(path)
        else:
            faults.append(Fault(str(path), "no hosts.yaml; expected one in each estate's folder"))
    return found


def _checked(
    folder: Path, files: _Files, platforms: Mapping[str, Platform], faults: list[Fault]
) -> Inventory:
    """Check file by file, then what they say of each other."""
    groups = read_groups(files.named.get("groups"), faults)
    defaults = read_defaults(files.named.get("defaults"), faults)
    known = groups if files.readable("groups") else None
    hosts = read_hosts(files.hosts, known, defaults, faults)
    model_file = files.named["models"]
    models = read_models(model_file, platforms, faults) if model_file else {}
    declared = declared_names(model_file) if model_file else None
    inherits = files.readable("groups", "defaults")
    found = devices(hosts, models, declared, platforms, faults) if inherits else {}
    faults.extend(link_faults(hosts, found))
    faults.extend(trap_address_faults(hosts))
    shared: list[Use] = []
    catalogue, roles = _shared(files, shared, faults)
    policies = _policies(files, found, hosts, inherits, faults)
    if document := files.named["policy"]:
        own = [tuple(policy_uses(document, merged)) for merged in policies.distinct]
        faults.extend(overlaps(shared, own))
        faults.extend(same_names(document, policies.distinct))
    named = {host.name: host.groups for host in hosts}
    routing = _routing(str(folder / f"{_ROUTING}.yaml"), files, found, platforms, faults)
    return Inventory(found, models, catalogue, roles, policies.by_device, named, routing)


def _routing(
    where: str,
    files: _Files,
    found: Mapping[str, Device],
    platforms: Mapping[str, Platform],
    faults: list[Fault],
) -> dict[str, Routing]:
    """Return the routers' routing; nobody is blamed for what a faulty file does not say."""
    routers = {name for name, device in found.items() if platforms[device.platform].routes}
    document = files.named.get(_ROUTING)
    if document is not None:
        return read_routing(document, Hosts(found, _declared(files), routers), faults)
    if routers and _ROUTING not in files.named:
        what = f"no such file; expected the routing of {names(routers)}"
        faults.append(Fault(where, what))
    return {}


def _declared(files: _Files) -> set[str] | None:
    """Return the names of all hosts, faulty ones too; None where a file cannot be read."""
    documents = [document for document in files.hosts.values() if document is not None]
    if len(documents) < len(files.hosts):
        return None
    return {name for document in documents for name in declared_names(document)}


def _shared(
    files: _Files, uses: list[Use], faults: list[Fault]
) -> tuple[Catalogue, dict[PortRole, PortRoleSpec]]:
    """Return the catalogue and the port roles, and add the VLANs they use to `uses`."""
    services, port_roles = files.named["services"], files.named["port_roles"]
    catalogue, roles = Catalogue({}, {}, {}, {}), {}
    if services:
        catalogue = read_catalogue(services, faults)
        uses.extend(catalogue_uses(services, catalogue))
    if port_roles:
        roles = read_port_roles(port_roles, faults)
        uses.extend(role_uses(port_roles, roles.values()))
    return catalogue, roles


def _policies(
    files: _Files,
    found: Mapping[str, Device],
    hosts: Collection[Host],
    inherits: bool,
    faults: list[Fault],
) -> Policies:
    """Return the merged policies; an overlay has to be for something that there is.

    Whether a site or a device is there can only be said when every host could be read.
    """
    document = files.named["policy"]
    if document is None:
        return Policies({}, ())
    known: dict[str, Collection[str]] = {"estates": files.hosts, "roles": tuple(DeviceRole)}
    if all(files.hosts.values()):
        known["devices"] = {
            name
            for hosts_file in files.hosts.values()
            if hosts_file
            for name in declared_names(hosts_file)
        }
        if inherits and len(hosts) == len(known["devices"]) and all(host.whole for host in hosts):
            known["sites"] = {host.words["site"].value for host in hosts if "site" in host.words}
    return read_policies(document, found, known, faults)
