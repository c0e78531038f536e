"""Intent becomes intended configuration, by Jinja templates given as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from jinja2 import (
    DictLoader,
    Environment,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from automation.errors import BadInput, Fault, PortvaktError
from automation.model import (
    TRUNK_ROLES,
    Device,
    DeviceIntent,
    DeviceModel,
    IntendedConfig,
    Policy,
    PortIntent,
    PortRole,
    PortRoleSpec,
    StormLimit,
    Tier,
    Vlan,
)

PORTS = "ports"
"""The feature that is rendered port by port, from `ports/<role>.j2`."""
UPLINKS = "uplinks"
"""The feature that holds the model's uplink range, rendered port by port as well."""
_FROZEN: Final = frozenset(
    {Device, DeviceModel, Policy, PortIntent, PortRoleSpec, StormLimit, Tier, Vlan}
)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, with a short way to the fields of our own frozen values.

    The sandbox's own look-up is most of what rendering a port costs, and a frozen value has
    nothing to hide but its private names, which still go the long way.
    """

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 - jinja's own signature
        """Return a public field of a frozen value at once, anything else as the sandbox does."""
        if type(obj) in _FROZEN and not attribute.startswith("_"):
            try:
                return getattr(obj, attribute)
            except AttributeError:
                pass
        return super().getattr(obj, attribute)


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates of one platform, `<feature>` or `ports/<role>` -> source, and their digest."""

    platform: str
    sources: Mapping[str, str]
    digest: str


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders one platform's intents; templates are compiled once and kept.

    A template sees `device`, `policy`, `vlans`, `service_vlans`, `tiers`, `ports`, `routing`,
    `secret`, and in `ports/<role>.j2` also `port`. A missing variable or a None is an error,
    never an empty word in a line.
    """

    templates: Templates
    _environment: Environment = field(init=False, repr=False)
    _compiled: dict[str, Template] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Build the environment; a frozen value may set its own fields only here."""
        environment = _Sandbox(
            loader=DictLoader(dict(self.templates.sources)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=False,
            finalize=_no_none,
        )
        object.__setattr__(self, "_environment", environment)

    def config(self, intent: DeviceIntent, features: Iterable[str]) -> IntendedConfig:
        """Return the intended configuration of `features`, a text each."""
        context = _context(intent)
        rendered = {name: self._feature(name, intent, context) for name in features}
        trunks = frozenset(port.name for port in intent.ports if port.role in TRUNK_ROLES)
        return IntendedConfig(intent.device.name, rendered, self.templates.digest, trunks)

    def _feature(self, name: str, intent: DeviceIntent, context: Mapping[str, object]) -> str:
        if name not in (PORTS, UPLINKS):
            return self._render(name, context)
        uplinks = frozenset(intent.device.model.uplinks)
        ports = (port for port in intent.ports if (port.name in uplinks) == (name == UPLINKS))
        return "".join(self._port(port, context) for port in ports)

    def _port(self, port: PortIntent, context: Mapping[str, object]) -> str:
        return self._render(f"ports/{port.role}", {**context, "port": port})

    def _render(self, name: str, context: Mapping[str, object]) -> str:
        try:
            template = self._compiled.get(name)
            if template is None:
                template = self._compiled[name] = self._environment.get_template(name)
            return template.render(context)
        except TemplateNotFound as error:
            raise self._fault(name, f"there is no template {error}", 0) from error
        except TemplateError as error:
            raise self._fault(name, str(error), getattr(error, "lineno", 0) or 0) from error
        except (TypeError, ValueError, ArithmeticError) as error:
            raise self._fault(name, str(error), 0) from error

    def _fault(self, name: str, what: str, line: int) -> PortvaktError:
        return BadInput([Fault(f"templates/{self.templates.platform}/{name}.j2", what, line)])


def _context(intent: DeviceIntent) -> dict[str, object]:
    return {
        "device": intent.device,
        "policy": intent.policy,
        "vlans": intent.vlans,
        "service_vlans": intent.service_vlans,
        "tiers": intent.tiers,
        "ports": intent.ports,
        "routing": intent.routing,
        "PortRole": PortRole,
        "secret": _placeholder,
        "ranges": ranges,
    }


def _placeholder(name: str) -> str:
    """Return what stands for the secret `name` until its line is on the wire."""
    return f"<secret:{name}>"


def ranges(ids: Iterable[int], joiner: str = ",", span: str = "-", least: int = 3) -> str:
    """Return ids as a network OS writes them: sorted, `least` or more in a row as a range.

    >>> ranges([10, 20, 21, 22, 30, 31])
    '10,20-22,30,31'
    """
    runs: list[list[int]] = []
    for number in sorted(set(ids)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    items: list[str] = []
    for run in runs:
        long = len(run) >= least
        items += [f"{run[0]}{span}{run[-1]}"] if long else [str(number) for number in run]
    return joiner.join(items)


def _no_none(value: object) -> object:
    """Refuse None in a line: `vlan None` must never reach a device."""
    if value is None:
        raise ValueError("a value is None where a line needs one")
    return value
