"""A push to whoever imports the Prometheus text format: VictoriaMetrics, vmagent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import SplitResult, urlsplit

from automation.errors import NotDelivered, UsageError
from automation.metrics.text import CONTENT_TYPE

_PATH: Final = "/api/v1/import/prometheus"
"""docs.victoriametrics.com, "How to import data in Prometheus exposition format"."""
_TAKEN: Final = (200, 204)
_BODY: Final = 4_000_000
_TIMEOUT: Final = 10.0
_WORDS: Final = 200


class Push:
    """Sends each cycle with the times of its readings, over one connection.

    A receiver that takes this format answers 204 also to lines that it cannot read; that ours can
    be read is the business of `text` and its tests.
    """

    def __init__(self, url: str) -> None:
        """Push to `url`; without a path to the one that VictoriaMetrics imports at.

        Raises:
            UsageError: it is no http or https URL, or it has a password in it.
        """
        found = urlsplit(url)
        if found.scheme not in ("http", "https") or not found.hostname:
            raise UsageError(
                "--push: expected http://HOST:PORT or https://HOST:PORT, with or "
                f"without a path; without one it is {_PATH}"
            )
        if found.username is not None or found.password is not None:
            raise UsageError(
                "--push: a password does not belong in a URL; push to a vmagent on "
                "this machine, which logs in to what it sends to"
            )
        self._url = found
        path = found.path if found.path.strip("/") else _PATH
        self._target = f"{path}?{found.query}" if found.query else path

    def send(self, parts: Iterable[str]) -> None:
        """Send `parts`, each whole lines, some at a time.

        Raises:
            NotDelivered: nobody took it, or not all of it.
        """
        connection = _connection(self._url)
        try:
            for body in _bodies(parts):
                connection.request("POST", self._target, body, {"Content-Type": CONTENT_TYPE})
                answer = connection.getresponse()
                said = answer.read()
                if answer.status not in _TAKEN:  # also a redirect: it would lose the body
                    words = said[:_WORDS].decode("utf-8", "replace").strip()
                    raise NotDelivered(f"{self._where}: {answer.status} {answer.reason}: {words}")
        except (OSError, HTTPException) as error:
            raise NotDelivered(f"{self._where}: {error or type(error).__name__}") from error
        finally:
            connection.close()

    @property
    def _where(self) -> str:
        return f"{self._url.scheme}://{self._url.netloc}"


def _connection(url: SplitResult) -> HTTPConnection:
    kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
    return kind(url.hostname or "", url.port, timeout=_TIMEOUT)


def _bodies(parts: Iterable[str]) -> Iterator[bytes]:
    """Yield `parts` put together to bodies of a few megabytes."""
    held: list[bytes] = []
    size = 0
    for part in parts:
        held.append(part.encode())
        size += len(held[-1])
        if size >= _BODY:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)
