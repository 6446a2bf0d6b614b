"""Prices of the contracts under § 125(1) SGB V: what one unit costs on a day, and its Zuzahlung.

The price of the treatment day counts. Four contracts are held. No price is held for the Ernährungstherapie
(Abrechnungscodes 73, 74), for Blankoverordnungen (§ 125a SGB V), nor for days before a list came into
force; `why_none` tells these apart, so that nobody takes „not held“ for „not agreed“.

Source: Physio-A2, A; Ergo-A2, A; SSSST-A2, 4 to 6; Podo-A2, §§ 1 to 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache

from zuzahlung.standards.keys import shipped
from zuzahlung.standards.keys.leistungserbringer import LEISTUNGSERBRINGERGRUPPEN
from zuzahlung.standards.keys.verordnung import (
    ERGOTHERAPIE,
    PHYSIOTHERAPIE,
    PODOLOGIE,
    STIMM_SPRECH_SPRACH_UND_SCHLUCKTHERAPIE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Preis:
    """What a contract says of one position for a span of treatment days; amounts are euros for one unit.

    `positionsnummer` is printed as in the contract (`X0501`). `preis` None: the contract fixes none, and
    `hoechstpreis` is its upper limit if it prints one. `zuzahlung` None: the position bears none, which
    never means that it is unknown. `gueltig_bis` None: open. `fundstelle` is document, chapter and page.
    `verordnung_ab` and `verordnung_bis`: the days of issue of the Verordnungen it is agreed for; None: any.
    """

    positionsnummer: str
    bezeichnung: str
    preis: Decimal | None
    hoechstpreis: Decimal | None
    zuzahlung: Decimal | None
    gueltig_ab: date
    gueltig_bis: date | None
    fundstelle: str
    verordnung_ab: date | None
    verordnung_bis: date | None

    def is_valid_on(self, on: date) -> bool:
        """Return whether this is the price of what was done on this day."""
        return self.gueltig_ab <= on and (self.gueltig_bis is None or on <= self.gueltig_bis)

    def is_agreed_for(self, ausgestellt_am: date) -> bool:
        """Return whether the position may be billed on a Verordnung issued on this day.

        >>> find("7100501", "78610", date(2026, 11, 2)).is_agreed_for(date(2025, 9, 30))
        False
        """
        return (self.verordnung_ab is None or self.verordnung_ab <= ausgestellt_am) and (
            self.verordnung_bis is None or ausgestellt_am <= self.verordnung_bis
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Verguetungsliste:
    """The price list of one contract: for which Leistungserbringergruppen (LEGS) it is agreed.

    `statusziffern` are those the contract puts for the X of its numbers; a contract that prints all five
    characters has none. `tabelle` is the name of the shipped table.
    """

    bereich: str
    legs: tuple[str, ...]
    statusziffern: str
    tabelle: str


VERGUETUNGSLISTEN = (
    Verguetungsliste(
        bereich="Physiotherapie",
        legs=LEISTUNGSERBRINGERGRUPPEN[PHYSIOTHERAPIE],
        statusziffern="1268",
        tabelle="preise_physiotherapie",
    ),
    Verguetungsliste(
        bereich="Ergotherapie",
        legs=LEISTUNGSERBRINGERGRUPPEN[ERGOTHERAPIE],
        statusziffern="568",
        tabelle="preise_ergotherapie",
    ),
    Verguetungsliste(
        bereich="Stimm-, Sprech-, Sprach- und Schlucktherapie",
        legs=LEISTUNGSERBRINGERGRUPPEN[STIMM_SPRECH_SPRACH_UND_SCHLUCKTHERAPIE],
        statusziffern="",
        tabelle="preise_stimmtherapie",
    ),
    Verguetungsliste(
        bereich="Podologie",
        legs=LEISTUNGSERBRINGERGRUPPEN[PODOLOGIE],
        statusziffern="",
        tabelle="preise_podologie",
    ),
)
"""The lists held, in the order of the Abrechnungscodes of their practices."""


class Grund(StrEnum):
    """Why there is no price."""

    KEINE_LISTE = "no list is held for this Leistungserbringergruppe"
    KEINE_LISTE_AN_DIESEM_TAG = "the list held is not in force on this day"
    NICHT_IN_DER_LISTE = "the list in force does not hold this position"


def find(legs: str, positionsnummer: str, on: date) -> Preis | None:
    """Return the price of a position on a treatment day, or None, of which `why_none` tells the reason.

    `legs` are seven characters, Abrechnungscode and Tarifkennzeichen together. Whether the first digit of
    the number is the right one for these LEGS is not looked at: the price is the same. Nor is the day on
    which the Verordnung was issued: ask the price (`is_agreed_for`).

    >>> preis = find("2200501", "20501", date(2026, 11, 2))
    >>> preis.preis, preis.zuzahlung
    (Decimal('29.63'), Decimal('2.96'))
    >>> find("2600501", "54405", date(2026, 11, 2)).hoechstpreis
    Decimal('400.00')
    """
    liste = _BY_LEGS.get(legs)
    if liste is None:
        return None
    for preis in _prices(liste).get(positionsnummer, ()):
        if preis.is_valid_on(on):
            return preis
    return None


def why_none(legs: str, positionsnummer: str, on: date) -> Grund | None:
    """Return the reason why there is no price, or None where there is one.

    >>> why_none("7300501", "A5001", date(2026, 11, 2)).name
    'KEINE_LISTE'
    >>> why_none("2200501", "20501", date(2025, 12, 31)).name
    'KEINE_LISTE_AN_DIESEM_TAG'
    >>> why_none("2200501", "29933", date(2026, 11, 2)).name
    'NICHT_IN_DER_LISTE'
    """
    if find(legs, positionsnummer, on) is not None:
        return None
    if legs not in _BY_LEGS:
        return Grund.KEINE_LISTE
    return Grund.NICHT_IN_DER_LISTE if has_list(legs, on) else Grund.KEINE_LISTE_AN_DIESEM_TAG


def has_list(legs: str, on: date) -> bool:
    """Return whether a price list is held that is in force for these LEGS on this day."""
    liste = _BY_LEGS.get(legs)
    return liste is not None and any(preis.is_valid_on(on) for preis in _rows(liste))


def listed_from(legs: str) -> date | None:
    """Return the first treatment day the list held for these LEGS has prices for, or None without a list.

    >>> listed_from("2300501")
    datetime.date(2026, 7, 1)
    """
    liste = _BY_LEGS.get(legs)
    return None if liste is None else min(preis.gueltig_ab for preis in _rows(liste))


_BY_LEGS = {legs: liste for liste in VERGUETUNGSLISTEN for legs in liste.legs}


@cache
def _rows(liste: Verguetungsliste) -> tuple[Preis, ...]:
    return tuple(_preis(row) for row in shipped.rows(liste.tabelle))


@cache
def _prices(liste: Verguetungsliste) -> dict[str, list[Preis]]:
    prices: dict[str, list[Preis]] = {}
    for preis in _rows(liste):
        for number in _numbers(preis.positionsnummer, liste.statusziffern):
            prices.setdefault(number, []).append(preis)
    return prices


def _numbers(printed: str, statusziffern: str) -> list[str]:
    if not printed.startswith("X"):
        return [printed]
    return [status + printed[1:] for status in statusziffern]


def _preis(row: dict[str, str]) -> Preis:
    return Preis(
        positionsnummer=row["positionsnummer"],
        bezeichnung=row["bezeichnung"],
        preis=shipped.amount(row["preis"]),
        hoechstpreis=shipped.amount(row["hoechstpreis"]),
        zuzahlung=shipped.amount(row["zuzahlung"]),
        gueltig_ab=date.fromisoformat(row["gueltig_ab"]),
        gueltig_bis=shipped.day(row["gueltig_bis"]),
        fundstelle=row["fundstelle"],
        # Only the Podologie tells positions apart by the day of the Verordnung.
        verordnung_ab=shipped.day(row.get("verordnung_ab", "")),
        verordnung_bis=shipped.day(row.get("verordnung_bis", "")),
    )
