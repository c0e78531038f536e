"""What is saved against what runs: line by line, and told without a line of either."""

from __future__ import annotations

import pytest

from automation.devices.startup import difference
from automation.model import Startup

STARTUP = Startup("show", "! saved", (r"!.*", r"Building .*", r"end"))
RUNS = "Building configuration...\n!\nhostname r1\nrouter bgp 65001\n network 192.0.2.0/24 \nend\n"


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("hostname r1\nrouter bgp 65001\n network 192.0.2.0/24\n!\n\n", ""),
        ("", "0 lines are saved and 3 run; the first 0 are the same"),
        ("hostname r1\nrouter b", "2 lines are saved and 3 run; the first 1 are the same"),
        ("hostname r1\nrouter bgp 65001\n", "2 lines are saved and 3 run; the first 2 are"),
        (f"{RUNS}log syslog\n", "4 lines are saved and 3 run; the first 3 are the same"),
        ("hostname r1\n network 192.0.2.0/24\nrouter bgp 65001\n", "3 lines are saved and 3 run"),
    ],
)
def test_a_difference_is_counted(shown: str, said: str) -> None:
    found = difference(STARTUP, f"! saved\n{shown}", RUNS)
    assert found.startswith(said)
    assert bool(found) == bool(said)
