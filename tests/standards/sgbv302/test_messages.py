"""On every day one version of TA1 is the newest in force, and the order of a message leads from UNH to UNT."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

import pytest

from zuzahlung.standards.sgbv302.messages import (
    BEGINN,
    ENDE,
    FASSUNGEN,
    SLGA_21,
    SLLA_B_21,
    Nachricht,
    fassung_on,
)

# The first and the last day on which each version is the newest.
NEWEST = [
    ("12", date(2019, 7, 1), date(2019, 12, 31)),
    ("13", date(2020, 1, 1), date(2020, 9, 30)),
    ("14", date(2020, 10, 1), date(2021, 6, 30)),
    ("15", date(2021, 7, 1), date(2021, 12, 31)),
    ("16", date(2022, 1, 1), date(2022, 12, 31)),
    ("17", date(2023, 1, 1), date(2023, 6, 30)),
    ("18", date(2023, 7, 1), date(2023, 12, 31)),
    ("19", date(2024, 1, 1), date(2024, 6, 30)),
    ("20", date(2024, 7, 1), date(2025, 9, 30)),
    ("21", date(2025, 10, 1), date(2099, 12, 31)),
]

# The last day on which a file may still follow each version.
LAST = {
    "12": date(2020, 3, 31),
    "13": date(2020, 12, 31),
    "14": date(2021, 9, 30),
    "15": date(2022, 3, 30),
    "16": date(2022, 12, 31),
    "17": date(2023, 9, 30),
    "18": date(2024, 3, 31),
    "19": date(2024, 9, 30),
    "20": date(2025, 12, 31),
    "21": None,
}

BOTH = pytest.mark.parametrize("nachricht", [SLGA_21, SLLA_B_21], ids=["SLGA", "SLLA"])


@pytest.mark.parametrize(("nummer", "first", "last"), NEWEST, ids=[row[0] for row in NEWEST])
def test_a_version_is_the_newest_from_its_first_day_until_the_next_begins(
    nummer: str, first: date, last: date
) -> None:
    assert fassung_on(first).nummer == nummer
    assert fassung_on(last).nummer == nummer


def test_before_the_first_version_known_there_is_none() -> None:
    with pytest.raises(LookupError, match="no version of TA1 is known for this day"):
        fassung_on(date(2019, 6, 30))


def test_versions_stand_in_their_order_and_begin_one_after_another() -> None:
    assert list(FASSUNGEN) == [row[0] for row in NEWEST]
    assert [fassung.gueltig_ab for fassung in FASSUNGEN.values()] == [row[1] for row in NEWEST]
    assert [fassung.nummer for fassung in FASSUNGEN.values()] == list(FASSUNGEN)


@pytest.mark.parametrize("nummer", list(LAST))
def test_a_version_is_in_force_from_its_first_to_its_last_day_and_no_longer(nummer: str) -> None:
    fassung, last = FASSUNGEN[nummer], LAST[nummer]
    assert fassung.is_in_force(fassung.gueltig_ab)
    assert not fassung.is_in_force(fassung.gueltig_ab - timedelta(days=1))
    if last is None:
        assert fassung.is_in_force(date.max)
    else:
        assert fassung.is_in_force(last)
        assert not fassung.is_in_force(last + timedelta(days=1))


def test_the_tables_of_version_21_are_held_and_no_others() -> None:
    assert {nummer: sorted(fassung.nachrichten) for nummer, fassung in FASSUNGEN.items()} == {
        nummer: ["SLGA", "SLLA"] if nummer == "21" else [] for nummer in LAST
    }


@BOTH
def test_every_tag_that_may_follow_has_a_table_and_followers(nachricht: Nachricht) -> None:
    named = {tag for tags in nachricht.folgen.values() for tag in tags}
    assert named - {ENDE} == set(nachricht.segmente)
    assert set(nachricht.folgen) == {BEGINN, *nachricht.segmente}
    assert {*nachricht.hoechstens, *nachricht.mindestens} <= set(nachricht.segmente)


@BOTH
def test_every_segment_can_be_reached_from_unh_and_reaches_unt(nachricht: Nachricht) -> None:
    assert reached_from(BEGINN, nachricht) == {ENDE, *nachricht.segmente}
    assert all(ENDE in reached_from(tag, nachricht) for tag in nachricht.folgen)


def reached_from(tag: str, nachricht: Nachricht) -> set[str]:
    seen: set[str] = set()
    waiting = [tag]
    while waiting:
        for follower in nachricht.folgen.get(waiting.pop(), ()):
            if follower not in seen:
                seen.add(follower)
                waiting.append(follower)
    return seen


@BOTH
def test_a_segment_is_found_by_its_own_tag(nachricht: Nachricht) -> None:
    assert [segment.__name__ for segment in nachricht.segmente.values()] == list(nachricht.segmente)


def is_message(tags: Iterable[str], nachricht: Nachricht) -> bool:
    """Say whether the tags may stand between UNH and UNT, how often they may stand left aside."""
    row = [BEGINN, *tags, ENDE]
    return all(tag in nachricht.folgen.get(last, ()) for last, tag in pairwise(row))


@pytest.mark.parametrize(
    ("tags", "may"),
    [
        ("FKT REC GES GES NAM", True),
        ("FKT REC UST SKO SKO GES GES NAM", True),
        ("FKT REC SKO UST GES GES NAM", False),
        ("FKT REC UST NAM", False),
        ("FKT REC GES GES", False),
        ("REC FKT GES GES NAM", False),
        ("FKT REC GES NAM NAM", False),
        ("", False),
    ],
)
def test_slga_has_its_segments_in_this_order(tags: str, may: bool) -> None:
    assert is_message(tags.split(), SLGA_21) == may


@pytest.mark.parametrize(
    ("tags", "may"),
    [
        ("FKT REC INV NAD EHE ZHE DIA BES", True),
        ("FKT REC INV URI NAD IMG EVO EHE TXT MWS EHE ZHE DIA DIA SKZ GZF INV NAD EHE ZHE DIA BES", True),
        ("FKT REC INV NAD EVO IMG EHE ZHE DIA BES", False),
        ("FKT REC INV NAD EHE MWS TXT ZHE DIA BES", False),
        ("FKT REC INV NAD EHE TXT TXT ZHE DIA BES", False),
        ("FKT REC INV NAD URI EHE ZHE DIA BES", False),
        ("FKT REC INV NAD ZHE EHE DIA BES", False),
        ("FKT REC INV NAD EHE ZHE BES", False),
        ("FKT REC INV NAD EHE ZHE DIA BES GZF", False),
        ("FKT REC INV NAD ZHE DIA BES", False),
        ("FKT REC", False),
    ],
)
def test_slla_has_its_segments_in_this_order(tags: str, may: bool) -> None:
    assert is_message(tags.split(), SLLA_B_21) == may


def test_ges_stands_two_to_nine_times_and_sko_up_to_nine() -> None:
    assert dict(SLGA_21.mindestens) == {"GES": 2}
    assert dict(SLGA_21.hoechstens) == {"SKO": 9, "GES": 9}
    assert (dict(SLLA_B_21.mindestens), dict(SLLA_B_21.hoechstens)) == ({}, {})
