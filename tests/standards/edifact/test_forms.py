"""Each form says how an element is printed, which texts fit it, what they mean and how a value is written."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import (
    ROUND_DOWN,
    Clamped,
    Context,
    Decimal,
    FloatOperation,
    Inexact,
    Rounded,
    Subnormal,
    localcontext,
)
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.standards.sgbv302.generated import of_form
from zuzahlung.standards.edifact.forms import FIT, Form, an, code, count, day, decimal, nothing

FORMS = [an(5), an(most=30), an(most=256, least=22), code(9), count(6), count(most=3), decimal(10, 2), day()]


@pytest.mark.parametrize(
    ("form", "printed"),
    [
        (an(5), "an5"),
        (an(most=30), "an..30"),
        (an(most=256, least=22), "an22..256"),
        (code(9), "n9"),
        (count(6), "n6"),
        (count(most=3), "n..3"),
        (decimal(10, 2), "n..10,2"),
        (day(), "n8"),
        (nothing(), "leer"),
    ],
)
def test_a_form_is_named_as_the_tables_print_it(form: Form, printed: str) -> None:
    assert form.printed == printed


@pytest.mark.parametrize("make", [an, count])
def test_a_form_without_a_length_cannot_be_made(make: Any) -> None:
    with pytest.raises(ValueError, match="has a length"):
        make()


READ: list[tuple[Form, str, Any]] = [
    (an(5), "A5001", "A5001"),
    (an(most=30), "Müller-Lüdenscheidt, geb. Öz", "Müller-Lüdenscheidt, geb. Öz"),
    (code(2), "01", "01"),
    (count(6), "000009", 9),
    (count(most=3), "7", 7),
    (count(most=3), "007", 7),
    (decimal(10, 2), "29,63", Decimal("29.63")),
    (decimal(10, 2), "-0,15", Decimal("-0.15")),
    (decimal(10, 2), ",15", Decimal("0.15")),
    (decimal(10, 2), "9999999999,99", Decimal("9999999999.99")),
    (day(), "20260901", date(2026, 9, 1)),
    (day(), "00010101", date(1, 1, 1)),
]


@pytest.mark.parametrize(("form", "text", "value"), READ)
def test_a_text_that_fits_is_read_as_its_value(form: Form, text: str, value: Any) -> None:
    assert re.fullmatch(form.pattern, text)
    assert form.read(text) == value
    assert type(form.read(text)) is type(value)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (an(5), "2050"),
        (an(5), "205011"),
        (an(most=3), ""),
        (an(most=3), "D'A"),
        (an(most=3), "a:b"),
        (an(most=3), "a+b"),
        (an(most=3), "a??"),
        (an(most=3), "a\nb"),
        (an(most=3), "a\x9fb"),
        (an(most=3), "a\udce4b"),
        (code(2), "1"),
        (code(2), "1A"),
        (code(2), "1²"),
        (code(2), "٣٣"),
        (count(6), "9"),
        (count(most=3), "1000"),
        (count(most=3), "-1"),
        (decimal(4, 2), "1"),
        (decimal(4, 2), "1.00"),
        (decimal(4, 2), "1,0"),
        (decimal(4, 2), "1,000"),
        (decimal(4, 2), "+1,00"),
        (decimal(4, 2), "1,00-"),
        (decimal(4, 2), "12345,00"),
        (day(), "2026091"),
        (day(), "2026-09-01"),
        (nothing(), "x"),
    ],
)
def test_a_text_that_does_not_fit_does_not_match(form: Form, text: str) -> None:
    assert not re.fullmatch(form.pattern, text)


def test_a_day_that_is_not_in_the_calendar_has_the_pattern_and_cannot_be_read() -> None:
    assert re.fullmatch(day().pattern, "20260230")
    with pytest.raises(ValueError, match="day"):
        day().read("20260230")


WRITTEN: list[tuple[Form, Any, str]] = [
    (an(5), "A5001", "A5001"),
    (code(2), "01", "01"),
    (count(6), 9, "000009"),
    (count(most=3), 0, "0"),
    (decimal(10, 2), Decimal("29.63"), "29,63"),
    (decimal(10, 2), Decimal(1), "1,00"),
    (decimal(10, 2), Decimal("1E+3"), "1000,00"),
    (decimal(10, 2), Decimal("0.1500000"), "0,15"),
    (decimal(10, 2), Decimal("-7.5"), "-7,50"),
    (decimal(10, 2), Decimal("-0.00"), "0,00"),
    (decimal(10, 2), Decimal("9999999999.99"), "9999999999,99"),
    (day(), date(2026, 9, 1), "20260901"),
    (day(), date(1, 1, 1), "00010101"),
]


@pytest.mark.parametrize(("form", "value", "text"), WRITTEN)
def test_a_value_is_written_in_one_way(form: Form, value: Any, text: str) -> None:
    assert form.write(value) == text


@pytest.mark.parametrize(
    ("form", "value", "phrase"),
    [
        (an(5), 20501, "text is expected here"),
        (code(2), 1, "text is expected here"),
        (count(6), "9", "a whole number is expected here"),
        (count(6), -1, "a whole number is expected here"),
        (decimal(10, 2), 29.63, "a decimal is expected here"),
        (decimal(10, 2), 29, "a decimal is expected here"),
        (decimal(10, 2), Decimal("NaN"), "a decimal is expected here"),
        (decimal(10, 2), Decimal("sNaN"), "a decimal is expected here"),
        (decimal(10, 2), Decimal("-Infinity"), "a decimal is expected here"),
        (decimal(10, 2), Decimal(10**10), "the amount is too large"),
        (decimal(10, 2), Decimal(-(10**10)), "the amount is too large"),
        (decimal(10, 2), Decimal("1E+999999"), "the amount is too large"),
        (decimal(10, 2), Decimal("29.625"), "the amount has too many decimals"),
        (decimal(10, 2), Decimal("1E-999999"), "the amount has too many decimals"),
        (decimal(10, 2), Decimal("9999999999.999"), "the amount has too many decimals"),
        (day(), "20260901", "a day is expected here"),
        (day(), datetime(2026, 9, 1, 23, 30, tzinfo=UTC), "a day is expected here"),
    ],
)
def test_a_value_of_another_kind_is_refused(form: Form, value: Any, phrase: str) -> None:
    with pytest.raises(ValueError, match=f"^{phrase}$"):
        form.write(value)


@pytest.mark.parametrize("form", FORMS, ids=[form.printed for form in FORMS])
@given(data=st.data())
def test_a_value_is_read_as_it_was_written(form: Form, data: st.DataObject) -> None:
    value = data.draw(of_form(form, ("Aä1", st.characters(exclude_categories=("Cc", "Cs")))))
    assert form.read(form.write(value)) == value


@given(st.text(st.sampled_from("-0123456789,"), max_size=8))
def test_a_text_that_has_the_pattern_of_an_amount_is_one(text: str) -> None:
    amount = decimal(4, 2)
    if re.fullmatch(amount.pattern, text):
        whole, cents = text.removeprefix("-").split(",")
        sign = -1 if text.startswith("-") else 1
        assert amount.read(text) == sign * Decimal(int(whole or "0") * 100 + int(cents)) / 100


@given(st.integers(-(10**12) + 1, 10**12 - 1))
def test_the_ambient_decimal_context_changes_nothing(cents: int) -> None:
    value, text = Decimal((int(cents < 0), tuple(map(int, str(abs(cents)))), -2)), written_by_hand(cents)
    strange = Context(
        prec=3, rounding=ROUND_DOWN, Emin=-2, Emax=2,
        traps=[Inexact, Rounded, FloatOperation, Subnormal, Clamped],
    )  # fmt: skip
    outside = decimal(10, 2)
    with localcontext(strange):
        for form in (outside, decimal(10, 2)):
            assert form.write(value) == text
            assert str(form.read(text)) == str(outside.read(text))
    assert form.read(text) == value


def written_by_hand(cents: int) -> str:
    digits = f"{abs(cents):03}"
    return f"{'-' * (cents < 0)}{digits[:-2]},{digits[-2:]}"


@pytest.mark.parametrize("number", [*range(0x20), *range(0x7F, 0xA0), 0xD800, 0xDCFF, 0xDFFF])
def test_controls_and_undefined_bytes_fit_into_no_text(number: int) -> None:
    assert not FIT.fullmatch(f"a{chr(number)}b")


@given(st.text(st.characters(exclude_categories=("Cc", "Cs"))))
def test_everything_else_fits_into_a_text(text: str) -> None:
    assert FIT.fullmatch(text)
