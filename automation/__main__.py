"""The command `portvakt`, also as `python -m automation`."""

from __future__ import annotations

import sys

from automation.cli.app import main as run


def main() -> None:
    """Run the command and exit with its code."""
    sys.exit(run())


if __name__ == "__main__":
    main()
