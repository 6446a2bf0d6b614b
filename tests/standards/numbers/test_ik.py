"""An IK is nine digits with a check digit, read with or without spaces; what is wrong is said in German."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuzahlung.standards.errors import InvalidCharacters, InvalidChecksum, InvalidLength, NumberError
from zuzahlung.standards.numbers import ik

VALID = [
    "260326822",
    "590301867",
    "101575519",
    "109905003",
    "108310400",
    "661430035",
    "104212059",
    "109519005",
    "260550131",
    "461100877",
    "660510336",
    "107668422",
    "105266989",
    "103411401",
    "440301798",
    "660999007",
    "109990018",
    "109990029",
]
WRONG_CHECK_DIGIT = [
    ("123456789", "0"),
    ("999999999", "4"),
    ("987654321", "4"),
    ("440123123", "2"),
    ("105600000", "7"),
    ("100125458", "3"),
]
BEGINNINGS = st.from_regex(r"[0-9]{8}", fullmatch=True)


@pytest.mark.parametrize("number", VALID)
def test_a_valid_number_is_read_as_it_is(number: str) -> None:
    assert ik.parse(number) == number
    assert ik.is_valid(number)


@pytest.mark.parametrize(("number", "expected"), WRONG_CHECK_DIGIT)
def test_a_wrong_check_digit_names_the_right_one(number: str, expected: str) -> None:
    with pytest.raises(InvalidChecksum) as wrong:
        ik.parse(number)
    assert wrong.value.expected == expected
    assert not ik.is_valid(number)


@pytest.mark.parametrize("typed", ["260 326 822", " 260326822\n", "26 03 26 82 2", "260\u00a0326\u202f822"])
def test_spaces_are_accepted(typed: str) -> None:
    assert ik.parse(typed) == "260326822"


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        ("", InvalidLength, "Bitte geben Sie das Institutionskennzeichen (IK) ein: neun Ziffern."),
        (
            "26032682",
            InvalidLength,
            (
                "Das Institutionskennzeichen (IK) hat 9 Ziffern, eingegeben sind 8. "
                "Bitte vergleichen Sie mit Ihren Unterlagen."
            ),
        ),
        (
            "2603268220",
            InvalidLength,
            (
                "Das Institutionskennzeichen (IK) hat 9 Ziffern, eingegeben sind 10. "
                "Bitte vergleichen Sie mit Ihren Unterlagen."
            ),
        ),
        (
            "26A326822",
            InvalidCharacters,
            (
                "Das Zeichen „A“ gehört nicht in ein Institutionskennzeichen (IK), es besteht aus neun Ziffern. "
                "Bitte vergleichen Sie mit Ihren Unterlagen."
            ),
        ),
        (
            "260326823",
            InvalidChecksum,
            (
                "Die Prüfziffer passt nicht: Nach 26032682 müsste eine 2 stehen. "
                "Bitte vergleichen Sie mit Ihren Unterlagen."
            ),
        ),
    ],
)
def test_what_is_wrong_is_said_in_german(typed: str, kind: type[NumberError], text: str) -> None:
    with pytest.raises(kind) as wrong:
        ik.parse(typed)
    assert wrong.value.text == text


@pytest.mark.parametrize(
    ("typed", "suggestion"),
    [
        ("26O326822", "260 326 822"),
        ("59030I867", "590 301 867"),
        ("59030l867", "590 301 867"),
        ("260.326.822", "260 326 822"),
        ("IK 260326822", None),
        ("２６０３２６８２２", None),
    ],
)
def test_a_look_alike_is_offered_and_never_swapped_silently(typed: str, suggestion: str | None) -> None:
    with pytest.raises(InvalidCharacters) as wrong:
        ik.parse(typed)
    assert wrong.value.suggestion == suggestion
    if suggestion:
        assert f"Meinten Sie {suggestion}?" in wrong.value.text


def test_a_number_is_shown_in_groups_of_three() -> None:
    assert ik.format(ik.parse("260326822")) == "260 326 822"


def check_digit_by_hand(eight: str) -> int:
    """Compute the digit as it is described, one step after the other."""
    products = [int(digit) * weight for digit, weight in zip(eight[2:], (2, 1, 2, 1, 2, 1), strict=True)]
    return sum(tens + ones for tens, ones in (divmod(product, 10) for product in products)) % 10


@given(BEGINNINGS)
def test_the_check_digit_is_the_one_described_and_no_other_passes(eight: str) -> None:
    assert ik.check_digit(eight) == str(check_digit_by_hand(eight))
    assert [d for d in string.digits if ik.is_valid(eight + d)] == [ik.check_digit(eight)]


@given(BEGINNINGS)
def test_a_shown_number_is_read_again(eight: str) -> None:
    number = ik.parse(eight + ik.check_digit(eight))
    assert ik.parse(ik.format(number)) == number


@given(st.text(max_size=16))
def test_any_text_is_either_a_number_or_an_error_with_a_german_sentence(text: str) -> None:
    if ik.is_valid(text):
        assert len(ik.parse(text)) == 9
        return
    with pytest.raises(NumberError) as wrong:
        ik.parse(text)
    assert wrong.value.text.endswith(".")
