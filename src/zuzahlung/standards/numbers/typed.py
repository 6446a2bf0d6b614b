"""What a person typed into a field for a number: freed from spaces, and named where it is wrong.

Source: house, spaces and lower case are accepted, look-alikes are offered and never swapped silently.
"""

from __future__ import annotations

import string
from collections.abc import Set as AbstractSet

# str.upper() would turn a dotless ı into I and a long ſ into S, which is a silent repair.
_UPPER = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)
_DIGIT_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_LETTER_LOOKALIKES = str.maketrans({"0": "O", "1": "I"})


def without_spaces(text: str) -> str:
    """Return the text in capital letters and without any white space.

    >>> without_spaces(" a123 456 780 ")
    'A123456780'
    """
    return "".join(text.split()).translate(_UPPER)


def first_foreign(text: str, allowed: AbstractSet[str]) -> str | None:
    """Return the first character that is not allowed, in German words for the reader, or None.

    >>> first_foreign("A123-456", frozenset("A123456"))
    'Das Zeichen „-“'
    """
    for character in text:
        if character not in allowed:
            return f"Das Zeichen „{character}“" if character.isprintable() else "Ein unsichtbares Zeichen"
    return None


def only(text: str, allowed: AbstractSet[str]) -> str:
    """Return the text without the characters that are not allowed."""
    return "".join(character for character in text if character in allowed)


def read_as_digits(text: str) -> str:
    """Return the text with letters that look like digits read as digits.

    >>> read_as_digits("OIL8")
    '0118'
    """
    return text.translate(_DIGIT_LOOKALIKES)


def read_as_letter(character: str) -> str:
    """Return the letter a digit looks like, or the character itself.

    >>> read_as_letter("0")
    'O'
    """
    return character.translate(_LETTER_LOOKALIKES)
