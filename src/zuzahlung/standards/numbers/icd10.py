"""ICD-10-GM: how the code of a diagnosis is written, and the letters a practice prints behind it.

A capital letter and two digits, then perhaps a point with one or two more signs (a hyphen leaves the last
one open), then perhaps + (or a printed dagger), * or !. Behind the code a side (R, L, B) and a certainty
(G, V, Z, A) may be printed; they are no part of it and do not go into the invoice.

An invoice repeats the code as it is printed (DIA field 1), and the document says nothing of its form: where
`is_plausible` says no, that is a warning. Whether the code exists in the year of the Verordnung only the
list of the BfArM tells, which is not held here.

Source: TA1 V21, 5.5.3.3 (DIA); house, the form is read off the codes in use.

>>> parse(" M54.5 ")
'M54.5'
>>> split("M54.5 G R")
('M54.5', ('G', 'R'))
>>> parse("m54.5")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.InvalidCharacters: wrong character
>>> parse("M54.")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.InvalidLength: wrong length
"""

from __future__ import annotations

import re
from typing import NewType

from zuzahlung.standards.errors import InvalidCharacters, InvalidLength, NumberError
from zuzahlung.standards.numbers import diagnosegruppe
from zuzahlung.standards.numbers.typed import without_spaces

ICD10 = NewType("ICD10", str)

SEITE = {"R": "rechts", "L": "links", "B": "beidseitig"}
SICHERHEIT = {
    "G": "gesicherte Diagnose",
    "V": "Verdacht auf",
    "Z": "Zustand nach",
    "A": "ausgeschlossene Diagnose",
}

_FORM = re.compile(r"[A-Z][0-9]{2}(?:\.(?:[0-9]{1,2}|[0-9]?-))?[+*!]?")
_TOO_SHORT = re.compile(r"[A-Z][0-9]?|[A-Z][0-9]{2}\.")
_TOO_LONG = re.compile(rf"{_FORM.pattern}[-0-9.+*!]+")
_SHAPE = "Großbuchstabe, zwei Ziffern, Zusatz nach einem Punkt"
_EXAMPLE = "zum Beispiel M54.5"
_COMPARE = "Bitte vergleichen Sie mit der Verordnung."


def parse(text: str) -> ICD10:
    """Return the code that was typed, without spaces around it; raise a NumberError otherwise."""
    code = text.strip()
    if is_plausible(code):
        return ICD10(code)
    raise _what_is_wrong(code)


def is_valid(text: str) -> bool:
    """Say whether `parse` would accept the text.

    >>> is_valid("G80.1"), is_valid("M545")
    (True, False)
    """
    return is_plausible(text.strip())


def is_plausible(text: str) -> bool:
    """Say whether the text is written like a code, exactly so; in an invoice a no is worth a warning.

    >>> is_plausible("E10.3+"), is_plausible("G20.-"), is_plausible("M54.5 G")
    (True, True, False)
    """
    return _FORM.fullmatch(text) is not None


_PRINTED = re.compile(
    rf"({_FORM.pattern})\s*(?:([{''.join(SEITE)}])\s*([{''.join(SICHERHEIT)}])?"
    rf"|([{''.join(SICHERHEIT)}])\s*([{''.join(SEITE)}])?)?"
)


def split(text: str) -> tuple[ICD10, tuple[str, ...]]:
    """Return the code and the letters printed behind it, in their order; raise a NumberError as `parse` does.

    At most one letter of SEITE and one of SICHERHEIT is split off, with or without spaces before them.

    >>> split("E66.9G"), split("I10")
    (('E66.9', ('G',)), ('I10', ()))
    """
    if match := _PRINTED.fullmatch(text.strip()):
        code, *marks = match.groups("")
        return ICD10(code), tuple(mark for mark in marks if mark)
    return parse(text), ()


def format(code: ICD10) -> str:
    """Return the code as it is printed."""
    return code


def _what_is_wrong(code: str) -> NumberError:
    if not code:
        return InvalidLength(f"Bitte geben Sie den ICD-10-Code ein, {_EXAMPLE}.")
    if diagnosegruppe.bereich_of(code):
        return InvalidCharacters(
            f"{code} ist eine Diagnosegruppe. Gesucht ist der ICD-10-Code der Diagnose, {_EXAMPLE}."
        )
    if _TOO_SHORT.fullmatch(code):
        return InvalidLength(f"Der ICD-10-Code ist zu kurz, vollständig wäre {_EXAMPLE}. {_COMPARE}")
    says = f"Ein ICD-10-Code ist anders aufgebaut: {_SHAPE}, {_EXAMPLE}."
    if suggestion := _meant(code):
        return InvalidCharacters(f"{says} Meinten Sie {suggestion}? {_COMPARE}", suggestion=suggestion)
    if _TOO_LONG.fullmatch(code):
        return InvalidLength(f"Der ICD-10-Code ist zu lang, richtig wäre {_EXAMPLE}. {_COMPARE}")
    return InvalidCharacters(f"{says} {_COMPARE}")


_MISPRINTS = str.maketrans({",": ".", "–": "-", "†": "+"})
_WITHOUT_POINT = re.compile(r"([A-Z][0-9]{2})([0-9-]{1,2}[+*!]?)")


def _meant(code: str) -> str | None:
    if match := _PRINTED.fullmatch(code):
        return match[1]
    tidy = without_spaces(code).translate(_MISPRINTS)
    pointed = _WITHOUT_POINT.sub(r"\1.\2", tidy)
    return next((meant for meant in (tidy, pointed) if is_plausible(meant)), None)
