"""The receiver of traps as a daemon: one a workspace, an end when told."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping, Sequence
from typing import Final

from automation.cli.ending import Ending, told
from automation.cli.locking import held, is_held
from automation.cli.text import plain
from automation.cli.trap_text import line, rejected_line
from automation.errors import StoreFailed
from automation.findings import Situation, Trouble
from automation.model import Rejected
from automation.playbook import Network
from automation.tasks.senders import Directory, LookedUp, looking_up
from automation.tasks.traps import News, Trapping, receiver, serve
from automation.workspace import Workspace

_SMALL: Final = frozenset({Trouble.DOWN, Trouble.SHUT})
"""Troubles of a single port: customers switch their equipment off every night."""


def receive(network: Network, verbose: bool) -> None:
    """Receive until SIGTERM or SIGINT; each trouble is a line when it begins and when it is over.

    Raises:
        AlreadyRunning: another receiver holds the workspace.
        StoreFailed: in the end, not all that arrived is kept.
    """
    stop = Ending()
    log = _Log(verbose)
    workspace = network.workspace
    alone = held(workspace.trap_lock, f"another receiver is running in {workspace.root}")
    with alone, told(stop):
        settings = workspace.settings.trap
        directory = Directory(network.inventory.devices.values(), settings)
        receiving, identity = receiver(directory, network.inventory, network.credentials, workspace)
        trapping = Trapping(network.inventory, network.store, settings, log.news)
        places = ", ".join(f"{address} port {port}" for address, port in receiving.places)
        _say(f"receiving on {places}; engine id {identity.engine_id.hex()} for informs")
        for text in receiving.wanting:
            _say(text)
        for one in filter(log.wants, trapping.current):
            _say(f"still {line(one)}")
        with looking_up(directory, receiving, _looked_up, stop):
            lost = serve(trapping, receiving, stop)
        if lost:
            raise StoreFailed(f"ended; {lost} notifications are not kept: the store failed")
        _say("ended; all that arrived is kept")


class _Log:
    """What has been said of whom: what is not believed is said when its count has doubled."""

    def __init__(self, verbose: bool) -> None:
        self._verbose = verbose
        self._counts: dict[tuple[str, str], int] = {}

    def wants(self, one: Situation) -> bool:
        """Whether a trouble is worth a line."""
        return self._verbose or one.trouble not in _SMALL or bool(one.impact.welfare)

    def news(self, news: News) -> None:
        """Write what has changed."""
        if news.fault:
            _say(f"{news.fault}; what arrives waits, up to a limit")
        if news.is_well:
            _say("the store is well again")
        for one in filter(self.wants, news.begun):
            _say(line(one))
        for one in filter(self.wants, news.over):
            _say(f"over: {one.trouble.value}: {one.device} {one.subject}".rstrip())
        for rejected in news.rejected:
            self._reject(rejected, news.own.get(rejected.why))

    def _reject(self, rejected: Rejected, own: Exception | None) -> None:
        key = (rejected.source, rejected.why)
        if key not in self._counts and len(self._counts) >= _KEPT_APART:
            self._counts.clear()
        before = self._counts.get(key, 0)
        self._counts[key] = before + rejected.count
        if self._counts[key].bit_length() > before.bit_length():
            _say(rejected_line(rejected, self._counts[key]))
            if own is not None and self._verbose:
                _say("".join(traceback.format_exception(own)).rstrip())


_KEPT_APART: Final = 1000


def say_if_deaf(workspace: Workspace) -> None:
    """Say on stderr when nobody receives in this workspace: what is shown may be old."""
    if not is_held(workspace.trap_lock):
        _say("no receiver is running here (portvakt trap run): this is what was last heard")


def _looked_up(found: LookedUp) -> None:
    for device in found.missing:
        _say(f"{device.name}: {device.address} has no address yet; its traps are not believed")
    for device in found.heard:
        _say(f"{device.name}: {device.address} has an address now; its traps are believed")
    _say_shared(found.shared)


def _say_shared(shared: Mapping[str, Sequence[str]]) -> None:
    for address, names in shared.items():
        _say(f"{address} is an address of {', '.join(names)}: what comes from it is not believed")


def _say(text: str) -> None:
    sys.stderr.write(f"{plain(text)}\n")
    sys.stderr.flush()
