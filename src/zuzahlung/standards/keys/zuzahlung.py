"""Zuzahlungskennzeichen: the digit that tells the fund who bears the Zuzahlung of a Verordnung.

Source: TA3 V21, 8.1.3.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final, Self

from zuzahlung.standards.keys.schluessel import Schluessel


class Zuzahlungskennzeichen(IntEnum):
    """The six codes in the order of the document; `bedeutung` is its German meaning."""

    bedeutung: str

    def __new__(cls, code: int, bedeutung: str) -> Self:
        """Make the member that is its code and knows its meaning."""
        member = int.__new__(cls, code)
        member._value_ = code
        member.bedeutung = bedeutung
        return member

    KEINE_GESETZLICHE_ZUZAHLUNG = 0, "keine gesetzliche Zuzahlung"
    ZUZAHLUNGSBEFREIT = 1, "zuzahlungsbefreit"
    # Only a claim of the provider after a written demand (§ 43c SGB V) carries 2; no query leads to it.
    KEINE_ZUZAHLUNG_TROTZ_ZAHLUNGSAUFFORDERUNG = (
        2,
        "keine Zuzahlung trotz schriftlicher Zahlungsaufforderung",
    )
    ZUZAHLUNGSPFLICHTIG = 3, "zuzahlungspflichtig"
    # 4 and 5: the change came after the Verordnung was issued, or while the treatment went on.
    UEBERGANG_ZU_ZUZAHLUNGSFREI = 4, "Übergang zuzahlungspflichtig zu zuzahlungsfrei"
    UEBERGANG_ZU_ZUZAHLUNGSPFLICHTIG = 5, "Übergang zuzahlungsfrei zu zuzahlungspflichtig"


ZUZAHLUNG: Final = Schluessel(
    nummer="8.1.3",
    name="Zuzahlung",
    werte={str(key.value): key.bedeutung for key in Zuzahlungskennzeichen},
)
"""The codes as they stand in a file; `Zuzahlungskennzeichen(int(code))` is the member of a code."""
