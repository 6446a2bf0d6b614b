"""A key table (Schlüssel) of the official documents: each code of a file beside its German meaning.

TA3 calls a table „Schlüssel“ and a line of it „Schlüsselwert“; so do we. Codes are strings, because they are
not counted with and `01` is not `1`. Codes that a document prints as „nicht belegt“ are no members.

Source: TA3 V21, 8.1.

>>> RECHNUNGSART = Schluessel(nummer="8.1.4", name="Rechnungsart", werte={"1": "selbst"}, nicht_belegt=["0"])
>>> "1" in RECHNUNGSART, "0" in RECHNUNGSART, "0" in RECHNUNGSART.nicht_belegt
(True, False, True)
>>> RECHNUNGSART["1"].bedeutung
'selbst'
>>> RECHNUNGSART.fundstelle
'TA3 V21, 8.1.4'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True, kw_only=True, slots=True)
class Schluesselwert:
    """One line of a table: a code, what it means, and from which to which day it may stand in a file.

    Without `gueltig_ab` it is as old as the files that we read, without `gueltig_bis` it is still in use.
    """

    code: str
    bedeutung: str
    gueltig_ab: date | None = None
    gueltig_bis: date | None = None

    def is_valid_on(self, on: date) -> bool:
        """Say whether the code may be used on this day."""
        return (self.gueltig_ab or date.min) <= on <= (self.gueltig_bis or date.max)


class Schluessel(Mapping[str, Schluesselwert]):
    """A table, looked up by code; iterating gives the codes in the order of the document.

    `codes` are the same codes as a frozenset, for loops that ask nothing but membership. `nummer` is the
    chapter, `fundstelle` names the document too. A table equals only itself, so it can mark a field's type.
    """

    __slots__ = ("_werte", "codes", "dokument", "name", "nicht_belegt", "nummer")

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __init__(
        self,
        *,
        nummer: str,
        name: str,
        werte: Mapping[str, str],
        nicht_belegt: Iterable[str] = (),
        gueltig_ab: Mapping[str, date] | None = None,
        gueltig_bis: date | None = None,
        dokument: str = "TA3 V21",
    ) -> None:
        """Take the meanings by code; `gueltig_ab` dates single codes, `gueltig_bis` ends the whole table."""
        self.nummer: Final = nummer
        self.name: Final = name
        self.dokument: Final = dokument
        self.nicht_belegt: Final = frozenset(nicht_belegt)
        self.codes: Final = frozenset(werte)
        since = gueltig_ab or {}
        self._werte: Final = {
            code: Schluesselwert(
                code=code, bedeutung=bedeutung, gueltig_ab=since.get(code), gueltig_bis=gueltig_bis
            )
            for code, bedeutung in werte.items()
        }

    @property
    def fundstelle(self) -> str:
        """Document, version and chapter, as a finding names them."""
        return f"{self.dokument}, {self.nummer}"

    def __getitem__(self, code: str) -> Schluesselwert:
        return self._werte[code]

    def __contains__(self, code: object) -> bool:
        return code in self._werte

    def __iter__(self) -> Iterator[str]:
        return iter(self._werte)

    def __len__(self) -> int:
        return len(self._werte)

    def __repr__(self) -> str:
        return f"<Schluessel {self.nummer} {self.name}>"
