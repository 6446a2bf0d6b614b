"""A day of law is the calendar day in Germany, also at the year's end, on 29 February and when clocks change."""

from __future__ import annotations

import copy
import pickle
import traceback
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.standards.copayment.vectors import cases
from zuzahlung.standards.days import (
    eighteenth_birthday,
    first_instant,
    format_day,
    format_moment,
    format_time,
    german_day,
    german_time,
    instants_of,
    parse_day,
    parse_iso_day,
)
from zuzahlung.standards.errors import DayError, NoSuchDay, UnreadableDay

INSTANTS = st.datetimes(
    datetime(1990, 1, 1),  # noqa: DTZ001 - the zone is added below.
    datetime(2090, 1, 1),  # noqa: DTZ001 - the same.
).map(lambda at: at.replace(tzinfo=UTC))
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "day", "shown"),
    [
        ("2026-12-31T22:59:59", date(2026, 12, 31), "31.12.2026, 23:59 Uhr"),
        ("2026-12-31T23:00:00", date(2027, 1, 1), "01.01.2027, 00:00 Uhr"),
        ("2026-06-30T21:59:59", date(2026, 6, 30), "30.06.2026, 23:59 Uhr"),
        ("2026-06-30T22:00:00", date(2026, 7, 1), "01.07.2026, 00:00 Uhr"),
        ("2028-02-28T23:00:00", date(2028, 2, 29), "29.02.2028, 00:00 Uhr"),
        ("2028-02-29T22:59:59", date(2028, 2, 29), "29.02.2028, 23:59 Uhr"),
        ("2028-02-29T23:00:00", date(2028, 3, 1), "01.03.2028, 00:00 Uhr"),
        # Clocks forward on 29.03.2026: 02:00 becomes 03:00.
        ("2026-03-28T23:00:00", date(2026, 3, 29), "29.03.2026, 00:00 Uhr"),
        ("2026-03-29T00:59:59", date(2026, 3, 29), "29.03.2026, 01:59 Uhr"),
        ("2026-03-29T01:00:00", date(2026, 3, 29), "29.03.2026, 03:00 Uhr"),
        ("2026-03-29T21:59:59", date(2026, 3, 29), "29.03.2026, 23:59 Uhr"),
        ("2026-03-29T22:00:00", date(2026, 3, 30), "30.03.2026, 00:00 Uhr"),
        # Clocks back on 25.10.2026: the hour from 02:00 comes twice.
        ("2026-10-24T22:00:00", date(2026, 10, 25), "25.10.2026, 00:00 Uhr"),
        ("2026-10-25T00:30:00", date(2026, 10, 25), "25.10.2026, 02:30 Uhr (Sommerzeit)"),
        ("2026-10-25T01:30:00", date(2026, 10, 25), "25.10.2026, 02:30 Uhr (Winterzeit)"),
        ("2026-10-25T02:00:00", date(2026, 10, 25), "25.10.2026, 03:00 Uhr"),
        ("2026-10-25T22:59:59", date(2026, 10, 25), "25.10.2026, 23:59 Uhr"),
        ("2026-10-25T23:00:00", date(2026, 10, 26), "26.10.2026, 00:00 Uhr"),
        # Far ahead the zone's rule still holds.
        ("2061-07-01T21:59:59", date(2061, 7, 1), "01.07.2061, 23:59 Uhr"),
    ],
)
def test_an_instant_falls_on_the_german_day_and_is_shown_in_german_time(
    at: str, day: date, shown: str
) -> None:
    assert german_day(utc(at)) == day
    assert format_moment(utc(at)) == shown


@pytest.mark.parametrize(
    ("day", "begins", "hours"),
    [
        (date(2026, 11, 22), "2026-11-21T23:00:00", 24),
        (date(2026, 7, 1), "2026-06-30T22:00:00", 24),
        (date(2027, 1, 1), "2026-12-31T23:00:00", 24),
        (date(2028, 2, 29), "2028-02-28T23:00:00", 24),
        (date(2026, 3, 29), "2026-03-28T23:00:00", 23),
        (date(2026, 10, 25), "2026-10-24T22:00:00", 25),
    ],
)
def test_a_german_day_has_its_instants_in_utc(day: date, begins: str, hours: int) -> None:
    assert first_instant(day) == utc(begins)
    assert instants_of(day) == (utc(begins), utc(begins) + timedelta(hours=hours))
    assert first_instant(day).tzinfo is UTC


@given(INSTANTS)
def test_every_instant_lies_within_its_own_day(at: datetime) -> None:
    begins, ends = instants_of(german_day(at))
    assert begins <= at < ends


@given(DAYS)
def test_the_days_follow_one_another_without_gap(day: date) -> None:
    begins, ends = instants_of(day)
    assert german_day(begins) == day
    assert german_day(ends - timedelta(microseconds=1)) == day
    assert ends == first_instant(day + timedelta(days=1))


@pytest.mark.parametrize("ask", [german_day, german_time, format_time, format_moment])
def test_a_time_without_a_zone_is_a_bug(ask: Any) -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        ask(datetime(2026, 11, 22, 10, 42))  # noqa: DTZ001 - that is the claim.


def test_a_german_time_can_be_copied_and_pickled() -> None:
    at = german_time(utc("2026-11-22T09:42:00"))
    assert copy.deepcopy(at).isoformat() == "2026-11-22T10:42:00+01:00"
    assert pickle.loads(pickle.dumps(at)).isoformat() == "2026-11-22T10:42:00+01:00"


def test_days_and_times_are_shown_as_in_germany() -> None:
    assert format_day(date(2026, 3, 1)) == "01.03.2026"
    assert format_time(utc("2026-11-22T09:02:59")) == "10:02 Uhr"


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("22.11.2026", date(2026, 11, 22)),
        ("2026-11-22", date(2026, 11, 22)),
        ("22.11.26", date(2026, 11, 22)),
        ("1.3.2026", date(2026, 3, 1)),
        (" 1. 3. 2026 ", date(2026, 3, 1)),
        ("29.02.2028", date(2028, 2, 29)),
    ],
)
def test_a_day_is_read_as_people_write_it(typed: str, day: date) -> None:
    assert parse_day(typed) == day


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        ("", UnreadableDay, "Bitte geben Sie einen Tag ein, zum Beispiel 22.11.2026."),
        (
            "gestern",
            UnreadableDay,
            "Bitte schreiben Sie den Tag so: Tag, Monat und Jahr, zum Beispiel 22.11.2026.",
        ),
        (
            "22.11.",
            UnreadableDay,
            "Bitte schreiben Sie den Tag so: Tag, Monat und Jahr, zum Beispiel 22.11.2026.",
        ),
        (
            "22/11/2026",
            UnreadableDay,
            "Bitte schreiben Sie den Tag so: Tag, Monat und Jahr, zum Beispiel 22.11.2026.",
        ),
        (
            "29.02.2026",
            NoSuchDay,
            "Den 29.02.2026 gibt es im Kalender nicht. Bitte prüfen Sie den Tag.",
        ),
        (
            "31.4.26",
            NoSuchDay,
            "Den 31.04.2026 gibt es im Kalender nicht. Bitte prüfen Sie den Tag.",
        ),
        (
            "2026-13-01",
            NoSuchDay,
            "Den 01.13.2026 gibt es im Kalender nicht. Bitte prüfen Sie den Tag.",
        ),
        (
            "01.01.0000",
            NoSuchDay,
            "Den 01.01.0000 gibt es im Kalender nicht. Bitte prüfen Sie den Tag.",
        ),
    ],
)
def test_what_is_wrong_with_a_day_is_said_in_german(typed: str, kind: type[DayError], text: str) -> None:
    with pytest.raises(kind) as wrong:
        parse_day(typed)
    assert wrong.value.text == text


@pytest.mark.parametrize(
    "text", ["20261122", "2026-W47-7", "2026-1-22", "22.11.2026", " 2026-11-22", "2026-11-22T00", ""]
)
def test_files_write_a_day_in_one_form_only(text: str) -> None:
    with pytest.raises(UnreadableDay) as wrong:
        parse_iso_day(text)
    assert wrong.value.text == "Der Tag muss in der Form JJJJ-MM-TT stehen, zum Beispiel 2026-11-22."


def test_files_cannot_name_a_day_the_calendar_does_not_have() -> None:
    with pytest.raises(NoSuchDay):
        parse_iso_day("2026-02-29")


@pytest.mark.parametrize("text", ["1977-02-31", "1977-x2-31"])
def test_a_birth_date_stands_in_no_traceback(text: str) -> None:
    with pytest.raises(DayError) as wrong:
        parse_iso_day(text)
    assert "1977" not in "".join(traceback.format_exception(wrong.value))


@given(st.dates(date(1000, 1, 1)))
def test_a_shown_day_is_read_again(day: date) -> None:
    assert parse_day(format_day(day)) == day
    assert parse_day(day.isoformat()) == day
    assert parse_iso_day(day.isoformat()) == day


@pytest.mark.parametrize("case", cases("bgb_188"))
def test_the_eighteenth_year_of_life_is_completed_as_the_law_counts(case: dict[str, Any]) -> None:
    assert eighteenth_birthday(case["born"]) == case["adult_on"]
