"""Tables that leave the house as CSV: written so that a German Excel opens them and runs nothing in them.

A line ends with CR LF, cells stand apart by semicolons, and a file begins with the byte order mark by which
Excel knows UTF-8. A cell that a table program would take for a formula gets an apostrophe in front.

Source: house, how tables are exported; RFC4180, 2.
"""

from __future__ import annotations

from collections.abc import Iterable

MARK = "\ufeff"
"""What a file begins with."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_QUOTED = frozenset(';"\r\n')


def line(cells: Iterable[str]) -> str:
    r"""Return one line of the table, with its end.

    >>> line(["A123456780", "=1+1", 'Praxis "Am Markt"; Dresden'])
    'A123456780;\'=1+1;"Praxis ""Am Markt""; Dresden"\r\n'
    """
    return ";".join(_quoted(as_text(cell)) for cell in cells) + "\r\n"


def as_text(cell: str) -> str:
    """Return the cell so that no table program takes it for a formula.

    >>> as_text("=HYPERLINK(1)"), as_text("2 - 1")
    ("'=HYPERLINK(1)", '2 - 1')
    """
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _quoted(cell: str) -> str:
    if _QUOTED.isdisjoint(cell):
        return cell
    return '"' + cell.replace('"', '""') + '"'
