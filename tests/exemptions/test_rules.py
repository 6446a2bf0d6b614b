"""Which days may be asked follows the German calendar and two settings; what is answered follows the service kinds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest

from zuzahlung.exemptions import rules
from zuzahlung.exemptions.rules import Insured, Settings, days_allowed, decide, faults_of_days
from zuzahlung.standards.copayment.periods import Period
from zuzahlung.standards.copayment.status import Status
from zuzahlung.standards.days import german_day

SETTINGS = Settings()
TODAY = date(2026, 11, 19)
CHILD = Insured(initials="K. D.", adult_on=date(2026, 11, 25), periods=())


def at(text: str) -> date:
    """The German day of a moment in UTC."""
    return german_day(datetime.fromisoformat(text).replace(tzinfo=UTC))


def last_day(today: date, *, next_year_from_month: int) -> date:
    """The last day that may be asked about."""
    return days_allowed(today, settings=replace(SETTINGS, next_year_from_month=next_year_from_month))[1]


def said(*days: date, today: date = TODAY, settings: Settings = SETTINGS) -> list[str]:
    """The sentences for the practice."""
    return [fault.text for fault in faults_of_days(days, today, settings=settings)]


@pytest.mark.parametrize(
    ("moment", "last"),
    [
        ("2026-11-30T22:59:59", date(2026, 12, 31)),
        ("2026-11-30T23:00:00", date(2027, 12, 31)),
        ("2026-12-31T22:59:59", date(2027, 12, 31)),
        ("2026-12-31T23:00:00", date(2027, 12, 31)),
        ("2027-01-01T00:00:00", date(2027, 12, 31)),
    ],
)
def test_next_year_opens_with_the_german_first_of_december_and_then_is_the_current_one(
    moment: str, last: date
) -> None:
    assert last_day(at(moment), next_year_from_month=12) == last


@pytest.mark.parametrize(
    ("moment", "last"),
    [("2026-06-30T21:59:59", date(2026, 12, 31)), ("2026-06-30T22:00:00", date(2027, 12, 31))],
)
def test_a_month_in_summer_opens_next_year_with_the_german_midnight_of_summer(
    moment: str, last: date
) -> None:
    assert last_day(at(moment), next_year_from_month=7) == last


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 11, 30), date(2026, 12, 31)])
def test_from_month_1_next_year_is_always_open_and_from_month_13_never(today: date) -> None:
    assert last_day(today, next_year_from_month=1) == date(2027, 12, 31)
    assert last_day(today, next_year_from_month=13) == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("moment", "first"),
    [("2026-12-31T22:59:59", date(2025, 1, 1)), ("2026-12-31T23:00:00", date(2026, 1, 1))],
)
def test_the_previous_year_is_open_as_a_whole_and_moves_on_at_new_year(moment: str, first: date) -> None:
    assert days_allowed(at(moment), settings=SETTINGS)[0] == first


def test_without_the_previous_year_the_current_one_is_the_first() -> None:
    without = replace(SETTINGS, previous_year=False)
    assert days_allowed(TODAY, settings=without)[0] == date(2026, 1, 1)
    assert said(date(2025, 12, 31), date(2026, 1, 1), settings=without) == [
        "Für den 31.12.2025 gibt es keine Auskunft mehr: Der früheste Tag ist der 01.01.2026."
    ]


def test_the_first_and_the_last_day_may_be_asked_and_the_days_beside_them_may_not() -> None:
    faults = faults_of_days(
        [date(2024, 12, 31), date(2025, 1, 1), date(2026, 12, 31), date(2027, 1, 1)], TODAY, settings=SETTINGS
    )
    assert [(fault.rule, fault.field, fault.place, fault.text, fault.detail) for fault in faults] == [
        (
            "service-dates.too-early", "serviceDates", 0,
            "Für den 31.12.2024 gibt es keine Auskunft mehr: Der früheste Tag ist der 01.01.2025.",
            "The earliest day is 2025-01-01.",
        ),
        (
            "service-dates.too-late", "serviceDates", 3,
            ("Für den 01.01.2027 gibt es noch keine Auskunft: Der späteste Tag ist der 31.12.2026; "
            "das Jahr 2027 können Sie ab dem 01.12.2026 abfragen."),
            "The latest day is 2026-12-31.",
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("today", "month", "sentence"),
    [
        (
            date(2026, 12, 1), 12,
            "Für den 01.01.2028 gibt es noch keine Auskunft: Der späteste Tag ist der 31.12.2027.",
        ),
        (
            TODAY, 13,
            "Für den 01.01.2028 gibt es noch keine Auskunft: Der späteste Tag ist der 31.12.2026.",
        ),
        (
            TODAY, 0,
            "Für den 01.01.2028 gibt es noch keine Auskunft: Der späteste Tag ist der 31.12.2026.",
        ),
    ],
)  # fmt: skip
def test_no_day_is_promised_where_none_will_come(today: date, month: int, sentence: str) -> None:
    settings = replace(SETTINGS, next_year_from_month=month)
    assert said(date(2028, 1, 1), today=today, settings=settings) == [sentence]


def test_sixty_days_are_one_query_and_sixty_one_are_refused_with_one_sentence() -> None:
    days = [date(2026, 1, 1) + timedelta(days=count) for count in range(61)]
    assert said(*days[:60]) == []
    (fault,) = faults_of_days([*days[:60], date(1999, 1, 1)], TODAY, settings=SETTINGS)
    assert (fault.rule, fault.place) == ("service-dates.too-many", None)
    assert fault.text == "Bitte geben Sie höchstens 60 Tage an; es sind 61."
    assert fault.detail == "A query has at most 60 days."


def test_another_limit_of_days_is_named_as_it_is_set() -> None:
    settings = replace(SETTINGS, series_days=2)
    assert said(TODAY, TODAY, TODAY, settings=settings) == ["Bitte geben Sie höchstens 2 Tage an; es sind 3."]


def test_the_29th_of_february_is_a_day_like_others() -> None:
    leap_day = date(2028, 2, 29)
    assert said(leap_day, today=leap_day) == []
    assert days_allowed(leap_day, settings=SETTINGS) == (date(2027, 1, 1), date(2028, 12, 31))
    exempt = Insured(initials="M. M.", adult_on=None, periods=(Period(date(2028, 1, 1), leap_day),))
    answer = decide(
        exempt, [leap_day, date(2028, 3, 1)], leap_day, service_kinds=("heilmittel",), settings=SETTINGS
    )
    assert [(one.status, one.valid_until, one.is_forecast) for one in answer.days] == [
        (Status.EXEMPT, date(2028, 2, 29), False),
        # Of who is liable nothing is promised: a fund can free anybody any day.
        (Status.LIABLE, None, True),
    ]


@pytest.mark.parametrize(
    ("kinds", "result", "key", "reason"),
    [
        (("heilmittel",), "minor", 0, "Am 19.11.2026 unter 18: keine gesetzliche Zuzahlung."),
        (("arzneimittel",), "minor", 0, "Am 19.11.2026 unter 18: keine gesetzliche Zuzahlung."),
        (("hilfsmittel",), "minor", 0, "Am 19.11.2026 unter 18: keine gesetzliche Zuzahlung."),
        (("fahrkosten",), "liable", 3, "Am 19.11.2026 nicht befreit: zuzahlungspflichtig."),
        (("fahrkosten", "heilmittel"), "minor", 0, "Am 19.11.2026 unter 18: keine gesetzliche Zuzahlung."),
        (("unbekannt", "fahrkosten"), "liable", 3, "Am 19.11.2026 nicht befreit: zuzahlungspflichtig."),
        ((), "minor", 0, "Am 19.11.2026 unter 18: keine gesetzliche Zuzahlung."),
    ],
)
def test_a_child_owes_where_a_practice_does_nothing_but_journeys(
    kinds: tuple[str, ...], result: str, key: int, reason: str
) -> None:
    answer = decide(CHILD, [TODAY], TODAY, service_kinds=kinds, settings=SETTINGS)
    assert (answer.result, answer.key.key and int(answer.key.key), answer.key.reason) == (result, key, reason)
    assert answer.days[0].valid_until == (date(2026, 11, 24) if result == "minor" else None)


def test_a_child_with_an_exemption_is_exempt_from_paying_for_journeys() -> None:
    exempt = replace(CHILD, periods=(Period(date(2026, 1, 1), date(2026, 12, 31)),))
    journeys = decide(exempt, [TODAY], TODAY, service_kinds=("fahrkosten",), settings=SETTINGS)
    assert (journeys.result, journeys.days[0].valid_until) == ("exempt", date(2026, 12, 31))


def test_every_kind_of_service_that_a_directory_may_name_has_its_own_answer_for_children() -> None:
    assert {kind: rules.spares_minors([kind]) for kind in rules.SERVICE_KINDS} == {
        "arzneimittel": True,
        "heilmittel": True,
        "hilfsmittel": True,
        "fahrkosten": False,
    }


@pytest.mark.parametrize(
    ("minor_to_liable", "key", "reason"),
    [
        (
            3, 3,
            ("Bis 24.11.2026 unter 18, ab 25.11.2026 nicht befreit: zuzahlungspflichtig "
            "(so eingestellt, die amtlichen Schlüssel nennen diesen Fall nicht)."),
        ),
        (
            5, 5,
            ("Bis 24.11.2026 unter 18, ab 25.11.2026 nicht befreit: Übergang zuzahlungsfrei zu zuzahlungspflichtig "
            "(so eingestellt, die amtlichen Schlüssel nennen diesen Fall nicht)."),
        ),
    ],
)  # fmt: skip
def test_a_birthday_inside_a_series_is_read_as_the_setting_says(
    minor_to_liable: Literal[3, 5], key: int, reason: str
) -> None:
    settings = replace(SETTINGS, minor_to_liable=minor_to_liable)
    days = [date(2026, 11, 25), date(2026, 11, 24), date(2026, 11, 25)]
    answer = decide(CHILD, days, TODAY, service_kinds=("heilmittel",), settings=settings)
    assert [(one.day, one.status, one.is_forecast) for one in answer.days] == [
        (date(2026, 11, 24), Status.MINOR, True),
        (date(2026, 11, 25), Status.LIABLE, True),
    ]
    assert (answer.result, int(answer.key.key or 0), answer.key.reason) == ("mixed", key, reason)


@pytest.mark.parametrize(
    ("kinds", "demanded"),
    [
        (("arzneimittel",), False),
        (("arzneimittel", "fahrkosten"), True),
        (("heilmittel",), True),
        (("hilfsmittel",), True),
        ((), False),
    ],
)
def test_the_day_of_service_is_demanded_where_one_kind_of_service_needs_it(
    kinds: tuple[str, ...], demanded: bool
) -> None:
    assert rules.demands_day_of_service(kinds, settings=SETTINGS) is demanded
    nowhere = replace(SETTINGS, kinds_with_day_of_service=())
    assert rules.demands_day_of_service(kinds, settings=nowhere) is False
