"""The wheel works without the checkout: built, installed in a new environment, run elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

import automation

ROOT = Path(__file__).parents[2]
CONTENT = {
    "templates": "templates",
    "playbooks": "playbooks",
    "inventory": "example",
    "docs/systemd": "systemd",
    "docs/grafana": "grafana",
    "docs/prometheus": "prometheus",
}
BUILD = (sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory")

pytestmark = pytest.mark.wheel


@dataclass(frozen=True)
class Installed:
    """A new environment that holds the wheel and what it asks for, and nothing of ours."""

    bin: Path
    home: Path

    def portvakt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the installed command from the empty folder."""
        return self.run(self.bin / "portvakt", *arguments)

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a program from the empty folder, with nothing of this checkout in reach."""
        environment = {
            "HOME": str(self.home),
            "PATH": f"{self.bin}:{os.defpath}",
            "LANG": "C.UTF-8",
            "TERM": "dumb",
        }
        return subprocess.run(  # noqa: S603 - what this test has just installed
            command, cwd=self.home, env=environment, capture_output=True, text=True, check=False
        )


def _run(*command: str | Path) -> None:
    """Run a command, and fail with all that it said."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def _pins(lock: str) -> str:
    """Return the versions of a lock file as constraints, which decide but do not install."""
    pins = re.findall(r"^\S+==[^\\\n]+", lock, re.MULTILINE)
    return "\n".join(pin.strip() for pin in pins)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the checkout, with the build tools of this environment."""
    folder = tmp_path_factory.mktemp("dist")
    _run(*BUILD, folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel with its `lab` extra, in the versions of the lock file."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "venv", with_pip=True)
    constraints = folder / "constraints.txt"
    constraints.write_text(_pins((ROOT / "requirements.lock").read_text("utf-8")), "utf-8")
    python = folder / "venv" / "bin" / "python"
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
    _run(
        python,
        "-m",
        "pip",
        "install",
        *quiet,
        "-c",
        constraints,
        f"portvakt[lab] @ {wheel.as_uri()}",
    )
    home = folder / "empty"
    home.mkdir()
    return Installed(folder / "venv" / "bin", home)


def _shipped_files() -> set[str]:
    """Return what the wheel has to hold beside the code: templates, playbooks, an example."""
    return {
        f"automation/_content/{shelf}/{path.relative_to(ROOT / folder).as_posix()}"
        for folder, shelf in CONTENT.items()
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }


def test_the_wheel_holds_the_code_and_the_content_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name for name in names if name.startswith("automation/_content/")} == _shipped_files()
    assert "automation/py.typed" in names
    assert {name.split("/")[0] for name in names} == {
        "automation",
        f"portvakt-{automation.__version__}.dist-info",
    }


def test_the_installed_command_tells_its_version(installed: Installed) -> None:
    done = installed.portvakt("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert automation.__version__ in done.stdout


def test_the_installed_package_needs_nothing_that_was_not_asked_for(installed: Installed) -> None:
    done = installed.run(installed.bin / "python", "-m", "pip", "check")
    assert done.returncode == 0, done.stdout


def test_the_demo_runs_from_an_empty_folder(installed: Installed) -> None:
    done = installed.portvakt("demo")
    assert done.returncode == 0, done.stdout + done.stderr


def test_pins_are_read_from_a_lock_file() -> None:
    lock = (
        "# made by hand\n"
        "a==1.0 \\\n    --hash=sha256:00\n"
        "b==2 ; python_version < '3.13' \\\n    --hash=sha256:00 \\\n    --hash=sha256:01\n"
    )
    assert _pins(lock) == "a==1.0\nb==2 ; python_version < '3.13'"
