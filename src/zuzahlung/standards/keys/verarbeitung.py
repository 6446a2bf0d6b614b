"""Verarbeitungskennzeichen (VKZ): first invoice, claim or correction, and which earlier one it may name.

Every VKZ but 01 belongs to the correction procedure, and its cases name an earlier invoice in URI.

Source: TA3 V21, 8.1.7; TA1 V21, 7.1, 7.2, 7.3, 7.4; UE, 24, 26.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from zuzahlung.standards.keys.schluessel import Schluessel

ABRECHNUNG: Final = "01"
NACHFORDERUNG: Final = "02"
ZUZAHLUNGSFORDERUNG: Final = "03"
KORREKTURRECHNUNG: Final = "04"
WIEDERAUFNAHME: Final = "10"

# TA1, 7.1 lets 10 be tried out since 01.07.2023, but TA3 has it only since its V21, and UE, 24 asks for 02
# up to 30.09.2025: a file of an earlier day has no 10.
VERARBEITUNGSKENNZEICHEN: Final = Schluessel(
    nummer="8.1.7",
    name="Verarbeitungskennzeichen",
    werte={
        ABRECHNUNG: "Abrechnung ohne Besonderheiten",
        NACHFORDERUNG: "Nachforderung",
        ZUZAHLUNGSFORDERUNG: "Zuzahlungsforderung",
        KORREKTURRECHNUNG: "Korrekturrechnung",
        WIEDERAUFNAHME: "Wiederaufnahme",
    },
    gueltig_ab={WIEDERAUFNAHME: date(2025, 10, 1)},
)

URSPRUENGE: Final[Mapping[str, frozenset[str]]] = {
    ABRECHNUNG: frozenset(),
    NACHFORDERUNG: frozenset({ABRECHNUNG, WIEDERAUFNAHME}),
    ZUZAHLUNGSFORDERUNG: frozenset({ABRECHNUNG, NACHFORDERUNG, KORREKTURRECHNUNG, WIEDERAUFNAHME}),
    KORREKTURRECHNUNG: frozenset({ABRECHNUNG, NACHFORDERUNG, WIEDERAUFNAHME}),
    WIEDERAUFNAHME: frozenset({ABRECHNUNG}),
}
"""The VKZ that the invoice named in URI may have, by the VKZ of the invoice itself; 01 has no URI."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Korrekturverfahren:
    """Since when a Leistungsbereich may, and must, correct invoices by file, and with which VKZ."""

    leistungsbereich: str
    optional_ab: date
    verpflichtend_ab: date
    verarbeitungskennzeichen: tuple[str, ...]


# The last line is that of Hebammen, who are no part of Heilmittel.
KORREKTURVERFAHREN: Final = (
    Korrekturverfahren(
        leistungsbereich="Heilmittel",
        optional_ab=date(2019, 7, 1),
        verpflichtend_ab=date(2020, 7, 1),
        verarbeitungskennzeichen=(NACHFORDERUNG, ZUZAHLUNGSFORDERUNG, KORREKTURRECHNUNG),
    ),
    Korrekturverfahren(
        leistungsbereich="Heilmittel (Physiotherapie)",
        optional_ab=date(2023, 7, 1),
        verpflichtend_ab=date(2025, 10, 1),
        verarbeitungskennzeichen=(NACHFORDERUNG, ZUZAHLUNGSFORDERUNG, KORREKTURRECHNUNG, WIEDERAUFNAHME),
    ),
)
"""The table of TA1, 7.1, as far as Heilmittel go."""


def may_name(*, vkz: str, ursprung: str) -> bool:
    """Say whether the URI of an invoice with this VKZ may name an invoice with that of `ursprung`.

    >>> may_name(vkz="03", ursprung="04"), may_name(vkz="04", ursprung="04")
    (True, False)
    """
    return ursprung in URSPRUENGE.get(vkz, ())
