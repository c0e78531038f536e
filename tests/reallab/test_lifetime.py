"""A lab comes and goes without a trace, however its holder ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reallab import needs
from tests.reallab.commands import Done, LabError, attempt, run, wait_for
from tests.reallab.debian import LEFT, install, no_daemon_starts
from tests.reallab.lab import find, raise_to_stay, standing, take_down
from tests.reallab.place import Place
from tests.reallab.probes.truth import ports
from tests.reallab.processes import namespaces
from tests.reallab.teardown import traces
from tests.reallab.topology import LARGE, SMALL, Kind

pytestmark = pytest.mark.reallab
ROOT = Path(__file__).parents[2]
MARK = "pvlife"
PLACE = Place(MARK)


@pytest.fixture(autouse=True)
def _nothing_stays() -> Iterator[None]:
    """Take down what a failed test leaves, and see that this machine's links are as before."""
    before = _links()
    yield
    take_down(MARK, patience=60.0)
    assert _links() == before


def _links() -> set[str]:
    return {line.split()[1] for line in run("ip", "-o", "link").splitlines()}


def test_a_lab_comes_and_goes_without_a_trace() -> None:
    with standing(SMALL, MARK) as lab:
        assert traces(lab.place) != ()
        assert len(namespaces(f"{MARK}-")) == len(lab.network.nodes) + 2
    assert traces(PLACE) == ()


def test_twenty_switches_of_48_ports_come_and_go_too() -> None:
    with standing(LARGE, MARK) as lab:
        access = [node for node in lab.network.of(Kind.SWITCH) if node.role == "access"]
        assert len(access) == 20
        assert {len(ports(lab, node.name)) for node in access} == {48 + 2}
    assert traces(PLACE) == ()


def test_a_failure_inside_leaves_no_trace() -> None:
    with pytest.raises(ZeroDivisionError), standing(SMALL, MARK):
        raise ZeroDivisionError
    assert traces(PLACE) == ()


def test_a_node_that_does_not_boot_is_named_with_its_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.reallab.boot._BRIDGE", "add-br br0 -- add-br br0")
    with pytest.raises(LabError, match=r"did not boot: .*br0"), standing(SMALL, MARK):
        pass
    assert traces(PLACE) == ()


def _started() -> subprocess.Popen[bytes]:
    """Start a process that builds a lab, and wait until it is in the midst of it."""
    up = subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-m", "tests.reallab", "up", "--mark", MARK],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    wait_for("a lab half built", lambda: list(PLACE.folder.glob("nodes/*/boot.log")))
    return up


def _warden() -> int:
    found = attempt("pgrep", "-f", f"tests[.]reallab warden --mark {MARK}$").out.split()
    assert len(found) == 1
    return int(found[0])


def test_a_builder_that_is_killed_leaves_no_trace() -> None:
    up = _started()
    up.kill()
    up.wait()
    wait_for("the warden to clean up", lambda: not traces(PLACE), 60.0)


def test_the_next_lab_clears_away_what_is_its_own_and_nothing_else() -> None:
    others = f"{MARK}s-namespace"
    run("ip", "netns", "add", others)
    try:
        up = _started()
        os.kill(_warden(), signal.SIGKILL)
        up.kill()
        up.wait()
        assert traces(PLACE) != ()
        lab = raise_to_stay(SMALL, MARK)
        assert len(ports(lab, "city-acc-001")) == 24 + 2
        take_down(MARK)
        assert traces(PLACE) == ()
        assert namespaces(MARK) == (others,)
    finally:
        run("ip", "netns", "del", others)


def test_a_lab_that_stays_is_found_again_and_taken_down() -> None:
    raise_to_stay(SMALL, MARK)
    assert find(MARK).network.size == SMALL
    take_down(MARK)
    take_down(MARK)
    assert traces(PLACE) == ()
    with pytest.raises(LabError, match="no lab 'pvlife' stands"):
        find(MARK)


def test_one_holds_a_lab_at_a_time() -> None:
    up = _started()
    try:
        with pytest.raises(LabError, match="another process works with the lab 'pvlife'"):
            take_down(MARK)
    finally:
        up.kill()
        up.wait()


def test_without_rights_it_says_so_and_does_not_skip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(LabError, match="run it as root"), standing(SMALL, MARK):
        pass


def test_it_names_a_user_without_rights_before_it_installs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(LabError, match="run it as root"):
        install()


@pytest.mark.parametrize("left", [None, f"#!/bin/sh\n{LEFT}\n"], ids=["none", "left behind"])
def test_no_daemon_starts_while_packages_are_installed(tmp_path: Path, left: str | None) -> None:
    policy = tmp_path / "policy-rc.d"
    if left is not None:
        policy.write_text(left, encoding="utf-8")
    with no_daemon_starts(policy):
        assert attempt(policy, "snmpd", "start").code == 101
    assert not policy.exists()


@pytest.mark.parametrize("left", [None, f"#!/bin/sh\n{LEFT}\n"], ids=["none", "left behind"])
def test_nor_while_ci_installs_them(tmp_path: Path, left: str | None) -> None:
    policy = tmp_path / "policy-rc.d"
    if left is not None:
        policy.write_text(left, encoding="utf-8")
    assert _ci_says(policy, "sh", policy, "snmpd", "start") == Done(101, "", "")
    assert not policy.exists()


def test_the_machines_own_word_on_daemons_stays(tmp_path: Path) -> None:
    policy, own = tmp_path / "policy-rc.d", "#!/bin/sh\nexit 0\n"
    policy.write_text(own, encoding="utf-8")
    with no_daemon_starts(policy):
        assert policy.read_text(encoding="utf-8") == own
    assert _ci_says(policy, "cat", policy) == Done(0, own, "")
    assert policy.read_text(encoding="utf-8") == own


def _ci_says(policy: Path, *command: object) -> Done:
    """Run a command as .ci/run does while it installs, with another file for the policy."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    own = re.findall(r"^readonly left=[^\n]*$|^without_daemons\(\) \{.*?^\}$", script, re.M | re.S)
    lines = (f"policy={policy}", *own, 'without_daemons "$@"')
    return attempt("bash", "-euo", "pipefail", "-c", "\n".join(lines), "ci", *command)


def test_every_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(needs, "PATH", str(tmp_path))
    with pytest.raises(LabError, match=r"busybox, dnsmasq-base, ethtool, frr, .*snmpd"):
        needs.check()
