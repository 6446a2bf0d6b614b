"""A Verordnungsblatt as far as its Zuzahlung goes: what was done on which day, at which price, and for whom.

Source: TA1 V21, 5.5.3.3 EHE, MWS, BES; SGB V, §§ 32(2), 62(1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zuzahlung.standards import money
from zuzahlung.standards.copayment import formulas
from zuzahlung.standards.copayment.law import Leistungsart, spares_minors
from zuzahlung.standards.copayment.periods import Period
from zuzahlung.standards.copayment.status import Status, status_on
from zuzahlung.standards.days import eighteenth_birthday


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One position on one day (EHE): `einzelbetrag` in euros for one unit, net if `mws_betrag` is given.

    `mws_betrag` is the VAT of the whole line (MWS.2, see `formulas.vat`). `bears_copayment` is False where
    the price list prints „-“ or nothing in its column Zuzahlung; who does not know it must find out, since
    there is no default. `printed_copayment` is what the list prints for one unit, and None where no list is
    at hand or the price is a difference (VKZ 02).

    Raises TypeError for a number that is no Decimal, and ValueError for one that is no amount or quantity:
    both are bugs of the caller.
    """

    leistungsdatum: date
    positionsnummer: str
    einzelbetrag: Decimal
    anzahl: Decimal
    bears_copayment: bool
    printed_copayment: Decimal | None = None
    mws_betrag: Decimal | None = None

    def __post_init__(self) -> None:
        for name in ("einzelbetrag", "anzahl", "printed_copayment", "mws_betrag"):
            value = getattr(self, name)
            if value is not None:
                _refuse_unless_two_decimals(name, value)
        if not self.anzahl:
            raise ValueError("anzahl must be above 0")
        if self.printed_copayment is None:
            return
        if not self.bears_copayment:
            raise ValueError("an item that bears no copayment has none printed")
        if formulas.line_copayment(self.printed_copayment, self.anzahl) > self.brutto:
            raise ValueError("a printed copayment is not above the price")

    @property
    def brutto(self) -> Decimal:
        """Return the cost of the line, with its VAT."""
        return formulas.line_gross(self.einzelbetrag, self.anzahl, self.mws_betrag or money.ZERO)

    @property
    def mws_per_unit(self) -> Decimal:
        """Return the VAT of one unit, 0 without any."""
        if self.mws_betrag is None:
            return money.ZERO
        return formulas.vat_per_unit(self.mws_betrag, self.anzahl)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """One Verordnungsblatt: its items in any order, and what decides who owes.

    `exemptions` are the periods as they count after revocation (see `periods.effective`). `other_days` are
    the days of treatment that another invoice bills (VKZ 02, 04, 10): nothing is charged for them here, yet
    the first day and the key are those of the whole series. `spared_by` names, as a part of a German
    sentence, why the law demands nothing whatever the age and the exemptions (such as „§ 24e SGB V“); which
    cases those are is not officially sourced here, so the caller's settings decide.

    Raises ValueError without any item, and for a day before the birth.
    """

    items: tuple[Item, ...]
    geburtsdatum: date
    exemptions: tuple[Period, ...] = ()
    other_days: tuple[date, ...] = ()
    spared_by: str | None = None

    def __post_init__(self) -> None:
        if not self.items:
            raise ValueError("a sheet needs at least one item")
        if self.first_day < self.geburtsdatum:
            raise ValueError("nobody is treated before the day of birth")

    @property
    def days(self) -> tuple[date, ...]:
        """Return every day of treatment of the series once, in order."""
        return tuple(sorted({item.leistungsdatum for item in self.items}.union(self.other_days)))

    @property
    def first_day(self) -> date:
        """Return the first day of treatment of the series."""
        return self.days[0]

    def statuses(self) -> Mapping[date, Status]:
        """Return what holds by age and exemptions on every day of treatment, in order."""
        adult_on = eighteenth_birthday(self.geburtsdatum) if spares_minors(Leistungsart.HEILMITTEL) else None
        return {day: status_on(day, periods=self.exemptions, adult_on=adult_on) for day in self.days}


def _refuse_unless_two_decimals(name: str, value: Decimal) -> None:
    if not isinstance(value, Decimal):
        raise TypeError(f"{name} must be a Decimal")
    exponent = value.as_tuple().exponent
    # An exponent that is no number belongs to NaN and Infinity.
    if not isinstance(exponent, int) or exponent < -2 or value < 0 or value.adjusted() >= 10:
        raise ValueError(f"{name} must be a number from 0 on, of ten digits and two decimals at most")
