"""Invented insured for demo, tests and measurements: as many as wanted, always the same ones for a seed.

All numbers begin with X, so that an invented one is recognised wherever it turns up. One insured in ten is
exempt for some time, three in twenty are under 18.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, BinaryIO

from zuzahlung.standards.numbers import kvnr
from zuzahlung.standards.numbers.kvnr import KVNR

EXEMPT_SHARE, MINOR_SHARE = 0.10, 0.15
LETTER = "X"
CSV_HEADER = "kvnr;initials;birthDate;from;to;revokedOn"
BATCH = 10_000
_NUMBERS = 10**8
# Has no factor in common with 10**8, so counting in such steps meets every number once.
_STEP = 61_803_399
_INITIALS = "AAABBCDEEFGHHIJJKKLLMMMNOPRSSTUVWZÄÖ"


@dataclass(frozen=True, kw_only=True, slots=True)
class Granted:
    """One exemption as a fund delivers it; `to` is its last day, `revoked_on` the first without effect."""

    first: date
    last: date
    revoked_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Invented:
    """One invented insured."""

    kvnr: KVNR
    initials: str
    birth_date: date
    periods: tuple[Granted, ...]


def kvnr_at(place: int, *, seed: int = 1) -> KVNR:
    """The number of the insured at a place (from 0) of the list for a seed."""
    nine = f"{LETTER}{(place * _STEP + seed * 7_919) % _NUMBERS:08}"
    return KVNR(nine + kvnr.check_digit(nine))


def insured(count: int, *, seed: int = 1, today: date) -> Iterator[Invented]:
    """The first insured of the list for a seed; a longer list begins with the shorter one."""
    random = Random(seed).random  # noqa: S311 - invented people need no secrets
    years = _Years(today)
    letters = len(_INITIALS)
    for place in range(count):
        is_minor = random() < MINOR_SHARE
        days = years.days_of_childhood if is_minor else years.days_of_adults
        born = years.eighteen_years_ago + timedelta(days=int(random() * days) * (1 if is_minor else -1))
        yield Invented(
            kvnr=kvnr_at(place, seed=seed),
            initials=f"{_INITIALS[int(random() * letters)]}. {_INITIALS[int(random() * letters)]}.",
            birth_date=born,
            periods=years.periods(random) if random() < EXEMPT_SHARE else (),
        )


class _Years:
    """The days that matter around today, made once for all insured."""

    def __init__(self, today: date) -> None:
        self.eighteen_years_ago = date(today.year - 18, today.month, min(today.day, 28)) + timedelta(days=1)
        self.days_of_childhood = (today - self.eighteen_years_ago).days + 1
        self.days_of_adults = 75 * 365
        self._january, self._december = date(today.year, 1, 1), date(today.year, 12, 31)
        self._last_january, self._last_december = date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
        self._days_so_far = (today - self._january).days + 1

    def periods(self, random: Callable[[], float]) -> tuple[Granted, ...]:
        """Mostly this year from some day on; some last year too, some revoked."""
        kind = random()
        first = self._january + timedelta(days=int(random() * self._days_so_far))
        if kind < 0.4:
            first = self._january
        revoked_on = first + timedelta(days=int(random() * 90)) if kind > 0.95 else None
        this_year = Granted(first=first, last=self._december, revoked_on=revoked_on)
        if 0.2 < kind < 0.3:
            return (Granted(first=self._last_january, last=self._last_december, revoked_on=None), this_year)
        return (this_year,)


def ndjson(person: Invented) -> str:
    """The line of one insured, without its end."""
    if not person.periods:
        return (
            f'{{"kvnr":"{person.kvnr}","initials":"{person.initials}",'
            f'"birthDate":"{person.birth_date.isoformat()}","periods":[]}}'
        )
    return json.dumps(
        {
            "kvnr": person.kvnr,
            "initials": person.initials,
            "birthDate": person.birth_date.isoformat(),
            "periods": [
                {
                    "from": one.first.isoformat(),
                    "to": one.last.isoformat(),
                    "revokedOn": one.revoked_on.isoformat() if one.revoked_on else None,
                }
                for one in person.periods
            ],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def csv(person: Invented) -> str:
    """The lines of one insured, one for each period, without the end of the last."""
    who = f"{person.kvnr};{person.initials};{person.birth_date.isoformat()}"
    return (
        "\n".join(f"{who};{one.first};{one.last};{one.revoked_on or ''}" for one in person.periods)
        or f"{who};;;"
    )


def write_delivery(path: Path, count: int, *, today: date, seed: int = 1, as_csv: bool = False) -> Path:
    """Writes a delivery of that many insured, packed where the name ends in .gz."""
    written = csv if as_csv else ndjson
    with path.open("wb") as file, _packed(file, path) as out:
        if as_csv:
            out.write(f"{CSV_HEADER}\n".encode())
        batch: list[str] = []
        for person in insured(count, seed=seed, today=today):
            batch.append(written(person))
            if len(batch) == BATCH:
                out.write(("\n".join(batch) + "\n").encode())
                batch.clear()
        if batch:
            out.write(("\n".join(batch) + "\n").encode())
    return path


def _packed(file: BinaryIO, path: Path) -> AbstractContextManager[Any]:
    if path.suffix == ".gz":
        # Without the time in it the same list is the same file.
        return gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1, mtime=0, filename="")
    return nullcontext(file)
