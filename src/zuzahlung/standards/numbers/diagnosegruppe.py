"""Diagnosegruppe: the two to four signs by which a Verordnung names its chapter of the Heilmittelkatalog.

Three questions are asked of one, and the first two apart from each other:

* `is_billable`: may it stand in the invoice (ZHE field 5)? One to four letters (no umlauts) and digits,
  9999 where the Verordnung names none. A no is an error.
* `is_plausible`: does the catalogue of the Heilmittel-Bereich (ZHE field 16) know it? A no is a warning
  only. Not for dentists: their Indikationsgruppe (such as CD2a) stands in a catalogue not held here.
* `parse`: is it written like one? For a field where one is typed; upper and lower case are kept.

Source: TA1 V21, 5.5.3.3 (ZHE, fields 5 and 16); HeilM-RL, Heilmittelkatalog.

>>> parse("PS 2")
'PS2'
>>> format(parse("CD2a"))
'CD2a'
>>> parse("WS1ab")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.InvalidLength: wrong length
>>> parse("PS-2")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.InvalidCharacters: wrong character
"""

from __future__ import annotations

import re
import string
from typing import NewType

from zuzahlung.standards.errors import InvalidCharacters, InvalidLength, NumberError
from zuzahlung.standards.numbers.typed import first_foreign, only

Diagnosegruppe = NewType("Diagnosegruppe", str)

MISSING = "9999"

# By the code of the Heilmittel-Bereich; each group stands in one of them only.
KATALOG = {
    "1": ("WS", "EX", "CS", "ZN", "PN", "AT", "GE", "LY", "SO1", "SO2", "SO3", "SO4", "SO5"),
    "2": ("DF", "NF", "QF", "UI1", "UI2"),
    "3": ("ST1", "ST2", "ST3", "ST4", "SP1", "SP2", "SP3", "SP4", "SP5", "SP6", "RE1", "RE2", "SF", "SC"),
    "4": ("SB1", "SB2", "SB3", "EN1", "EN2", "EN3", "PS1", "PS2", "PS3", "PS4"),
    "5": ("SAS", "CF"),
}

_BEREICH = {gruppe: bereich for bereich, gruppen in KATALOG.items() for gruppe in gruppen}
_CHARACTERS = frozenset(string.ascii_letters + string.digits)
_FORM = re.compile(r"[0-9A-Za-z]{1,4}")
_COMPARE = "Bitte vergleichen Sie mit der Verordnung."


def parse(text: str) -> Diagnosegruppe:
    """Return the group that was typed, without spaces; raise the NumberError that says what is wrong."""
    gruppe = "".join(text.split())
    if not gruppe:
        raise InvalidLength(
            "Bitte geben Sie die Diagnosegruppe der Verordnung ein, zum Beispiel WS oder PS2."
        )
    if foreign := first_foreign(gruppe, _CHARACTERS):
        says = f"{foreign} gehört nicht in eine Diagnosegruppe: Buchstaben (ohne Umlaute) und Ziffern."
        meant = only(gruppe, _CHARACTERS)
        if bereich_of(meant) is None:
            raise InvalidCharacters(f"{says} {_COMPARE}")
        raise InvalidCharacters(f"{says} Meinten Sie {meant}? {_COMPARE}", suggestion=meant)
    if len(gruppe) > 4:
        raise InvalidLength(
            f"Eine Diagnosegruppe hat höchstens 4 Zeichen, eingegeben sind {len(gruppe)}. {_COMPARE}"
        )
    return Diagnosegruppe(gruppe)


def is_valid(text: str) -> bool:
    """Say whether `parse` would accept the text.

    >>> is_valid("PS2"), is_valid("PSÄ")
    (True, False)
    """
    try:
        parse(text)
    except NumberError:
        return False
    return True


def is_billable(text: str) -> bool:
    """Say whether the text may stand in the invoice, exactly so; a no is an error.

    >>> is_billable("ZN"), is_billable("CD2a"), is_billable(MISSING), is_billable("PS 2"), is_billable("")
    (True, True, True, False, False)
    """
    return _FORM.fullmatch(text) is not None


def is_plausible(text: str, bereich: str) -> bool:
    """Say whether the catalogue of the Heilmittel-Bereich (1 to 5) knows the group, or it is 9999; a no warns.

    >>> is_plausible("WS", "1"), is_plausible("WS", "4"), is_plausible("ws", "1"), is_plausible(MISSING, "4")
    (True, False, False, True)
    """
    return text == MISSING or _BEREICH.get(text) == bereich


def bereich_of(text: str) -> str | None:
    """Return the Heilmittel-Bereich (1 to 5) whose catalogue knows the group, or None.

    >>> bereich_of("UI1"), bereich_of("CD2a")
    ('2', None)
    """
    return _BEREICH.get(text)


def format(gruppe: Diagnosegruppe) -> str:
    """Return the Diagnosegruppe as it is printed."""
    return gruppe
