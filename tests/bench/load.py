"""Many requests at once: by wrk where Debian's package is there, else by a generator of our own; and paced ones."""

from __future__ import annotations

import json
import os
import select
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Self

from tests.bench.figures import MeasurementFailed, Times
from tests.bench.processor import Spent

CONNECTIONS = 16
MOST_CONNECTIONS = 64
SCRIPT = Path(__file__).with_name("queries.lua")


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """What came of it; times are in milliseconds."""

    answers: int
    rate: float
    p50: float
    p99: float
    longest: float
    spent: Spent = field(default_factory=Spent)


@dataclass(frozen=True, kw_only=True, slots=True)
class Questions:
    """What is asked: random pairs of these keys and these numbers (ten bytes each, one after the other)."""

    host: str
    port: int
    path: str
    tokens: list[str]
    numbers: bytes
    before: str
    after: str

    @property
    def head(self) -> str:
        """The head of a request, with TOKEN where the key stands."""
        length = len(self.before) + 10 + len(self.after)
        return (
            f"POST {self.path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nAuthorization: Bearer TOKEN\r\n"
            f"Content-Type: application/json\r\nContent-Length: {length}"
        )

    def asker(self, seed: int) -> Callable[[], bytes]:
        """A function that gives one random request after the other."""
        random, head = Random(seed), self.head
        places = len(self.numbers) // 10

        def ask() -> bytes:
            start = 10 * random.randrange(places)
            number = self.numbers[start : start + 10].decode()
            return f"{head.replace('TOKEN', random.choice(self.tokens))}\r\n\r\n{self.before}{number}{self.after}".encode()

        return ask


def tool(*, own: bool) -> str:
    """Which generator is used, in words."""
    return "own generator (Python)" if own or shutil.which("wrk") is None else "wrk"


def many_at_once(questions: Questions, *, seconds: float, seed: int, folder: Path, own: bool) -> Load:
    """Asks as fast as answers come, on 16 connections."""
    if tool(own=own) == "wrk":
        return _by_wrk(questions, seconds=seconds, seed=seed, folder=folder)
    return _by_ourselves(questions, seconds=seconds, seed=seed)


def _by_wrk(questions: Questions, *, seconds: float, seed: int, folder: Path) -> Load:
    tokens, numbers = folder / "tokens", folder / "numbers"
    tokens.write_text("\n".join(questions.tokens) + "\n", encoding="ascii")
    numbers.write_bytes(questions.numbers)
    environment = {
        **os.environ,
        "BENCH_TOKENS": str(tokens),
        "BENCH_NUMBERS": str(numbers),
        "BENCH_HEAD": questions.head,
        "BENCH_BEFORE": questions.before,
        "BENCH_AFTER": questions.after,
        "BENCH_SEED": str(seed),
    }
    url = f"http://{questions.host}:{questions.port}{questions.path}"
    # wrk counts in whole seconds.
    span = max(round(seconds), 1)
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{span}s", "--timeout", "10s", "-s", str(SCRIPT), url]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=span + 30, check=False
    )
    result = next((line[7:] for line in done.stdout.splitlines() if line.startswith("RESULT ")), None)
    if done.returncode or result is None:
        raise MeasurementFailed(f"wrk ended with {done.returncode}: {(done.stdout + done.stderr)[-500:]}")
    said = json.loads(result)
    if said["failed"] or said["refused"]:
        raise MeasurementFailed(
            f"wrk saw {said['failed']} failures and {said['refused']} answers other than 200; --own-load shows the first"
        )
    return Load(
        answers=said["answers"],
        rate=said["answers"] / said["seconds"],
        p50=said["p50"],
        p99=said["p99"],
        longest=said["longest"],
    )


def _by_ourselves(questions: Questions, *, seconds: float, seed: int) -> Load:
    ask = questions.asker(seed)
    times: list[float] = []
    with _Lines(questions) as lines:
        began = time.perf_counter()
        for _ in range(CONNECTIONS):
            lines.free().send(ask(), time.perf_counter())
        while time.perf_counter() < began + seconds:
            for line in _readable(lines.busy, 1.0):
                if (took := line.receive()) is not None:
                    times.append(took)
                    line.send(ask(), time.perf_counter())
        span = time.perf_counter() - began
        lines.drain()
    return _load(times, span)


def paced(questions: Questions, *, rate: int, seconds: float, seed: int) -> Load:
    """Asks at a constant rate whatever comes back; a time counts from the moment the request was due."""
    ask = questions.asker(seed)
    times: list[float] = []
    sent, wanted = 0, int(rate * seconds)
    with _Lines(questions) as lines:
        began = time.perf_counter()
        while sent < wanted or lines.busy:
            due = began + sent / rate
            if sent < wanted and time.perf_counter() >= due:
                lines.free().send(ask(), due)
                sent += 1
                continue
            patience = max(due - time.perf_counter(), 0) if sent < wanted else 1.0
            received = (line.receive() for line in _readable(lines.busy, patience))
            times += [took for took in received if took is not None]
        span = time.perf_counter() - began
    return _load(times, span)


def _load(times: list[float], span: float) -> Load:
    measured = Times(seconds=times)
    return Load(
        answers=len(times),
        rate=len(times) / span,
        p50=measured.middle,
        p99=measured.percentile(99),
        longest=measured.longest,
    )


class _Lines:
    """Connections, opened when none is free; all are closed at the end."""

    def __init__(self, questions: Questions) -> None:
        self._host, self._port = questions.host, questions.port
        self._lines: list[_Line] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for line in self._lines:
            line.close()

    @property
    def busy(self) -> list[_Line]:
        """Those with a request on its way."""
        return [line for line in self._lines if line.since is not None]

    def free(self) -> _Line:
        """One without a request on its way."""
        for line in self._lines:
            if line.since is None:
                return line
        if len(self._lines) >= MOST_CONNECTIONS:
            raise MeasurementFailed(f"{MOST_CONNECTIONS} requests wait for their answers")
        self._lines.append(_Line(self._host, self._port))
        return self._lines[-1]

    def drain(self) -> None:
        """Hears the answers that are still on their way."""
        for line in self._lines:
            while line.since is not None:
                line.receive()


class _Line:
    """One connection with at most one request on its way."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._read = b""
        self.since: float | None = None

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, request: bytes, since: float) -> None:
        self._socket.sendall(request)
        self.since = since

    def receive(self) -> float | None:
        """Reads what is there; when that completes the answer, says how long it took since it was due."""
        more = self._socket.recv(65_536)
        if not more:
            raise MeasurementFailed("the server closed a connection")
        self._read += more
        head, found, body = self._read.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return None
        if not head.startswith(b"HTTP/1.1 200 "):
            line, said = head.partition(b"\r")[0].decode("ascii", "replace"), body.decode("utf-8", "replace")
            raise MeasurementFailed(f"an answer was not 200: {line}: {said[:300]}")
        since, self.since, self._read = self.since, None, b""
        return time.perf_counter() - (since or 0.0)

    def close(self) -> None:
        self._socket.close()


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise MeasurementFailed("an answer does not say its length")


def _readable(lines: list[_Line], timeout: float) -> list[_Line]:
    # select counts in microseconds, where poll and epoll would make the pace wait for whole milliseconds.
    return select.select(lines, [], [], timeout)[0]
