"""Rendering every access port of the city."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from automation.tasks.subject import Subject, Toolset
from tests.bench import paper_city
from tests.bench.bench import Setting
from tests.bench.harness import Timed, in_turns
from tests.bench.report import Finding, Target, compared


def render(setting: Setting) -> Iterator[Finding]:
    """Measure templates to text; intents are there, templates are compiled anew each round."""
    with paper_city.city() as folder, paper_city.opened(folder) as network:
        devices = paper_city.access(network, quick=setting.quick)
        subjects = list(network.subjects(devices, (), paper_city.TODAY).values())
    ports = sum(len(subject.device.model.access) for subject in subjects)
    name = f"rendering {ports} access ports of {len(subjects)} devices"
    measured = in_turns([Timed(name, lambda: _render(subjects))], setting.runs)
    target = Target("CPU of rendering", measured[name].cpu, 2, at_least=False, unit="s")
    yield compared("render", "Intent to configuration text.", "city", measured, [target])


def _render(subjects: Sequence[Subject]) -> None:
    tools = {one.tools.platform.name: one.tools for one in subjects}
    renderers = {name: Toolset.of(one.templates, {}).renderer for name, one in tools.items()}
    for one in subjects:
        renderers[one.tools.platform.name].config(one.intent, one.features)
