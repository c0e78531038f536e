"""prometheus-client writes the text of a city from a collector of its own. A worker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from tests.bench.serving import Work, serve

_LABELS = ("instance", "ifAlias", "ifDescr", "ifIndex", "ifName")


def prepare(job: dict[str, Any]) -> Work:
    """Return the work: `job` has names, devices and ports."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_City(job["names"], job["devices"], job["ports"]))

    def work(tag: str) -> None:
        lines = generate_latest(registry).count(b"\n")
        if lines < len(job["names"]) * job["devices"] * job["ports"]:
            raise AssertionError(f"{lines} lines")

    return work


class _City:
    def __init__(self, names: list[str], devices: int, ports: int) -> None:
        rows = range(1, ports + 1)
        self._names = names
        self._ports = [
            [
                f"sw-{device:03}",
                f"outlet {port}",
                f"GigabitEthernet1/0/{port}",
                str(port),
                f"Gi1/0/{port}",
            ]
            for device in range(devices)
            for port in rows
        ]

    def collect(self) -> Iterator[Metric]:
        for name in self._names:
            family = GaugeMetricFamily(name, "octets", labels=_LABELS)
            for port, labels in enumerate(self._ports):
                family.add_metric(labels, 10**12 + port)
            yield family


if __name__ == "__main__":
    serve(prepare)
