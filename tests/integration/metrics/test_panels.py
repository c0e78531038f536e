"""What panels rank: ports that count with 64 bits, and with 32 as far as that can be known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.metrics.test_documents import expressions, promtool

pytestmark = pytest.mark.prometheus

MEGABIT = 125_000 * 15
"""Octets in 15 seconds, which is how often these ports are read."""
PORTS = {
    "wide": ("ifHCInOctets", "ifHCOutOctets", 1000),
    "narrow": ("ifInOctets", "ifOutOctets", 100),
    "half": ("ifHCInOctets", "ifOutOctets", 10),
    "fast": ("ifInOctets", "ifOutOctets", 1000),
}
"""Which counters each has, and its speed in Mbit/s."""
EXPECTED = {
    "Busiest ports now": {"wide": 3e6, "narrow": 3e6, "half": 3e6},
    "Fullest ports now": {"wide": 0.002, "narrow": 0.02, "half": 0.2},
}


@pytest.mark.parametrize("title", EXPECTED)
def test_a_ranking_has_every_port_whose_rate_is_known(tmp_path: Path, title: str) -> None:
    """Each port receives 1 Mbit/s and sends 2; a fast port with 32 bits may have wrapped unseen."""
    (text,) = [text for name, text in expressions() if name == title]
    series = []
    for port, (inward, outward, speed) in PORTS.items():
        labels = f'{{instance="sw-1",ifName="{port}"}}'
        series += [
            {"series": f"{inward}{labels}", "values": f"0+{MEGABIT}x20"},
            {"series": f"{outward}{labels}", "values": f"0+{2 * MEGABIT}x20"},
            {"series": f"ifHighSpeed{labels}", "values": f"{speed}+0x20"},
        ]
    expected = [
        {"labels": f'{{instance="sw-1",ifName="{port}"}}', "value": value}
        for port, value in EXPECTED[title].items()
    ]
    asked = {"expr": text, "eval_time": "3m", "exp_samples": expected}
    tests = [{"interval": "15s", "input_series": series, "promql_expr_test": [asked]}]
    file = tmp_path / "panels.yml"
    file.write_text(json.dumps({"evaluation_interval": "15s", "tests": tests}), encoding="utf-8")
    assert promtool("test", "rules", file) == ""
