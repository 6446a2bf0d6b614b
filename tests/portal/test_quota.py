"""Before a quota comes to an end, the page says so in words, and what then helps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from zuzahlung.exemptions.services import QuotaState
from zuzahlung.portal.quota import show_quota

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def state(**left: Any) -> QuotaState:
    plenty: dict[str, Any] = {
        "per_day": 100, "left": 80, "unknown_per_day": 10, "unknown_left": 10,
        "per_burst": 20, "burst_left": 20, "burst_began_at": NOW,
    }  # fmt: skip
    return QuotaState(**{**plenty, **left})


def warnings(*, at_once: bool = True, **left: Any) -> tuple[str, ...]:
    return show_quota(state(**left), telephone="0800 123", at_once=at_once).warnings


def test_nothing_is_said_while_there_is_enough() -> None:
    assert warnings(left=26, unknown_left=6, burst_left=6) == ()


@pytest.mark.parametrize(
    ("left", "sentence"),
    [
        (25, "Für heute ist das Kontingent bald verbraucht. Brauchen Sie heute mehr, rufen Sie uns bitte an: 0800 123."),
        (0, "Für heute ist das Kontingent verbraucht. Brauchen Sie heute mehr, rufen Sie uns bitte an: 0800 123."),
    ],
)  # fmt: skip
def test_the_last_quarter_of_the_day_is_told_with_whom_to_call(left: int, sentence: str) -> None:
    assert warnings(left=left) == (sentence,)


@pytest.mark.parametrize(
    ("left", "beginning"),
    [
        (
            5,
            "Heute gab es schon 5 von 10 Nummern ohne Auskunft. Nach der letzten ist bis morgen keine Abfrage mehr",
        ),
        (
            1,
            "Heute gab es schon 9 von 10 Nummern ohne Auskunft. Nach der letzten ist bis morgen keine Abfrage mehr",
        ),
        (
            0,
            "Heute gab es schon 10 Nummern ohne Auskunft. Zum Schutz der Versicherten geht es erst morgen weiter.",
        ),
    ],
)
def test_numbers_without_answer_are_warned_of_apart(left: int, beginning: str) -> None:
    (said,) = warnings(unknown_left=left)
    assert said.startswith(beginning)


def test_nothing_counts_as_left_once_too_many_numbers_had_no_answer() -> None:
    shown = show_quota(state(unknown_left=0), telephone="0800 123")
    assert (shown.left, shown.limit, shown.is_low) == (0, 100, True)


@pytest.mark.parametrize(
    ("left", "beginning"),
    [
        (5, "In den nächsten Minuten sind noch 5 Abfragen möglich."),
        (1, "In den nächsten Minuten ist noch eine Abfrage möglich."),
        (0, "In den nächsten Minuten ist keine Abfrage mehr möglich."),
    ],
)
def test_many_at_once_are_led_to_the_list(left: int, beginning: str) -> None:
    (said,) = warnings(burst_left=left)
    assert said == f"{beginning} Für viele Personen gibt es die Listenabfrage."


def test_a_list_is_not_warned_of_a_limit_that_does_not_count_for_it() -> None:
    assert warnings(burst_left=0, at_once=False) == ()
