"""A push gets there whole, or says why not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from automation.errors import NotDelivered, UsageError
from automation.metrics import Push

pytestmark = pytest.mark.integration


class Receiver(HTTPServer):
    """Answers every POST with `status`, and keeps what was sent."""

    def __init__(self, status: int) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.status = status
        self.got: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Taking(BaseHTTPRequestHandler):
    server: Receiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, body.decode()))
        said = b"" if self.server.status == 204 else b"words of the receiver\n"
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(said)))
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def receiving(status: int) -> Iterator[Receiver]:
    with Receiver(status) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ("", "/api/v1/import/prometheus"),
        ("/", "/api/v1/import/prometheus"),
        ("/?extra_label=job=snmp", "/api/v1/import/prometheus?extra_label=job=snmp"),
        ("/insert/0/prometheus/api/v1/import/prometheus",) * 2,
    ],
)
def test_it_goes_where_it_should(more: str, path: str) -> None:
    with receiving(204) as server:
        Push(server.url + more).send(("a 1\n", "b 2\n"))
    assert server.got == [(path, "a 1\nb 2\n")]


def test_much_goes_in_pieces_of_whole_lines() -> None:
    lines = [f'a{{n="{"x" * 1000}{number}"}} 1\n' for number in range(10_000)]
    with receiving(204) as server:
        Push(server.url).send(lines)
    assert "".join(body for _, body in server.got) == "".join(lines)
    assert [len(body) < 4_100_000 and body.endswith("\n") for _, body in server.got] == [True] * 3


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 503])
def test_whatever_is_not_taken_is_an_error(status: int) -> None:
    with receiving(status) as server, pytest.raises(NotDelivered, match=rf"{status} .*: words of"):
        Push(server.url).send(("a 1\n",))
    assert len(server.got) == 1


def test_nobody_there_is_an_error() -> None:
    with receiving(204) as server:
        url = server.url
    with pytest.raises(NotDelivered, match=f"{url}: .*refused"):
        Push(url).send(("a 1\n",))


@pytest.mark.parametrize("url", ["", "127.0.0.1:8428", "ftp://127.0.0.1/", "http:///x"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="expected http://HOST:PORT"):
        Push(url)


def test_a_password_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError) as raised:
        Push("http://someone:hunter2@127.0.0.1:8428")
    assert "password" in str(raised.value)
    assert "hunter2" not in str(raised.value)
