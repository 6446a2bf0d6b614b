"""Heilmittelpositionsnummer: the five signs that name what was done, the first telling who did it.

The contracts print X for the first sign, since the same service has one number for each kind of provider.
Here is only the form: the directory says whether a number exists, the price list of the contract whether
it can be billed. A number of another form in an invoice (EHE field 2) is an error.

Source: TA1 V21, 5.5.3.3 (EHE, field 2); TA3 V21, 8.2.1; HPNR, columns HPNR and Leistungserbringer.

>>> parse("20 501")
'20501'
>>> format(parse("a5001"))
'A5001'
>>> parse("2050")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.InvalidLength: wrong length
>>> parse("X0501")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.InvalidCharacters: wrong character
"""

from __future__ import annotations

import re
import string
from typing import NewType

from zuzahlung.standards.errors import InvalidCharacters, InvalidLength, NumberError
from zuzahlung.standards.numbers.typed import first_foreign, only, read_as_digits, without_spaces

Positionsnummer = NewType("Positionsnummer", str)

# Who did it: the first sign. B, D and E begin no other number than the report sent electronically (L922).
LEISTUNGSERBRINGER = {
    "1": "Masseur, Masseur und med. Bademeister",
    "2": "Krankengymnast/Physiotherapeut",
    "3": "Logopäde/Sprachtherapeut/Atem-, Sprech- und Stimmlehrer",
    "4": "sonstiger Sprachtherapeut (nur bei abweichender landesrechtlicher Vergütung)",
    "5": "Ergotherapeut",
    "6": "Krankenhaus",
    "7": "Podologe",
    "8": "ambulante Vorsorgeleistungen in anerkannten Kurorten",
    "9": "Sonstige",
    "A": "Leistungserbringer von Ernährungstherapie",
    "B": "Ergotherapeut",
    "D": "Krankengymnast/Physiotherapeut",
    "E": "Logopäde/Sprachtherapeut/Atem-, Sprech- und Stimmlehrer",
}

# With which first sign a provider of this Abrechnungscode (TA3, 8.1.5.1) bills; 29 has no rule.
SIGN_OF_ABRECHNUNGSCODE = {
    "21": "1",
    "22": "2",
    "23": "3",
    "24": "3",
    "25": "3",
    "26": "5",
    "27": "6",
    "28": "8",
    "71": "7",
    "72": "7",
    "73": "A",
    "74": "A",
}

_CHARACTERS = frozenset(string.ascii_uppercase + string.digits)
_FORM = re.compile(r"[1-9A][0-9]{4}|[BDE]L922")
_CONTRACT = re.compile(r"X[0-9]{4}")
_COMPARE = "Bitte vergleichen Sie mit der Preisliste Ihres Vertrages."
_OF_SHAPE = "fünf Ziffern, oder A und vier Ziffern"


def parse(text: str) -> Positionsnummer:
    """Return the number that was typed, in any case and with spaces; raise a NumberError otherwise."""
    number = without_spaces(text)
    if is_billable(number):
        return Positionsnummer(number)
    raise _what_is_wrong(number)


def is_valid(text: str) -> bool:
    """Say whether `parse` would accept the text.

    >>> is_valid("29701"), is_valid("DL922"), is_valid("09701")
    (True, True, False)
    """
    return is_billable(without_spaces(text))


def is_billable(text: str) -> bool:
    """Say whether the text may stand in the invoice, exactly so; a no is an error.

    >>> is_billable("A5001"), is_billable("a5001"), is_billable("X0501")
    (True, False, False)
    """
    return _FORM.fullmatch(text) is not None


def leistungserbringer(number: Positionsnummer) -> str:
    """Return in German who did what the number names.

    >>> leistungserbringer(parse("20501"))
    'Krankengymnast/Physiotherapeut'
    """
    return LEISTUNGSERBRINGER[number[0]]


def format(number: Positionsnummer) -> str:
    """Return the number as it is printed: five signs without a gap."""
    return number


def _what_is_wrong(number: str) -> NumberError:
    if not number:
        return InvalidLength("Bitte geben Sie die Positionsnummer ein: fünf Stellen, zum Beispiel 20501.")
    if _CONTRACT.fullmatch(number):
        return InvalidCharacters(
            "Das X steht in den Verträgen anstelle der Ziffer für die Art des Leistungserbringers. "
            f"Bitte setzen Sie die Ziffer ein, zum Beispiel 2{number[1:]} in der Physiotherapie."
        )
    foreign = first_foreign(number, _CHARACTERS)
    if foreign is None and len(number) != 5:
        return InvalidLength(f"Eine Positionsnummer hat 5 Stellen, eingegeben sind {len(number)}. {_COMPARE}")
    says = (
        f"{foreign} gehört nicht in eine Positionsnummer."
        if foreign
        else f"So ist keine Positionsnummer aufgebaut: Sie besteht aus {_OF_SHAPE}."
    )
    meant = read_as_digits(only(number, _CHARACTERS))
    if not is_billable(meant):
        return InvalidCharacters(f"{says} {_COMPARE}")
    return InvalidCharacters(f"{says} Meinten Sie {meant}? {_COMPARE}", suggestion=meant)
