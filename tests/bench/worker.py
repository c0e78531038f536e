"""The outside of a worker: a contender in a process of its own, so that its CPU is its own."""

from __future__ import annotations

import json
import os
import select
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]


class WorkerError(Exception):
    """A worker ended, or did not answer in time."""


class Worker(AbstractContextManager["Worker"]):
    """`python -m MODULE`, which serves by `tests.bench.serving`."""

    def __init__(
        self, python: Path, module: str, job: dict[str, Any], patience: float = 300
    ) -> None:
        """Start the worker and wait until it is ready."""
        self._module = module
        self._patience = patience
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [str(python), "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            text=True,
            bufsize=1,
        )
        try:
            self._ask(json.dumps(job))
        except BaseException:
            self._end()
            raise

    def __enter__(self) -> Self:
        """Return the worker, which is ready."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process."""
        self._end()

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def work(self, tag: str) -> tuple[float, float]:
        """Do the work once; return (wall, CPU) in seconds."""
        answer = self._ask(tag)
        return answer["wall"], answer["cpu"]

    def _ask(self, line: str) -> dict[str, Any]:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(line + "\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], self._patience)
        answer = process.stdout.readline() if ready else ""
        if not answer:
            raise WorkerError(f"{self._module} {'ended' if ready else 'did not answer in time'}")
        decoded: dict[str, Any] = json.loads(answer)
        return decoded

    def _end(self) -> None:
        process = self._process
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        process.kill()
        process.wait()
