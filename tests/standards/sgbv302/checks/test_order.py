"""The order of segments: what stands in a wrong place, too often, too seldom, or is none at all, is told once."""

from __future__ import annotations

import pytest

from tests.standards.sgbv302.checks.damaged import CLAIM, END, SEVERAL, SINGLE, add, counted, drop, put, told
from zuzahlung.standards.sgbv302.checks.flow import check


def moved(text: str, what: str, behind: str) -> str:
    """Return the file with the first segment of this tag behind the first of another."""
    segments = text.split(END)[:-1]
    one = next(segment for segment in segments if segment.split("+")[0] == what)
    segments.remove(one)
    place = next(place for place, segment in enumerate(segments) if segment.split("+")[0] == behind)
    return counted([*segments[: place + 1], one, *segments[place + 1 :]])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (drop(SINGLE, "FKT"), "segment.order 2 error REC"),
        (drop(SINGLE, "REC"), "segment.order 2 error GES"),
        (drop(SINGLE, "NAM"), "segment.order 2 error UNT"),
        (drop(SINGLE, "GES", "GES#3"), "segment.order 2 error NAM"),
        (drop(SINGLE, "FKT#2"), "segment.order 2 error REC#2"),
        (drop(SINGLE, "REC#2"), "segment.order 2 error INV"),
        (drop(SINGLE, "INV"), "segment.order 2 error NAD"),
        (drop(SINGLE, "INV#2"), "segment.order 2 error NAD#2"),
        (drop(SINGLE, "NAD"), "segment.order 2 error EHE"),
        (drop(SINGLE, "EHE"), "segment.order 2 error ZHE"),
        (drop(SINGLE, "ZHE"), "segment.order 2 error DIA"),
        (drop(SINGLE, "DIA"), "segment.order 2 error BES"),
        (drop(SINGLE, "BES"), "segment.order 2 error INV#2"),
        (drop(SINGLE, "BES#3"), "segment.order 2 error UNT#2"),
        (drop(CLAIM, "GZF"), "segment.order 2 error INV#2"),
        (drop(SINGLE, "INV", "BES#3"), "segment.order 2 error UNT#2"),
    ],
)
def test_a_mandatory_segment_that_is_missing_is_told_at_the_next_one(text: str, expected: str) -> None:
    assert told(text) == [expected]


@pytest.mark.parametrize(
    ("what", "behind", "expected"),
    [
        ("FKT", "REC", "segment.order 2 error REC"),
        ("NAM", "REC", "segment.order 2 error NAM"),
        ("NAM", "GES", "segment.too-few 2 error NAM"),
        ("NAD", "EHE", "segment.order 2 error EHE"),
        ("ZHE", "NAD", "segment.order 2 error ZHE"),
        ("DIA", "EHE", "segment.order 2 error DIA"),
        ("DIA", "NAD", "segment.order 2 error DIA"),
        ("BES", "ZHE", "segment.order 2 error BES"),
        ("BES", "NAD", "segment.order 2 error BES"),
        ("INV", "NAD", "segment.order 2 error NAD"),
    ],
)
def test_a_segment_in_a_wrong_place_is_told_once(what: str, behind: str, expected: str) -> None:
    assert told(moved(SINGLE, what, behind)) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (add(SINGLE, "REC", "REC+2026-1001:0+20261005+1"), "segment.order 2 error REC#2"),
        (add(SINGLE, "NAM", "NAM+Physiotherapie Mustermann"), "segment.order 2 error NAM#2"),
        (add(SINGLE, "NAD", "NAD+D?'Angelo+Luigi+19720413"), "segment.order 2 error NAD#2"),
        (add(SINGLE, "BES", "BES+13,09+11,31+1,31+10,00"), "segment.order 2 error BES#2"),
        (add(SINGLE, "BES", "GZF+11,31+1,31+10,00"), "segment.order 2 error GZF"),
        (add(SINGLE, "EHE", "TXT+eins", "TXT+zwei"), "segment.order 2 error TXT#2"),
        (add(SINGLE, "REC", "UST+1", "UST+2"), "segment.order 2 error UST#2"),
    ],
)
def test_a_segment_that_stands_once_and_comes_twice_is_told_once(text: str, expected: str) -> None:
    assert told(text) == [expected]


def test_what_may_stand_several_times_may() -> None:
    assert told(add(SINGLE, "DIA", "DIA+M54.4", "DIA++Rückenschmerz")) == []
    assert told(add(SINGLE, "REC", *(f"SKO+{number},00+{20 - number}" for number in range(1, 10)))) == []


def test_the_tenth_skonto_is_too_many() -> None:
    ten = add(SINGLE, "REC", *(f"SKO+{number},00+{20 - number}" for number in range(1, 11)))
    assert told(ten) == ["segment.too-many 2 error SKO#10"]
    more = add(SINGLE, "REC", *(f"SKO+{number},00+{20 - number}" for number in range(1, 13)))
    assert told(more) == ["segment.too-many 2 error SKO#10"]


@pytest.mark.parametrize("place", ["GES", "GES#2"])
def test_one_row_of_sums_is_too_few_and_told_once(place: str) -> None:
    assert told(drop(SEVERAL, place)) == ["segment.too-few 2 error NAM"]


@pytest.mark.parametrize(
    "tag", ["FKT", "REC", "GES", "GES#2", "NAM", "INV", "NAD", "EHE", "ZHE", "DIA", "BES"]
)
def test_a_segment_with_an_unknown_tag_is_told_and_not_missed_again(tag: str) -> None:
    name = tag.partition("#")[0]
    nth = 2 if "#" in tag else 1
    segments = SINGLE.split(END)[:-1]
    place = [place for place, one in enumerate(segments) if one.startswith(name)][nth - 1]
    segments[place] = "X" + segments[place][1:]
    assert told(counted(segments)) == [f"segment.unknown 2 error X{name[1:]}"]


def test_unknown_segments_in_a_row_are_told_once() -> None:
    assert told(add(SINGLE, "NAD", "XXX+1", "YYY+2")) == ["segment.unknown 2 error XXX"]
    assert told(add(add(SINGLE, "NAD", "XXX+1"), "BES", "YYY+1")) == [
        "segment.unknown 2 error XXX",
        "segment.unknown 2 error YYY",
    ]


@pytest.mark.parametrize("segment", ["BLA+1", "NADX+1", "inv+1", "<script>", "x" * 10_000, ""])
def test_whatever_is_no_segment_is_told_as_unknown(segment: str) -> None:
    (found,) = check([add(SINGLE, "NAD", segment).encode()])
    assert found.rule == "segment.unknown"
    assert len(found.text) < 100


def test_a_segment_of_the_other_message_is_unknown() -> None:
    assert told(add(SINGLE, "REC", "INV+A123456780+10000+1+1")) == ["segment.unknown 2 error INV"]
    assert told(put(SINGLE, "NAD", "NAM+Name")) == ["segment.unknown 2 error NAM#2"]


def test_two_faults_in_two_cases_are_both_told() -> None:
    assert told(drop(drop(SINGLE, "ZHE"), "DIA#2")) == [
        "segment.order 2 error DIA",
        "segment.order 2 error BES#2",
    ]
    assert told(moved(drop(SINGLE, "DIA#3"), "ZHE", "NAD")) == [
        "segment.order 2 error ZHE",
        "segment.order 2 error BES#3",
    ]


def test_the_text_names_what_is_expected_in_the_order_of_the_document() -> None:
    (found,) = check([drop(SINGLE, "NAD").encode()])
    assert found.text == "EHE darf nicht nach INV stehen. Dort wird erwartet: URI oder NAD."
