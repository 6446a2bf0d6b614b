"""Every error has a German sentence for the person and an English phrase, without the input, for the log."""

from __future__ import annotations

import pytest

from zuzahlung.standards import errors
from zuzahlung.standards.errors import InvalidCharacters, InvalidChecksum, InvalidLength, MalformedInput

ALL = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, MalformedInput)]


def test_each_kind_of_wrong_has_its_own_phrase() -> None:
    assert sorted(kind.phrase for kind in ALL) == [
        "malformed day",
        "malformed input",
        "malformed number",
        "no such day",
        "period ends before it begins",
        "unreadable day",
        "wrong character",
        "wrong check digit",
        "wrong length",
    ]


@pytest.mark.parametrize(
    "error",
    [
        InvalidLength("A12345678 ist zu kurz."),
        InvalidCharacters("A12345678O ist falsch.", suggestion="A123 456 780"),
        InvalidChecksum("Nach A12345678 müsste eine 0 stehen.", expected="0"),
    ],
)
def test_what_was_typed_stands_in_the_text_only(error: MalformedInput) -> None:
    assert "A12345678" in error.text
    assert "A12345678" not in str(error) + repr(error)
    assert isinstance(error, ValueError)
