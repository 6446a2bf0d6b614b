"""Prüfstufe 3 of a case: deadlines of the Heilmittel-Richtlinie that a file can show; warnings only.

The fund checks them (Stufe 4) with what is on the paper: a reasoned interruption, a day of discharge, a
prescription billed in parts. So only what the file shows for sure is told, and only of a first invoice unless
each invoice shows it.

Source: HeilM-RL, §§ 13a(2), 15(1), 16(4), 16a(3); TA1 V21, 5.5.3.3 ZHE; TA1 V21, 7.4.4; house, reports and fees
are no treatments, and a day of treatment is no day of interruption.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from zuzahlung.standards.days import format_day
from zuzahlung.standards.keys.verarbeitung import ABRECHNUNG
from zuzahlung.standards.keys.verordnung import ERNAEHRUNGSTHERAPIE, PODOLOGIE
from zuzahlung.standards.sgbv302.checks.facts import BLANKOVERORDNUNG, Facts, Line
from zuzahlung.standards.sgbv302.checks.prescription import is_outside
from zuzahlung.standards.sgbv302.checks.rules import FileFinding, warning
from zuzahlung.standards.sgbv302.slla import ZHE

LATE_BEGIN = warning(
    "heilmrl.begin",
    3,
    "Die Behandlung begann erst am {day}, {days} Tage nach der Verordnung; vorgesehen sind höchstens {most}.",
    "The first EHE.5 is {days} days after ZHE.3; at most {most}.",
    "HeilM-RL, § 15(1)",
)
INTERRUPTED = warning(
    "heilmrl.interruption",
    3,
    "Vor dem {day} war die Behandlung {days} Tage unterbrochen. Mehr als 14 Tage brauchen eine Begründung auf der "
    "Verordnung.",
    "There are {days} days without treatment before this EHE.5; more than 14 need a reason on the paper.",
    "HeilM-RL, § 16(4)",
)
BLANKO_OVER = warning(
    "heilmrl.blanko-weeks",
    3,
    "Die Leistung vom {day} liegt nach der Gültigkeit der Blankoverordnung von {weeks} Wochen.",
    "EHE.5 is more than {weeks} weeks after ZHE.3, and ZHE.6 is 05.",
    "HeilM-RL, § 13a(2)",
)
_BEGIN, _URGENT_BEGIN, _INTERRUPTION = 28, 14, 14
_WEEKS, _WEEKS_OF_PODOLOGY = 16, 40
_SHORTEST: Final = min(_BEGIN, _URGENT_BEGIN, _INTERRUPTION)
_DISCHARGE: Final = "4"
_WITHOUT_INTERRUPTION: Final = frozenset({PODOLOGIE, ERNAEHRUNGSTHERAPIE})


def of_case(facts: Facts) -> Iterator[FileFinding]:
    """Yield which deadline the days of a case speak against, each once at most."""
    zhe, first, last = facts.zhe, facts.first_day, facts.last_day
    if zhe is None or first is None or last is None or not facts.case.is_whole:
        return
    rec = facts.message.rec
    if first < zhe.verordnungsdatum or (rec is not None and last > rec.row.rechnungsdatum):
        # One of these days is wrong, as was told.
        return
    is_blanko = zhe.verordnungsart == BLANKOVERORDNUNG
    if is_blanko:
        yield from _of_validity(facts, zhe)
    if facts.vkz != ABRECHNUNG or is_outside(zhe) or (last - zhe.verordnungsdatum).days <= _SHORTEST:
        return
    treatments = sorted(
        (line for line in facts.lines if line.listed.is_treatment), key=lambda line: line.ehe.leistungsdatum
    )
    if treatments and zhe.verordnungsbesonderheiten != _DISCHARGE:
        yield from _of_begin(zhe, treatments[0])
    if not is_blanko:
        yield from _of_interruption(facts, zhe, treatments)


def _of_validity(facts: Facts, zhe: ZHE) -> Iterator[FileFinding]:
    weeks = _WEEKS_OF_PODOLOGY if PODOLOGIE in _areas(facts, zhe) else _WEEKS
    for line in facts.lines:
        day = line.ehe.leistungsdatum
        if line.listed.is_treatment and (day - zhe.verordnungsdatum).days > 7 * weeks:
            yield BLANKO_OVER.broken_at(line.at.piece, "5", day=format_day(day), weeks=weeks)
            return


def _of_begin(zhe: ZHE, first: Line) -> Iterator[FileFinding]:
    most = _URGENT_BEGIN if zhe.dringlicher_behandlungsbedarf == "1" else _BEGIN
    day = first.ehe.leistungsdatum
    days = (day - zhe.verordnungsdatum).days
    if days > most:
        yield LATE_BEGIN.broken_at(first.at.piece, "5", day=format_day(day), days=days, most=most)


def _of_interruption(facts: Facts, zhe: ZHE, treatments: Sequence[Line]) -> Iterator[FileFinding]:
    areas = _areas(facts, zhe)
    if not areas or areas & _WITHOUT_INTERRUPTION:
        return
    for before, line in pairwise(treatments):
        day = line.ehe.leistungsdatum
        days = (day - before.ehe.leistungsdatum).days - 1
        if days > _INTERRUPTION:
            yield INTERRUPTED.broken_at(line.at.piece, "5", day=format_day(day), days=days)
            return


def _areas(facts: Facts, zhe: ZHE) -> set[str]:
    """Return every Heilmittel-Bereich that the case names; one alone unless it contradicts itself."""
    found = {line.group.bereich for line in facts.lines} | {zhe.heilmittelbereich}
    return {area for area in found if area is not None}
