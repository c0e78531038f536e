"""Finding a workspace, making a new one, and the paths within."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from automation.errors import UsageError, WorkspaceError
from automation.render import Templates
from automation.workspace import content
from automation.workspace.reading import text_of
from automation.workspace.settings import FILE, Settings, parse

VARIABLE: Final = "PORTVAKT_WORKSPACE"
_SQLITE: Final = "sqlite:///"
_BESIDE: Final = ".example"
"""What ends so in the example stands beside `inventory/` in a workspace, under its plain name."""
_IGNORED: Final = "# What changes by the hour, and what nobody else may read.\n.portvakt/\n"


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder with `inventory/`, and what its `portvakt.toml` says."""

    root: Path
    settings: Settings

    @property
    def inventory(self) -> Path:
        """The folder that says who and where."""
        return self.root / "inventory"

    @property
    def state(self) -> Path:
        """The folder for what changes by the hour; made on first use, for its owner only."""
        return _own(self.root / ".portvakt")

    @property
    def known_hosts(self) -> Path:
        """The host keys that were accepted."""
        return self.state / "known_hosts"

    @property
    def lock(self) -> Path:
        """The file whose lock an apply holds: one apply a workspace."""
        return self.state / "apply.lock"

    @property
    def poll_lock(self) -> Path:
        """The file whose lock a poller holds: one a workspace."""
        return self.state / "poll.lock"

    @property
    def poll_begun(self) -> Path:
        """The file whose time says when the poller's daemon last began a cycle."""
        return self.state / "poll.begun"

    @property
    def trap_lock(self) -> Path:
        """The file whose lock a receiver of traps holds: one a workspace."""
        return self.state / "trap.lock"

    @property
    def trap_engine(self) -> Path:
        """The file with the engine id that informs are sent to, and how often it has started."""
        return self.state / "trap_engine.json"

    @property
    def logs(self) -> Path:
        """The folder for logs; made on first use."""
        return _own(self.state / "logs")

    @property
    def store_url(self) -> str:
        """The store's URL; a relative SQLite path is taken from the workspace's root."""
        url = self.settings.store_url
        path = url.removeprefix(_SQLITE)
        if path == url or not path or path.startswith(("/", ":")):
            return url
        file = self.root / path
        if file.parent == self.root / ".portvakt":
            file = self.state / file.name
        return f"{_SQLITE}{file}"

    def templates(self, platform: str) -> Templates:
        """Return the templates of `platform`; a file of the workspace wins over a shipped one."""
        return content.templates(platform, self.root / content.TEMPLATES)

    def playbooks(self) -> tuple[str, ...]:
        """Return the names of the playbooks there are, the workspace's and the shipped ones."""
        return tuple(content.playbooks(self.root / content.PLAYBOOKS))

    def playbook(self, name: str) -> tuple[str, str]:
        """Return text and file name of a playbook, by path or by name.

        A path is taken from the current folder, then from the workspace. A name is looked up in
        the workspace's `playbooks/`, then among the shipped ones.

        Raises:
            UsageError: There is none; the message lists those there are.
            BadInput: It cannot be read.
        """
        for path in (Path(name), self.root / name):
            if path.suffix in {".yaml", ".yml"} and path.is_file():
                return text_of(path, name), name
        known = content.playbooks(self.root / content.PLAYBOOKS)
        stem = name.removeprefix(f"{content.PLAYBOOKS}/").removesuffix(".yaml")
        if stem not in known:
            raise UsageError(f"no playbook {name!r}; by name there are: {', '.join(known)}")
        where = f"{content.PLAYBOOKS}/{stem}.yaml"
        return text_of(known[stem], where), where


def _own(folder: Path) -> Path:
    """Return `folder`, made for its owner only if it was not there."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise WorkspaceError(f"{folder} cannot be made: {error.strerror}") from error
    return folder


def find(path: Path | None, env: Mapping[str, str]) -> Workspace:
    """Return the workspace at `path`, at `$PORTVAKT_WORKSPACE`, or around the current folder.

    Raises:
        WorkspaceError: There is none.
        BadInput: Its `portvakt.toml` cannot be read, or has faults; all of them are named.
    """
    if path is None and env.get(VARIABLE):
        path = Path(env[VARIABLE])
    root = _given(path) if path is not None else _nearest(Path.cwd())
    file = root / FILE
    text = text_of(file) if file.exists() else ""
    return Workspace(root, parse(text, str(file)))


def _given(path: Path) -> Path:
    """Return the root that was asked for by name."""
    root = path.expanduser().resolve()
    if not (root / "inventory").is_dir():
        raise WorkspaceError(
            f"{path} is not a workspace: it has no inventory/; a new one: portvakt init {path}"
        )
    return root


def _nearest(folder: Path) -> Path:
    """Return `folder` or its nearest parent that has an `inventory/`."""
    for root in (folder, *folder.parents):
        if (root / "inventory").is_dir():
            return root
    raise WorkspaceError(
        f"no workspace: neither {folder} nor a folder above it has an inventory/; name one with "
        f"-w or {VARIABLE}, or make a new one: portvakt init DIR"
    )


def init(folder: Path) -> tuple[Path, ...]:
    """Write a new, commented workspace into `folder`, new or empty; return what was written.

    Raises:
        WorkspaceError: The folder is not empty; nothing was written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WorkspaceError(f"{folder} is not empty; a new workspace wants a folder of its own")
    files = {folder / ".gitignore": _IGNORED}
    for path, text in content.example():
        beside = path.endswith(_BESIDE)
        files[folder / (path.removesuffix(_BESIDE) if beside else f"inventory/{path}")] = text
    for place, text in files.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return tuple(sorted(files))
