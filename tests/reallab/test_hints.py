"""What `make reallab-up` prints to try does what it says, in a lab that stands."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import pytest

from tests.reallab.__main__ import hints
from tests.reallab.commands import run
from tests.reallab.lab import Lab
from tests.reallab.operator import PLAYBOOKS, City

pytestmark = pytest.mark.reallab


def printed(lab: Lab, heading: str) -> Sequence[str]:
    """Return the commands under a heading, a command a line; a backslash at its end joins two."""
    [paragraph] = [one for one in hints(lab).split("\n\n") if one.strip().startswith(heading)]
    _, _, commands = paragraph.replace("\\\n", "").strip().partition("\n")
    return [line.strip() for line in commands.splitlines()]


def test_the_printed_portvakt_commands_work(city: City) -> None:
    """The city has its intent already: what they send elsewhere they need not send here."""
    shell, *commands = printed(city.lab, "A shell at the NOC")
    assert {f"portvakt run {name} -y" for name in PLAYBOOKS.values()} <= set(commands)
    script = shlex.quote("\n".join(commands))
    run("bash", "-ec", f"{shell} -ec {script}")


def test_the_printed_customer_gets_his_lease(city: City) -> None:
    """He has it by the rows that the lab is new with, which every proof puts back."""
    for command in printed(city.lab, "As the customer"):
        run("bash", "-ec", command)


def test_the_printed_login_reaches_the_switch(city: City) -> None:
    [command] = printed(city.lab, "A switch's own words")
    assert "Port swp1\n" in run("bash", "-ec", command)
