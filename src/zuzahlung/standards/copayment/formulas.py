"""The formulas of a Verordnung, from the price of one unit to the sum: plain Decimal in, whole cents out.

What a file must hold and what an insured owes are counted with the same lines. Each row of amounts of the
law (`satz`, see `law.find_zuzahlungssatz`) is an argument, since it belongs to a day.

Source: TA1 V21, 5.5.3.3 EHE, MWS, BES, GZF; SGB V, § 61 Satz 3.

>>> from datetime import date
>>> from zuzahlung.standards.copayment.law import get_zuzahlungssatz
>>> satz = get_zuzahlungssatz(date(2026, 9, 7))
>>> unit_copayment(Decimal("29.63"), satz=satz), unit_copayment(Decimal("70.45"), satz=satz)
(Decimal('2.96'), Decimal('7.05'))
>>> flat(Decimal("177.78"), Decimal("17.76"), satz=satz), flat(Decimal("8.43"), Decimal("0.84"), satz=satz)
(Decimal('10.00'), Decimal('7.59'))
"""

from __future__ import annotations

from decimal import Context, Decimal

from zuzahlung.standards import money
from zuzahlung.standards.copayment.law import Zuzahlungssatz
from zuzahlung.standards.money import ZERO

# The decimal context of the program around us may have any precision; two factors of MWS.2 are exact here.
_multiply = Context(prec=100).multiply


def unit_copayment(price: Decimal, vat_per_unit: Decimal = ZERO, *, satz: Zuzahlungssatz) -> Decimal:
    """Return the Zuzahlung for one unit (EHE.6): the share of price and VAT, rounded half up."""
    return money.share(money.total((price, vat_per_unit)) if vat_per_unit else price, satz.vom_hundert)


def line_copayment(per_unit: Decimal, quantity: Decimal) -> Decimal:
    """Return the Zuzahlung of a line (a term of BES.3 and GZF.2): that of one unit times the quantity.

    The unit is rounded first: ten per cent of six times 29.63 would be 17.78.

    >>> line_copayment(Decimal("2.96"), Decimal(6))
    Decimal('17.76')
    """
    return money.times(per_unit, quantity)


def line_gross(price: Decimal, quantity: Decimal, vat: Decimal = ZERO) -> Decimal:
    """Return the cost of a line (a term of BES.1) with its VAT, which is whole cents (MWS.2).

    >>> line_gross(Decimal("29.63"), Decimal(6)), line_gross(Decimal("20.13"), Decimal(2), Decimal("7.65"))
    (Decimal('177.78'), Decimal('47.91'))
    """
    cost = money.times(price, quantity)
    return money.total((cost, vat)) if vat else cost


def vat(price: Decimal, quantity: Decimal, per_cent: Decimal) -> Decimal:
    """Return the VAT of a line with a net price (MWS.2).

    >>> vat(Decimal("20.13"), Decimal(2), Decimal(19))
    Decimal('7.65')
    """
    return money.share(price, _multiply(quantity, per_cent))


def vat_per_unit(vat: Decimal, quantity: Decimal) -> Decimal:
    """Return the VAT that one unit bears: the amount of the line brought down to a quantity of 1.

    It is taken from the rounded amount, as the document says, and not from the price of one unit: nineteen
    per cent of 20.13 would be 3.82. Raises ValueError for a quantity of nought.

    >>> vat_per_unit(Decimal("7.65"), Decimal(2))
    Decimal('3.83')
    """
    return money.per_unit(vat, quantity)


def flat(gross: Decimal, percent: Decimal, *, satz: Zuzahlungssatz) -> Decimal:
    """Return the amount for each Verordnung (BES.4, GZF.3): at most what is left of the cost, never below 0.

    Whether it is due at all is not said here.
    """
    return max(ZERO, min(satz.je_verordnung, money.difference(gross, percent)))
