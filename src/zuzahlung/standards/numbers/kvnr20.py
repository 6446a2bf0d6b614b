"""The KVNR in its long form of twenty characters: the person, the Krankenkasse, and a check digit over both.

Characters 1-10 are the unchangeable KVNR, 11-19 the IK of the Krankenkasse, 20 is the check digit: the
letter counts as two digits (A = 01 to Z = 26), the twenty digits before the last are multiplied by 1, 2,
1, 2 and so on, the digit sums of the products are added, modulo 10. Like the short form it is personal
data and no secret. Invoices do not carry it: INV takes the ten characters.

Source: KVNR-A1, Prüfziffernberechnung (the first ten); house, the check digit follows the same scheme.

>>> parse("A123456780 104212059 0")
'A1234567801042120590'
>>> format(parse("A1234567801042120590"))
'A123 456 780 104 212 059 0'
>>> split(parse("A1234567801042120590"))
('A123456780', '104212059')
>>> parse("A1234567801042120591")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.InvalidChecksum: wrong check digit
>>> parse("A123456781")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.InvalidLength: wrong length
>>> parse("A12345678O1042120590")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.InvalidCharacters: wrong character
"""

from __future__ import annotations

import re
import string
from typing import NewType

from zuzahlung.standards.errors import InvalidCharacters, InvalidChecksum, InvalidLength, NumberError
from zuzahlung.standards.numbers import ik, kvnr
from zuzahlung.standards.numbers.ik import IK
from zuzahlung.standards.numbers.kvnr import KVNR
from zuzahlung.standards.numbers.typed import (
    first_foreign,
    only,
    read_as_digits,
    read_as_letter,
    without_spaces,
)

KVNR20 = NewType("KVNR20", str)

_CHARACTERS = frozenset(string.ascii_uppercase + string.digits)
_FORM = re.compile(r"[A-Z][0-9]{19}")
_COMPARE = "Bitte vergleichen Sie mit Ihren Unterlagen."
_SHAPE = "ein Buchstabe und 19 Ziffern"
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)  # The digit sum of twice the digit.


def parse(text: str) -> KVNR20:
    """Return the long KVNR that was typed, in any case and with spaces; raise a NumberError otherwise.

    The KVNR and the IK inside must be right too.
    """
    number = without_spaces(text)
    if not _FORM.fullmatch(number):
        raise _wrong_form(number)
    kvnr.parse(number[:10])
    ik.parse(number[10:19])
    expected = check_digit(number[:19])
    if number[19] != expected:
        raise InvalidChecksum(
            f"Die letzte Prüfziffer passt nicht: Nach {number[:19]} müsste eine {expected} stehen. {_COMPARE}",
            expected=expected,
        )
    return KVNR20(number)


def is_valid(text: str) -> bool:
    """Say whether `parse` would accept the text.

    >>> is_valid("X1104116751095190058"), is_valid("X1104116751095190057")
    (True, False)
    """
    try:
        parse(text)
    except NumberError:
        return False
    return True


def format(number: KVNR20) -> str:
    """Return the long KVNR in groups: the KVNR, the IK, the check digit."""
    person, krankenkasse = split(number)
    return f"{kvnr.format(person)} {ik.format(krankenkasse)} {number[19]}"


def split(number: KVNR20) -> tuple[KVNR, IK]:
    """Return the KVNR of the person and the IK of the Krankenkasse."""
    return KVNR(number[:10]), IK(number[10:19])


def joined(person: KVNR, krankenkasse: IK) -> KVNR20:
    """Return the long form of a KVNR at a Krankenkasse.

    >>> joined(kvnr.parse("X110411675"), ik.parse("109519005"))
    'X1104116751095190058'
    """
    nineteen = person + krankenkasse
    return KVNR20(nineteen + check_digit(nineteen))


def check_digit(nineteen: str) -> str:
    """Return the twentieth character that belongs to a capital letter and eighteen digits.

    >>> check_digit("A123456780104212059")
    '0'
    """
    digits = f"{ord(nineteen[0]) - ord('A') + 1:02}{nineteen[1:]}"
    return str((sum(int(d) for d in digits[::2]) + sum(_DOUBLED[int(d)] for d in digits[1::2])) % 10)


def _wrong_form(number: str) -> NumberError:
    if not number:
        return InvalidLength(f"Bitte geben Sie die 20-stellige Krankenversichertennummer ein: {_SHAPE}.")
    foreign = first_foreign(number, _CHARACTERS)
    if foreign is None and len(number) != 20:
        return InvalidLength(_wrong_length(number))
    if foreign is None and number.startswith("80276"):
        return InvalidCharacters(
            "Das ist die Kennnummer der Karte. "
            f"Gesucht ist die 20-stellige Krankenversichertennummer: {_SHAPE}."
        )
    says = (
        f"{foreign} gehört nicht in eine Krankenversichertennummer."
        if foreign
        else "In der 20-stelligen Krankenversichertennummer steht vorn ein Buchstabe, dahinter nur Ziffern."
    )
    kept = only(number, _CHARACTERS)
    meant = read_as_letter(kept[:1]) + read_as_digits(kept[1:])
    if not (_FORM.fullmatch(meant) and is_valid(meant)):
        return InvalidCharacters(f"{says} {_COMPARE}")
    suggestion = format(KVNR20(meant))
    return InvalidCharacters(f"{says} Meinten Sie {suggestion}? {_COMPARE}", suggestion=suggestion)


def _wrong_length(number: str) -> str:
    if kvnr.is_checked(number):
        return (
            "Das ist die kurze Krankenversichertennummer mit 10 Zeichen. "
            f"Gesucht ist die lange mit 20 Zeichen: {_SHAPE}."
        )
    return (
        f"Die lange Krankenversichertennummer hat 20 Zeichen ({_SHAPE}), "
        f"eingegeben sind {len(number)}. {_COMPARE}"
    )
