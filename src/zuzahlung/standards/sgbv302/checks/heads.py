"""Prüfstufe 3 of the heads of SLGA and SLLA: what a single FKT, UST, SKO or NAM may say at all.

Source: TA1 V21, 5.5.2; TA1 V21, 5.5.3.1 FKT.
"""

from __future__ import annotations

from collections.abc import Iterator

from zuzahlung.standards.sgbv302.checks.rules import FileFinding, error, warning
from zuzahlung.standards.sgbv302.checks.seen import Message

JA = "J"

SAMMELRECHNUNG = error(
    "fkt.sammelrechnung",
    3,
    "Das Feld „Sammelrechnung“ ist leer oder enthält J, hier steht „{given}“.",
    "FKT field 2 is J in a Sammelrechnung and empty elsewhere.",
    "TA1 V21, 5.5.2 FKT",
)
FREIFELD = warning(
    "fkt.freifeld",
    3,
    "Das Freifeld ist nicht vergeben und bleibt leer, hier steht „{given}“.",
    "FKT field 2 of an SLLA has no meaning and stays empty.",
    "TA1 V21, 5.5.3.1 FKT",
)
TAX_EXEMPTION = error(
    "ust.exemption",
    3,
    "Das Feld zur Befreiung von der Umsatzsteuer ist leer oder enthält J, hier steht „{given}“.",
    "UST field 2 is J if exempt by § 4 UStG, otherwise empty.",
    "TA1 V21, 5.5.2 UST",
)
DISCOUNT = warning(
    "sko.percent",
    3,
    "Ein Skonto von {given} Prozent ist keines. Ohne Skonto entfällt das Segment.",
    "SKO field 1 is above nought.",
    "TA1 V21, 5.5.2 SKO",
)
DISCOUNT_DAYS = warning(
    "sko.days",
    3,
    "Ein Zahlungsziel von 0 Tagen kann niemand einhalten.",
    "SKO field 2 is at least one day.",
    "TA1 V21, 5.5.2 SKO",
)
DISCOUNT_TWICE = warning(
    "sko.twice",
    3,
    "Für {days} Tage gibt es schon ein Skonto.",
    "Two SKO for the same Zahlungsziel contradict each other.",
    "TA1 V21, 5.5.2 SKO",
)
EMAIL = error(
    "nam.email",
    3,
    "In der E-Mail-Adresse steht „{sign}“. Umlaute sind dort nicht erlaubt.",
    "NAM field 4 holds letters and digits, but no umlauts.",
    "TA1 V21, 5.5.2 NAM",
)
NO_EMAIL = warning(
    "nam.no-email",
    3,
    "Das vierte Feld von NAM ist für eine E-Mail-Adresse da, hier steht keine.",
    "NAM field 4 has no @.",
    "TA1 V21, 5.5.2 NAM",
)


def of_slga(slga: Message) -> Iterator[FileFinding]:
    """Yield what is wrong with single fields of an SLGA."""
    if slga.fkt is not None and slga.fkt.row.sammelrechnung not in {None, JA}:
        yield SAMMELRECHNUNG.broken_at(slga.fkt.piece, "2", given=slga.fkt.row.sammelrechnung)
    if slga.ust is not None and slga.ust.row.befreiung not in {None, JA}:
        yield TAX_EXEMPTION.broken_at(slga.ust.piece, "2", given=slga.ust.row.befreiung)
    yield from _of_discounts(slga)
    if slga.nam is not None and (email := slga.nam.row.email) is not None:
        foreign = next((sign for sign in email if not sign.isascii()), None)
        if foreign is not None:
            yield EMAIL.broken_at(slga.nam.piece, "4", sign=foreign)
        elif "@" not in email[1:-1]:
            yield NO_EMAIL.broken_at(slga.nam.piece, "4")


def _of_discounts(slga: Message) -> Iterator[FileFinding]:
    targets: set[int] = set()
    for at in slga.sko:
        days = at.row.zahlungsziel
        if at.row.prozent <= 0:
            yield DISCOUNT.broken_at(at.piece, "1", given=f"{at.row.prozent:f}".replace(".", ","))
        if not days:
            yield DISCOUNT_DAYS.broken_at(at.piece, "2")
        if days in targets:
            yield DISCOUNT_TWICE.broken_at(at.piece, "2", days=days)
        targets.add(days)


def of_slla(slla: Message) -> Iterator[FileFinding]:
    """Yield what is wrong with single fields at the head of an SLLA."""
    if slla.fkt is not None and slla.fkt.row.freifeld is not None:
        yield FREIFELD.broken_at(slla.fkt.piece, "2", given=slla.fkt.row.freifeld)
