"""A full comparison of a device, against hier_config on the same two texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hier_config import Platform, WorkflowRemediation, get_hconfig

from automation.drift import Engine, Seen
from automation.model import IntendedConfig
from tests.bench import paper_city
from tests.bench.bench import Setting
from tests.bench.harness import Timed, in_turns
from tests.bench.paper_city import Paper
from tests.bench.report import Finding, compared

_NOTE = (
    "Both get two texts and return what mends the difference. Ours also proves ownership, orders "
    "the lines, writes their undo and gives a verdict a feature; it remembers lines, and starts "
    "each round with nothing remembered. `verified` is what a second run costs instead."
)
_DEVICES = 40


def drift(setting: Setting) -> Iterator[Finding]:
    """Measure the comparison of IOS switches: all ports to be set, and nothing to do."""
    with paper_city.city() as folder, paper_city.opened(folder) as network:
        devices = network.select("mkb-acc-0?[13579]")[: 5 if setting.quick else _DEVICES]
        subjects = network.subjects(devices, (), paper_city.TODAY)
        papers = list(paper_city.provisioned(folder, subjects).values())
    intended = [paper.subject.intended() for paper in papers]
    fresh = [paper.bootstrapped for paper in papers]
    done = [paper.provisioned for paper in papers]
    measured = in_turns(
        [
            Timed("portvakt, bootstrapped", lambda: _ours(papers, fresh, intended), len(papers)),
            Timed("hier_config, bootstrapped", lambda: _theirs(fresh, intended), len(papers)),
            Timed("portvakt, in sync", lambda: _ours(papers, done, intended), len(papers)),
            Timed("hier_config, in sync", lambda: _theirs(done, intended), len(papers)),
            Timed("portvakt, verified", lambda: _digests(papers, done), len(papers)),
        ],
        setting.runs,
    )
    lines = sum(text.count("\n") for text in done) // len(done)
    about = f"{len(papers)} IOS switches of 48 ports, some {lines} lines each when provisioned."
    yield compared("drift", about, "device", measured, [], (_NOTE,))


def _ours(papers: list[Paper], running: Sequence[str], intended: list[IntendedConfig]) -> None:
    engine = Engine(papers[0].subject.platform)
    for paper, has, wanted in zip(papers, running, intended, strict=True):
        engine.compare(paper.subject.device, has, wanted, Seen(trust=True))


def _theirs(running: Sequence[str], intended: list[IntendedConfig]) -> None:
    for has, wanted in zip(running, intended, strict=True):
        text = "".join(wanted.features.values())
        both = (get_hconfig(Platform.CISCO_IOS, one) for one in (has, text))
        WorkflowRemediation(*both).remediation_config.dump_simple()


def _digests(papers: list[Paper], running: Sequence[str]) -> None:
    engine = Engine(papers[0].subject.platform)
    for text in running:
        engine.running_digest(text)
