"""Reads the tables shipped beside the keys: long lists of official numbers, amounts and days.

They are part of the program like its code (an allowed exception to "no I/O"), and each is read when it is
first asked for, never when the program starts.

Source: house, how shipped tables are read.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from importlib.resources import files


def rows(table: str) -> Iterator[dict[str, str]]:
    """Return the rows of a table by the names of their columns; what they mean stands in tables/README.md."""
    text = files("zuzahlung.standards.keys").joinpath("tables", f"{table}.csv").read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines(), delimiter=";", strict=True)


def day(cell: str) -> date | None:
    """Return the day in a cell; an empty one means that no day is set.

    >>> day("2026-01-01"), day("")
    (datetime.date(2026, 1, 1), None)
    """
    return date.fromisoformat(cell) if cell else None


def amount(cell: str) -> Decimal | None:
    """Return the euros in a cell; an empty one means that there is no amount.

    >>> amount("29.63"), amount("")
    (Decimal('29.63'), None)
    """
    return Decimal(cell) if cell else None
