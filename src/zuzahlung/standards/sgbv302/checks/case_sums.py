"""Prüfstufe 3 of a case: the sums at its end, BES or GZF, beside its lines, which are known to be right.

Source: TA1 V21, 5.5.3.3 BES, GZF; TA1 V21, 7.4; TA3 V21, 8.1.3; SGB V, § 61 Satz 3; house, where the amount for
each Verordnung may be missing, and no second one in 02 and 10.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from zuzahlung.standards import money
from zuzahlung.standards.copayment import formulas
from zuzahlung.standards.copayment.law import find_zuzahlungssatz
from zuzahlung.standards.keys.verarbeitung import ABRECHNUNG, NACHFORDERUNG, WIEDERAUFNAHME
from zuzahlung.standards.money import ZERO
from zuzahlung.standards.sgbv302.checks.facts import Facts
from zuzahlung.standards.sgbv302.checks.rules import FileFinding, error, warning
from zuzahlung.standards.sgbv302.checks.seen import At
from zuzahlung.standards.sgbv302.slla import BES, GZF

_EHE = "TA1 V21, 5.5.3.3 EHE"
_BES = "TA1 V21, 5.5.3.3 BES"
_GZF = "TA1 V21, 5.5.3.3 GZF"

LEFT_OUT = error(
    "ehe.copayment-left-out",
    3,
    "Für diese Position fehlt die Zuzahlung von {expected}: In der Summe am Ende des Falls ist sie enthalten.",
    "EHE.6 is missing, though BES.3 or GZF.2 counts it.",
    _EHE,
)
KEY_WITHOUT = error(
    "zhe.key-without-copayment",
    3,
    "Das Zuzahlungskennzeichen {key} sagt, dass keine Zuzahlung zu leisten ist. Der Fall zieht aber eine ab.",
    "ZHE.4 is 0 or 1, yet EHE.6 or BES deducts a Zuzahlung.",
    "TA3 V21, 8.1.3",
)
LINE_WITHOUT = error(
    "ehe.copayment-despite-key",
    3,
    "Diese Position trägt eine Zuzahlung, obwohl nach dem Zuzahlungskennzeichen {key} keine zu leisten ist.",
    "EHE.6 is filled, though ZHE.4 is 0 or 1 and BES deducts nothing.",
    "TA3 V21, 8.1.3",
)
GROSS = error(
    "bes.gross",
    3,
    "Der Gesamtbetrag Brutto ist mit {given} angegeben, die Positionen ergeben {expected}.",
    "BES.1 is not the sum of EHE.4 x EHE.3 and MWS.2, each rounded half up.",
    _BES,
)
TOTAL = error(
    "bes.total",
    3,
    "Die gesetzliche Zuzahlung ist mit {given} angegeben, prozentual und pauschal ergeben {expected}.",
    "BES.2 is not BES.3 + BES.4.",
    _BES,
)
PERCENT = error(
    "bes.percent",
    3,
    "Die prozentuale Zuzahlung ist mit {given} angegeben, die Positionen ergeben {expected}.",
    "BES.3 is not the sum of EHE.6 x EHE.3, each rounded half up.",
    _BES,
)
FLAT = error(
    "bes.flat",
    3,
    "Die pauschale Zuzahlung ist mit {given} angegeben; {expected}.",
    "BES.4 is not the amount of the law for each Verordnung, at most gross less percentage, as it is due here.",
    _BES,
)
FLAT_AGAIN = warning(
    "bes.flat-again",
    3,
    "Die pauschale Zuzahlung fällt je Verordnung nur einmal an. Mit der ersten Rechnung wurde sie schon abgezogen.",
    "BES.4 is filled in VKZ 02 or 10, though the first invoice carries the amount for the Verordnung.",
    _BES,
)
CLAIM_TOTAL = error(
    "gzf.total",
    3,
    "Die Forderung ist mit {given} angegeben, prozentual und pauschal ergeben {expected}.",
    "GZF.1 is not GZF.2 + GZF.3.",
    _GZF,
)
CLAIM_PERCENT = error(
    "gzf.percent",
    3,
    "Die prozentuale Forderung ist mit {given} angegeben, die Positionen ergeben {expected}.",
    "GZF.2 is not the sum of EHE.6 x EHE.3, each rounded half up.",
    _GZF,
)
CLAIM_FLAT = error(
    "gzf.flat",
    3,
    "Die pauschale Forderung ist mit {given} angegeben; {expected}.",
    "GZF.3 is above the amount of the law for each Verordnung, or above gross less percentage.",
    _GZF,
)
CLAIM_ZERO = error(
    "gzf.zero",
    3,
    "Eine Zuzahlungsforderung muss etwas fordern; hier ist die Forderung {given}.",
    "GZF.1 is not above nought.",
    _GZF,
)

_FREE: Final = frozenset({"0", "1"})
"""Keys of an insured who owes nothing: 0 by law, 1 by exemption."""
_LIABLE: Final = "3"
_NO_SECOND_FLAT: Final = frozenset({NACHFORDERUNG, WIEDERAUFNAHME})


def of_case(facts: Facts, at: At) -> Iterator[FileFinding]:
    """Yield what is wrong with the sums of a case that is whole and whose lines are right."""
    gross = money.total([line.amounts.gross for line in facts.lines])
    percent = money.total([line.amounts.copayment for line in facts.lines])
    sums = _sums(at)
    if not sums.is_claim and at.row.brutto != gross:
        yield GROSS.broken_at(at.piece, "1", given=_euros(at.row.brutto), expected=_euros(gross))
        yield from _of_total(sums)
        return
    if percent and not sums.is_claim and facts.zhe is not None and facts.zhe.zuzahlungskennzeichen in _FREE:
        yield _despite_key(facts, sums)
        return
    flats = _flats(facts, gross, percent)
    if sums.percent != percent:
        yield _of_percent(facts, sums, percent)
    if flats is not None and not flats.allow(sums.flat):
        yield _of_flat(sums, flats.expected)
    elif sums.percent == percent:
        yield from _of_whole(facts, sums, flats)


class _Sums(NamedTuple):
    """The end of a case, BES or GZF alike; amounts that are missing are nought."""

    at: At
    total: Decimal
    percent: Decimal
    flat: Decimal

    @property
    def is_claim(self) -> bool:
        return isinstance(self.at.row, GZF)


def _sums(at: At) -> _Sums:
    row: BES | GZF = at.row
    if isinstance(row, GZF):
        return _Sums(at, row.forderung, row.forderung_prozentual or ZERO, row.forderung_pauschal or ZERO)
    total, percent, flat = row.zuzahlung, row.zuzahlung_prozentual, row.zuzahlung_pauschal
    return _Sums(at, total or ZERO, percent or ZERO, flat or ZERO)


def _of_whole(facts: Facts, sums: _Sums, flats: _Flats | None) -> Iterator[FileFinding]:
    """Yield what is wrong where each part could be so by itself."""
    if sums.total != money.total((sums.percent, sums.flat)):
        if flats is not None and sums.total == money.total((sums.percent, flats.highest)):
            # The total tells that it is the flat amount which went astray.
            yield _of_flat(sums, f"im Gesamtbetrag sind {_euros(flats.highest)} enthalten")
        else:
            yield from _of_total(sums)
    elif sums.is_claim and sums.total <= 0:
        yield CLAIM_ZERO.broken_at(sums.at.piece, "1", given=_euros(sums.total))
    elif sums.flat and facts.vkz in _NO_SECOND_FLAT:
        yield FLAT_AGAIN.broken_at(sums.at.piece, "4")


def _of_total(sums: _Sums) -> Iterator[FileFinding]:
    expected = money.total((sums.percent, sums.flat))
    if sums.total != expected:
        rule, place = (CLAIM_TOTAL, "1") if sums.is_claim else (TOTAL, "2")
        yield rule.broken_at(sums.at.piece, place, given=_euros(sums.total), expected=_euros(expected))


def _of_percent(facts: Facts, sums: _Sums, percent: Decimal) -> FileFinding:
    """Return that the percentage is wrong, or at which line it was left out, if that explains it."""
    missing = money.difference(sums.percent, percent)
    explaining = [
        line
        for line in facts.lines
        if not line.is_charged
        and line.amounts.unit
        and formulas.line_copayment(line.amounts.unit, line.ehe.anzahl) == missing
    ]
    if len(explaining) == 1:
        facts.left_out = explaining[0]
        unit = explaining[0].amounts.unit or ZERO
        return LEFT_OUT.broken_at(explaining[0].at.piece, "6", expected=_euros(unit))
    rule, place = (CLAIM_PERCENT, "2") if sums.is_claim else (PERCENT, "3")
    return rule.broken_at(sums.at.piece, place, given=_euros(sums.percent), expected=_euros(percent))


def _of_flat(sums: _Sums, expected: str) -> FileFinding:
    rule, place = (CLAIM_FLAT, "3") if sums.is_claim else (FLAT, "4")
    return rule.broken_at(sums.at.piece, place, given=_euros(sums.flat), expected=expected)


def _despite_key(facts: Facts, sums: _Sums) -> FileFinding:
    """Return that key and Zuzahlung contradict each other, at the one that stands alone."""
    zhe, charged = facts.case.zhe, [line for line in facts.lines if line.is_charged]
    key = "" if facts.zhe is None else facts.zhe.zuzahlungskennzeichen
    if len(charged) == 1 and not (sums.total or sums.percent or sums.flat):
        return LINE_WITHOUT.broken_at(charged[0].at.piece, "6", key=key)
    return KEY_WITHOUT.broken_at(None if zhe is None else zhe.piece, "4", key=key)


class _Flats(NamedTuple):
    """What the amount for the Verordnung may be: one of `exactly`, or else anything up to `highest`."""

    highest: Decimal
    exactly: tuple[Decimal, ...]

    def allow(self, flat: Decimal) -> bool:
        return flat in self.exactly if self.exactly else ZERO <= flat <= self.highest

    @property
    def expected(self) -> str:
        if not self.exactly:
            return f"möglich sind höchstens {_euros(self.highest)}"
        return "zu erwarten sind " + " oder ".join(_euros(flat) for flat in self.exactly)


def _flats(facts: Facts, gross: Decimal, percent: Decimal) -> _Flats | None:
    """Return what is allowed, or None on days before the law held here.

    Only a first invoice tells for sure: all of it for an insured who owes from the first day on, nothing for
    one who owes nothing. A change inside the series, and a sheet without any share of a price, leave both
    open; in the correction procedure the first invoice decides, which is not in the file.
    """
    satz = None if facts.first_day is None else find_zuzahlungssatz(facts.first_day)
    if satz is None:
        return None
    highest = formulas.flat(gross, percent, satz=satz)
    if facts.vkz != ABRECHNUNG or facts.zhe is None:
        return _Flats(highest, ())
    key = facts.zhe.zuzahlungskennzeichen
    if key in _FREE:
        return _Flats(highest, (ZERO,))
    if key == _LIABLE and percent and facts.is_adult_on(facts.first_day):
        return _Flats(highest, (highest,))
    return _Flats(highest, (highest, ZERO))


def _euros(amount: Decimal) -> str:
    return money.format(amount)
