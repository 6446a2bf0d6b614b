"""The Zuzahlungskennzeichen follows from the days of a Verordnung, and is missing where TA3 has none."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.standards.copayment.vectors import cases
from zuzahlung.standards.copayment.key import KeyDecision, TransitionRules, copayment_key
from zuzahlung.standards.copayment.status import Status

STATUS = {"m": Status.MINOR, "e": Status.EXEMPT, "l": Status.LIABLE}
FIRST = date(2026, 12, 1)


def decide(pattern: str, minor_to_liable: Literal[3, 5] = 3) -> KeyDecision:
    """Decide a series of days in a row, one letter a day."""
    series = [(FIRST + timedelta(n), STATUS[letter]) for n, letter in enumerate(pattern)]
    return copayment_key(series, TransitionRules(minor_to_liable=minor_to_liable))


@pytest.mark.parametrize("case", cases("ta3_8_1_3"))
def test_the_key_and_its_reason_are_those_of_the_worked_case(case: dict[str, Any]) -> None:
    series = [(day, STATUS[letter]) for day, letter in case["series"]]
    rules = TransitionRules(minor_to_liable=case.get("minor_to_liable", 3))
    decision = copayment_key(series, rules)
    assert decision == KeyDecision(key=case.get("key"), reason=case["reason"], is_official=case["official"])


# Every course of three days, written out: m unter 18, e befreit, l nicht befreit.
@pytest.mark.parametrize(
    ("pattern", "key", "key_when_days_before_are_free"),
    [
        ("mmm", 0, 0),
        ("eee", 1, 1),
        ("lll", 3, 3),
        ("lle", 4, 4),
        ("lee", 4, 4),
        ("eel", 5, 5),
        ("ell", 5, 5),
        ("mee", 1, 1),
        ("mme", 1, 1),
        ("mll", 3, 5),
        ("mml", 3, 5),
        ("mel", 5, 5),
        ("mle", 4, None),
        ("ele", None, None),
        ("lel", None, None),
    ],
)
def test_each_course_of_three_days_has_its_key_or_none(
    pattern: str, key: int | None, key_when_days_before_are_free: int | None
) -> None:
    assert decide(pattern).key == key
    assert decide(pattern, 5).key == key_when_days_before_are_free


@pytest.mark.parametrize(
    "pattern", ["".join(p) for p in product("mel", repeat=3) if "em" in "".join(p) or "lm" in "".join(p)]
)
def test_a_course_in_which_somebody_grows_younger_is_a_bug(pattern: str) -> None:
    with pytest.raises(ValueError, match="under age after having been of age"):
        decide(pattern)


@given(st.lists(st.sampled_from(list(Status)), min_size=1, max_size=12))
def test_key_2_never_follows_from_a_query_and_every_reason_is_one_sentence(run: list[Status]) -> None:
    run = sorted(run, key=lambda status: status is not Status.MINOR)
    decision = copayment_key([(FIRST + timedelta(n), status) for n, status in enumerate(run)])
    assert decision.key in {0, 1, 3, 4, 5, None}
    assert decision.reason.endswith(".")
    assert "\n" not in decision.reason


@given(
    st.lists(st.sampled_from([Status.EXEMPT, Status.LIABLE]), min_size=1, max_size=12),
    st.randoms(use_true_random=False),
)
def test_the_order_in_which_days_are_given_changes_nothing(run: list[Status], order: Any) -> None:
    series = [(FIRST + timedelta(n), status) for n, status in enumerate(run)]
    shuffled = list(series)
    order.shuffle(shuffled)
    assert copayment_key(shuffled) == copayment_key(series)


def test_a_key_without_any_day_is_a_bug() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        copayment_key([])


def test_two_statuses_on_one_day_are_a_bug() -> None:
    with pytest.raises(ValueError, match="one day has one status"):
        copayment_key([(FIRST, Status.EXEMPT), (FIRST, Status.LIABLE)])


@pytest.mark.parametrize("wrong", [0, 2, 4, "3"])
def test_a_setting_outside_3_and_5_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="must be 3 or 5"):
        TransitionRules(minor_to_liable=wrong)
