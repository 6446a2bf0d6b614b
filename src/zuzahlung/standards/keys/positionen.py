"""Heilmittelpositionsnummern: which five-character numbers exist, what they name, and from when to when.

That a number exists here does not mean that it can be billed: that is said by the price list of the
contract (`preise`). The directory still holds numbers the contracts have long renamed.

Source: HPNR, Stand 15.12.2025.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from zuzahlung.standards.keys import shipped


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """One number of the directory with its label.

    `bereich` is the Heilmittelbereich and `grundlage` the paragraph, None where the directory names none;
    „§ 125a SGB V“ marks the positions of a Blankoverordnung. `gueltig_bis` None: open.
    """

    positionsnummer: str
    leistung: str
    bereich: str | None
    grundlage: str | None
    gueltig_ab: date
    gueltig_bis: date | None

    def is_valid_on(self, on: date) -> bool:
        """Return whether the number may name what was done on this day."""
        return self.gueltig_ab <= on and (self.gueltig_bis is None or on <= self.gueltig_bis)


def find(positionsnummer: str, on: date) -> Position | None:
    """Return the position that the number names on the treatment day, or None.

    >>> find("20501", date(2026, 11, 2)).leistung
    'Allgemeine Krankengymnastik (KG) (auch auf neurophysiologischer Grundlage): Einzelbehandlung'
    >>> find("29950", date(2025, 12, 31)) is None
    True
    """
    position = find_on_any_day(positionsnummer)
    return position if position is not None and position.is_valid_on(on) else None


def find_on_any_day(positionsnummer: str) -> Position | None:
    """Return the position of the number whenever it is valid, or None where the directory has no such number.

    >>> find_on_any_day("29950").gueltig_ab
    datetime.date(2026, 1, 1)
    """
    return _directory().get(positionsnummer)


@cache
def _directory() -> dict[str, Position]:
    return {row["positionsnummer"]: _position(row) for row in shipped.rows("positionen")}


def _position(row: dict[str, str]) -> Position:
    return Position(
        positionsnummer=row["positionsnummer"],
        leistung=row["leistung"],
        bereich=row["bereich"] or None,
        grundlage=row["grundlage"] or None,
        gueltig_ab=date.fromisoformat(row["gueltig_ab"]),
        gueltig_bis=shipped.day(row["gueltig_bis"]),
    )
