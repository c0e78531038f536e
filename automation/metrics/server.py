"""Pages for scrapers: `/metrics`, all there is, or `/snmp?target=DEVICE` and `/poller`, the rest.

`/snmp` takes the place of snmp_exporter's page of that name, with one difference: no scrape ever
asks a switch. It is answered from the last cycle.
"""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import time
from types import TracebackType
from typing import Final, Self
from urllib.parse import parse_qs, urlsplit

from automation.errors import CannotListen, UsageError
from automation.metrics.cycle import Cycle
from automation.metrics.text import CONTENT_TYPE, one, rest, total

_LOOPBACK: Final = "127.0.0.1"
_PLACE: Final = re.compile(r"(?:(?P<host>\[[^\]]+\]|[^\[\]:]*):)?(?P<port>\d{1,5})")
_MOST_PORT: Final = 65535
_PATIENCE: Final = 30.0
_MODULE: Final = "if_mib"
_PLAIN: Final = "text/plain; charset=utf-8"
_PAGES: Final = "here are /metrics, or /snmp?target=DEVICE and /poller\n"
_NO_TARGET: Final = "expected /snmp?target=DEVICE, its name or its address\n"


def address(text: str) -> tuple[str, int]:
    """Return host and port of `HOST:PORT`, `[IPV6]:PORT` or `PORT`; without a host, loopback.

    Raises:
        UsageError: it is none of these.
    """
    found = _PLACE.fullmatch(text)
    if found is None or int(found["port"]) > _MOST_PORT:
        raise UsageError(f"--listen {text}: expected ADDRESS:PORT or PORT (on {_LOOPBACK})")
    return (found["host"] or _LOOPBACK).strip("[]"), int(found["port"])


class Board:
    """Where the last cycle hangs: one writer, any number of readers, each sees a whole one."""

    def __init__(self, cycle: Cycle) -> None:
        """Hang up `cycle`, in which no device needs to have been read."""
        self.cycle = cycle


class Server:
    """Serves a board from threads of its own; a context manager that ends them."""

    def __init__(self, board: Board, place: tuple[str, int]) -> None:
        """Listen at `place`, a host and a port (0: any that is free).

        Raises:
            CannotListen: the address is not ours, or not yet; or somebody else listens there.
            UsageError: one may not listen there.
        """
        host, port = place
        try:
            self._server = _Listener(
                board, socket.AF_INET6 if ":" in host else socket.AF_INET, place
            )
        except OSError as error:
            kind = UsageError if isinstance(error, PermissionError) else CannotListen
            raise kind(f"--listen {host}:{port}: {error.strerror}") from error
        self._thread = Thread(target=self._server.serve_forever, name="metrics", daemon=True)

    @property
    def place(self) -> tuple[str, int]:
        """The host and the port that it listens at."""
        host, port = self._server.server_address[:2]
        return str(host), int(port)

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, board: Board, family: int, place: tuple[str, int]) -> None:
        self.board = board
        self.address_family = family
        super().__init__(place, _Page)

    def server_bind(self) -> None:
        """Bind without asking the DNS what our own address is called."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of scrapers that left in the middle; anything else is a fault of ours."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Page(BaseHTTPRequestHandler):
    server: _Listener
    protocol_version = (
        "HTTP/1.1"  # chunks: a scrape that was cut off does not look like a whole one
    )
    timeout = _PATIENCE

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        asked = parse_qs(url.query, keep_blank_values=True)
        stamped = asked.get("timestamps", ["0"])[-1] in ("1", "true")
        cycle = self.server.board.cycle
        match url.path:
            case "/metrics":
                self._stream(total(cycle, time(), stamped=stamped))
            case "/poller":
                self._stream(rest(cycle, time()))
            case "/snmp":
                self._whole(*_target(cycle, asked, stamped))
            case _:
                self._whole(HTTPStatus.NOT_FOUND, _PAGES)

    def _whole(self, status: HTTPStatus, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", CONTENT_TYPE if status == HTTPStatus.OK else _PLAIN)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, parts: Iterator[str]) -> None:
        """Write part by part: the whole of a city at once would be 90 MB of memory."""
        chunked = self.request_version != "HTTP/1.0"
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", CONTENT_TYPE)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.close_connection = True
        self.end_headers()
        for part in parts:
            body = part.encode()
            self.wfile.write(b"%x\r\n%b\r\n" % (len(body), body) if chunked else body)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a line a scrape would bury what the poller has to say."""


def _target(cycle: Cycle, asked: dict[str, list[str]], stamped: bool) -> tuple[HTTPStatus, str]:
    """Return the page of one device; one that could not be read is an error, and so `up` is 0."""
    modules = [name for given in asked.get("module", []) for name in given.split(",")]
    unknown = [name for name in modules if name != _MODULE]
    if unknown:
        return HTTPStatus.BAD_REQUEST, f"unknown module {unknown[0]}; there is {_MODULE}\n"
    target = asked.get("target", [""])[-1]
    if not target:
        return HTTPStatus.BAD_REQUEST, _NO_TARGET
    reading = cycle.find(target)
    if reading is None:
        return HTTPStatus.NOT_FOUND, f"no device is polled by the name or address {target!r}\n"
    why = cycle.stale(reading, time())
    if why:
        return HTTPStatus.SERVICE_UNAVAILABLE, f"{reading.device.name}: {why}\n"
    return HTTPStatus.OK, one(reading, stamped=stamped)
