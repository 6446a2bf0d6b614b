"""The fixed values of the law on Zuzahlung: each with its paragraph and the day it is in force from.

The wording of these paragraphs was read second-hand (see `docs/sources.md`); the day is that of the
GKV-Modernisierungsgesetz, before which nothing here is asked about.

Source: SGB V, §§ 31(3), 32(2), 33(8), 60, 61, 62(1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from zuzahlung.standards.days import format_day
from zuzahlung.standards.errors import DayError


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Zuzahlungssatz:
    """What is due for Heilmittel: so much of every 100 Euro of cost, and euros once for each Verordnung."""

    vom_hundert: Decimal
    je_verordnung: Decimal
    fundstelle: str
    gueltig_ab: date


ZUZAHLUNGSSAETZE = (
    Zuzahlungssatz(
        vom_hundert=Decimal(10),
        je_verordnung=Decimal("10.00"),
        fundstelle="§ 61 Satz 3 SGB V",
        gueltig_ab=_GMG,
    ),
)
"""The amounts for Heilmittel, the oldest first: a new amount is a new row with its first day."""


class BeforeTheLaw(DayError):
    """The day lies before the first one for which an amount of the law is held here."""

    phrase = "day before the law held here"


def find_zuzahlungssatz(
    day: date, saetze: Sequence[Zuzahlungssatz] = ZUZAHLUNGSSAETZE
) -> Zuzahlungssatz | None:
    """Return what is in force on a day of treatment, or None before the first row.

    The day of treatment decides for the share, because the cost arises on it: the contracts bind the price
    to that day, and the share is one of the price. The first day of treatment decides for the amount for
    each Verordnung, because that amount is incurred with the first service and not with the signature of
    the doctor. No text says so of a change of the law; a new one may bring a rule of its own.

    Source: SGB V, § 61 Satz 3; Physio-A2, B(6); house, the day that decides.
    """
    for satz in reversed(saetze):
        if satz.gueltig_ab <= day:
            return satz
    return None


def get_zuzahlungssatz(day: date, saetze: Sequence[Zuzahlungssatz] = ZUZAHLUNGSSAETZE) -> Zuzahlungssatz:
    """Return what is in force on a day of treatment; raise BeforeTheLaw before the first row.

    >>> satz = get_zuzahlungssatz(date(2026, 9, 7))
    >>> satz.vom_hundert, satz.je_verordnung, satz.fundstelle
    (Decimal('10'), Decimal('10.00'), '§ 61 Satz 3 SGB V')
    """
    satz = find_zuzahlungssatz(day, saetze)
    if satz is None:
        raise BeforeTheLaw(
            f"Für den {format_day(day)} ist hier keine Zuzahlung hinterlegt. Bitte prüfen Sie den Tag."
        )
    return satz
