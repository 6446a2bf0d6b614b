"""What is made once is kept, in bounded memory, and what cannot be made is not."""

from __future__ import annotations

import pytest

from zuzahlung.standards.edifact.kept import MOST_KEPT, Kept, once


def test_a_value_is_made_once() -> None:
    made: list[str] = []

    def make(text: str) -> str:
        made.append(text)
        return text.upper()

    kept = Kept(make, {})
    assert [kept["a"], kept["b"], kept["a"]] == ["A", "B", "A"]
    assert made == ["a", "b"]


def test_what_is_always_in_it_is_never_made() -> None:
    kept = Kept(int, {"": None})
    assert kept[""] is None
    with pytest.raises(ValueError, match="invalid literal"):
        Kept(int, {})[""]


def test_what_cannot_be_made_is_asked_for_again() -> None:
    kept = Kept(int, {})
    for _ in range(2):
        with pytest.raises(ValueError, match="invalid literal"):
            kept["x"]
    assert dict(kept) == {}


def test_it_begins_anew_before_it_grows_and_still_knows_what_it_always_knew() -> None:
    kept = Kept(int, {"": None})
    sizes = set()
    for number in range(3 * MOST_KEPT):
        assert kept[str(number)] == number
        sizes.add(len(kept))
    assert max(sizes) == MOST_KEPT
    assert kept[""] is None
    assert kept["0"] == 0


def test_a_function_of_a_class_is_asked_once() -> None:
    asked: list[type] = []

    @once
    def name_of(kind: type) -> str:
        asked.append(kind)
        return kind.__name__

    assert [name_of(int), name_of(str), name_of(int)] == ["int", "str", "int"]
    assert asked == [int, str]
