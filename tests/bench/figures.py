"""A measured figure beside its peer and its target, and the plain table of all of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

HEADINGS = ("figure", "value", "peer", "ratio", "target", "reached")
DETAIL_HEADINGS = ("page", "p50 / p95", "", "", "target", "reached")


class MeasurementFailed(Exception):
    """Something did not run, or an answer was not the one expected: there is no figure."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One line of the table. `reached` is None where nothing was promised; details stand in a table of their own."""

    name: str
    value: str
    peer: str = ""
    ratio: float | None = None
    target: str = ""
    reached: bool | None = None
    is_detail: bool = False

    @property
    def cells(self) -> tuple[str, ...]:
        """The texts of the line, in the order of the headings."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        reached = {None: "", True: "yes", False: "NO"}[self.reached]
        return self.name, self.value, self.peer, ratio, self.target, reached


@dataclass(frozen=True, kw_only=True, slots=True)
class Times:
    """How long many things of one kind took, in seconds."""

    seconds: Sequence[float]

    def percentile(self, percent: float) -> float:
        """The time within which this share was done, in milliseconds (nearest rank)."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[max(math.ceil(percent / 100 * len(ordered)) - 1, 0)]

    @property
    def middle(self) -> float:
        """The median, in milliseconds."""
        return 1000 * median(self.seconds)

    @property
    def longest(self) -> float:
        """In milliseconds."""
        return 1000 * max(self.seconds)


def per_second(rate: float) -> str:
    """A rate as it is written in the table."""
    return f"{rate:,.0f}/s"


def milliseconds(value: float) -> str:
    """A time as it is written in the table."""
    return f"{value:.1f} ms"


def table(rows: Iterable[Sequence[str]]) -> str:
    """Rows below each other in columns; the first row is the heading."""
    lines = [list(row) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
