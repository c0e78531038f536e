"""A lab comes and goes without a trace, however its holder ends."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.reallab import needs
from tests.reallab.commands import Done, LabError, attempt, run, wait_for
from tests.reallab.debian import LEFT, install, no_daemon_starts
from tests.reallab.lab import clear_what_nobody_holds, find, raise_to_stay, standing, take_down
from tests.reallab.lifetime import held
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


def _building(programs: str = "") -> subprocess.Popen[bytes]:
    """Start a process that builds a lab; what is in the folder `programs` it runs instead."""
    path = os.pathsep.join(filter(None, (programs, os.environ["PATH"])))
    return subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-m", "tests.reallab", "up", "--mark", MARK],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PATH": path},
    )


def _started() -> subprocess.Popen[bytes]:
    """Start a process that builds a lab, and wait until it is in the midst of it."""
    up = _building()
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


_SLOW_ONCE = """#!/bin/sh -e
# Stands before ip: once it has heard of the first namespaces it says who it is, and waits a while.
case "$*" in
-batch*)
  if mkdir {0}/once 2>/dev/null; then
    cat >{0}/lines
    echo $$ >{0}/pid
    sleep 3
    exec {1} "$@" <{0}/lines
  fi ;;
esac
exec {1} "$@"
"""


def test_what_a_killed_builder_had_begun_adds_nothing_afterwards(tmp_path: Path) -> None:
    """It is killed while a child of his makes namespaces, which goes on without him."""
    (tmp_path / "ip").write_text(_SLOW_ONCE.format(tmp_path, shutil.which("ip")), encoding="utf-8")
    (tmp_path / "ip").chmod(0o755)
    up = _building(str(tmp_path))
    noted = tmp_path / "pid"
    child = int(
        wait_for("the first namespaces", lambda: noted.read_text() if noted.exists() else "")
    )
    warden = _warden()
    up.kill()
    up.wait()
    for pid in (warden, child):
        wait_for(f"the end of {pid}", partial(_has_ended, pid), 60.0)
    assert traces(PLACE) == ()


def _has_ended(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def test_a_shell_that_stands_on_a_disk_is_no_reason_to_leave_the_lab() -> None:
    with standing(SMALL, MARK) as lab:
        disk = lab.place.node("city-acc-001") / "disk"
        shell = subprocess.Popen(["sleep", "60"], cwd=disk)  # noqa: S607 - wherever it is
    try:
        assert traces(PLACE) == ()
        assert shell.poll() is None
    finally:
        shell.kill()
        shell.wait()


def _left_behind(mark: str, *, passing: bool) -> Iterator[Place]:
    """Have what a lab of another mark would leave, were its holder and his warden killed."""
    place = Place(mark)
    place.folder.mkdir(mode=0o711, parents=True)
    if passing:
        place.passing.touch()
    run("ip", "netns", "add", place.netns("noc"))
    try:
        yield place
    finally:
        take_down(mark)


@pytest.fixture
def dead() -> Iterator[Place]:
    """What is left of a lab that nobody holds any more."""
    yield from _left_behind("pvlifedead", passing=True)


@pytest.fixture
def stays() -> Iterator[Place]:
    """A lab that was raised to stay."""
    yield from _left_behind("pvlifestays", passing=False)


def test_a_new_lab_clears_away_what_dead_runs_of_any_mark_left_and_nothing_else(
    dead: Place, stays: Place
) -> None:
    with standing(SMALL, MARK) as lab:
        assert traces(dead) == ()
        clear_what_nobody_holds()
        assert len(ports(lab, "city-acc-001")) == 24 + 2
    assert traces(stays) == ("network namespace pvlifestays-noc", f"folder {stays.folder}")


def test_a_lab_of_another_mark_whose_holder_lives_is_left(dead: Place) -> None:
    with held(dead.mark):
        clear_what_nobody_holds()
        assert len(traces(dead)) == 2
    clear_what_nobody_holds()
    assert traces(dead) == ()


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
