"""What the documents tell people to copy is valid: configuration, rules, dashboard, units."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.metrics.conftest import Polled
from tests.integration.metrics.programs import Server, program

pytestmark = pytest.mark.prometheus

DOCS = Path(__file__).parents[3] / "docs"
RULES = DOCS / "prometheus" / "alerts.yml"
DASHBOARD = json.loads((DOCS / "grafana" / "portvakt-ports.json").read_text(encoding="utf-8"))
YAML = re.compile(r"^```yaml\n(scrape_configs:.*?)^```", re.MULTILINE | re.DOTALL)
VARIABLES = {"$instance": ".*", "$ifName": ".*", "$site": ".*", "$window": "45s"}
INSTALLED = "/opt/portvakt/bin/portvakt"
QUIET = ("Discards", "Errors", "Rates not known, by reason")
"""Panels that show something only where something is wrong."""


def expressions() -> Iterator[tuple[str, str]]:
    """Yield title and expression of each query of the dashboard, variables filled in."""
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            text = target["expr"]
            for name, value in VARIABLES.items():
                text = text.replace(name, value)
            yield panel["title"], text


def rules() -> list[dict[str, Any]]:
    """Return the rules for alerts."""
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def jobs_of_documents() -> list[list[dict[str, Any]]]:
    """Return the scrape jobs that docs/monitoring.md shows: one way, and the other."""
    found = YAML.findall((DOCS / "monitoring.md").read_text(encoding="utf-8"))
    return [yaml.safe_load(text)["scrape_configs"] for text in found]


def promtool(*arguments: str | Path) -> str:
    """Run promtool; return what it has to say if it is not content."""
    done = subprocess.run(  # noqa: S603 - Debian's promtool
        [program("promtool", "prometheus"), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout if done.returncode else ""


def test_every_panel_shows_something(polled: Polled, scraped: Server) -> None:
    for title, text in expressions():
        if title in QUIET:
            assert scraped.query(text) is not None
        else:
            assert scraped.shows(text)


def test_what_is_chosen_in_the_dashboard_is_a_label_that_there_is(
    polled: Polled, scraped: Server
) -> None:
    asked = re.findall(r"label_values\((\w+)[^,]*, (\w+)\)", json.dumps(DASHBOARD["templating"]))
    assert {label for _, label in asked} == {"site", "instance", "ifName"}
    for name, label in asked:
        assert scraped.shows(f'count by ({label}) ({name}{{{label}!=""}})')


def test_the_scrape_jobs_are_valid(tmp_path: Path) -> None:
    found = YAML.findall((DOCS / "monitoring.md").read_text(encoding="utf-8"))
    assert len(found) == 2
    for number, text in enumerate(found):
        file = tmp_path / f"{number}.yml"
        file.write_text(text, encoding="utf-8")
        assert promtool("check", "config", file) == ""


def test_the_rules_are_valid_and_silent_on_a_healthy_lab(polled: Polled, scraped: Server) -> None:
    assert promtool("check", "rules", RULES) == ""
    for rule in rules():
        scraped.ends(rule["expr"])


@pytest.mark.parametrize("unit", sorted(path.name for path in (DOCS / "systemd").iterdir()))
def test_systemd_finds_no_fault_in_a_unit(tmp_path: Path, unit: str) -> None:
    for path in (DOCS / "systemd").iterdir():
        text = path.read_text(encoding="utf-8").replace(INSTALLED, sys.executable)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - systemd's own
        [program("systemd-analyze", "systemd"), "verify", "--man=no", str(tmp_path / unit)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    mine = [line for line in done.stdout.splitlines() if "portvakt" in line]
    assert (done.returncode, mine) == (0, [])


def test_a_fault_in_a_unit_would_be_found(tmp_path: Path) -> None:
    unit = tmp_path / "wrong.service"
    unit.write_text("[Service]\nExecStart=relative/path\n", encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - systemd's own
        [program("systemd-analyze", "systemd"), "verify", "--man=no", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
