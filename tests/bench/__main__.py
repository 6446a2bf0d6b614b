"""`make bench`: speed and memory of the house, each figure beside its peer and its target.

Every part is real: PostgreSQL as the house starts it, with a durable commit, and the portal as `zuzahlung serve`
starts it. A missed target is a result; only what could not be measured ends with 1.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

from tests.bench import equal_time, imports, pages, pdfs, query, sgbv302
from tests.bench.figures import DETAIL_HEADINGS, HEADINGS, Figure, MeasurementFailed, table
from tests.bench.house import FULL, QUICK, House, house
from tests.bench.load import tool
from tests.bench.practices import Practice, make_practices
from tests.bench.processor import others_share
from zuzahlung.cli.supervisor import stop_like_ctrl_c

MOST_SECONDS = 900
FSYNCS = 100

Measurement = Callable[[House, list[Practice]], list[Figure]]
MEASUREMENTS: Mapping[str, Measurement] = {
    "import": imports.measure,
    "query": query.measure,
    "pages": pages.measure,
    "pdf": pdfs.measure,
    "equal": equal_time.measure,
    "files": sgbv302.measure,
}


def main() -> int:
    """Measures what was asked for and prints the table."""
    given = _arguments()
    stop_like_ctrl_c()
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(MOST_SECONDS)
    began = time.monotonic()

    def say(sentence: str) -> None:
        print(f"[{time.monotonic() - began:5.0f} s] {sentence}", file=sys.stderr, flush=True)

    run = Run(say=say)
    with house(QUICK if given.quick else FULL, say=say, own_load=given.own_load) as built:
        fsync = _fsync(built.folder)
        practices = make_practices(built)
        try:
            for name in given.only or MEASUREMENTS:
                run.measure(name, built, practices)
        except _OutOfTime:
            run.fail(f"stopped after {MOST_SECONDS} s")
    print(_conditions(given, fsync))
    for line in (*run.disturbed, ""):
        print(line)
    _print(run.figures)
    for line in run.failed:
        print(line)
    say("done")
    return 1 if run.failed else 0


class Run:
    """What came of the measurements so far."""

    def __init__(self, *, say: Callable[[str], None]) -> None:
        self._say = say
        self.figures: list[Figure] = []
        self.failed: list[str] = []
        self.disturbed: list[str] = []

    def measure(self, name: str, built: House, practices: list[Practice]) -> None:
        """Runs one measurement; what it cannot do does not keep the others from running."""
        self._say(f"measuring: {name}")

        def measured() -> None:
            try:
                self.figures += MEASUREMENTS[name](built, practices)
            except Exception as error:  # noqa: BLE001 - whatever it was, the others still run
                self.fail(f"{name} could not be measured: {error}")
                if not isinstance(error, MeasurementFailed):
                    traceback.print_exc()

        share = others_share(measured)
        self.disturbed.append(f"during {name} other programs took {share:.0%} of all cores")

    def fail(self, sentence: str) -> None:
        """Notes that something did not run."""
        self.failed.append(sentence)
        self._say(sentence)


def _print(figures: Sequence[Figure]) -> None:
    """The table, and below it the lines that only explain one of its figures."""
    for kind in (False, True):
        rows = [figure.cells for figure in figures if figure.is_detail is kind]
        if rows:
            print(table([DETAIL_HEADINGS if kind else HEADINGS, *rows]), end="\n\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="a tenth of the insured and short runs: under a minute"
    )
    parser.add_argument(
        "--only", action="append", choices=list(MEASUREMENTS), help="only this; may be repeated"
    )
    parser.add_argument(
        "--own-load", action="store_true", help="asks with our own generator even where wrk is there"
    )
    return parser.parse_args()


def _conditions(given: argparse.Namespace, fsync: float) -> str:
    return (
        f"{'quick run' if given.quick else 'full run'}, load by {tool(own=given.own_load)}, "
        f"CPython {platform.python_version()}, {os.cpu_count()} cores for client, portal and PostgreSQL together, "
        f"one write with fsync {fsync:.2f} ms"
    )


def _fsync(folder: Path) -> float:
    """How many milliseconds this disk needs to keep 8 kB for good."""
    times = []
    with (folder / "fsync").open("wb") as file:
        for _ in range(FSYNCS):
            began = time.perf_counter()
            file.write(bytes(8192))
            file.flush()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - began)
    return 1000 * median(times)


class _OutOfTime(BaseException):
    """The whole run took too long; it is no Exception, so that no measurement takes it for its own."""


def _too_long(_number: int, _frame: object) -> None:
    raise _OutOfTime


if __name__ == "__main__":
    sys.exit(main())
