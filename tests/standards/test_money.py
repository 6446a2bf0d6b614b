"""Amounts are exact to the cent, half a cent goes up, and no context of the program around changes a result."""

from __future__ import annotations

import ast
from collections.abc import Callable
from decimal import (
    ROUND_05UP,
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_UP,
    Context,
    Decimal,
    Inexact,
    Rounded,
    localcontext,
)
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuzahlung.standards import money
from zuzahlung.standards.errors import NumberError

D = Decimal

CENTS = st.integers(-(10**10), 10**10).map(lambda n: Decimal(n).scaleb(-2))
AMOUNTS = st.integers(-(10**12), 10**12).map(lambda n: Decimal(n).scaleb(-4))
QUANTITIES = st.integers(1, 9999).map(lambda n: Decimal(n).scaleb(-2))
CONTEXTS = st.builds(
    lambda prec, rounding: Context(prec=prec, rounding=rounding, traps=[]),
    st.integers(1, 5),
    st.sampled_from([ROUND_DOWN, ROUND_UP, ROUND_FLOOR, ROUND_CEILING, ROUND_HALF_EVEN, ROUND_05UP]),
)


@pytest.mark.parametrize(
    ("amount", "cents"),
    [
        ("7.045", "7.05"),  # To the even neighbour it would be 7.04.
        ("7.0449999", "7.04"),
        ("7.055", "7.06"),
        ("0.005", "0.01"),
        ("0.00499", "0.00"),
        ("5", "5.00"),
        ("1E+2", "100.00"),
        ("99999999.995", "100000000.00"),
    ],
)
def test_half_a_cent_goes_up(amount: str, cents: str) -> None:
    assert str(money.rounded(D(amount))) == cents


@pytest.mark.parametrize(
    ("amount", "cents"), [("-7.045", "-7.05"), ("-7.0449999", "-7.04"), ("-0.005", "-0.01")]
)
def test_below_zero_half_a_cent_goes_away_from_zero(amount: str, cents: str) -> None:
    assert str(money.rounded(D(amount))) == cents


@pytest.mark.parametrize("amount", ["-0.004", "-0", "0E+9", "-0.00"])
def test_nothing_is_0_00_and_never_has_a_minus_sign(amount: str) -> None:
    assert str(money.rounded(D(amount))) == "0.00"


@pytest.mark.parametrize(
    ("price", "share"),
    [
        ("33.75", "3.38"),
        ("11.95", "1.20"),
        ("70.45", "7.05"),
        ("50.55", "5.06"),
        ("68.45", "6.85"),
        ("87.95", "8.80"),
        ("29.63", "2.96"),
        ("8.43", "0.84"),
        ("13.09", "1.31"),
        ("17.25", "1.73"),
    ],
)
def test_ten_percent_of_a_price_is_what_the_price_lists_print(price: str, share: str) -> None:
    assert str(money.share(D(price), 10)) == share


def test_a_share_may_have_a_percentage_with_decimals() -> None:
    assert str(money.share(D("35.50"), D("19.00"))) == "6.75"
    assert str(money.share(D("100.00"), D("2.50"))) == "2.50"


def test_a_share_is_rounded_once() -> None:
    # 0,4996 hundredths: rounded on the way it would be half a cent, and then a whole one.
    assert str(money.share(D("0.04"), D("12.49"))) == "0.00"


@pytest.mark.parametrize(
    ("price", "quantity", "result"),
    [
        ("29.63", "6", "177.78"),
        ("2.96", "6", "17.76"),
        ("0.35", "2.50", "0.88"),
        ("29.63", "2.00", "59.26"),
        ("-2.96", "6", "-17.76"),
        ("99999999.99", "99.99", "9998999999.00"),
    ],
)
def test_a_price_times_a_quantity_is_rounded_once(price: str, quantity: str, result: str) -> None:
    assert str(money.times(D(price), D(quantity))) == result


def test_a_quantity_may_be_a_whole_number() -> None:
    assert str(money.times(D("29.63"), 6)) == "177.78"


@pytest.mark.parametrize(
    ("amount", "quantity", "result"),
    [("10.00", "3", "3.33"), ("0.05", "2", "0.03"), ("11.40", "2.00", "5.70"), ("-0.05", "2", "-0.03")],
)
def test_an_amount_falls_on_each_unit_alike(amount: str, quantity: str, result: str) -> None:
    assert str(money.per_unit(D(amount), D(quantity))) == result


def test_nothing_falls_on_no_unit() -> None:
    with pytest.raises(ValueError, match="not an amount of euros and cents"):
        money.per_unit(D("10.00"), 0)


def test_a_sum_and_a_difference_are_exact() -> None:
    assert str(money.total([D("88.89"), D("48.48"), D("1.40"), D("0.005")])) == "138.775"
    assert str(money.total(D("0.10") for _ in range(10))) == "1.00"
    assert str(money.total([])) == "0.00"
    assert str(money.difference(D("8.43"), D("8.43"))) == "0.00"
    assert str(money.difference(D("1.00"), D("1.01"))) == "-0.01"


OPERATIONS: list[Callable[[Any], object]] = [
    money.rounded,
    lambda amount: money.times(amount, 2),
    lambda amount: money.times(D("1.00"), amount),
    lambda amount: money.share(amount, 10),
    lambda amount: money.share(D("1.00"), amount),
    lambda amount: money.per_unit(amount, 2),
    lambda amount: money.per_unit(D("1.00"), amount),
    lambda amount: money.total([amount]),
    lambda amount: money.difference(amount, D("1.00")),
    lambda amount: money.difference(D("1.00"), amount),
    money.format,
]


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("amount", [70.45, 0.0, "70.45", None])
def test_a_float_or_a_text_is_no_amount(operation: Callable[[Any], object], amount: object) -> None:
    with pytest.raises(TypeError):
        operation(amount)


MODULES = sorted(Path(money.__file__).parent.rglob("*.py"))


def makes_a_float(node: ast.AST) -> bool:
    """Say whether this is a number with a point, the name of the type, or a division that may give one."""
    return (
        (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div))
    )


@pytest.mark.parametrize("code", ["x = 0.1", "x = float(y)", "def f(x: float): ...", "x = y / 100", "x /= 2"])
def test_what_makes_a_float_would_be_found(code: str) -> None:
    assert any(map(makes_a_float, ast.walk(ast.parse(code))))


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_no_module_of_the_standards_makes_a_float(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    assert [node.lineno for node in ast.walk(tree) if makes_a_float(node) and hasattr(node, "lineno")] == []


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("amount", ["NaN", "-NaN", "sNaN", "Infinity", "-Infinity"])
def test_what_is_not_finite_is_refused(operation: Callable[[Any], object], amount: str) -> None:
    with pytest.raises(ValueError, match="not an amount of euros and cents"):
        operation(D(amount))


@pytest.mark.parametrize(
    "operation",
    [money.rounded, lambda a: money.times(a, a), lambda a: money.total([a, D("0.01")]), money.format],
)
@pytest.mark.parametrize("amount", ["1E+99", "1E+200", "1E+999999", "9" * 99 + ".99"])
def test_what_no_bill_can_carry_is_refused_before_a_digit_is_lost(
    operation: Callable[[Any], object], amount: str
) -> None:
    with pytest.raises(ValueError, match="not an amount of euros and cents"):
        operation(D(amount))


@pytest.mark.parametrize("rounding", [ROUND_DOWN, ROUND_UP, ROUND_FLOOR, ROUND_CEILING, ROUND_HALF_EVEN])
def test_a_context_of_three_digits_changes_nothing(rounding: str) -> None:
    with localcontext(Context(prec=3, rounding=rounding, traps=[Inexact, Rounded])):
        assert str(money.rounded(D("123456.785"))) == "123456.79"
        assert str(money.rounded(D("-123456.785"))) == "-123456.79"
        assert str(money.times(D("1234.56"), D("7.00"))) == "8641.92"
        assert str(money.share(D("1234.55"), 10)) == "123.46"
        assert str(money.per_unit(D("1234.55"), 2)) == "617.28"
        assert str(money.total([D("1234.56"), D("9876.54")])) == "11111.10"
        assert str(money.difference(D("1234.56"), D("0.01"))) == "1234.55"
        assert str(money.parse("1.234.567,89")) == "1234567.89"
        assert money.format(D("1234567.89")) == "1.234.567,89 €"


def test_no_operation_leaves_a_trace_in_the_context_around() -> None:
    with localcontext() as around:
        around.clear_flags()
        money.rounded(D("7.045"))
        money.share(D("70.45"), 10)
        money.per_unit(D("1.00"), 3)
        money.format(D("1.00"))
        assert not any(around.flags.values())


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("29,63", "29.63"),
        ("29,63 €", "29.63"),
        ("29,63€", "29.63"),
        ("29,63 EUR", "29.63"),
        (" 1.234,56\u00a0€ ", "1234.56"),
        ("1234,56", "1234.56"),
        ("1.234.567,89", "1234567.89"),
        ("1.234", "1234.00"),
        ("10", "10.00"),
        ("0,00", "0.00"),
        ("-0,00", "0.00"),
        ("-2,96", "-2.96"),
        ("999999999999,99", "999999999999.99"),
    ],
)
def test_an_amount_is_read_as_people_write_it(written: str, amount: str) -> None:
    assert str(money.parse(written)) == amount


@pytest.mark.parametrize(
    "written",
    [
        "1E5",
        "1e5",
        "1E-2",
        "NaN",
        "nan",
        "sNaN",
        "Infinity",
        "-inf",
        "29,6",
        "29,633",
        "29,",
        ",15",
        "12.34,56",
        "0.123,45",
        "1.23",
        "1,234.56",
        "+5",
        "--5",
        "5-",
        "1_000",
        "２９",
        "29,63 $",
        "€",
        "-",
        "1" * 13,
        "1" * 5000,
    ],
)
def test_what_is_not_written_like_an_amount_is_refused(written: str) -> None:
    with pytest.raises(NumberError):
        money.parse(written)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("", "Bitte geben Sie einen Betrag ein, zum Beispiel 29,63."),
        ("12.50", "Bitte schreiben Sie Cent hinter ein Komma, nicht hinter einen Punkt: 29,63."),
        (
            "29,6",
            "Bitte schreiben Sie den Betrag so: Euro, Komma und zwei Ziffern, zum Beispiel 29,63.",
        ),
    ],
)
def test_what_is_wrong_is_said_in_german(written: str, text: str) -> None:
    with pytest.raises(NumberError) as wrong:
        money.parse(written)
    assert wrong.value.text == text
    assert written not in str(wrong.value) or not written


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "0,00 €"),
        ("-0.00", "0,00 €"),
        ("2.96", "2,96 €"),
        ("1234.5", "1.234,50 €"),
        ("1234567.890", "1.234.567,89 €"),
        ("-1234.56", "-1.234,56 €"),
    ],
)
def test_an_amount_is_shown_as_it_is_written_in_germany(amount: str, shown: str) -> None:
    assert money.format(D(amount)) == shown


def test_an_amount_with_parts_of_a_cent_is_not_shown_as_if_it_were_rounded() -> None:
    with pytest.raises(ValueError, match="not an amount of euros and cents"):
        money.format(D("2.963"))


def half_up(exact: Fraction) -> int:
    """Return the cents nearest to the euros, a half going away from zero, in whole numbers."""
    magnitude = int(abs(exact) * 100 + Fraction(1, 2))
    return magnitude if exact >= 0 else -magnitude


@given(AMOUNTS, AMOUNTS, QUANTITIES, CONTEXTS)
def test_every_rule_gives_what_whole_numbers_give(
    amount: Decimal, other: Decimal, quantity: Decimal, around: Context
) -> None:
    exact, units = Fraction(amount), Fraction(quantity)
    expected = {
        "rounded": half_up(exact),
        "times": half_up(exact * units),
        "share": half_up(exact * units / 100),
        "per unit": half_up(exact / units),
        "total": exact + Fraction(other),
        "difference": exact - Fraction(other),
    }
    with localcontext(around):
        results = {
            "rounded": money.rounded(amount),
            "times": money.times(amount, quantity),
            "share": money.share(amount, quantity),
            "per unit": money.per_unit(amount, quantity),
        }
        exact_results = {
            "total": money.total([amount, other]),
            "difference": money.difference(amount, other),
        }
    assert all(result.as_tuple().exponent == -2 for result in results.values())
    got = {name: Fraction(result) * 100 for name, result in results.items()}
    assert got | {name: Fraction(result) for name, result in exact_results.items()} == expected


@given(AMOUNTS)
def test_an_amount_and_its_reversal_cancel_out(amount: Decimal) -> None:
    assert money.total([money.rounded(amount), money.rounded(amount.copy_negate())]) == 0


@given(CENTS)
def test_a_shown_amount_is_read_again(amount: Decimal) -> None:
    assert money.parse(money.format(amount)) == amount


@given(st.text(max_size=16) | st.from_regex(r"-?[0-9.]{1,12},?[0-9]{0,3} ?€?", fullmatch=True))
def test_any_text_is_either_an_amount_or_an_error_with_a_german_sentence(text: str) -> None:
    try:
        amount = money.parse(text)
    except NumberError as wrong:
        assert wrong.text.endswith(".")  # noqa: PT017 - Which of the two it is, is not known before.
    else:
        assert money.rounded(amount) == amount
