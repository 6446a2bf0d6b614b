"""An LANR is nine digits with a check digit; an invoice takes what the stamp says, and doubts it at most."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuzahlung.standards.errors import InvalidCharacters, InvalidChecksum, InvalidLength, NumberError
from zuzahlung.standards.numbers import lanr

VALID = [
    "838382202",
    "123456601",
    "754236701",
    "906716934",
    "555555501",
    "333333300",
    "444444400",
    "999999900",
    "999999999",
]
BEGINNINGS = st.from_regex(r"[0-9]{6}", fullmatch=True).filter(
    lambda six: six not in {"000000", "444444", "555555", "999999"}
)
FACHGRUPPEN = st.from_regex(r"[0-9]{2}", fullmatch=True)


@pytest.mark.parametrize("number", VALID)
def test_a_valid_number_is_read_as_it_is(number: str) -> None:
    assert lanr.parse(number) == number
    assert lanr.is_valid(number)
    assert lanr.is_billable(number)
    assert lanr.is_plausible(number)


def test_a_wrong_check_digit_names_the_right_one_and_is_billed_with_a_warning() -> None:
    with pytest.raises(InvalidChecksum) as wrong:
        lanr.parse("123456789")
    assert wrong.value.expected == "6"
    assert not lanr.is_valid("123456789")
    assert lanr.is_billable("123456789")
    assert not lanr.is_plausible("123456789")


def test_zeros_alone_pass_the_check_digit_and_are_refused_all_the_same() -> None:
    assert lanr.check_digit("000000") == "0"
    with pytest.raises(NumberError) as wrong:
        lanr.parse("000000000")
    assert wrong.value.text == (
        "Nullen allein sind keine Lebenslange Arztnummer (LANR). "
        "Bitte vergleichen Sie mit dem Feld Arzt-Nr. der Verordnung."
    )
    assert not lanr.is_plausible("000000000")
    assert not lanr.is_plausible("0000")
    assert lanr.is_billable("000000000")


@pytest.mark.parametrize("printed", ["1", "4711", "123456", "12345678"])
def test_a_number_shorter_than_nine_digits_is_billed_as_it_is_printed(printed: str) -> None:
    assert lanr.is_billable(printed)
    assert lanr.is_plausible(printed)
    assert not lanr.is_valid(printed)


@pytest.mark.parametrize(
    "printed", ["", "1234567890", "838382 202", " 838382202", "83838220\n", "8383822O2", "８"]
)
def test_an_invoice_takes_nothing_but_one_to_nine_digits(printed: str) -> None:
    assert not lanr.is_billable(printed)
    assert not lanr.is_plausible(printed)


def test_where_nothing_is_printed_nine_nines_stand() -> None:
    assert lanr.MISSING == "999999999"
    assert lanr.is_billable(lanr.MISSING)
    assert lanr.is_plausible(lanr.MISSING)


@pytest.mark.parametrize("number", ["444444401", "555555101", "555555901", "999999900", "999999999"])
def test_a_substitute_number_needs_no_check_digit(number: str) -> None:
    assert lanr.is_substitute(number)
    assert lanr.parse(number) == number
    assert lanr.is_plausible(number)


@pytest.mark.parametrize("number", ["838382202", "444444301", "999999901", "55555510", "5555551011"])
def test_a_number_that_only_resembles_a_substitute_is_none(number: str) -> None:
    assert not lanr.is_substitute(number)


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        (
            "",
            InvalidLength,
            (
                "Bitte geben Sie die Lebenslange Arztnummer (LANR) aus dem Feld Arzt-Nr. "
                "der Verordnung ein: neun Ziffern."
            ),
        ),
        (
            "83838220",
            InvalidLength,
            (
                "Die Lebenslange Arztnummer (LANR) hat 9 Ziffern, eingegeben sind 8. "
                "Bitte vergleichen Sie mit dem Feld Arzt-Nr. der Verordnung."
            ),
        ),
        (
            "83838220X",
            InvalidCharacters,
            (
                "Das Zeichen „X“ gehört nicht in eine Lebenslange Arztnummer (LANR), sie besteht aus neun "
                "Ziffern. Bitte vergleichen Sie mit dem Feld Arzt-Nr. der Verordnung."
            ),
        ),
        (
            "838382302",
            InvalidChecksum,
            (
                "Die Prüfziffer passt nicht: Nach 838382 müsste an Stelle 7 eine 2 stehen. "
                "Bitte vergleichen Sie mit dem Feld Arzt-Nr. der Verordnung."
            ),
        ),
    ],
)
def test_what_is_wrong_is_said_in_german(typed: str, kind: type[NumberError], text: str) -> None:
    with pytest.raises(kind) as wrong:
        lanr.parse(typed)
    assert wrong.value.text == text


@pytest.mark.parametrize(
    ("typed", "suggestion"),
    [
        ("8383822O2", "838382202"),
        ("838382-202", "838382202"),
        ("8383823O2", None),
        ("83838220O2", None),
        ("OOOOOOOOO", None),
    ],
)
def test_a_look_alike_is_offered_where_it_would_pass(typed: str, suggestion: str | None) -> None:
    with pytest.raises(InvalidCharacters) as wrong:
        lanr.parse(typed)
    assert wrong.value.suggestion == suggestion


def test_spaces_are_accepted_from_people() -> None:
    assert lanr.parse(" 8383822 02\n") == "838382202"


def test_a_number_is_shown_as_it_is_printed() -> None:
    assert lanr.format(lanr.parse("838382202")) == "838382202"


def check_digit_by_hand(six: str) -> int:
    """Compute the digit as it is described, one step after the other."""
    total = sum(int(digit) * weight for digit, weight in zip(six, (4, 9, 4, 9, 4, 9), strict=True))
    return (10 - total % 10) % 10


@given(BEGINNINGS, FACHGRUPPEN)
def test_the_check_digit_is_the_one_described_and_no_other_passes(six: str, fachgruppe: str) -> None:
    assert lanr.check_digit(six) == str(check_digit_by_hand(six))
    assert [d for d in string.digits if lanr.is_valid(six + d + fachgruppe)] == [lanr.check_digit(six)]


@given(BEGINNINGS, FACHGRUPPEN, st.sampled_from([1, 3, 5, 6]), st.sampled_from(string.digits))
def test_each_change_of_digit_two_four_six_or_seven_is_found(
    six: str, fachgruppe: str, place: int, digit: str
) -> None:
    number = six + lanr.check_digit(six) + fachgruppe
    changed = number[:place] + digit + number[place + 1 :]
    assert lanr.is_valid(changed) == (changed == number or lanr.is_substitute(changed))


@given(BEGINNINGS, FACHGRUPPEN, st.sampled_from([0, 2, 4]), st.sampled_from(string.digits))
def test_a_change_of_digit_one_three_or_five_is_found_unless_it_is_by_five(
    six: str, fachgruppe: str, place: int, digit: str
) -> None:
    number = six + lanr.check_digit(six) + fachgruppe
    changed = number[:place] + digit + number[place + 1 :]
    same = (int(digit) - int(number[place])) % 5 == 0 and changed != "000000000"
    assert lanr.is_valid(changed) == (same or lanr.is_substitute(changed))


@given(st.text(max_size=12) | st.from_regex(r"[0-9OIL]{8,10}", fullmatch=True))
def test_any_text_is_either_a_number_or_an_error_with_a_german_sentence(text: str) -> None:
    if lanr.is_valid(text):
        assert lanr.is_plausible(lanr.parse(text))
        return
    with pytest.raises(NumberError) as wrong:
        lanr.parse(text)
    assert wrong.value.text.endswith(".")
