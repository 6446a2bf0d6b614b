"""Betriebsstättennummer (BSNR): the nine digits that name the place where a Verordnung was written.

Digits 1-2 are the Kassenärztliche Vereinigung (KV) that gave the number; there is no public check digit.

An invoice has its own, weaker rule (ZHE field 1): one to nine digits as they are printed, never padded,
999999999 where nothing is printed. So three questions are asked of a number, one after the other:

* `is_billable`: may it stand in the invoice? A no is an error.
* `is_plausible`: does it begin as numbers do today? A no is a warning only: old numbers begin otherwise.
* `parse`: is it a whole BSNR? For a field where one is typed.

Source: TA1 V21, 5.5.3.3 (ZHE, field 1); house, the first two digits as practice has them.

>>> parse("72 1234500")
'721234500'
>>> format(parse("721234500"))
'721234500'
>>> parse("72123450")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.InvalidLength: wrong length
>>> parse("72I234500")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.InvalidCharacters: wrong character
"""

from __future__ import annotations

from typing import NewType

from zuzahlung.standards.errors import NumberError
from zuzahlung.standards.numbers import stamp

BSNR = NewType("BSNR", str)
MISSING = stamp.MISSING

# Whose number it is: the first two digits.

KV = {
    "01": "Schleswig-Holstein",
    "02": "Hamburg",
    "03": "Bremen",
    "17": "Niedersachsen",
    "20": "Westfalen-Lippe",
    "35": "Krankenhaus",
    "38": "Nordrhein",
    "46": "Hessen",
    "51": "Rheinland-Pfalz",
    "52": "Baden-Württemberg",
    "71": "Bayern",
    "72": "Berlin",
    "73": "Saarland",
    "74": "Kassenärztliche Bundesvereinigung",
    "78": "Mecklenburg-Vorpommern",
    "83": "Brandenburg",
    "88": "Sachsen-Anhalt",
    "93": "Thüringen",
    "98": "Sachsen",
}


def parse(text: str) -> BSNR:
    """Return the BSNR that was typed, with or without spaces; raise the NumberError that says what is wrong."""
    return BSNR(
        stamp.nine_digits(
            text, name="Betriebsstättennummer (BSNR)", field="Betriebsstätten-Nr.", accepts=is_plausible
        )
    )


def is_valid(text: str) -> bool:
    """Say whether `parse` would accept the text.

    >>> is_valid("721234500"), is_valid("72123450")
    (True, False)
    """
    try:
        parse(text)
    except NumberError:
        return False
    return True


def is_billable(text: str) -> bool:
    """Say whether the text may stand in the invoice, exactly so: one to nine digits; a no is an error.

    >>> is_billable("4711"), is_billable(MISSING), is_billable("72-1234500"), is_billable("")
    (True, True, False, False)
    """
    return stamp.is_billable(text)


def is_plausible(text: str) -> bool:
    """Say whether nothing speaks against the number as it is printed; a no is worth a warning.

    A number shorter than nine digits cannot be checked, so it is plausible, as is 999999999.

    >>> is_plausible("721234500"), is_plausible("991234500"), is_plausible("4711"), is_plausible(MISSING)
    (True, False, True, True)
    """
    return is_billable(text) and (len(text) < 9 or text[:2] in KV or text == MISSING)


def format(number: BSNR) -> str:
    """Return the BSNR as it is printed: nine digits without a gap."""
    return number
