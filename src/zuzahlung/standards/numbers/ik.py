"""Institutionskennzeichen (IK): the nine digits that name a practice, a fund or a data centre.

Digits 1-2 are the class, 3-4 the region, 5-8 a serial number, 9 the check digit: digits 3 to 8 times
2, 1, 2, 1, 2, 1, the digit sums of the products added, modulo 10. An IK is public, so it is never a
secret and proves nobody's identity. The 999999999 of a Kostenträgerdatei is a mailbox and no IK.

Source: Anh1, 4.2 (layout); house, the check digit holds for every IK of two published Kostenträgerdateien.

>>> parse("260 326 822")
'260326822'
>>> format(parse("260326822"))
'260 326 822'
>>> parse("260326823")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.InvalidChecksum: wrong check digit
>>> parse("26032682")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.InvalidLength: wrong length
>>> parse("26O326822")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.InvalidCharacters: wrong character
"""

from __future__ import annotations

import string
from typing import NewType

from zuzahlung.standards.errors import InvalidCharacters, InvalidChecksum, InvalidLength, NumberError
from zuzahlung.standards.numbers.typed import first_foreign, only, read_as_digits, without_spaces

IK = NewType("IK", str)

_DIGITS = frozenset(string.digits)
_COMPARE = "Bitte vergleichen Sie mit Ihren Unterlagen."
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)  # The digit sum of twice the digit.


def parse(text: str) -> IK:
    """Return the IK that was typed, with or without spaces; raise the NumberError that says what is wrong."""
    number = without_spaces(text)
    if not number:
        raise InvalidLength("Bitte geben Sie das Institutionskennzeichen (IK) ein: neun Ziffern.")
    if foreign := first_foreign(number, _DIGITS):
        raise _wrong_characters(number, foreign)
    if len(number) != 9:
        raise InvalidLength(
            f"Das Institutionskennzeichen (IK) hat 9 Ziffern, eingegeben sind {len(number)}. {_COMPARE}"
        )
    expected = check_digit(number[:8])
    if number[8] != expected:
        raise InvalidChecksum(
            f"Die Prüfziffer passt nicht: Nach {number[:8]} müsste eine {expected} stehen. {_COMPARE}",
            expected=expected,
        )
    return IK(number)


def _wrong_characters(number: str, foreign: str) -> InvalidCharacters:
    meant = only(read_as_digits(number), _DIGITS)
    says = f"{foreign} gehört nicht in ein Institutionskennzeichen (IK), es besteht aus neun Ziffern."
    if not is_valid(meant):
        return InvalidCharacters(f"{says} {_COMPARE}")
    suggestion = format(IK(meant))
    return InvalidCharacters(f"{says} Meinten Sie {suggestion}? {_COMPARE}", suggestion=suggestion)


def is_valid(text: str) -> bool:
    """Say whether `parse` would accept the text.

    >>> is_valid("109905003"), is_valid("109905004")
    (True, False)
    """
    try:
        parse(text)
    except NumberError:
        return False
    return True


def format(number: IK) -> str:
    """Return the IK in three groups of three, as people read it."""
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def check_digit(eight: str) -> str:
    """Return the ninth digit that belongs to the first eight.

    >>> check_digit("26032682")
    '2'
    """
    doubled, single = eight[2:8:2], eight[3:8:2]
    return str((sum(_DOUBLED[int(d)] for d in doubled) + sum(int(d) for d in single)) % 10)
