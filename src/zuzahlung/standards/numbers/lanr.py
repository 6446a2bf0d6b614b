"""Lebenslange Arztnummer (LANR): the nine digits that name the doctor who signed a Verordnung.

Digits 1-6 name the doctor, 7 is the check digit, 8-9 the field of medicine (Fachgruppe). Digits 1 to 6
times 4, 9, 4, 9, 4, 9 are added, and the check digit fills the sum up to the next ten.

An invoice has its own, weaker rule (ZHE field 2): one to nine digits as they are printed, never padded,
999999999 where nothing is printed, a dentist's Vertragszahnarzt-Nummer instead of an LANR. So three
questions are asked of a number, one after the other:

* `is_billable`: may it stand in the invoice? A no is an error.
* `is_plausible`: does nothing speak against it? A no is a warning only: the stamp wins. Not for dentists.
* `parse`: is it a whole LANR? For a field where one is typed.

Source: TA1 V21, 5.5.3.3 (ZHE, field 2); house, check digit and substitutes as practice has them.

>>> parse("8383822 02")
'838382202'
>>> format(parse("838382202"))
'838382202'
>>> parse("838382302")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.InvalidChecksum: wrong check digit
>>> parse("83838220")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.InvalidLength: wrong length
>>> parse("8383822O2")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.InvalidCharacters: wrong character
>>> parse("000000000")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.NumberError: malformed number
"""

from __future__ import annotations

import re
from typing import NewType

from zuzahlung.standards.errors import InvalidChecksum, NumberError
from zuzahlung.standards.numbers import stamp

LANR = NewType("LANR", str)
MISSING = stamp.MISSING

_NAME = "Lebenslange Arztnummer (LANR)"
_FIELD = "Arzt-Nr."
_WEIGHTS = (4, 9, 4, 9, 4, 9)
_SUBSTITUTES = re.compile(r"4444444[0-9]{2}|555555[0-9]{3}|9999999(?:00|99)")


def parse(text: str) -> LANR:
    """Return the LANR that was typed, with or without spaces; raise the NumberError that says what is wrong."""
    number = stamp.nine_digits(text, name=_NAME, field=_FIELD, accepts=_is_sound)
    if _is_sound(number):
        return LANR(number)
    compare = f"Bitte vergleichen Sie mit dem Feld {_FIELD} der Verordnung."
    if not number.strip("0"):
        raise NumberError(f"Nullen allein sind keine {_NAME}. {compare}")
    expected = check_digit(number[:6])
    raise InvalidChecksum(
        f"Die Prüfziffer passt nicht: Nach {number[:6]} müsste an Stelle 7 eine {expected} stehen. {compare}",
        expected=expected,
    )


def is_valid(text: str) -> bool:
    """Say whether `parse` would accept the text.

    >>> is_valid("123456601"), is_valid("123456789")
    (True, False)
    """
    try:
        parse(text)
    except NumberError:
        return False
    return True


def is_billable(text: str) -> bool:
    """Say whether the text may stand in the invoice, exactly so: one to nine digits; a no is an error.

    >>> is_billable("123456"), is_billable(MISSING), is_billable("12345 6"), is_billable("")
    (True, True, False, False)
    """
    return stamp.is_billable(text)


def is_plausible(text: str) -> bool:
    """Say whether nothing speaks against the number as it is printed; a no is worth a warning.

    A number shorter than nine digits cannot be checked, so it is plausible, as is one of the substitutes.

    >>> is_plausible("838382202"), is_plausible("123456789"), is_plausible("4711"), is_plausible(MISSING)
    (True, False, True, True)
    """
    if len(text) == 9:
        return is_billable(text) and _is_sound(text)
    return is_billable(text) and bool(text.strip("0"))


def is_substitute(text: str) -> bool:
    """Say whether the number stands for a doctor without an own one, or for an empty field.

    4444444ff comes from the discharge from a hospital (Entlassmanagement), 555555nff from specialised
    outpatient care (ASV), 999999900 is a general pseudo number; ff is the Fachgruppe. None needs a check digit.

    >>> is_substitute("444444401"), is_substitute("838382202")
    (True, False)
    """
    return _SUBSTITUTES.fullmatch(text) is not None


def format(number: LANR) -> str:
    """Return the LANR as it is printed: nine digits without a gap."""
    return number


def check_digit(six: str) -> str:
    """Return the seventh digit that belongs to the first six.

    >>> check_digit("838382")
    '2'
    """
    return str(-sum(int(digit) * weight for digit, weight in zip(six, _WEIGHTS, strict=True)) % 10)


def _is_sound(nine: str) -> bool:
    # Nine zeros would pass the check digit, but belong to nobody.
    return is_substitute(nine) or (nine[6] == check_digit(nine[:6]) and nine != "000000000")
