"""Prüfstufe 3 of a case: each position by itself, on its day, and beside the others.

Source: TA1 V21, 5.5.3.3 EHE, ZHE; TA1 V21, 6.3; TA3 V21, 8.1.5, 8.2.1; HPNR, columns HPNR, Leistungserbringer and Grundlage;
house, where two prices of one position are no error.
"""

from __future__ import annotations

from collections.abc import Iterator

from zuzahlung.standards.days import format_day
from zuzahlung.standards.keys import positionen
from zuzahlung.standards.keys.verarbeitung import ABRECHNUNG
from zuzahlung.standards.keys.verordnung import HEILMITTELBEREICH, VERORDNUNGSART
from zuzahlung.standards.sgbv302.checks.facts import BLANKOVERORDNUNG, Facts, Line
from zuzahlung.standards.sgbv302.checks.rules import FileFinding, error, warning
from zuzahlung.standards.sgbv302.slla import ZHE

_EHE = "TA1 V21, 5.5.3.3 EHE"

TARIF = error(
    "ehe.tarif",
    3,
    "Das Tarifkennzeichen „{tarif}“ gibt es nicht. Es besteht aus einem Tarifbereich und drei Ziffern oder "
    "Großbuchstaben.",
    "Signs 1 and 2 are no Tarifbereich, or signs 3 to 5 are not digits and capital letters, or U00 to ZZZ.",
    "TA3 V21, 8.1.5.2",
)
NUMBER_FORM = error(
    "ehe.position-form",
    3,
    "„{number}“ ist keine Heilmittelpositionsnummer: fünf Ziffern, oder A und vier Ziffern.",
    "EHE.2 has not the form of a number of the directory.",
    "TA3 V21, 8.2.1",
)
NUMBER_UNKNOWN = warning(
    "ehe.position-unknown",
    3,
    "Die Position {number} steht nicht im Verzeichnis der Heilmittelpositionsnummern.",
    "EHE.2 is not in the directory.",
    "HPNR, Spalte HPNR",
)
NUMBER_NOT_VALID = warning(
    "ehe.position-not-valid",
    3,
    "Die Position {number} gilt nach dem Verzeichnis am {day} nicht.",
    "EHE.2 is in the directory, but not valid on the day of EHE.5.",
    "HPNR, Spalten HPNR, gültig ab",
)
SIGN = warning(
    "ehe.position-of-other-profession",
    3,
    "Die Position {number} gehört nicht zum Abrechnungscode {code}.",
    "The first sign of EHE.2 is that of another kind of provider than EHE.1.1 names.",
    "HPNR, Spalten HPNR, Leistungserbringer",
)
AREA_OF_LINE = warning(
    "ehe.other-bereich",
    3,
    "Die Leistungserbringergruppe gehört zu einem anderen Heilmittel-Bereich als die Verordnung ({bereich}).",
    "EHE.1 belongs to another Heilmittel-Bereich than ZHE.16 and the other positions.",
    _EHE,
)
AREA_OF_CASE = warning(
    "zhe.bereich",
    3,
    "Der Heilmittel-Bereich {given} passt nicht zu den Leistungserbringergruppen der Positionen "
    "(Bereich {expected}).",
    "ZHE.16 differs from the Heilmittel-Bereich of EHE.1.",
    "TA1 V21, 5.5.3.3 ZHE",
)
TWICE = error(
    "ehe.twice",
    3,
    "Die Position {number} steht am {day} noch einmal. Gleiche Positionen eines Tages stehen in einem Segment, "
    "mit ihrer Anzahl.",
    "Equal positions of one day belong into one EHE, with their quantity.",
    _EHE,
)
TWO_PRICES = error(
    "ehe.two-prices",
    3,
    "Die Position {number} steht am {day} mit zwei verschiedenen Preisen.",
    "One position on one day has two prices in a first invoice.",
    _EHE,
)
BLANKO = warning(
    "ehe.blanko-position",
    3,
    "Die Position {number} gehört zu einer Blankoverordnung, die Verordnungsart ist aber {art}.",
    "The directory has EHE.2 under § 125a SGB V, but ZHE.6 is not 05.",
    "HPNR, Spalte Grundlage",
)
BLANKO_OF_CASE = warning(
    "zhe.blanko",
    3,
    "Alle Positionen gehören zu einer Blankoverordnung, die Verordnungsart ist aber {art}.",
    "The directory has each EHE.2 under § 125a SGB V, but ZHE.6 is not 05.",
    "HPNR, Spalte Grundlage",
)
HOME_VISIT = warning(
    "zhe.hausbesuch",
    3,
    "Ein Hausbesuch (Position {number}) ist angegeben, auf der Verordnung ist aber keiner angekreuzt.",
    "An EHE.2 is a home visit, but ZHE.12 is empty.",
    "TA1 V21, 5.5.3.3 ZHE",
)
BEFORE_ISSUE = error(
    "ehe.before-prescription",
    3,
    "Die Leistung vom {day} liegt vor dem Verordnungsdatum.",
    "EHE.5 is before ZHE.3.",
    "TA1 V21, 6.3",
)
ISSUED_LATER = error(
    "zhe.after-treatment",
    3,
    "Das Verordnungsdatum {day} liegt nach allen Leistungen dieser Verordnung.",
    "ZHE.3 is after each EHE.5.",
    "TA1 V21, 6.3",
)
AFTER_INVOICE = error(
    "ehe.after-invoice",
    3,
    "Die Leistung vom {day} liegt nach dem Rechnungsdatum.",
    "EHE.5 is after REC.2.",
    "TA1 V21, 6.3",
)
INVOICED_EARLIER = error(
    "rec.before-treatment",
    3,
    "Das Rechnungsdatum {day} liegt vor allen Leistungen einer Verordnung.",
    "REC.2 is before each EHE.5 of a case.",
    "TA1 V21, 6.3",
)


def of_case(facts: Facts) -> Iterator[FileFinding]:
    """Yield what is wrong with the positions of a case; their amounts and prices are asked elsewhere."""
    lines = facts.lines
    if not lines:
        return
    for line in lines:
        if not line.group.has_tarif or line.listed.position is None or not line.listed.fits:
            yield from _of_line(line)
    if len({line.key for line in lines}) < len(lines):
        yield from _of_repeated(facts)
    if facts.zhe is not None:
        yield from _of_areas(facts, facts.zhe)
        yield from _of_kinds(facts, facts.zhe)
    first, last, zhe, rec = facts.first_day, facts.last_day, facts.zhe, facts.message.rec
    if zhe is not None and first is not None and first < zhe.verordnungsdatum:
        yield from _before_issue(facts)
    if rec is not None and last is not None and last > rec.row.rechnungsdatum:
        yield from _after_invoice(facts)


def _of_line(line: Line) -> Iterator[FileFinding]:
    piece, number = line.at.piece, line.ehe.positionsnummer
    gruppe = line.ehe.leistungserbringergruppe
    if not line.group.has_tarif:
        yield TARIF.broken_at(piece, "1.2", tarif=gruppe.tarifkennzeichen)
    if not line.listed.has_form:
        yield NUMBER_FORM.broken_at(piece, "2", number=number)
    elif line.listed.position is None:
        if positionen.find_on_any_day(number) is None:
            yield NUMBER_UNKNOWN.broken_at(piece, "2", number=number)
        else:
            day = format_day(line.ehe.leistungsdatum)
            yield NUMBER_NOT_VALID.broken_at(piece, "2", number=number, day=day)
    elif not line.listed.fits:
        yield SIGN.broken_at(piece, "2", number=number, code=gruppe.abrechnungscode)


def _of_repeated(facts: Facts) -> Iterator[FileFinding]:
    """Yield each line that repeats position and day of another, at the later one.

    Differences of quantity and of price may be claimed together (VKZ 02, and what corrects it), and where a
    contract fixes no price, two works of one day cost what they cost.
    """
    first: dict[object, Line] = {}
    for line in facts.lines:
        before = first.setdefault(line.key, line)
        if before is line:
            continue
        day = format_day(line.ehe.leistungsdatum)
        if before.ehe.einzelbetrag == line.ehe.einzelbetrag:
            yield TWICE.broken_at(line.at.piece, "2", number=line.ehe.positionsnummer, day=day)
        elif facts.vkz == ABRECHNUNG and (line.listed.preis is None or line.listed.preis.preis is not None):
            yield TWO_PRICES.broken_at(line.at.piece, "4", number=line.ehe.positionsnummer, day=day)


def _of_areas(facts: Facts, zhe: ZHE) -> Iterator[FileFinding]:
    given = zhe.heilmittelbereich
    if all(line.group.bereich == given for line in facts.lines) or given not in HEILMITTELBEREICH.codes:
        return
    areas = {line.group.bereich for line in facts.lines if _is_clear(line)} - {None}
    if len(areas) == 1 and given not in areas:
        at = facts.case.zhe
        yield AREA_OF_CASE.broken_at(
            None if at is None else at.piece, "16", given=given, expected=areas.pop()
        )
        return
    for line in facts.lines:
        if _is_clear(line) and line.group.bereich not in {None, given}:
            yield AREA_OF_LINE.broken_at(line.at.piece, "1", bereich=given)


def _is_clear(line: Line) -> bool:
    """Say whether code and position belong together, so that the line tells its Heilmittel-Bereich."""
    return line.group.has_tarif and line.listed.fits


def _of_kinds(facts: Facts, zhe: ZHE) -> Iterator[FileFinding]:
    """Yield where a kind of position asks for a key of the prescription that is not there."""
    at = facts.case.zhe
    if zhe.hausbesuch is None:
        visit = next((line for line in facts.lines if line.listed.is_home_visit), None)
        if visit is not None and at is not None:
            yield HOME_VISIT.broken_at(at.piece, "12", number=visit.ehe.positionsnummer)
    if zhe.verordnungsart != BLANKOVERORDNUNG and zhe.verordnungsart in VERORDNUNGSART.codes:
        blanko = [line for line in facts.lines if line.listed.is_blanko]
        if len(blanko) == len(facts.lines) and at is not None:
            yield BLANKO_OF_CASE.broken_at(at.piece, "6", art=zhe.verordnungsart)
            return
        for line in blanko:
            number = line.ehe.positionsnummer
            yield BLANKO.broken_at(line.at.piece, "2", number=number, art=zhe.verordnungsart)


def _before_issue(facts: Facts) -> Iterator[FileFinding]:
    zhe, at = facts.zhe, facts.case.zhe
    if zhe is None or at is None:
        return
    issued = zhe.verordnungsdatum
    early = [line for line in facts.lines if line.ehe.leistungsdatum < issued]
    if 1 < len(early) == len(facts.lines):
        yield ISSUED_LATER.broken_at(at.piece, "3", day=format_day(issued))
        return
    for line in early:
        yield BEFORE_ISSUE.broken_at(line.at.piece, "5", day=format_day(line.ehe.leistungsdatum))


def _after_invoice(facts: Facts) -> Iterator[FileFinding]:
    rec = facts.message.rec
    if rec is None:
        return
    invoiced = rec.row.rechnungsdatum
    late = [line for line in facts.lines if line.ehe.leistungsdatum > invoiced]
    if 1 < len(late) == len(facts.lines):
        if facts.once(INVOICED_EARLIER.id, rec.piece.number):
            yield INVOICED_EARLIER.broken_at(rec.piece, "2", day=format_day(invoiced))
        return
    for line in late:
        yield AFTER_INVOICE.broken_at(line.at.piece, "5", day=format_day(line.ehe.leistungsdatum))
