"""How a line of the log looks: one line each, what went wrong and where, and nothing that somebody typed."""

from __future__ import annotations

import logging
import re
import traceback
from types import TracebackType

_PLACES = 8
_LONGEST = 4_000
_SHORT = re.compile(r"^.*/(?:site-packages|src|lib/python3\.[0-9]+)/")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# What must not be there is not written even where it comes by mistake: in an address that somebody typed.
# What people put between the signs of a number: blanks of any width, points, dashes, also as an address writes them.
_BETWEEN = r"(?:[\s\u00a0\u2009\u202f._\u2010-\u2014-]|%[0-9A-Fa-f]{2}|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}){0,3}"
_CODE = r"[2-9A-HJKMNP-Za-hjkmnp-z]"
_MASKS = (
    (re.compile(r"\bzuz_[0-9A-Za-z]+"), "[Schlüssel]"),
    # Glued to it may stand any letter before but those of a UUID, which has such groups by chance.
    (
        re.compile(
            rf"(?:(?<![0-9A-Za-z])[A-Za-z]{_BETWEEN}|(?<![0-9a-f])[A-Za-z])[0-9](?:{_BETWEEN}[0-9]){{8}}"
            r"(?![0-9A-Za-z])"
        ),
        "[KVNR]",
    ),
    (re.compile(r"[^\s<>\"'/=@]{1,64}(?:@|%40)[^\s<>\"'/&@]{1,255}"), "[E-Mail]"),
    (re.compile(r"\b(?:[2-9A-HJKMNP-Z]{4,5}-){2,5}[2-9A-HJKMNP-Z]{4,5}\b"), "[Code]"),
    # Small letters and codes without hyphens look like words, so a digit has to be among them.
    (
        re.compile(
            rf"(?<![0-9A-Za-z-])(?=[A-Za-z -]{{0,40}}[2-9])"
            rf"(?:(?:{_CODE}{{5}}[ -]?){{2}}{_CODE}{{5}}|(?:{_CODE}{{4}}[ -]?){{3}}{_CODE}{{4}})(?![0-9A-Za-z-])"
        ),
        "[Code]",
    ),
)


class Line(logging.Formatter):
    """One record as one line.

    Of an exception it tells kinds and places: its text may hold what was typed, and PostgreSQL's does.
    """

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        record.message = record.getMessage()[:_LONGEST]
        record.asctime = self.formatTime(record)
        said = self.formatMessage(record)
        if record.exc_info and record.exc_info[1] is not None:
            said += f" | {told(record.exc_info[1])}"
        for pattern, mask in _MASKS:
            said = pattern.sub(mask, said)
        return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", said)


def told(error: BaseException) -> str:
    """An exception and its causes by their kinds, with PostgreSQL's code, and the places: the innermost and ours."""
    kinds: list[str] = []
    places = _places(error.__traceback__)
    one: BaseException | None = error
    while one is not None and len(kinds) < _PLACES:
        state = getattr(one, "sqlstate", None)
        kinds.append(f"{type(one).__name__} {state}" if state else type(one).__name__)
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return f"{' from '.join(kinds)} at {' < '.join(places)}"


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[::-1]
    wanted = [*frames[:1], *(frame for frame in frames[1:] if "/zuzahlung/" in frame.filename)]
    return [f"{_SHORT.sub('', frame.filename)}:{frame.lineno}" for frame in wanted[:_PLACES]]
