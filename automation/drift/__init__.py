"""Running against intended: a verdict, what mends the drift, and what undoes the mending. Pure."""

from automation.drift.engine import ENGINE, Engine, Seen
from automation.model import Drift

__all__ = ["ENGINE", "Drift", "Engine", "Seen"]
