"""Prüfstufe 3 of a case: the prescription, its diagnoses and its approval.

Source: TA1 V21, 5.5.3.3 ZHE, DIA, SKZ; TA3 V21, 8.1.17; HeilM-RL, Heilmittelkatalog; house, the check digit of
the LANR.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from zuzahlung.standards.edifact.kept import Kept
from zuzahlung.standards.keys.verordnung import (
    ERNAEHRUNGSTHERAPIE,
    HEILMITTELBEREICH,
    KEIN_KREUZ,
    LEITSYMPTOMATIK,
    OHNE_LEITSYMPTOMATIK,
    PODOLOGIE,
    VERORDNUNGSART,
)
from zuzahlung.standards.numbers import bsnr, diagnosegruppe, icd10, lanr
from zuzahlung.standards.sgbv302.checks.facts import Facts
from zuzahlung.standards.sgbv302.checks.rules import FileFinding, error, warning
from zuzahlung.standards.sgbv302.checks.seen import At
from zuzahlung.standards.sgbv302.slla import DIA, ZHE

_ZHE = "TA1 V21, 5.5.3.3 ZHE"
_DIA = "TA1 V21, 5.5.3.3 DIA"

BSNR_DIGITS = error(
    "zhe.bsnr",
    3,
    "Die Betriebsstättennummer besteht nur aus Ziffern; fehlt sie auf der Verordnung, steht hier 999999999.",
    "ZHE.1 has other characters than digits.",
    _ZHE,
)
LANR_DIGITS = error(
    "zhe.lanr",
    3,
    "Die Arztnummer besteht nur aus Ziffern; fehlt sie auf der Verordnung, steht hier 999999999.",
    "ZHE.2 has other characters than digits.",
    _ZHE,
)
LANR_CHECK = warning(
    "zhe.lanr-check-digit",
    3,
    "Die Arztnummer {number} ist nicht schlüssig. Bitte vergleichen Sie mit der Verordnung.",
    "The check digit of ZHE.2 does not fit, or it is noughts alone; TA1 asks for the number as printed.",
    _ZHE,
)
GROUP_FORM = error(
    "zhe.diagnosegruppe-form",
    3,
    "Eine Diagnosegruppe besteht aus Ziffern und Buchstaben (ohne Umlaute und Leerzeichen); "
    "fehlt sie auf der Verordnung, steht hier 9999.",
    "ZHE.5 has other characters than digits and letters.",
    _ZHE,
)
GROUP_UNKNOWN = warning(
    "zhe.diagnosegruppe",
    3,
    "Die Diagnosegruppe {group} steht nicht im Heilmittelkatalog dieses Heilmittel-Bereichs.",
    "The catalogue of the Heilmittel-Bereich does not hold ZHE.5.",
    "HeilM-RL, Heilmittelkatalog",
)
SYMPTOMS_TEXT = error(
    "zhe.leitsymptomatik-text",
    3,
    "Die patientenindividuelle Leitsymptomatik fehlt: Sie ist angekreuzt, oder es ist gar nichts angekreuzt.",
    "ZHE.14 is mandatory where the fourth sign of ZHE.13 is 1, and where ZHE.13 is 0000.",
    _ZHE,
)
SYMPTOMS_OUTSIDE = warning(
    "zhe.leitsymptomatik-9999",
    3,
    "Für eine Verordnung, die nicht der Heilmittel-Richtlinie der Ärzte unterliegt, ist die Leitsymptomatik 9999.",
    "ZHE.6 is 99, or ZHE.7 is 1 (dentist), but ZHE.13 is not 9999.",
    _ZHE,
)
SYMPTOMS_MISSING = warning(
    "zhe.leitsymptomatik-missing",
    3,
    "9999 steht nur für Verordnungen außerhalb der Heilmittel-Richtlinie der Ärzte. "
    "Die Diagnosegruppe {group} steht in ihrem Katalog.",
    "ZHE.13 is 9999, but neither ZHE.6 is 99 nor ZHE.7 is 1, and ZHE.5 is in the catalogue of doctors.",
    _ZHE,
)
FREQUENCY = error(
    "zhe.therapiefrequenz",
    3,
    "Im Heilmittel-Bereich {code} ({bereich}) ist die Therapiefrequenz 0.",
    "ZHE.17 is 0 where ZHE.16 is 2 or 5.",
    _ZHE,
)
DIAGNOSIS_EMPTY = error(
    "dia.empty",
    3,
    "Das Segment nennt keine Diagnose: weder Code noch Text.",
    "DIA.2 is mandatory where DIA.1 is empty.",
    _DIA,
)
DIAGNOSIS_GROUP = error(
    "dia.diagnosegruppe",
    3,
    "{code} ist eine Diagnosegruppe. Hier steht der ICD-10-Code der Diagnose.",
    "DIA.1 holds the Diagnosegruppe, which belongs to ZHE.5.",
    _DIA,
)
DIAGNOSIS_FORM = warning(
    "dia.icd",
    3,
    "So ist kein ICD-10-Code aufgebaut: Großbuchstabe, zwei Ziffern, Zusatz nach einem Punkt, zum Beispiel M54.5.",
    "DIA.1 has not the form of a code of ICD-10-GM.",
    _DIA,
)
APPROVAL = warning(
    "skz.verordnungsart",
    3,
    "Eine Genehmigung des langfristigen Heilmittelbedarfs gehört zur Verordnungsart 04, angegeben ist {art}.",
    "SKZ.3 is B2, but ZHE.6 is not 04.",
    "TA3 V21, 8.1.17",
)

ZAHNARZT: Final = "1"
OUTSIDE: Final = "99"
_LONG_TERM: Final = "04"
_WITHOUT_FREQUENCY: Final = frozenset({PODOLOGIE, ERNAEHRUNGSTHERAPIE})
_B2: Final = "B2"

_is_lanr: Final = Kept(lanr.is_plausible, {})
_is_icd: Final = Kept(icd10.is_plausible, {})


def of_case(facts: Facts) -> Iterator[FileFinding]:
    """Yield what is wrong with the prescription of a case."""
    at, zhe = facts.case.zhe, facts.zhe
    if at is not None and zhe is not None:
        yield from _of_numbers(at, zhe)
        yield from _of_group(facts, at, zhe)
        yield from _of_symptoms(at, zhe)
        if zhe.therapiefrequenz != "0" and zhe.heilmittelbereich in _WITHOUT_FREQUENCY:
            yield _of_frequency(facts, at, zhe.heilmittelbereich)
    for diagnosis in facts.case.diagnoses:
        row: DIA = diagnosis.row
        if row.diagnoseschluessel is None or not _is_icd[row.diagnoseschluessel]:
            yield from _of_diagnosis(diagnosis)
    if facts.case.skz is not None and zhe is not None:
        yield from _of_approval(facts.case.skz, zhe.verordnungsart)


def _of_numbers(at: At, zhe: ZHE) -> Iterator[FileFinding]:
    if not bsnr.is_billable(zhe.betriebsstaettennummer):
        yield BSNR_DIGITS.broken_at(at.piece, "1")
    if not _is_lanr[zhe.arztnummer]:
        if not lanr.is_billable(zhe.arztnummer):
            yield LANR_DIGITS.broken_at(at.piece, "2")
        elif zhe.verordnungsbesonderheiten != ZAHNARZT:
            yield LANR_CHECK.broken_at(at.piece, "2", number=zhe.arztnummer)


def _of_group(facts: Facts, at: At, zhe: ZHE) -> Iterator[FileFinding]:
    group = zhe.diagnosegruppe
    expected = diagnosegruppe.bereich_of(group)
    if expected is not None and expected == zhe.heilmittelbereich:
        return
    if not diagnosegruppe.is_billable(group):
        yield GROUP_FORM.broken_at(at.piece, "5")
    elif group != diagnosegruppe.MISSING and not is_outside(zhe):
        # Where the positions contradict ZHE.16, it is that field which is told to be wrong.
        areas = ({line.group.bereich for line in facts.lines} | {zhe.heilmittelbereich}) - {None}
        if expected is None or (areas and expected not in areas):
            yield GROUP_UNKNOWN.broken_at(at.piece, "5", group=group)


def is_outside(zhe: ZHE) -> bool:
    """Say whether a prescription is not made under the Heilmittel-Richtlinie of doctors, as its keys tell."""
    return zhe.verordnungsart == OUTSIDE or zhe.verordnungsbesonderheiten == ZAHNARZT


def _of_symptoms(at: At, zhe: ZHE) -> Iterator[FileFinding]:
    ticks = zhe.leitsymptomatik
    if ticks == OHNE_LEITSYMPTOMATIK:
        if diagnosegruppe.bereich_of(zhe.diagnosegruppe) is not None and not is_outside(zhe):
            yield SYMPTOMS_MISSING.broken_at(at.piece, "13", group=zhe.diagnosegruppe)
        return
    if zhe.patientenindividuelle_leitsymptomatik is None and (ticks[3] == "1" or ticks == KEIN_KREUZ):
        if ticks in LEITSYMPTOMATIK.codes:
            yield SYMPTOMS_TEXT.broken_at(at.piece, "14")
    elif is_outside(zhe) and ticks in LEITSYMPTOMATIK.codes:
        yield SYMPTOMS_OUTSIDE.broken_at(at.piece, "13")


def _of_frequency(facts: Facts, at: At, code: str) -> FileFinding:
    # Where the positions say another Heilmittel-Bereich, that field is the wrong one of the two.
    areas = {line.group.bereich for line in facts.lines} - {None}
    place = "17" if code in areas or not areas else "16"
    return FREQUENCY.broken_at(at.piece, place, bereich=HEILMITTELBEREICH[code].bedeutung, code=code)


def _of_diagnosis(at: At) -> Iterator[FileFinding]:
    code = at.row.diagnoseschluessel
    if code is None:
        if at.row.diagnosetext is None:
            yield DIAGNOSIS_EMPTY.broken_at(at.piece, "2")
    elif diagnosegruppe.bereich_of(code) is not None:
        yield DIAGNOSIS_GROUP.broken_at(at.piece, "1", code=code)
    else:
        yield DIAGNOSIS_FORM.broken_at(at.piece, "1")


def _of_approval(at: At, art: str) -> Iterator[FileFinding]:
    if at.row.art == _B2 and art != _LONG_TERM and art in VERORDNUNGSART.codes:
        yield APPROVAL.broken_at(at.piece, "3", art=art)
