"""The fixed values of the law on Zuzahlung: each with its paragraph and the day it is in force from.

The wording of these paragraphs was read second-hand (see `docs/sources.md`); the day is that of the
GKV-Modernisierungsgesetz, before which nothing here is asked about.

Source: SGB V, §§ 31(3), 32(2), 33(8), 60, 61, 62(1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Leistungsart(StrEnum):
    """The kind of service a Zuzahlung is due for."""

    ARZNEIMITTEL = "Arzneimittel"
    HEILMITTEL = "Heilmittel"
    HILFSMITTEL = "Hilfsmittel"
    FAHRKOSTEN = "Fahrkosten"


@dataclass(frozen=True, kw_only=True, slots=True)
class Altersgrenze:
    """Whether the law spares the insured until a year of life is completed; None: it spares nobody."""

    leistungsart: Leistungsart
    vollendetes_lebensjahr: int | None
    fundstelle: str
    gueltig_ab: date


_GMG = date(2004, 1, 1)

ALTERSGRENZEN = (
    Altersgrenze(
        leistungsart=Leistungsart.ARZNEIMITTEL,
        vollendetes_lebensjahr=18,
        fundstelle="§ 31(3) SGB V",
        gueltig_ab=_GMG,
    ),
    Altersgrenze(
        leistungsart=Leistungsart.HEILMITTEL,
        vollendetes_lebensjahr=18,
        fundstelle="§ 32(2) SGB V",
        gueltig_ab=_GMG,
    ),
    Altersgrenze(
        leistungsart=Leistungsart.HILFSMITTEL,
        vollendetes_lebensjahr=18,
        fundstelle="§ 33(8) SGB V",
        gueltig_ab=_GMG,
    ),
    # The law on journeys names no age: children owe the Zuzahlung too, unless they are exempt.
    Altersgrenze(
        leistungsart=Leistungsart.FAHRKOSTEN,
        vollendetes_lebensjahr=None,
        fundstelle="§§ 60, 61 Satz 1 SGB V",
        gueltig_ab=_GMG,
    ),
)


def spares_minors(leistungsart: Leistungsart) -> bool:
    """Say whether insured under 18 owe no Zuzahlung for this kind of service.

    >>> spares_minors(Leistungsart.HEILMITTEL), spares_minors(Leistungsart.FAHRKOSTEN)
    (True, False)
    """
    return any(
        limit.leistungsart is leistungsart and limit.vollendetes_lebensjahr is not None
        for limit in ALTERSGRENZEN
    )


def end_of_exemption_year(day: date) -> date:
    """Return the last day an exemption of this day can reach: 31 December of its calendar year.

    The limit of burden (Belastungsgrenze) is reached, and the exemption granted, per calendar year.

    Source: SGB V, § 62(1), in force from 01.01.2004.
    """
    return date(day.year, 12, 31)
