"""The pages as a scraper gets them, over a socket of loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from time import time

import pytest

from automation.errors import CannotListen, UsageError
from automation.metrics import Board, Cycle, Server, address, one, total
from automation.metrics.text import CONTENT_TYPE
from tests.unit.metrics.readings import Port, reading, unread

pytestmark = pytest.mark.integration


@pytest.fixture
def board() -> Board:
    """A cycle of a device that was read just now, one read long ago, and one not read."""
    now = time()
    old = reading(Port(), name="sw-old", at=now - 4000)
    return Board(Cycle((reading(Port(), at=now), old, unread()), 300, now, 1.0))


@pytest.fixture
def server(board: Board) -> Iterator[Server]:
    with Server(board, ("127.0.0.1", 0)) as one_:
        yield one_


def get(server: Server, path: str, version: int = 11) -> tuple[int, str, str]:
    """Return status, content type and text of a page."""
    connection = HTTPConnection(*server.place, timeout=10)
    connection._http_vsn = version  # type: ignore[attr-defined]
    connection._http_vsn_str = "HTTP/1.1" if version == 11 else "HTTP/1.0"  # type: ignore[attr-defined]
    connection.request("GET", path)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, str(answer.getheader("Content-Type")), text


@pytest.mark.parametrize("version", [10, 11])
def test_the_total_is_what_the_text_says(server: Server, board: Board, version: int) -> None:
    expected = "".join(total(board.cycle, time()))
    assert get(server, "/metrics", version) == (200, CONTENT_TYPE, expected)


def test_the_rest_is_what_no_device_has(server: Server, board: Board) -> None:
    """Each series of the total is on one page: that of its device, or the poller's."""
    status, kind, text = get(server, "/poller")
    assert (status, kind) == (200, CONTENT_TYPE)
    fresh = one(board.cycle.readings[0], named=True)
    lines = [line for line in f"{text}{fresh}".splitlines() if line[0] != "#"]
    expected = "".join(total(board.cycle, time())).splitlines()
    assert sorted(lines) == sorted(line for line in expected if line[0] != "#")


@pytest.mark.parametrize(
    "query", ["target=sw-1", "target=192.0.2.1", "module=if_mib&target=sw-1&auth=public_v2"]
)
def test_one_device_is_what_the_text_says(server: Server, board: Board, query: str) -> None:
    found = board.cycle.readings[0]
    assert get(server, f"/snmp?{query}") == (200, CONTENT_TYPE, one(found))


def test_with_timestamps_every_series_has_its_time(server: Server, board: Board) -> None:
    status, _, text = get(server, "/snmp?target=sw-1&timestamps=1")
    assert (status, text) == (200, one(board.cycle.readings[0], stamped=True))


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/snmp?target=sw-2", 503, "sw-2: no answer"),
        ("/snmp?target=sw-old", 503, "sw-old: last read 4"),
        ("/snmp?target=sw-9", 404, "no device is polled by the name or address 'sw-9'"),
        ("/snmp", 400, "expected /snmp?target=DEVICE"),
        ("/snmp?target=sw-1&module=if_mib,cisco_wlc", 400, "unknown module cisco_wlc"),
        ("/", 404, "/metrics"),
        ("/metrics/../etc/passwd", 404, "/metrics"),
    ],
)
def test_what_cannot_be_shown_says_why(server: Server, path: str, status: int, words: str) -> None:
    found = get(server, path)
    assert (found[0], found[1].split(";")[0]) == (status, "text/plain")
    assert words in found[2]


def test_the_next_scrape_sees_the_next_cycle(server: Server, board: Board) -> None:
    board.cycle = Cycle((unread("sw-1"),), 300)
    assert get(server, "/snmp?target=sw-1")[0] == 503


def test_a_scraper_that_leaves_costs_nobody_else(server: Server) -> None:
    with socket.create_connection(server.place) as rude:
        rude.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    with socket.create_connection(server.place) as silent:
        assert get(server, "/metrics")[0] == 200
        silent.sendall(b"\x00\xff not http\r\n\r\n")
    assert get(server, "/snmp?target=sw-1")[0] == 200


def test_an_address_in_use_is_said(server: Server, board: Board) -> None:
    with pytest.raises(CannotListen, match=r"--listen 127.0.0.1:.*Address already in use"):
        Server(board, server.place)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("127.0.0.1:9116", ("127.0.0.1", 9116)),
        ("9116", ("127.0.0.1", 9116)),
        (":9116", ("127.0.0.1", 9116)),
        ("[::1]:0", ("::1", 0)),
        ("monitor.example:80", ("monitor.example", 80)),
    ],
)
def test_a_place_without_an_address_is_loopback(text: str, place: tuple[str, int]) -> None:
    assert address(text) == place


@pytest.mark.parametrize("text", ["", "127.0.0.1", "127.0.0.1:99999", "::1:9116", "a:b", "9116:"])
def test_what_is_no_place_is_said(text: str) -> None:
    with pytest.raises(UsageError, match="expected ADDRESS:PORT"):
        address(text)


def test_it_speaks_ipv6() -> None:
    with Server(Board(Cycle((), 300)), ("::1", 0)) as server:
        assert get(server, "/metrics")[0] == 200
