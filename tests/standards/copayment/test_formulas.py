"""The formulas round half up, one unit first, and the flat amount never passes the cost."""

from __future__ import annotations

import decimal
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.standards.copayment.sheets import PRICES, QUANTITIES, cents
from tests.standards.copayment.vectors import cases
from zuzahlung.standards.copayment import formulas
from zuzahlung.standards.copayment.law import ZUZAHLUNGSSAETZE

[SATZ] = ZUZAHLUNGSSAETZE


@pytest.mark.parametrize("case", cases("ta1_5_5_3_3_ehe"))
def test_the_zuzahlung_of_one_unit_is_that_of_the_worked_case(case: dict[str, Any]) -> None:
    quantity, mws = Decimal(case.get("quantity", "1.00")), Decimal(case.get("mws", "0.00"))
    vat = formulas.vat_per_unit(mws, quantity)
    assert str(formulas.unit_copayment(Decimal(case["price"]), vat, satz=SATZ)) == case["unit"]


@pytest.mark.parametrize(
    ("price", "quantity", "rate", "amount"),
    [
        ("29.63", "1.00", "19.00", "5.63"),
        ("10.03", "3.00", "19.00", "5.72"),
        ("10.12", "2.00", "19.00", "3.85"),
        ("50.00", "1.50", "7.00", "5.25"),
        ("0.50", "1.00", "7.00", "0.04"),
    ],
)
def test_the_vat_of_a_line_is_rounded_once(price: str, quantity: str, rate: str, amount: str) -> None:
    assert str(formulas.vat(Decimal(price), Decimal(quantity), Decimal(rate))) == amount


@pytest.mark.parametrize(
    ("gross", "percent", "amount"),
    [
        ("177.78", "17.76", "10.00"),
        ("8.43", "0.84", "7.59"),
        ("11.11", "1.11", "10.00"),
        ("11.10", "1.11", "9.99"),
        ("0.01", "0.01", "0.00"),
        ("0.00", "0.00", "0.00"),
        ("1.00", "1.01", "0.00"),
    ],
)
def test_the_flat_amount_is_at_most_what_is_left_of_the_cost(gross: str, percent: str, amount: str) -> None:
    assert str(formulas.flat(Decimal(gross), Decimal(percent), satz=SATZ)) == amount


def test_ten_per_cent_of_the_sum_would_be_another_amount() -> None:
    unit = formulas.unit_copayment(Decimal("29.63"), satz=SATZ)
    assert str(formulas.line_copayment(unit, Decimal(6))) == "17.76"
    assert (
        str(formulas.unit_copayment(formulas.line_gross(Decimal("29.63"), Decimal(6)), satz=SATZ)) == "17.78"
    )


@given(price=PRICES, quantity=QUANTITIES)
def test_whole_numbers_of_cents_give_the_same(price: Decimal, quantity: Decimal) -> None:
    unit = formulas.unit_copayment(price, satz=SATZ)
    assert cents(unit) == (cents(price) * 10 + 50) // 100
    assert cents(formulas.line_copayment(unit, quantity)) == (cents(unit) * cents(quantity) + 50) // 100
    assert cents(formulas.line_gross(price, quantity)) == (cents(price) * cents(quantity) + 50) // 100


@given(price=PRICES, quantity=QUANTITIES, rate=st.sampled_from(["7.00", "19.00", "5.50"]).map(Decimal))
def test_whole_numbers_give_the_same_vat(price: Decimal, quantity: Decimal, rate: Decimal) -> None:
    vat = formulas.vat(price, quantity, rate)
    assert cents(vat) == (cents(price) * cents(quantity) * cents(rate) + 500_000) // 1_000_000
    of_one = formulas.vat_per_unit(vat, quantity)
    assert cents(of_one) == (2 * cents(vat) * 100 + cents(quantity)) // (2 * cents(quantity))


@given(gross=PRICES, percent=PRICES)
def test_the_flat_amount_lies_between_nothing_and_ten_euros(gross: Decimal, percent: Decimal) -> None:
    amount = formulas.flat(gross, percent, satz=SATZ)
    assert cents(amount) == max(0, min(1000, cents(gross) - cents(percent)))


def test_the_decimal_context_of_the_program_around_changes_nothing() -> None:
    with decimal.localcontext(decimal.Context(prec=3, rounding=decimal.ROUND_DOWN)):
        unit = formulas.unit_copayment(Decimal("70.45"), Decimal("13.39"), satz=SATZ)
        sums = (
            unit,
            formulas.line_gross(Decimal("70.45"), Decimal("9.00"), Decimal("120.47")),
            formulas.vat(Decimal("70.45"), Decimal("99.99"), Decimal("19.00")),
            formulas.flat(Decimal("1234.56"), Decimal("123.46"), satz=SATZ),
        )
    assert [str(amount) for amount in sums] == ["8.38", "754.52", "1338.42", "10.00"]


def test_a_quantity_of_nought_has_no_vat_per_unit() -> None:
    with pytest.raises(ValueError, match="not an amount"):
        formulas.vat_per_unit(Decimal("1.00"), Decimal("0.00"))
