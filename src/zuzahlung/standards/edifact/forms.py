"""What an element of a segment may hold: its form, as the tables of a document print it (an..30, n2, n..10,2).

A bare number is the exact length, two dots before it make it the most. Decimals have always as many places
as printed; the sign and the decimal mark do not count for the length, release characters neither.

Source: TA1 V21, 5.1; house, n..p,q is read as p places before the comma, since `..2,2` fits nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context, Decimal
from typing import Final

_EXACT: Final = Context(prec=60)
Value = str | int | Decimal | date

# Nothing that is no character of a text: control characters, and the marks for bytes a charset does not define.
UNFIT: Final = r"\x00-\x1f\x7f-\x9f\ud800-\udfff"
_PLAIN: Final = rf"[^+:?'{UNFIT}]"


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """How one element or component is written.

    `pattern` matches it on the wire as long as nothing in it is released; `read` makes the value of a text
    of that pattern, or raises ValueError (31.02.); `write` makes the text of a value, or raises ValueError.
    `least` and `most` are lengths in characters, for decimals of the places before the comma.
    """

    printed: str
    is_number: bool
    least: int
    most: int
    decimals: int
    pattern: str
    read: Callable[[str], Value]
    write: Callable[[Value], str]


def an(exactly: int | None = None, *, most: int | None = None, least: int = 1) -> Form:
    """Return the form of a text: `an(5)` has exactly 5 characters, `an(most=30)` up to 30."""
    low, high = (least, most) if exactly is None else (exactly, exactly)
    if high is None:
        raise ValueError("a text has a length")
    printed = f"an{high}" if low == high else f"an..{high}" if low == 1 else f"an{low}..{high}"
    return Form(
        printed=printed,
        is_number=False,
        least=low,
        most=high,
        decimals=0,
        pattern=rf"{_PLAIN}{{{low},{high}}}",
        read=str,
        write=_text,
    )


def code(digits: int) -> Form:
    """Return the form of a number that is a name and no quantity, such as n9 for an IK: kept as text."""
    return Form(
        printed=f"n{digits}",
        is_number=True,
        least=digits,
        most=digits,
        decimals=0,
        pattern=rf"[0-9]{{{digits}}}",
        read=str,
        write=_text,
    )


def count(exactly: int | None = None, *, most: int | None = None) -> Form:
    """Return the form of a whole number: `count(6)` has leading zeros, `count(most=6)` none."""
    low, high = (1, most) if exactly is None else (exactly, exactly)
    if high is None:
        raise ValueError("a number has a length")
    return Form(
        printed=f"n{high}" if low == high else f"n..{high}",
        is_number=True,
        least=low,
        most=high,
        decimals=0,
        pattern=rf"[0-9]{{{low},{high}}}",
        read=int,
        write=_whole(low),
    )


def decimal(places: int, decimals: int) -> Form:
    """Return the form of n..places,decimals, for example `decimal(10, 2)` for an amount in euros."""
    return Form(
        printed=f"n..{places},{decimals}",
        is_number=True,
        least=0,
        most=places,
        decimals=decimals,
        pattern=rf"-?[0-9]{{0,{places}}},[0-9]{{{decimals}}}",
        read=_decimal,
        write=_with_comma(places, decimals),
    )


def day() -> Form:
    """Return the form of a calendar day, JJJJMMTT."""
    return Form(
        printed="n8",
        is_number=True,
        least=8,
        most=8,
        decimals=0,
        pattern="[0-9]{8}",
        read=date.fromisoformat,
        write=_day,
    )


def nothing() -> Form:
    """Return the form of an element that the document keeps empty."""
    return Form(
        printed="leer", is_number=False, least=0, most=0, decimals=0, pattern="", read=str, write=_text
    )


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise ValueError("text is expected here")  # noqa: TRY004 - a value that does not fit, of any kind.
    return value


def _whole(least: int) -> Callable[[Value], str]:
    def write(value: Value) -> str:
        if not isinstance(value, int) or value < 0:
            raise ValueError("a whole number is expected here")
        return f"{value:0{least}}"

    return write


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _with_comma(places: int, decimals: int) -> Callable[[Value], str]:
    smallest, limit = Decimal((0, (1,), -decimals)), Decimal((0, (1,), places))

    def write(value: Value) -> str:
        if not isinstance(value, Decimal) or not value.is_finite():
            raise ValueError("a decimal is expected here")
        if value.copy_abs() >= limit:
            raise ValueError("the amount is too large")
        exact = value.quantize(smallest, context=_EXACT)
        if exact != value:
            raise ValueError("the amount has too many decimals")
        # Minus zero is a zero.
        return f"{exact or exact.copy_abs():f}".replace(".", ",")

    return write


def _day(value: Value) -> str:
    # A point in time is a date for Python, but on which day it lies depends on the time zone.
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError("a day is expected here")  # noqa: TRY004 - a value that does not fit, of any kind.
    return f"{value.year:04}{value.month:02}{value.day:02}"


FIT: Final = re.compile(rf"[^{UNFIT}]*")
"""Matches a text without control characters and without bytes its charset does not define."""
