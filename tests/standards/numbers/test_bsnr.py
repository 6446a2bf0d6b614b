"""A BSNR is nine digits without a check digit; an invoice takes what the stamp says, and doubts it at most."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuzahlung.standards.errors import InvalidCharacters, InvalidLength, NumberError
from zuzahlung.standards.numbers import bsnr


def test_the_first_two_digits_are_those_given_out_today() -> None:
    assert list(bsnr.KV) == [
        "01", "02", "03", "17", "20", "35", "38", "46", "51", "52",
        "71", "72", "73", "74", "78", "83", "88", "93", "98",
    ]  # fmt: skip


@pytest.mark.parametrize("number", ["721234500", "350000100", "010000100", "981234567", "999999999"])
def test_a_number_as_it_is_given_out_today_is_read_as_it_is(number: str) -> None:
    assert bsnr.parse(number) == number
    assert bsnr.is_valid(number)
    assert bsnr.is_billable(number)
    assert bsnr.is_plausible(number)


@pytest.mark.parametrize("number", ["991234500", "041234500", "000000000"])
def test_another_beginning_is_billed_with_a_warning(number: str) -> None:
    assert bsnr.is_valid(number)
    assert bsnr.is_billable(number)
    assert not bsnr.is_plausible(number)


@pytest.mark.parametrize("printed", ["1", "4711", "12345678"])
def test_a_number_shorter_than_nine_digits_is_billed_as_it_is_printed(printed: str) -> None:
    assert bsnr.is_billable(printed)
    assert bsnr.is_plausible(printed)
    assert not bsnr.is_valid(printed)


@pytest.mark.parametrize(
    "printed", ["", "7212345001", "72 1234500", " 721234500", "72123450\n", "72I234500", "７"]
)
def test_an_invoice_takes_nothing_but_one_to_nine_digits(printed: str) -> None:
    assert not bsnr.is_billable(printed)
    assert not bsnr.is_plausible(printed)


def test_where_nothing_is_printed_nine_nines_stand() -> None:
    assert bsnr.MISSING == "999999999"


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        (
            "",
            InvalidLength,
            (
                "Bitte geben Sie die Betriebsstättennummer (BSNR) aus dem Feld Betriebsstätten-Nr. "
                "der Verordnung ein: neun Ziffern."
            ),
        ),
        (
            "7212345000",
            InvalidLength,
            (
                "Die Betriebsstättennummer (BSNR) hat 9 Ziffern, eingegeben sind 10. "
                "Bitte vergleichen Sie mit dem Feld Betriebsstätten-Nr. der Verordnung."
            ),
        ),
        (
            "72I234500",
            InvalidCharacters,
            (
                "Das Zeichen „I“ gehört nicht in eine Betriebsstättennummer (BSNR), sie besteht aus neun "
                "Ziffern. Meinten Sie 721234500? "
                "Bitte vergleichen Sie mit dem Feld Betriebsstätten-Nr. der Verordnung."
            ),
        ),
    ],
)
def test_what_is_wrong_is_said_in_german(typed: str, kind: type[NumberError], text: str) -> None:
    with pytest.raises(kind) as wrong:
        bsnr.parse(typed)
    assert wrong.value.text == text


@pytest.mark.parametrize(
    ("typed", "suggestion"), [("72/1234500", "721234500"), ("99I234500", None), ("72I2345", None)]
)
def test_a_look_alike_is_offered_where_the_number_would_be_plausible(
    typed: str, suggestion: str | None
) -> None:
    with pytest.raises(InvalidCharacters) as wrong:
        bsnr.parse(typed)
    assert wrong.value.suggestion == suggestion


@given(st.from_regex(r"[0-9]{9}", fullmatch=True))
def test_a_shown_number_is_read_again(number: str) -> None:
    assert bsnr.parse(bsnr.format(bsnr.parse(f"{number[:2]} {number[2:]}"))) == number


@given(st.text(max_size=12))
def test_any_text_is_either_a_number_or_an_error_with_a_german_sentence(text: str) -> None:
    if bsnr.is_valid(text):
        assert len(bsnr.parse(text)) == 9
        return
    with pytest.raises(NumberError) as wrong:
        bsnr.parse(text)
    assert wrong.value.text.endswith(".")
