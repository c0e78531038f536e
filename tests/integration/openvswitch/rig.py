"""A real switch without a right: Open vSwitch and OpenSSH, on the loopback.

ovsdb-server, ovs-vswitchd, ovs-vsctl, ovs-ofctl and sshd are the real ones, run as whoever runs the
tests. The switch daemon is in a network of its own, with ports that lead nowhere and queues that
the kernel makes: a user namespace gives it the right. That packets go where they should is shown by
tests/reallab.
"""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from automation import platforms
from automation.devices import Deadline, HostKeys, Options, Session, Target, open_session
from automation.model import Device, DeviceRole, Login
from automation.platforms.openvswitch.change import LIBRARY
from tests.integration.openvswitch.stand_ins import (
    ALWAYS,
    BROKEN,
    FULL,
    HELD,
    INSIDE,
    LACKING,
    NETWORK,
    NOBODY,
    ONCE,
    WATCHED,
)
from tests.platforms.openvswitch.sample import SAMPLE

PLATFORM = platforms.get("openvswitch")
PROGRAMS = (
    *("ovsdb-tool", "ovsdb-server", "ovs-vswitchd", "ovs-vsctl", "ovs-ofctl", "sshd"),
    *("ip", "tc", "unshare", "nsenter"),
)
SCHEMA = Path("/usr/share/openvswitch/vswitch.ovsschema")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def missing() -> list[str]:
    """Return the programs that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name, path=_PATH) is None]


_SOCKETS = {"ovsdb-client": "db.sock", "ovs-ofctl": "br0.mgmt"}
_CLOCK = b"portvakt"
"""What the clock of a timed commit is called: the word after its script."""


def wait_for(true: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Return once `true` is, or fail."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"{what} did not come about within {seconds} s"
        time.sleep(0.02)


@dataclass
class Rig:
    """One switch and its SSH server, in a folder of their own."""

    folder: Path
    ports: tuple[str, ...] = (*SAMPLE.model.access, *SAMPLE.model.uplinks)
    ssh: int = 0
    network: subprocess.Popen[str] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Where the programs of this switch meet."""
        return {
            "PATH": f"{self.folder}/sbin:{_PATH}",
            "LC_ALL": "C",
            "OVS_RUNDIR": str(self.folder / "run"),
            "OVS_LOGDIR": str(self.folder),
            "OVS_DBDIR": str(self.folder),
        }

    def run(self, *words: str | Path, said: str = "") -> str:
        """Run one of the switch's programs, as somebody would who sits there."""
        done = subprocess.run(  # noqa: S603 - the switch's own programs
            [str(shutil.which(words[0], path=_PATH)), *map(str, words[1:])],
            env=self.environment,
            input=said,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout

    def tc(self, *words: str) -> str:
        """Run tc in the switch's network."""
        return self.run(self.folder / "sbin" / "tc", *words)

    def vsctl(self, *words: str) -> str:
        """Run ovs-vsctl."""
        return self.run("ovs-vsctl", "--timeout=20", *words).strip()

    def up(self) -> None:
        """Start the switch with all its ports as they come, and its SSH server."""
        (self.folder / "run").mkdir()
        (self.folder / "bin").mkdir()
        self._wire()
        self.run("ovsdb-tool", "create", self._database, SCHEMA)
        self.boot()
        words = ["add-br", "br0", "--", "set", "bridge", "br0", "datapath_type=dummy"]
        for name in self.ports:
            words += ["--", "add-port", "br0", name]
        self.vsctl(*words)
        self._sshd()

    def _wire(self) -> None:
        """Make the switch's network, and what its programs find it by."""
        self.network = subprocess.Popen(  # noqa: S603 - the switch's own network
            [
                *(str(shutil.which("unshare", path=_PATH)), "--user", "--map-root-user", "--net"),
                *("/bin/sh", "-c", NETWORK, "network", *self.ports),
            ],
            env={"PATH": _PATH, "LC_ALL": "C"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.network.stdout is not None
        assert self.network.stdout.readline() == "up\n"
        (self.folder / "sbin").mkdir()
        for name in ("tc", "ovs-vswitchd"):
            real = shutil.which(name, path=_PATH)
            inside = self.folder / "sbin" / name
            inside.write_text(INSIDE.format(pid=self.network.pid, program=real))
            inside.chmod(0o755)

    def boot(self) -> None:
        """Start the daemons on the database that is there."""
        socket_ = f"--remote=punix:{self.folder}/run/db.sock"
        self.run("ovsdb-server", *self._daemon, socket_, self._database)
        self.vsctl("--no-wait", "init")
        self.start_daemon()

    def start_daemon(self) -> None:
        """Start the switch daemon; its datapath is the one that asks for no /dev/net/tun."""
        self.run(
            self.folder / "sbin" / "ovs-vswitchd",
            "--enable-dummy",
            "--disable-system",
            *self._daemon,
        )

    def hook(self) -> None:
        """Do what the boot hook does."""
        self.run("sh", "-s", "boot", said=LIBRARY)

    def stop_daemon(self) -> None:
        """Kill the switch daemon."""
        self._kill("run/ovs-vswitchd.pid")

    def crash(self) -> None:
        """Lose the power: every process of the switch goes but the SSH server."""
        self._kill("run/ovs-vswitchd.pid")
        self._kill("run/ovsdb-server.pid")
        for pid in self.clocks():
            with suppress(ProcessLookupError):  # a clock's own child, which is gone with it
                os.killpg(pid, signal.SIGKILL)

    def another_kernel(self) -> None:
        """Make the record of a timed commit one of a kernel that does not run any more."""
        self.vsctl("set", "Open_vSwitch", ".", 'external_ids:portvakt-until="another 1"')

    def clocks(self) -> list[int]:
        """Return the processes that wait to take a timed commit back."""
        mark = f"OVS_RUNDIR={self.folder}/run".encode()
        return [pid for pid, words in _processes() if _CLOCK in words and _has(pid, mark)]

    def asks(self, word: str) -> bool:
        """Whether one of the switch's programs is at work that has `word` among its arguments."""
        mark = f"OVS_RUNDIR={self.folder}/run".encode()
        return any(word.encode() in words and _has(pid, mark) for pid, words in _processes())

    def down(self) -> None:
        """Stop everything."""
        self.crash()
        self._kill("sshd.pid")
        if self.network is not None:
            self.network.kill()
            self.network.communicate()

    def session(self, seconds: float = 60) -> Session:
        """Open a session as the product does."""
        hostkeys = HostKeys(self.folder / "known_hosts")
        if not hostkeys.list():
            kind, key = (self.folder / "host.pub").read_text().split()[:2]
            hostkeys.accept(Target.of(self.device), kind, key)
        login = Login(getpass.getuser(), key_file=str(self.folder / "id"))
        return open_session(self.device, PLATFORM, login, hostkeys, Options(Deadline(seconds)))

    @property
    def device(self) -> Device:
        """The inventory's idea of it."""
        return Device(
            name=os.uname().nodename,
            estate="mkb",
            role=DeviceRole.ACCESS,
            site="lindangen",
            platform="openvswitch",
            model=SAMPLE.model,
            address="127.0.0.1",
            port=self.ssh,
            uplinks=SAMPLE.model.uplinks[:1],
        )

    def listen(self) -> None:
        """Start the SSH server, on the port that it had."""
        self.run("sshd", "-f", self.folder / "sshd_config", "-E", self.folder / "sshd.log")
        wait_for((self.folder / "sshd.pid").exists, "sshd")

    def hold(self, program: str = "ovsdb-client", word: str = "transact") -> None:
        """Hold back the next call over SSH of a program with `word` in its arguments."""
        self._put(program, HELD, word)

    def uninstall(self, program: str) -> None:
        """Take a program away, for those who come over SSH."""
        self._put(program, LACKING)

    def be_full_once(self) -> None:
        """Let the disk be full for the next who ends a timed commit, and free again after it."""
        self._put("ovsdb-client", ONCE, '"until":"!="', FULL)

    def make_no_flows(self) -> None:
        """Let everybody fail who makes flows over SSH, until `mend`."""
        self._put("ovs-ofctl", ALWAYS, "add-flows", BROKEN)

    def lag_once(self) -> None:
        """Let the daemon not follow, for the next who waits for it over SSH."""
        self._put("ovs-vsctl", ONCE, "wait-until", "exit 1")

    def lag(self, until: str = "cur_cfg") -> None:
        """Let the daemon not follow, whoever waits for this of it over SSH, until `mend`."""
        self._put("ovs-vsctl", ALWAYS, until, "exit 1")

    def failures(self) -> int:
        """Return how many have failed by what stands in a program's place until `mend`."""
        failed = self.folder / "failed"
        return len(failed.read_text().splitlines()) if failed.exists() else 0

    def mend(self) -> None:
        """Let everybody find the programs again."""
        for instead in (self.folder / "bin").iterdir():
            instead.unlink()

    def _put(self, program: str, text: str, word: str = "", instead: str = "") -> None:
        """Put something in a program's place, for those who come over SSH and what they begin."""
        place = self.folder / "bin" / program
        words = {"program": program, "word": word, "instead": instead}
        place.write_text(text.format(path=_PATH, folder=self.folder, **words))
        place.chmod(0o755)

    @contextmanager
    def database_away(self) -> Iterator[None]:
        """Let nobody find the database until somebody who came over SSH has looked in vain."""
        self._put("ovs-vsctl", WATCHED)
        there, gone = self.folder / "run" / "db.sock", self.folder / "run" / "db.off"
        there.rename(gone)
        yield
        wait_for((self.folder / "failed").exists, "a look in vain")
        gone.rename(there)

    def deny(self, program: str) -> None:
        """Take a program's right to reach its socket, from now on."""
        if os.geteuid() != 0:
            (self.folder / "run" / _SOCKETS[program]).chmod(0)
            return
        self._put(program, NOBODY)

    def cut_what_is_held(self) -> None:
        """Lose every session once a call is held back."""
        self.wait_for_what_is_held()
        self._cut_sessions()

    def wait_for_what_is_held(self) -> None:
        """Return once a call is held back; those that come now find the program."""
        wait_for((self.folder / "held").exists, "a call that is held back", 40)
        self.mend()

    def let_go(self) -> None:
        """Let what was held back go its way, and wait until its shell is done."""
        shells = self.shells()
        assert shells, "nobody is there that could be let go"
        (self.folder / "held").rmdir()
        wait_for(lambda: not any(map(_alive, shells)), "the end of what was held back")

    def shells(self) -> list[int]:
        """Return the shells that sessions began, also those whose session is gone."""
        mark = f"OVS_RUNDIR={self.folder}/run".encode()
        return [pid for pid, words in _processes() if words == [b"sh", b""] and _has(pid, mark)]

    def _cut_sessions(self) -> None:
        """Lose every SSH connection; the server stays, and so do the shells that it began."""
        server = int((self.folder / "sshd.pid").read_text())
        for pid in _children(server):
            for one in (*_children(pid), pid):  # the one that speaks may be a child of its own
                with suppress(FileNotFoundError, ProcessLookupError):  # it has ended by itself
                    if Path(f"/proc/{one}/comm").read_text().strip() == "sshd":
                        os.kill(one, signal.SIGKILL)

    def cut_off_after_commit(self) -> None:
        """Lose the way to the switch with the next timed commit: its session is the last."""
        place = self.folder / "sshd.pid"
        gone = f"kill -KILL $(cat {place}); rm {place}"
        self._put("ovsdb-client", ONCE, '"insert",["map",[["portvakt-commit"', gone)

    @property
    def _database(self) -> Path:
        return self.folder / "conf.db"

    @property
    def _daemon(self) -> Iterable[str]:
        return "--pidfile", "--detach", "--no-chdir", "-vconsole:off", "--log-file"

    def _sshd(self) -> None:
        for name in ("host", "id"):
            self.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.folder / name)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.ssh = free.getsockname()[1]
        (self.folder / "sshd_config").write_text(
            f"ListenAddress 127.0.0.1\nPort {self.ssh}\nHostKey {self.folder}/host\n"
            f"AuthorizedKeysFile {self.folder}/id.pub\nPidFile {self.folder}/sshd.pid\n"
            "StrictModes no\nPasswordAuthentication no\nUsePAM no\nUseDNS no\n"
            f"SetEnv OVS_RUNDIR={self.folder}/run "
            f"PATH={self.folder}/bin:{self.folder}/sbin:{_PATH}\n"
        )
        if os.geteuid() == 0:  # what its service unit makes; without rights it is not looked for
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        self.listen()

    def _kill(self, pidfile: str) -> None:
        path = self.folder / pidfile
        if not path.exists():
            return
        pid = int(path.read_text())
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not _alive(pid), f"the end of {pidfile}")
        path.unlink(missing_ok=True)


def _processes() -> Iterable[tuple[int, list[bytes]]]:
    """Yield the processes there are, with their words: a folder's name may hold any of them."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield int(path.parent.name), path.read_bytes().split(b"\0")
        except OSError:  # it has gone meanwhile
            continue


def _has(pid: int, mark: bytes) -> bool:
    try:
        return mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _children(parent: int) -> list[int]:
    """Return the processes that `parent` has begun."""
    text = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(word) for word in text.split()]


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
