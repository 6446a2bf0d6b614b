"""What can be wrong with a number or a day that somebody typed or handed us.

Source: house, how malformed input is told.
"""

from __future__ import annotations

from typing import ClassVar


class MalformedInput(ValueError):
    """The input is not what its standard says it must be.

    `text` is a German sentence for the person who typed the input, and may repeat what was typed.
    `str(error)` is an English phrase that never does, so that logs and mails about faults stay clean.
    """

    phrase: ClassVar[str] = "malformed input"

    def __init__(self, text: str) -> None:
        super().__init__(self.phrase)
        self.text = text


class NumberError(MalformedInput):
    """A number (IK, KVNR) is not well formed."""

    phrase = "malformed number"


class InvalidLength(NumberError):
    """The number has too few or too many characters, or none at all."""

    phrase = "wrong length"


class InvalidCharacters(NumberError):
    """A character does not belong into the number, or not at its place.

    `suggestion` is the number that was probably meant (O for 0, I for 1, a hyphen too many), written as
    it is printed, or None; it is only ever offered and never taken silently.
    """

    phrase = "wrong character"

    def __init__(self, text: str, *, suggestion: str | None = None) -> None:
        super().__init__(text)
        self.suggestion = suggestion


class InvalidChecksum(NumberError):
    """The check digit (Prüfziffer) does not fit the rest; `expected` is the one that would."""

    phrase = "wrong check digit"

    def __init__(self, text: str, *, expected: str) -> None:
        super().__init__(text)
        self.expected = expected


class DayError(MalformedInput):
    """A day is not well formed."""

    phrase = "malformed day"


class UnreadableDay(DayError):
    """The text is not written like a day."""

    phrase = "unreadable day"


class NoSuchDay(DayError):
    """The text is written like a day, but the calendar has none like it."""

    phrase = "no such day"


class InvalidPeriod(MalformedInput):
    """A period ends before it begins."""

    phrase = "period ends before it begins"
