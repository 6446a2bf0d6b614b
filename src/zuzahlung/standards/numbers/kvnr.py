"""Krankenversichertennummer (KVNR): the unchangeable ten characters on the health card.

A capital letter and nine digits, the last being the check digit: the letter counts as two digits
(A = 01 to Z = 26), the ten digits before the last are multiplied by 1, 2, 1, 2 and so on, the digit
sums of the products are added, modulo 10. The rule is public, so a KVNR is never a secret; but it is
personal data and stands in no log and no address.

Source: KVNR-A1, Prüfziffernberechnung.

>>> parse("a123 456 780")
'A123456780'
>>> format(parse("A123456780"))
'A123 456 780'
>>> parse("A123456789")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.InvalidChecksum: wrong check digit
>>> parse("A12345678")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.InvalidLength: wrong length
>>> parse("1123456780")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.InvalidCharacters: wrong character
"""

from __future__ import annotations

import re
import string
from typing import NewType

from zuzahlung.standards.errors import InvalidCharacters, InvalidChecksum, InvalidLength, NumberError
from zuzahlung.standards.numbers import ik
from zuzahlung.standards.numbers.typed import (
    first_foreign,
    only,
    read_as_digits,
    read_as_letter,
    without_spaces,
)

KVNR = NewType("KVNR", str)

_CHARACTERS = frozenset(string.ascii_uppercase + string.digits)
_COMPARE = "Bitte vergleichen Sie mit der Karte."
_SHAPE = "ein Buchstabe und neun Ziffern"
_OF_SHAPE = "einem Buchstaben und neun Ziffern"


def parse(text: str) -> KVNR:
    """Return the KVNR that was typed, in any case and with spaces; raise the NumberError saying what is wrong."""
    if is_checked(text):
        return KVNR(text)
    number = without_spaces(text)
    if is_checked(number):
        return KVNR(number)
    raise _what_is_wrong(number)


def is_checked(text: str) -> bool:
    """Say whether the text is a KVNR exactly as printed on the card; for imports, nothing is cleaned.

    >>> is_checked("A123456780"), is_checked("a123456780"), is_checked("A123456781")
    (True, False, False)
    """
    try:
        total = _LETTER[text[:1]] + _DIGITS_1_3[text[1:4]] + _DIGITS_4_6[text[4:7]] + _DIGITS_7_9[text[7:]]
    except KeyError:
        return False
    return total % 10 == 0


# Looking up three digits at once makes the check several times as fast as adding them one by one;
# an import checks a million numbers. Only well-formed pieces are in the tables, so they test the form too.
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)  # The digit sum of twice the digit.
_LETTER = {letter: n // 10 + _DOUBLED[n % 10] for n, letter in enumerate(string.ascii_uppercase, start=1)}
_TRIPLES = [(f"{n:03}", n // 100, n // 10 % 10, n % 10) for n in range(1000)]
_DIGITS_1_3 = {text: a + _DOUBLED[b] + c for text, a, b, c in _TRIPLES}
_DIGITS_4_6 = {text: _DOUBLED[a] + b + _DOUBLED[c] for text, a, b, c in _TRIPLES}
_DIGITS_7_9 = {text: a + _DOUBLED[b] - check for text, a, b, check in _TRIPLES}


def is_valid(text: str) -> bool:
    """Say whether `parse` would accept the text.

    >>> is_valid("a123 456 780"), is_valid("A123456781")
    (True, False)
    """
    return is_checked(text) or is_checked(without_spaces(text))


# A letter inside a word begins a number only where the digits follow at once: „vom 20 11 2026 9“ holds none.
_IN_TEXT = re.compile(
    r"(?=((?:[A-Z]|(?<![^\W\d_])[A-Z][\s-]+)[0-9](?:[\s-]*[0-9]){8})(?![0-9]))", re.IGNORECASE
)


def stands_in(text: str) -> bool:
    """Say whether a KVNR stands anywhere in the text, in any case, with spaces or hyphens between its digits.

    >>> stands_in("Anruf zu a123 456 780, Vorgang 4711"), stands_in("Schreiben vom 20.11.2026")
    (True, False)
    """
    return any(is_checked(without_spaces(found.replace("-", ""))) for found in _IN_TEXT.findall(text))


def format(number: KVNR) -> str:
    """Return the KVNR in groups, as people read it: A123 456 780."""
    return f"{number[:4]} {number[4:7]} {number[7:]}"


def check_digit(nine: str) -> str:
    """Return the tenth character that belongs to a capital letter and eight digits.

    >>> check_digit("A12345678")
    '0'
    """
    return str(
        (_LETTER[nine[:1]] + _DIGITS_1_3[nine[1:4]] + _DIGITS_4_6[nine[4:7]] + _DIGITS_7_9[nine[7:] + "0"])
        % 10
    )


def _what_is_wrong(number: str) -> NumberError:
    if not number:
        return InvalidLength(f"Bitte geben Sie die Krankenversichertennummer von der Karte ein: {_SHAPE}.")
    if foreign := first_foreign(number, _CHARACTERS):
        says = f"{foreign} gehört nicht in eine Krankenversichertennummer, sie besteht aus {_OF_SHAPE}."
        return _wrong_characters(says, only(number, _CHARACTERS))
    if len(number) != 10:
        return InvalidLength(_wrong_length(number))
    if number[0] in string.digits:
        return _wrong_characters(
            f"Am Anfang steht die Ziffer {number[0]}, dort gehört ein Buchstabe hin.", number
        )
    for place, character in enumerate(number[1:], start=2):
        if character not in string.digits:
            says = f"An Stelle {place} steht der Buchstabe {character}, dort gehört eine Ziffer hin."
            return _wrong_characters(says, number)
    expected = check_digit(number[:9])
    return InvalidChecksum(
        f"Die Prüfziffer passt nicht: Nach {number[:9]} müsste eine {expected} stehen. {_COMPARE}",
        expected=expected,
    )


def _wrong_characters(says: str, number: str) -> InvalidCharacters:
    meant = read_as_letter(number[:1]) + read_as_digits(number[1:])
    if not is_checked(meant):
        return InvalidCharacters(f"{says} {_COMPARE}")
    suggestion = format(KVNR(meant))
    return InvalidCharacters(f"{says} Meinten Sie {suggestion}? {_COMPARE}", suggestion=suggestion)


def _wrong_length(number: str) -> str:
    if ik.is_valid(number):
        return (
            "Das ist ein Institutionskennzeichen, zum Beispiel die Nummer der Krankenkasse. "
            f"Gesucht ist die Krankenversichertennummer: {_SHAPE}."
        )
    if number.startswith("80276") and len(number) == 20:
        return (
            "Das ist die Kennnummer der Karte. "
            f"Gesucht ist die Krankenversichertennummer auf der Karte: {_SHAPE}."
        )
    return (
        f"Die Krankenversichertennummer hat 10 Zeichen ({_SHAPE}), eingegeben sind {len(number)}. {_COMPARE}"
    )
