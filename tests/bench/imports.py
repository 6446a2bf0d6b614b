"""The import of a delivery by its command, from the file to the served stand, beside a bare COPY of the same rows."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from tests.bench.figures import Figure, MeasurementFailed, per_second
from tests.bench.house import COMMAND_SECONDS, House, command
from tests.bench.practices import Practice
from tests.bench.processor import Spent, spent_so_far

WANTED_RATE, MOST_MEGABYTES = 100_000, 300
BLOCK = 1 << 20
LOOK_SECONDS = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One import: insured per second from its start to the served stand, and what the whole command took."""

    rate: float
    seconds: float
    megabytes: float
    spent: Spent


def measure(built: House, practices: list[Practice]) -> list[Figure]:
    """Few insured, many as NDJSON, many as CSV; after each of the large ones the bare COPY."""
    few = _import(built, built.delivery(built.size.fewer_insured), built.size.fewer_insured)
    ndjson = _import(built, built.delivery(built.size.insured), built.size.insured)
    copied = [_copy(built, indexed=False)]
    csv = _import(built, built.delivery(built.size.insured, as_csv=True), built.size.insured)
    copied.append(_copy(built, indexed=False))
    with_index = _copy(built, indexed=True)
    built.has_registry = True
    peer = sum(copied) / len(copied)
    figures = [
        Figure(
            name=f"import of {built.size.insured:,} as {name}",
            value=per_second(run.rate),
            peer=f"bare COPY {per_second(peer)}",
            ratio=run.rate / peer,
            target=f"≥ {WANTED_RATE:,}/s",
            reached=run.rate >= WANTED_RATE,
        )
        for name, run in (("NDJSON", ndjson), ("CSV", csv))
    ]
    most = max(ndjson.megabytes, csv.megabytes)
    return [
        *figures,
        Figure(
            name="import, NDJSON, whole command",
            value=per_second(built.size.insured / ndjson.seconds),
            peer=f"COPY with key {per_second(with_index)}",
            ratio=built.size.insured / ndjson.seconds / with_index,
        ),
        Figure(
            name="import, NDJSON, processor time",
            value=f"command {ndjson.spent.client:.1f} + PostgreSQL {ndjson.spent.postgres:.1f} s",
            peer=f"with a core for each at most {per_second(built.size.insured / ndjson.spent.client)}",
        ),
        Figure(
            name="import, peak memory (VmHWM)",
            value=f"{most:.0f} MB",
            peer=f"{built.size.fewer_insured:,} insured: {few.megabytes:.0f} MB",
            ratio=most / few.megabytes,
            target=f"< {MOST_MEGABYTES} MB",
            reached=most < MOST_MEGABYTES,
        ),
    ]


def _import(built: House, delivery: Path, count: int) -> Run:
    """Runs the command and watches its memory."""
    built.say(f"importing {delivery.name} ({delivery.stat().st_size / 1e6:,.0f} MB)")
    began = time.perf_counter()
    before = spent_so_far(postgres=built.postgres)
    log = built.folder / "import.log"
    with log.open("wb") as output:
        process = command("import-exemptions", str(delivery), output=output)
    peak = 0.0
    try:
        while process.poll() is None:
            peak = max(peak, _peak(process.pid))
            if time.perf_counter() - began > COMMAND_SECONDS:
                raise MeasurementFailed("the import takes too long")
            time.sleep(LOOK_SECONDS)
    finally:
        process.kill()
        process.wait()
    seconds = time.perf_counter() - began
    if process.returncode:
        said = log.read_text(encoding="utf-8", errors="replace")[-800:]
        raise MeasurementFailed(f"the import ended with {process.returncode}: {said}")
    served, insured = _served(built)
    if insured != count:
        raise MeasurementFailed(f"{insured:,} insured are served instead of {count:,}")
    built.say(f"  {per_second(count / served)}, the whole command {seconds:.1f} s, {peak:.0f} MB")
    spent = spent_so_far(postgres=built.postgres) - before
    return Run(rate=count / served, seconds=seconds, megabytes=peak, spent=spent)


def _peak(process: int) -> float:
    """The most memory that the process, and what it started, ever held, in megabytes."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return (int(found[1]) * 1024 / 1e6 if found else 0.0) + sum(_peak(int(child)) for child in children)


def _served(built: House) -> tuple[float, int]:
    """How many seconds the newest stand took from the start of its import until it was served, and its insured."""
    with built.owner() as connection:
        row = _row(
            connection,
            "select extract(epoch from served_at - started_at)::float8, insured from exemptions_stand "
            "where state = 'served'",
        )
    return float(row[0]), int(row[1])


def _copy(built: House, *, indexed: bool) -> float:
    """Copies the rows of the served stand from a file into a table like its own; rows per second."""
    rows = built.folder / "rows.copy"
    with built.owner() as connection:
        number = _row(connection, "select id from exemptions_stand where state = 'served'")[0]
        table = sql.Identifier(f"exemptions_insured_{number}")
        if not rows.exists():
            _write_rows(connection, table, rows)
        began = time.perf_counter()
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute(sql.SQL("create table bench_copy (like {})").format(table))
            with (
                rows.open("rb") as file,
                cursor.copy("copy bench_copy from stdin (format binary, freeze)") as copy,
            ):
                while block := file.read(BLOCK):
                    copy.write(block)
            if indexed:
                cursor.execute("alter table bench_copy add primary key (fingerprint, stand)")
        seconds = time.perf_counter() - began
        connection.execute("drop table bench_copy")
    rate = built.size.insured / seconds
    built.say(f"bare COPY of the same rows{', with its key' if indexed else ''}: {per_second(rate)}")
    return rate


def _write_rows(connection: psycopg.Connection[Any], table: sql.Identifier, path: Path) -> None:
    statement = sql.SQL("copy {} to stdout (format binary)").format(table)
    with path.open("wb") as file, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in copy:
            file.write(block)


def _row(connection: psycopg.Connection[Any], statement: LiteralString) -> tuple[Any, ...]:
    row = connection.execute(statement).fetchone()
    if row is None:
        raise MeasurementFailed("no stand is served")
    return tuple(row)
