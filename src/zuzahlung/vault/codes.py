"""Codes that people read off paper: no look-alikes, in groups, with a check character at the end.

The 31 characters leave out 0, O, 1, I and L. As 31 is prime, the weighted sum finds every single wrong
character and every two characters that changed places.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from operator import mul
from uuid import UUID

from zuzahlung.standards.errors import MalformedInput

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_BASE = len(ALPHABET)
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_VALUES |= {character.lower(): value for character, value in _VALUES.items()}
_SEPARATORS = frozenset(" \t\r\n\u00a0\u202f-\u2010\u2011\u2012\u2013\u2014\u2212")


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One kind of code: its German name with article, characters with the check character, and group size.

    `residue` is what the weighted sum must leave: a code of one kind is never taken for another kind.
    """

    name: str
    symbols: int
    group: int
    residue: int

    @property
    def random_bits(self) -> float:
        """How many bits there are to guess: each character but the last carries log2(31), about 4.95."""
        return (self.symbols - 1) * math.log2(_BASE)


INITIALKENNWORT = Kind(name="Das Initialkennwort", symbols=16, group=4, residue=1)
PRUEFNUMMER = Kind(name="Die Prüfnummer", symbols=15, group=5, residue=2)
EINLADUNGSCODE = Kind(name="Der Einladungscode", symbols=30, group=5, residue=4)
AUSKUNFT_NUMMER = Kind(name="Die Auskunft-Nummer", symbols=15, group=5, residue=3)


class CodeError(MalformedInput):
    """A typed code cannot be right; `text` says so in German and holds nothing of a right code."""

    phrase = "malformed code"


class WrongLength(CodeError):
    """Characters are missing or too many."""

    phrase = "wrong length of a code"


class WrongCharacter(CodeError):
    """There is a character that no code has."""

    phrase = "wrong character in a code"


class WrongCheck(CodeError):
    """The check character does not fit: something was misread or two characters changed places."""

    phrase = "wrong check character of a code"


def make(kind: Kind, random_bytes: Callable[[int], bytes]) -> str:
    """Makes a new code of this kind without separators; `random_bytes` is `secrets.token_bytes`."""
    body: list[int] = []
    while len(body) < kind.symbols - 1:
        # Five bits give 0 to 31; 31 is thrown away, so that all characters are equally likely.
        drawn = (byte & 31 for byte in random_bytes(kind.symbols))
        body.extend(value for value in drawn if value < _BASE)
    return _with_check(body[: kind.symbols - 1], kind)


def parse(text: str, kind: Kind) -> str:
    """Reads what somebody typed (spaces, hyphens and lower case are fine) and gives the bare code."""
    typed = [character for character in text if character not in _SEPARATORS]
    for place, character in enumerate(typed, start=1):
        if character not in _VALUES:
            raise WrongCharacter(_wrong_character(kind, character, place))
    if len(typed) != kind.symbols:
        raise WrongLength(
            f"{kind.name} hat {kind.symbols} Zeichen, eingegeben sind {len(typed)}. "
            "Bitte vergleichen Sie die Eingabe mit dem Papier."
        )
    values = [_VALUES[character] for character in typed]
    if _weighted(values) != kind.residue:
        raise WrongCheck(
            f"{kind.name} enthält einen Tippfehler: Das letzte Zeichen passt nicht zu den übrigen. "
            "Bitte vergleichen Sie die Eingabe Zeichen für Zeichen mit dem Papier."
        )
    return "".join(ALPHABET[value] for value in values)


def format(code: str, kind: Kind) -> str:
    """Puts hyphens between the groups of a bare code."""
    return "-".join(code[start : start + kind.group] for start in range(0, kind.symbols, kind.group))


def _with_check(body: list[int], kind: Kind) -> str:
    check = (kind.residue - _weighted([*body, 0])) % _BASE
    return "".join([ALPHABET[value] for value in [*body, check]])


def _weighted(values: list[int]) -> int:
    # The last place weighs 1, the one before it 2, and so on: all weights differ and none is 0 modulo 31.
    weighted: int = sum(map(mul, reversed(values), count(1)))
    return weighted % _BASE


def _wrong_character(kind: Kind, character: str, place: int) -> str:
    shown = f"„{character}“" if character.isprintable() else "ein unsichtbares Zeichen"
    return (
        f"{kind.name} enthält an Stelle {place} {shown}. Es gibt darin nur die Ziffern 2 bis 9 und die "
        "Buchstaben A bis Z ohne I, L und O."
    )


# The Auskunft-Nummer is the first 69 bits of a UUIDv7 without version and variant: the low 42 bits of its time
# in milliseconds (enough until the year 2109) and the 27 bits after them. 31 ** 14 is just above 2 ** 69.
_TIME_BITS = 42
_RAND_A_BITS = 12
_RAND_B_BITS = 62
_RAND_B_KEPT = 15
_RAND_B_LOST = _RAND_B_BITS - _RAND_B_KEPT


def number_of_uuid7(identifier: UUID) -> str:
    """The Auskunft-Nummer of a UUIDv7, in groups; later identifiers have numbers that sort later.

    The identifier must come from `vault.identifiers`: others may share a number within a millisecond.
    """
    whole = identifier.int
    time = whole >> 80
    if identifier.version != 7 or time >= 1 << _TIME_BITS:
        raise ValueError("only a UUIDv7 made before the year 2109 has a number")
    rand_a = (whole >> 64) & ((1 << _RAND_A_BITS) - 1)
    rand_b = whole & ((1 << _RAND_B_BITS) - 1)
    number = (time << _RAND_A_BITS | rand_a) << _RAND_B_KEPT | rand_b >> _RAND_B_LOST
    return format(_with_check(_digits(number, AUSKUNFT_NUMMER.symbols - 1), AUSKUNFT_NUMMER), AUSKUNFT_NUMMER)


def uuid7_range_of_number(text: str) -> tuple[UUID, UUID]:
    """The first and the last UUIDv7 that have this Auskunft-Nummer, for a search by primary key.

    One process never gives a number twice; two processes can within the same millisecond, once in some
    hundred million times: so whoever searches also narrows by the institution.
    """
    code = parse(text, AUSKUNFT_NUMMER)
    number = 0
    for character in code[:-1]:
        number = number * _BASE + _VALUES[character]
    if number >= 1 << (_TIME_BITS + _RAND_A_BITS + _RAND_B_KEPT):
        raise WrongCheck("Diese Auskunft-Nummer gibt es nicht. Bitte vergleichen Sie sie mit dem Nachweis.")
    low = number & ((1 << _RAND_B_KEPT) - 1)
    rand_a = (number >> _RAND_B_KEPT) & ((1 << _RAND_A_BITS) - 1)
    time = number >> (_RAND_B_KEPT + _RAND_A_BITS)
    first = time << 80 | 7 << 76 | rand_a << 64 | 0b10 << 62 | low << _RAND_B_LOST
    return UUID(int=first), UUID(int=first | (1 << _RAND_B_LOST) - 1)


def _digits(number: int, count: int) -> list[int]:
    digits: list[int] = []
    for _ in range(count):
        number, digit = divmod(number, _BASE)
        digits.append(digit)
    return digits[::-1]
