"""`python -m tests.bench [NAME…] [--json FILE] [--doc FILE] [--runs N] [--quick] [--peers BIN]`.

Benchmarks are no tests: they find figures, judge them against those that we set ourselves, and
exit 0 whatever they are. Exit 1 says that something could not be measured.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from tests.bench.bench import Benchmark, Setting
from tests.bench.report import Finding, machine, table
from tests.bench.worker import ROOT

NAMES = (
    *("session", "inflight", "job", "render", "plan", "drift", "inventory", "store"),
    *("snmp", "metrics", "city"),
)
BY_ROOT = ("reallab",)
"""Only when asked for: it needs root."""
_BEGIN, _END = "<!-- {part}: from here -->", "<!-- {part}: to here -->"


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _arguments(arguments)
    setting = Setting(asked.runs, asked.quick, asked.peers.resolve())
    if not (setting.peers / "ansible-playbook").exists():
        return _say(f"no peers in {setting.peers}; `make bench` installs them\n", 1)
    names = asked.names or NAMES
    where = {**machine(), "benchmarks": ", ".join(names), "rounds": str(asked.runs)}
    head = table(("", "machine"), tuple(where.items())) + "\n"
    _say(head + "\n")
    found: list[Finding] = []
    for name in names:
        for finding in _benchmark(name)(setting):
            found.append(finding)
            _say(finding.text() + "\n")
            if asked.json:
                asked.json.write_text(_json(where, asked, found), encoding="utf-8")
    if asked.doc:
        _fill(asked.doc, asked.part, "\n".join((head, *(one.text() for one in found))))
    return 0


def _fill(doc: Path, part: str, figures: str) -> None:
    """Put the figures of this run where the document keeps those of the last one of its part."""
    first, last = _BEGIN.format(part=part), _END.format(part=part)
    before, begin, rest = doc.read_text(encoding="utf-8").partition(first)
    _, end, after = rest.partition(last)
    if not end:
        raise ValueError(f"{doc} has no place for figures: {first} … {last}")
    text = f"{before}{begin}\n\n{figures}\n{end}{after}"
    doc.write_text(text, encoding="utf-8")


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"of: {', '.join(NAMES)}; by root: {', '.join(BY_ROOT)}",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all samples here as well")
    parser.add_argument(
        "--doc", type=Path, metavar="FILE", help="put the figures into this document"
    )
    parser.add_argument(
        "--part",
        default="figures",
        metavar="NAME",
        help="which part of it, for a run of some benchmarks: figures, snmp or reallab",
    )
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="rounds that count (5)")
    parser.add_argument(
        "--quick", action="store_true", help="fewer devices; figures are no figures"
    )
    default = ROOT / ".venv-bench" / "bin"
    parser.add_argument("--peers", type=Path, default=default, metavar="BIN", help="the peers' bin")
    asked = parser.parse_args(given)
    every = (*NAMES, *BY_ROOT)
    if unknown := set(asked.names) - set(every):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(every)}")
    return asked


def _benchmark(name: str) -> Benchmark:
    """Return the function that a module of this package has under its own name."""
    benchmark: Benchmark = getattr(import_module(f"tests.bench.{name}"), name)
    return benchmark


def _json(where: Mapping[str, str], asked: argparse.Namespace, found: Sequence[Finding]) -> str:
    what = {"machine": where, "runs": asked.runs, "quick": asked.quick}
    return json.dumps({**what, "findings": [one.json() for one in found]}, indent=1) + "\n"


def _say(text: str, code: int = 0) -> int:
    sys.stdout.write(text)
    sys.stdout.flush()
    return code


if __name__ == "__main__":
    sys.exit(main())
