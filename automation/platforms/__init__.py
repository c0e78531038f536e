"""One folder a network OS, each with a `PLATFORM`; the only place where a vendor is named.

A new platform is a new folder here, one under `templates/` and one under `tests/platforms/`.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from automation.errors import UsageError
from automation.model import Platform


@cache
def names() -> tuple[str, ...]:
    """Return the names of the platforms there are, sorted."""
    return tuple(sorted(found.name for found in pkgutil.iter_modules(__path__) if found.ispkg))


@cache
def get(name: str) -> Platform:
    """Return the platform `name`, or raise UsageError that lists those there are."""
    if name not in names():
        raise UsageError(f"unknown platform {name!r}; there are: {', '.join(names())}")
    platform = import_module(f"{__name__}.{name}").PLATFORM
    assert isinstance(platform, Platform)  # noqa: S101 - a folder that is not a platform is our own fault
    return platform


def every() -> dict[str, Platform]:
    """Return every platform by name."""
    return {name: get(name) for name in names()}
