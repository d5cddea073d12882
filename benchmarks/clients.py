"""Clients: many at once over connections that stay open, each asking again as soon as it is answered."""

import asyncio
import itertools
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import ceil

LINE = b"\r\n"


@dataclass(slots=True)
class Answers:
    """What the clients were answered: how long each answer took, in seconds, and how many were not 2xx."""

    seconds: float = 0.0
    taken: list[float] = field(default_factory=list)
    refused: list[bytes] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.taken) / self.seconds

    def within(self, share: float) -> float:
        """Return the milliseconds within which this share of the answers came."""
        return 1000 * sorted(self.taken)[max(0, ceil(share * len(self.taken)) - 1)]


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """Return a request as it goes down the line; a header's name is written with underscores."""
    said = {"Host": "127.0.0.1", "Content-Length": str(len(body))}
    said |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
    return "\r\n".join(head).encode() + LINE + LINE + body


def ask(port: int, requests: Iterable[bytes], seconds: float, clients: int) -> Answers:
    """Send requests until the time is spent or none is left; AssertionError where one was refused."""
    answers = asyncio.run(_ask(port, iter(requests), seconds, clients))
    if answers.refused:
        said = answers.refused[0].decode(errors="replace")
        raise AssertionError(f"{len(answers.refused)} were refused: {said[:2000]}")
    return answers


def first_answers(port: int, requests: Iterable[bytes], number: int) -> None:
    """Have some answered that nobody counts: plans, pools and books are there afterwards."""
    ask(port, itertools.islice(requests, number), 60, 8)


async def _ask(port: int, requests: Iterator[bytes], seconds: float, clients: int) -> Answers:
    answers = Answers()
    begun = time.perf_counter()
    await asyncio.gather(*(_client(port, requests, begun + seconds, answers) for _ in range(clients)))
    answers.seconds = time.perf_counter() - begun
    return answers


async def _client(port: int, requests: Iterator[bytes], until: float, answers: Answers) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for sent in requests:
        begun = time.perf_counter()
        if begun >= until:
            break
        writer.write(sent)
        status, said = await _answer(reader)
        answers.taken.append(time.perf_counter() - begun)
        if not 200 <= status < 300:
            answers.refused.append(said)
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(LINE + LINE)
    lines = head.lower().split(LINE)
    headers = dict(line.split(b": ", 1) for line in lines[1:] if b": " in line)
    if headers.get(b"transfer-encoding") == b"chunked":
        return int(lines[0].split()[1]), await _chunks(reader)
    return int(lines[0].split()[1]), await reader.readexactly(int(headers.get(b"content-length", 0)))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    said = b""
    while size := int(await reader.readuntil(LINE), 16):
        said += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return said
