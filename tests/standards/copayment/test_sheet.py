"""A sheet refuses what can be no sheet: floats, parts of a cent, contradictions, and nothing at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from zuzahlung.standards.copayment.sheet import Item, Sheet
from zuzahlung.standards.copayment.status import Status

DAY = date(2026, 9, 7)
ITEM = Item(
    leistungsdatum=DAY,
    positionsnummer="20501",
    einzelbetrag=Decimal("29.63"),
    anzahl=Decimal("1.00"),
    bears_copayment=True,
    printed_copayment=Decimal("2.96"),
)


@pytest.mark.parametrize("name", ["einzelbetrag", "anzahl", "printed_copayment", "mws_betrag"])
@pytest.mark.parametrize(
    ("value", "error"),
    [
        (2.5, TypeError),
        (2, TypeError),
        ("2.50", TypeError),
        (Decimal("2.505"), ValueError),
        (Decimal("-0.01"), ValueError),
        (Decimal("NaN"), ValueError),
        (Decimal("Infinity"), ValueError),
        (Decimal("1E+10"), ValueError),
    ],
)
def test_a_number_that_is_no_amount_is_refused(name: str, value: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=name):
        replace(ITEM, **{name: value})


def test_a_quantity_of_nought_is_refused() -> None:
    with pytest.raises(ValueError, match="anzahl must be above 0"):
        replace(ITEM, anzahl=Decimal("0.00"))


def test_an_item_is_not_both_free_and_printed_with_a_zuzahlung() -> None:
    with pytest.raises(ValueError, match="bears no copayment has none printed"):
        replace(ITEM, bears_copayment=False)


def test_a_printed_zuzahlung_above_the_price_is_refused() -> None:
    assert replace(ITEM, printed_copayment=Decimal("29.63")).printed_copayment == Decimal("29.63")
    with pytest.raises(ValueError, match="not above the price"):
        replace(ITEM, printed_copayment=Decimal("29.64"))


def test_whether_an_item_bears_a_zuzahlung_has_no_default() -> None:
    with pytest.raises(TypeError, match="bears_copayment"):
        Item(  # type: ignore[call-arg]
            leistungsdatum=DAY, positionsnummer="20501", einzelbetrag=Decimal(1), anzahl=Decimal(1)
        )


def test_a_sheet_without_items_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one item"):
        Sheet(items=(), geburtsdatum=date(1972, 4, 13))


def test_a_day_of_treatment_before_the_birth_is_refused() -> None:
    assert Sheet(items=(ITEM,), geburtsdatum=DAY).first_day == DAY
    with pytest.raises(ValueError, match="before the day of birth"):
        Sheet(items=(ITEM,), geburtsdatum=date(2026, 9, 8))


def test_days_billed_elsewhere_belong_to_the_series() -> None:
    sheet = Sheet(
        items=(ITEM, ITEM), geburtsdatum=date(1972, 4, 13), other_days=(date(2026, 9, 9), date(2026, 9, 2))
    )
    assert sheet.days == (date(2026, 9, 2), DAY, date(2026, 9, 9))
    assert sheet.first_day == date(2026, 9, 2)


def test_each_day_has_its_status() -> None:
    sheet = Sheet(items=(ITEM,), geburtsdatum=date(2008, 9, 7), other_days=(date(2026, 9, 6),))
    assert sheet.statuses() == {date(2026, 9, 6): Status.MINOR, DAY: Status.LIABLE}
