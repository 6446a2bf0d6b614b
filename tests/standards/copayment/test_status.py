"""The status of an insured belongs to a day: every worked case holds, and every way of asking agrees."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.standards.copayment.vectors import cases, periods
from zuzahlung.standards.copayment.law import (
    ALTERSGRENZEN,
    Leistungsart,
    end_of_exemption_year,
    spares_minors,
)
from zuzahlung.standards.copayment.periods import Period
from zuzahlung.standards.copayment.status import Status, status_on, valid_until

DAYS = st.dates(date(2025, 11, 1), date(2027, 2, 28))
PERIODS = st.lists(st.tuples(DAYS, DAYS).map(lambda pair: Period(min(pair), max(pair))), max_size=5)
BIRTHDAYS = st.none() | DAYS
LAWS = cases("sgb5_32_2") + cases("sgb5_62_1")


@pytest.mark.parametrize("case", LAWS)
def test_the_status_of_a_day_is_the_one_the_law_gives(case: dict[str, Any]) -> None:
    assert status_on(case["day"], periods=periods(case), adult_on=case.get("adult_on")) == case["status"]


@pytest.mark.parametrize("case", LAWS)
def test_the_status_holds_until_the_day_the_law_gives(case: dict[str, Any]) -> None:
    until = valid_until(case["day"], periods=periods(case), adult_on=case.get("adult_on"))
    assert until == case["valid_until"]


@given(day=DAYS, exempt=PERIODS, adult_on=BIRTHDAYS)
def test_the_status_agrees_with_a_set_of_all_exempt_days(
    day: date, exempt: list[Period], adult_on: date | None
) -> None:
    days = {p.first + timedelta(n) for p in exempt for n in range((p.last - p.first).days + 1)}
    if adult_on is not None and day < adult_on:
        expected = Status.MINOR
    else:
        expected = Status.EXEMPT if day in days else Status.LIABLE
    assert status_on(day, periods=exempt, adult_on=adult_on) is expected


@given(day=DAYS, exempt=PERIODS, adult_on=BIRTHDAYS)
def test_valid_until_is_found_by_walking_day_by_day_too(
    day: date, exempt: list[Period], adult_on: date | None
) -> None:
    status = status_on(day, periods=exempt, adult_on=adult_on)
    walked = day
    while walked != date(day.year, 12, 31):
        if status_on(walked + timedelta(1), periods=exempt, adult_on=adult_on) is not status:
            break
        walked += timedelta(1)
    assert valid_until(day, periods=exempt, adult_on=adult_on) == walked


@given(day=DAYS, exempt=PERIODS, adult_on=BIRTHDAYS, order=st.randoms(use_true_random=False))
def test_the_order_of_the_periods_changes_nothing(
    day: date, exempt: list[Period], adult_on: date | None, order: Any
) -> None:
    shuffled = list(exempt)
    order.shuffle(shuffled)
    for ask in (status_on, valid_until):
        assert ask(day, periods=exempt, adult_on=adult_on) == ask(day, periods=shuffled, adult_on=adult_on)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.EXEMPT, "befreit"),
        (Status.LIABLE, "nicht befreit"),
        (Status.MINOR, "keine Zuzahlung (unter 18)"),
    ],
)
def test_each_status_has_its_words_for_people(status: Status, words: str) -> None:
    assert status.words == words


@pytest.mark.parametrize(
    ("leistungsart", "spared"),
    [
        (Leistungsart.ARZNEIMITTEL, True),
        (Leistungsart.HEILMITTEL, True),
        (Leistungsart.HILFSMITTEL, True),
        (Leistungsart.FAHRKOSTEN, False),
    ],
)
def test_children_owe_for_journeys_only(leistungsart: Leistungsart, spared: bool) -> None:
    assert spares_minors(leistungsart) is spared


def test_every_kind_of_service_has_one_age_limit_with_paragraph_and_date() -> None:
    assert [limit.leistungsart for limit in ALTERSGRENZEN] == list(Leistungsart)
    assert all("SGB V" in limit.fundstelle for limit in ALTERSGRENZEN)
    assert {limit.gueltig_ab for limit in ALTERSGRENZEN} == {date(2004, 1, 1)}


def test_an_exemption_ends_with_its_calendar_year() -> None:
    assert end_of_exemption_year(date(2026, 1, 1)) == date(2026, 12, 31)
    assert end_of_exemption_year(date(2026, 12, 31)) == date(2026, 12, 31)
