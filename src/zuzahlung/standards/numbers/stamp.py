"""What the numbers on a doctor's stamp (LANR and BSNR) have in common: nine digits, copied by hand.

An invoice repeats them as they are printed on the Verordnung, never padded with zeros, and says 999999999
where nothing is printed.

Source: TA1 V21, 5.5.3.3 (ZHE, fields 1 and 2).
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable

from zuzahlung.standards.errors import InvalidCharacters, InvalidLength
from zuzahlung.standards.numbers.typed import first_foreign, only, read_as_digits, without_spaces

MISSING = "999999999"

_DIGITS = frozenset(string.digits)
_BILLABLE = re.compile(r"[0-9]{1,9}")


def is_billable(text: str) -> bool:
    """Say whether the text may stand in the field, exactly so: one to nine digits.

    >>> is_billable("123456"), is_billable(MISSING), is_billable("12345 6"), is_billable("")
    (True, True, False, False)
    """
    return _BILLABLE.fullmatch(text) is not None


def nine_digits(text: str, *, name: str, field: str, accepts: Callable[[str], bool]) -> str:
    """Return the nine digits that were typed; `accepts` says which number may be offered for a look-alike.

    `name` is the (feminine) name of the number and `field` where it is printed, for the German sentences.
    """
    compare = f"Bitte vergleichen Sie mit dem Feld {field} der Verordnung."
    number = without_spaces(text)
    if not number:
        raise InvalidLength(
            f"Bitte geben Sie die {name} aus dem Feld {field} der Verordnung ein: neun Ziffern."
        )
    if foreign := first_foreign(number, _DIGITS):
        says = f"{foreign} gehört nicht in eine {name}, sie besteht aus neun Ziffern."
        meant = only(read_as_digits(number), _DIGITS)
        if len(meant) != 9 or not accepts(meant):
            raise InvalidCharacters(f"{says} {compare}")
        raise InvalidCharacters(f"{says} Meinten Sie {meant}? {compare}", suggestion=meant)
    if len(number) != 9:
        raise InvalidLength(f"Die {name} hat 9 Ziffern, eingegeben sind {len(number)}. {compare}")
    return number
