"""Real switches, by root: one port against OpenSSH, and 960 ports against Ansible."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.bench import Setting
from tests.bench.reallab_city import many_ports
from tests.bench.reallab_port import one_port
from tests.bench.report import Finding


def reallab(setting: Setting) -> Iterator[Finding]:
    """Measure on the real lab (docs/reallab.md); LabError where it cannot stand."""
    yield one_port(setting)
    yield many_ports(setting)
