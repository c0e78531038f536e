"""asyncssh, line by line: each line waits for the prompt after the one before it. A worker.

No check but the prompt: no refusal is noticed, no mode is proved. It stands for how fast a
single loop without threads can be.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from typing import Any

import asyncssh

from tests.bench import block
from tests.bench.serving import Work, serve

PROMPT = re.compile(r"\n[\w.-]+(?:\([\w-]+\))?#$")


def prepare(job: dict[str, Any]) -> Work:
    """Return the work: `job` has devices, known_hosts, forks (0: one by one) and ciphers."""
    options: dict[str, Any] = {
        "known_hosts": asyncssh.read_known_hosts(str(Path(job["known_hosts"]))),
        "client_keys": None,
        "agent_path": None,
        "config": None,
    }
    if job["ciphers"]:
        options["encryption_algs"] = job["ciphers"]
    return lambda tag: asyncio.run(_work(job["devices"], options, bool(job["forks"]), tag))


async def _work(
    devices: list[dict[str, Any]], options: dict[str, Any], together: bool, tag: str
) -> None:
    work = [_block(device, options, tag) for device in devices]
    if together:
        await asyncio.gather(*work)
        return
    for one in work:
        await one


async def _block(device: dict[str, Any], options: dict[str, Any], tag: str) -> None:
    connection = await asyncssh.connect(
        device["host"],
        device["port"],
        username=device["username"],
        password=device["password"],
        **options,
    )
    async with connection, connection.create_process(term_type="vt100") as shell:
        await _prompt(shell)
        for line in ("terminal length 0", "configure terminal", *block.flat(tag), "end"):
            shell.stdin.write(line + "\n")
            await _prompt(shell)
        shell.stdin.write("write memory\n")
        assert "[OK]" in await _prompt(shell)
        shell.stdin.write("exit\n")


async def _prompt(shell: asyncssh.SSHClientProcess[str]) -> str:
    """Read up to the next prompt, which nothing follows."""
    text = "\n"
    while not PROMPT.search(text.rstrip(" ")):
        text += await shell.stdout.read(65536)
    return text


if __name__ == "__main__":
    serve(prepare)
    sys.exit(0)
