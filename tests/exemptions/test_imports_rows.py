"""Of the periods of a delivery the days are stored on which an exemption holds and that may still be asked about."""

from __future__ import annotations

from datetime import date

from zuzahlung.exemptions.delivery_lines import Granted
from zuzahlung.exemptions.registry_rows import matters_from, stored_periods

TODAY = date(2026, 11, 22)


def stored(*granted: Granted) -> list[tuple[str, str]]:
    return [(str(one.first), str(one.last)) for one in stored_periods(granted, since=matters_from(TODAY))]


def test_overlapping_and_adjoining_periods_are_united() -> None:
    assert stored(
        ("2026-09-01", "2026-09-01", ""),
        ("2026-03-01", "2026-05-31", ""),
        ("2026-05-15", "2026-06-30", ""),
        ("2026-07-01", "2026-07-31", ""),
    ) == [("2026-03-01", "2026-07-31"), ("2026-09-01", "2026-09-01")]


def test_the_day_of_revocation_is_the_first_without_effect() -> None:
    assert stored(("2026-01-01", "2026-12-31", "2026-05-01")) == [("2026-01-01", "2026-04-30")]


def test_a_period_revoked_before_or_when_it_began_frees_nobody() -> None:
    assert (
        stored(("2026-01-01", "2026-12-31", "2026-01-01"), ("2026-01-01", "2026-12-31", "2025-12-01")) == []
    )


def test_a_revocation_after_the_end_changes_nothing() -> None:
    assert stored(("2026-01-01", "2026-12-31", "2027-01-01")) == [("2026-01-01", "2026-12-31")]


def test_days_that_nobody_may_ask_about_any_more_are_not_stored() -> None:
    assert stored(("2019-01-01", "2024-12-31", ""), ("2024-07-01", "2025-02-28", "")) == [
        ("2025-01-01", "2025-02-28")
    ]


def test_an_exemption_without_end_is_stored_as_far_as_days_can_be_computed() -> None:
    assert stored(("2026-07-01", "9999-12-31", "")) == [("2026-07-01", "9998-12-31")]
    assert stored(("9999-01-01", "9999-12-31", "")) == []
