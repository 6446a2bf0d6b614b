"""An explained file as lines for a terminal, a hundred columns wide: aligned, plain, without colours."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import zip_longest

from zuzahlung.cli.explanation_blocks import AsItStands, Block, Column, Facts, Heading, Sentence, Table
from zuzahlung.cli.explanation_words import MINUS, NO_BREAK
from zuzahlung.cli.terminal import german, shown

WIDTH = 100
GAP = "  "
LONGEST_SEGMENT = 1_000
"""More of a segment is not shown; the longest that the documents know is half as long."""

_UNDERLINES = {1: "=", 2: "=", 3: "-"}
MOST_KEPT = 4_096
"""How many texts are kept as they were broken into lines: most come again in every case."""


def lines(blocks: Iterable[Block]) -> Iterator[str]:
    """Yields the lines, without line ends; no character in them does anything to a terminal."""
    is_first = True
    for block in blocks:
        if not is_first:
            yield ""
        is_first = False
        for line in _lines(block):
            # A terminal breaks no line of ours, and may not know the real minus.
            yield line.replace(NO_BREAK, " ").replace(MINUS, "-").rstrip()


def _lines(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield from _heading(block)
    elif isinstance(block, Facts):
        yield from _facts(block)
    elif isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Sentence):
        yield from _wrapped(shown(block.text), WIDTH)
    else:
        yield from _segments(block)


def _heading(block: Heading) -> Iterator[str]:
    found = _wrapped(shown(block.text), WIDTH)
    yield from found
    yield _UNDERLINES[block.level] * max(map(len, found))


def _facts(block: Facts) -> Iterator[str]:
    names = max(len(name) for name, _ in block.rows)
    for name, value in block.rows:
        found = _wrapped(shown(value), WIDTH - names - len(GAP))
        for label, line in zip_longest([name], found, fillvalue=""):
            yield f"{label:<{names}}{GAP}{line}"


def _segments(block: AsItStands) -> Iterator[str]:
    yield f"{shown(block.lead)}:"
    for number, text in block.segments:
        whole = f"Segment {german(number)}: {shown(text[:LONGEST_SEGMENT])}"
        if len(text) > LONGEST_SEGMENT:
            whole += f" … ({german(len(text))} Zeichen)"
        # Cut at the edge and nowhere else, so that no blank gets lost.
        for start in range(0, len(whole), WIDTH - 4):
            yield (GAP * 2 if start else GAP) + whole[start : start + WIDTH - 4]


def _table(block: Table) -> Iterator[str]:
    rows = [[shown(cell) for cell in row] for row in block.rows]
    foot = [] if block.foot is None else [[shown(cell) for cell in block.foot]]
    widths = _widths(block.columns, [*rows, *foot])
    line = GAP.join("-" * width for width in widths)
    yield block.caption
    yield from _row([column.title for column in block.columns], block.columns, widths, is_head=True)
    yield line
    seen: set[str] = set()
    for row in rows:
        yield from _row([*_once(row, block.columns, widths, seen)], block.columns, widths)
    if foot:
        yield line
        yield from _row(foot[0], block.columns, widths)


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[int]:
    """Returns how wide each column is; a wordy one takes what the others leave."""
    needed = [
        max([_narrowest(column), *(len(row[place]) for row in rows)]) for place, column in enumerate(columns)
    ]
    given = sum(width for width, column in zip(needed, columns, strict=True) if not column.is_wordy)
    left = max(WIDTH - len(GAP) * (len(columns) - 1) - given, 10)
    return [
        min(width, left) if column.is_wordy else width for width, column in zip(needed, columns, strict=True)
    ]


def _narrowest(column: Column) -> int:
    """Returns the width of the title, which may go over several lines above numbers."""
    return max(map(len, column.title.split())) if column.is_number else len(column.title)


def _once(
    row: Sequence[str], columns: Sequence[Column], widths: Sequence[int], seen: set[str]
) -> Iterator[str]:
    """Yields the cells; long words that stand above already are told by their beginning."""
    for cell, column, width in zip(row, columns, widths, strict=True):
        if column.is_wordy and cell in seen:
            yield cell if len(cell) <= width else textwrap.shorten(cell, width, placeholder=" …")
            continue
        if column.is_wordy:
            seen.add(cell)
        yield cell


def _row(
    cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int], *, is_head: bool = False
) -> Iterator[str]:
    stacks: list[Sequence[str]] = [_wrapped(cell, width) for cell, width in zip(cells, widths, strict=True)]
    if is_head:
        highest = max(map(len, stacks))
        stacks = [[""] * (highest - len(stack)) + [*stack] for stack in stacks]
    for parts in zip_longest(*stacks, fillvalue=""):
        yield GAP.join(
            f"{part:>{width}}" if column.is_number else f"{part:<{width}}"
            for part, column, width in zip(parts, columns, widths, strict=True)
        )


def _wrapped(text: str, width: int) -> Sequence[str]:
    return (text,) if len(text) <= width else _broken(text, width)


@lru_cache(MOST_KEPT)
def _broken(text: str, width: int) -> Sequence[str]:
    return tuple(textwrap.wrap(text, width, break_on_hyphens=False)) or ("",)
