"""Amounts in euros, exact to the cent, and the few rules by which they may be rounded.

Every amount is a `Decimal`; a float is refused, since 70,45 € would already be something else in it.
To round is always „kaufmännisch“: half a cent goes up, and with a minus sign away from zero, so that an
amount and its reversal cancel out. No rule here looks at the decimal context of the program around it.

Source: TA1 V21, 5.5.3.3 (EHE, MWS and BES: „kaufmännisch zu runden“); house, amounts below zero.

>>> share(parse("70,45"), 10), times(Decimal("2.96"), 6)
(Decimal('7.05'), Decimal('17.76'))
>>> format(parse("1.234,56 €"))
'1.234,56 €'
>>> parse("12.50")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.NumberError: malformed number
>>> rounded(70.45)
Traceback (most recent call last):
    ...
TypeError: conversion from float to Decimal is not supported
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import (
    ROUND_HALF_UP,
    Clamped,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    Rounded,
)
from functools import reduce

from zuzahlung.standards.errors import NumberError

CENT = Decimal("0.01")
ZERO = Decimal("0.00")

# An ambient context may have any precision and rounding; these two are ours alone. What is not to be
# rounded runs in the exact one, which raises instead of losing a digit.
_FAULTS = [InvalidOperation, DivisionByZero, Overflow, Clamped]
_KAUFMAENNISCH = Context(prec=100, rounding=ROUND_HALF_UP, traps=_FAULTS)
_EXACT = Context(prec=100, rounding=ROUND_HALF_UP, traps=[*_FAULTS, Rounded])
_to_cents, _divide = _KAUFMAENNISCH.quantize, _KAUFMAENNISCH.divide
_multiply, _add, _subtract = _EXACT.multiply, _EXACT.add, _EXACT.subtract


def rounded(amount: Decimal) -> Decimal:
    """Return the amount in euros with exactly two decimals, half a cent going up (away from zero).

    Raises TypeError for a float, and ValueError for what is no amount (NaN, infinite, beyond 98 digits).

    >>> rounded(Decimal("7.045")), rounded(Decimal("-7.045")), rounded(Decimal("7.0449"))
    (Decimal('7.05'), Decimal('-7.05'), Decimal('7.04'))
    """
    try:
        cents = _to_cents(amount, CENT)
    except DecimalException:
        raise _no_amount() from None
    if not cents:
        return ZERO  # Never a zero with a minus sign: it would be printed.
    if cents.is_nan():
        raise _no_amount()
    return cents


def times(price: Decimal, quantity: Decimal | int) -> Decimal:
    """Return the price of so many units, rounded.

    >>> times(Decimal("0.35"), Decimal("2.50"))
    Decimal('0.88')
    """
    try:
        return rounded(_multiply(price, quantity))
    except DecimalException:
        raise _no_amount() from None


def share(amount: Decimal, percent: Decimal | int) -> Decimal:
    """Return so many percent of the amount, rounded.

    >>> share(Decimal("29.63"), 10), share(Decimal("100.00"), Decimal("19.00"))
    (Decimal('2.96'), Decimal('19.00'))
    """
    try:
        return rounded(_multiply(_multiply(amount, percent), CENT))
    except DecimalException:
        raise _no_amount() from None


def per_unit(amount: Decimal, quantity: Decimal | int) -> Decimal:
    """Return what falls on one of so many units, rounded; ValueError for a quantity of nought.

    >>> per_unit(Decimal("10.00"), 3)
    Decimal('3.33')
    """
    try:
        return rounded(_divide(amount, quantity))
    except DecimalException:
        raise _no_amount() from None


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Return the exact sum, 0.00 of none; nothing is rounded.

    >>> total([Decimal("17.76"), Decimal("10.00")]), total([])
    (Decimal('27.76'), Decimal('0.00'))
    """
    try:
        return _finite(reduce(_add, amounts, ZERO))
    except DecimalException:
        raise _no_amount() from None


def difference(amount: Decimal, less: Decimal) -> Decimal:
    """Return the first amount less the second, exactly; nothing is rounded.

    >>> difference(Decimal("177.78"), Decimal("27.76"))
    Decimal('150.02')
    """
    try:
        return _finite(_subtract(amount, less)) or ZERO
    except DecimalException:
        raise _no_amount() from None


_WRITTEN = re.compile(r"(-?)([0-9]{1,12}|[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,3})(?:,([0-9]{2}))?(?:€|EUR)?")
_POINTED = re.compile(r"-?[0-9]{1,12}\.[0-9]{2}(?:€|EUR)?")


def parse(text: str) -> Decimal:
    """Return the euros somebody wrote as 29,63 or 1.234,56 € or 10; raise a NumberError otherwise.

    >>> parse("29,63"), parse("1.234,56 €"), parse("10"), parse("-2,96")
    (Decimal('29.63'), Decimal('1234.56'), Decimal('10.00'), Decimal('-2.96'))
    """
    written = "".join(text.split())
    if match := _WRITTEN.fullmatch(written):
        minus, euros, cents = match.groups("00")
        return Decimal(f"{minus}{euros.replace('.', '')}.{cents}") or ZERO
    if not written:
        raise NumberError("Bitte geben Sie einen Betrag ein, zum Beispiel 29,63.")
    if _POINTED.fullmatch(written):
        raise NumberError("Bitte schreiben Sie Cent hinter ein Komma, nicht hinter einen Punkt: 29,63.")
    raise NumberError("Bitte schreiben Sie den Betrag so: Euro, Komma und zwei Ziffern, zum Beispiel 29,63.")


def format(amount: Decimal) -> str:
    """Return the amount as it is written in Germany; ValueError where parts of a cent would be lost.

    >>> format(Decimal("1234.5")), format(Decimal("-2.96"))
    ('1.234,50 €', '-2,96 €')
    """
    cents = rounded(amount)
    if cents != amount:
        raise _no_amount()
    return f"{cents:,.2f} €".translate(_GERMAN)


_GERMAN = str.maketrans(",.", ".,")


def _finite(amount: Decimal) -> Decimal:
    if not amount.is_finite():
        raise _no_amount()
    return amount


def _no_amount() -> ValueError:
    return ValueError("not an amount of euros and cents")
