"""The peer of the query: its two statements in a bare driver loop, with nothing around them.

Run as a process of its own (`python -m tests.bench.bare FILE`), because that is what the portal is too.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import psycopg
from uuid_utils.compat import uuid7

from tests.bench.figures import MeasurementFailed, Times
from tests.bench.load import Load
from tests.bench.processor import Spent

THREADS = 8
Arguments = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """One query of the portal, as it went to the database: two statements with their values, and what is what."""

    open_sql: str
    open_arguments: Arguments
    write_sql: str
    write_arguments: Arguments
    token_hash: bytes
    institution: UUID
    key: UUID
    entry: UUID
    digest: bytes

    @property
    def both_sql(self) -> str:
        """Both statements as one round trip."""
        write = self.write_sql.removeprefix("select * from ")
        return f"with opened as materialized ({self.open_sql}) select given.* from opened, {write} given"


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """What one process does; keys are (hash, institution, key) and digests 16 bytes each, one after the other."""

    address: str
    recorded: Recorded
    keys: list[tuple[bytes, UUID, UUID]]
    digests: bytes
    seconds: float
    one_round_trip: bool
    seed: int


def bare(task: Task, folder: Path) -> Load:
    """Runs the loop in a process of its own."""
    path = folder / "bare.task"
    path.write_bytes(pickle.dumps(task))
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.bare", str(path)],
        capture_output=True,
        text=True,
        timeout=task.seconds + 60,
        check=False,
    )
    if done.returncode:
        raise MeasurementFailed(f"the bare loop ended with {done.returncode}: {done.stderr[-500:]}")
    said = json.loads(done.stdout)
    return Load(**{**said, "spent": Spent(client=said["spent"])})


def _main(path: Path) -> None:
    task: Task = pickle.loads(path.read_bytes())
    with ThreadPoolExecutor(THREADS) as threads:
        connections = list(threads.map(lambda _: _connect(task), range(THREADS)))
        began, spent = time.perf_counter(), time.process_time()
        seeds = (task.seed * THREADS + number for number in range(THREADS))
        loops = [threads.submit(_loop, task, *pair) for pair in zip(connections, seeds, strict=False)]
        times = Times(seconds=[one for loop in loops for one in loop.result()])
        span, spent = time.perf_counter() - began, time.process_time() - spent
    said = {
        "answers": len(times.seconds),
        "rate": len(times.seconds) / span,
        "p50": times.middle,
        "p99": times.percentile(99),
        "longest": times.longest,
        "spent": spent,
    }
    print(json.dumps(said))


def _connect(task: Task) -> psycopg.Connection[Any]:
    return psycopg.connect(task.address, autocommit=True)


def _loop(task: Task, connection: psycopg.Connection[Any], seed: int) -> list[float]:
    end = time.perf_counter() + task.seconds
    questions = questions_of(task, seed)
    recorded, times = task.recorded, []
    both = recorded.both_sql if task.one_round_trip else ""
    with connection.cursor() as cursor:
        while (began := time.perf_counter()) < end:
            opening, writing = next(questions)
            if both:
                cursor.execute(both.encode(), opening + writing, prepare=True)
            else:
                cursor.execute(recorded.open_sql.encode(), opening, prepare=True).fetchone()
                cursor.execute(recorded.write_sql.encode(), writing, prepare=True)
            cursor.fetchone()
            times.append(time.perf_counter() - began)
    return times


def questions_of(task: Task, seed: int) -> Iterator[tuple[Arguments, Arguments]]:
    """The recorded values, each time with another key, another insured and a new id."""
    random, recorded = Random(seed), task.recorded
    opening = _filler(recorded.open_arguments, recorded)
    writing = _filler(recorded.write_arguments, recorded)
    insured = len(task.digests) // 16
    while True:
        key = random.choice(task.keys)
        start = 16 * random.randrange(insured)
        digest = task.digests[start : start + 16]
        entry = uuid7()
        yield opening(key, digest, entry), writing(key, digest, entry)


Filler = Callable[[tuple[bytes, UUID, UUID], bytes, UUID], Arguments]


def _filler(arguments: Arguments, recorded: Recorded) -> Filler:
    """Puts new values where the recorded ones stood; all others stay as they were sent."""
    places: dict[Any, str] = {
        recorded.token_hash: "token",
        recorded.institution: "institution",
        recorded.key: "key",
        recorded.entry: "entry",
        recorded.digest: "digest",
    }
    kinds = [places.get(one) if isinstance(one, bytes | UUID) else None for one in arguments]
    lists = [isinstance(one, list) and recorded.digest in one for one in arguments]

    def fill(key: tuple[bytes, UUID, UUID], digest: bytes, entry: UUID) -> Arguments:
        new = {"token": key[0], "institution": key[1], "key": key[2], "entry": entry, "digest": digest}
        return tuple(
            [digest] if is_list else given if kind is None else new[kind]
            for given, kind, is_list in zip(arguments, kinds, lists, strict=True)
        )

    return fill


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
