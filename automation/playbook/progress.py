"""What a run tells whoever watches it, as it happens; from several threads."""

from __future__ import annotations

from typing import Protocol

from automation.model import DeviceResult
from automation.playbook.waves import Wave
from automation.tasks.plan import Planned


class Progress(Protocol):
    """Something that watches a run."""

    def planning(self, devices: int) -> None:
        """So many devices are about to be read and compared."""

    def planned(self, planned: Planned) -> None:
        """One of them is done."""

    def wave(self, wave: Wave) -> None:
        """A wave begins."""

    def ended(self, result: DeviceResult) -> None:
        """A device has ended."""


class Silent:
    """Watches nothing."""

    def planning(self, devices: int) -> None:
        """Say nothing."""

    def planned(self, planned: Planned) -> None:
        """Say nothing."""

    def wave(self, wave: Wave) -> None:
        """Say nothing."""

    def ended(self, result: DeviceResult) -> None:
        """Say nothing."""
