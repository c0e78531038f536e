"""What net-snmp's own agent reports: it starts, and somebody asks it with a wrong community."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.integration.snmp.conftest import snmpd
from tests.integration.traps.receiving import AUTH, ENGINE, HERE, PRIV, Listening, listening

pytestmark = [pytest.mark.integration, pytest.mark.netsnmp]
TRAPS = "1.3.6.1.6.3.1.1.5"
USER = f"-v 3 -l authPriv -u noc -a SHA-256 -A {AUTH} -x AES -X {PRIV}"


def _ask(port: int) -> None:
    program = shutil.which("snmpget")
    if program is None:
        pytest.fail("net-snmp's snmpget is missing: apt-get install snmp")
    where = (f"{HERE}:{port}", "1.3.6.1.2.1.1.3.0")
    subprocess.run(  # noqa: S603 - a tool that we looked up
        [program, "-v2c", "-c", "wrong", "-t", "0.2", "-r", "0", *where],
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize(
    "sink",
    [
        "trap2sink {place} public",
        "informsink {place} public",
        f"trapsess {USER} -e 0x{ENGINE} {{place}}",
        f"trapsess -Ci {USER} {{place}}",
    ],
    ids=["v2c traps", "v2c informs", "v3 traps under its own engine id", "v3 informs under ours"],
)
def test_an_agents_start_and_a_wrong_login(tmp_path: Path, sink: str) -> None:
    with listening(tmp_path) as one:
        lines = (
            sink.format(place=f"{HERE}:{one.port}"),
            "authtrapenable 1",
            f"exactEngineID 0x{ENGINE}",
        )
        with snmpd(more=lines) as agent:
            one.wait(lambda: f"{TRAPS}.1" in _heard(one))
            _ask(agent.port)
            one.wait(lambda: f"{TRAPS}.5" in _heard(one))
    assert {found.device for found in one.heard} == {"sw-1"}
    assert one.rejected == []


def _heard(one: Listening) -> set[str]:
    return {found.oid for found in one.heard}
