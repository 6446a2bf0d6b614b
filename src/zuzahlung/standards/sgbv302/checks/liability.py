"""Prüfstufe 3 of a case: whether a Zuzahlung is owed at all, by key, age and contract; warnings only.

TA1 asks for EHE.6 where the insured owes it. Whether he does, his age, the fund and the contract say, and the
file shows them only in part.

Source: TA1 V21, 5.5.3.3 EHE, ZHE; TA3 V21, 8.1.3; SGB V, § 32(2); house, what a key makes one expect.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from zuzahlung.standards.keys.verarbeitung import ZUZAHLUNGSFORDERUNG
from zuzahlung.standards.sgbv302.checks.facts import Facts, Line
from zuzahlung.standards.sgbv302.checks.rules import FileFinding, warning
from zuzahlung.standards.sgbv302.checks.seen import At
from zuzahlung.standards.sgbv302.slla import ZHE

_EHE = "TA1 V21, 5.5.3.3 EHE"
_KEYS = "TA3 V21, 8.1.3"
_AGE = "SGB V, § 32(2)"

UNDER_AGE = warning(
    "ehe.copayment-under-18",
    3,
    "Für eine Leistung vor dem 18. Geburtstag ist keine Zuzahlung zu leisten.",
    "EHE.6 is filled on a day before the eighteenth birthday (NAD.3).",
    _AGE,
)
KEY_UNDER_AGE = warning(
    "zhe.key-under-18",
    3,
    "Die versicherte Person ist an allen Tagen unter 18. Das Zuzahlungskennzeichen dafür ist 0, angegeben ist {key}.",
    "ZHE.4 is not 0, though every EHE.5 is before the eighteenth birthday and no EHE.6 is filled.",
    _AGE,
)
KEY_ADULT = warning(
    "zhe.key-0-adult",
    3,
    "Das Zuzahlungskennzeichen 0 sagt, dass das Gesetz keine Zuzahlung verlangt. Der Fall zeigt keinen Grund dafür: "
    "Wer befreit ist, hat das Kennzeichen 1.",
    "ZHE.4 is 0 for an adult with positions that bear a Zuzahlung, without ZHE.7 = 2, ZHE.8 or ZHE.9.",
    _KEYS,
)
KEY_LIABLE = warning(
    "zhe.key-3-without-copayment",
    3,
    "Das Zuzahlungskennzeichen sagt, dass eine Zuzahlung zu leisten ist. Keine Position trägt eine.",
    "ZHE.4 is 3 and the contract raises a Zuzahlung for an EHE, but no EHE.6 is filled.",
    _KEYS,
)
MISSING = warning(
    "ehe.copayment-missing",
    3,
    "Für die Position {number} sieht der Vertrag eine Zuzahlung vor. Hier fehlt sie.",
    "EHE.6 is empty, though the contract raises a Zuzahlung and ZHE.4 says that the insured owes.",
    _EHE,
)
PARTLY = warning(
    "zhe.key-3-with-free-days",
    3,
    "Ein Teil der Tage ist ohne Zuzahlung, das Zuzahlungskennzeichen ist aber 3. Für einen Wechsel während der "
    "Behandlung gibt es die Kennzeichen 4 und 5.",
    "ZHE.4 is 3, but the days with EHE.6 and the days without are parted as by a change of status.",
    _KEYS,
)
FREE = warning(
    "ehe.copayment-free-position",
    3,
    "Für die Position {number} sieht der Vertrag keine Zuzahlung vor.",
    "EHE.6 is filled, though the contract raises no Zuzahlung for the position.",
    _EHE,
)
WRONG_WAY = warning(
    "zhe.key-of-change",
    3,
    "Das Zuzahlungskennzeichen {key} passt nicht zu den Tagen: {text}.",
    "The days with and without EHE.6 change the other way than ZHE.4 says.",
    _KEYS,
)

_BY_LAW, _EXEMPT, _LIABLE, _TO_FREE, _TO_LIABLE = "0", "1", "3", "4", "5"
_NO_COPAYMENT: Final = frozenset({_BY_LAW, _EXEMPT})
_CHANGES: Final = frozenset({_TO_FREE, _TO_LIABLE})
_PREGNANCY: Final = "2"


def of_case(facts: Facts) -> Iterator[FileFinding]:
    """Yield where key, age or contract speak against the Zuzahlungen of a case, except in a claim (VKZ 03)."""
    at, zhe, lines = facts.case.zhe, facts.zhe, facts.lines
    if at is None or zhe is None or not lines or facts.vkz == ZUZAHLUNGSFORDERUNG:
        return
    key = zhe.zuzahlungskennzeichen
    charged = [line for line in lines if line.is_charged or line is facts.left_out]
    if key in _NO_COPAYMENT:
        # That a Zuzahlung is charged all the same is told by the amounts.
        if key == _BY_LAW and not charged and _owes_by_law(facts, zhe):
            yield KEY_ADULT.broken_at(at.piece, "4")
        return
    if not facts.case.is_whole:
        return
    if len(charged) < len(lines) or not facts.is_adult_on(facts.first_day):
        yield from _of_age(facts, at, charged)
        yield from _of_missing(facts, at, charged)
    for line in charged:
        if line.bears is False:
            yield FREE.broken_at(line.at.piece, "6", number=line.ehe.positionsnummer)


def _owes_by_law(facts: Facts, zhe: ZHE) -> bool:
    return (
        facts.is_adult_on(facts.first_day)
        and zhe.verordnungsbesonderheiten != _PREGNANCY
        and zhe.unfallkennzeichen is None
        and zhe.bvg_ser is None
        and (facts.inv is None or facts.inv.besondere_versorgungsform is None)
        and any(line.bears for line in facts.lines)
    )


def _of_age(facts: Facts, at: At, charged: list[Line]) -> Iterator[FileFinding]:
    early = next((line for line in charged if facts.is_minor_on(line.ehe.leistungsdatum)), None)
    if early is not None:
        yield UNDER_AGE.broken_at(early.at.piece, "6")
    elif not charged and facts.is_minor_on(facts.last_day):
        yield KEY_UNDER_AGE.broken_at(at.piece, "4", key=at.row.zuzahlungskennzeichen)


def _of_missing(facts: Facts, at: At, charged: list[Line]) -> Iterator[FileFinding]:
    """Yield which position should carry a Zuzahlung, from the day on that the insured is certainly an adult."""
    due = [
        line
        for line in facts.lines
        if line.bears
        and not line.is_charged
        and line is not facts.left_out
        and facts.is_adult_on(line.ehe.leistungsdatum)
    ]
    days = {line.ehe.leistungsdatum for line in charged}
    key, free = at.row.zuzahlungskennzeichen, {line.ehe.leistungsdatum for line in due}
    if not due:
        return
    if key == _LIABLE and not charged:
        yield KEY_LIABLE.broken_at(at.piece, "4")
    elif key == _LIABLE and len(free) > 1 and (max(days) < min(free) or max(free) < min(days)):
        yield PARTLY.broken_at(at.piece, "4")
    elif key == _LIABLE or (key in _CHANGES and days & free):
        # On a day with a Zuzahlung, the other positions carry theirs too.
        yield from (_missing(line) for line in due if key == _LIABLE or line.ehe.leistungsdatum in days)
    elif key in _CHANGES and days:
        yield from _of_change(at, days, free)


def _missing(line: Line) -> FileFinding:
    return MISSING.broken_at(line.at.piece, "6", number=line.ehe.positionsnummer)


def _of_change(at: At, charged: set[date], free: set[date]) -> Iterator[FileFinding]:
    key = at.row.zuzahlungskennzeichen
    if key == _TO_FREE and min(free) < max(charged):
        yield WRONG_WAY.broken_at(at.piece, "4", key=key, text="Auf freie Tage folgen Tage mit Zuzahlung")
    elif key == _TO_LIABLE and min(charged) < max(free):
        yield WRONG_WAY.broken_at(at.piece, "4", key=key, text="Auf Tage mit Zuzahlung folgen freie Tage")
