"""Text is released so that it can stand in an element, and taken back as it was; separators part what is not released."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zuzahlung.standards.edifact.syntax import components, elements, ends_in_release, release, taken_back

TEXTS = st.text(st.sampled_from("a:+?',")) | st.text()


@pytest.mark.parametrize(
    ("text", "released", "with_comma"),
    [
        ("D'Angelo", "D?'Angelo", "D?'Angelo"),
        ("a:b+c?d", "a?:b?+c??d", "a?:b?+c??d"),
        ("1,5", "1,5", "1?,5"),
        ("??", "????", "????"),
        ("Müller", "Müller", "Müller"),
        ("", "", ""),
    ],
)
def test_service_characters_are_released_and_the_comma_on_demand_only(
    text: str, released: str, with_comma: str
) -> None:
    assert release(text) == released
    assert release(text, comma=True) == with_comma


@pytest.mark.parametrize(
    ("written", "meant"),
    [("?a", "a"), ("??", "?"), ("???'", "?'"), ("?,", ","), ("a?", "a"), ("?\n", "\n"), ("", "")],
)
def test_whatever_follows_a_release_character_is_meant_as_it_stands(written: str, meant: str) -> None:
    assert taken_back(written) == meant


@pytest.mark.parametrize(
    ("segment", "parts"),
    [
        ("NAD+A+B", ["NAD", "A", "B"]),
        ("NAD+A?+B", ["NAD", "A?+B"]),
        ("NAD+A??+B", ["NAD", "A??", "B"]),
        ("NAD+A???+B", ["NAD", "A???+B"]),
        ("NAD+A?++B", ["NAD", "A?+", "B"]),
        ("NAD+A?+?+?+B+C", ["NAD", "A?+?+?+B", "C"]),
        ("NAD++", ["NAD", "", ""]),
        ("NAD+A?", ["NAD", "A?"]),
        ("NAD?", ["NAD?"]),
        ("", [""]),
    ],
)
def test_elements_are_parted_where_a_plus_is_not_released(segment: str, parts: list[str]) -> None:
    assert elements(segment) == parts
    assert components(segment.replace("+", ":")) == [part.replace("+", ":") for part in parts]


@given(st.lists(TEXTS, min_size=1), st.booleans())
@example(["?"], False)
@example(["", ":"], True)
def test_texts_come_out_of_a_segment_and_of_an_element_as_they_went_in(texts: list[str], comma: bool) -> None:
    written = [release(text, comma=comma) for text in texts]
    for separator, parted in (("+", elements), (":", components)):
        parts = parted(separator.join(written))
        assert parts == written
        assert [taken_back(part) for part in parts] == texts


@given(TEXTS)
def test_parting_loses_nothing(text: str) -> None:
    assert "+".join(elements(text)) == text
    assert ":".join(components(text)) == text


@given(TEXTS)
def test_only_an_odd_number_of_release_characters_releases_what_follows(text: str) -> None:
    is_released = False
    for character in text:
        is_released = character == "?" and not is_released
    assert ends_in_release(text) == is_released


def test_a_segment_of_nothing_but_released_separators_is_parted_in_one_go() -> None:
    hostile = "?+" * 1_000_000
    assert elements(hostile) == [hostile]
