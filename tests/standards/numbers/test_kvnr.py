"""A KVNR is read as it stands on the card, and what is wrong with it is said in German, never in a log."""

from __future__ import annotations

import string
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuzahlung.standards.errors import InvalidCharacters, InvalidChecksum, InvalidLength, NumberError
from zuzahlung.standards.numbers import kvnr

VALID = [
    "A000500015",
    "C000500021",
    "A123456780",
    "T555558879",
    "M123456785",
    "K543219876",
    "X110465770",
    "X110411675",
    "K220635158",
    "Z123456783",
    "X234567891",
    "E567890127",
    "O567890128",
    "X123123123",
    "B234567895",
    "C345678908",
    "D456789013",
    "F678901231",
]
WRONG_CHECK_DIGIT = [
    ("X234567890", "1"),
    ("A123456789", "0"),
    ("A123456787", "0"),
    ("B123456787", "2"),
    ("M123456789", "5"),
    ("B234567896", "5"),
    ("C345678902", "8"),
    ("D456789018", "3"),
    ("E567890124", "7"),
    ("F678901230", "1"),
]
BEGINNINGS = st.from_regex(r"[A-Z][0-9]{8}", fullmatch=True)


@pytest.mark.parametrize("number", VALID)
def test_a_valid_number_is_read_as_it_is(number: str) -> None:
    assert kvnr.parse(number) == number
    assert kvnr.is_valid(number)
    assert kvnr.is_checked(number)


@pytest.mark.parametrize(("number", "expected"), WRONG_CHECK_DIGIT)
def test_a_wrong_check_digit_names_the_right_one(number: str, expected: str) -> None:
    with pytest.raises(InvalidChecksum) as wrong:
        kvnr.parse(number)
    assert wrong.value.expected == expected
    assert not kvnr.is_valid(number)
    assert not kvnr.is_checked(number)


@pytest.mark.parametrize(
    "typed",
    [
        "a123456780",
        "A123 456 780",
        " a 123 456 780 ",
        "A123\u00a0456\u00a0780",
        "A123\u202f456 780\n",
        "A\t123456780",
    ],
)
def test_spaces_and_lower_case_are_accepted_from_people_but_not_in_files(typed: str) -> None:
    assert kvnr.parse(typed) == "A123456780"
    assert kvnr.is_valid(typed)
    assert not kvnr.is_checked(typed)


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        (
            "",
            InvalidLength,
            "Bitte geben Sie die Krankenversichertennummer von der Karte ein: ein Buchstabe und neun Ziffern.",
        ),
        (
            "A12345678",
            InvalidLength,
            (
                "Die Krankenversichertennummer hat 10 Zeichen (ein Buchstabe und neun Ziffern), "
                "eingegeben sind 9. Bitte vergleichen Sie mit der Karte."
            ),
        ),
        (
            "A1234567801042120590",
            InvalidLength,
            (
                "Die Krankenversichertennummer hat 10 Zeichen (ein Buchstabe und neun Ziffern), "
                "eingegeben sind 20. Bitte vergleichen Sie mit der Karte."
            ),
        ),
        (
            "101 575 519",
            InvalidLength,
            (
                "Das ist ein Institutionskennzeichen, zum Beispiel die Nummer der Krankenkasse. "
                "Gesucht ist die Krankenversichertennummer: ein Buchstabe und neun Ziffern."
            ),
        ),
        (
            "80276 00000 00000 00000",
            InvalidLength,
            (
                "Das ist die Kennnummer der Karte. "
                "Gesucht ist die Krankenversichertennummer auf der Karte: ein Buchstabe und neun Ziffern."
            ),
        ),
        (
            "A1234X6780",
            InvalidCharacters,
            (
                "An Stelle 6 steht der Buchstabe X, dort gehört eine Ziffer hin. "
                "Bitte vergleichen Sie mit der Karte."
            ),
        ),
        (
            "Ä123456780",
            InvalidCharacters,
            (
                "Das Zeichen „Ä“ gehört nicht in eine Krankenversichertennummer, "
                "sie besteht aus einem Buchstaben und neun Ziffern. Bitte vergleichen Sie mit der Karte."
            ),
        ),
        (
            "9123456780",
            InvalidCharacters,
            (
                "Am Anfang steht die Ziffer 9, dort gehört ein Buchstabe hin. "
                "Bitte vergleichen Sie mit der Karte."
            ),
        ),
        (
            "A123456789",
            InvalidChecksum,
            (
                "Die Prüfziffer passt nicht: Nach A12345678 müsste eine 0 stehen. "
                "Bitte vergleichen Sie mit der Karte."
            ),
        ),
    ],
)
def test_what_is_wrong_is_said_in_german(typed: str, kind: type[NumberError], text: str) -> None:
    with pytest.raises(kind) as wrong:
        kvnr.parse(typed)
    assert wrong.value.text == text


@pytest.mark.parametrize(
    ("typed", "suggestion", "text"),
    [
        (
            "A12345678O",
            "A123 456 780",
            (
                "An Stelle 10 steht der Buchstabe O, dort gehört eine Ziffer hin. "
                "Meinten Sie A123 456 780? Bitte vergleichen Sie mit der Karte."
            ),
        ),
        (
            "AI23456780",
            "A123 456 780",
            (
                "An Stelle 2 steht der Buchstabe I, dort gehört eine Ziffer hin. "
                "Meinten Sie A123 456 780? Bitte vergleichen Sie mit der Karte."
            ),
        ),
        (
            "al23456780",
            "A123 456 780",
            (
                "An Stelle 2 steht der Buchstabe L, dort gehört eine Ziffer hin. "
                "Meinten Sie A123 456 780? Bitte vergleichen Sie mit der Karte."
            ),
        ),
        (
            "0567890128",
            "O567 890 128",
            (
                "Am Anfang steht die Ziffer 0, dort gehört ein Buchstabe hin. "
                "Meinten Sie O567 890 128? Bitte vergleichen Sie mit der Karte."
            ),
        ),
        (
            "A123-456-780",
            "A123 456 780",
            (
                "Das Zeichen „-“ gehört nicht in eine Krankenversichertennummer, sie besteht aus einem "
                "Buchstaben und neun Ziffern. Meinten Sie A123 456 780? Bitte vergleichen Sie mit der Karte."
            ),
        ),
        (
            "A123456\u200b780",
            "A123 456 780",
            (
                "Ein unsichtbares Zeichen gehört nicht in eine Krankenversichertennummer, sie besteht aus einem "
                "Buchstaben und neun Ziffern. Meinten Sie A123 456 780? Bitte vergleichen Sie mit der Karte."
            ),
        ),
    ],
)
def test_a_look_alike_is_offered_and_never_swapped_silently(typed: str, suggestion: str, text: str) -> None:
    with pytest.raises(InvalidCharacters) as wrong:
        kvnr.parse(typed)
    assert wrong.value.suggestion == suggestion
    assert wrong.value.text == text


@pytest.mark.parametrize(
    "typed", ["A12345678I", "A1234X6780", "O123456O", "ß123456780", "ſ123456788", "ı123456787"]
)
def test_nothing_is_offered_that_would_not_pass_the_check(typed: str) -> None:
    with pytest.raises(NumberError) as wrong:
        kvnr.parse(typed)
    assert getattr(wrong.value, "suggestion", None) is None


@pytest.mark.parametrize("typed", ["A1２3456780", "A123456٧80", "A12345678²"])
def test_digits_of_other_scripts_are_no_digits_here(typed: str) -> None:
    with pytest.raises(InvalidCharacters):
        kvnr.parse(typed)


@pytest.mark.parametrize("typed", ["A123456789", "A12345678O", "A12345678", "B-123456782", "K543219877"])
def test_the_number_stands_in_the_text_for_the_person_and_nowhere_else(typed: str) -> None:
    with pytest.raises(NumberError) as wrong:
        kvnr.parse(typed)
    logged = "".join(traceback.format_exception(wrong.value)) + str(wrong.value) + repr(wrong.value)
    # Four characters in a row are more than any line number or size in a traceback shares with the number.
    assert not [piece for n in range(len(typed) - 4) if (piece := typed[n : n + 5]) in logged]


@pytest.mark.parametrize(
    "text", ["", "A", "A12345678", "A1234567800", "A123456780\n", "a123456780", "AA23456780"]
)
def test_the_fast_check_takes_nothing_but_the_exact_form(text: str) -> None:
    assert not kvnr.is_checked(text)


def test_a_number_is_shown_in_groups() -> None:
    assert kvnr.format(kvnr.parse("A123456780")) == "A123 456 780"


def check_digit_by_hand(nine: str) -> int:
    """Compute the digit as the document describes it, one step after the other."""
    digits = f"{string.ascii_uppercase.index(nine[0]) + 1:02}{nine[1:]}"
    products = [int(digit) * (1, 2)[place % 2] for place, digit in enumerate(digits)]
    return sum(tens + ones for tens, ones in (divmod(product, 10) for product in products)) % 10


@given(BEGINNINGS)
def test_the_tables_compute_what_the_document_describes(nine: str) -> None:
    assert kvnr.check_digit(nine) == str(check_digit_by_hand(nine))


@given(BEGINNINGS)
def test_exactly_one_of_ten_check_digits_is_right(nine: str) -> None:
    assert [d for d in string.digits if kvnr.is_checked(nine + d)] == [kvnr.check_digit(nine)]


@given(BEGINNINGS)
def test_a_shown_number_is_read_again(nine: str) -> None:
    number = kvnr.parse(nine + kvnr.check_digit(nine))
    assert kvnr.parse(kvnr.format(number).lower()) == number


@given(st.text(max_size=24))
def test_any_text_is_either_a_number_or_an_error_with_a_german_sentence(text: str) -> None:
    if kvnr.is_valid(text):
        assert kvnr.is_checked(kvnr.parse(text))
        return
    with pytest.raises(NumberError) as wrong:
        kvnr.parse(text)
    assert wrong.value.text.endswith(".")
