"""Periods of exemption: revocation shortens them, and united they are the same days in fewer pieces."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuzahlung.standards.copayment.periods import Period, effective, unite
from zuzahlung.standards.errors import InvalidPeriod

JANUARY_TO_MARCH = Period(date(2026, 1, 1), date(2026, 3, 31))
DAYS = st.dates(date(2026, 1, 1), date(2026, 4, 30))
PERIODS = st.lists(st.tuples(DAYS, DAYS).map(lambda pair: Period(min(pair), max(pair))), max_size=6)


def days_of(periods: Any) -> set[date]:
    return {p.first + timedelta(n) for p in periods for n in range((p.last - p.first).days + 1)}


def test_both_ends_of_a_period_belong_to_it() -> None:
    assert date(2026, 1, 1) in JANUARY_TO_MARCH
    assert date(2026, 3, 31) in JANUARY_TO_MARCH
    assert date(2025, 12, 31) not in JANUARY_TO_MARCH
    assert date(2026, 4, 1) not in JANUARY_TO_MARCH


def test_a_period_that_ends_before_it_begins_is_refused_in_german() -> None:
    with pytest.raises(InvalidPeriod) as wrong:
        Period(date(2026, 3, 1), date(2026, 2, 28))
    assert wrong.value.text == "Der Zeitraum endet, bevor er beginnt."
    assert str(wrong.value) == "period ends before it begins"


@pytest.mark.parametrize(
    ("revoked_on", "left"),
    [
        (None, JANUARY_TO_MARCH),
        (date(2026, 4, 1), JANUARY_TO_MARCH),
        (date(2026, 3, 31), Period(date(2026, 1, 1), date(2026, 3, 30))),
        (date(2026, 1, 2), Period(date(2026, 1, 1), date(2026, 1, 1))),
        (date(2026, 1, 1), None),
        (date(2025, 6, 1), None),
    ],
)
def test_the_day_of_revocation_is_the_first_without_effect(
    revoked_on: date | None, left: Period | None
) -> None:
    assert effective(date(2026, 1, 1), date(2026, 3, 31), revoked_on) == left


def test_a_wrong_period_is_refused_even_when_it_was_revoked() -> None:
    with pytest.raises(InvalidPeriod):
        effective(date(2026, 3, 31), date(2026, 1, 1), date(2025, 1, 1))


@pytest.mark.parametrize(
    ("second", "united"),
    [
        (
            Period(date(2026, 4, 1), date(2026, 4, 30)),
            [Period(date(2026, 1, 1), date(2026, 4, 30))],
        ),
        (
            Period(date(2026, 4, 2), date(2026, 4, 30)),
            [JANUARY_TO_MARCH, Period(date(2026, 4, 2), date(2026, 4, 30))],
        ),
        (Period(date(2026, 2, 1), date(2026, 2, 28)), [JANUARY_TO_MARCH]),
        (
            Period(date(2025, 12, 1), date(2026, 1, 1)),
            [Period(date(2025, 12, 1), date(2026, 3, 31))],
        ),
    ],
    ids=["adjoining", "one day apart", "one inside the other", "overlapping, given later"],
)
def test_two_periods_become_one_when_no_day_lies_between(second: Period, united: list[Period]) -> None:
    assert list(unite([JANUARY_TO_MARCH, second])) == united


def test_the_last_day_of_the_calendar_does_no_harm() -> None:
    endless = Period(date(2026, 1, 1), date.max)
    assert unite([endless, Period(date(2027, 1, 1), date.max)]) == (endless,)


@given(PERIODS)
def test_united_periods_have_the_same_days_in_order_and_apart(periods: list[Period]) -> None:
    united = unite(periods)
    assert days_of(united) == days_of(periods)
    assert all(later.first - earlier.last > timedelta(1) for earlier, later in pairwise(united))


@given(PERIODS)
def test_uniting_twice_is_uniting_once(periods: list[Period]) -> None:
    assert unite(unite(periods)) == unite(periods)


@given(PERIODS, st.randoms(use_true_random=False))
def test_the_order_of_periods_does_not_matter(periods: list[Period], order: Any) -> None:
    shuffled = list(periods)
    order.shuffle(shuffled)
    assert unite(shuffled) == unite(periods)


@given(DAYS, DAYS, st.none() | DAYS)
def test_an_effective_period_has_the_granted_days_before_the_revocation(
    one: date, other: date, revoked_on: date | None
) -> None:
    granted = Period(min(one, other), max(one, other))
    left = effective(granted.first, granted.last, revoked_on)
    expected = {day for day in days_of([granted]) if revoked_on is None or day < revoked_on}
    assert days_of([left] if left else []) == expected
