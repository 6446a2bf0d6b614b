"""The long KVNR is a KVNR, an IK and a digit over both; each part is checked, and German says which is wrong."""

from __future__ import annotations

import string
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuzahlung.standards.errors import InvalidCharacters, InvalidChecksum, InvalidLength, NumberError
from zuzahlung.standards.numbers import ik, kvnr, kvnr20

PERSONS = st.from_regex(r"[A-Z][0-9]{8}", fullmatch=True).map(lambda nine: nine + kvnr.check_digit(nine))
FUNDS = st.from_regex(r"[0-9]{8}", fullmatch=True).map(lambda eight: eight + ik.check_digit(eight))
NUMBERS = st.builds(lambda person, fund: kvnr20.joined(kvnr.KVNR(person), ik.IK(fund)), PERSONS, FUNDS)


@pytest.mark.parametrize(
    ("person", "fund", "number"),
    [
        ("A123456780", "104212059", "A1234567801042120590"),
        ("X110411675", "109519005", "X1104116751095190058"),
    ],
)
def test_a_valid_number_is_read_as_it_is_and_falls_into_its_parts(
    person: str, fund: str, number: str
) -> None:
    assert kvnr20.parse(number) == number
    assert kvnr20.is_valid(number)
    assert kvnr20.split(kvnr20.parse(number)) == (person, fund)
    assert kvnr20.joined(kvnr.parse(person), ik.parse(fund)) == number


@pytest.mark.parametrize("typed", ["a123 456 780 104 212 059 0", " A123456780\t104212059\u00a00\n"])
def test_spaces_and_lower_case_are_accepted_from_people(typed: str) -> None:
    assert kvnr20.parse(typed) == "A1234567801042120590"


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        (
            "",
            InvalidLength,
            ("Bitte geben Sie die 20-stellige Krankenversichertennummer ein: ein Buchstabe und 19 Ziffern."),
        ),
        (
            "A123456780",
            InvalidLength,
            (
                "Das ist die kurze Krankenversichertennummer mit 10 Zeichen. "
                "Gesucht ist die lange mit 20 Zeichen: ein Buchstabe und 19 Ziffern."
            ),
        ),
        (
            "A123456780104212059",
            InvalidLength,
            (
                "Die lange Krankenversichertennummer hat 20 Zeichen (ein Buchstabe und 19 Ziffern), "
                "eingegeben sind 19. Bitte vergleichen Sie mit Ihren Unterlagen."
            ),
        ),
        (
            "80276 00000 00000 00000",
            InvalidCharacters,
            (
                "Das ist die Kennnummer der Karte. "
                "Gesucht ist die 20-stellige Krankenversichertennummer: ein Buchstabe und 19 Ziffern."
            ),
        ),
        (
            "91234567801042120590",
            InvalidCharacters,
            (
                "In der 20-stelligen Krankenversichertennummer steht vorn ein Buchstabe, dahinter "
                "nur Ziffern. Bitte vergleichen Sie mit Ihren Unterlagen."
            ),
        ),
        (
            "A123456780/104212059",
            InvalidCharacters,
            (
                "Das Zeichen „/“ gehört nicht in eine Krankenversichertennummer. "
                "Bitte vergleichen Sie mit Ihren Unterlagen."
            ),
        ),
        (
            "A1234567811042120590",
            InvalidChecksum,
            (
                "Die Prüfziffer passt nicht: Nach A12345678 müsste eine 0 stehen. "
                "Bitte vergleichen Sie mit der Karte."
            ),
        ),
        (
            "A1234567801042120580",
            InvalidChecksum,
            (
                "Die Prüfziffer passt nicht: Nach 10421205 müsste eine 9 stehen. "
                "Bitte vergleichen Sie mit Ihren Unterlagen."
            ),
        ),
        (
            "A1234567801042120591",
            InvalidChecksum,
            (
                "Die letzte Prüfziffer passt nicht: Nach A123456780104212059 müsste eine 0 stehen. "
                "Bitte vergleichen Sie mit Ihren Unterlagen."
            ),
        ),
    ],
)
def test_what_is_wrong_is_said_in_german(typed: str, kind: type[NumberError], text: str) -> None:
    with pytest.raises(kind) as wrong:
        kvnr20.parse(typed)
    assert wrong.value.text == text
    assert not kvnr20.is_valid(typed)


@pytest.mark.parametrize(
    "typed", ["A12345678O1042120590", "A1234567801O42I2O59O", "A123-456-780-104-212-059-0"]
)
def test_a_look_alike_is_offered_and_never_swapped_silently(typed: str) -> None:
    with pytest.raises(InvalidCharacters) as wrong:
        kvnr20.parse(typed)
    assert wrong.value.suggestion == "A123 456 780 104 212 059 0"
    assert "Meinten Sie A123 456 780 104 212 059 0?" in wrong.value.text


def test_nothing_is_offered_that_would_not_pass_the_check() -> None:
    with pytest.raises(InvalidCharacters) as wrong:
        kvnr20.parse("A12345678O1042120591")
    assert wrong.value.suggestion is None


@pytest.mark.parametrize("typed", ["A1234567801042120591", "A1234567811042120590", "A12345678O1042120590"])
def test_the_number_stands_in_the_text_for_the_person_and_nowhere_else(typed: str) -> None:
    with pytest.raises(NumberError) as wrong:
        kvnr20.parse(typed)
    logged = "".join(traceback.format_exception(wrong.value)) + str(wrong.value) + repr(wrong.value)
    assert not [piece for n in range(len(typed) - 4) if (piece := typed[n : n + 5]) in logged]


def check_digit_by_hand(nineteen: str) -> int:
    """Compute the digit as the scheme is described, one step after the other."""
    digits = f"{string.ascii_uppercase.index(nineteen[0]) + 1:02}{nineteen[1:]}"
    products = [int(digit) * (1, 2)[place % 2] for place, digit in enumerate(digits)]
    return sum(tens + ones for tens, ones in (divmod(product, 10) for product in products)) % 10


@given(NUMBERS)
def test_the_check_digit_is_the_one_described_and_no_other_passes(number: str) -> None:
    assert number[19] == str(check_digit_by_hand(number[:19]))
    assert [d for d in string.digits if kvnr20.is_valid(number[:19] + d)] == [number[19]]


@given(NUMBERS, st.integers(1, 19), st.sampled_from(string.digits))
def test_each_change_of_a_single_digit_is_found(number: str, place: int, digit: str) -> None:
    changed = number[:place] + digit + number[place + 1 :]
    assert kvnr20.is_valid(changed) == (changed == number)


@given(NUMBERS)
def test_a_shown_number_is_read_again(number: str) -> None:
    assert kvnr20.parse(kvnr20.format(kvnr20.parse(number)).lower()) == number


@given(st.text(max_size=30) | st.from_regex(r"[A-Z0-9OIL-]{18,22}", fullmatch=True))
def test_any_text_is_either_a_number_or_an_error_with_a_german_sentence(text: str) -> None:
    if kvnr20.is_valid(text):
        assert len(kvnr20.parse(text)) == 20
        return
    with pytest.raises(NumberError) as wrong:
        kvnr20.parse(text)
    assert wrong.value.text.endswith(".")
