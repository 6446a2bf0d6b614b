"""§ 302 files: cutting, reading, writing and checking them, beside pydifact and a bare loop over the same file.

Every one of a group runs over the same bytes, and they take turns several times; the best time of each counts,
because what disturbs a run only ever makes it slower.
"""

from __future__ import annotations

import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydifact.control.characters import Characters
from pydifact.exceptions import MissingImplementationWarning
from pydifact.parser import Parser
from pydifact.serializer import Serializer
from pydifact.tokenizer import Tokenizer

from tests.bench.figures import Figure, MeasurementFailed
from tests.bench.house import QUICK, House
from tests.bench.invoices import write_file
from tests.bench.practices import Practice
from zuzahlung.standards.edifact import reading, stream, writing
from zuzahlung.standards.edifact.syntax import elements
from zuzahlung.standards.sgbv302 import slga, slla
from zuzahlung.standards.sgbv302.messages import SLGA_21, SLLA_B_21
from zuzahlung.standards.sgbv302.service import UNB, UNH, UNT, UNZ

ROUNDS = 9
SAMPLE_CASES = 4_000
SMALL, LARGE, QUICK_LARGE = 1_000, 1_000_000, 50_000
MOST_MEGABYTES = 200


def measure(built: House, _practices: list[Practice]) -> list[Figure]:
    """Raw reading, typed reading, writing, and the check of a small and of a very large file."""
    sample = write_file(built.folder / "sample.esol", SAMPLE_CASES).read_bytes()
    built.say(f"files: {SAMPLE_CASES} cases, {len(sample) / 1e6:.1f} MB")
    figures = [*_raw(sample), *_typed(sample)]
    large = QUICK_LARGE if built.size is QUICK else LARGE
    return figures + _checks(built, large)


def _raw(sample: bytes) -> list[Figure]:
    text = sample.decode("latin-1")
    part = _tenth(text)
    ours, bare, peer = _best(lambda: _cut(sample), lambda: _cut_barely(text), lambda: _cut_by_peer(part))
    rate, peer_rate, bare_rate = (_rate(len(text), ours), _rate(len(part), peer), _rate(len(text), bare))
    return [
        _figure("segments cut", rate, f"pydifact's tokenizer {_mb(peer_rate)}", rate / peer_rate, 30, None),
        _figure("segments cut", rate, f"bare split {_mb(bare_rate)}", rate / bare_rate, None, None),
    ]


def _cut(sample: bytes) -> None:
    for _number, _offset, text in stream.segments(_chunks(sample)):
        elements(text)


def _cut_barely(text: str) -> None:
    for segment in text.split("'"):
        segment.strip().split("+")


def _cut_by_peer(text: str) -> None:
    for _ in Tokenizer().get_tokens(text, _characters()):
        pass


def _typed(sample: bytes) -> list[Figure]:
    rows = list(_read(sample))
    text = sample.decode("latin-1")
    part = _tenth(text)
    # It knows no tables of TA1, and says so for each service segment.
    warnings.filterwarnings("ignore", category=MissingImplementationWarning)
    segments = list(Parser().parse(part, _characters()))
    if "".join(f"{writing.write(row)}'\r\n" for row in rows) != text:
        raise MeasurementFailed("what was written is not what was read")
    read, bare, peer_read, write, peer_write = _best(
        lambda: _count(_read(sample)),
        lambda: _count(_bare(text)),
        lambda: _count(Parser().parse(part, _characters())),
        lambda: "'\r\n".join([writing.write(row) for row in rows]),
        lambda: Serializer().serialize(segments),
    )
    read, bare, write = _rate(len(text), read), _rate(len(text), bare), _rate(len(text), write)
    peer_read, peer_write = _rate(len(part), peer_read), _rate(len(part), peer_write)
    return [
        _figure("typed segments read", read, f"pydifact's parser {_mb(peer_read)}", read / peer_read, 10, 10),
        _figure("typed segments read", read, f"bare loop {_mb(bare)}", read / bare, None, None),
        _figure(
            "typed segments written",
            write,
            f"pydifact's serializer {_mb(peer_write)}",
            write / peer_write,
            10,
            10,
        ),
    ]


def _checks(built: House, large: int) -> list[Figure]:
    small = _check(built, SMALL)
    middle = _check(built, 10 * SMALL)
    big = _check(built, large)
    # Starting the program is the same for every file; what a case costs is the rest.
    slope = (big.seconds - middle.seconds) / (big.cases - middle.cases)
    small_slope = (middle.seconds - small.seconds) / (middle.cases - small.cases)
    cost = slope / small_slope
    return [
        Figure(
            name=f"check, all three Stufen, {one.cases:,} cases",
            value=f"{one.cases / one.seconds:,.0f} cases/s",
            peer=f"{one.seconds:.1f} s with the start of the program, {one.megabytes:.0f} MB of memory",
            target="10,000 cases/s, under 200 MB" if one.cases > SMALL else "",
            reached=one.cases / one.seconds >= 10_000 and one.megabytes < MOST_MEGABYTES
            if one.cases > SMALL
            else None,
        )
        for one in (small, middle, big)
    ] + [
        Figure(
            name=f"check, cost of a case of {large:,} beside one of {10 * SMALL:,}",
            value=f"{slope * 1e6:.0f} µs",
            peer=f"{small_slope * 1e6:.0f} µs",
            ratio=cost,
            target="0.85 to 1.15",
            reached=0.85 <= cost <= 1.15,
        )
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Run:
    cases: int
    seconds: float
    megabytes: float


_ALONE = """
import re, sys
from zuzahlung.cli.main import main
code = main(["check", sys.argv[1]])
# The most memory since this program began; what getrusage says includes the one that started it.
with open("/proc/self/status") as status:
    print(code, int(re.search(r"VmHWM:\\s+([0-9]+)", status.read())[1]) / 1024)
"""


def _check(built: House, cases: int) -> _Run:
    """Checks a file in a process of its own, the smaller ones several times."""
    path = write_file(built.folder / "many.esol", cases)
    built.say(f"check of {cases:,} cases, {path.stat().st_size / 1e6:.0f} MB")
    best = float("inf")
    for _ in range(1 if cases > 100_000 else ROUNDS):
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", _ALONE, str(path)], capture_output=True, text=True, check=True
        )
        best = min(best, time.perf_counter() - began)
    *_, verdict, last = done.stdout.strip().splitlines()
    code, megabytes = last.split()
    if code != "0" or verdict != "Kein Fehler in den Prüfstufen 1 bis 3.":
        raise MeasurementFailed(f"the file that was made has findings: {done.stdout[:500]}")
    path.unlink()
    return _Run(cases=cases, seconds=best, megabytes=float(megabytes))


def _read(sample: bytes) -> Iterator[Any]:
    """Every segment of the file as a row, with the tables of the message it stands in."""
    service = {"UNB": UNB, "UNH": UNH, "UNT": UNT, "UNZ": UNZ}
    readers: dict[str, dict[str, Callable[[str], Any]]] = {
        "SLGA": {tag: reading.reader_of(row) for tag, row in {**service, **SLGA_21.segmente}.items()},
        "SLLA": {tag: reading.reader_of(row) for tag, row in {**service, **SLLA_B_21.segmente}.items()},
    }
    current = readers["SLGA"]
    for piece in stream.segments(_chunks(sample)):
        tag = piece.text[:3]
        if tag == "UNH":
            current = readers[piece.text.split("+")[2][:4]]
        yield current[tag](piece.text)


def _bare(text: str) -> Iterator[Any]:
    """The same values without any check: split, convert, one dataclass for each kind of segment there is most of."""
    for segment in text.split("'\r\n"):
        parts = segment.split("+")
        if parts[0] == "EHE":
            code, tariff = parts[1].split(":")
            yield slla.EHE(
                leistungserbringergruppe=slla.Leistungserbringergruppe(
                    abrechnungscode=code, tarifkennzeichen=tariff
                ),
                positionsnummer=parts[2],
                anzahl=Decimal(parts[3].replace(",", ".")),
                einzelbetrag=Decimal(parts[4].replace(",", ".")),
                leistungsdatum=date.fromisoformat(parts[5]),
                zuzahlung=Decimal(parts[6].replace(",", ".")) if len(parts) > 6 else None,
                kilometer=None,
            )
        elif parts[0] == "REC":
            yield slga.REC(
                rechnungsnummer=slga.Rechnungsnummer(
                    sammelnummer=parts[1].split(":")[0], einzelnummer=parts[1].split(":")[1]
                ),
                rechnungsdatum=datetime.strptime(parts[2], "%Y%m%d").date(),  # noqa: DTZ007 - a day, no time.
                rechnungsart=parts[3],
            )
        else:
            yield parts


def _figure(
    name: str, rate: float, peer: str, ratio: float, least_ratio: float | None, least: float | None
) -> Figure:
    targets = [f"{least:.0f} MB/s"] if least else []
    targets += [f"{least_ratio:.0f} times"] if least_ratio else []
    reached = (
        (least is None or rate >= least) and (least_ratio is None or ratio >= least_ratio)
        if targets
        else None
    )
    return Figure(
        name=name, value=_mb(rate), peer=peer, ratio=ratio, target=" and ".join(targets), reached=reached
    )


def _tenth(text: str) -> str:
    """Whole cases from the beginning, as much as pydifact reads in a moment."""
    return text[: text.rindex("INV+", 0, len(text) // 10)].rstrip()


def _characters() -> Characters:
    return Characters()  # type: ignore[no-untyped-call]


def _best(*runs: Callable[[], object]) -> list[float]:
    """The shortest time of each, in seconds; they take turns, so that all of them meet the machine's good moments."""
    times: list[list[float]] = [[] for _ in runs]
    for _ in range(ROUNDS):
        for run, seen in zip(runs, times, strict=True):
            began = time.perf_counter()
            run()
            seen.append(time.perf_counter() - began)
    return [min(seen) for seen in times]


def _count(things: Iterator[Any]) -> int:
    return sum(1 for _ in things)


def _chunks(data: bytes) -> Iterator[bytes]:
    return (data[at : at + stream.CHUNK] for at in range(0, len(data), stream.CHUNK))


def _rate(size: int, seconds: float) -> float:
    return size / seconds / 1e6


def _mb(rate: float) -> str:
    return f"{rate:.1f} MB/s"
