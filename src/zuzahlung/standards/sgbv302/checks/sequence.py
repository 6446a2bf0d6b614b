"""Prüfstufe 3 of the sequence of messages: an SLGA and its SLLA in turn, and which SLGA is a Sammelrechnung.

Source: TA1 V21, 5.3; TA1 V21, 5.5.2 FKT.
"""

from __future__ import annotations

from collections.abc import Iterator

from zuzahlung.standards.sgbv302.checks.heads import JA
from zuzahlung.standards.sgbv302.checks.rules import FileFinding, error
from zuzahlung.standards.sgbv302.checks.seen import At, Message

WITHOUT_SLLA = error(
    "slga.without-slla",
    3,
    "Auf diese Gesamtrechnung (SLGA) folgt keine SLLA mit ihren Fällen.",
    "Every SLGA but a Sammelrechnung is followed by its SLLA.",
    "TA1 V21, 5.3",
)
WITHOUT_SLGA = error(
    "slla.without-slga",
    3,
    "Vor dieser SLLA fehlt ihre Gesamtrechnung (SLGA).",
    "Every SLLA follows the SLGA it belongs to.",
    "TA1 V21, 5.3",
)
SECOND_SLLA = error(
    "slla.second",
    3,
    "Zu dieser Gesamtrechnung gab es schon eine SLLA. Alle Fälle einer Rechnung stehen in einer SLLA.",
    "One SLGA is followed by exactly one SLLA that holds all of its cases; told once for each SLGA.",
    "TA1 V21, 5.5.3.3",
)
NO_FUND = error(
    "fkt.fund-missing",
    3,
    "Das IK der Krankenkasse fehlt. Nur eine Sammelrechnung nennt keines.",
    "FKT field 5 is mandatory except in a Sammelrechnung.",
    "TA1 V21, 5.5.2 FKT",
)
FUND_OF_SAMMEL = error(
    "fkt.fund-of-sammel",
    3,
    "Eine Sammelrechnung nennt kein IK einer Krankenkasse.",
    "FKT field 5 is empty in a Sammelrechnung.",
    "TA1 V21, 5.5.2 FKT",
)
NOT_MARKED = error(
    "fkt.sammel-not-marked",
    3,
    "Hier beginnt eine Sammelrechnung, aber im Feld „Sammelrechnung“ fehlt das J.",
    "FKT field 2 of a Sammelrechnung is J; no IK of a Krankenkasse stands here and another SLGA follows.",
    "TA1 V21, 5.5.2 FKT",
)
WRONGLY_MARKED = error(
    "fkt.not-sammel",
    3,
    "Das J im Feld „Sammelrechnung“ ist hier falsch: Es folgt eine SLLA, das ist also eine Gesamtrechnung.",
    "FKT field 2 is J only in a Sammelrechnung; this SLGA has an IK of a Krankenkasse and an SLLA.",
    "TA1 V21, 5.5.2 FKT",
)


def is_marked(slga: Message) -> bool:
    """Say whether the SLGA says to be a Sammelrechnung."""
    return slga.fkt is not None and slga.fkt.row.sammelrechnung == JA


def of_mark(fkt: At, *, is_marked: bool, is_sammel: bool) -> Iterator[FileFinding]:
    """Yield what is wrong where J and the IK of a Krankenkasse are both there, or both missing."""
    if is_marked:
        if is_sammel:
            yield FUND_OF_SAMMEL.broken_at(fkt.piece, "5")
        else:
            yield WRONGLY_MARKED.broken_at(fkt.piece, "2")
    elif is_sammel:
        # Another sign than J was told already.
        if fkt.row.sammelrechnung is None:
            yield NOT_MARKED.broken_at(fkt.piece, "2")
    else:
        yield NO_FUND.broken_at(fkt.piece, "5")
