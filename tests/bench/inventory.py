"""Loading and checking the inventory of the city."""

from __future__ import annotations

from collections.abc import Iterator

from automation import inventory as inventories
from tests.bench import twins
from tests.bench.bench import Setting
from tests.bench.harness import Timed, in_turns
from tests.bench.report import Finding, Target, compared


def inventory(setting: Setting) -> Iterator[Finding]:
    """Measure YAML to a checked `Inventory`."""
    with twins.written("city") as folder:
        hosts = len(inventories.load(folder / "inventory").devices)
        name = f"loading {hosts} hosts"
        work = Timed(name, lambda: inventories.load(folder / "inventory"))
        measured = in_turns([work], setting.runs)
    target = Target("CPU of loading", measured[name].cpu, 0.5, at_least=False, unit="s")
    yield compared("inventory", "YAML to a checked inventory.", "city", measured, [target])
