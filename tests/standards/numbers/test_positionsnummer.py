"""A Positionsnummer is five signs whose first says who did it; the X that contracts print there is none of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuzahlung.standards.errors import InvalidCharacters, InvalidLength, NumberError
from zuzahlung.standards.numbers import positionsnummer

NUMBERS = st.from_regex(r"[1-9A][0-9]{4}|[BDE]L922", fullmatch=True)


@pytest.mark.parametrize(
    "number", ["20501", "10101", "33302", "40101", "54405", "60501", "78220", "80501", "99801", "A5001"]
)
def test_a_number_of_the_directory_is_read_as_it_is(number: str) -> None:
    assert positionsnummer.parse(number) == number
    assert positionsnummer.is_valid(number)
    assert positionsnummer.is_billable(number)
    assert positionsnummer.format(positionsnummer.parse(number)) == number


@pytest.mark.parametrize("number", ["BL922", "DL922", "EL922"])
def test_the_reports_sent_electronically_are_the_only_other_numbers_with_letters(number: str) -> None:
    assert positionsnummer.is_billable(number)
    assert not positionsnummer.is_billable(number[0] + "0501")
    assert not positionsnummer.is_billable("2" + number[1:])


@pytest.mark.parametrize(
    "text", ["", "2050", "205011", "00501", "C0501", "X0501", "a5001", "AL922", "20 501", "20501\n", "２0501"]
)
def test_an_invoice_takes_no_other_form(text: str) -> None:
    assert not positionsnummer.is_billable(text)


@pytest.mark.parametrize("typed", ["20 501", " 20501\n", "205\u00a001"])
def test_spaces_are_accepted_from_people(typed: str) -> None:
    assert positionsnummer.parse(typed) == "20501"
    assert positionsnummer.is_valid(typed)


def test_lower_case_is_accepted_from_people() -> None:
    assert positionsnummer.parse("a5001") == "A5001"


@pytest.mark.parametrize(
    ("sign", "who"),
    [
        ("1", "Masseur, Masseur und med. Bademeister"),
        ("2", "Krankengymnast/Physiotherapeut"),
        ("3", "Logopäde/Sprachtherapeut/Atem-, Sprech- und Stimmlehrer"),
        ("4", "sonstiger Sprachtherapeut (nur bei abweichender landesrechtlicher Vergütung)"),
        ("5", "Ergotherapeut"),
        ("6", "Krankenhaus"),
        ("7", "Podologe"),
        ("8", "ambulante Vorsorgeleistungen in anerkannten Kurorten"),
        ("9", "Sonstige"),
        ("A", "Leistungserbringer von Ernährungstherapie"),
    ],
)
def test_the_first_sign_says_who_did_it(sign: str, who: str) -> None:
    assert positionsnummer.leistungserbringer(positionsnummer.parse(sign + "0501")) == who


@pytest.mark.parametrize(
    ("number", "who"),
    [
        ("BL922", "Ergotherapeut"),
        ("DL922", "Krankengymnast/Physiotherapeut"),
        ("EL922", "Logopäde/Sprachtherapeut/Atem-, Sprech- und Stimmlehrer"),
    ],
)
def test_the_letter_of_an_electronic_report_says_who_wrote_it(number: str, who: str) -> None:
    assert positionsnummer.leistungserbringer(positionsnummer.parse(number)) == who


def test_each_abrechnungscode_bills_with_its_sign() -> None:
    signs = positionsnummer.SIGN_OF_ABRECHNUNGSCODE
    assert " ".join(f"{code}→{sign}" for code, sign in signs.items()) == (
        "21→1 22→2 23→3 24→3 25→3 26→5 27→6 28→8 71→7 72→7 73→A 74→A"
    )


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        (
            "",
            InvalidLength,
            "Bitte geben Sie die Positionsnummer ein: fünf Stellen, zum Beispiel 20501.",
        ),
        (
            "2050",
            InvalidLength,
            (
                "Eine Positionsnummer hat 5 Stellen, eingegeben sind 4. "
                "Bitte vergleichen Sie mit der Preisliste Ihres Vertrages."
            ),
        ),
        (
            "X0501",
            InvalidCharacters,
            (
                "Das X steht in den Verträgen anstelle der Ziffer für die Art des Leistungserbringers. "
                "Bitte setzen Sie die Ziffer ein, zum Beispiel 20501 in der Physiotherapie."
            ),
        ),
        (
            "00501",
            InvalidCharacters,
            (
                "So ist keine Positionsnummer aufgebaut: Sie besteht aus fünf Ziffern, oder A und vier Ziffern. "
                "Bitte vergleichen Sie mit der Preisliste Ihres Vertrages."
            ),
        ),
        (
            "2O501",
            InvalidCharacters,
            (
                "So ist keine Positionsnummer aufgebaut: Sie besteht aus fünf Ziffern, oder A und vier Ziffern. "
                "Meinten Sie 20501? Bitte vergleichen Sie mit der Preisliste Ihres Vertrages."
            ),
        ),
        (
            "2-0501",
            InvalidCharacters,
            (
                "Das Zeichen „-“ gehört nicht in eine Positionsnummer. Meinten Sie 20501? "
                "Bitte vergleichen Sie mit der Preisliste Ihres Vertrages."
            ),
        ),
    ],
)
def test_what_is_wrong_is_said_in_german(typed: str, kind: type[NumberError], text: str) -> None:
    with pytest.raises(kind) as wrong:
        positionsnummer.parse(typed)
    assert wrong.value.text == text
    assert not positionsnummer.is_valid(typed)


@given(NUMBERS)
def test_every_number_names_a_provider(number: str) -> None:
    assert positionsnummer.leistungserbringer(positionsnummer.parse(number.lower()))


@given(st.text(max_size=8) | st.from_regex(r"[0-9A-EXOIL]{5}", fullmatch=True))
def test_any_text_is_either_a_number_or_an_error_with_a_german_sentence(text: str) -> None:
    if positionsnummer.is_valid(text):
        assert positionsnummer.is_billable(positionsnummer.parse(text))
        return
    with pytest.raises(NumberError) as wrong:
        positionsnummer.parse(text)
    assert wrong.value.text.endswith(".")
    suggestion = getattr(wrong.value, "suggestion", None)
    assert suggestion is None or positionsnummer.is_billable(suggestion)
