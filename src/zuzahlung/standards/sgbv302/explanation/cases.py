"""A case out of its segments: each position with its text and tax, its name, and what its quantity makes of it.

Source: TA1 V21, 5.5.3.3; house, a name is that of the contract, else that of the directory.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from zuzahlung.standards import money
from zuzahlung.standards.edifact.kept import Kept
from zuzahlung.standards.keys import positionen, preise
from zuzahlung.standards.sgbv302 import slla
from zuzahlung.standards.sgbv302.explanation.groups import Group, Reading
from zuzahlung.standards.sgbv302.explanation.parts import Fall, Grund, Leistung


def case_of(group: Group, nummer: int) -> Fall:
    """Return the case these segments make, the so-and-so-many-th of its message."""
    reading = Reading(group)
    leistungen = _leistungen(group, reading)
    return Fall(
        nummer=nummer,
        inv=reading.one("INV"),
        uri=reading.one("URI"),
        nad=reading.one("NAD"),
        img=reading.one("IMG"),
        evo=reading.one("EVO"),
        leistungen=leistungen,
        zhe=reading.one("ZHE"),
        diagnosen=reading.many("DIA"),
        skz=reading.one("SKZ"),
        bes=reading.one("BES"),
        gzf=reading.one("GZF"),
        segmente=group.numbers,
        ist_fortsetzung=group.is_continued,
        geht_weiter=group.goes_on,
        ungedeutet=reading.left(),
    )


def _leistungen(group: Group, reading: Reading) -> tuple[Leistung, ...]:
    """Return the positions, each with the text and tax that follow it; the reading takes everything else."""
    found: list[dict[str, Any]] = []
    is_open = False
    for piece in group.pieces:
        tag = piece.text[:3]
        if tag not in {"EHE", "TXT", "MWS"}:
            reading.take(piece)
            is_open = False
            continue
        row = reading.row(piece)
        if tag == "EHE":
            # What follows a position that cannot be read, or something else, does not belong to the one before.
            is_open = row is not None
            if is_open:
                found.append({"ehe": row})
        elif row is not None and is_open and tag.lower() not in found[-1]:
            found[-1][tag.lower()] = row
        elif row is not None:
            reading.leave(piece, Grund.NICHT_VORGESEHEN)
    return tuple(_leistung(**rows) for rows in found)


def _leistung(ehe: slla.EHE, txt: slla.TXT | None = None, mws: slla.MWS | None = None) -> Leistung:
    tax = money.ZERO if mws is None else mws.betrag
    group = ehe.leistungserbringergruppe
    legs = group.abrechnungscode + group.tarifkennzeichen
    return Leistung(
        ehe=ehe,
        txt=txt,
        mws=mws,
        bezeichnung=_BEZEICHNUNGEN[legs, ehe.positionsnummer, ehe.leistungsdatum],
        summe=money.total([money.times(ehe.einzelbetrag, ehe.anzahl), tax]),
        zuzahlung=None if ehe.zuzahlung is None else money.times(ehe.zuzahlung, ehe.anzahl),
    )


def _bezeichnung(asked: tuple[str, str, date]) -> str | None:
    """Return what the contract calls the position, else the directory, whether or not it was valid that day."""
    legs, positionsnummer, on = asked
    if (preis := preise.find(legs, positionsnummer, on)) is not None:
        return preis.bezeichnung
    position = positionen.find_on_any_day(positionsnummer)
    return None if position is None else position.leistung


_BEZEICHNUNGEN: Final = Kept(_bezeichnung, {})
