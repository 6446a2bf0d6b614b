"""Guessing gets slower with each failure, never stops for good, and never slows the browser of somebody else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.accounts.household import (
    HOME,
    IK,
    OTHER_IK,
    PASSWORD,
    UNKNOWN_IK,
    Clock,
    Practice,
    at_once,
    browser,
    counted_hashes,
    enter,
    errors_of,
    signed_in,
)
from zuzahlung.accounts.models import Throttle
from zuzahlung.accounts.rules import throttle_delay
from zuzahlung.accounts.services import sign_in, throttle

ELSEWHERE = "198.51.100.7"


def fails(name: str = IK, *, address: str = HOME, now: datetime) -> sign_in.SignIn:
    return sign_in.sign_in(name, "falsch", network=address, known_browser="", now=now)


@pytest.mark.parametrize(
    ("beyond", "seconds"),
    [(-3, 0), (0, 0), (1, 2), (2, 4), (3, 8), (8, 256), (9, 512), (10, 900), (11, 900), (10_000, 900)],
)
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(beyond: int, seconds: int) -> None:
    assert throttle_delay(beyond) == timedelta(seconds=seconds)


def test_three_failures_are_free_and_each_further_one_waits_longer(practice: Practice, clock: Clock) -> None:
    waits = []
    for _ in range(30):
        told = fails(now=clock.now)
        if isinstance(told, sign_in.Wait):
            waits.append(int((told.until - clock.now).total_seconds()))
            clock.now = told.until
    # The eighth wait would be 512 seconds; by then one failure is forgotten each quarter of an hour.
    assert waits[:9] == [2, 4, 8, 16, 32, 64, 128, 256, 512]
    assert max(waits) == 900


def test_while_it_waits_no_hash_is_computed_and_even_the_right_password_is_not_heard(
    practice: Practice, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.person()
    for _ in range(4):
        fails(now=clock.now)
    with counted_hashes(monkeypatch) as work:
        answer = enter(browser(), IK, PASSWORD)
    assert work.hashes == 0
    assert errors_of(answer) == [
        "Es gab zu viele Versuche. Bitte warten Sie 3 Sekunden und versuchen Sie es dann noch einmal."
    ]
    clock.forward(seconds=2)
    assert enter(browser(), IK, PASSWORD).status_code == 302


def test_a_success_forgets_the_own_failures(practice: Practice, clock: Clock) -> None:
    practice.person()
    for _ in range(3):
        fails(now=clock.now)
    assert enter(browser(), IK).status_code == 302
    for _ in range(3):
        assert isinstance(fails(now=clock.now), sign_in.Refused)
    assert enter(browser(), IK).status_code == 302


def test_nobody_is_locked_out_for_good_however_long_strangers_try(practice: Practice, clock: Clock) -> None:
    practice.person()
    for turn in range(300):  # Many networks at once, over days.
        fails(address=f"203.0.113.{turn % 200}", now=clock.now)
        clock.forward(minutes=7)
    clock.forward(minutes=15)
    assert enter(browser(ELSEWHERE), IK).status_code == 302


def test_strangers_do_not_slow_a_new_browser_in_a_network_where_the_person_signed_in_before(
    practice: Practice, clock: Clock
) -> None:
    signed_in(practice.person())
    for turn in range(60):
        fails(address=f"203.0.113.{turn}", now=clock.now)
    assert "zu viele Versuche" in errors_of(enter(browser(ELSEWHERE), IK))[0]
    assert enter(browser(HOME), IK).status_code == 302


def test_strangers_slow_a_new_browser_but_not_one_in_which_the_person_signed_in_before(
    practice: Practice, clock: Clock
) -> None:
    own = signed_in(practice.person())
    own.post("/abmelden/")
    for turn in range(60):
        fails(address=f"203.0.113.{turn}", now=clock.now)
    assert "zu viele Versuche" in errors_of(enter(browser(ELSEWHERE), IK))[0]
    assert enter(own, IK).status_code == 302


def test_failures_of_colleagues_in_the_same_network_do_not_slow_a_known_browser(
    practice: Practice, clock: Clock
) -> None:
    own = signed_in(practice.person())
    own.post("/abmelden/")
    for turn in range(40):
        fails(f"{IK}-name{turn}", now=clock.now)
    assert isinstance(fails(f"{IK}-neu", now=clock.now), sign_in.Wait)
    assert enter(own, IK).status_code == 302


def test_the_mark_of_a_browser_helps_only_the_name_it_was_given_to(practice: Practice, clock: Clock) -> None:
    practice.person()
    anna = practice.person("anna", "reception")
    own = signed_in(anna)
    own.post("/abmelden/")
    for turn in range(60):
        fails(address=f"203.0.113.{turn}", now=clock.now)
    assert "zu viele Versuche" in errors_of(enter(own, IK))[0]
    assert enter(own, anna.sign_in).status_code == 302


def test_a_known_browser_is_slowed_by_its_own_failures(practice: Practice, clock: Clock) -> None:
    own = signed_in(practice.person())
    own.post("/abmelden/")
    for _ in range(6):
        enter(own, IK, "falsch")
    assert "zu viele Versuche" in errors_of(enter(own, IK))[0]


def test_the_mark_of_a_browser_cannot_be_made_up(practice: Practice, clock: Clock) -> None:
    practice.person()
    for turn in range(60):
        fails(address=f"203.0.113.{turn}", now=clock.now)
    forged = browser(ELSEWHERE)
    forged.cookies["bekannt"] = f"{IK}:selbstgemacht"
    assert "zu viele Versuche" in errors_of(enter(forged, IK))[0]


def test_a_busy_network_forgets_one_failure_a_quarter_of_an_hour(practice: Practice, clock: Clock) -> None:
    """Thirty people behind one connection mistype now and then, every day, and never have to wait."""
    practice.person()
    for turn in range(200):
        assert isinstance(fails(f"{IK}-name{turn}", now=clock.now), sign_in.Refused)
        clock.forward(minutes=15)


def test_failures_at_the_same_moment_are_all_counted(practice: Practice, clock: Clock) -> None:
    name = throttle.bucket("test", "x")
    at_once(*[lambda: throttle.count_failure([(name, 3)], clock.now)] * 8)
    assert Throttle.objects.get(fingerprint=name).failures == 8


def test_names_and_networks_stand_in_the_table_as_fingerprints_only(practice: Practice, clock: Clock) -> None:
    fails(OTHER_IK, address=ELSEWHERE, now=clock.now)
    rows = [bytes(row.fingerprint) for row in Throttle.objects.all()]
    assert len(rows) == 3
    assert all(
        len(row) == 16 and OTHER_IK.encode() not in row and ELSEWHERE.encode() not in row for row in rows
    )


def test_old_counts_are_erased(practice: Practice, clock: Clock) -> None:
    fails(UNKNOWN_IK, now=clock.now)
    throttle.tidy(clock.forward(days=29))
    assert Throttle.objects.count() == 3
    throttle.tidy(clock.forward(days=2))
    assert Throttle.objects.count() == 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("2001:db8::1", "2001:db8::"),
        ("2001:db8::ffff:2", "2001:db8::"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", ""),
    ],
)
def test_an_ipv6_network_is_one_household_however_it_is_written(address: str, network: str) -> None:
    assert throttle.network(address) == network
