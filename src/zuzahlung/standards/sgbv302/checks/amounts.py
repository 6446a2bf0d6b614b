"""Prüfstufe 3 of a case: its amounts by the formulas of TA1, line by line, and then its sums.

Where a line is wrong, the sums are not compared with it: they may be right, and one fault is told once.

Source: TA1 V21, 5.5.3.3 EHE, MWS; TA1 V21, 6.3; SGB V, § 61 Satz 3.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from zuzahlung.standards import money
from zuzahlung.standards.copayment import formulas
from zuzahlung.standards.findings import Severity
from zuzahlung.standards.keys.verarbeitung import ZUZAHLUNGSFORDERUNG
from zuzahlung.standards.sgbv302.checks import case_sums
from zuzahlung.standards.sgbv302.checks.facts import Facts, Line
from zuzahlung.standards.sgbv302.checks.rules import FileFinding, error
from zuzahlung.standards.sgbv302.slla import GZF, MWS

_EHE = "TA1 V21, 5.5.3.3 EHE"

QUANTITY = error(
    "ehe.quantity",
    3,
    "Die Anzahl ist {given}. Sie muss größer als 0 sein.",
    "EHE.3 is not above nought.",
    "TA1 V21, 6.3",
)
NEGATIVE = error(
    "ehe.price-negative",
    3,
    "Der Einzelbetrag ist kleiner als 0.",
    "EHE.4 is below nought.",
    "TA1 V21, 6.3",
)
VAT_AMOUNT = error(
    "mws.amount",
    3,
    "Die Mehrwertsteuer ist mit {given} angegeben; {satz} Prozent von Einzelbetrag mal Anzahl sind {expected}.",
    "MWS.2 is not EHE.4 x EHE.3 x MWS.1 per cent, rounded half up.",
    "TA1 V21, 5.5.3.3 MWS",
)
PER_UNIT = error(
    "ehe.copayment-per-unit",
    3,
    "Die Zuzahlung für eine Einheit ist mit {given} angegeben. Zum Einzelbetrag {price} gehören {expected}.",
    "EHE.6 is not the share of the law of EHE.4 (and of the VAT of one unit), rounded half up.",
    _EHE,
)


def of_case(facts: Facts) -> list[FileFinding]:
    """Return what is wrong with the amounts of a case, and remember in it whether its sums hold."""
    found: list[FileFinding] = []
    for line in facts.lines:
        if line.mws is not None or not line.amounts.is_sound:
            found += _of_line(line)
    case = facts.case
    if case.summe is not None and case.is_whole:
        is_claim = isinstance(case.summe.row, GZF)
        if facts.vkz and is_claim != (facts.vkz == ZUZAHLUNGSFORDERUNG):
            case.has_sound_sums = False
        elif not found:
            found += case_sums.of_case(facts, case.summe)
    if found and any(one.severity is Severity.ERROR for one in found):
        case.has_sound_sums = False
    return found


def _of_line(line: Line) -> Iterator[FileFinding]:
    ehe, piece, unit = line.ehe, line.at.piece, line.amounts.unit
    if ehe.anzahl <= 0:
        yield QUANTITY.broken_at(piece, "3", given=_written(ehe.anzahl))
        return
    if ehe.einzelbetrag < 0:
        yield NEGATIVE.broken_at(piece, "4")
        return
    if line.mws is not None:
        mws: MWS = line.mws.row
        expected = formulas.vat(ehe.einzelbetrag, ehe.anzahl, mws.satz)
        if mws.betrag != expected:
            yield VAT_AMOUNT.broken_at(
                line.mws.piece,
                "2",
                given=money.format(mws.betrag),
                satz=_written(mws.satz),
                expected=money.format(expected),
            )
            return
    if ehe.zuzahlung and unit is not None and ehe.zuzahlung != unit:
        yield PER_UNIT.broken_at(
            piece,
            "6",
            given=money.format(ehe.zuzahlung),
            price=money.format(ehe.einzelbetrag),
            expected=money.format(unit),
        )


def _written(number: Decimal) -> str:
    return f"{number:f}".replace(".", ",")
